//! Services from elsewhere: tables and zone files, put into an inventory that keeps its own text.
//!
//! A [`Table`] comes from [`csv_table`] or [`xlsx_table`]; [`candidates`] reads its rows and
//! [`zone_candidates`] a zone file. Both give [`Candidate`]s and say of every bad row what is wrong with
//! it. [`merge`] puts those that the inventory doesn't list yet into its text, and nothing else of the
//! text changes. The values in cells are read by the same functions as those of an inventory.

mod candidate;
mod headings;
mod merge;
mod names;
mod sheet;
mod table;
mod zone;

pub use candidate::{Candidate, Problem, Reading};
pub use merge::{Added, Defaults, EMPTY, MergeError, Merged, merge};
pub use sheet::{Table, csv_table, xlsx_table};
pub use table::candidates;
pub use zone::candidates as zone_candidates;

#[cfg(test)]
mod tests;
