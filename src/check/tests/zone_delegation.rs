//! What the parent zone says of a zone, and where its name servers lie.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::zone::*;
use super::zone_servers::{crowd, nowhere, table, unknown_server, without_ipv6};
use super::zone_way::without_glue;
use super::*;

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
