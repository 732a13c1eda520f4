//! Exchanges of greetings and answers of time servers, in a few lines that people can read.

use super::failures;
use crate::model::{
    Answer, Greeting, GreetingFailure, Lang, NtpExchange, NtpPacket, Starttls, Text,
};

/// Lines of one answer that are shown.
const LINES_SHOWN: usize = 8;

/// The answers of a server, without the layers below. Hostile text: to be cleaned by the caller.
pub(super) fn greeting_lines(greeting: &Greeting, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let refused = greeting.refused_ehlo.as_ref().map(Ok);
    let [banner, hello] =
        [&greeting.banner, &greeting.hello].map(|part| part.as_ref().map(Result::as_ref));
    for answer in [banner, refused, hello].into_iter().flatten() {
        match answer {
            Ok(answer) => answer_lines(answer, &mut lines),
            Err(failure) => lines.push(format!("< {}", failure_words(failure, lang))),
        }
    }
    let words = match &greeting.starttls {
        None => return lines,
        Some(Starttls::NotOffered) => {
            Text { vi: "không được đề nghị", en: "not offered" }.get(lang).to_owned()
        }
        Some(Starttls::Begun) => Text { vi: "đã bắt đầu", en: "begun" }.get(lang).to_owned(),
        Some(Starttls::Injected) => {
            let words = Text {
                vi: "máy chủ gửi thêm dữ liệu trước khi TLS bắt đầu",
                en: "further octets before TLS",
            };
            words.get(lang).to_owned()
        }
        Some(Starttls::Unanswered { failure }) => failure_words(failure, lang),
        Some(Starttls::Denied { answer }) => {
            answer_lines(answer, &mut lines);
            Text { vi: "bị từ chối", en: "denied" }.get(lang).to_owned()
        }
    };
    lines.push(format!("STARTTLS: {words}"));
    lines
}

fn answer_lines(answer: &Answer, lines: &mut Vec<String>) {
    lines.extend(answer.lines.iter().take(LINES_SHOWN).map(|line| format!("< {line}")));
    if let more @ 1.. = answer.lines.len().saturating_sub(LINES_SHOWN) {
        lines.push(format!("… +{more}"));
    }
}

fn failure_words(failure: &GreetingFailure, lang: Lang) -> String {
    match failure {
        GreetingFailure::Net { failure } => failures::net(failure, lang),
        GreetingFailure::Slow { octets } => match lang {
            Lang::Vi => format!("trả lời nhỏ giọt: {octets} octet khi hết thời gian chờ"),
            Lang::En => format!("tarpit: {octets} octets until the deadline"),
        },
        GreetingFailure::TooLong => {
            Text { vi: "vượt giới hạn", en: "over the limit" }.get(lang).to_owned()
        }
        GreetingFailure::NotProtocol { detail } => {
            let words = Text { vi: "giao thức khác", en: "another protocol" };
            format!("{}: \"{detail}\"", words.get(lang))
        }
    }
}

/// What a time server answered.
pub(super) fn ntp_line(exchange: &NtpExchange, lang: Lang) -> String {
    let octets = match &exchange.answer {
        Err(failure) => return format!("NTP: {}", failures::net(failure, lang)),
        Ok(octets) => octets.bytes(),
    };
    let Some(packet) = NtpPacket::decode(octets) else {
        return format!("NTP: {} octets", octets.len());
    };
    let not_ours =
        Text { vi: " (không phải trả lời cho yêu cầu này)", en: " (not to us)" }.get(lang);
    format!(
        "NTP: version {} mode {} leap {} stratum {} {}{}",
        packet.version,
        packet.mode,
        packet.leap,
        packet.stratum,
        packet.reference_text(),
        if exchange.is_ours { "" } else { not_ours },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Conversation, Meaning, NetFailure};

    fn greeting(starttls: Starttls) -> Greeting {
        let lines = vec!["220 mx.example ESMTP".to_owned()];
        let answer = Answer { elapsed_us: 1, meaning: Meaning::Yes, lines };
        Greeting {
            conversation: Conversation {
                connect: Err(NetFailure::TimedOut),
                tls: None,
                http: None,
                recheck: None,
            },
            banner: Some(Ok(answer)),
            hello: Some(Err(GreetingFailure::Slow { octets: 7 })),
            starttls: Some(starttls),
            refused_ehlo: None,
        }
    }

    #[test]
    fn our_own_words_are_in_the_reader_s_language() {
        let shown = greeting(Starttls::NotOffered);
        assert_eq!(
            greeting_lines(&shown, Lang::Vi),
            [
                "< 220 mx.example ESMTP",
                "< trả lời nhỏ giọt: 7 octet khi hết thời gian chờ",
                "STARTTLS: không được đề nghị"
            ]
        );
        assert_eq!(greeting_lines(&shown, Lang::En)[2], "STARTTLS: not offered");
        let denied = Answer {
            elapsed_us: 1,
            meaning: Meaning::Later,
            lines: vec!["454 TLS not available".to_owned()],
        };
        let shown = greeting(Starttls::Denied { answer: denied });
        assert_eq!(
            greeting_lines(&shown, Lang::En)[2..],
            ["< 454 TLS not available", "STARTTLS: denied"]
        );
    }

    #[test]
    fn what_came_from_a_time_server_is_never_lost() {
        let silent = NtpExchange { answer: Err(NetFailure::TimedOut), is_ours: false };
        assert_eq!(ntp_line(&silent, Lang::Vi), "NTP: quá thời gian chờ");
        let short = crate::model::Blob::new(vec![1, 2, 3]);
        let short = NtpExchange { answer: Ok(short), is_ours: false };
        assert_eq!(ntp_line(&short, Lang::En), "NTP: 3 octets");
    }
}
