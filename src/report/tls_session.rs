//! What a TLS handshake agreed on, and how it came about, in lines.

use super::failures;
use crate::model::{Browser, HelloAnswer, Lang, Text, TlsSession};

/// The session, one thing a line.
pub(super) fn session_lines(session: &TlsSession, lang: Lang, lines: &mut Vec<String>) {
    let group = session.group.as_deref().unwrap_or("-");
    let alpn = session.alpn.as_deref().unwrap_or("-");
    lines.push(format!("TLS: {} {} {group} {alpn}", session.version, session.cipher_suite));
    if session.asks_client_certificate {
        lines.push(format!("TLS: {}", ASKS.get(lang)));
    }
    if let Some(why) = &session.unproven_key {
        lines.push(format!("TLS: {}: {why}", NOT_VERIFIED.get(lang)));
    }
    let Some(second) = &session.second_stack else { return };
    let first = failures::tls(&second.first, lang);
    lines.push(format!("s2n-tls {}; rustls: {first}", second.policy));
    for hello in &second.browsers {
        let name = match hello.browser {
            Browser::Chromium => "Chromium",
            Browser::Firefox => "Firefox",
        };
        lines.push(format!("{name}: {}", answer(&hello.answer, lang)));
    }
}

const ASKS: Text = Text {
    vi: "máy chủ yêu cầu chứng thư số của máy khách",
    en: "the server asks for a certificate of the client",
};
const NOT_VERIFIED: Text = Text {
    vi: "chưa xác minh được chữ ký của máy chủ",
    en: "the server's signature was not verified",
};

fn answer(answer: &HelloAnswer, lang: Lang) -> String {
    match answer {
        HelloAnswer::Agreed { version, cipher_suite } => format!("{version} {cipher_suite}"),
        HelloAnswer::NotOffered { detail } => {
            let words = Text { vi: "máy chủ chọn tham số khác", en: "not offered by it" };
            format!("{}: {detail}", words.get(lang))
        }
        HelloAnswer::Alert { code } => format!("alert {code}"),
        HelloAnswer::HungUp => {
            Text { vi: "máy chủ đóng kết nối", en: "the server hung up" }.get(lang).to_owned()
        }
        HelloAnswer::OtherAnswer { detail } => detail.clone(),
        HelloAnswer::Net { failure } => failures::net(failure, lang),
    }
}
