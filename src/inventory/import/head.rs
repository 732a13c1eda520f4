//! Where a table's headings are and what its columns hold.

use std::ops::RangeInclusive;

use super::candidate::Problem;
use super::sheet::Table;
use super::words::{Column, Meaning, Words};
use crate::model::Target;
use crate::model::suggestion::list;

/// Rows among which the headings are looked for.
const ROWS: usize = 10;

/// The headings of a table.
pub(super) struct Head {
    /// Places in [`Table::rows`].
    pub(super) rows: RangeInclusive<usize>,
    /// For each column its heading and what it holds.
    pub(super) columns: Vec<(String, Option<Column>)>,
    /// Columns that aren't read.
    pub(super) notes: Vec<String>,
}

/// Finds the headings: of the first rows the one that means most. Rows that merged cells join to it belong to it, and so
/// does one of headings beneath those that were merged over several columns.
pub(super) fn head(table: &Table, words: &Words) -> Result<Head, Vec<Problem>> {
    let Some((at, known)) = best(table, words) else { return Err(vec![nothing(table)]) };
    let number = table.rows[at].0;
    if known == 0 {
        return Err(vec![Problem {
            place: format!("row {number}"),
            message: format!("none of the first {ROWS} rows holds headings"),
            help: Some(unknown_headings(&table.rows[at].1)),
        }]);
    }
    let joined = table.joined.iter().filter(|rows| rows.contains(&number));
    let last_number = joined.map(|rows| *rows.end()).max().unwrap_or(number);
    let mut last = table.rows.partition_point(|(row, _)| *row <= last_number) - 1;
    if last == at
        && table.rows.get(at + 1).is_some_and(|below| is_beneath(table, at, &below.1, words))
    {
        last += 1;
    }
    let mut head =
        Head { rows: at..=last, columns: columns(table, at..=last, words), notes: Vec::new() };
    head.resolve(number, words)?;
    Ok(head)
}

/// How many headings of a table are known, for the choice among sheets; `None` without one that says what to probe.
pub(super) fn weight(table: &Table, words: &Words) -> Option<usize> {
    let head = head(table, words).ok()?;
    Some(head.columns.iter().filter(|(_, column)| column.is_some()).count())
}

fn best(table: &Table, words: &Words) -> Option<(usize, usize)> {
    let known = |cells: &[String]| {
        let columns = cells.iter().filter_map(|text| words.heading(text));
        columns.filter(|meaning| meaning.column != Column::Ignore).count()
    };
    let rows = table.rows.iter().take(ROWS).enumerate();
    rows.map(|(at, (_, cells))| (at, known(cells))).rev().max_by_key(|(_, known)| *known)
}

/// Whether a row holds headings beneath ones that span several columns: it leaves what is known already empty.
fn is_beneath(table: &Table, at: usize, below: &[String], words: &Words) -> bool {
    let above = &table.rows[at].1;
    let mut known = 0;
    for (column, text) in below.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let upper = above.get(column).and_then(|text| words.heading(text));
        match (words.heading(text), upper.map(|meaning| meaning.column)) {
            (Some(_), None | Some(Column::Target)) => known += 1,
            (None, None) => {}
            _ => return false,
        }
    }
    known > 0
}

/// The lowest heading of each column that means anything, else the lowest at all.
fn columns(
    table: &Table,
    rows: RangeInclusive<usize>,
    words: &Words,
) -> Vec<(String, Option<Column>)> {
    let rows = &table.rows[rows];
    let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    (0..width)
        .map(|column| {
            let texts = || {
                let cells = rows.iter().rev().filter_map(|(_, cells)| cells.get(column));
                cells.filter(|text| !text.is_empty())
            };
            let known = texts().find_map(|text| Some((text, words.heading(text)?.column)));
            match known {
                Some((text, found)) => (text.clone(), Some(found)),
                None => (texts().next().cloned().unwrap_or_default(), None),
            }
        })
        .collect()
}

impl Head {
    /// Lets each meaning be said once: doubtful headings give way, and two certain ones are an error.
    fn resolve(&mut self, number: usize, words: &Words) -> Result<(), Vec<Problem>> {
        let meanings: Vec<_> = self
            .columns
            .iter()
            .map(|(heading, column)| column.and_then(|_| words.heading(heading)))
            .collect();
        let mut problems = Vec::new();
        for (at, meaning) in meanings.iter().enumerate() {
            let Some(meaning) = meaning.filter(|meaning| meaning.column != Column::Ignore) else {
                let heading = one_line(&self.columns[at].0);
                if meaning.is_none() && !heading.is_empty() {
                    self.notes.push(format!("the column `{heading}` is passed over"));
                }
                continue;
            };
            let same = |(other, found): (usize, &Option<Meaning>)| {
                let found = found.filter(|found| other != at && found.column == meaning.column)?;
                Some((other, found.doubt))
            };
            let others = || meanings.iter().enumerate().filter_map(same);
            if let Some((other, _)) = others().find(|(_, doubt)| *doubt < meaning.doubt) {
                let (weak, strong) = (self.column(at), self.column(other));
                self.columns[at].1 = None;
                self.notes.push(format!("{weak} is passed over: {strong} says it"));
            } else if let Some((first, _)) =
                others().find(|(other, doubt)| *other < at && *doubt == meaning.doubt)
            {
                problems.push(Problem {
                    place: format!("row {number}, {}", self.column(at)),
                    message: format!("it means the same as {}", self.column(first)),
                    help: Some(
                        "delete one of them, or let a table of words (`--words`) say \
                         `heading,THE HEADING,ignore`"
                            .to_owned(),
                    ),
                });
            }
        }
        let says_target = |(_, column): &(String, Option<Column>)| {
            matches!(column, Some(Column::Target | Column::TargetOf(_)))
        };
        if !self.columns.iter().any(says_target) {
            problems.push(Problem {
                place: format!("row {number}"),
                message: "no column says what is to be probed".to_owned(),
                help: Some(format!(
                    "head one with `address` (`địa chỉ`, `tên miền`), or with a kind: {}",
                    list(Target::KINDS)
                )),
            });
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// A heading as people look for it: `column 3 (Tên)`.
    pub(super) fn column(&self, at: usize) -> String {
        let heading = self.columns.get(at).map_or("", |(heading, _)| heading);
        format!("column {} ({})", at + 1, one_line(heading))
    }
}

fn nothing(table: &Table) -> Problem {
    Problem {
        place: table.name.clone().map_or("row 1".to_owned(), |name| format!("sheet `{name}`")),
        message: "the table is empty".to_owned(),
        help: Some("a row of headings comes first, such as `organisation,name,web`".to_owned()),
    }
}

fn unknown_headings(cells: &[String]) -> String {
    // Where an encoding has no Vietnamese letters, spreadsheets write question marks.
    let is_lost = |text: &String| text.contains('?') && text.chars().any(char::is_alphabetic);
    match cells.iter().any(is_lost) {
        true => "the file has lost its accents; save the table as “CSV UTF-8”".to_owned(),
        false => {
            "`v6ready inventory words` lists the headings that are known; `--words` adds others"
                .to_owned()
        }
    }
}

/// A cell's text without its line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
