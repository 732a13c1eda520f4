//! The way to a name with IPv6 alone, and the checks of the delegation itself.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::zone::*;
use super::zone_servers::{crowd, nowhere, table, unknown_server, without_ipv6};
use super::*;
use crate::model::Transport::{Tcp, Udp};

const WWW: &str = "www.example.vn";

/// The delegation of the zone without AAAA glue.
fn without_glue(asked: &Asked<'_>) -> Option<Reply> {
    let servers: [(&str, &[&str]); 2] =
        [("ns1.example.vn.", &NS1[1..]), ("ns2.example.vn.", &NS2[1..])];
    (asked.at == VN).then(|| referral("example.vn.", &servers).reply())
}

/// The zone is served by a name elsewhere, of which the way is `elsewhere`'s.
fn served_elsewhere(asked: &Asked<'_>, elsewhere: impl Fn() -> Reply) -> Option<Reply> {
    let servers: [(&str, &[&str]); 1] = [("ns.other.example.", &[])];
    match asked.at.as_str() {
        VN => Some(referral("example.vn.", &servers).reply()),
        ROOT if asked.name == "example" => Some(rcode(0)),
        ROOT if asked.name.ends_with(".example") => Some(elsewhere()),
        _ => None,
    }
}

#[test]
pub(super) fn the_way_with_ipv6_alone() {
    let of_zone = |asked: &Asked<'_>| NS1[0] == asked.at || NS2[0] == asked.at;
    let aaaa = |asked: &Asked<'_>| of_zone(asked) && asked.is(WWW, RecordType::AAAA);
    let aliased = |asked: &Asked<'_>, target: &str| {
        let (owner, data) = alias("www.example.vn.", target);
        (of_zone(asked) && asked.name == WWW).then(|| says(&[(owner, data)]).reply())
    };
    let no_server = |asked: &Asked<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
    let unknown = |asked: &Asked<'_>, reply: fn() -> Reply| {
        let is_server = asked.recursive && asked.name.starts_with("ns");
        without_glue(asked).or_else(|| is_server.then(reply))
    };
    let lame = || Says::default().reply();
    table(
        "dns-ipv6-only-resolution",
        &[
            ("healthy", &|_| None, (Pass, "resolves")),
            ("NODATA", &|q| aaaa(q).then(|| rcode(0)), (Pass, "resolves-without-address")),
            (
                "NXDOMAIN",
                &|q| (q.name == WWW && (of_zone(q) || q.recursive)).then(|| rcode(3)),
                (NotApplicable, "name-absent"),
            ),
            (
                "NXDOMAIN for AAAA only",
                &|q| aaaa(q).then(|| rcode(3)),
                (Pass, "resolves-without-address"),
            ),
            (
                "NXDOMAIN for AAAA, and A unknown",
                &|q| {
                    let is_a = q.recursive && q.is(WWW, RecordType::A);
                    if is_a { Some(rcode(2)) } else { aaaa(q).then(|| rcode(3)) }
                },
                (Inconclusive, common::UNRESOLVED),
            ),
            ("silent when asked for AAAA", &|q| aaaa(q).then(silence), (Fail, "servers-unusable")),
            (
                "too large for UDP, and not over TCP",
                &|q| of_zone(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                (Fail, "servers-unusable"),
            ),
            ("no EDNS", &|q| (of_zone(q) && !q.without_edns).then(|| rcode(1)), (Pass, "resolves")),
            ("no glue", &without_glue, (Fail, "glue-missing")),
            ("no AAAA", &no_server, (Fail, "no-ipv6-server")),
            (
                "no glue, and SERVFAIL",
                &|q| unknown(q, || rcode(2)),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no glue, and our fault", &|q| unknown(q, ours), (Inconclusive, common::OUR_FAULT)),
            ("silent", &|q| of_zone(q).then(silence), (Fail, "servers-silent")),
            ("one silent", &|q| (q.at == NS1[0]).then(silence), (Pass, "resolves")),
            ("REFUSED", &|q| of_zone(q).then(|| rcode(5)), (Fail, "servers-unusable")),
            ("lame", &|q| of_zone(q).then(lame), (Fail, "servers-unusable")),
            ("garbage", &|q| of_zone(q).then(garbage), (Fail, "servers-unusable")),
            ("our fault", &|q| of_zone(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "our fault at one, silence at the other",
                &|q| of_zone(q).then(|| if q.at == NS1[0] { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "our fault, then silence",
                &|q| of_zone(q).then(|| if q.attempt == 1 { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "our fault on the way to a name server",
                &|q| served_elsewhere(q, ours),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "silence on the way to a name server",
                &|q| served_elsewhere(q, silence),
                (Fail, "no-ipv6-server"),
            ),
            (
                "a name server that nobody knows",
                &|q| served_elsewhere(q, || rcode(3)),
                (Fail, "no-ipv6-server"),
            ),
            (
                "a name server below the zone that it serves",
                &|q| {
                    served_elsewhere(q, || {
                        let servers: [(&str, &[&str]); 1] = [("ns1.example.vn.", &[])];
                        referral("other.example.", &servers).reply()
                    })
                },
                (Fail, "name-server-loop"),
            ),
            ("alias of itself", &|q| aliased(q, "www.example.vn."), (Fail, "alias-loop")),
            (
                "aliases without an end",
                &|q| {
                    let next = q
                        .name
                        .strip_prefix('a')
                        .and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
                    let next = next.map_or(0, |n| n + 1);
                    let is_alias = of_zone(q)
                        && q.name.ends_with(".example.vn")
                        && q.record_type != RecordType::SOA;
                    is_alias.then(|| {
                        let target = WireName::from_ascii(format!("a{next}.example.vn.")).unwrap();
                        let owner = format!("{}.", q.name);
                        says(&[(&owner, RData::CNAME(CNAME(target)))]).reply()
                    })
                },
                (Fail, "alias-too-long"),
            ),
            (
                "a crowd of silent servers",
                &|q| crowd(q).or_else(|| of_zone(q).then(silence)),
                (Inconclusive, common::LIMIT),
            ),
        ],
    );
}

#[test]
pub(super) fn delegations() {
    let own_ns = |asked: &Asked<'_>| asked.of_zone() && asked.is("example.vn", RecordType::NS);
    let only_first = || says(&[("example.vn.", ns("ns1.example.vn."))]).reply();
    let three = || {
        let servers = ["ns1.example.vn.", "ns2.example.vn.", "ns3.example.vn."];
        says(&servers.map(|server| ("example.vn.", ns(server)))).reply()
    };
    let server = |asked: &Asked<'_>| asked.recursive && asked.name == "ns2.example.vn";
    let aliased = |asked: &Asked<'_>| {
        let (owner, data) = alias("ns2.example.vn.", "ns1.example.vn.");
        server(asked).then(|| says(&[(owner, data), ("ns1.example.vn.", at(NS1[0]))]).reply())
    };
    let parent = |asked: &Asked<'_>| asked.at == ROOT || asked.at == VN;
    table(
        "dns-delegation",
        &[
            ("healthy", &|_| None, (Pass, "agree")),
            ("only in the parent", &|q| own_ns(q).then(only_first), (Fail, "only-in-parent")),
            ("only in the child", &|q| own_ns(q).then(three), (Fail, "only-in-child")),
            ("alias", &aliased, (Fail, "alias")),
            ("alias or not", &|q| server(q).then(|| rcode(2)), (Inconclusive, common::UNRESOLVED)),
            (
                "SERVFAIL with authority",
                &|q| own_ns(q).then(|| rcode(2)),
                (Inconclusive, "child-not-seen"),
            ),
            ("no NS records", &|q| own_ns(q).then(|| rcode(0)), (Inconclusive, "child-not-seen")),
            ("silence", &|q| own_ns(q).then(silence), (Inconclusive, "child-not-seen")),
            ("our fault", &|q| own_ns(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "our fault at the one that may name more",
                &|q| own_ns(q).then(|| if q.at == NS1[0] { only_first() } else { ours() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            ("no parent", &|q| parent(q).then(|| rcode(5)), (Inconclusive, "parent-not-seen")),
            (
                "neither",
                &|q| (parent(q) || own_ns(q)).then(|| rcode(5)),
                (Inconclusive, "parent-not-seen"),
            ),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}

#[test]
pub(super) fn glue() {
    let glue = |asked: &Asked<'_>, ipv6: &'static str| {
        let servers: [(&str, &[&str]); 2] =
            [("ns1.example.vn.", &NS1), ("ns2.example.vn.", &[ipv6, NS2[1]])];
        (asked.at == VN).then(|| referral("example.vn.", &servers).reply())
    };
    let own = |asked: &Asked<'_>| asked.is("ns2.example.vn", RecordType::AAAA) && asked.recursive;
    let parent = |asked: &Asked<'_>| asked.at == ROOT || asked.at == VN;
    let elsewhere = |asked: &Asked<'_>| {
        let servers: [(&str, &[&str]); 1] = [("ns.other.example.", &[])];
        if asked.at == VN {
            return Some(referral("example.vn.", &servers).reply());
        }
        let is_set = asked.is("example.vn", RecordType::NS);
        is_set.then(|| says(&[("example.vn.", ns("ns.other.example."))]).reply())
    };
    let nothing = |asked: &Asked<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
    table(
        "dns-glue",
        &[
            ("healthy", &|_| None, (Pass, "all-equal")),
            ("none", &without_glue, (Fail, "missing")),
            ("another", &|q| glue(q, "2001:db8:2::54"), (Fail, "differs")),
            ("for a server without AAAA", &|q| own(q).then(|| rcode(0)), (Fail, "differs")),
            (
                "for an unknown server",
                &|q| own(q).then(|| rcode(2)),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("our fault", &|q| own(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            ("no parent", &|q| parent(q).then(|| rcode(5)), (Inconclusive, "parent-not-seen")),
            ("none needed", &elsewhere, (NotApplicable, "no-in-domain-servers")),
            ("no IPv6", &nothing, (NotApplicable, "no-ipv6")),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}

#[test]
pub(super) fn servers_with_ipv6() {
    let second = |asked: &Asked<'_>| asked.is("ns2.example.vn", RecordType::AAAA);
    let local = || says(&[("ns2.example.vn.", at("fd00::53"))]).reply();
    table(
        "dns-ns-aaaa",
        &[
            ("healthy", &|_| None, (Pass, "enough")),
            ("none", &without_ipv6, (Fail, "none")),
            ("one", &|q| second(q).then(|| rcode(0)), (Fail, "only-one")),
            ("one that is global", &|q| second(q).then(local), (Fail, "only-one")),
            (
                "one that is known",
                &|q| second(q).then(|| rcode(2)),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            (
                "a zone that the resolver can't find",
                &|q| q.recursive.then(|| rcode(2)),
                (Pass, "enough"),
            ),
            ("a crowd", &|q| crowd(q).or_else(|| without_ipv6(q)), (Inconclusive, common::LIMIT)),
        ],
    );
}

#[test]
pub(super) fn networks_of_servers() {
    let second = |asked: &Asked<'_>, found: &str| {
        let glue: [(&str, &[&str]); 2] =
            [("ns1.example.vn.", &NS1), ("ns2.example.vn.", &NS2[1..])];
        if asked.at == VN {
            return Some(referral("example.vn.", &glue).reply());
        }
        let is_it = asked.is("ns2.example.vn", RecordType::AAAA);
        is_it.then(|| match found {
            "" => rcode(0),
            found => says(&[("ns2.example.vn.", at(found))]).reply(),
        })
    };
    let local = |asked: &Asked<'_>| {
        let is_server = asked.name.starts_with("ns") && asked.record_type == RecordType::AAAA;
        let owner = format!("{}.", asked.name);
        is_server.then(|| says(&[(&owner, at("fd00::53"))]).reply())
    };
    table(
        "dns-ns-diversity",
        &[
            ("healthy", &|_| None, (Pass, "several-prefixes")),
            ("one network", &|q| second(q, "2001:db8:1::54"), (Fail, "one-prefix")),
            ("one address", &|q| second(q, ""), (Fail, "one-address")),
            ("one that is global", &|q| second(q, "fd00::53"), (Fail, "one-address")),
            ("none that is global", &local, (Fail, "not-global")),
            ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
            (
                "unknown",
                &|q| unknown_server(q, RecordType::AAAA),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("a crowd", &|q| crowd(q).or_else(|| second(q, "")), (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}

#[test]
pub(super) fn ases_of_servers() {
    use crate::model::OriginTable;
    let announced = |routes: &str| {
        let mut world = World::of("web: \"https://www.example.vn/\", state: active");
        world.inventory.settings.has_origin_data = true;
        let mut world = world.asked(&|_| None);
        let table = OriginTable::parse(routes, None).unwrap();
        for address in [NS1[0], NS2[0]] {
            let address = address.parse().unwrap();
            world = world.looked_up(address, Some(table.find(address)));
        }
        world
    };
    for (routes, expected) in [
        ("2001:db8:1::/48 64500\n2001:db8:2::/48 64501", (Pass, "several-ases")),
        ("2001:db8::/32 64500", (Fail, "one-as")),
        ("2001:db8:1::/48 64500", (Inconclusive, "not-in-table")),
    ] {
        assert_eq!(announced(routes).says("dns-ns-diversity"), expected, "{routes}");
    }
    let mut unasked = World::of("web: \"https://www.example.vn/\", state: active");
    unasked.inventory.settings.has_origin_data = true;
    let unasked = unasked.asked(&|_| None);
    assert_eq!(unasked.says("dns-ns-diversity"), (Inconclusive, common::NOT_OBSERVED));
}

#[test]
pub(super) fn large_answers() {
    let asked_for = |asked: &Asked<'_>, record_type| {
        asked.at == NS2[0] && asked.dnssec_ok && asked.is("example.vn", record_type)
    };
    let key = move |asked: &Asked<'_>| asked_for(asked, RecordType::DNSKEY);
    let any = move |asked: &Asked<'_>| key(asked) || asked_for(asked, RecordType::TXT);
    let large = |hundreds: u32| {
        let texts = (0..hundreds).map(|n| format!("{n}{}", "x".repeat(99))).collect();
        let text = RData::TXT(hickory_proto::rr::rdata::TXT::new(texts));
        says(&[("example.vn.", text)])
    };
    let all_large = move |asked: &Asked<'_>| {
        let is_it =
            asked.dnssec_ok && asked.of_zone() && asked.is("example.vn", RecordType::DNSKEY);
        is_it.then(|| large(9).reply())
    };
    let over = move |asked: &Asked<'_>, tcp: fn() -> Reply| {
        any(asked).then(|| if asked.over == Tcp { tcp() } else { truncated() })
    };
    table(
        "dns-large-answer",
        &[
            ("nothing large", &|_| None, (NotApplicable, "nothing-large")),
            ("large", &all_large, (Pass, "all-arrive")),
            ("over TCP", &|q| over(q, || says(&[]).reply()), (Pass, "all-arrive")),
            ("not over TCP", &|q| over(q, silence), (Fail, "tcp-fails")),
            ("SERVFAIL over TCP", &|q| over(q, || rcode(2)), (Fail, "tcp-fails")),
            ("our fault over TCP", &|q| over(q, ours), (Inconclusive, common::OUR_FAULT)),
            ("lost", &|q| any(q).then(silence), (Fail, "lost")),
            ("without EDNS", &|q| any(q).then(|| rcode(1)), (Fail, "edns-refused")),
            ("garbage", &|q| any(q).then(garbage), (Fail, "malformed")),
            ("very large", &|q| any(q).then(|| large(14).reply()), (Fail, "exceeds-offer")),
            ("SERVFAIL", &|q| any(q).then(|| rcode(2)), (Inconclusive, common::LOWER_LAYER)),
            (
                "SERVFAIL for keys only",
                &|q| key(q).then(|| rcode(2)),
                (Inconclusive, common::LOWER_LAYER),
            ),
            ("our fault", &|q| any(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "no datagrams",
                &|q| (q.at == NS2[0] && q.over == Udp).then(silence),
                (Inconclusive, common::LOWER_LAYER),
            ),
            (
                "unknown",
                &|q| unknown_server(q, RecordType::AAAA),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}

#[test]
pub(super) fn empty_answers_without_an_soa() {
    let empty = || Says::default().reply();
    let of_resolver = |asked: &Asked<'_>| asked.recursive && asked.is(WWW, RecordType::AAAA);
    let of_zone = |asked: &Asked<'_>| asked.of_zone() && asked.is(WWW, RecordType::AAAA);
    let rows: [(&str, Change<'_>, _); 3] = [
        ("confirmed", &|q| (of_resolver(q) || of_zone(q)).then(|| rcode(0)), (Fail, "no-data")),
        (
            "lame servers",
            &|q| (of_resolver(q) || q.of_zone()).then(empty),
            (Inconclusive, "unconfirmed"),
        ),
        (
            "our fault at the servers",
            &|q| if of_resolver(q) { Some(empty()) } else { q.of_zone().then(ours) },
            (Inconclusive, "unconfirmed"),
        ),
    ];
    for (what, change, expected) in rows {
        let world = World::below("web: \"https://www.example.vn/\", state: active", change);
        assert_eq!(world.says("dns-aaaa"), expected, "{what}");
    }
}
