//! Parsed answers out of octets: pure, and total over whatever a server sends.

use crate::model::{Meaning, Protocol};

/// Which form of answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines with a three-digit code (RFC 5321 §4.2.1).
    Smtp,
    /// One untagged line (RFC 9051 §7.1).
    ImapBanner,
    /// Lines up to the one with our tag (RFC 9051 §2.2.2).
    ImapTagged(&'static str),
    /// One status line (RFC 1939 §3).
    Pop3,
    /// A status line and, where it is `+OK`, lines up to a single dot (RFC 2449 §5).
    Pop3List,
    /// Lines up to the one that begins with `SSH-` (RFC 4253 §4.2).
    Ssh,
}

impl Form {
    /// The form of a protocol's first words.
    pub fn banner(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Smtp => Self::Smtp,
            Protocol::Imap => Self::ImapBanner,
            Protocol::Pop3 => Self::Pop3,
            Protocol::Ssh => Self::Ssh,
        }
    }
}

/// How far an answer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// More has to be read.
    Incomplete,
    /// The answer, and how many octets it took.
    Complete {
        /// Its lines.
        lines: Vec<String>,
        /// How it is meant.
        meaning: Meaning,
        /// Its octets with all line ends.
        octets: usize,
    },
    /// It is another protocol's; these are its first octets.
    OtherProtocol(String),
}

/// A line that has not ended after this many octets belongs to none of these protocols.
const LINE_OCTETS_MAX: usize = 8 * 1024;

/// Octets of another protocol's answer that are kept.
const OTHER_PROTOCOL_OCTETS: usize = 64;

/// Reads the answer that begins with the first octet.
pub(super) fn parse(form: Form, octets: &[u8]) -> Parsed {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(end) = octets[at..].iter().position(|octet| *octet == b'\n') {
        let line = &octets[at..at + end];
        let line = latin1(line.strip_suffix(b"\r").unwrap_or(line));
        at += end + 1;
        let kind = classify(form, &line, lines.len());
        lines.push(line);
        match kind {
            LineKind::More => {}
            LineKind::OtherProtocol => return other_protocol(octets),
            LineKind::Last(meaning) => return Parsed::Complete { lines, meaning, octets: at },
        }
    }
    if octets.len() - at > LINE_OCTETS_MAX { other_protocol(octets) } else { Parsed::Incomplete }
}

/// What a line means for the answer that it belongs to.
enum LineKind {
    More,
    Last(Meaning),
    OtherProtocol,
}

fn classify(form: Form, line: &str, number: usize) -> LineKind {
    match form {
        Form::Smtp => smtp(line),
        Form::ImapBanner => match line.strip_prefix("* ").map(first_word).as_deref() {
            Some("OK" | "PREAUTH") => LineKind::Last(Meaning::Yes),
            Some("BYE") => LineKind::Last(Meaning::No),
            _ => LineKind::OtherProtocol,
        },
        Form::ImapTagged(tag) => match line.strip_prefix(tag).and_then(|l| l.strip_prefix(' ')) {
            Some(rest) if first_word(rest) == "OK" => LineKind::Last(Meaning::Yes),
            Some(rest) if matches!(first_word(rest).as_str(), "NO" | "BAD") => {
                LineKind::Last(Meaning::No)
            }
            Some(_) => LineKind::OtherProtocol,
            None if line.starts_with("* ") => match first_word(&line[2..]).as_str() {
                "BYE" => LineKind::Last(Meaning::No),
                _ => LineKind::More,
            },
            None => LineKind::OtherProtocol,
        },
        Form::Pop3 | Form::Pop3List if number == 0 => match first_word(line).as_str() {
            "+OK" if form == Form::Pop3List => LineKind::More,
            "+OK" => LineKind::Last(Meaning::Yes),
            "-ERR" => LineKind::Last(Meaning::No),
            _ => LineKind::OtherProtocol,
        },
        Form::Pop3 | Form::Pop3List => {
            if line == "." {
                LineKind::Last(Meaning::Yes)
            } else {
                LineKind::More
            }
        }
        Form::Ssh => match line {
            _ if line.starts_with("SSH-2.0-") || line.starts_with("SSH-1.99-") => {
                LineKind::Last(Meaning::Yes)
            }
            _ if line.starts_with("SSH-") => LineKind::Last(Meaning::No),
            _ => LineKind::More,
        },
    }
}

fn smtp(line: &str) -> LineKind {
    let octets = line.as_bytes();
    let is_code = octets.len() >= 3 && octets[..3].iter().all(u8::is_ascii_digit);
    let meaning = match octets.first() {
        _ if !is_code => return LineKind::OtherProtocol,
        Some(b'2' | b'3') => Meaning::Yes,
        Some(b'4') => Meaning::Later,
        Some(b'5') => Meaning::No,
        _ => return LineKind::OtherProtocol,
    };
    match octets.get(3) {
        None | Some(b' ') => LineKind::Last(meaning),
        Some(b'-') => LineKind::More,
        Some(_) => LineKind::OtherProtocol,
    }
}

