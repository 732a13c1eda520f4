//! The tables of a quarter.

mod annex;
mod changes;
mod common;
mod course;
mod figures;
mod goals;
mod incidents;
mod work;

pub use annex::annex;
pub use changes::{check_changes, check_changes_of, stage_changes, stage_changes_of};
pub(in crate::report) use common::names;
pub use course::{checks_by_day, stages_by_day};
pub use figures::{categories, organisations, trend};
pub use goals::{exemptions, targets, targets_of};
pub use incidents::incidents;
pub use work::{remedies, shared, work_list};
