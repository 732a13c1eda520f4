//! The zones that are served badly, and what is to be said of each.

use crate::faults::Fault;
use crate::says::{
    ALIAS_UNKNOWN, ANSWERED, CHILD_UNSEEN, CONSISTENT, Case, LARGE, NO_ANSWER, case, over_ipv4,
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
            way("servers-unusable"),
        ],
    ),
    case(
        "khongco",
        Fault::AaaaNxDomain,
        Some(0),
        &[
            ("dns-aaaa", "fail", "nxdomain"),
            ("dns-aaaa-answered", "fail", "nxdomain"),
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
            over_ipv4("silent"),
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
            over_ipv4("silent"),
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
        &[
            LARGE,
            ALIAS_UNKNOWN,
            over_ipv6("tcp-only"),
            over_ipv4("tcp-only"),
            way("servers-silent"),
        ],
    ),
    case("chiudp", Fault::UdpOnly, Some(4), &[over_ipv6("udp-only"), over_ipv4("udp-only")]),
    unheard(
        "cut",
        Fault::Truncated,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("truncated"),
            over_ipv4("truncated"),
            way("servers-unusable"),
        ],
    ),
    case("cutlon", Fault::LargeTruncated, Some(4), &[("dns-large-answer", "fail", "tcp-fails")]),
    case("cu", Fault::NoEdns, Some(4), &[("dns-large-answer", "fail", "edns-refused")]),
    // The resolver says SERVFAIL to a loop, and to the SOA question by which the zone is found.
    case(
        "vong",
        Fault::AliasLoop,
        None,
        &[("dns-aaaa", "inconclusive", "servfail"), way("alias-loop")],
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
            over_ipv4("lame"),
            way("servers-unusable"),
        ],
    ),
    // Of what these lame servers say, the resolver makes an answer with nothing in it, not even an SOA.
    case(
        "tuchi",
        Fault::SelfReferral,
        None,
        &[
            ("dns-aaaa", "inconclusive", "unconfirmed"),
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            ("dns-glue", "inconclusive", "unresolved"),
            over_ipv6("lame"),
            over_ipv4("lame"),
            way("servers-unusable"),
            ("inventory-state", "inconclusive", "unresolved"),
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
            over_ipv4("malformed"),
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
            over_ipv4("malformed"),
            way("servers-unusable"),
        ],
    ),
    case("qualon", Fault::Oversized, Some(4), &[("dns-large-answer", "fail", "exceeds-offer")]),
    case("lech", Fault::SecondDiffers, Some(4), &[("dns-consistent", "fail", "different-aaaa")]),
    unheard(
        "congkhac",
        Fault::OtherPort,
        &[
            LARGE,
            ALIAS_UNKNOWN,
            over_ipv6("tcp-only"),
            over_ipv4("tcp-only"),
            way("servers-silent"),
        ],
    ),
    case(
        "dai",
        Fault::EndlessAlias,
        None,
        &[("dns-aaaa", "inconclusive", NO_ANSWER), way("alias-too-long")],
    ),
    // The host's name is the apex of a zone, as far as anybody can tell.
    case(
        "sau",
        Fault::EndlessReferral,
        None,
        &[
            ("dns-aaaa", "inconclusive", NO_ANSWER),
            ("dns-aaaa-answered", "inconclusive", "unresolved"),
            ("dns-consistent", "inconclusive", "unresolved"),
            CHILD_UNSEEN,
            ("dns-glue", "not-applicable", "no-in-domain-servers"),
            ("dns-ipv6-only-resolution", "inconclusive", "limit-reached"),
            ("dns-large-answer", "inconclusive", "unresolved"),
            ("dns-ns-aaaa", "inconclusive", "unresolved"),
            ("dns-ns-diversity", "inconclusive", "unresolved"),
            ("dns-ns-ipv6-answers", "inconclusive", "unresolved"),
            ("dns-ns-ipv4-answers", "inconclusive", "unresolved"),
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
