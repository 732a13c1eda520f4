//! Tables that break over pages and say their headings again on each.

use super::element::Element;
use super::flow::{Align, Flow, line_mark};
use super::font::{Fonts, Style, nfc};
use super::page::{Color, GRAY, LEFT, Mark, rule};
use super::wrap::{self, Line};
use crate::model::Lang;
use crate::report::describe::prose;
use crate::report::office::Sheet;
use crate::report::table::{Cell, Kind, Table, WithBeneath, beneath_note};
use crate::report::texts;

/// The size of letters in tables, in points, and from base line to base line.
const SIZE: f32 = 10.5;
const LINE: f32 = 13.0;

/// Between a cell's edge and its text.
const PAD: f32 = 3.5;

/// A table that is no higher is not broken.
const KEPT_WHOLE: f32 = 18.0 * LINE;

/// A piece of an identifier that is wider may be broken anywhere, in points.
const PIECE_MAX: f32 = 70.0;

const HEAD_FILL: Color = (232, 236, 241);
const GROUP_FILL: Color = (245, 246, 248);

/// A table as it is drawn.
pub(super) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

struct Column {
    title: String,
    align: Align,
    unit: Unit,
}

/// What of a column's cells is kept on one line where there is room.
enum Unit {
    /// All of it.
    Cell,
    /// The text between the good places to break at, up to [`PIECE_MAX`].
    Piece,
    /// Nothing: words may need any width.
    Word,
}

enum Row {
    Cells(Vec<String>),
    /// A heading over the rows that follow.
    Group(String),
    /// More about them.
    Note(String),
    /// A line that adds up.
    Total(Vec<String>),
}

impl Grid {
    /// A table in the number and date forms of a language.
    pub(super) fn from_table(table: &Table, lang: Lang) -> Self {
        let columns = table
            .columns
            .iter()
            .map(|column| Column {
                title: column.title.clone(),
                unit: match column.kind {
                    Kind::Count | Kind::Percent | Kind::Date => Unit::Cell,
                    Kind::Code | Kind::Stage | Kind::Outcome | Kind::Severity => Unit::Piece,
                    Kind::Text => Unit::Word,
                },
                align: match column.kind {
                    Kind::Text | Kind::Code => Align::Left,
                    Kind::Count | Kind::Percent => Align::Right,
                    Kind::Date | Kind::Stage | Kind::Outcome | Kind::Severity => Align::Center,
                },
            })
            .collect();
        let words = |cells: &Vec<Cell>| {
            let cells = cells.iter().zip(&table.columns);
            cells
                .map(|(cell, column)| match column.kind {
                    Kind::Text => prose(&words(cell, lang)),
                    _ => words(cell, lang),
                })
                .collect()
        };
        let row = |(cells, beneath): WithBeneath<'_>| {
            let mut cells: Vec<String> = words(cells);
            if let (Some(last), Some(note)) = (cells.last_mut(), beneath_note(&beneath, lang)) {
                *last = [last.as_str(), &note].join("\n").trim_start().to_owned();
            }
            Row::Cells(cells)
        };
        let mut rows: Vec<Row> = table.with_beneath().into_iter().map(row).collect();
        rows.extend(table.total.as_ref().map(|cells| Row::Total(words(cells))));
        Self { columns, rows }
    }

    /// A table with headings over its rows.
    pub(super) fn from_sheet(sheet: &Sheet, lang: Lang) -> Self {
        let mut grid = Self::from_table(&sheet.table, lang);
        let mut groups = sheet.groups.iter().peekable();
        let mut rows = Vec::with_capacity(grid.rows.len() + sheet.groups.len());
        for (at, row) in grid.rows.into_iter().enumerate() {
            while let Some((_, title)) = groups.next_if(|(place, _)| *place <= at) {
                let (title, note) = title.split_once('\n').unwrap_or((title, ""));
                rows.push(Row::Group(title.to_owned()));
                rows.extend((!note.is_empty()).then(|| Row::Note(note.to_owned())));
            }
            rows.push(row);
        }
        grid.rows = rows;
        grid
    }

    /// How much of the table stays together at its beginning, in points.
    pub(super) fn least_height(&self, flow: &Flow<'_>) -> f32 {
        let drawing = Drawing::new(self, flow);
        let mut whole = height_of(&drawing.head(flow));
        let first = self.rows.first().map(|row| height_of(&drawing.cells(flow, row)));
        let least = whole + first.unwrap_or(0.0).min(6.0 * LINE);
        for row in &self.rows {
            whole += height_of(&drawing.cells(flow, row));
            if whole > KEPT_WHOLE {
                return least;
            }
        }
        whole
    }

    /// Draws the table from the flow's place on.
    pub(super) fn draw(&self, flow: &mut Flow<'_>) {
        let least = self.least_height(flow);
        flow.keep(least);
        let drawing = Drawing::new(self, flow);
        let head = drawing.head(flow);
        let first = flow.part(Element::Table);
        let mut tagged = drawing.head(flow);
        for set in &mut tagged {
            set.part = Some(flow.part(Element::Cell { table: first, row: 0 }));
        }
        drawing.draw_row(flow, &tagged, Some(HEAD_FILL));
        for (at, row) in self.rows.iter().enumerate() {
            drawing.row(flow, row, (first, at + 1), &head);
        }
        flow.space(LINE / 2.0);
    }
}

