//! What the operator says of the daemon: the section `serve` of the configuration's file.
//!
//! One table a section, one row a key, as inventories are read (`inventory::section`): reader, JSON Schema
//! and documentation come from the same rows. [`document`] has the section itself, and each part's own
//! sections are in a file of its own.

pub mod access;
pub mod alerts;
pub mod document;
mod documentation;
pub mod read;
pub mod schedules;
pub mod values;

pub use document::ServeConfig;
pub use documentation::{documentation, schema};
pub use values::Secret;

#[cfg(test)]
mod tests;
