//! What a refusal at an exchanger's door is about: the exchanger, or the client that knocks. Before any
//! sender or recipient is named, there is nothing else than the client to refuse.

use crate::check::common;
use crate::model::{Answer, Greeting, Meaning};

/// Words with which exchangers refuse a client for what they know of its address: its missing name, a
/// block list, its reputation, the policy of the house (RFC 7372 has codes for some).
const OF_ADDRESSES: [&str; 22] = [
    "reverse",
    "ptr ",
    "rdns",
    "hostname",
    "host name",
    "resolv",
    "blocked",
    "blocklist",
    "block list",
    "blacklist",
    "black list",
    "listed",
    "rbl",
    "dnsbl",
    "spam",
    "reputation",
    "your ip",
    "your address",
    "access denied",
    "client host",
    "not allowed",
    "policy",
];

/// Words with which exchangers ask a client that they don't know to come back.
const OF_DEFERRALS: [&str; 10] = [
    "greylist",
    "graylist",
    "grey list",
    "gray list",
    "too many",
    "too fast",
    "rate",
    "throttl",
    "reputation",
    "defer",
];

/// Why what an exchanger said says nothing of the exchanger.
pub(super) fn about_us(greeting: &Greeting) -> Option<&'static str> {
    match (&greeting.banner, &greeting.hello) {
        // Where HELO is refused after EHLO, the first refusal says why.
        (_, Some(Ok(hello))) if hello.meaning != Meaning::Yes => {
            greeting.refused_ehlo.as_ref().and_then(hello_about_us).or(hello_about_us(hello))
        }
        (Some(Ok(banner)), None) => banner_about_us(banner),
        _ => None,
    }
}

/// Why an exchanger's banner says nothing of the exchanger: it sends this very client away.
fn banner_about_us(answer: &Answer) -> Option<&'static str> {
    let text = text(answer);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match answer.meaning {
        Meaning::Yes => None,
        Meaning::Later => (is_policy(&text) || says(&OF_DEFERRALS) || says(&OF_ADDRESSES))
            .then_some(common::DEFERS_US),
        Meaning::No => (is_policy(&text) || says(&OF_ADDRESSES) || names_an_address(&text))
            .then_some(common::REFUSES_OUR_ADDRESS),
    }
}

/// Why an answer to EHLO says nothing of the exchanger. Only 500 and 502 are about the command (RFC 5321
/// §4.2.4); every other refusal is about the name that was given, or about who gave it.
fn hello_about_us(answer: &Answer) -> Option<&'static str> {
    let text = text(answer);
    match answer.meaning {
        Meaning::Yes => None,
        Meaning::Later => banner_about_us(answer),
        // 521 is said by hosts that take no mail at all (RFC 7504).
        Meaning::No if ["500", "502", "521"].iter().any(|code| text.starts_with(code)) => None,
        Meaning::No => text.starts_with('5').then_some(common::REFUSES_OUR_NAME),
    }
}

fn text(answer: &Answer) -> String {
    answer.lines.join("\n").to_lowercase()
}

/// Whether an enhanced status code says that the refusal is a matter of security or policy (RFC 3463
/// §3.8): `x.7.y`.
fn is_policy(text: &str) -> bool {
    let codes = text.lines().filter_map(|line| line.get(4..)?.split_whitespace().next());
    let mut codes = codes.map(|code| code.split('.').collect::<Vec<_>>());
    codes.any(|code| {
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        matches!(code[..], ["4" | "5", "7", detail] if is_number(&detail))
    })
}

/// Whether an address is named: whose but the client's?
fn names_an_address(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || "[]()<>,;=".contains(c));
    let mut words = words.map(|word| word.trim_end_matches('.').trim_start_matches("ipv6:"));
    words.any(|word| word.parse::<std::net::IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_refusal_is_about() {
        use Meaning::{Later, No};
        let of = |meaning, line: &str| {
            let lines = line.split('|').map(str::to_owned).collect();
            Answer { elapsed_us: 1, meaning, lines }
        };
        let address = Some(common::REFUSES_OUR_ADDRESS);
        let (later, name) = (Some(common::DEFERS_US), Some(common::REFUSES_OUR_NAME));
        for (meaning, line, expected) in [
            (No, "554 5.7.1 Client host rejected: cannot find your reverse hostname", address),
            (No, "554-mx.example|554 Your access has been rejected for poor reputation", address),
            (No, "550 5.7.25 The sending address has no PTR record", address),
            (No, "554 192.0.2.1 is not welcome here", address),
            (No, "554 No connections from [2001:db8::1].", address),
            (No, "554 No SMTP service here", None),
            (No, "521 mx.example does not accept mail", None),
            (Later, "450 4.7.1 Come back in 60 seconds", later),
            (Later, "421 Too many connections from you", later),
            (Later, "450 Greylisted", later),
            (Later, "421 Service not available", None),
            (Later, "421 4.3.2 System shutting down", None),
        ] {
            assert_eq!(banner_about_us(&of(meaning, line)), expected, "{line}");
        }
        for (meaning, line, expected) in [
            (No, "501 5.5.4 Invalid Address", name),
            (No, "550 Access denied - invalid HELO name", name),
            (No, "504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname", name),
            (No, "502 5.5.2 Error: command not recognized", None),
            (No, "500 unknown command", None),
            (Later, "450 4.7.1 Helo command rejected: Host not found", later),
            (Later, "421 out of memory", None),
        ] {
            assert_eq!(hello_about_us(&of(meaning, line)), expected, "{line}");
        }
    }
}
