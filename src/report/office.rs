//! A report as an office signs it: a short body in the order of administrative reports, and annexes with
//! everything by service. PDF and DOCX draw the same [`Paper`], whose words a template has.

mod annexes;
mod body;
mod compose;
pub(in crate::report) mod frame;
mod matter;
mod paper;
pub(in crate::report) mod roman;
mod tables;
pub mod template;
mod values;

pub use compose::{of_quarter, of_run};
pub use paper::{Annex, Block, Paper, Picture, Sheet};
