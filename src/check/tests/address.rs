//! What the published addresses themselves tell, and their names.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::PTR;

use super::*;

const CHECKS: [&str; 5] =
    ["address-global", "address-owned", "address-origin", "address-ipv4-embedded", "dns-ptr"];

#[test]
pub(super) fn ranges_of_addresses() {
    for (state, addresses, expected) in [
        ("active", &["2600::1"][..], (Pass, "global")),
        ("active", &["2001:db8::1"], (Pass, "declared-testbed")),
        // One that counts only by what is declared speaks for all.
        ("active", &["2600::1", "2001:db8::1"], (Pass, "declared-testbed")),
        ("active", &["fd00::1"], (Fail, "special-purpose")),
        ("active", &["2001:db8::1", "fe80::1"], (Fail, "special-purpose")),
        ("internal", &["fd00::1"], (Pass, "declared-internal")),
        ("internal", &["2001:db8::1"], (Fail, "outside-declared")),
        ("active", &[], (NotApplicable, common::NO_IPV6)),
    ] {
        let mut world = World::new(state).addressed(addresses);
        if state == "internal" {
            world = declaring(world, "fd00::/8", |network| network.internal = true);
        }
        assert_eq!(world.says("address-global"), expected, "{state} {addresses:?}");
    }
}

fn declaring(mut world: World, prefix: &str, change: impl Fn(&mut crate::model::Network)) -> World {
    let mut networks: Vec<_> = world.inventory.networks.iter().cloned().collect();
    let mut network = networks[0].clone();
    network.prefix = prefix.parse().unwrap();
    network.testbed = false;
    change(&mut network);
    networks.push(network);
    world.inventory.networks = crate::model::Networks::new(networks);
    world
}

#[test]
pub(super) fn networks_of_addresses() {
    for (addresses, expected) in [
        (&["2001:db8::1"][..], (Pass, "declared")),
        (&["2001:db8::1", "2600::1"], (Fail, "undeclared")),
    ] {
        let world = World::new("active").addressed(addresses);
        assert_eq!(world.says("address-owned"), expected, "{addresses:?}");
    }
    let mut none = World::new("active").published();
    none.inventory.networks = crate::model::Networks::default();
    assert_eq!(none.says("address-owned"), (NotApplicable, "none-declared"));
}

#[test]
pub(super) fn what_addresses_give_away() {
    let broken = message(ResponseCode::ServFail, &[]);
    let ours = Reply::DnsFailed(NetFailure::NoRoute);
    let four = answer(&[address("192.0.2.1")]);
    let none = answer(&[]);
    for (six, a, expected) in [
        ("2001:db8::1", &four, (Pass, "independent")),
        ("2001:db8::1", &none, (Pass, "independent")),
        ("2001:db8::192:0:2:1", &four, (Fail, "ipv4-embedded")),
        ("2001:db8::5054:ff:fe12:3456", &four, (Fail, "mac-embedded")),
        ("2001:db8::5054:ff:fe12:3456", &broken, (Fail, "mac-embedded")),
        // Which IPv4 address it could hold isn't known.
        ("2001:db8::1", &broken, (Inconclusive, common::UNRESOLVED)),
        ("2001:db8::1", &ours, (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &answer(&[address(six)]))
            .dns("www.example.vn", RecordType::A, a);
        assert_eq!(world.says("address-ipv4-embedded"), expected, "{six} {a:?}");
    }
    let half = World::new("active").dns(
        "www.example.vn",
        RecordType::AAAA,
        &answer(&[address("2001:db8::1")]),
    );
    assert_eq!(half.says("address-ipv4-embedded"), (Inconclusive, common::NOT_OBSERVED));
}

#[test]
pub(super) fn names_of_addresses() {
    const OWNER: &str = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    let owner = format!("{OWNER}.");
    let to = |names: &[&str]| {
        let data = |name: &&str| RData::PTR(PTR(WireName::from_ascii(name).unwrap()));
        let records: Vec<_> = names.iter().map(|name| (owner.as_str(), data(name))).collect();
        answer(&records)
    };
    let own = ["www.example.vn."];
    let many = ["a.vn.", "b.vn.", "c.vn.", "d.vn.", "e.vn."];
    let broken = || message(ResponseCode::ServFail, &[]);
    let ours = || Reply::DnsFailed(NetFailure::NoRoute);
    for (ptr, other, expected) in [
        (to(&own), answer(&[]), (Pass, "resolves-back")),
        (to(&["a.vn.", "www.example.vn."]), broken(), (Pass, "resolves-back")),
        (to(&[]), answer(&[]), (Fail, "no-ptr")),
        (message(ResponseCode::NXDomain, &[]), answer(&[]), (Fail, "no-ptr")),
        (to(&["a.vn."]), answer(&[]), (Fail, "other-address")),
        (to(&many[..4]), answer(&[]), (Fail, "other-address")),
        // One of the names that were not looked up may lead back.
        (to(&many), answer(&[]), (Inconclusive, common::LIMIT)),
        (to(&["a.vn."]), broken(), (Inconclusive, common::UNRESOLVED)),
        (to(&["a.vn."]), ours(), (Inconclusive, common::OUR_FAULT)),
        (broken(), answer(&[]), (Inconclusive, common::UNRESOLVED)),
        (ours(), answer(&[]), (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut world = World::new("active").published().dns(OWNER, RecordType::PTR, &ptr);
        for name in many {
            world = world.dns(name.trim_end_matches('.'), RecordType::AAAA, &other);
        }
        assert_eq!(world.says("dns-ptr"), expected, "{ptr:?} {other:?}");
    }
    assert_eq!(
        World::new("active").published().says("dns-ptr"),
        (Inconclusive, common::NOT_OBSERVED)
    );
}

#[test]
pub(super) fn addresses_that_are_not_known() {
    for (reply, expected) in [
        (answer(&[]), (NotApplicable, common::NO_IPV6)),
        (message(ResponseCode::NXDomain, &[]), (NotApplicable, common::NO_IPV6)),
        (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::TimedOut), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut world = World::new("active").dns("www.example.vn", RecordType::AAAA, &reply);
        world.inventory.settings.has_origin_data = true;
        let further = ["reach-echo", "reach-port", "reach-stable", "tls-handshake", "web-http3"];
        for id in CHECKS.into_iter().chain(further) {
            assert_eq!(world.says(id), expected, "{id} {reply:?}");
        }
    }
    for id in CHECKS {
        let mut retired = World::new("retired").published();
        retired.inventory.settings.has_origin_data = true;
        assert_eq!(retired.says(id), (NotApplicable, common::RETIRED), "{id}");
        let mut unasked = World::new("active");
        unasked.inventory.settings.has_origin_data = true;
        assert_eq!(unasked.says(id), (Inconclusive, common::NOT_OBSERVED), "{id}");
    }
}
