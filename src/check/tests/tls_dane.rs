//! TLSA records against the certificates that the addresses show.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::TLSA;
use hickory_proto::rr::{Name as Owner, RecordType as WireType};

use super::certificates::*;
use super::conversations::*;
use super::*;
use crate::facts::dnssec::signed::{Zone, n, record};

const OWNER: &str = "_443._tcp.www.example.vn.";

/// A record that names a certificate whole.
fn names(usage: u8, certificate: &Blob) -> TLSA {
    TLSA::new(usage.into(), 0.into(), 0.into(), certificate.bytes().to_vec())
}

fn tlsa(records: &[TLSA]) -> Vec<Record> {
    records.iter().map(|tlsa| record(n(OWNER), RData::TLSA(tlsa.clone()))).collect()
}

impl World {
    /// No zone begins at a name.
    fn no_cut(self, zone: &Zone, name: &str) -> Self {
        let denial = zone.nsec(name, "example.vn.", &[WireType::TLSA, WireType::AAAA]);
        self.signed(name, WireType::DS, (vec![], denial))
    }

    /// The host is no alias.
    fn with_host(self, zone: &Zone) -> Self {
        let data = address("2001:db8::1").1;
        let host = zone.signed(vec![record(n("www.example.vn."), data)]);
        self.no_cut(zone, "www.example.vn.").signed(
            "www.example.vn.",
            WireType::AAAA,
            (host, vec![]),
        )
    }

    fn with_tlsa(mut self, zone: &Zone, sections: (Vec<Record>, Vec<Record>)) -> Self {
        for name in ["_tcp.www.example.vn.", OWNER] {
            self = self.no_cut(zone, name);
        }
        self.signed(OWNER, WireType::TLSA, sections)
    }
}

/// The address shows this chain, and the zone is signed.
fn world(zone: &Zone, attempts: &[Conversation]) -> World {
    World::new("active").published().talks(SIX, attempts).anchored(zone).with_host(zone)
}

#[test]
pub(super) fn tlsa_records_and_what_is_shown() {
    let zone = Zone::new("example.vn.");
    let (ca, stranger) = (Authority::root("ca"), Authority::root("stranger"));
    let (leaf, foreign) = (ca.leaf(for_host()), stranger.leaf(for_host()));
    let chain = [secured(session(&[leaf.clone(), ca.blob()]))];
    let strange = [secured(session(&[foreign.clone(), stranger.blob()]))];
    let bare = [secured(session(std::slice::from_ref(&leaf)))];
    let other = || names(3, &foreign);
    for (attempts, records, expected) in [
        (&chain, vec![names(3, &leaf)], (Pass, "matches")),
        (&chain, vec![names(2, &ca.blob())], (Pass, "matches")),
        (&chain, vec![other(), names(3, &leaf)], (Pass, "matches")),
        (&chain, vec![other()], (Fail, "mismatch")),
        (&strange, vec![names(1, &foreign)], (Fail, "untrusted")),
        (&chain, vec![names(9, &leaf)], (Fail, "unusable")),
        (&bare, vec![names(0, &ca.blob())], (Inconclusive, "root-not-seen")),
        // The record that names it may be one of those that were not looked at.
        (&chain, vec![other(); 17], (Inconclusive, common::LIMIT)),
    ] {
        let numbered = records.iter().enumerate().map(|(at, tlsa)| {
            let mut data = tlsa.cert_data.clone();
            if records.len() > 2 {
                data.push(at as u8);
            }
            TLSA::new(tlsa.cert_usage, tlsa.selector, tlsa.matching, data)
        });
        let answer = zone.signed(tlsa(&numbered.collect::<Vec<_>>()));
        let world = ca.trusted_by(world(&zone, attempts).with_tlsa(&zone, (answer, vec![])));
        assert_eq!(world.says("tls-dane"), expected, "{records:?}");
    }
    let named = (zone.signed(tlsa(&[names(3, &leaf)])), vec![]);
    for (attempts, expected) in [
        (vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![cut(exhausted()); 2], (Inconclusive, common::OUR_FAULT)),
        (vec![broken(alert())], (Inconclusive, common::LOWER_LAYER)),
        ([strange.clone(), chain.clone()].concat(), (Inconclusive, common::FLAKY)),
    ] {
        let world = world(&zone, &attempts).with_tlsa(&zone, named.clone());
        assert_eq!(world.says("tls-dane"), expected, "{attempts:?}");
    }
}

