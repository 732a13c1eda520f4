//! A document in the making: numbered sections, paragraphs, annexes, and then the file.

use std::io;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::{Document as File, SerializeSettings};

use super::flow::{Align, BODY, Flow, GAP, INDENT, LEADING};
use super::font::Style;
use super::grid::Grid;
use super::page::{self, HEIGHT, WIDTH};
use crate::model::{Lang, Text};

const ANNEX: Text = Text { vi: "PHỤ LỤC", en: "ANNEX" };

/// A document in the making.
pub(super) struct Document<'a> {
    pub flow: Flow<'a>,
    pub lang: Lang,
    sections: usize,
    headings: usize,
    annexes: usize,
    /// Titles that are drawn together with what comes after them.
    waiting: Vec<String>,
}

impl<'a> Document<'a> {
    pub(super) fn new(flow: Flow<'a>, lang: Lang) -> Self {
        Self { flow, lang, sections: 0, headings: 0, annexes: 0, waiting: Vec::new() }
    }

    /// Begins a section: a Roman number and capitals.
    pub(super) fn section(&mut self, title: &str) {
        self.sections += 1;
        self.headings = 0;
        let title = format!("{}. {}", roman(self.sections), title.to_uppercase());
        self.waiting.push(title);
    }

    /// Begins a part of a section: an Arabic number.
    fn heading(&mut self, title: &str) {
        self.headings += 1;
        let title = format!("{}. {title}", self.headings);
        self.waiting.push(title);
    }

    /// A table, and a heading that stays with it.
    pub(super) fn table(&mut self, title: Option<&str>, grid: &Grid) {
        if let Some(title) = title {
            self.heading(title);
        }
        self.titles(grid.least_height(&self.flow));
        grid.draw(&mut self.flow);
    }

    /// Draws the titles that wait, on the page on which so many points fit below them.
    pub(super) fn titles(&mut self, below: f32) {
        const TITLE: f32 = BODY * LEADING + 1.5 * GAP;
        if self.waiting.is_empty() {
            return;
        }
        self.flow.keep(self.waiting.len() as f32 * TITLE + below);
        for title in std::mem::take(&mut self.waiting) {
            self.flow.space(GAP);
            self.flow.bookmark(&title);
            self.flow.text(&title, Style::Bold, BODY, Align::Left, INDENT);
            self.flow.space(GAP / 2.0);
        }
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.titles(3.0 * BODY * LEADING);
        self.flow.text(text, Style::Regular, BODY, Align::Both, INDENT);
        self.flow.space(GAP);
    }

    /// A paragraph that must not be overlooked.
    pub(super) fn warning(&mut self, text: &str) {
        self.titles(3.0 * BODY * LEADING);
        self.flow.text(text, Style::Bold, BODY, Align::Both, INDENT);
        self.flow.space(GAP);
    }

    /// Begins an annex on a page of its own.
    pub(super) fn annex(&mut self, title: &str) {
        self.annexes += 1;
        self.flow.turn();
        let number = format!("{} {}", ANNEX.get(self.lang), roman(self.annexes));
        self.flow.bookmark(&format!("{number}. {title}"));
        self.flow.text(&number, Style::Bold, 14.0, Align::Center, 0.0);
        let title = title.to_uppercase();
        self.flow.text(&title, Style::Bold, 14.0, Align::Center, 0.0);
        self.flow.space(GAP);
    }

    /// The file: PDF/A-2u (ISO 19005-2), so that it can be archived and its text searched. Its date
    /// is that of the judgement, and nothing in it depends on chance.
    ///
    /// # Errors
    /// When the library refuses what was drawn.
    pub(super) fn finish(mut self, title: &str, as_of: Timestamp) -> io::Result<Vec<u8>> {
        self.flow.number_pages();
        let Flow { fonts, pages, bookmarks, .. } = self.flow;
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_U)
            .finish()
            .map_err(|error| page::failed(&error))?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut file = File::new_with(settings);
        for marks in &pages {
            let size = PageSettings::from_wh(WIDTH, HEIGHT)
                .ok_or_else(|| page::failed(&"no page of this size"))?;
            let mut drawn = file.start_page_with(size);
            let mut surface = drawn.surface();
            page::draw(&mut surface, fonts, marks);
            surface.finish();
            drawn.finish();
        }
        let mut outline = Outline::new();
        for bookmark in bookmarks {
            let place = XyzDestination::new(bookmark.page, Point::from_xy(0.0, bookmark.y));
            outline.push_child(OutlineNode::new(bookmark.title, place));
        }
        file.set_outline(outline);
        file.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language(self.lang.tag().to_owned())
                .creator("v6ready".to_owned())
                .creation_date(date(as_of))
                .document_id(format!("{title} {as_of}")),
        );
        file.finish().map_err(|error| page::failed(&error))
    }
}

fn date(at: Timestamp) -> DateTime {
    let at = TimeZone::UTC.to_datetime(at);
    DateTime::new(at.year().unsigned_abs())
        .month(at.month().unsigned_abs())
        .day(at.day().unsigned_abs())
        .hour(at.hour().unsigned_abs())
        .minute(at.minute().unsigned_abs())
        .second(at.second().unsigned_abs())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn roman(mut number: usize) -> String {
    let mut text = String::new();
    for (value, sign) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn roman_numbers() {
        let all: Vec<_> = [1, 4, 5, 9, 14, 28].into_iter().map(super::roman).collect();
        assert_eq!(all, ["I", "IV", "V", "IX", "XIV", "XXVIII"]);
    }
}