fn words(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Count(count) => texts::number(*count, lang),
        // The column's heading names the unit.
        Cell::Percent(percent) => {
            texts::percent(*percent, lang).trim_end_matches([' ', '%']).to_owned()
        }
        Cell::Date(date) => match lang {
            Lang::Vi => texts::day(*date, lang),
            Lang::En => date.strftime("%-d %b %Y").to_string(),
        },
        other => other.words(lang),
    }
}

/// The lines of one cell.
struct Set {
    lines: Vec<Line>,
    style: Style,
    align: Align,
    x: f32,
    width: f32,
    /// The part of the document that it is.
    part: Option<usize>,
}

struct Drawing<'a> {
    grid: &'a Grid,
    /// The left edge and the width of each column.
    places: Vec<(f32, f32)>,
}

impl<'a> Drawing<'a> {
    fn new(grid: &'a Grid, flow: &Flow<'_>) -> Self {
        let mut x = LEFT;
        let places = widths(grid, flow.fonts, flow.text_width())
            .into_iter()
            .map(|width| {
                let place = (x, width);
                x += width;
                place
            })
            .collect();
        Self { grid, places }
    }

    fn head(&self, flow: &Flow<'_>) -> Vec<Set> {
        let columns = self.grid.columns.iter().zip(&self.places);
        columns
            .map(|(column, place)| cell(flow, &column.title, Style::Bold, Align::Center, *place))
            .collect()
    }

    fn cells(&self, flow: &Flow<'_>, row: &Row) -> Vec<Set> {
        let (texts, style) = match row {
            Row::Group(text) | Row::Note(text) => {
                let style = if matches!(row, Row::Group(_)) { Style::Bold } else { Style::Italic };
                let whole = (LEFT, flow.text_width());
                return vec![cell(flow, text, style, Align::Left, whole)];
            }
            Row::Cells(texts) => (texts, Style::Regular),
            Row::Total(texts) => (texts, Style::Bold),
        };
        let columns = self.grid.columns.iter().zip(&self.places);
        texts
            .iter()
            .zip(columns)
            .map(|(text, (column, place))| cell(flow, text, style, column.align, *place))
            .collect()
    }

