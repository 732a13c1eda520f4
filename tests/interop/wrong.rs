//! What is said today of the zones of [`crate::cases`] and isn't true.

use crate::says::{self, ANSWERED, CONSISTENT, LARGE, Says, over_ipv4, over_ipv6, way};

/// A zone's label, and what would be true of it. Either may be said; an empty reason stands for
/// one that there isn't yet.
const WRONG: &[(&str, Says)] = &[
    // The servers do answer over IPv6; the question that matters is what they don't answer.
    ("roi", way("servers-unusable")),
    ("cut", way("servers-unusable")),
    // The name exists: it has A.
    ("khongco", ("dns-ipv6-only-resolution", "pass", "resolves-without-address")),
    // FORMERR is what a server without EDNS has to answer, and every resolver asks again without
    // (RFC 6891 §6.2.2 and §7): the name resolves, and the zone is answered for.
    ("cu", ("dns-aaaa-answered", "pass", "answered-by-all")),
    ("cu", ("dns-consistent", "pass", "same-everywhere")),
    ("cu", ("dns-delegation", "pass", "agree")),
    ("cu", ("dns-ipv6-only-resolution", "pass", "resolves")),
    ("cu", ("dns-large-answer", "fail", "edns-refused")),
    ("cu", ("dns-ns-ipv4-answers", "pass", "answers-over-ipv4")),
    ("cu", ("dns-ns-ipv6-answers", "pass", "all-answer")),
    // The way from the root shows the zone, although the resolver does not.
    ("vong", ("dns-ns-aaaa", "pass", "enough")),
    ("dai", ("dns-ns-aaaa", "pass", "enough")),
    // Of what these lame servers say, the resolver makes an answer with nothing in it, not even an
    // SOA. The way from the root shows that nothing is known; and the servers' addresses came with
    // the delegation.
    ("tuchi", ("dns-aaaa", "inconclusive", "")),
    ("tuchi", ANSWERED),
    ("tuchi", CONSISTENT),
    ("tuchi", LARGE),
    ("tuchi", ("dns-glue", "inconclusive", "unresolved")),
    ("tuchi", ("dns-ns-diversity", "pass", "several-prefixes")),
    ("tuchi", over_ipv6("lame")),
    ("tuchi", over_ipv4("lame")),
    ("tuchi", ("inventory-state", "inconclusive", "unresolved")),
    ("tuchi", ("ipv6-only-usable", "inconclusive", "unresolved")),
    // More was sent than was asked for (RFC 6891 §6.2.3), and a way over which datagrams of that
    // size are fragmented would lose it.
    ("qualon", ("dns-large-answer", "fail", "")),
];

/// The stages that [`WRONG`] verdicts bring about, and the true ones.
pub const WRONG_STAGES: &[(&str, Option<u64>)] = &[("cu", Some(4)), ("tuchi", None)];

/// Whether this would be true of a zone, although something else is said today.
pub fn would_be_true(label: &str, check: &str, outcome: &str, reason: &str) -> bool {
    WRONG.iter().any(|(zone, truth)| *zone == label && says::is(truth, check, outcome, reason))
}
