//! What lies beyond a limit of ours is not taken for seen.

use crate::check::common;
use crate::check::testing::dns::{address, answer};
use crate::check::testing::web::{page, responds, to};
use crate::check::testing::world::{FOUR, SIX, URL, World};
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{Conversation, NetFailure, RecordType};

#[test]
fn addresses_of_a_redirect_target() {
    let other = "https://other.vn/";
    for (limit, expected) in [(2, (Pass, "followed")), (1, (Inconclusive, common::LIMIT))] {
        let mut world = World::new("active")
            .host("www.example.vn", &[SIX])
            .host("other.vn", &["2001:db8::8", "2001:db8::9"])
            .visits(URL, SIX, &[&to(other)])
            .visits(other, "2001:db8::8", &[&page()])
            .visits(other, "2001:db8::9", &[&page()]);
        world.inventory.settings.limits.addresses = limit;
        assert_eq!(world.outcome_of("web-redirects"), expected, "{limit}");
    }
}

#[test]
fn addresses_that_may_advertise_what_others_do_not() {
    for (limit, expected) in
        [(2, (NotApplicable, "not-advertised")), (1, (Inconclusive, common::LIMIT))]
    {
        let mut world = World::new("active")
            .host("www.example.vn", &[SIX, "2001:db8::2"])
            .visits(URL, SIX, &[&page()])
            .visits(URL, "2001:db8::2", &[&page()]);
        world.inventory.settings.limits.addresses = limit;
        assert_eq!(world.outcome_of("web-http3"), expected, "{limit}");
    }
}

#[test]
fn addresses_beyond_the_limit() {
    let limited =
        |six: &Conversation| {
            let both = answer(&[address(SIX), address("2001:db8::9")]);
            let mut world = World::new("active")
                .dns("www.example.vn", RecordType::AAAA, &both)
                .dns("www.example.vn", RecordType::A, &answer(&[address(FOUR)]));
            world.inventory.settings.limits.addresses = 1;
            world.visit(URL, SIX, six).visit(URL, FOUR, &page())
        };
    for id in [
        "web-answers",
        "web-status-parity",
        "web-content-parity",
        "web-headers-parity",
        "web-redirects",
        "web-ipv4-literals",
    ] {
        assert_eq!(limited(&page()).outcome_of(id), (Inconclusive, common::LIMIT), "{id}");
    }
    // What fails at one address fails; a client is served when another leads to the end.
    let fails = limited(&responds(503, &[], ""));
    assert_eq!(fails.outcome_of("web-answers"), (Fail, "error-status"));
    assert_eq!(fails.outcome_of("ipv6-only-usable"), (Inconclusive, common::LIMIT));
}

#[test]
fn more_addresses_than_are_looked_at() {
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
        assert_eq!(world.outcome_of("reach-port"), expected);
    }
    let closed = open(published(3, 2), 1);
    let closed =
        closed.connects("[2001:db8::2]:443", &[Err(NetFailure::Refused), Err(NetFailure::Refused)]);
    assert_eq!(closed.outcome_of("reach-port"), (Fail, "refused"));
    let world = published(3, 2);
    for id in ["address-global", "address-owned", "address-ipv4-embedded"] {
        assert_eq!(world.outcome_of(id), (Inconclusive, common::LIMIT), "{id}");
    }
}
