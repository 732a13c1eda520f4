//! What reading a table may take. Tables come from others, and a file of a few kilobytes can unpack to
//! gigabytes, so every reader counts what it unpacks and keeps.

use std::cell::Cell;
use std::io::Read;

/// Octets of a table's file.
pub const FILE_OCTETS_MAX: u64 = 64 << 20;

/// Octets of a workbook's parts, unpacked.
pub const UNPACKED_OCTETS_MAX: u64 = 96 << 20;

/// Rows of one table; an inventory holds 100,000 services.
pub const ROWS_MAX: usize = 200_000;

/// Columns of a table; one of services has some ten.
pub const COLUMNS_MAX: usize = 256;

/// Octets of memory that the cells of a file take, empty ones before others included: 100,000 rows with eight
/// short texts each. A workbook writes a text once and uses it in many cells.
pub const KEPT_OCTETS_MAX: usize = 36 << 20;

/// What a row takes beside its cells.
const ROW_OCTETS: usize = 96;

/// Characters of one cell; what spreadsheets allow.
pub const CELL_CHARACTERS_MAX: usize = 32_767;

/// Different texts of a workbook.
pub const STRINGS_MAX: usize = 200_000;

/// Octets of the part of a workbook that holds its different texts, unpacked; the reader keeps it whole.
pub const STRINGS_OCTETS_MAX: usize = 12 << 20;

/// Octets of one tag, remark or text within a part, which a reader keeps whole.
pub const MARKUP_OCTETS_MAX: usize = 1 << 20;

/// Sheets of a workbook.
pub const SHEETS_MAX: usize = 1_000;

/// Merged ranges of a workbook.
pub const MERGES_MAX: usize = 100_000;

/// Steps between two looks at the clock.
const STEPS: u32 = 1024;

/// What is left to the readers of one file.
pub struct Budget<'a> {
    octets: Cell<u64>,
    kept: Cell<usize>,
    merges: Cell<usize>,
    steps: Cell<u32>,
    is_late: &'a dyn Fn() -> bool,
}

impl<'a> Budget<'a> {
    /// A whole budget. `is_late` says that the time is over; this room has no clock.
    pub fn new(is_late: &'a dyn Fn() -> bool) -> Self {
        Self {
            octets: Cell::new(0),
            kept: Cell::new(0),
            merges: Cell::new(0),
            steps: Cell::new(0),
            is_late,
        }
    }

    /// Takes one step of work.
    pub(super) fn step(&self) -> Result<(), String> {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        match steps.is_multiple_of(STEPS) && (self.is_late)() {
            true => Err("reading the table takes too long; save what is needed of it as CSV UTF-8"
                .to_owned()),
            false => Ok(()),
        }
    }

    /// Takes cells that are kept, and the text of one.
    pub(super) fn cells(&self, cells: usize, text: &str) -> Result<(), String> {
        self.step()?;
        if text.len() > CELL_CHARACTERS_MAX && text.chars().count() > CELL_CHARACTERS_MAX {
            return Err(format!("a cell has more than {CELL_CHARACTERS_MAX} characters"));
        }
        self.keep(cells * size_of::<String>() + text.len())
    }

    /// Takes a row that is kept.
    pub(super) fn row(&self) -> Result<(), String> {
        self.keep(ROW_OCTETS)
    }

    fn keep(&self, octets: usize) -> Result<(), String> {
        match add(&self.kept, octets) > KEPT_OCTETS_MAX {
            true => Err(format!(
                "the cells take more than {} MiB of memory; split the table",
                KEPT_OCTETS_MAX >> 20
            )),
            false => Ok(()),
        }
    }

    /// Takes merged ranges.
    pub(super) fn merges(&self, count: usize) -> Result<(), String> {
        match add(&self.merges, count) > MERGES_MAX {
            true => Err(format!("the workbook has more than {MERGES_MAX} merged ranges")),
            false => Ok(()),
        }
    }

    /// Takes octets that were unpacked.
    pub(super) fn octets(&self, count: usize) -> Result<(), String> {
        if (self.is_late)() {
            self.steps.set(STEPS - 1);
            return self.step();
        }
        let total = self.octets.get().saturating_add(count as u64);
        self.octets.set(total);
        match total > UNPACKED_OCTETS_MAX {
            true => Err(format!(
                "unpacked, the workbook has more than {} MiB; save the sheet alone, or as CSV UTF-8",
                UNPACKED_OCTETS_MAX >> 20
            )),
            false => Ok(()),
        }
    }

    /// Reads all of a packed part, and hands it on in pieces.
    pub(super) fn unpack(
        &self,
        mut part: impl Read,
        mut take: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count =
                part.read(&mut buffer).map_err(|error| format!("it is damaged: {error}"))?;
            if count == 0 {
                return Ok(());
            }
            self.octets(count)?;
            take(&buffer[..count])?;
        }
    }
}

fn add(sum: &Cell<usize>, more: usize) -> usize {
    sum.set(sum.get().saturating_add(more));
    sum.get()
}
