//! A pass over a part of the addresses is not a pass.

use Outcome::{Fail, Inconclusive, Pass};

use super::conversations::*;
use super::*;

/// A service with two IPv6 addresses of which one is asked, and one IPv4 address.
fn world(limit: usize, attempts: &[Conversation]) -> World {
    let mut world = World::new("active")
        .addressed(&["2001:db8::1", "2001:db8::2", "192.0.2.1"])
        .talks(SIX, attempts)
        .talks(FOUR, &[secured(session(&[]))])
        .talks_plainly("[2001:db8::1]:80", &[up()])
        .talks_plainly("192.0.2.1:80", &[up()]);
    world.inventory.settings.limits.addresses = limit;
    world
}

#[test]
pub(super) fn addresses_beyond_the_limit_are_named() {
    let limited = (Inconclusive, common::LIMIT);
    let well = world(1, &[secured(session(&[]))]);
    for id in ["reach-port", "reach-parity", "tls-handshake", "tls-parity", "tls-key-exchange"] {
        assert_eq!(well.says(id), limited, "{id}");
        let last = well.verdict(id).subjects.pop().unwrap();
        assert!(last.name.to_string().starts_with("[2001:db8::2]:"), "{id}");
        assert_eq!((last.outcome, last.reason), limited, "{id}");
        let both = world(2, &[secured(session(&[]))])
            .talks(SIX_TOO, &[secured(session(&[]))])
            .talks_plainly("[2001:db8::2]:80", &[up()]);
        assert_eq!(both.verdict(id).outcome, Pass, "{id}");
    }
    // What fails fails.
    let refused = world(1, &[down(NetFailure::Refused), down(NetFailure::Refused)]);
    assert_eq!(refused.says("reach-port"), (Fail, "refused"));
    // Nothing asked at all.
    for id in ["address-origin", "reach-echo", "dns-ptr", "web-answers", "web-http3"] {
        let mut world = world(0, &[]);
        world.inventory.settings.has_origin_data = true;
        assert_eq!(world.says(id), limited, "{id}");
    }
    // These ask nothing of the addresses, and look at all of them.
    assert_eq!(well.says("address-global"), (Pass, "declared-testbed"));
    assert_eq!(well.verdict("address-global").subjects.len(), 2);
    assert_eq!(well.says("address-owned"), (Pass, "declared"));
    assert_eq!(well.says("address-ipv4-embedded"), (Pass, "independent"));
}

#[test]
pub(super) fn a_retired_name_with_more_addresses_than_are_asked() {
    let silent = [down(NetFailure::TimedOut), down(NetFailure::TimedOut)];
    let mut world = World::new("retired").addressed(&["2001:db8::1", "2001:db8::2"]);
    world = world.talks(SIX, &silent).talks_plainly("[2001:db8::1]:80", &silent);
    world.inventory.settings.limits.addresses = 1;
    assert_eq!(world.says("inventory-state"), (Inconclusive, common::LIMIT));
}
