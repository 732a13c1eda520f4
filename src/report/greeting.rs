//! Exchanges of greetings and answers of time servers, in a few lines that people can read.

use crate::model::{Answer, Greeting, GreetingFailure, NtpExchange, NtpPacket, Starttls};

/// Lines of one answer that are shown.
const LINES_SHOWN: usize = 8;

/// What a server said, without the layers below. Hostile text: to be cleaned by the caller.
pub(super) fn lines(greeting: &Greeting) -> Vec<String> {
    let mut lines = Vec::new();
    for answer in [&greeting.banner, &greeting.hello].into_iter().flatten() {
        match answer {
            Ok(answer) => said(answer, &mut lines),
            Err(failure) => lines.push(format!("< {}", why(failure))),
        }
    }
    match &greeting.starttls {
        None => {}
        Some(Starttls::NotOffered) => lines.push("STARTTLS: not offered".to_owned()),
        Some(Starttls::Begun) => lines.push("STARTTLS: begun".to_owned()),
        Some(Starttls::Injected) => lines.push("STARTTLS: further octets before TLS".to_owned()),
        Some(Starttls::Unanswered { failure }) => lines.push(format!("STARTTLS: {}", why(failure))),
        Some(Starttls::Denied { answer }) => said(answer, &mut lines),
    }
    lines
}

fn said(answer: &Answer, lines: &mut Vec<String>) {
    lines.extend(answer.lines.iter().take(LINES_SHOWN).map(|line| format!("< {line}")));
    if let more @ 1.. = answer.lines.len().saturating_sub(LINES_SHOWN) {
        lines.push(format!("… +{more}"));
    }
}

fn why(failure: &GreetingFailure) -> String {
    match failure {
        GreetingFailure::Net { failure } => failure.to_string(),
        GreetingFailure::Slow { octets } => format!("tarpit: {octets} octets until the deadline"),
        GreetingFailure::TooLong => "over the limit".to_owned(),
        GreetingFailure::NotProtocol { detail } => format!("another protocol: \"{detail}\""),
    }
}

/// What a time server answered.
pub(super) fn ntp(exchange: &NtpExchange) -> String {
    let octets = match &exchange.answer {
        Err(failure) => return format!("NTP: {failure}"),
        Ok(octets) => octets.bytes(),
    };
    match NtpPacket::decode(octets) {
        None => format!("NTP: {} octets", octets.len()),
        Some(packet) => format!(
            "NTP: version {} mode {} leap {} stratum {} {}{}",
            packet.version,
            packet.mode,
            packet.leap,
            packet.stratum,
            packet.reference_text(),
            if exchange.is_ours { "" } else { " (not to us)" },
        ),
    }
}
