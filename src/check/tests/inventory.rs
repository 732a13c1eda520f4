//! The declared state against what was seen.

use hickory_proto::rr::rdata::MX;

use super::*;

const PROBE: &str = "v6ready-wildcard-probe.example.vn";

fn nothing() -> Reply {
    message(ResponseCode::NXDomain, &[])
}

/// The service's name has this, and names beside it nothing.
fn named(world: World, aaaa: &Reply, a: &Reply) -> World {
    world
        .dns("www.example.vn", RecordType::AAAA, aaaa)
        .dns("www.example.vn", RecordType::A, a)
        .dns(PROBE, RecordType::AAAA, &nothing())
        .dns(PROBE, RecordType::A, &nothing())
}

#[test]
pub(super) fn names_against_their_declared_state() {
    use Outcome::{Fail, Inconclusive, Pass};
    let six = answer(&[address("2001:db8::1")]);
    let four = answer(&[address("192.0.2.1")]);
    let broken = message(ResponseCode::ServFail, &[]);
    for (state, aaaa, a, expected) in [
        ("active", &six, &four, (Pass, "as-declared")),
        ("active", &nothing(), &four, (Pass, "as-declared")),
        ("active", &answer(&[]), &answer(&[]), (Fail, "active-but-gone")),
        ("active", &nothing(), &nothing(), (Fail, "active-but-gone")),
        ("active", &broken, &nothing(), (Inconclusive, common::UNRESOLVED)),
        ("active", &broken, &four, (Pass, "as-declared")),
        ("retired", &nothing(), &nothing(), (Pass, "as-declared")),
        ("retired", &broken, &broken, (Inconclusive, common::UNRESOLVED)),
        ("retired", &six, &four, (Inconclusive, common::NOT_OBSERVED)),
        // The addresses of a declared testbed count as public.
        ("internal", &six, &nothing(), (Fail, "internal-but-public")),
        ("internal", &nothing(), &nothing(), (Pass, "as-declared")),
        ("internal", &broken, &nothing(), (Inconclusive, common::UNRESOLVED)),
        ("ipv6-only", &six, &nothing(), (Pass, "as-declared")),
        ("ipv6-only", &six, &four, (Fail, "has-ipv4")),
        ("ipv6-only", &nothing(), &nothing(), (Fail, "active-but-gone")),
        ("ipv6-only", &six, &broken, (Inconclusive, common::UNRESOLVED)),
        ("redirected", &nothing(), &nothing(), (Inconclusive, common::LOWER_LAYER)),
    ] {
        let world = named(World::new(state), aaaa, a);
        assert_eq!(world.says("inventory-state"), expected, "{state} {aaaa:?} {a:?}");
    }
}

#[test]
pub(super) fn a_wildcard_proves_nothing() {
    let six = answer(&[address("2001:db8::1")]);
    let sibling = |text: &str| {
        let (_, data) = address(text);
        answer(&[("v6ready-wildcard-probe.example.vn.", data)])
    };
    for (probed, expected) in [
        (sibling("2001:db8::1"), (Outcome::Fail, "wildcard")),
        // A wildcard beside a name of its own.
        (sibling("2001:db8::2"), (Outcome::Pass, "as-declared")),
    ] {
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &six)
            .dns("www.example.vn", RecordType::A, &nothing())
            .dns(PROBE, RecordType::AAAA, &probed)
            .dns(PROBE, RecordType::A, &nothing());
        assert_eq!(world.says("inventory-state"), expected);
    }
}

#[test]
pub(super) fn mail_domains_and_zones_have_servers_instead_of_addresses() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let mx = |host: &str| {
        let data = RData::MX(MX::new(10, WireName::from_ascii(host).unwrap()));
        answer(&[("example.vn.", data)])
    };
    let broken = message(ResponseCode::ServFail, &[]);
    for (state, reply, expected) in [
        ("active", &mx("mx.example.vn."), (Pass, "as-declared")),
        ("active", &mx("."), (Fail, "active-but-gone")),
        ("active", &nothing(), (Fail, "active-but-gone")),
        ("active", &broken, (Inconclusive, common::UNRESOLVED)),
        ("retired", &mx("mx.example.vn."), (Fail, "retired-but-published")),
        ("retired", &mx("."), (Pass, "as-declared")),
        ("internal", &mx("."), (NotApplicable, common::OTHER_KIND)),
    ] {
        let world = World::of(&format!("mail: example.vn, state: {state}"));
        let world = world.dns("example.vn", RecordType::MX, reply);
        assert_eq!(world.says("inventory-state"), expected, "mail {state} {reply:?}");
    }
    for (state, reply, expected) in [
        ("active", &nothing(), (Fail, "active-but-gone")),
        ("active", &broken, (Inconclusive, common::UNRESOLVED)),
        ("retired", &nothing(), (Pass, "as-declared")),
    ] {
        let world = World::of(&format!("zone: example.vn, state: {state}"));
        let world = world.dns("example.vn", RecordType::SOA, reply);
        assert_eq!(world.says("inventory-state"), expected, "zone {state} {reply:?}");
    }
}

#[test]
pub(super) fn an_address_literal_needs_no_name() {
    for (declared, expected) in [
        ("tcp: \"192.0.2.1:80\", state: ipv6-only", (Outcome::Fail, "has-ipv4")),
        ("tcp: \"[2001:db8::1]:80\", state: ipv6-only", (Outcome::Pass, "as-declared")),
        ("tcp: \"192.0.2.1:80\", state: internal", (Outcome::Fail, "internal-but-public")),
        ("tcp: \"10.0.0.1:80\", state: internal", (Outcome::Pass, "as-declared")),
        ("tcp: \"192.0.2.1:80\", state: retired", (Outcome::Inconclusive, common::NOT_OBSERVED)),
    ] {
        assert_eq!(World::of(declared).says("inventory-state"), expected, "{declared}");
    }
}
