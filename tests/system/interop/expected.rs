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

/// Nobody gets an answer of such a zone, for whatever reason, so there is nothing to compare glue with.
pub const UNANSWERED: &[ExpectedVerdict] = &[
    (
        "dns-aaaa",
        "fail",
        "no-answer|servfail|refused|other-rcode|malformed|lame|truncated|no-server",
    ),
    ("dns-glue", "not-applicable", "server-fails"),
    ("ipv6-only-usable", "fail", "not-published"),
    ("inventory-state", "inconclusive", "unresolved"),
];

/// Servers that don't answer well are judged for that by one check; the others leave it there.
pub const ANSWERED: ExpectedVerdict = ("dns-aaaa-answered", "not-applicable", "server-fails");
pub const NO_BETTER: ExpectedVerdict = ("dns-aaaa-answered", "not-applicable", "no-better-for-a");
pub const CONSISTENT: ExpectedVerdict = ("dns-consistent", "not-applicable", "server-fails");
pub const LARGE: ExpectedVerdict = ("dns-large-answer", "not-applicable", "server-fails");
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
    FaultyZone { label, fault, stage: Some(0), verdicts, is_unanswered: true }
}
