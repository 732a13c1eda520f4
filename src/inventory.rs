//! Reads `inventory.yaml`: strict, with every diagnostic in one go.
//!
//! Text goes in; a [`crate::model::Inventory`] comes out, or a list of [`Diagnostics`] that say
//! what is wrong, where, and what would be right ([`parse`]). Nothing here opens a file: those that an
//! inventory names come back as [`FileReferences`]. The text becomes a [tree](tree::Tree) whose nodes
//! know their place, and a [reader](reader::Reader) goes through it by the tables in [`format`], one row
//! a key; [`schema()`] and [`documentation()`] come from the same tables. Beside reading there is what
//! writes inventories: [`scaffold()`] a first one, [`for_targets`] one for a few names, [`import`]
//! adds services to one that its owner keeps, and [`laid_out`] lays one out. Of this crate only [`crate::model`] may be imported here.
//!
//! ```
//! use v6ready::inventory;
//!
//! let text = "
//! version: 1
//! organisations:
//!   - id: vp-ubnd
//!     services:
//!       - {id: portal, category: portal, web: https://portal.example/}
//! ";
//! let parsed = inventory::parse(text.as_bytes(), "inventory.yaml").unwrap();
//! assert_eq!(parsed.inventory.services[0].id.to_string(), "vp-ubnd/portal");
//!
//! let diagnostics = inventory::parse(b"version: 1\norganizations: []\n", "inventory.yaml");
//! let diagnostics = diagnostics.unwrap_err();
//! let first = diagnostics.iter().nth(1).unwrap();
//! assert_eq!((first.line, first.column), (2, 1));
//! assert_eq!(first.help.as_deref(), Some("did you mean `organisations`?"));
//! ```

mod amend;
mod diagnostic;
mod difference;
pub(crate) mod documentation;
pub(crate) mod fault;
mod format;
mod ids;
pub mod import;
mod insert;
mod layout;
mod page;
mod parse;
pub(crate) mod reader;
mod reference;
mod scaffold;
mod schema;
mod schemes;
pub(crate) mod section;
pub(crate) mod source;
mod targets;
pub(crate) mod tree;
pub(crate) mod values;
pub(crate) mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, Weight, problems};
pub use difference::{EntryChange, EntryDifference, InventoryDifference, ValueChange};
pub use documentation::documentation;
pub use layout::{LayoutError, laid_out};
pub use parse::{Parsed, parse};
pub use reference::{FileReference, FileReferences, InterfaceReference, ScopedAddress};
pub use scaffold::{scaffold, scaffold_head};
pub use schema::schema;

pub use source::OCTETS_MAX as INVENTORY_OCTETS_MAX;
pub use targets::{BadTargets, for_targets};

#[cfg(test)]
mod tests;
