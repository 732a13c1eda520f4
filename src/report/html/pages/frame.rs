//! What every page but the summary has at its head and its end.

use super::folder::INDEX;
use super::lists::Turn;
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report::texts;

/// The head and the end of a page.
pub(super) struct Frame {
    pub(super) title: String,
    /// Pages above it, each a link and its words.
    pub(super) crumbs: Vec<(String, String)>,
    pub(super) turn: Option<Turn>,
    /// The run, and what made the page.
    pub(super) foot: String,
}

/// What the pages of one report are about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) result: &'a RunResult,
    /// What the report is called where pages lead back to it.
    pub(super) subject: &'a str,
    pub(super) lang: Lang,
}

impl About<'_> {
    /// The frame of a page that lies so many folders deep, below the summary and perhaps other pages.
    pub(super) fn frame(&self, depth: usize, title: String, above: &[(String, String)]) -> Frame {
        let Self { result, subject, lang } = *self;
        let top = (format!("{}{INDEX}", "../".repeat(depth)), subject.to_owned());
        let moment = texts::moment(result.as_of, &result.inventory.timezone, lang);
        Frame {
            title,
            crumbs: std::iter::once(top).chain(above.iter().cloned()).collect(),
            turn: None,
            foot: format!(
                "v6ready {} · {} {} · {} {moment}",
                result.run.version,
                texts::RUN.get(lang),
                result.run.id,
                texts::JUDGED_AT.get(lang),
            ),
        }
    }
}
