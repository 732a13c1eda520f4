//! Observations in a few lines that people can read, and hostile text made harmless.

use super::{failures, greeting, tls_session};
use crate::evidence::tls::certificate;
use crate::model::{
    Blob, BodyEnd, Conversation, HttpFailure, HttpResponse, Lang, Observation, Recheck, Reply,
    Text, TlsFailed, shown_url,
};

/// Characters of one hostile text that are shown.
const SHOWN_MAX: usize = 300;

/// Records of one DNS answer that are shown.
const RECORDS_SHOWN: usize = 12;

/// Hostile text for any output: without control and reordering characters, and short.
pub fn clean(text: &str) -> String {
    clean_to(text, SHOWN_MAX)
}

/// Words of a check's page for paper: without the marks of code.
pub fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let quoted = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("“{part}”"),
    });
    quoted.collect()
}

/// Text as HTML: everything escaped, and what stands between backticks as code.
pub fn marked(text: &str) -> String {
    let escaped = |part: &str| {
        part.chars().fold(String::with_capacity(part.len()), |mut out, character| {
            match character {
                '&' => out.push_str("&#38;"),
                '<' => out.push_str("&#60;"),
                '>' => out.push_str("&#62;"),
                '"' => out.push_str("&#34;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
            out
        })
    };
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let each = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    each.collect()
}

/// As [`clean`], with a length of its own, in characters.
pub fn clean_to(text: &str, shown_max: usize) -> String {
    let mut shown: String = text
        .chars()
        .take(shown_max)
        .map(|character| match character {
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            // No character, and forbidden in XML 1.0 (§2.2).
            | '\u{fffe}'..='\u{ffff}'
            | '\u{61c}' => '\u{fffd}',
            control if control.is_control() => '\u{fffd}',
            other => other,
        })
        .collect();
    if text.chars().nth(shown_max).is_some() {
        shown.push('…');
    }
    shown
}

/// The observation: what was asked, when, and what came of it, one thing a line.
pub fn observation(observation: &Observation, lang: Lang) -> Vec<String> {
    let milliseconds = observation.elapsed_us as f64 / 1000.0;
    let mut lines = vec![format!(
        "{} · {} · {milliseconds:.1} ms",
        observation.request.shown(),
        observation.observed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )];
    match &observation.reply {
        Reply::Dns(message) => match message.decoded() {
            Err(error) => lines.push(format!("{}: {error}", MALFORMED.get(lang))),
            Ok(message) => {
                let flags = [
                    (message.authoritative, "aa"),
                    (message.truncated, "tc"),
                    (message.authentic_data, "ad"),
                ];
                let flags: Vec<_> =
                    flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
                lines.push(format!("{} {}", message.rcode, flags.join(" ")));
                for record in message.answers.iter().take(RECORDS_SHOWN) {
                    lines.push(format!("{} {} {}", record.name, record.record_type, record.data));
                }
                if let more @ 1.. = message.answers.len().saturating_sub(RECORDS_SHOWN) {
                    lines.push(format!("… +{more}"));
                }
            }
        },
        Reply::DnsFailed(failure) => lines.push(failures::net(failure, lang)),
        Reply::Route(Ok(source)) => lines.push(format!("{} {source}", FROM.get(lang))),
        Reply::Route(Err(failure)) => lines.push(failures::net(failure, lang)),
        Reply::LegacyHello(answer) => {
            lines.push(format!("TLS: {}", failures::legacy(answer, lang)))
        }
        Reply::Quic(Ok(session)) => {
            let alpn = session.alpn.as_deref().unwrap_or("-");
            lines.push(format!("QUIC: {:.1} ms {alpn}", session.elapsed_us as f64 / 1000.0));
            certificates(&session.chain, &mut lines);
        }
        Reply::Quic(Err(failure)) => lines.push(format!("QUIC: {}", failures::quic(failure, lang))),
        Reply::Echo(Ok(reply)) => {
            lines.push(format!("ICMP echo: {:.1} ms", reply.elapsed_us as f64 / 1000.0));
        }
        Reply::Echo(Err(failure)) => {
            lines.push(format!("ICMP echo: {}", failures::net(failure, lang)));
        }
        Reply::Origin(found) => {
            let routes = found.iter().flat_map(|found| &found.routes);
            lines.extend(routes.map(|route| format!("BGP: {} AS{}", route.prefix, route.asn)));
            let payloads = found.iter().flat_map(|found| found.payloads.iter().flatten());
            lines.extend(payloads.map(|payload| {
                format!("ROA: {} max {} AS{}", payload.prefix, payload.max_length, payload.asn)
            }));
        }
        Reply::Conversation(seen) => conversation(seen, lang, &mut lines),
        Reply::Greeting(seen) => {
            conversation(&seen.conversation, lang, &mut lines);
            lines.extend(greeting::greeting_lines(seen, lang));
        }
        Reply::Ntp(seen) => lines.push(greeting::ntp_line(seen, lang)),
    }
    lines.iter().map(|line| clean(line)).collect()
}

const MALFORMED: Text =
    Text { vi: "thông điệp DNS không hợp lệ", en: "malformed DNS message" };
const FROM: Text = Text { vi: "địa chỉ nguồn", en: "from our address" };

fn conversation(seen: &Conversation, lang: Lang, lines: &mut Vec<String>) {
    match &seen.connect {
        Ok(connected) => {
            lines.push(format!("TCP: {:.1} ms", connected.elapsed_us as f64 / 1000.0));
        }
        Err(failure) => lines.push(format!("TCP: {}", failures::net(failure, lang))),
    }
    let chain = match &seen.tls {
        None => &[][..],
        Some(Ok(session)) => {
            tls_session::session_lines(session, lang, lines);
            &session.chain
        }
        Some(Err(failed)) => {
            lines.push(format!("TLS: {}", failures::tls(&failed.failure, lang)));
            if let Some(session) = failed.session() {
                tls_session::session_lines(session, lang, lines);
            }
            &failed.chain
        }
    };
    certificates(chain, lines);
    http(seen.http.as_ref(), lang, lines);
    lines.extend(seen.recheck.iter().map(|seen| recheck(seen, lang)));
    if let Some(Err(TlsFailed { behind: Some(behind), .. })) = &seen.tls {
        http(behind.http.as_ref(), lang, lines);
    }
}

fn http(http: Option<&Result<HttpResponse, HttpFailure>>, lang: Lang, lines: &mut Vec<String>) {
    match http {
        None => {}
        Some(Ok(response)) => {
            let octets = response.body.bytes().len();
            let end = match &response.body_end {
                BodyEnd::Complete => Text { vi: "", en: "" },
                BodyEnd::Limit => Text { vi: " (đến giới hạn)", en: " (limit)" },
                BodyEnd::TimedOut => Text { vi: " (quá thời gian chờ)", en: " (timed out)" },
                BodyEnd::Broken { .. } => {
                    Text { vi: " (bị ngắt giữa chừng)", en: " (broken off)" }
                }
            };
            let end = end.get(lang);
            lines.push(format!(
                "HTTP: {} {} · {octets} octets{end}",
                response.version, response.status
            ));
            if let Some(location) = response.header("location") {
                lines.push(format!("Location: {}", shown_url(location)));
            }
        }
        Some(Err(failure)) => lines.push(format!("HTTP: {}", failures::http(failure, lang))),
    }
}

/// What an address that refused something says to what it had answered before.
fn recheck(recheck: &Recheck, lang: Lang) -> String {
    let silence = Text { vi: "không phản hồi", en: "no response" }.get(lang);
    let now = recheck.status.map_or_else(|| silence.to_owned(), |status| status.to_string());
    let says = Text {
        vi: "hỏi lại nội dung đã được trả lời lúc",
        en: "asked again what it answered at",
    };
    let Recheck { authority, path, answered_at, .. } = recheck;
    format!("HTTP: {} {answered_at:.0}: {authority}{path} → {now}", says.get(lang))
}

fn certificates(chain: &[Blob], lines: &mut Vec<String>) {
    if let Some(leaf) = certificate::leaf(chain) {
        let names: Vec<_> = leaf.dns_names.iter().take(4).map(String::as_str).collect();
        lines.push(format!("X.509: {} · {}", names.join(", "), leaf.issuer));
    }
    if let Some(span) = certificate::validity(chain) {
        lines.push(format!("X.509: {} – {}", span.not_before, span.not_after));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_made_harmless() {
        let hostile = format!("\u{1b}[31m\u{202e}<b>{}", "x".repeat(9000));
        let shown = clean(&hostile);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']));
        assert_eq!(shown.chars().count(), SHOWN_MAX + 1);
    }
}
