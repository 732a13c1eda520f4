//! What the DNS says, and whether it is authentic.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::dnssec::rdata::{DNSSECRData, DS};
use hickory_proto::dnssec::{Algorithm, DigestType};
use hickory_proto::rr::RecordType as WireType;

use super::*;
use crate::facts::dnssec::signed::{NOW, Zone, n, record, wire};
use crate::model::DnsQuestion;

/// The answer and authority sections of an answer.
type Sections = (Vec<Record>, Vec<Record>);

impl World {
    /// What comes of a question that is asked for signed answers; `reply` is given each time.
    pub(super) fn asked_securely(
        mut self,
        name: &str,
        kind: WireType,
        checking_disabled: bool,
        reply: &Reply,
    ) -> Self {
        for attempt in 1..=2 {
            let name = Name::from_labels(n(name).iter());
            let kind = RecordType(kind.into());
            let question = facts::dns_question(&self.view(), &name, kind, attempt).unwrap();
            let question = DnsQuestion { checking_disabled, dnssec_ok: true, ..question };
            let request = Request::nth(Question::Dns(question), attempt);
            let observed_at = Timestamp::from_second(NOW).unwrap();
            let observation =
                Observation { request, observed_at, elapsed_us: 1, reply: reply.clone() };
            self.evidence.insert(observation.id(), Arc::new(observation));
        }
        self
    }

    /// A signed answer, with checking disabled.
    pub(super) fn signed(self, name: &str, kind: WireType, sections: Sections) -> Self {
        let octets = wire((&n(name), kind), ResponseCode::NoError, sections, false);
        self.asked_securely(name, kind, true, &octets_of(octets))
    }

    /// Trust begins at the zone.
    pub(super) fn anchored(mut self, zone: &Zone) -> Self {
        self.inventory.settings.trust_anchors = Some(zone.anchor());
        let apex = zone.apex().to_ascii();
        self.signed(&apex, WireType::DNSKEY, (zone.dnskey(), vec![]))
    }
}

fn octets_of(octets: Vec<u8>) -> Reply {
    Reply::Dns(DnsMessage::new(Blob::new(octets)))
}

fn addresses() -> [(WireType, Record); 2] {
    let six = RData::AAAA(AAAA("2001:db8::1".parse().unwrap()));
    let four = RData::A(A("192.0.2.1".parse().unwrap()));
    [(WireType::AAAA, six), (WireType::A, four)]
        .map(|(kind, data)| (kind, record(n("www.example.vn."), data)))
}

/// No zone begins at the host.
fn no_cut(zone: &Zone) -> Sections {
    (vec![], zone.nsec("www.example.vn.", "example.vn.", &[WireType::AAAA, WireType::A]))
}

/// The zone says this of the host's DS, and of each address what `of` makes of its record. The
/// resolver calls it bogus when it is asked the usual way.
fn world(zone: &Zone, ds: Sections, of: impl Fn(Record) -> Sections) -> World {
    let mut world = World::new("active").anchored(zone).signed("www.example.vn.", WireType::DS, ds);
    for (kind, record) in addresses() {
        world = world.signed("www.example.vn.", kind, of(record)).asked_securely(
            "www.example.vn.",
            kind,
            false,
            &message(ResponseCode::ServFail, &[]),
        );
    }
    world
}

#[test]
pub(super) fn chains_of_trust() {
    let mut zone = Zone::new("example.vn.");
    let signed = |zone: &Zone, record| (zone.signed(vec![record]), vec![]);
    let says = |world: &World| world.says("dns-dnssec");

    assert_eq!(says(&world(&zone, no_cut(&zone), |r| signed(&zone, r))), (Pass, "secure"));
    let tampered = |r: Record| {
        let mut answer = zone.signed(vec![r]);
        if let RData::A(_) = answer[0].data {
            answer[0].data = RData::A(A("192.0.2.9".parse().unwrap()));
        }
        (answer, vec![])
    };
    // The worse of the two types decides.
    assert_eq!(says(&world(&zone, no_cut(&zone), tampered)), (Fail, "bad-signature"));
    let unsigned = |r: Record| (vec![r], vec![]);
    assert_eq!(says(&world(&zone, no_cut(&zone), unsigned)), (Fail, "missing-signature"));
    assert_eq!(says(&world(&zone, (vec![], vec![]), unsigned)), (Fail, "bad-denial"));
    let delegated = (vec![], zone.nsec("www.example.vn.", "example.vn.", &[WireType::NS]));
    assert_eq!(says(&world(&zone, delegated, unsigned)), (Fail, "insecure"));
    let iterated = zone.nsec3_iterated("www.example.vn.", false, false, &[WireType::NS], 51);
    assert_eq!(says(&world(&zone, (vec![], iterated), unsigned)), (Fail, "nsec3-iterations"));
    let unknown = DS::new(1, Algorithm::Unknown(12), DigestType::SHA256, vec![0; 32]);
    let unknown = RData::DNSSEC(DNSSECRData::DS(unknown));
    let ds = (zone.signed(vec![record(n("www.example.vn."), unknown)]), vec![]);
    let child = Zone::new("www.example.vn.");
    let below = |ds| {
        world(&zone, ds, unsigned).signed(
            "www.example.vn.",
            WireType::DNSKEY,
            (child.dnskey(), vec![]),
        )
    };
    assert_eq!(says(&below(ds)), (Fail, "unsupported-algorithm"));
    let other = Zone::new("www.example.vn.").ds();
    assert_eq!(says(&below((zone.signed(vec![other]), vec![]))), (Fail, "no-matching-key"));

    let cut = no_cut(&zone);
    for (inception, expiration, expected) in
        [(-100, -1, (Fail, "expired")), (1, 100, (Fail, "not-yet-valid"))]
    {
        let at = |second: i64| (NOW + second) as u32;
        (zone.inception, zone.expiration) = (at(inception), at(expiration));
        let dated = addresses().map(|(_, record)| zone.signed(vec![record]));
        // The zone's keys are signed as they should be.
        (zone.inception, zone.expiration) = (at(-100), at(100));
        let of = |r: Record| {
            let of_type = dated.iter().find(|answer| answer[0].record_type() == r.record_type());
            (of_type.unwrap().clone(), vec![])
        };
        assert_eq!(says(&world(&zone, cut.clone(), of)), expected);
    }
}

