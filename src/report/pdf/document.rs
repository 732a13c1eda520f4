//! A document in the making: numbered sections, paragraphs, tables, annexes, and then the file.

use std::collections::HashMap;
use std::io;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::Identifier;
use krilla::{Document as File, SerializeSettings};

use super::element::{self, Element};
use super::flow::{Align, BODY, Flow, GAP, INDENT, LEADING};
use super::font::Style;
use super::grid::Grid;
use super::page::{self, Sheet};
use crate::model::{Lang, Text};
use crate::report::office::roman::roman;

const ANNEX: Text = Text { vi: "Phụ lục", en: "Annex" };
const TABLE: Text = Text { vi: "Bảng", en: "Table" };

/// A document in the making.
pub(super) struct Document<'a> {
    pub flow: Flow<'a>,
    pub lang: Lang,
    sections: usize,
    headings: usize,
    annexes: usize,
    tables: usize,
    /// Titles that are drawn together with what comes after them, and their levels.
    waiting: Vec<(u16, String)>,
}

impl<'a> Document<'a> {
    pub(super) fn new(flow: Flow<'a>, lang: Lang) -> Self {
        let (sections, headings, annexes, tables) = (0, 0, 0, 0);
        Self { flow, lang, sections, headings, annexes, tables, waiting: Vec::new() }
    }

    /// Begins a section: a Roman number and capitals.
    pub(super) fn section(&mut self, title: &str) {
        self.sections += 1;
        self.headings = 0;
        let title = format!("{}. {}", roman(self.sections), title.to_uppercase());
        self.waiting.push((2, title));
    }

    /// Begins a part of a section: an Arabic number.
    pub(super) fn heading(&mut self, title: &str) {
        self.headings += 1;
        let title = format!("{}. {title}", self.headings);
        self.waiting.push((3, title));
    }

    /// A table; one of the body has a number where it has a title.
    pub(super) fn table(&mut self, title: &str, grid: &Grid) {
        const TITLE: f32 = BODY * LEADING + GAP;
        let least = grid.least_height(&self.flow) + if title.is_empty() { 0.0 } else { TITLE };
        self.titles(least);
        if !title.is_empty() {
            self.tables += 1;
            self.flow.keep(least);
            let title = format!("{} {}. {title}", TABLE.get(self.lang), self.tables);
            self.flow.space(GAP / 2.0);
            self.flow.whole(Element::Paragraph, |flow| {
                flow.text(&title, Style::BoldItalic, 12.0, Align::Center, 0.0);
            });
            self.flow.space(GAP / 2.0);
        }
        grid.draw(&mut self.flow);
    }

    /// Draws the titles that wait, on the page on which so many points fit below them.
    pub(super) fn titles(&mut self, below: f32) {
        const TITLE: f32 = BODY * LEADING + 1.5 * GAP;
        if self.waiting.is_empty() {
            return;
        }
        self.flow.keep(self.waiting.len() as f32 * TITLE + below);
        for (level, title) in std::mem::take(&mut self.waiting) {
            self.flow.space(GAP / 2.0);
            self.flow.bookmark(level, &title);
            self.flow.whole(Element::Heading(level, title.clone()), |flow| {
                flow.text(&title, Style::Bold, BODY, Align::Left, INDENT);
            });
            self.flow.space(GAP / 2.0);
        }
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.running(text, Style::Regular, Element::Paragraph);
    }

    /// A point of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.running(&format!("- {text}"), Style::Regular, Element::Item);
    }

    /// A paragraph that must not be overlooked.
    pub(super) fn warning(&mut self, text: &str) {
        self.running(text, Style::BoldItalic, Element::Paragraph);
    }

    fn running(&mut self, text: &str, style: Style, part: Element) {
        self.titles(3.0 * BODY * LEADING);
        self.flow.whole(part, |flow| flow.text(text, style, BODY, Align::Both, INDENT));
        self.flow.space(GAP);
    }

    /// Begins an annex on a page of its own, which lies on its side for wide tables; below its title stands
    /// to which document it belongs.
    pub(super) fn annex(&mut self, title: &str, belongs_to: &str) {
        self.annexes += 1;
        self.headings = 0;
        self.flow.begin(Sheet::Landscape);
        let number = format!("{} {}", ANNEX.get(self.lang), roman(self.annexes));
        self.flow.bookmark(2, &format!("{number}. {title}"));
        let heading = Element::Heading(2, format!("{number}. {title}"));
        let title = title.to_uppercase();
        self.flow.whole(heading, |flow| {
            flow.text(&number, Style::Bold, 14.0, Align::Center, 0.0);
            flow.text(&title, Style::Bold, 14.0, Align::Center, 0.0);
        });
        self.flow.whole(Element::Paragraph, |flow| {
            flow.text(belongs_to, Style::Italic, 14.0, Align::Center, 0.0);
        });
        self.flow.space(2.0 * GAP);
    }

    /// The file: PDF/A-2u (ISO 19005-2), so that it can be archived and its text searched, with the tree of
    /// its parts for screen readers. Its date is that of the judgement, and nothing in it depends on chance.
    ///
    /// # Errors
    /// When the library refuses what was drawn.
    pub(super) fn finish(mut self, title: &str, as_of: Timestamp) -> io::Result<Vec<u8>> {
        self.flow.number_pages();
        let Flow { fonts, pages, bookmarks, parts, .. } = self.flow;
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_U)
            .finish()
            .map_err(|error| page::failed(&error))?;
        let settings = SerializeSettings {
            configuration,
            enable_tagging: true,
            ..SerializeSettings::default()
        };
        let mut file = File::new_with(settings);
        let mut drawn_of: HashMap<usize, Vec<Identifier>> = HashMap::new();
        for page in pages {
            let size = PageSettings::from_wh(page.sheet.width(), page.sheet.height())
                .ok_or_else(|| page::failed(&"no page of this size"))?;
            let mut drawn = file.start_page_with(size);
            let mut surface = drawn.surface();
            for (part, identifier) in page::draw(&mut surface, fonts, &page) {
                drawn_of.entry(part).or_default().push(identifier);
            }
            surface.finish();
            drawn.finish();
        }
        file.set_tag_tree(element::tree(&parts, drawn_of, self.lang.tag()));
        let mut outline = Outline::new();
        let mut chapter: Option<OutlineNode> = None;
        for bookmark in bookmarks {
            let place = XyzDestination::new(bookmark.page, Point::from_xy(0.0, bookmark.y));
            let node = OutlineNode::new(bookmark.title, place);
            match &mut chapter {
                Some(chapter) if bookmark.level > 2 => chapter.push_child(node),
                _ => {
                    if let Some(done) = chapter.replace(node) {
                        outline.push_child(done);
                    }
                }
            }
        }
        if let Some(last) = chapter {
            outline.push_child(last);
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
