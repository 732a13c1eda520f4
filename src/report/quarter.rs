//! The quarterly report: what a [`Review`](crate::judge::quarter::Review) says, as [`sections`] that
//! HTML and Markdown (here), PDF and XLSX (in their own folders) draw in their own way; and the same
//! as JSON.

mod context;
pub mod html;
pub mod json;
pub mod markdown;
mod particulars;
mod sections;
pub(super) mod terms;

pub use context::QuarterContext;
pub use particulars::particulars;
pub use sections::{Chart, Section, sections, sections_with_course, title};
pub use terms::{basis, cause, caveat, change, kind, progress, quarter_name};
