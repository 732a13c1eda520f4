//! Tables as services: which sheet, which rows, and what groups of rows share.

use super::candidate::{Problem, Reading};
use super::cells::is_numbering;
use super::head::{self, Head, one_line};
use super::row::Row;
use super::sheet::Table;
use super::words::{Column, Words};
use crate::inventory::values::text::slug;
use crate::model::Category;
use crate::model::suggestion::list;

/// How tables are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What headings and cells mean.
    pub words: Words,
    /// The sheet to read; without it the first whose headings say what is to be probed.
    pub sheet: Option<String>,
    /// An empty cell of an organisation means that of the row above.
    pub fills_down: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { words: Words::built_in(), sheet: None, fills_down: false }
    }
}

/// Reads the rows below the headings of a file's tables.
pub fn candidates(tables: &[Table], options: &Options) -> Reading {
    let mut reading = Reading::default();
    let table = match choose(tables, options, &mut reading.notes) {
        Ok(table) => table,
        Err(problem) => {
            reading.problems.push(problem);
            return reading;
        }
    };
    reading.notes.extend(table.notes.iter().cloned());
    match head::head(table, &options.words) {
        Ok(mut head) => {
            reading.notes.append(&mut head.notes);
            Rows { table, head: &head, options }.read(&mut reading);
        }
        Err(mut problems) => reading.problems.append(&mut problems),
    }
    reading
}

fn choose<'t>(
    tables: &'t [Table],
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<&'t Table, Problem> {
    let names = || tables.iter().filter_map(|table| table.name.as_deref());
    if let Some(wanted) = &options.sheet {
        let found = tables
            .iter()
            .find(|table| table.name.as_deref().is_some_and(|name| slug(name) == slug(wanted)));
        return found.ok_or_else(|| Problem {
            place: "the workbook".to_owned(),
            message: format!("no sheet `{wanted}` holds anything"),
            help: Some(format!("there are {}", list(names()))),
        });
    }
    let mut usable = tables.iter().filter(|table| head::weight(table, &options.words).is_some());
    let chosen = usable.next();
    if let Some(name) = chosen.and_then(|table| table.name.as_deref())
        && tables.len() > 1
    {
        let others: Vec<_> = usable.filter_map(|table| table.name.as_deref()).collect();
        let more = match others.is_empty() {
            true => String::new(),
            false => format!("; `--sheet` reads another that could be one: {}", list(others)),
        };
        notes.push(format!("the sheet `{name}` is read{more}"));
    }
    chosen.or(tables.first()).ok_or_else(|| Problem {
        place: "row 1".into(),
        message: "the table is empty".into(),
        help: Some("a row of headings comes first, such as `organisation,name,web`".into()),
    })
}

struct Rows<'a> {
    table: &'a Table,
    head: &'a Head,
    options: &'a Options,
}

/// What the rows below one of its own share.
#[derive(Default)]
struct Group {
    organisation: Option<String>,
    category: Option<Category>,
}

impl<'a> Rows<'a> {
    fn read(&self, reading: &mut Reading) {
        let rows = &self.table.rows[self.head.rows.end() + 1..];
        // A total, a date and signatures stand below the last service.
        let last = rows.iter().rposition(|row| self.row(row).targets().next().is_some());
        let end = last.map_or(rows.len(), |last| last + 1);
        let (rows, below) = rows.split_at(end);
        let mut group = Group::default();
        let mut above = None;
        for (at, row) in rows.iter().enumerate() {
            let row = self.row(row);
            if self.is_column_numbers(at, &row) || is_total(&row) {
                continue;
            }
            if let Some(text) = group_heading(&row) {
                let next = rows[at + 1..]
                    .iter()
                    .map(|row| self.row(row))
                    .find(|row| row.targets().next().is_some());
                if self.begins_group(&text, &row, next.as_ref(), &mut group, &mut reading.notes) {
                    above = None;
                    continue;
                }
            }
            match row.candidates() {
                Ok(mut found) => {
                    for candidate in &mut found {
                        if candidate.named_organisation().is_some() {
                            above.clone_from(&candidate.organisation);
                        } else {
                            let filled = above.clone().filter(|_| self.options.fills_down);
                            candidate.organisation = filled.or_else(|| group.organisation.clone());
                        }
                        candidate.category = candidate.category.or(group.category);
                    }
                    reading.candidates.append(&mut found);
                }
                Err(mut problems) => reading.problems.append(&mut problems),
            }
        }
        self.pass_over(below, reading);
    }