    /// A row, on the next page where it doesn't fit on this one; a row that fits on no page is
    /// broken where the page ends.
    fn row(&self, flow: &mut Flow<'_>, row: &Row, (table, number): (usize, usize), head: &[Set]) {
        let fill = matches!(row, Row::Group(_)).then_some(GROUP_FILL);
        let mut cells = self.cells(flow, row);
        for set in &mut cells {
            set.part = Some(flow.part(Element::Cell { table, row: number }));
        }
        // A heading of a group doesn't stand alone at the end of a page.
        let is_heading = matches!(row, Row::Group(_) | Row::Note(_));
        let with_next = if is_heading { 2.0 * (LINE + 2.0 * PAD) } else { 0.0 };
        loop {
            if height_of(&cells) + with_next <= flow.room() {
                return self.draw_row(flow, &cells, fill);
            }
            let page = flow.page_height() - height_of(head);
            if height_of(&cells) + with_next <= page {
                self.turn(flow, head);
                continue;
            }
            let fits = ((flow.room() - 2.0 * PAD) / LINE).floor().max(0.0) as usize;
            if fits < 2 {
                self.turn(flow, head);
                // The heading alone may fill a page; then the row goes on regardless.
                if flow.room() < 2.0 * LINE + 2.0 * PAD {
                    return self.draw_row(flow, &cells, fill);
                }
                continue;
            }
            let rest = cells.iter_mut().map(|set| set.rest(fits)).collect();
            self.draw_row(flow, &cells, fill);
            cells = rest;
        }
    }

    fn turn(&self, flow: &mut Flow<'_>, head: &[Set]) {
        flow.turn();
        self.draw_row(flow, head, Some(HEAD_FILL));
    }

    fn draw_row(&self, flow: &mut Flow<'_>, cells: &[Set], fill: Option<Color>) {
        let (top, height) = (flow.y, height_of(cells));
        if let Some(color) = fill {
            let (x, y, width) = (LEFT, top, flow.text_width());
            flow.mark(Mark::Area { x, y, width, height, color });
        }
        let (right, bottom) = (LEFT + flow.text_width(), top + height);
        for y in [top, bottom] {
            flow.mark(rule((LEFT, y), (right, y), 0.5, GRAY));
        }
        let edges = cells.iter().map(|set| set.x).chain([right]);
        for x in edges {
            flow.mark(rule((x, top), (x, bottom), 0.5, GRAY));
        }
        for set in cells {
            flow.within(set.part, |flow| set.draw(flow, top + PAD));
        }
        flow.y = bottom;
    }
}

/// The widths of the columns: as wide as their text where all fits; else none is narrower than its longest
/// word, and the others share what is left by how much they want.
fn widths(grid: &Grid, fonts: &Fonts, whole: f32) -> Vec<f32> {
    let around = 2.0 * PAD + 0.5;
    let mut least: Vec<f32> =
        (0..grid.columns.len()).map(|at| least_width(grid, at, fonts) + around).collect();
    let mut wanted: Vec<f32> = (0..grid.columns.len())
        .map(|at| (wanted_width(grid, at, fonts) + around).max(least[at]))
        .collect();
    keep_identifiers(grid, fonts, &mut least, &mut wanted, whole);
    let (needed, all): (f32, f32) = (least.iter().sum(), wanted.iter().sum());
    if needed >= whole {
        return least.iter().map(|width| whole * width / needed).collect();
    }
    if all <= whole {
        // What is left goes to the words, which are the easier to read for it.
        let words: f32 =
            grid.columns.iter().zip(&wanted).filter(|(c, _)| c.is_words()).map(|(_, w)| w).sum();
        let left = whole - all;
        return grid
            .columns
            .iter()
            .zip(&wanted)
            .map(|(column, width)| match words > 0.0 {
                true if column.is_words() => width + left * width / words,
                true => *width,
                false => width * whole / all,
            })
            .collect();
    }
    let more = (whole - needed) / (all - needed);
    least.iter().zip(&wanted).map(|(least, wanted)| least + (wanted - least) * more).collect()
}

