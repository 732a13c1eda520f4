//! Services from elsewhere: tables and zone files, put into an inventory that keeps its own text.
//!
//! A [`Table`] comes from [`csv_table`] or [`workbook_tables`], within a [`Budget`]; [`candidates`] reads its
//! rows by a table of [`Words`], and [`zone_candidates`] a zone file. Both give [`Candidate`]s and say of
//! every bad row what is wrong with it. [`doubts`] finds the names of organisations that may be ones known
//! already. [`merge`] puts into the text what the inventory doesn't list yet, changes there what the
//! candidates say otherwise, and nothing else of the text. The values in cells are read by the same
//! functions as those of an inventory.

mod archive;
mod budget;
mod candidate;
mod cells;
mod changes;
mod delimited;
pub(super) mod documentation;
mod encoding;
mod head;
mod line;
mod lists;
mod markup;
mod merge;
mod merged;
mod names;
mod near;
mod ods;
mod row;
mod sheet;
mod table;
mod terms;
mod words;
mod workbook;
mod xls;
mod xlsx;
mod zone;

pub use budget::{
    Budget, CELL_CHARACTERS_MAX, COLUMNS_MAX, FILE_OCTETS_MAX, KEPT_OCTETS_MAX, MARKUP_OCTETS_MAX,
    MERGES_MAX, ROWS_MAX, SHEETS_MAX, STRINGS_MAX, STRINGS_OCTETS_MAX, UNPACKED_OCTETS_MAX,
};
pub use candidate::{Candidate, Problem, Reading};
pub use changes::{Change, Changed};
pub use delimited::csv_table;
pub use lists::{ListFormat, ListOptions, list_candidates, list_format};
pub use merge::merge;
pub use merged::{Added, MergeError, Merged};
pub use near::{Doubt, doubts};
pub use sheet::Table;
pub use table::{Options, candidates};
pub use terms::{Answer, Base, Terms};
pub use words::{BUILT_IN as BUILT_IN_WORDS, Words};
pub use workbook::{is_workbook, workbook_tables};
pub use zone::candidates as zone_candidates;

#[cfg(test)]
mod tests;
