//! Which reasons the rows of a table give.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::check::common::COMMON_REASONS;
use crate::check::rule::Check;
use crate::model::Verdict;

thread_local! {
    /// The checks and reasons of the verdicts that this thread has seen.
    static GIVEN: RefCell<BTreeSet<(&'static str, &'static str)>> = RefCell::default();
}

/// Notes the reasons of a verdict and of its subjects. Panics for one that the check doesn't declare
/// or that goes with another outcome.
pub(in crate::check) fn record_reasons(check: &Check, verdict: &Verdict) {
    let subjects = verdict.subjects.iter().map(|subject| (subject.outcome, subject.reason));
    for (outcome, reason) in subjects.chain([(verdict.outcome, verdict.reason)]) {
        let own = check.reasons.iter().find(|known| known.id == reason).map(|known| known.outcome);
        let common = COMMON_REASONS.iter().find(|known| known.id == reason);
        let declared = own.or(common.map(|known| known.outcome));
        assert_eq!(declared, Some(outcome), "{}: {reason} goes with another outcome", check.id);
        GIVEN.with_borrow_mut(|given| given.insert((check.id, reason)));
    }
}

/// Runs the tables of a check; the reasons that it gave in them.
pub(in crate::check) fn reasons_in(check: &Check, cases: &[fn()]) -> BTreeSet<&'static str> {
    GIVEN.take();
    for case in cases {
        case();
    }
    let given = GIVEN.take().into_iter();
    given.filter(|(id, _)| *id == check.id).map(|(_, reason)| reason).collect()
}
