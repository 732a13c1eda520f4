//! What a check says of a service, whole and in short.

use std::fmt;

use crate::check::Check;
use crate::model::{Outcome, Severity, Verdict};
use crate::policy::Policy;

/// What one check says of one service or of the vantage point.
#[derive(Clone)]
pub struct Judged {
    /// The check.
    pub check: &'static Check,
    /// The severity of this verdict's reason under the policy. It weighs only when the check fails.
    pub severity: Severity,
    /// The verdict.
    pub verdict: Verdict,
}

/// What a check found, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The outcome.
    pub outcome: Outcome,
    /// The reason.
    pub reason: &'static str,
    /// How much it matters; it weighs only when the check fails.
    pub severity: Severity,
}

impl Finding {
    /// The finding of a verdict.
    pub fn of(judged: &Judged) -> Self {
        let verdict = &judged.verdict;
        Self { outcome: verdict.outcome, reason: verdict.reason, severity: judged.severity }
    }

    /// The findings of verdicts, each with its check.
    pub fn of_all(verdicts: &[Judged]) -> Vec<(&'static Check, Self)> {
        verdicts.iter().map(|judged| (judged.check, Self::of(judged))).collect()
    }

    /// Whether this is a failure of at least this severity.
    pub fn fails_at(&self, severity: Severity) -> bool {
        self.outcome == Outcome::Fail && self.severity <= severity
    }
}

impl Judged {
    /// A check's verdict with the severity that it has under a policy.
    pub(super) fn under(policy: &Policy, check: &'static Check, verdict: Verdict) -> Self {
        let severity = policy
            .severity(check.id, verdict.reason)
            .unwrap_or_else(|| check.severity_of(verdict.reason));
        Self { check, severity, verdict }
    }

    /// Whether this is a failure of at least this severity.
    pub fn fails_at(&self, severity: Severity) -> bool {
        Finding::of(self).fails_at(severity)
    }
}

impl PartialEq for Judged {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.check, other.check)
            && self.severity == other.severity
            && self.verdict == other.verdict
    }
}

impl Eq for Judged {}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, severity, verdict } = self;
        write!(f, "{} {severity:?} {verdict:?}", check.id)
    }
}