    fn row(&self, (number, cells): &'a (usize, Vec<String>)) -> Row<'a> {
        Row { number: *number, head: self.head, words: &self.options.words, cells }
    }

    /// The row under the headings that numbers the columns: `(1) (2) (3)`.
    fn is_column_numbers(&self, at: usize, row: &Row<'_>) -> bool {
        at == 0 && row.filled().count() > 1 && row.filled().all(|(_, _, text)| is_numbering(text))
    }

    /// Takes a row with a text alone as what the rows below have in common.
    fn begins_group(
        &self,
        text: &str,
        row: &Row<'_>,
        next: Option<&Row<'_>>,
        group: &mut Group,
        notes: &mut Vec<String>,
    ) -> bool {
        let number = row.number;
        if let Some(category) = self.options.words.category(text) {
            group.category = Some(category);
            notes.push(format!(
                "row {number}: the rows below `{text}` are of the category `{}`",
                category.id()
            ));
            return true;
        }
        if next.is_none_or(Row::has_organisation) {
            return false;
        }
        notes.push(format!("row {number}: the rows below belong to `{text}`"));
        group.organisation = Some(text.to_owned());
        true
    }

    fn pass_over(&self, below: &'a [(usize, Vec<String>)], reading: &mut Reading) {
        let (mut first, mut last) = (None, 0);
        for row in below {
            let row = self.row(row);
            // A row with more than a signature is a service whose address was forgotten.
            if row.filled().filter(|(_, column, _)| column.is_some()).count() > 2 && !is_total(&row)
            {
                reading.problems.extend(row.candidates().err().unwrap_or_default());
                continue;
            }
            first.get_or_insert(row.number);
            last = row.number;
        }
        match first {
            Some(first) if first == last => {
                reading.notes.push(format!("row {first} below the table is passed over"));
            }
            Some(first) => {
                reading
                    .notes
                    .push(format!("rows {first} to {last} below the table are passed over"));
            }
            None => {}
        }
    }
}

/// The text of a row that holds nothing else, without its numbering.
fn group_heading(row: &Row<'_>) -> Option<String> {
    if row.targets().next().is_some() {
        return None;
    }
    let is_number = |column: Option<Column>, text: &str| {
        matches!(column, None | Some(Column::Ignore)) && is_numbering(text)
    };
    let filled = row.filled().filter(|(_, column, text)| !is_number(*column, text));
    let mut texts = filled.map(|(_, _, text)| text);
    let text = one_line(texts.next()?);
    // Merged over columns, or repeated in each.
    if texts.any(|other| one_line(other) != text) {
        return None;
    }
    let bare = match text.split_once([' ', '.', ')']) {
        Some((number, rest)) if is_numbering(number) => {
            rest.trim_start_matches(['.', ')', ' ', '-'])
        }
        _ => &text,
    };
    Some(bare.to_owned()).filter(|text| !text.is_empty())
}

/// A row that adds up.
fn is_total(row: &Row<'_>) -> bool {
    let first = row.filled().map(|(_, _, text)| text).find(|text| !is_numbering(text));
    row.targets().next().is_none()
        && first.is_some_and(|text| {
            ["tong-cong", "tong-so", "tong", "cong", "total"]
                .contains(&&*slug(text.split(':').next().unwrap_or_default()))
        })
}
