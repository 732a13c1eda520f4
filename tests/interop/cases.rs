//! The zones that are served badly, and what is to be said of each.

use crate::faults::Fault;
use crate::says::{
    ANSWERED, CHILD_UNSEEN, CONSISTENT, Case, IPV4_UNKNOWN, LARGE, NO_ANSWER, case, over_ipv4,
    over_ipv6, unheard, way,
};

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
    case(
        "dai",
        Fault::EndlessAlias,
        None,
        &[
            ("dns-aaaa", "inconclusive", NO_ANSWER),
            ("dns-ns-aaaa", "inconclusive", "zone-not-found"),
            way("alias-too-long"),
        ],
    ),
    // The host's name is the apex of a zone, as far as anybody can tell.
    case(
        "sau",
        Fault::EndlessReferral,
        None,
        &[
            ("dns-aaaa", "inconclusive", NO_ANSWER),
            ("dns-aaaa-answered", "not-applicable", "no-servers"),
            ("dns-consistent", "not-applicable", "one-server"),
            CHILD_UNSEEN,
            ("dns-glue", "not-applicable", "no-in-domain-servers"),
            ("dns-ipv6-only-resolution", "inconclusive", "limit-reached"),
            ("dns-large-answer", "not-applicable", "no-ipv6-servers"),
            ("dns-ns-aaaa", "inconclusive", "zone-not-found"),
            ("dns-ns-diversity", "inconclusive", "unresolved"),
            ("dns-ns-ipv6-answers", "not-applicable", "no-ipv6-servers"),
            IPV4_UNKNOWN,
        ],
    ),
    // What is lost on the way is asked for again, and nobody is to blame.
    case("mat", Fault::FirstLost, Some(4), &[]),
    case("matlon", Fault::LargeLost, Some(4), &[("dns-large-answer", "fail", "lost")]),
    // Without an SOA record it is an empty answer all the same (RFC 2308 §2.2).
    case(
        "trong",
        Fault::AaaaEmpty,
        Some(0),
        &[("dns-aaaa", "fail", "no-data"), ("ipv6-only-usable", "fail", "not-published")],
    ),
    case(
        "khongkeo",
        Fault::NoGlue,
        Some(3),
        &[("dns-glue", "fail", "missing"), way("glue-missing")],
    ),
    case("bidanh", Fault::ServersAlias, Some(4), &[("dns-delegation", "fail", "alias")]),
    case(
        "khacten",
        Fault::OtherServer,
        Some(4),
        &[
            ("dns-delegation", "fail", "only-in-parent|only-in-child"),
            ("dns-ns-aaaa", "fail", "only-one"),
        ],
    ),
];