#[test]
pub(super) fn what_could_not_be_verified_is_not_bogus() {
    let zone = Zone::new("example.vn.");
    let unsigned = |r: Record| (vec![r], vec![]);
    let says = |world: &World| world.says("dns-dnssec");

    // The resolver vouches for it, or can't be asked again.
    for (reply, expected) in [
        (None, (Inconclusive, "resolver-disagrees")),
        (Some(Reply::DnsFailed(NetFailure::TimedOut)), (Inconclusive, common::UNRESOLVED)),
        (Some(Reply::DnsFailed(NetFailure::NoRoute)), (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut bogus = World::new("active").anchored(&zone).signed(
            "www.example.vn.",
            WireType::DS,
            no_cut(&zone),
        );
        for (kind, record) in addresses() {
            let sections = (vec![record.clone()], vec![]);
            let asked = (&n("www.example.vn."), kind);
            let vouched = octets_of(wire(asked, ResponseCode::NoError, sections, true));
            let reply = reply.clone().unwrap_or(vouched);
            bogus = bogus.signed("www.example.vn.", kind, unsigned(record)).asked_securely(
                "www.example.vn.",
                kind,
                false,
                &reply,
            );
        }
        assert_eq!(says(&bogus), expected, "{reply:?}");
    }

    let mut stripping = World::new("active");
    stripping.inventory.settings.trust_anchors = Some(zone.anchor());
    let keys = zone.dnskey()[..1].to_vec();
    let mut stripped = stripping.signed("example.vn.", WireType::DNSKEY, (keys, vec![]));
    for (kind, record) in addresses() {
        stripped = stripped.signed("www.example.vn.", kind, unsigned(record));
    }
    assert_eq!(says(&stripped), (Inconclusive, "resolver-strips"));

    let mut elsewhere = world(&zone, no_cut(&zone), unsigned);
    elsewhere.inventory.settings.trust_anchors = Some(Zone::new("example.net.").anchor());
    assert_eq!(says(&elsewhere), (Inconclusive, "no-trust-anchor"));

    for (reply, expected) in [
        (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::TimedOut), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut broken = World::new("active").anchored(&zone).asked_securely(
            "www.example.vn.",
            WireType::DS,
            true,
            &reply,
        );
        for (kind, record) in addresses() {
            broken = broken.signed("www.example.vn.", kind, unsigned(record));
        }
        assert_eq!(says(&broken), expected, "{reply:?}");
    }
    assert_eq!(says(&World::new("active").anchored(&zone)), (Inconclusive, common::NOT_OBSERVED));

    // More signatures than are looked at, the right one last.
    let crowded = |r: Record| {
        let mut answer = vec![r.clone()];
        for _ in 0..9 {
            answer.extend(Zone::new("example.vn.").signed(vec![r.clone()]).pop());
        }
        answer.extend(zone.signed(vec![r]).pop());
        (answer, vec![])
    };
    let crowded = world(&zone, no_cut(&zone), crowded);
    assert_eq!(says(&crowded), (Inconclusive, common::LIMIT));
    // More aliases than are followed.
    let aliased = |r: Record| {
        let alias = RData::CNAME(CNAME(n("a.example.vn.")));
        (zone.signed(vec![record(r.name, alias)]), vec![])
    };
    let mut aliased = world(&zone, no_cut(&zone), aliased);
    aliased.inventory.settings.limits.cname_links = 0;
    assert_eq!(says(&aliased), (Inconclusive, common::LIMIT));
}

#[test]
pub(super) fn services_whose_names_are_not_verified() {
    for (declared, expected) in [
        ("web: \"https://[2001:db8::1]/\"", (NotApplicable, "address-literal")),
        ("web: \"https://www.example.vn/\", state: retired", (NotApplicable, common::RETIRED)),
        ("zone: example.vn", (Inconclusive, common::NOT_OBSERVED)),
        ("mail: example.vn", (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = World::of(declared).anchored(&Zone::new("example.vn."));
        assert_eq!(world.says("dns-dnssec"), expected, "{declared}");
    }
}
