//! Tables, columns and cells.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::judge::Standing;
use crate::model::{Lang, Outcome, Severity};
use crate::report::describe::clean;
use crate::report::{parts, texts};

/// A table with a heading line.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is called, in the reader's language.
    pub title: &'static str,
    /// How many of its first columns say which row this is.
    pub naming: u16,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// The numbers of rows that only tell more of the row above them which is none of them: what
    /// follows from a cause. Formats fold them away.
    pub beneath: BTreeSet<usize>,
    /// A line under the table that adds it up.
    pub total: Option<Vec<Cell>>,
}

/// A row of a [`Stream`].
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// Whether it only tells more of the row above it, as in [`Table::beneath`].
    pub is_beneath: bool,
}

/// A table whose rows are made when their turn comes: those of a large run together would take more
/// memory than all the rest of it.
pub struct Stream<'a> {
    /// The table without its rows.
    pub head: Table,
    /// Its rows.
    pub rows: Box<dyn Iterator<Item = Row> + 'a>,
}

/// A row with those beneath it.
pub(in crate::report) type WithBeneath<'a> = (&'a Vec<Cell>, Vec<&'a Vec<Cell>>);

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// How wide it wants to be, in characters of running text.
    pub width_chars: u16,
    /// What its cells hold.
    pub kind: Kind,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Identifiers and other text that is read letter by letter.
    Code,
    /// Whole numbers.
    Count,
    /// Shares in percent.
    Percent,
    /// Days.
    Date,
    /// Stages' numbers, or why there is none.
    Stage,
    /// Outcomes.
    Outcome,
    /// Severities.
    Severity,
}

/// A cell. Text in it is hostile until a writer has made it harmless for its own format; control
/// and reordering characters are already out.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number.
    Count(usize),
    /// A share in percent, 0 to 100.
    Percent(f64),
    /// A day.
    Date(Date),
    /// A service's stage, or why it has none.
    Stage(Standing),
    /// An outcome.
    Outcome(Outcome),
    /// A severity.
    Severity(Severity),
}

impl Table {
    pub(in crate::report) fn new(title: &'static str, naming: u16) -> Self {
        Self {
            title,
            naming,
            columns: Vec::new(),
            rows: Vec::new(),
            beneath: BTreeSet::new(),
            total: None,
        }
    }

    pub(in crate::report) fn column(
        mut self,
        title: impl Into<String>,
        kind: Kind,
        width_chars: u16,
    ) -> Self {
        self.columns.push(Column { title: title.into(), width_chars, kind });
        self
    }
}

impl Table {
    /// Adds a row that only tells more of the one above it.
    pub(in crate::report) fn push_beneath(&mut self, row: Vec<Cell>) {
        self.beneath.insert(self.rows.len());
        self.rows.push(row);
    }

    /// Its rows, each with those beneath it.
    pub(in crate::report) fn with_beneath(&self) -> Vec<WithBeneath<'_>> {
        let mut rows: Vec<WithBeneath<'_>> = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            match rows.last_mut().filter(|_| self.beneath.contains(&number)) {
                Some((_, beneath)) => beneath.push(row),
                None => rows.push((row, Vec::new())),
            }
        }
        rows
    }
}

impl Row {
    /// A row that stands by itself.
    pub(in crate::report) fn plain(cells: Vec<Cell>) -> Self {
        Self { cells, is_beneath: false }
    }

    /// A row that only tells more of the one above it.
    pub(in crate::report) fn beneath(cells: Vec<Cell>) -> Self {
        Self { cells, is_beneath: true }
    }
}

impl<'a> Stream<'a> {
    pub(in crate::report) fn new(head: Table, rows: impl Iterator<Item = Row> + 'a) -> Self {
        Self { head, rows: Box::new(rows) }
    }

    /// The table with all its rows.
    pub fn whole(self) -> Table {
        let mut table = self.head;
        for row in self.rows {
            match row.is_beneath {
                true => table.push_beneath(row.cells),
                false => table.rows.push(row.cells),
            }
        }
        table
    }
}

impl From<Table> for Stream<'_> {
    fn from(mut table: Table) -> Self {
        let (rows, beneath) = (std::mem::take(&mut table.rows), std::mem::take(&mut table.beneath));
        let rows = rows.into_iter().enumerate();
        let rows = rows.map(move |(at, cells)| Row { cells, is_beneath: beneath.contains(&at) });
        Self::new(table, rows)
    }
}

/// What rows beneath another one are about, for formats that have no way to open them: their names in the
/// second column, the first few.
pub(in crate::report) fn beneath_note(beneath: &[&Vec<Cell>], lang: Lang) -> Option<String> {
    const NAMES_SHOWN: usize = 6;
    let names = beneath.iter().filter_map(|row| row.get(1)).map(|cell| cell.running_words(lang));
    let mut shown: Vec<String> = names.take(NAMES_SHOWN).collect();
    if let more @ 1.. = beneath.len().saturating_sub(NAMES_SHOWN) {
        shown.push(format!("{} {}", texts::MORE.get(lang), texts::number(more, lang)));
    }
    (!shown.is_empty()).then(|| format!("↳ {}", shown.join(", ")))
}

impl Cell {
    /// Text without control and reordering characters, and of a bounded length.
    pub fn text(text: &str) -> Self {
        match clean(text) {
            empty if empty.is_empty() => Self::Empty,
            text => Self::Text(text),
        }
    }

    /// The cell as words of a language; dates in the form of ISO 8601, numbers without grouping.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Percent(percent) => format!("{percent:.1}"),
            Self::Date(date) => date.to_string(),
            Self::Stage(Standing::At(stage)) => stage.number().to_string(),
            Self::Stage(standing) => parts::standing(*standing, lang),
            Self::Outcome(outcome) => texts::outcome(*outcome).get(lang).to_owned(),
            Self::Severity(severity) => texts::severity(*severity).get(lang).to_owned(),
        }
    }

    /// The cell as people read it in running text: numbers and dates in the language's form.
    pub(in crate::report) fn running_words(&self, lang: Lang) -> String {
        match self {
            Self::Count(count) => texts::number(*count, lang),
            Self::Percent(percent) => texts::percent(*percent, lang),
            Self::Date(date) => texts::day(*date, lang),
            other => other.words(lang),
        }
    }
}
