//! Texts broken into lines.

use super::font::{Fonts, Style};

/// Characters after which a word that is wider than its column may be broken: those at which
/// addresses and URLs read on most easily.
const BREAKS_AFTER: [char; 12] = ['/', '-', '.', ':', ',', ';', '_', '?', '&', '=', '|', '@'];

/// A line of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its text.
    pub text: String,
    /// Whether the paragraph ends here, so that the line isn't stretched.
    pub last: bool,
}

/// Breaks a text into lines no wider than `width` points, the first one narrower by `indent`. A line
/// feed always begins a line. There is at least one line.
pub(super) fn wrapped_lines(
    fonts: &Fonts,
    style: Style,
    size: f32,
    text: &str,
    width: f32,
    indent: f32,
) -> Vec<Line> {
    let measure = |text: &str| fonts.width(style, size, text);
    let blank = measure(" ");
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0.0;
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let room = |lines: &Vec<Line>| if lines.is_empty() { width - indent } else { width };
            let wide = measure(word);
            if !line.is_empty() && used + blank + wide > room(&lines) {
                lines.push(Line { text: std::mem::take(&mut line), last: false });
                used = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += blank;
            }
            let mut rest = word;
            while used + measure(rest) > room(&lines) {
                let (part, after) = split(rest, room(&lines) - used, &measure);
                line.push_str(part);
                lines.push(Line { text: std::mem::take(&mut line), last: false });
                used = 0.0;
                rest = after;
            }
            line.push_str(rest);
            used += measure(rest);
        }
        lines.push(Line { text: line, last: true });
    }
    lines
}

/// The text between the good places to break a word at.
pub(super) fn pieces(word: &str) -> impl Iterator<Item = &str> {
    word.split_inclusive(BREAKS_AFTER)
}

/// The longest beginning of a word that fits, up to a good place to break at if there is one, and
/// what is left. At least one character is taken, so that every column, however narrow, ends.
fn split<'a>(word: &'a str, room: f32, measure: &impl Fn(&str) -> f32) -> (&'a str, &'a str) {
    let (mut fits, mut good, mut used) = (0, 0, 0.0);
    for (at, character) in word.char_indices() {
        let end = at + character.len_utf8();
        used += measure(&word[at..end]);
        if used > room && fits > 0 {
            break;
        }
        fits = end;
        if BREAKS_AFTER.contains(&character) {
            good = end;
        }
        if used > room {
            break;
        }
    }
    word.split_at(if good > 0 { good } else { fits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str, width: f32, indent: f32) -> Vec<String> {
        let fonts = Fonts::new(None).unwrap();
        wrapped_lines(&fonts, Style::Regular, 10.0, text, width, indent)
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(broken("một hai ba bốn", 40.0, 0.0), ["một hai", "ba bốn"]);
        assert_eq!(broken("một hai ba bốn", 40.0, 20.0), ["một", "hai ba", "bốn"]);
        assert_eq!(broken("một\nhai", 400.0, 0.0), ["một", "hai"]);
        assert_eq!(broken("", 400.0, 0.0), [""]);
        let url = broken("https://dichvucong.example/a/b", 80.0, 0.0);
        assert_eq!(url, ["https://dichvucong.", "example/a/b"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_everything_fits(text in "[ a-zơ/.\u{1f600}]{0,80}", width in 12.0f32..200.0) {
            let fonts = Fonts::new(None).unwrap();
            let all = wrapped_lines(&fonts, Style::Regular, 10.0, &text, width, 0.0);
            let joined: String = all.iter().map(|line| line.text.replace(' ', "")).collect();
            prop_assert_eq!(joined, text.replace(' ', ""));
            for line in &all {
                // The letters of the fonts are narrower than 12 points at this size.
                prop_assert!(fonts.width(Style::Regular, 10.0, &line.text) <= width + 0.01);
            }
        }
    }
}
