//! Long lists in chapters: a page each, from which one turns to the next.

use std::ops::Range;

use super::words;
use crate::model::Lang;

/// Lines of a list on one page.
const LINES_MAX: usize = 1_000;

/// A part of a list that a page of its own shows.
pub(super) struct Chapter {
    /// Its number, from 1.
    pub(super) number: usize,
    /// How many there are.
    pub(super) of: usize,
    /// The lines that it shows.
    pub(super) range: Range<usize>,
}

/// The chapters of a list; an empty one has one.
pub(super) fn chapters(lines: usize) -> impl Iterator<Item = Chapter> {
    let of = lines.div_ceil(LINES_MAX).max(1);
    (0..of).map(move |at| {
        let from = at * LINES_MAX;
        Chapter { number: at + 1, of, range: from..(from + LINES_MAX).min(lines) }
    })
}

/// The path of a chapter. No stem has a dot, so that no two lists meet.
pub(super) fn path(stem: &str, number: usize) -> String {
    match number {
        1 => format!("{stem}.html"),
        _ => format!("{stem}.{number}.html"),
    }
}

/// Which chapter a page is, and those beside it.
pub(super) struct Turn {
    pub(super) place: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

impl Turn {
    /// Of a list with one chapter there is nothing to turn.
    pub(super) fn at(stem: &str, number: usize, of: usize, lang: Lang) -> Option<Self> {
        let name = stem.rsplit('/').next().unwrap_or(stem);
        (of > 1).then(|| Self {
            place: words::place(number, of, lang),
            previous: (number > 1).then(|| path(name, number - 1)),
            next: (number < of).then(|| path(name, number + 1)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_in_one_chapter() {
        for lines in [0, 1, 999, 1_000, 1_001, 2_500] {
            let all: Vec<Chapter> = chapters(lines).collect();
            assert_eq!(all.len(), all[0].of, "{lines}");
            let shown: Vec<usize> = all.iter().flat_map(|one| one.range.clone()).collect();
            assert_eq!(shown, (0..lines).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_turns_within_the_same_folder() {
        let turn = Turn::at("organisations/so-y-te", 2, 3, Lang::En).unwrap();
        assert_eq!(turn.previous.as_deref(), Some("so-y-te.html"));
        assert_eq!(turn.next.as_deref(), Some("so-y-te.3.html"));
        assert!(Turn::at("organisations/so-y-te", 1, 1, Lang::En).is_none());
    }
}
