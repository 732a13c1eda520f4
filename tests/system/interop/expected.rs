//! How to write down what the checks have to say of a zone.

use super::faults::Fault;

/// A verdict that is no pass: check, outcome and reason. Reasons are separated by `|`, and none matches
/// any.
pub type ExpectedVerdict = (&'static str, &'static str, &'static str);

/// Whether a verdict is the expected one.
pub fn matches(expected: &ExpectedVerdict, check: &str, outcome: &str, reason: &str) -> bool {
    let mut reasons = expected.2.split('|');
    expected.0 == check
        && expected.1 == outcome
        && (expected.2.is_empty() || reasons.any(|expected| expected == reason))
}

/// A zone that is served badly: its first label, its fault, the stage of its host, and every verdict but
/// passes.
pub struct FaultyZone {
    pub label: &'static str,
    pub fault: Fault,
    pub stage: Option<u64>,
    /// The verdicts on the servers, and on the path from the root to the name.
    pub verdicts: &'static [ExpectedVerdict],
    /// Whether no server answers anything that a resolver can use, so that [`UNANSWERED`] is expected too.
    pub is_unanswered: bool,
}

/// Nothing is known of a zone but what its parent says; none of this blames it.
pub const UNANSWERED: &[ExpectedVerdict] =
    &[("dns-aaaa", "inconclusive", NO_ANSWER), ("dns-glue", "inconclusive", "unresolved")];

/// What the resolver answers depends on whose patience ends first, its or ours.
pub const NO_ANSWER: &str = "no-answer|servfail";

/// Servers that don't answer well are judged for that by one check; the others leave it there.
pub const ANSWERED: ExpectedVerdict = ("dns-aaaa-answered", "inconclusive", "lower-layer-failed");
pub const CONSISTENT: ExpectedVerdict = ("dns-consistent", "inconclusive", "lower-layer-failed");
pub const LARGE: ExpectedVerdict = ("dns-large-answer", "inconclusive", "lower-layer-failed");

/// Parent and child name the same servers; whether those names are aliases isn't known.
pub const ALIAS_UNKNOWN: ExpectedVerdict = ("dns-delegation", "inconclusive", "unresolved");
pub const CHILD_UNSEEN: ExpectedVerdict = ("dns-delegation", "inconclusive", "child-not-seen");

pub const fn over_ipv6(reason: &'static str) -> ExpectedVerdict {
    ("dns-ns-ipv6-answers", "fail", reason)
}

pub const fn over_ipv4(reason: &'static str) -> ExpectedVerdict {
    ("dns-ns-ipv4-answers", "fail", reason)
}

pub const fn resolution_fails(reason: &'static str) -> ExpectedVerdict {
    ("dns-ipv6-only-resolution", "fail", reason)
}

pub const fn zone(
    label: &'static str,
    fault: Fault,
    stage: Option<u64>,
    verdicts: &'static [ExpectedVerdict],
) -> FaultyZone {
    FaultyZone { label, fault, stage, verdicts, is_unanswered: false }
}

pub const fn unanswered_zone(
    label: &'static str,
    fault: Fault,
    verdicts: &'static [ExpectedVerdict],
) -> FaultyZone {
    FaultyZone { label, fault, stage: None, verdicts, is_unanswered: true }
}
