//! By a wrong clock of our own no date judges anybody, and all else does as ever.

use crate::check::common;
use crate::check::dns::dns_dnssec::tests::in_expired_zone;
use crate::check::testing::certificates::{leaf_params, root_authority, signed_certificate};
use crate::check::testing::tls::{TLS_SIX, handshake, tls_service, trusting};
use crate::check::testing::web::session;
use crate::check::testing::world::World;
use crate::model::Outcome::{Fail, Inconclusive, Pass};
use crate::model::{Blob, Outcome, TlsSession};

const NOBODY: (Outcome, &str) = (Inconclusive, common::OUR_CLOCK);

/// By a right clock and by a wrong one.
fn outcomes(world: &World, id: &str) -> [(Outcome, &'static str); 2] {
    [false, true].map(|is_wrong| {
        let verdict = world.verdict_in(world.view().by_clock(is_wrong), id);
        (verdict.outcome, verdict.reason)
    })
}

/// A service with a certificate for this name that begins in that year; the worlds' year is 1970.
fn certified(name: &str, begins: i32, ocsp: bool) -> World {
    let root = root_authority("good");
    let mut params = leaf_params(&[name]);
    params.not_before = rcgen::date_time_ymd(begins, 1, 1);
    params.not_after = rcgen::date_time_ymd(1990, 12, 1);
    let chain = vec![signed_certificate(&params, &root)];
    let ocsp = ocsp.then(|| Blob::new(b"a staple".to_vec()));
    let seen = handshake(TlsSession { chain, ocsp, ..session() });
    trusting(tls_service().shaken(TLS_SIX, &[&seen]), &root)
}

#[test]
fn certificates() {
    for (name, begins, id, expected) in [
        ("www.example.vn", 1969, "tls-validity", [(Pass, "valid"), NOBODY]),
        ("www.example.vn", 1980, "tls-validity", [(Fail, "not-yet-valid"), NOBODY]),
        ("www.example.vn", 1980, "tls-trusted", [(Pass, "trusted"); 2]),
        ("www.example.vn", 1980, "tls-name", [(Pass, "name-matches"); 2]),
        ("other.example", 1980, "tls-name", [(Fail, "name-mismatch"); 2]),
        // For another name nobody takes it at any time.
        ("other.example", 1980, "ipv6-only-usable", [(Fail, "certificate-invalid"); 2]),
    ] {
        let world = certified(name, begins, false);
        assert_eq!(outcomes(&world, id), expected, "{name} {begins} {id}");
    }
    // What a staple says holds for days.
    let stapled = certified("www.example.vn", 1980, true);
    assert_eq!(outcomes(&stapled, "tls-trusted"), [(Pass, "trusted"), NOBODY]);
}

#[test]
fn signatures() {
    let site = "web: \"https://www.example.vn/\"";
    for validates in [true, false] {
        let world = in_expired_zone(site, validates);
        assert_eq!(outcomes(&world, "dns-dnssec"), [(Fail, "expired"), NOBODY]);
    }
    let world = in_expired_zone(site, false);
    assert_eq!(outcomes(&world, "dns-aaaa"), [(Fail, "bogus"), (Pass, "published")]);
}
