//! Text that flows from page to page.

use super::element::Element;
use super::font::{Fonts, Style, nfc};
use super::page::{BOTTOM, LEFT, Mark, Page, Sheet, TOP};
use super::wrap::{self, Line};

/// The size of running text (Decree 30/2020/NĐ-CP: 13 to 14).
pub(super) const BODY: f32 = 13.0;
/// From base line to base line, as a part of the size.
pub(super) const LEADING: f32 = 1.3;
/// Between paragraphs (at least 6 points).
pub(super) const GAP: f32 = 6.0;
/// The first line of a paragraph begins so much to the right (1 cm or 1.27 cm).
pub(super) const INDENT: f32 = 28.35;

/// How far the base line lies below the top of a line, as a part of the size.
pub(super) const ASCENT: f32 = 0.95;

/// Where a line is set between the margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
    /// Both edges straight but the last line's.
    Both,
}

/// A place that the reader's program lists beside the pages.
#[derive(Clone, Debug)]
pub(super) struct Bookmark {
    /// 2 for what stands at the outermost, 3 for what is below it.
    pub level: u16,
    pub title: String,
    pub page: usize,
    pub y: f32,
}

/// Pages that fill up from the top.
pub(super) struct Flow<'a> {
    pub fonts: &'a Fonts,
    pub pages: Vec<Page>,
    pub bookmarks: Vec<Bookmark>,
    /// The top of what comes next on the last page.
    pub y: f32,
    /// What the marks belong to, in the order in which it is read.
    pub parts: Vec<Element>,
    /// The number of the part that is being drawn.
    part: Option<usize>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        let first = Page { sheet: Sheet::Upright, number: 1, marks: Vec::new() };
        let (bookmarks, parts) = (Vec::new(), Vec::new());
        Self { fonts, pages: vec![first], bookmarks, y: TOP, parts, part: None }
    }

    /// How the last page lies.
    pub(super) fn sheet(&self) -> Sheet {
        self.pages.last().map_or(Sheet::Upright, |page| page.sheet)
    }

    /// The width between the margins.
    pub(super) fn text_width(&self) -> f32 {
        self.sheet().text_width()
    }

    /// A part of the document, of which marks are drawn by [`Flow::within`].
    pub(super) fn part(&mut self, part: Element) -> usize {
        self.parts.push(part);
        self.parts.len() - 1
    }

    /// Draws marks that belong to a part; to none, they are decoration.
    pub(super) fn within<T>(
        &mut self,
        part: Option<usize>,
        draw: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = std::mem::replace(&mut self.part, part);
        let drawn = draw(self);
        self.part = outer;
        drawn
    }

    /// Draws a part as a whole.
    pub(super) fn whole<T>(&mut self, part: Element, draw: impl FnOnce(&mut Self) -> T) -> T {
        let part = self.part(part);
        self.within(Some(part), draw)
    }

    /// What is left of the page, in points.
    pub(super) fn room(&self) -> f32 {
        self.sheet().height() - BOTTOM - self.y
    }

    /// The height between the margins.
    pub(super) fn page_height(&self) -> f32 {
        self.sheet().height() - BOTTOM - TOP
    }

    /// Begins a page that lies as the one before.
    pub(super) fn turn(&mut self) {
        let number = self.pages.last().map_or(1, |page| page.number + 1);
        self.pages.push(Page { sheet: self.sheet(), number, marks: Vec::new() });
        self.y = TOP;
    }

    /// Begins a page from which pages are counted anew.
    pub(super) fn begin(&mut self, sheet: Sheet) {
        self.pages.push(Page { sheet, number: 1, marks: Vec::new() });
        self.y = TOP;
    }

    /// Begins a page unless so much fits on this one.
    pub(super) fn keep(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.turn();
        }
    }

    /// Leaves space, though not at the top of a page.
    pub(super) fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push((self.part, mark));
        }
    }

    /// Remembers this place under a title.
    pub(super) fn bookmark(&mut self, level: u16, title: &str) {
        let page = self.pages.len() - 1;
        self.bookmarks.push(Bookmark { level, title: nfc(title), page, y: self.y });
    }

    /// Sets text between the margins. The first line is indented by `indent`.
    pub(super) fn text(&mut self, text: &str, style: Style, size: f32, align: Align, indent: f32) {
        let width = self.text_width();
        let lines = wrap::wrapped_lines(self.fonts, style, size, &nfc(text), width, indent);
        let height = size * LEADING;
        // A paragraph doesn't leave its first line alone on a page.
        if lines.len() > 1 {
            self.keep(2.0 * height);
        }
        for (at, line) in lines.iter().enumerate() {
            self.keep(height);
            let indent = if at == 0 { indent } else { 0.0 };
            let area = (LEFT + indent, width - indent);
            let mark = line_mark(self.fonts, line, style, size, align, area, self.y);
            self.mark(mark);
            self.y += height;
        }
    }

    /// Sets lines into a column, from `y` on; gives the place below them.
    pub(super) fn column(
        &mut self,
        text: &str,
        (style, size, align): (Style, f32, Align),
        (x, width): (f32, f32),
        y: f32,
    ) -> f32 {
        let mut y = y;
        for line in wrap::wrapped_lines(self.fonts, style, size, &nfc(text), width, 0.0) {
            let mark = line_mark(self.fonts, &line, style, size, align, (x, width), y);
            self.mark(mark);
            y += size * LEADING;
        }
        y
    }

    /// Puts the number on every page but the first of the report and of each annex, in the middle of the
    /// upper margin.
    pub(super) fn number_pages(&mut self) {
        for page in self.pages.iter_mut().filter(|page| page.number > 1) {
            let text = page.number.to_string();
            let width = self.fonts.width(Style::Regular, BODY, &text);
            let (x, y) = ((page.sheet.width() - width) / 2.0, TOP - BODY);
            let (style, size, blank) = (Style::Regular, BODY, 0.0);
            page.marks.insert(0, (None, Mark::Text { x, y, style, size, text, blank }));
        }
    }
}

/// One line whose top is at `y`, in an area from `x` on.
pub(super) fn line_mark(
    fonts: &Fonts,
    line: &Line,
    style: Style,
    size: f32,
    align: Align,
    (x, width): (f32, f32),
    y: f32,
) -> Mark {
    let left = width - fonts.width(style, size, &line.text);
    let blanks = line.text.matches(' ').count();
    let (shift, blank) = match align {
        Align::Left => (0.0, 0.0),
        Align::Center => (left / 2.0, 0.0),
        Align::Right => (left, 0.0),
        Align::Both if line.last || blanks == 0 => (0.0, 0.0),
        Align::Both => (0.0, left / blanks as f32),
    };
    let (x, y) = (x + shift, y + size * ASCENT);
    let mut text = line.text.clone();
    // Words on both sides of a line's end stay two words to whoever reads the text alone.
    if !line.last && !text.is_empty() {
        text.push(' ');
    }
    Mark::Text { x, y, style, size, text, blank }
}
