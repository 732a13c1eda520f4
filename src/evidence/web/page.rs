//! Pages: what people see of them, what they load, and whether they are the page at all.
//!
//! Imports the model alone.

mod body;
mod challenge;
mod css;
mod document;
mod elements;
mod entities;
mod headers;
mod html;
mod mixed_content;
mod reference;
mod style_sheet;
mod words;

pub use body::Unreadable;
pub use challenge::{is_challenge, readable};
pub use document::{Page, is_same, page};
pub use headers::{SECURITY_HEADERS, security_header};
pub use mixed_content::{Blocked, Loading, Treatment};
pub use reference::{Reference, Use};
pub use style_sheet::style_sheet;
pub use words::Words;
