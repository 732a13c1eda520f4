//! The tables of a quarter.

mod annex;
mod changes;
mod common;
mod figures;
mod goals;
mod incidents;
mod work;

pub use annex::annex;
pub use changes::{check_changes, check_changes_of, stage_changes, stage_changes_of};
pub use figures::{categories, organisations, trend};
pub use goals::{exemptions, targets, targets_of};
pub use incidents::incidents;
pub use work::{remedies, shared, work_list};
