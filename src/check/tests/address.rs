//! The published addresses themselves, and their names.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::PTR;

use super::builders::{nxdomain, servfail, unasked};
use super::*;

const NIBBLES: &str = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

#[test]
pub(super) fn addresses_that_packets_reach_or_not() {
    for (state, six, four, global, owned, embedded) in [
        (
            "active",
            "2001:db8::1",
            "192.0.2.1",
            (Pass, "declared-testbed"),
            (Pass, "declared"),
            "independent",
        ),
        (
            "active",
            "fe80::1",
            "192.0.2.1",
            (Fail, "special-purpose"),
            (Fail, "undeclared"),
            "independent",
        ),
        (
            "active",
            "2400:cb00::1",
            "192.0.2.1",
            (Pass, "global"),
            (Fail, "undeclared"),
            "independent",
        ),
        (
            "internal",
            "2001:db8::1",
            "192.0.2.1",
            (Fail, "outside-declared"),
            (Pass, "declared"),
            "independent",
        ),
        (
            "active",
            "2001:db8::c000:201",
            "192.0.2.1",
            (Pass, "declared-testbed"),
            (Pass, "declared"),
            "ipv4-embedded",
        ),
        (
            "active",
            "2001:db8::5054:ff:fe12:1",
            "192.0.2.1",
            (Pass, "declared-testbed"),
            (Pass, "declared"),
            "mac-embedded",
        ),
    ] {
        let world = World::new(state).host("www.example.vn", &[six, four]);
        let embedded = (if embedded == "independent" { Pass } else { Fail }, embedded);
        let subjects = world.verdict("address-global").subjects;
        assert_eq!(subjects.len(), 1, "{six}");
        assert_eq!(world.says("address-global"), global, "{state} {six}");
        assert_eq!(world.says("address-owned"), owned, "{state} {six}");
        assert_eq!(world.says("address-ipv4-embedded"), embedded, "{state} {six}");
    }
    let mut inside = World::new("internal").published();
    let networks = inside.inventory.networks.iter().cloned().map(|mut network| {
        network.internal = true;
        network
    });
    inside.inventory.networks = crate::model::Networks::new(networks.collect());
    let verdict = inside.verdict("address-global");
    assert_eq!((verdict.outcome, verdict.reason), (Pass, "declared-internal"));
    let mut nobodys = World::new("active").published();
    nobodys.inventory.networks = crate::model::Networks::default();
    assert_eq!(nobodys.says("address-owned"), (NotApplicable, "none-declared"));
    // Whether an unknown address over IPv4 is embedded is not known.
    for (a, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let six = answer(&[address("2001:db8::1")]);
        let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &six).dns(
            "www.example.vn",
            RecordType::A,
            &a,
        );
        assert_eq!(world.says("address-ipv4-embedded"), (Inconclusive, expected));
    }
    for (aaaa, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &aaaa);
        for id in ["address-global", "address-owned", "address-ipv4-embedded", "dns-ptr"] {
            assert_eq!(world.says(id), (Inconclusive, expected), "{id}");
        }
    }
}

#[test]
pub(super) fn reverse_names() {
    let arpa = format!("1.0.0.0.{NIBBLES}");
    let pointers = |names: &[&str]| {
        let data = |name: &&str| RData::PTR(PTR(WireName::from_ascii(name).unwrap()));
        let owner = format!("{arpa}.");
        let records: Vec<_> = names.iter().map(|name| (owner.as_str(), data(name))).collect();
        answer(&records)
    };
    let back = |name: &str, six: &[&str]| {
        let world = World::new("active").published();
        let world = world.dns(&arpa, RecordType::PTR, &pointers(&[name]));
        world.host(name.trim_end_matches('.'), six)
    };
    let of = |reply: &Reply| World::new("active").published().dns(&arpa, RecordType::PTR, reply);
    let later = |reply: &Reply| {
        of(&pointers(&["a.example.vn."])).dns("a.example.vn", RecordType::AAAA, reply)
    };
    let many = || {
        let names: Vec<String> = (1..=5).map(|at| format!("a{at}.example.vn.")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut world = of(&pointers(&names));
        for name in names {
            world = world.host(name.trim_end_matches('.'), &[]);
        }
        world
    };
    for (world, expected) in [
        (back("a.example.vn.", &["2001:db8::1"]), (Pass, "resolves-back")),
        (back("a.example.vn.", &["2001:db8::2"]), (Fail, "other-address")),
        (back("a.example.vn.", &[]), (Fail, "other-address")),
        (of(&nxdomain()), (Fail, "no-ptr")),
        (of(&servfail()), (Inconclusive, common::UNRESOLVED)),
        (of(&unasked()), (Inconclusive, common::OUR_FAULT)),
        (later(&servfail()), (Inconclusive, common::UNRESOLVED)),
        (later(&unasked()), (Inconclusive, common::OUR_FAULT)),
        (many(), (Inconclusive, common::LIMIT)),
        (World::new("active").published(), (Inconclusive, common::NOT_OBSERVED)),
        (World::new("retired").published(), (NotApplicable, common::RETIRED)),
    ] {
        assert_eq!(world.says("dns-ptr"), expected);
    }
}

#[test]
pub(super) fn more_addresses_than_are_looked_at() {
    let published = |count: usize, limit: usize| {
        let six: Vec<String> = (1..=count).map(|at| format!("2001:db8::{at}")).collect();
        let all: Vec<&str> = six.iter().map(String::as_str).chain(["192.0.2.1"]).collect();
        let mut world = World::new("active").host("www.example.vn", &all);
        world.inventory.settings.limits.addresses = limit;
        world
    };
    let open = |mut world: World, count: usize| {
        for at in 1..=count {
            world = world.connects(&format!("[2001:db8::{at}]:443"), &[Ok(())]);
        }
        world
    };
    for (world, expected) in [
        (open(published(2, 2), 2), (Pass, "open")),
        (open(published(3, 2), 2), (Inconclusive, common::LIMIT)),
    ] {
        assert_eq!(world.says("reach-port"), expected);
    }
    let closed = open(published(3, 2), 1);
    let closed =
        closed.connects("[2001:db8::2]:443", &[Err(NetFailure::Refused), Err(NetFailure::Refused)]);
    assert_eq!(closed.says("reach-port"), (Fail, "refused"));
    let world = published(3, 2);
    for id in ["address-global", "address-owned", "address-ipv4-embedded"] {
        assert_eq!(world.says(id), (Inconclusive, common::LIMIT), "{id}");
    }
}
