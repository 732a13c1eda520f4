//! A badge as SVG.

use askama::Template;

/// What a badge shows.
#[derive(Template)]
#[template(path = "serve/badge.svg", escape = "html")]
pub(super) struct Badge {
    /// The language, for screen readers.
    pub lang: &'static str,
    /// The whole sentence, for screen readers and as a tip.
    pub title: String,
    /// The left half.
    pub label: String,
    /// The right half.
    pub value: String,
    /// The colour of the right half: dark enough for white letters.
    pub colour: &'static str,
}

/// Pixels of a letter: what is written is stretched to the room that is kept for it.
const LETTER: usize = 7;

/// Pixels beside what is written.
const MARGIN: usize = 6;

impl Badge {
    /// The picture.
    pub fn svg(&self) -> String {
        // The template writes to memory, and has no other way to fail.
        self.render().unwrap_or_default()
    }

    fn label_letters(&self) -> usize {
        self.label.chars().count() * LETTER
    }

    fn value_letters(&self) -> usize {
        self.value.chars().count() * LETTER
    }

    fn label_width(&self) -> usize {
        self.label_letters() + 2 * MARGIN
    }

    fn value_width(&self) -> usize {
        self.value_letters() + 2 * MARGIN
    }

    fn width(&self) -> usize {
        self.label_width() + self.value_width()
    }

    fn value_at(&self) -> usize {
        self.label_width() + MARGIN
    }
}
