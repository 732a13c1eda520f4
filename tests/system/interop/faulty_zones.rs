//! The zones that are served badly, and the verdicts that are expected on each.

use super::expected::{
    ANSWERED, CHILD_UNSEEN, CONSISTENT, FaultyZone, LARGE, NO_BETTER, over_ipv4, over_ipv6,
    resolution_fails, unanswered_zone, zone,
};
use super::faults::Fault;

/// In the order of the zones' numbers.
pub const FAULTY_ZONES: &[FaultyZone] = &[
    zone("lanh", Fault::None, Some(4), &[]),
    zone("giamao", Fault::ForgedFirst, Some(4), &[]),
    zone(
        "roi",
        Fault::AaaaDropped,
        Some(0),
        &[
            CONSISTENT,
            ("ipv6-only-usable", "fail", "not-published"),
            ("dns-aaaa", "fail", "no-answer"),
            ("dns-aaaa-answered", "fail", "dropped"),
            resolution_fails("servers-unusable"),
        ],
    ),
    zone(
        "khongco",
        Fault::AaaaNxDomain,
        Some(0),
        &[
            ("dns-aaaa", "fail", "nxdomain-for-aaaa"),
            ("dns-aaaa-answered", "fail", "nxdomain"),
            ("ipv6-only-usable", "fail", "not-published"),
        ],
    ),
    zone(
        "hong",
        Fault::AaaaServfail,
        Some(0),
        &[
            CONSISTENT,
            ("ipv6-only-usable", "fail", "not-published"),
            ("dns-aaaa", "fail", "servfail"),
            ("dns-aaaa-answered", "fail", "servfail"),
            resolution_fails("servers-unusable"),
        ],
    ),
    // The resolver hands the record on as it is.
    zone(
        "ngan",
        Fault::AaaaShort,
        Some(0),
        &[
            CONSISTENT,
            ("ipv6-only-usable", "fail", "not-published"),
            ("dns-aaaa", "fail", "malformed"),
            ("dns-aaaa-answered", "fail", "malformed"),
            resolution_fails("servers-unusable"),
        ],
    ),
    unanswered_zone(
        "saima",
        Fault::WrongId,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("silent"),
            over_ipv4("silent"),
            resolution_fails("servers-silent"),
        ],
    ),
    unanswered_zone(
        "hoikhac",
        Fault::OtherQuestion,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("silent"),
            over_ipv4("silent"),
            resolution_fails("servers-silent"),
        ],
    ),
    zone("que", Fault::SecondLame, Some(4), &[over_ipv6("lame")]),
    zone("tuchoi", Fault::SecondRefuses, Some(4), &[over_ipv6("refuses")]),
    zone(
        "im",
        Fault::SilentOverIpv6,
        Some(3),
        &[
            LARGE,
            ("ipv6-only-usable", "fail", "resolution-blocked"),
            over_ipv6("silent"),
            resolution_fails("servers-silent"),
        ],
    ),
    unanswered_zone(
        "chitcp",
        Fault::TcpOnly,
        &[LARGE, over_ipv6("tcp-only"), over_ipv4("tcp-only"), resolution_fails("servers-silent")],
    ),
    zone("chiudp", Fault::UdpOnly, Some(4), &[over_ipv6("udp-only"), over_ipv4("udp-only")]),
    unanswered_zone(
        "cut",
        Fault::Truncated,
        &[
            ANSWERED,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("truncated"),
            over_ipv4("truncated"),
            resolution_fails("servers-unusable"),
        ],
    ),
    zone("cutlon", Fault::LargeTruncated, Some(4), &[("dns-large-answer", "fail", "tcp-fails")]),
    zone("cu", Fault::NoEdns, Some(4), &[("dns-large-answer", "fail", "edns-refused")]),
    // The resolver says SERVFAIL to a loop, and to the SOA question by which the zone is found.
    zone(
        "vong",
        Fault::AliasLoop,
        Some(0),
        &[
            ("dns-aaaa", "fail", "chain-looped"),
            ("ipv6-only-usable", "fail", "not-published"),
            ("inventory-state", "fail", "active-but-gone"),
            resolution_fails("alias-loop"),
        ],
    ),
    unanswered_zone(
        "nguoc",
        Fault::UpwardReferral,
        &[
            NO_BETTER,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("lame"),
            over_ipv4("lame"),
            resolution_fails("servers-unusable"),
        ],
    ),
    unanswered_zone(
        "tuchi",
        Fault::SelfReferral,
        &[
            NO_BETTER,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("lame"),
            over_ipv4("lame"),
            resolution_fails("servers-unusable"),
        ],
    ),
    unanswered_zone(
        "controvong",
        Fault::PointerLoop,
        &[
            NO_BETTER,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("malformed"),
            over_ipv4("malformed"),
            resolution_fails("servers-unusable"),
        ],
    ),
    unanswered_zone(
        "rac",
        Fault::Garbage,
        &[
            NO_BETTER,
            CONSISTENT,
            CHILD_UNSEEN,
            LARGE,
            over_ipv6("malformed"),
            over_ipv4("malformed"),
            resolution_fails("servers-unusable"),
        ],
    ),
    zone("qualon", Fault::Oversized, Some(4), &[("dns-large-answer", "fail", "exceeds-offer")]),
    zone("lech", Fault::SecondDiffers, Some(4), &[("dns-consistent", "fail", "different-aaaa")]),
    unanswered_zone(
        "congkhac",
        Fault::OtherPort,
        &[LARGE, over_ipv6("tcp-only"), over_ipv4("tcp-only"), resolution_fails("servers-silent")],
    ),
    zone(
        "dai",
        Fault::EndlessAlias,
        Some(0),
        &[("dns-aaaa", "fail", "chain-too-long"), resolution_fails("alias-too-long")],
    ),
    // The host's name is the apex of a zone, as far as anybody can tell.
    zone(
        "sau",
        Fault::EndlessReferral,
        None,
        &[
            ("dns-aaaa", "inconclusive", "resolver-fails"),
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
    // What is lost on the way is asked for again, and no server is to blame.
    zone("mat", Fault::FirstLost, Some(4), &[]),
    zone("matlon", Fault::LargeLost, Some(4), &[("dns-large-answer", "fail", "lost")]),
    // Without an SOA record it is an empty answer all the same (RFC 2308 §2.2).
    zone(
        "trong",
        Fault::AaaaEmpty,
        Some(0),
        &[("dns-aaaa", "fail", "no-data"), ("ipv6-only-usable", "fail", "not-published")],
    ),
    zone(
        "khongkeo",
        Fault::NoGlue,
        Some(3),
        &[
            ("dns-glue", "fail", "missing"),
            ("ipv6-only-usable", "fail", "resolution-blocked"),
            resolution_fails("glue-missing"),
        ],
    ),
    zone("bidanh", Fault::ServersAlias, Some(4), &[("dns-delegation", "fail", "alias")]),
    zone(
        "khacten",
        Fault::OtherServer,
        Some(4),
        &[
            ("dns-delegation", "fail", "only-in-parent|only-in-child"),
            ("dns-ns-aaaa", "fail", "only-one"),
        ],
    ),
];
