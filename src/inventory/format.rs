//! The format of inventories: one table a section, one row a key.
//!
//! Everything that an inventory may say is written here once. [`parse`](super::parse) reads by these
//! tables, [`schema`](super::schema) and [`documentation`](super::documentation) are made from them.
//! [`document`] is the file as a whole and names the others. What a row is made of is in
//! [`section`](super::section); defaults of settings are those of [`crate::model::Settings`].
//!
//! A new setting is a field of `Settings` and a row in [`settings`].

mod caa_issuers;
pub(super) mod document;
mod formerly;
pub(super) mod kinds;
mod listed_twice;
mod networks;
mod organisations;
mod origin_data;
mod plan;
mod reporting;
mod services;
mod settings;
mod timeouts;

#[cfg(test)]
mod tests;
