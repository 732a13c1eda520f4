//! The text that is read, and places in it.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// Octets of an inventory. 100,000 services take some 20 MB.
pub const OCTETS_MAX: usize = 64 * 1024 * 1024;

/// A range of octets of the text. Texts are at most [`OCTETS_MAX`] long, so 32 bits
/// are enough, and a tree of a million nodes stays small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// Offsets beyond 4 GiB can't occur (see [`Span`]) and are cut off.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end.max(start)) }
    }
}

/// A text with its name.
pub(crate) struct Source<'a> {
    /// The file's name, for messages.
    pub(crate) file: Arc<str>,
    /// The text without its byte-order mark.
    pub(crate) text: &'a str,
    /// Octets of the byte-order mark: 0 or 3.
    pub(crate) bom_octets: usize,
    // Only a faulty text is ever asked for its lines.
    line_starts: OnceCell<Vec<u32>>,
}

/// Where a span starts, as people count, with the piece of its line that a message shows.
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    /// The line from its start until some way past the subject; empty when that is too long.
    pub(crate) excerpt: String,
    /// What of the excerpt is meant, in octets.
    pub(crate) marked: Range<usize>,
}

/// Characters that an excerpt holds from its subject on; a line may be as long as the file.
const EXCERPT_CHARACTERS: usize = 100;

/// A subject further to the right than this has no excerpt, only a line and a column.
const EXCERPT_COLUMNS_MAX: usize = 2000;

impl<'a> Source<'a> {
    pub(crate) fn new(file: &str, text: &'a str) -> Self {
        let stripped = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            file: Arc::from(file),
            text: stripped,
            bom_octets: text.len() - stripped.len(),
            line_starts: OnceCell::new(),
        }
    }

    /// The same places in another text of the same length, such as one without what is secret.
    pub(crate) fn showing<'b>(&self, text: &'b str) -> Source<'b> {
        let (file, bom_octets) = (Arc::clone(&self.file), self.bom_octets);
        Source { file, text, bom_octets, line_starts: OnceCell::new() }
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        let start = self.boundary(span.start as usize);
        let line_starts = self.line_starts.get_or_init(|| line_starts(self.text));
        let line = line_starts.partition_point(|line_start| *line_start as usize <= start).max(1);
        let line_start = line_starts[line - 1] as usize;
        let line_end = line_starts.get(line).map_or(self.text.len(), |next| *next as usize);
        let text = self.text[line_start..line_end].trim_end_matches(['\n', '\r']);

        let at = (start - line_start).min(text.len());
        let column = text[..at].chars().count() + 1;
        if column > EXCERPT_COLUMNS_MAX {
            return Place { line, column, excerpt: String::new(), marked: 0..0 };
        }
        // A user name that begins in the excerpt may end beyond it.
        let text = &without_secrets(&text[..at + nth(&text[at..], 4 * EXCERPT_CHARACTERS)]);
        let shown = at + nth(&text[at..], EXCERPT_CHARACTERS);
        let end = self.boundary(span.end as usize).saturating_sub(line_start).clamp(at, shown);
        let (before, meant, after) = (&text[..at], &text[at..end], &text[end..shown]);
        let mut excerpt: String = before.chars().map(printable).collect();
        let start = excerpt.len();
        excerpt.extend(meant.chars().map(printable));
        let marked = start..excerpt.len();
        excerpt.extend(after.chars().map(printable));
        Place { line, column, excerpt, marked }
    }

    /// The start of the character that an offset falls into.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// YAML 1.2 §5.4: a line ends with LF, CR LF or CR.
fn line_starts(text: &str) -> Vec<u32> {
    let octets = text.as_bytes();
    let ends = octets.iter().enumerate().filter(|(at, octet)| {
        **octet == b'\n' || (**octet == b'\r' && octets.get(at + 1) != Some(&b'\n'))
    });
    std::iter::once(0).chain(ends.map(|(at, _)| Span::new(at + 1, at + 1).start)).collect()
}

fn nth(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

/// The same text, octet for octet as long, with the user names and passwords of its URLs starred out
/// (RFC 3986 §3.2.1): diagnostics end up in logs of CI.
pub(crate) fn without_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//") {
        let (before, after) = rest.split_at(at + 2);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'`<>,".contains(c));
        let (authority, after) = after.split_at(end.unwrap_or(after.len()));
        let user = authority.rfind('@').unwrap_or(0);
        shown.extend(std::iter::repeat_n('*', user));
        shown.push_str(&authority[user..]);
        rest = after;
    }
    shown + rest
}

/// What a terminal can be given: an inventory may come from elsewhere and hold control codes.
pub(crate) fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        // Characters that reorder or hide their neighbours.
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{61c}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_are_starred_out() {
        for (text, expected) in [
            ("web: \"https://an:mật@a.example/x@y\"", "web: \"https://********@a.example/x@y\""),
            ("`ftp://a@b@c` and mailto:a@b.example", "`ftp://***@c` and mailto:a@b.example"),
            ("http://a.example//b@c //", "http://a.example//*@c //"),
        ] {
            assert_eq!(super::without_secrets(text), expected);
            assert_eq!(expected.len(), text.len());
        }
    }

    use super::*;

    #[test]
    fn places_as_people_count() {
        let text = "\u{feff}a: 1\r\nđịa: chỉ\rb\n";
        let source = Source::new("f", text);
        let at = |needle: &str| {
            let start = source.text.find(needle).unwrap();
            let place = source.place(Span::new(start, start + needle.len()));
            (place.line, place.column, place.excerpt[place.marked].to_owned())
        };
        assert_eq!(at("a:"), (1, 1, "a:".into()));
        assert_eq!(at("chỉ"), (2, 6, "chỉ".into()));
        assert_eq!(at("b"), (3, 1, "b".into()));
        let end = source.place(Span::new(text.len() + 9, text.len() + 9));
        assert_eq!((end.line, end.column), (4, 1));
    }

    #[test]
    fn excerpts_are_short_and_printable() {
        let text = format!("{}\u{1b}[31m\u{202e}X{}", "á".repeat(500), "b".repeat(5000));
        let source = Source::new("f", &text);
        let start = text.find('X').unwrap();
        let place = source.place(Span::new(start, text.len()));
        assert_eq!(place.excerpt.chars().count(), place.column - 1 + EXCERPT_CHARACTERS);
        assert!(!place.excerpt.contains(['\u{1b}', '\u{202e}']));
        assert!(place.excerpt[place.marked].starts_with('X'));
        assert_eq!(place.column, 507);
        let place = source.place(Span::new(text.len(), text.len()));
        assert!(place.excerpt.is_empty());
    }
}
