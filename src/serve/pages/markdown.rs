//! The Markdown of checks' pages as HTML: headings, paragraphs, lists, code, emphasis. All else is text.

use std::fmt::Write as _;

/// A whole page; its first heading is left out, for the page has it already.
pub fn page(markdown: &str) -> String {
    let (mut html, mut state) = (String::new(), State::Nothing);
    for line in markdown.lines() {
        let line = line.trim_end();
        if let Some(fence) = line.strip_prefix("```") {
            let _ = fence;
            match state {
                State::Code => {
                    html.push_str("</code></pre>\n");
                    state = State::Nothing;
                }
                _ => {
                    close(&mut html, state);
                    html.push_str("<pre><code>");
                    state = State::Code;
                }
            }
        } else if state == State::Code {
            escape_into(line, &mut html);
            html.push('\n');
        } else if line.starts_with("# ") || line.is_empty() {
            close(&mut html, state);
            state = State::Nothing;
        } else if let Some(heading) = line.strip_prefix("## ") {
            close(&mut html, state);
            state = State::Nothing;
            // Writing to a string can't fail.
            let _ = writeln!(html, "<h3>{}</h3>", line_of(heading));
        } else if let Some(item) = line.strip_prefix("- ") {
            if state != State::List {
                close(&mut html, state);
                html.push_str("<ul>\n");
                state = State::List;
            }
            let _ = writeln!(html, "<li>{}</li>", line_of(item));
        } else {
            match state {
                State::Paragraph => html.push(' '),
                _ => {
                    close(&mut html, state);
                    html.push_str("<p>");
                    state = State::Paragraph;
                }
            }
            html.push_str(&line_of(line));
        }
    }
    close(&mut html, state);
    html
}

/// One line: code and emphasis.
pub fn line_of(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*']) {
        escape_into(&rest[..at], &mut html);
        let after = &rest[at..];
        let (mark, tag) = match after {
            bold if bold.starts_with("**") => ("**", "strong"),
            code if code.starts_with('`') => ("`", "code"),
            _ => ("*", "em"),
        };
        let inner = &after[mark.len()..];
        match inner.find(mark).filter(|end| *end > 0) {
            Some(end) => {
                let _ = write!(html, "<{tag}>");
                escape_into(&inner[..end], &mut html);
                let _ = write!(html, "</{tag}>");
                rest = &inner[end + mark.len()..];
            }
            None => {
                html.push_str(mark);
                rest = inner;
            }
        }
    }
    escape_into(rest, &mut html);
    html
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Nothing,
    Paragraph,
    List,
    Code,
}

fn close(html: &mut String, state: State) {
    html.push_str(match state {
        State::Nothing => "",
        State::Paragraph => "</p>\n",
        State::List => "</ul>\n",
        State::Code => "</code></pre>\n",
    });
}

fn escape_into(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CATALOGUE;
    use crate::model::Lang;

    #[test]
    fn code_and_emphasis_and_nothing_else() {
        assert_eq!(
            line_of("run `a <b>` & **now**"),
            "run <code>a &lt;b&gt;</code> &amp; <strong>now</strong>"
        );
        assert_eq!(line_of("a * b ` c"), "a * b ` c");
        assert_eq!(line_of("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    #[test]
    fn every_page_of_a_check_is_well_formed() {
        for check in CATALOGUE.iter() {
            for lang in [Lang::Vi, Lang::En] {
                let html = page(check.doc.markdown(lang));
                for tag in ["p", "ul", "li", "h3", "code", "pre", "strong", "em"] {
                    let count = |text: &str| html.matches(text).count();
                    let (open, closed) = (count(&format!("<{tag}>")), count(&format!("</{tag}>")));
                    assert_eq!(open, closed, "{} {tag}: {html}", check.id);
                }
                assert!(html.contains("<h3>"), "{}", check.id);
            }
        }
    }
}
