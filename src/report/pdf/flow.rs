//! Text that flows from page to page.

use super::font::{Fonts, Style, nfc};
use super::page::{BOTTOM, HEIGHT, LEFT, Mark, TEXT_WIDTH, TOP, WIDTH};
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
    pub title: String,
    pub page: usize,
    pub y: f32,
}

/// Pages that fill up from the top.
pub(super) struct Flow<'a> {
    pub fonts: &'a Fonts,
    pub pages: Vec<Vec<Mark>>,
    pub bookmarks: Vec<Bookmark>,
    /// The top of what comes next on the last page.
    pub y: f32,
}

impl<'a> Flow<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], bookmarks: Vec::new(), y: TOP }
    }

    /// What is left of the page, in points.
    pub(super) fn room(&self) -> f32 {
        HEIGHT - BOTTOM - self.y
    }

    /// The height between the margins.
    pub(super) fn page_height() -> f32 {
        HEIGHT - BOTTOM - TOP
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
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
            page.push(mark);
        }
    }

    /// Remembers this place under a title.
    pub(super) fn bookmark(&mut self, title: &str) {
        let page = self.pages.len() - 1;
        self.bookmarks.push(Bookmark { title: nfc(title), page, y: self.y });
    }

    /// Sets text between the margins. The first line is indented by `indent`.
    pub(super) fn text(&mut self, text: &str, style: Style, size: f32, align: Align, indent: f32) {
        let lines = wrap::wrapped_lines(self.fonts, style, size, &nfc(text), TEXT_WIDTH, indent);
        let height = size * LEADING;
        // A paragraph doesn't leave its first line alone on a page.
        if lines.len() > 1 {
            self.keep(2.0 * height);
        }
        for (at, line) in lines.iter().enumerate() {
            self.keep(height);
            let indent = if at == 0 { indent } else { 0.0 };
            let area = (LEFT + indent, TEXT_WIDTH - indent);
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

    /// Puts the number on every page but the first, in the middle of the upper margin.
    pub(super) fn number_pages(&mut self) {
        for (at, page) in self.pages.iter_mut().enumerate().skip(1) {
            let text = (at + 1).to_string();
            let width = self.fonts.width(Style::Regular, BODY, &text);
            let (x, y) = ((WIDTH - width) / 2.0, TOP - BODY);
            let (style, size, blank) = (Style::Regular, BODY, 0.0);
            page.push(Mark::Text { x, y, style, size, text, blank });
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
    Mark::Text { x, y, style, size, text: line.text.clone(), blank }
}
