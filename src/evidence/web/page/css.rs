//! What a style sheet loads: `url()` and `@import`.

use super::reference::Use;

/// References of one style sheet that are read.
const REFERENCES_MAX: usize = 500;

/// The references of a style sheet, as written and with what for, without `data:` URLs. Comments are
/// left out.
pub fn references(css: &str) -> Vec<(String, Use)> {
    let mut found = Vec::new();
    let mut rest = css;
    // What the next `url()` is for, and until where: a rule ends with its block or a semicolon.
    let mut what = Use::Image;
    while found.len() < REFERENCES_MAX {
        let Some(at) = rest.find(['/', 'u', 'U', '@', '}', ';']) else { break };
        let tail = &rest[at..];
        let (reference, used) = if tail.starts_with("/*") {
            (None, tail.find("*/").map_or(tail.len(), |end| end + 2))
        } else if tail.starts_with('}') || (tail.starts_with(';') && what == Use::Style) {
            what = Use::Image;
            (None, 1)
        } else if let Some(rule) = after(tail, "@font-face") {
            what = Use::Font;
            (None, tail.len() - rule.len())
        } else if let Some(argument) = after(tail, "url(") {
            let (reference, used) = argument_of(argument, ')');
            (Some(reference), tail.len() - argument.len() + used)
        } else if let Some(argument) = after(tail, "@import") {
            what = Use::Style;
            let trimmed = argument.trim_start();
            match trimmed.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let (reference, used) = argument_of(trimmed, quote);
                    (Some(reference), tail.len() - trimmed.len() + used)
                }
                // `@import url(…)`: the next turn finds it.
                _ => (None, tail.len() - argument.len()),
            }
        } else {
            (None, tail.chars().next().map_or(1, char::len_utf8))
        };
        let reference = reference.filter(|r| !r.is_empty() && !r.starts_with("data:"));
        found.extend(reference.map(|reference| (reference, what)));
        rest = tail.get(used..).unwrap_or_default();
    }
    found
}

/// What follows a keyword, whatever its case.
fn after<'t>(text: &'t str, keyword: &str) -> Option<&'t str> {
    let head = text.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword).then(|| &text[keyword.len()..])
}

/// The argument up to `end`, or up to the closing quote where it is quoted, and how many octets of
/// the text it takes.
fn argument_of(text: &str, end: char) -> (String, usize) {
    let trimmed = text.trim_start();
    let skipped = text.len() - trimmed.len();
    let (inner, end, quoted) = match trimmed.chars().next() {
        Some(quote @ ('"' | '\'')) => (&trimmed[1..], quote, 1),
        _ => (trimmed, end, 0),
    };
    let length = inner.find([end, '\n']).unwrap_or(inner.len());
    let used = (skipped + quoted + length + 1).min(text.len());
    (inner[..length].trim().to_owned(), used)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_style_sheet_loads_is_found() {
        let css = "@import \"a.css\"; @import url(b.css) screen; @IMPORT 'c.css';\n\
            /* url(commented.png) */ body { background: URL( \"d.png\" ) }\n\
            @font-face { src: url(//e.example/f.woff2) format('woff2'), url('f.ttf'); x: y }\n\
            p { background: url(data:image/png;base64,AAAA) } q { color: curl; x: url(g.png) }";
        let expected = [
            ("a.css", Use::Style),
            ("b.css", Use::Style),
            ("c.css", Use::Style),
            ("d.png", Use::Image),
            ("//e.example/f.woff2", Use::Font),
            ("f.ttf", Use::Font),
            ("g.png", Use::Image),
        ];
        assert_eq!(references(css), expected.map(|(url, what)| (url.to_owned(), what)));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(css in "(?s).{0,200}") {
            references(&css);
            references(&format!("@import '{css}url({css}/*{css}"));
        }
    }
}
