//! Pieces of WordprocessingML. Whatever is text is escaped here.

use std::fmt::Write as _;

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// Its style, by the id in `styles.xml`.
    pub style: &'static str,
    /// `left`, `center`, `right` or `both`; empty for the style's.
    pub align: &'static str,
    pub bold: bool,
    pub italic: bool,
    /// In half points; 0 for the style's.
    pub size: u16,
    /// Whether it stays on the page of what follows.
    pub keep_next: bool,
}

/// Escaped text, without what XML 1.0 forbids.
pub(super) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// A paragraph; a line feed begins a line within it.
pub(super) fn paragraph(words: &str, look: Look) -> String {
    format!("<w:p>{}{}</w:p>", properties(look), run(words, look))
}

/// The beginning of a paragraph.
pub(super) fn properties(look: Look) -> String {
    let mut out = String::from("<w:pPr>");
    if !look.style.is_empty() {
        let _ = write!(out, r#"<w:pStyle w:val="{}"/>"#, look.style);
    }
    if look.keep_next {
        out.push_str("<w:keepNext/>");
    }
    if !look.align.is_empty() {
        let _ = write!(out, r#"<w:jc w:val="{}"/>"#, look.align);
    }
    out + "</w:pPr>"
}

/// Words in one look.
pub(super) fn run(words: &str, look: Look) -> String {
    let mut out = String::from("<w:r><w:rPr>");
    if look.bold {
        out.push_str("<w:b/>");
    }
    if look.italic {
        out.push_str("<w:i/>");
    }
    if look.size > 0 {
        let _ = write!(out, r#"<w:sz w:val="{0}"/><w:szCs w:val="{0}"/>"#, look.size);
    }
    out.push_str("</w:rPr>");
    for (at, line) in words.split('\n').enumerate() {
        if at > 0 {
            out.push_str("<w:br/>");
        }
        let _ = write!(out, r#"<w:t xml:space="preserve">{}</w:t>"#, text(line));
    }
    out + "</w:r>"
}

/// A paragraph without words that is a line of a length, in twentieths of a point, in the middle of a width.
pub(super) fn rule(length: u32, width: u32) -> String {
    let side = width.saturating_sub(length) / 2;
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Cell"/><w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/><w:ind w:left="{side}" w:right="{side}"/></w:pPr></w:p>"#
    )
}
