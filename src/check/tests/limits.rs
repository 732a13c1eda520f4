//! What lies beyond a limit of ours is not taken for seen.

use Outcome::{Inconclusive, NotApplicable, Pass};

use super::builders::{page, to};
use super::*;

const SIX: &str = "2001:db8::1";

#[test]
pub(super) fn addresses_of_a_redirect_target() {
    let other = "https://other.vn/";
    for (limit, expected) in [(2, (Pass, "followed")), (1, (Inconclusive, common::LIMIT))] {
        let mut world = World::new("active")
            .host("www.example.vn", &[SIX])
            .host("other.vn", &["2001:db8::8", "2001:db8::9"])
            .visits(URL, SIX, &[&to(other)])
            .visits(other, "2001:db8::8", &[&page()])
            .visits(other, "2001:db8::9", &[&page()]);
        world.inventory.settings.limits.addresses = limit;
        assert_eq!(world.says("web-redirects"), expected, "{limit}");
    }
}

#[test]
pub(super) fn addresses_that_may_advertise_what_others_do_not() {
    for (limit, expected) in
        [(2, (NotApplicable, "not-advertised")), (1, (Inconclusive, common::LIMIT))]
    {
        let mut world = World::new("active")
            .host("www.example.vn", &[SIX, "2001:db8::2"])
            .visits(URL, SIX, &[&page()])
            .visits(URL, "2001:db8::2", &[&page()]);
        world.inventory.settings.limits.addresses = limit;
        assert_eq!(world.says("web-http3"), expected, "{limit}");
    }
}
