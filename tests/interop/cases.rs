//! The zones that are served badly, and what is to be said of each.

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
pub const UNHEARD: &[Says] = &[
    ("dns-aaaa", "inconclusive", NO_ANSWER),
    ("dns-glue", "inconclusive", "unresolved"),
    ("dns-ns-aaaa", "inconclusive", "zone-not-found"),
];

/// What the resolver says is a matter of its patience and ours.
const NO_ANSWER: &str = "no-answer|servfail";

/// Servers that don't answer well are judged for that by one check; the others leave it there.
pub const ANSWERED: Says = ("dns-aaaa-answered", "inconclusive", "lower-layer-failed");
pub const CONSISTENT: Says = ("dns-consistent", "inconclusive", "lower-layer-failed");
pub const LARGE: Says = ("dns-large-answer", "inconclusive", "lower-layer-failed");

const CHILD_UNSEEN: Says = ("dns-delegation", "inconclusive", "child-not-seen");

pub const fn over_ipv6(reason: &'static str) -> Says {
    ("dns-ns-ipv6-answers", "fail", reason)
}

pub const fn over_ipv4(reason: &'static str) -> Says {
    ("dns-ns-ipv4-answers", "fail", reason)
}

pub const fn way(reason: &'static str) -> Says {
    ("dns-ipv6-only-resolution", "fail", reason)
}

/// The resolvers know no IPv4 address of the servers, and what the parent zone knows was asked.
const IPV4_UNKNOWN: Says = ("dns-ns-ipv4-answers", "inconclusive", "unresolved");

const fn case(
    label: &'static str,
    fault: Fault,
    stage: Option<u64>,
    says: &'static [Says],
) -> Case {
    Case { label, fault, stage, says, is_unheard: false }
}

const fn unheard(label: &'static str, fault: Fault, says: &'static [Says]) -> Case {
    Case { label, fault, stage: None, says, is_unheard: true }
}

/// In the order of the zones' numbers.
pub const CASES: &[Case] = &[
    case("lanh", Fault::None, Some(4), &[]),
    case("giamao", Fault::ForgedFirst, Some(4), &[]),
    case(
        "roi",
        Fault::AaaaDropped,
        None,
        &[
            ("dns-aaaa", "inconclusive", NO_ANSWER),
            ("dns-aaaa-answered", "fail", "dropped"),
            CONSISTENT,
            way("servers-silent"),
        ],
    ),
    case(
        "khongco",
        Fault::AaaaNxDomain,
        Some(0),
        &[
            ("dns-aaaa", "fail", "nxdomain"),
            ("dns-aaaa-answered", "fail", "nxdomain"),
            ("dns-ipv6-only-resolution", "not-applicable", "name-absent"),
            ("ipv6-only-usable", "fail", "not-published"),
        ],
    ),
    case(
        "hong",
        Fault::AaaaServfail,
        None,
        &[
            ("dns-aaaa", "inconclusive", "servfail"),
            ("dns-aaaa-answered", "fail", "servfail"),
            CONSISTENT,
            way("servers-unusable"),
        ],
    ),
    // The resolver hands the record on as it is.
    case(
        "ngan",
        Fault::AaaaShort,
        None,
        &[
            ("dns-aaaa", "inconclusive", "malformed"),
            ("dns-aaaa-answered", "fail", "malformed"),
            CONSISTENT,
            way("servers-unusable"),
        ],
    ),
    unheard(
        "saima",
        Fault::WrongId,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("silent"),
            IPV4_UNKNOWN,
            way("servers-silent"),
        ],
    ),
    unheard(
        "hoikhac",
        Fault::OtherQuestion,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("silent"),
            IPV4_UNKNOWN,
            way("servers-silent"),
        ],
    ),
    case("que", Fault::SecondLame, Some(4), &[ANSWERED, CONSISTENT, LARGE, over_ipv6("lame")]),
    case(
        "tuchoi",
        Fault::SecondRefuses,
        Some(4),
        &[ANSWERED, CONSISTENT, LARGE, over_ipv6("refuses")],
    ),
    case(
        "im",
        Fault::SilentOverIpv6,
        Some(3),
        &[ANSWERED, CONSISTENT, LARGE, over_ipv6("silent"), way("servers-silent")],
    ),
    unheard(
        "chitcp",
        Fault::TcpOnly,
        &[LARGE, over_ipv6("tcp-only"), IPV4_UNKNOWN, way("servers-silent")],
    ),
    case("chiudp", Fault::UdpOnly, Some(4), &[over_ipv6("udp-only"), over_ipv4("udp-only")]),
    unheard(
        "cut",
        Fault::Truncated,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            ("dns-large-answer", "fail", "tcp-fails"),
            over_ipv6("udp-only"),
            IPV4_UNKNOWN,
            way("servers-silent"),
        ],
    ),
    case("cutlon", Fault::LargeTruncated, Some(4), &[("dns-large-answer", "fail", "tcp-fails")]),
    case(
        "cu",
        Fault::NoEdns,
        Some(3),
        &[
            ANSWERED,
            CONSISTENT,
            LARGE,
            CHILD_UNSEEN,
            over_ipv6("other-rcode"),
            over_ipv4("other-rcode"),
            way("servers-unusable"),
        ],
    ),
    // The resolver says SERVFAIL to a loop, and to the SOA question by which the zone is found.
    case(
        "vong",
        Fault::AliasLoop,
        None,
        &[
            ("dns-aaaa", "inconclusive", "servfail"),
            ("dns-ns-aaaa", "inconclusive", "zone-not-found"),
            way("alias-loop"),
        ],
    ),
    unheard(
        "nguoc",
        Fault::UpwardReferral,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("lame"),
            IPV4_UNKNOWN,
            way("servers-unusable"),
        ],
    ),
    case(
        "tuchi",
        Fault::SelfReferral,
        Some(0),
        &[
            ("dns-aaaa", "fail", "no-data"),
            ("dns-aaaa-answered", "not-applicable", "no-servers"),
            ("dns-consistent", "not-applicable", "one-server"),
            CHILD_UNSEEN,
            ("dns-glue", "fail", "differs"),
            ("dns-large-answer", "not-applicable", "no-ipv6-servers"),
            ("dns-ns-aaaa", "inconclusive", "zone-not-found"),
            ("dns-ns-diversity", "not-applicable", "no-ipv6-servers"),
            ("dns-ns-ipv6-answers", "not-applicable", "no-ipv6-servers"),
            over_ipv4("no-ipv4-servers"),
            way("servers-unusable"),
            ("inventory-state", "fail", "active-but-gone"),
            ("ipv6-only-usable", "fail", "not-published"),
        ],
    ),
    unheard(
        "controvong",
        Fault::PointerLoop,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("malformed"),
            IPV4_UNKNOWN,
            way("servers-unusable"),
        ],
    ),
    unheard(
        "rac",
        Fault::Garbage,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("malformed"),
            IPV4_UNKNOWN,
            way("servers-unusable"),
        ],
    ),
    case("qualon", Fault::Oversized, Some(4), &[]),
    case("lech", Fault::SecondDiffers, Some(4), &[("dns-consistent", "fail", "different-aaaa")]),
    unheard(
        "congkhac",
        Fault::OtherPort,
        &[LARGE, over_ipv6("tcp-only"), IPV4_UNKNOWN, way("servers-silent")],
    ),
];