fn first_word(text: &str) -> String {
    text.split(' ').next().unwrap_or_default().to_ascii_uppercase()
}

fn other_protocol(octets: &[u8]) -> Parsed {
    let head = &octets[..octets.len().min(OTHER_PROTOCOL_OCTETS)];
    Parsed::OtherProtocol(head.escape_ascii().to_string())
}

/// One `char` for each octet.
fn latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

/// Whether TLS is offered among the capabilities.
pub(super) fn offers_tls(protocol: Protocol, lines: &[String]) -> bool {
    let has_word = |text: &str, word: &str| {
        text.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(word))
    };
    match protocol {
        Protocol::Smtp => lines
            .iter()
            .skip(1)
            .filter_map(|line| line.get(4..))
            .any(|text| text.trim().eq_ignore_ascii_case("STARTTLS")),
        Protocol::Imap => lines.iter().any(|line| {
            line.strip_prefix("* ")
                .is_some_and(|text| first_word(text) == "CAPABILITY" && has_word(text, "STARTTLS"))
        }),
        Protocol::Pop3 => lines.iter().skip(1).any(|line| first_word(line) == "STLS"),
        Protocol::Ssh => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_of_every_form() {
        use Meaning::{Later, No, Yes};
        for (form, text, expected) in [
            (Form::Smtp, "220 mx.example ESMTP\r\n", Some((Yes, 1))),
            (Form::Smtp, "220-wait\r\n220 go\r\nrest", Some((Yes, 2))),
            (Form::Smtp, "220\n", Some((Yes, 1))),
            (Form::Smtp, "421 busy\r\n", Some((Later, 1))),
            (Form::Smtp, "554 no\r\n", Some((No, 1))),
            (Form::Smtp, "220-wait\r\n", None),
            (Form::ImapBanner, "* OK [CAPABILITY IMAP4rev1] hi\r\n", Some((Yes, 1))),
            (Form::ImapBanner, "* PREAUTH hi\r\n", Some((Yes, 1))),
            (Form::ImapBanner, "* BYE full\r\n", Some((No, 1))),
            (Form::ImapTagged("a1"), "* CAPABILITY X\r\na1 OK\r\n", Some((Yes, 2))),
            (Form::ImapTagged("a1"), "a1 BAD what\r\n", Some((No, 1))),
            (Form::Pop3, "+OK ready\r\n", Some((Yes, 1))),
            (Form::Pop3, "-ERR no\r\n", Some((No, 1))),
            (Form::Pop3List, "+OK\r\nSTLS\r\n.\r\n", Some((Yes, 3))),
            (Form::Ssh, "hello\r\nSSH-2.0-x\r\n", Some((Yes, 2))),
            (Form::Ssh, "SSH-1.5-x\r\n", Some((No, 1))),
            (Form::Ssh, "hello\r\n", None),
        ] {
            match (parse(form, text.as_bytes()), expected) {
                (Parsed::Complete { meaning, lines, .. }, Some(expected)) => {
                    assert_eq!((meaning, lines.len()), expected, "{text:?}");
                }
                (Parsed::Incomplete, None) => {}
                (other, _) => panic!("{text:?}: {other:?}"),
            }
        }
        for (form, text) in [
            (Form::Smtp, "HTTP/1.1 400 Bad Request\r\n"),
            (Form::Smtp, "22 x\r\n"),
            (Form::Smtp, "220+x\r\n"),
            (Form::ImapBanner, "220 smtp\r\n"),
            (Form::Pop3, "* OK imap\r\n"),
        ] {
            assert!(matches!(parse(form, text.as_bytes()), Parsed::OtherProtocol(_)), "{text:?}");
        }
    }

    #[test]
    fn offers() {
        let lines = |text: &[&str]| text.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let smtp = lines(&["250-mx STARTTLS", "250-SIZE 1", "250 starttls"]);
        assert!(offers_tls(Protocol::Smtp, &smtp));
        assert!(!offers_tls(Protocol::Smtp, &smtp[..2]));
        assert!(offers_tls(Protocol::Imap, &lines(&["* CAPABILITY IMAP4rev1 StartTLS"])));
        assert!(!offers_tls(Protocol::Imap, &lines(&["* OK STARTTLS"])));
        assert!(offers_tls(Protocol::Pop3, &lines(&["+OK", "STLS", "."])));
    }

    proptest! {
        #[test]
        fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..400)) {
            for form in [
                Form::Smtp, Form::ImapBanner, Form::ImapTagged("a1"), Form::Pop3, Form::Pop3List,
                Form::Ssh,
            ] {
                if let Parsed::Complete { octets: taken, lines, .. } = parse(form, &octets) {
                    prop_assert!(taken <= octets.len());
                    for protocol in [Protocol::Smtp, Protocol::Imap, Protocol::Pop3] {
                        offers_tls(protocol, &lines);
                    }
                }
            }
        }
    }
}
