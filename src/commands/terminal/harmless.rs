//! A writer through which no control code reaches a terminal but our own colours.

use std::io::{self, Write};

/// Octets of a colour's sequence that are waited for at the most.
const COLOUR_OCTETS_MAX: usize = 24;

/// Passes on text in UTF-8. Control codes become `\u00XX`, which in JSON means the same; line ends, tabs
/// and sequences that set colours (`ESC [ … m`) stay.
pub(in crate::commands) struct Harmless<W> {
    out: W,
    /// What may become a colour or a control code of two octets, once the rest of it is there.
    begun: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub(in crate::commands) fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }

    fn take(&mut self, octet: u8, passed: &mut Vec<u8>) {
        match (self.begun.as_slice(), octet) {
            ([0xc2], 0x80..=0x9f) => {
                self.begun.clear();
                escape(octet, passed);
                return;
            }
            ([0x1b], b'[') => return self.begun.push(octet),
            ([0x1b, b'[', ..], b'0'..=b'9' | b';') if self.begun.len() < COLOUR_OCTETS_MAX => {
                return self.begun.push(octet);
            }
            ([0x1b, b'[', ..], b'm') => {
                passed.append(&mut self.begun);
                passed.push(octet);
                return;
            }
            _ => self.give_up(passed),
        }
        match octet {
            0x1b | 0xc2 => self.begun.push(octet),
            b'\n' | b'\t' => passed.push(octet),
            0..=0x1f | 0x7f => escape(octet, passed),
            _ => passed.push(octet),
        }
    }

    /// What was begun is something else.
    fn give_up(&mut self, passed: &mut Vec<u8>) {
        for octet in self.begun.drain(..) {
            match octet {
                0x1b => escape(octet, passed),
                _ => passed.push(octet),
            }
        }
    }
}

/// Whether an octet is a control code, or may be a part of one.
fn is_suspect(octet: u8) -> bool {
    matches!(octet, 0..=0x08 | 0x0b..=0x1f | 0x7f | 0xc2)
}

fn escape(octet: u8, passed: &mut Vec<u8>) {
    passed.extend(format!("\\u{octet:04x}").bytes());
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        // Most texts have nothing in them that must be looked at closely, and pass as they are.
        if self.begun.is_empty() && !octets.iter().copied().any(is_suspect) {
            self.out.write_all(octets)?;
            return Ok(octets.len());
        }
        let mut passed = Vec::with_capacity(octets.len());
        for octet in octets {
            self.take(*octet, &mut passed);
        }
        self.out.write_all(&passed)?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut passed = Vec::new();
        self.give_up(&mut passed);
        self.out.write_all(&passed)?;
        self.out.flush()
    }
}

/// A text as [`Harmless`] passes it on.
pub(in crate::commands) fn harmless(text: &str) -> String {
    let mut out = Harmless::new(Vec::with_capacity(text.len()));
    // Writing to memory can't fail, and what stays is UTF-8.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    String::from_utf8_lossy(&out.out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_tabs_and_colours_pass() {
        for (text, passed) in [
            ("Tỉnh · é\t\n", "Tỉnh · é\t\n"),
            ("\u{1b}[1;31mred\u{1b}[0m", "\u{1b}[1;31mred\u{1b}[0m"),
            ("\u{1b}[2J", "\\u001b[2J"),
            ("\u{1b}]0;title\u{7}", "\\u001b]0;title\\u0007"),
            ("\u{1b}\u{1b}[0m", "\\u001b\u{1b}[0m"),
            ("\u{1b}[1", "\\u001b[1"),
            ("\u{1b}", "\\u001b"),
            ("a\u{9b}2Jb\u{7f}\r", "a\\u009b2Jb\\u007f\\u000d"),
        ] {
            assert_eq!(harmless(text), passed, "{text:?}");
            // However it is cut into writes.
            let mut out = Harmless::new(Vec::new());
            for octet in text.bytes() {
                out.write_all(&[octet]).unwrap();
            }
            out.flush().unwrap();
            assert_eq!(String::from_utf8(out.out).unwrap(), passed, "{text:?}");
        }
        let endless = format!("\u{1b}[{}m", "1;".repeat(500));
        assert!(harmless(&endless).starts_with("\\u001b[1;"));
    }

    #[test]
    fn json_means_the_same() {
        let text = serde_json::to_string("\u{1b}[2J\u{9b}\u{7f}\u{85}ỉ").unwrap();
        let passed = harmless(&text);
        assert!(passed.is_ascii() || !passed.contains(char::is_control), "{passed}");
        let [before, after] =
            [text, passed].map(|text| serde_json::from_str::<String>(&text).unwrap());
        assert_eq!(before, after);
    }
}
