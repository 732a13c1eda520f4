//! What is wrong with an inventory, where, and what would be right.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::source::{Source, Span, printable, without_secrets};

/// Diagnostics that are kept; further ones are counted.
const KEPT_MAX: usize = 1000;

/// Diagnostics that are printed; a person fixes the first ones and runs again.
const SHOWN_MAX: usize = 100;

/// Characters of one message or help text.
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The inventory can't be used.
    Error,
    /// The inventory can be used; its owner should look at this.
    Warning,
}

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub weight: Weight,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// The file's name as the caller gave it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The octets of the file that are meant.
    pub span: Range<usize>,
    excerpt: String,
    marked: Range<usize>,
}

/// Everything that is wrong with an inventory, in the order of the file; at least one error.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} in the inventory", problems(self.count()))]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    not_kept: usize,
}

/// `1 problem`, `2 problems`.
pub fn problems(count: usize) -> String {
    format!("{count} problem{}", if count == 1 { "" } else { "s" })
}

impl Diagnostic {
    pub(crate) fn new(
        source: &Source<'_>,
        weight: Weight,
        span: Span,
        message: &str,
        help: Option<&str>,
    ) -> Self {
        let place = source.place(span);
        Self {
            weight,
            message: one_line(message),
            help: help.map(one_line),
            file: Arc::clone(&source.file),
            line: place.line,
            column: place.column,
            span: span.start as usize + source.bom_octets..span.end as usize + source.bom_octets,
            excerpt: place.excerpt,
            marked: place.marked,
        }
    }

    /// Another diagnostic at the same place, for what only the caller can find out: a file that
    /// can't be read, a policy that doesn't exist.
    pub(crate) fn restated(&self, weight: Weight, message: &str, help: Option<&str>) -> Self {
        let (message, help) = (one_line(message), help.map(one_line));
        Self { weight, message, help, ..self.clone() }
    }

    /// The message with `file:line:column`, the line that is meant, and the fix.
    pub fn render(&self, color: bool) -> String {
        let level = match self.weight {
            Weight::Error => Level::ERROR,
            Weight::Warning => Level::WARNING,
        };
        let title = level.primary_title(&*self.message);
        let mut group = if self.excerpt.is_empty() {
            title.element(Origin::path(&*self.file).line(self.line).char_column(self.column))
        } else {
            title.element(
                Snippet::source(&*self.excerpt)
                    .path(&*self.file)
                    .line_start(self.line)
                    .annotation(AnnotationKind::Primary.span(self.marked.clone())),
            )
        };
        if let Some(help) = &self.help {
            group = group.element(Element::from(Level::HELP.message(&**help)));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(DEFAULT_TERM_WIDTH).render(&[group])
    }
}

/// `file:line:column: message`, for logs.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl Diagnostics {
    /// The diagnostics in the order of the file, at most the first 1,000.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are, those included that were only counted.
    pub fn count(&self) -> usize {
        self.list.len() + self.not_kept
    }

    /// All of them for a terminal: the first 100 in full, then how many more there are.
    pub fn render(&self, color: bool) -> String {
        let mut text = String::new();
        for diagnostic in self.list.iter().take(SHOWN_MAX) {
            text.push_str(&diagnostic.render(color));
            text.push_str("\n\n");
        }
        if let more @ 1.. = self.count().saturating_sub(SHOWN_MAX) {
            text.push_str(&format!("and {more} more\n"));
        }
        text
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < KEPT_MAX {
            self.list.push(diagnostic);
        } else {
            self.not_kept += 1;
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= KEPT_MAX
    }

    pub(crate) fn count_only(&mut self) {
        self.not_kept += 1;
    }

    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|diagnostic| diagnostic.span.start);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { list: vec![diagnostic], not_kept: 0 }
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(mut list: Vec<Diagnostic>) -> Self {
        let not_kept = list.len().saturating_sub(KEPT_MAX);
        list.truncate(KEPT_MAX);
        Self { list, not_kept }
    }
}

/// A message quotes the file, so it is made printable and short.
fn one_line(text: &str) -> String {
    let mut line: String = text.chars().take(MESSAGE_CHARACTERS_MAX).map(printable).collect();
    if line.len() < text.len() && text.chars().nth(MESSAGE_CHARACTERS_MAX).is_some() {
        line.push('…');
    }
    without_secrets(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(text: &str, word: &str) -> Diagnostic {
        let start = text.find(word).unwrap();
        Diagnostic::new(
            &Source::new("inventory.yaml", text),
            Weight::Error,
            Span::new(start, start + word.len()),
            "`sttae` is not a key of a service",
            Some("did you mean `state`?"),
        )
    }

    #[test]
    fn a_diagnostic_shows_place_and_fix() {
        let text = "services:\n  - {id: cổng, sttae: active}\n";
        insta::assert_snapshot!(diagnostic(text, "sttae").render(false), @r"
error: `sttae` is not a key of a service
 --> inventory.yaml:2:16
  |
2 |   - {id: cổng, sttae: active}
  |                ^^^^^
  |
  = help: did you mean `state`?
");
    }

    #[test]
    fn many_are_counted() {
        let text = "a: sttae\n";
        let mut all = Diagnostics::default();
        for _ in 0..KEPT_MAX + 7 {
            all.push(diagnostic(text, "sttae"));
        }
        assert_eq!(all.count(), KEPT_MAX + 7);
        assert_eq!(all.iter().count(), KEPT_MAX);
        assert!(all.render(false).ends_with("and 907 more\n"));
    }

    #[test]
    fn messages_are_printable_and_short() {
        let text = format!("\u{1b}]0;x\u{7}\u{202e}{}", "x".repeat(9000));
        let line = one_line(&text);
        assert!(!line.contains(['\u{1b}', '\u{7}', '\u{202e}']));
        assert_eq!(line.chars().count(), MESSAGE_CHARACTERS_MAX + 1);
    }
}
