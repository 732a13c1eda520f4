//! A check with the services that it judges.

use crate::check::Check;
use crate::model::{Outcome, Severity};

/// A check with the services that it judges.
pub struct CheckRow {
    /// Which.
    pub check: &'static Check,
    /// For how many services it has which outcome, in the order pass, fail, not applicable, inconclusive.
    pub outcomes: [usize; 4],
    /// How many services fail it as a cause, and not because of another check.
    pub causes: usize,
    /// The gravest severity that a failure of it has here.
    pub gravest: Option<Severity>,
}

impl CheckRow {
    /// For how many services it has this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes[place(outcome)]
    }
}

/// Where an outcome is counted.
pub(super) fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        Outcome::NotApplicable => 2,
        Outcome::Inconclusive => 3,
    }
}