/// Gives columns of identifiers the room that keeps an address on one line, as far as words have enough beside them:
/// words are as easily read on more lines, and an address isn't.
fn keep_identifiers(grid: &Grid, fonts: &Fonts, least: &mut [f32], wanted: &mut [f32], whole: f32) {
    /// The widest that an identifier is kept on one line at, and what words have at the least, in points.
    const KEPT_MAX: f32 = 200.0;
    const WORDS_LEAST: f32 = 110.0;
    let around = 2.0 * PAD + 0.5;
    let measure = |text: &str| fonts.width(Style::Regular, SIZE, text);
    let is_identifiers =
        |column: &Column| column.align == Align::Left && matches!(column.unit, Unit::Piece);
    let more: Vec<f32> = (grid.columns.iter().enumerate())
        .map(|(at, column)| match is_identifiers(column) {
            true => {
                let widest =
                    cells_of(grid, at).flat_map(|text| text.split(['\n', ' '])).map(measure);
                let kept = widest.filter(|width| *width <= KEPT_MAX).fold(0.0, f32::max);
                (kept + around - least[at]).max(0.0)
            }
            false => 0.0,
        })
        .collect();
    let columns = grid.columns.iter().zip(least.iter().zip(wanted.iter()));
    let needed: f32 = columns
        .map(|(column, (least, wanted))| match column.unit {
            Unit::Word => wanted.min(WORDS_LEAST).max(*least),
            _ => *least,
        })
        .sum();
    let all: f32 = more.iter().sum();
    if all <= 0.0 || needed >= whole {
        return;
    }
    let share = ((whole - needed) / all).min(1.0);
    for (at, more) in more.iter().enumerate() {
        least[at] += more * share;
        wanted[at] = wanted[at].max(least[at]);
    }
}

impl Column {
    fn is_words(&self) -> bool {
        self.align == Align::Left
    }
}

/// As wide as the widest cell; the longest ones count as if they were broken a few times.
fn wanted_width(grid: &Grid, at: usize, fonts: &Fonts) -> f32 {
    const BROKEN_FROM: f32 = 160.0;
    let measure = |text: &str| fonts.width(Style::Regular, SIZE, text);
    let widest =
        cells_of(grid, at).flat_map(|text| text.split('\n')).map(measure).fold(0.0, f32::max);
    let title = fonts.width(Style::Bold, SIZE, &grid.columns[at].title) / 2.0;
    match widest <= BROKEN_FROM {
        true => widest.max(title),
        false => (BROKEN_FROM + (widest - BROKEN_FROM) / 4.0).max(title),
    }
}

fn cells_of(grid: &Grid, at: usize) -> impl Iterator<Item = &String> {
    grid.rows.iter().filter_map(move |row| match row {
        Row::Cells(texts) | Row::Total(texts) => texts.get(at),
        Row::Group(_) | Row::Note(_) => None,
    })
}

fn least_width(grid: &Grid, at: usize, fonts: &Fonts) -> f32 {
    let column = &grid.columns[at];
    // As wide as a heading or a total, which are bold.
    let measure = |text: &str| fonts.width(Style::Bold, SIZE, text);
    let title = column.title.split(' ').map(measure).fold(0.0, f32::max);
    let cells = cells_of(grid, at);
    match column.unit {
        Unit::Cell => cells.map(|text| measure(text)).fold(title, f32::max),
        Unit::Piece | Unit::Word => cells
            .flat_map(|text| text.split([' ', '\n']).flat_map(wrap::pieces))
            .map(measure)
            .filter(|width| *width <= PIECE_MAX)
            .fold(title, f32::max),
    }
}

impl Set {
    fn draw(&self, flow: &mut Flow<'_>, top: f32) {
        let inner = (self.x + PAD, self.width - 2.0 * PAD);
        for (at, line) in self.lines.iter().enumerate() {
            let y = top + at as f32 * LINE;
            let mark = line_mark(flow.fonts, line, self.style, SIZE, self.align, inner, y);
            flow.mark(mark);
        }
    }

    /// Keeps so many lines and gives the others.
    fn rest(&mut self, keep: usize) -> Self {
        let lines = self.lines.split_off(keep.min(self.lines.len()));
        Self { lines, ..*self }
    }
}

fn cell(flow: &Flow<'_>, text: &str, style: Style, align: Align, (x, width): (f32, f32)) -> Set {
    let inner = width - 2.0 * PAD;
    let lines = wrap::wrapped_lines(flow.fonts, style, SIZE, &nfc(text), inner, 0.0);
    Set { lines, style, align, x, width, part: None }
}

fn height_of(cells: &[Set]) -> f32 {
    let lines = cells.iter().map(|set| set.lines.len()).max().unwrap_or(1).max(1);
    lines as f32 * LINE + 2.0 * PAD
}