#[test]
pub(super) fn names_without_tlsa_records_that_count() {
    let zone = Zone::new("example.vn.");
    let seen = || world(&zone, &[secured(session(&[]))]);
    let says = |world: &World| world.says("tls-dane");
    let denial = zone.nsec("www.example.vn.", "example.vn.", &[WireType::AAAA]);
    let none = (vec![], zone.nsec(OWNER, "example.vn.", &[WireType::TXT]));
    assert_eq!(says(&seen().with_tlsa(&zone, none)), (NotApplicable, "no-tlsa"));
    let unproven = seen().with_tlsa(&zone, (vec![], denial)).asked_securely(
        OWNER,
        WireType::TLSA,
        false,
        &message(ResponseCode::ServFail, &[]),
    );
    assert_eq!(says(&unproven), (Inconclusive, common::LOWER_LAYER));
    let unsigned = (tlsa(&[names(3, &garbage())]), vec![]);
    let bogus = seen().with_tlsa(&zone, unsigned.clone()).asked_securely(
        OWNER,
        WireType::TLSA,
        false,
        &message(ResponseCode::ServFail, &[]),
    );
    assert_eq!(says(&bogus), (Fail, "bogus"));
    let delegated = zone.nsec("_tcp.www.example.vn.", "example.vn.", &[WireType::NS]);
    let insecure = seen().signed("_tcp.www.example.vn.", WireType::DS, (vec![], delegated)).signed(
        OWNER,
        WireType::TLSA,
        unsigned,
    );
    assert_eq!(says(&insecure), (NotApplicable, "not-signed"));
    assert_eq!(says(&seen()), (Inconclusive, common::NOT_OBSERVED));
    for (reply, expected) in [
        (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
    ] {
        let broken = seen().asked_securely("_tcp.www.example.vn.", WireType::DS, true, &reply);
        let broken = broken.asked_securely(OWNER, WireType::TLSA, true, &reply);
        assert_eq!(says(&broken), expected, "{reply:?}");
    }
    let mut strange = seen();
    strange.inventory.settings.trust_anchors = Some(Zone::new("example.net.").anchor());
    let none = zone.nsec(OWNER, "example.vn.", &[WireType::TXT]);
    let strange = strange.signed(OWNER, WireType::TLSA, (vec![], none));
    assert_eq!(says(&strange), (Inconclusive, "not-validated"));
    let literal = World::of("tls: \"[2001:db8::1]:443\"");
    assert_eq!(literal.says("tls-dane"), (NotApplicable, "address-literal"));
}

#[test]
pub(super) fn an_alias_whose_end_is_unknown_may_have_records() {
    let zone = Zone::new("example.vn.");
    let target: Owner = n("a.example.vn.");
    let alias = zone.signed(vec![record(n("www.example.vn."), RData::CNAME(CNAME(target)))]);
    let none = zone.nsec(OWNER, "example.vn.", &[WireType::TXT]);
    let ours = Reply::DnsFailed(NetFailure::NoRoute);
    let world = World::new("active")
        .published()
        .talks(SIX, &[secured(session(&[]))])
        .anchored(&zone)
        .no_cut(&zone, "www.example.vn.")
        .signed("www.example.vn.", WireType::AAAA, (alias, vec![]))
        .asked_securely("a.example.vn.", WireType::DS, true, &ours)
        .asked_securely("a.example.vn.", WireType::AAAA, true, &ours)
        .with_tlsa(&zone, (vec![], none));
    assert_eq!(world.says("tls-dane"), (Inconclusive, common::OUR_FAULT));
}
