//! How to say what is said of a zone.

use crate::faults::Fault;

/// What a check says that is no pass: its id, outcome and reason.
pub type Says = (&'static str, &'static str, &'static str);

/// Whether this is what was expected: reasons are parted by `|`, and no reason stands for any.
pub fn is(expected: &Says, check: &str, outcome: &str, reason: &str) -> bool {
    let mut reasons = expected.2.split('|');
    expected.0 == check
        && expected.1 == outcome
        && (expected.2.is_empty() || reasons.any(|expected| expected == reason))
}

/// A zone: its first label, its fault, the stage of its host, and all that is said but passes.
pub struct Case {
    pub label: &'static str,
    pub fault: Fault,
    pub stage: Option<u64>,
    /// What is said of the servers, and of the way to the name.
    pub says: &'static [Says],
    /// Whether no server says anything that a resolver can use, so that [`UNHEARD`] is said too.
    pub is_unheard: bool,
}

/// Nothing is known of a zone but what its parent says; none of this blames it.
pub const UNHEARD: &[Says] =
    &[("dns-aaaa", "inconclusive", NO_ANSWER), ("dns-glue", "inconclusive", "unresolved")];

/// What the resolver says is a matter of its patience and ours.
pub const NO_ANSWER: &str = "no-answer|servfail";

/// Servers that don't answer well are judged for that by one check; the others leave it there.
pub const ANSWERED: Says = ("dns-aaaa-answered", "inconclusive", "lower-layer-failed");
pub const CONSISTENT: Says = ("dns-consistent", "inconclusive", "lower-layer-failed");
pub const LARGE: Says = ("dns-large-answer", "inconclusive", "lower-layer-failed");

/// Parent and child name the same servers; whether those names are aliases isn't known.
pub const ALIAS_UNKNOWN: Says = ("dns-delegation", "inconclusive", "unresolved");
pub const CHILD_UNSEEN: Says = ("dns-delegation", "inconclusive", "child-not-seen");

pub const fn over_ipv6(reason: &'static str) -> Says {
    ("dns-ns-ipv6-answers", "fail", reason)
}

pub const fn over_ipv4(reason: &'static str) -> Says {
    ("dns-ns-ipv4-answers", "fail", reason)
}

pub const fn way(reason: &'static str) -> Says {
    ("dns-ipv6-only-resolution", "fail", reason)
}

pub const fn case(
    label: &'static str,
    fault: Fault,
    stage: Option<u64>,
    says: &'static [Says],
) -> Case {
    Case { label, fault, stage, says, is_unheard: false }
}

pub const fn unheard(label: &'static str, fault: Fault, says: &'static [Says]) -> Case {
    Case { label, fault, stage: None, says, is_unheard: true }
}
