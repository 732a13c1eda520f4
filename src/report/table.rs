//! Tables as plain values, which CSV, XLSX, PDF, HTML and Markdown each draw in their own way.
//!
//! [`Table`], [`Column`] and [`Cell`] are the values; the other files fill them from a judged run, and
//! [`quarter`] from the review of a quarter. Nothing here knows a file format.

mod cells;
mod counts;
pub mod quarter;
mod services;
mod verdicts;
mod work_list;

pub use cells::{Cell, Column, Kind, Row, Stream, Table};
pub(in crate::report) use cells::{WithBeneath, beneath_note};
pub use counts::{categories, organisations, stages};
pub use services::{checks, services, services_of};
pub use verdicts::verdicts;
pub use work_list::work_list;
