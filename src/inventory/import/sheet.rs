//! A table as rows of text, and how it is put together from cells.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::budget::{Budget, COLUMNS_MAX, ROWS_MAX};

/// Rows of text with the number that people see beside each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name, where it is one of a workbook.
    pub name: Option<String>,
    /// Row number, from 1, and its cells.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Numbers of rows that merged cells join: the first and the last.
    pub joined: Vec<RangeInclusive<usize>>,
    /// What its reader found worth saying.
    pub notes: Vec<String>,
}

/// Cells that were merged into one; rows and columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) column: u32,
}

/// Puts a table together. A row takes memory up to its own last filled cell only: one stray cell in the far corner
/// of a sheet is preceded by seventeen thousand million empty ones.
pub(super) struct TableBuilder<'b, 'c> {
    budget: &'b Budget<'c>,
    rows: BTreeMap<u32, Vec<String>>,
    merges: Vec<Merge>,
}

impl<'b, 'c> TableBuilder<'b, 'c> {
    pub(super) fn new(budget: &'b Budget<'c>) -> Self {
        Self { budget, rows: BTreeMap::new(), merges: Vec::new() }
    }

    /// Puts a text at a place, from 0. Blank text is no cell.
    pub(super) fn put(&mut self, row: u32, column: u32, text: &str) -> Result<(), String> {
        let text = text.trim();
        if text.is_empty() {
            return self.budget.step();
        }
        let at = column as usize;
        if at >= COLUMNS_MAX {
            return Err(format!(
                "row {} has a cell beyond column {COLUMNS_MAX}; delete what is not of the table",
                u64::from(row) + 1
            ));
        }
        if !self.rows.contains_key(&row) && self.rows.len() >= ROWS_MAX {
            return Err(format!("the table has more than {ROWS_MAX} rows; split it"));
        }
        if !self.rows.contains_key(&row) {
            self.budget.row()?;
        }
        let cells = self.rows.entry(row).or_default();
        let more = (at + 1).saturating_sub(cells.len());
        self.budget.cells(more, text)?;
        // Exactly so many: a row never has many.
        cells.reserve_exact(more);
        if more > 0 {
            cells.resize(at + 1, String::new());
        }
        cells[at] = text.to_owned();
        Ok(())
    }

    /// Notes that cells are one. Their text is in the first of them.
    pub(super) fn merge(&mut self, merge: Merge) -> Result<(), String> {
        self.budget.merges(1)?;
        if merge.last_row > merge.first_row {
            self.merges.push(merge);
        }
        Ok(())
    }

    /// The table. A cell that was merged over several rows says the same in each of them, as it does to the eye.
    pub(super) fn finish(mut self, name: Option<String>) -> Result<Table, String> {
        for merge in std::mem::take(&mut self.merges) {
            let text =
                self.rows.get(&merge.first_row).and_then(|row| row.get(merge.column as usize));
            let Some(text) = text.filter(|text| !text.is_empty()).cloned() else { continue };
            let below: Vec<u32> = self
                .rows
                .range(merge.first_row..=merge.last_row)
                .skip(1)
                .map(|(row, _)| *row)
                .collect();
            for row in below {
                self.put(row, merge.column, &text)?;
            }
            self.merges.push(merge);
        }
        let number = |row: u32| row as usize + 1;
        let joined = self.merges.iter();
        Ok(Table {
            name,
            joined: joined.map(|merge| number(merge.first_row)..=number(merge.last_row)).collect(),
            rows: self.rows.into_iter().map(|(row, cells)| (number(row), cells)).collect(),
            notes: Vec::new(),
        })
    }
}
