//! Plain text in lines that every mail program takes.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Characters of a line.
const WIDTH: usize = 76;

/// Characters after which even a word is cut: a line has at most 998 octets (RFC 5322 §2.1.1).
const WORD_MAX: usize = 200;

/// Octets of UTF-8 in one encoded word, so that it stays below 75 characters (RFC 2047 §2).
const ENCODED_OCTETS_MAX: usize = 42;

/// A text in the making.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// A paragraph; `first` stands before its first line, and blanks of the same width before the others.
    pub(super) fn item(&mut self, first: &str, text: &str) {
        let margin = " ".repeat(first.chars().count());
        let mut line = first.to_owned();
        let mut length = margin.len();
        let mut is_empty = true;
        for word in text.split_whitespace().flat_map(pieces) {
            let word_length = word.chars().count();
            if !is_empty && length + 1 + word_length > WIDTH {
                self.line(&line);
                line = margin.clone();
                length = margin.len();
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
                length += 1;
            }
            line.push_str(&word);
            length += word_length;
            is_empty = false;
        }
        self.line(&line);
    }

    /// A paragraph without a margin.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.item("", text);
    }

    /// A line that is left empty.
    pub(super) fn space(&mut self) {
        self.line("");
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

/// A word, or the pieces of one that is far too long.
fn pieces(word: &str) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters.chunks(WORD_MAX).map(|piece| piece.iter().collect()).collect()
}

/// A header's text: as it is where it is ASCII on one short line, else in encoded words (RFC 2047).
pub(super) fn encoded_words(text: &str) -> String {
    if text.len() < 60 && text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return text.to_owned();
    }
    let mut words: Vec<String> = vec![String::new()];
    for character in text.chars() {
        let is_full =
            words.last().is_none_or(|word| word.len() + character.len_utf8() > ENCODED_OCTETS_MAX);
        if is_full {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    let encoded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", BASE64.encode(word)));
    encoded.collect::<Vec<_>>().join("\r\n ")
}

/// Writes lines with the line ends of mail.
pub(super) fn write_lines(text: &str, out: &mut dyn Write) -> io::Result<()> {
    text.lines().try_for_each(|line| write!(out, "{line}\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_broken_and_keep_their_margin() {
        let mut page = Page::default();
        page.item("- ", &"năm chữ cái ".repeat(10));
        page.item("  ", &"x".repeat(500));
        page.paragraph("");
        let text = page.finish();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("- năm") && lines[1].starts_with("  "), "{text}");
        assert!(lines[0].chars().count() <= WIDTH && lines[1].chars().count() <= WIDTH);
        assert!(lines.iter().all(|line| line.len() < 998));
        assert_eq!(lines.last(), Some(&""));
        let mut out = Vec::new();
        write_lines(&text, &mut out).unwrap();
        assert_eq!(out.iter().filter(|octet| **octet == b'\r').count(), lines.len());
    }

    #[test]
    fn headers_are_ascii() {
        assert_eq!(encoded_words("IPv6 readiness"), "IPv6 readiness");
        assert_eq!(encoded_words("Sở"), "=?UTF-8?B?U+G7nw==?=");
        let long = encoded_words(&"Ủy ban nhân dân ".repeat(12));
        assert!(long.is_ascii());
        for line in long.split("\r\n ") {
            assert!(line.len() <= 75 && line.starts_with("=?UTF-8?B?"), "{line}");
        }
    }
}
