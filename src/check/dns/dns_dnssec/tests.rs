//! The cases of `dns-dnssec`.

use std::sync::Arc;

use hickory_proto::dnssec::rdata::{DNSSECRData, DS};
use hickory_proto::dnssec::{Algorithm, DigestType};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, SOA};
use hickory_proto::rr::{RData, Record, RecordType as Kind};
use jiff::Timestamp;

use crate::check::common;
use crate::check::testing::world::World;
use crate::check::testing::zone::{
    NS2, ServerMessage, ServerQuery, address_data, authoritative_answer, rcode,
};
use crate::evidence;
use crate::evidence::dns::dnssec::tests as signed;
use crate::evidence::dns::dnssec::tests::{NOW, Zone, n, record};
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{
    DnsQuestion, Evidence, Name, NetFailure, Observation, Outcome, Question, RecordType, Reply,
    Request, SubjectName,
};

pub(in crate::check) const CASES: &[fn()] = &[
    signatures_of_a_zone,
    a_server_with_an_old_copy_is_named_whichever_the_resolver_asked,
    zones_that_are_not_signed,
    what_hides_whether_a_zone_is_signed,
    what_could_not_be_confirmed_is_not_bogus,
    aliases_that_are_not_followed_to_their_end,
];

fn soa() -> Record {
    record(n("z."), RData::SOA(SOA::new(n("z."), n("z."), 1, 1, 1, 1, 1)))
}

fn outcome_in(world: &signed::World) -> (Outcome, &'static str) {
    let verdict = World::with_service("zone: z").verdict_in(world.view(), "dns-dnssec");
    (verdict.outcome, verdict.reason)
}

/// The zone's SOA record as answered; the usual question gets this RCODE.
fn answered(mut world: signed::World, answers: Vec<Record>, usual: ResponseCode) -> signed::World {
    world.tell("z.", Kind::SOA, answers.clone(), vec![]);
    let authentic = usual == ResponseCode::NoError;
    world.reply("z.", Kind::SOA, false, usual, answers, vec![], authentic);
    world
}

#[test]
fn signatures_of_a_zone() {
    let delegated = signed::World::delegated;
    let sign = |world: &signed::World| world.leaf.signed(vec![soa()]);
    let right = delegated();
    let answers = sign(&right);
    assert_eq!(outcome_in(&answered(right, answers, ResponseCode::NoError)), (Pass, "secure"));
    let dated = |inception: i64, expiration: i64| {
        let mut world = delegated();
        world.leaf.inception = (NOW + inception) as u32;
        world.leaf.expiration = (NOW + expiration) as u32;
        let answers = sign(&world);
        answered(world, answers, ResponseCode::ServFail)
    };
    let tampered = || {
        let world = delegated();
        let mut answers = sign(&world);
        answers[0].data = RData::SOA(SOA::new(n("z."), n("z."), 2, 1, 1, 1, 1));
        answered(world, answers, ResponseCode::ServFail)
    };
    let another_key = || {
        let mut world = signed::World::new();
        let ds = world.root.signed(vec![Zone::new("z.").ds()]);
        world.tell("z.", Kind::DS, ds, vec![]);
        world.tell("z.", Kind::DNSKEY, world.leaf.dnskey(), vec![]);
        let answers = sign(&world);
        answered(world, answers, ResponseCode::ServFail)
    };
    let unsigned = |usual| answered(delegated(), vec![soa()], usual);
    for (world, expected) in [
        (dated(-100, -1), (Fail, "expired")),
        (dated(1, 100), (Fail, "not-yet-valid")),
        (tampered(), (Fail, "bad-signature")),
        (another_key(), (Fail, "no-matching-key")),
        (unsigned(ResponseCode::ServFail), (Fail, "missing-signature")),
        (unsigned(ResponseCode::NoError), (Inconclusive, "resolver-disagrees")),
    ] {
        assert_eq!(outcome_in(&world), expected);
    }
}

/// What a server of the signed zone `example.vn.` replies to questions with the DO bit; a resolver passes
/// on what the first server says.
fn signed_reply(asked: &ServerQuery<'_>, zone: &Zone) -> Option<Reply> {
    if !asked.dnssec_ok {
        return None;
    }
    let www = |address: &str| vec![record(n("www.example.vn."), address_data(address))];
    let (answers, denial) = match (asked.name, Kind::from(asked.record_type.0)) {
        ("example.vn", Kind::DNSKEY) => (zone.dnskey(), vec![]),
        ("www.example.vn", Kind::DS) => {
            (vec![], zone.nsec("www.example.vn.", "example.vn.", &[Kind::AAAA]))
        }
        ("www.example.vn", Kind::AAAA) => (zone.signed(www("2001:db8::1")), vec![]),
        ("example.vn", Kind::MX) => {
            let exchange = RData::MX(MX::new(10, n("www.example.vn.")));
            (zone.signed(vec![record(n("example.vn."), exchange)]), vec![])
        }
        ("www.example.vn", Kind::A) => (zone.signed(www("192.0.2.1")), vec![]),
        _ => return None,
    };
    let pairs = |records: Vec<Record>| {
        records.into_iter().map(|r| (r.name.to_ascii(), r.data)).collect::<Vec<_>>()
    };
    let message = ServerMessage {
        authoritative: true,
        answers: pairs(answers),
        authorities: pairs(denial),
        ..ServerMessage::default()
    };
    Some(message.reply())
}

/// The first server signs with one zone, the second with another; the resolver asked the one or the other.
fn two_copies(first: &Zone, second: &Zone, resolver_asked: &Zone) -> World {
    let declared = "web: \"https://www.example.vn/\", state: active";
    let mut world = World::with_service(declared);
    world.inventory.settings.trust_anchors = Some(first.anchor());
    let change = |asked: &ServerQuery<'_>| {
        let zone = match asked {
            asked if asked.recursive => resolver_asked,
            asked if NS2.contains(&asked.at.as_str()) => second,
            _ => first,
        };
        signed_reply(asked, zone)
    };
    world.with_dns_answers(&change).with_dns_answers_for("dns-dnssec", &change)
}

#[test]
fn a_server_with_an_old_copy_is_named_whichever_the_resolver_asked() {
    // Everything is seen at second 0 of the epoch.
    let mut good = Zone::new("example.vn.");
    (good.inception, good.expiration) = (u32::MAX - 1000, 1000);
    let mut old = good.clone();
    old.expiration = u32::MAX - 500;
    for resolver_asked in [&good, &old] {
        let world = two_copies(&good, &old, resolver_asked);
        let verdict = world.verdict("dns-dnssec");
        assert_eq!((verdict.outcome, verdict.reason), (Fail, "expired"));
        let named: Vec<_> = verdict
            .subjects
            .iter()
            .filter(|subject| matches!(subject.name, SubjectName::NameServer(..)))
            .map(|subject| subject.name.to_string())
            .collect();
        assert_eq!(named, NS2.map(|at| format!("ns2.example.vn ({at})")));
        // Resolvers that validate ask the other server then.
        assert_eq!(world.outcome_of("dns-aaaa"), (Pass, "published"));
    }
    let world = two_copies(&good, &good, &good);
    assert_eq!(world.outcome_of("dns-dnssec").0, Pass);
}

/// A service in a zone whose signatures have ended, behind a resolver that validates or one that doesn't.
pub(in crate::check) fn in_expired_zone(declared: &str, validates: bool) -> World {
    let mut zone = Zone::new("example.vn.");
    (zone.inception, zone.expiration) = (u32::MAX - 1000, u32::MAX - 500);
    let mut world = World::with_service(declared);
    world.inventory.settings.trust_anchors = Some(zone.anchor());
    let change = |asked: &ServerQuery<'_>| {
        let is_kept_back = validates
            && asked.recursive
            && matches!(asked.record_type, RecordType::AAAA | RecordType::MX)
            && !asked.checking_disabled;
        let mx = || {
            let exchange = n("www.example.vn.");
            authoritative_answer(&[("example.vn.", RData::MX(MX::new(10, exchange)))]).reply()
        };
        let is_mx = asked.is("example.vn", RecordType::MX) && !asked.dnssec_ok;
        is_kept_back
            .then(|| rcode(2))
            .or_else(|| signed_reply(asked, &zone))
            .or_else(|| is_mx.then(mx))
    };
    world.with_dns_answers(&change).with_dns_answers_for("dns-dnssec", &change)
}

#[test]
fn zones_that_are_not_signed() {
    let below = |denial: fn(&Zone) -> Vec<Record>| {
        let mut world = signed::World::new();
        world.tell("z.", Kind::DS, vec![], denial(&world.root));
        answered(world, vec![soa()], ResponseCode::ServFail)
    };
    let gost = || {
        let mut world = signed::World::new();
        let mut ds = world.leaf.ds();
        let data = DS::new(1, Algorithm::Unknown(12), DigestType::SHA256, vec![0; 32]);
        ds.data = RData::DNSSEC(DNSSECRData::DS(data));
        world.tell("z.", Kind::DS, world.root.signed(vec![ds]), vec![]);
        world.tell("z.", Kind::DNSKEY, world.leaf.dnskey(), vec![]);
        answered(world, vec![soa()], ResponseCode::NoError)
    };
    for (world, expected) in [
        (below(|root| root.nsec("z.", ".", &[Kind::NS])), (Fail, "insecure")),
        (below(|_| vec![]), (Fail, "bad-denial")),
        (
            below(|root| root.nsec3_iterated("z.", false, false, &[Kind::NS], 51)),
            (Fail, "nsec3-iterations"),
        ),
        (gost(), (Fail, "unsupported-algorithm")),
    ] {
        assert_eq!(outcome_in(&world), expected);
    }
}

#[test]
fn what_hides_whether_a_zone_is_signed() {
    let mut strips = signed::World::new();
    let key = strips.root.dnskey().remove(0);
    strips.evidence = Evidence::new();
    strips.tell(".", Kind::DNSKEY, vec![key], vec![]);
    let strips = answered(strips, vec![soa()], ResponseCode::NoError);
    assert_eq!(outcome_in(&strips), (Inconclusive, "resolver-strips"));
    let mut unanchored = signed::World::delegated();
    unanchored.settings.trust_anchors = Some(Zone::new("other.").anchor());
    let answers = unanchored.leaf.signed(vec![soa()]);
    let unanchored = answered(unanchored, answers, ResponseCode::NoError);
    assert_eq!(outcome_in(&unanchored), (Inconclusive, "no-trust-anchor"));
    assert_eq!(outcome_in(&signed::World::delegated()), (Inconclusive, common::NOT_OBSERVED));
    let mut failing = signed::World::new();
    failing.reply("z.", Kind::DS, true, ResponseCode::ServFail, vec![], vec![], false);
    let failing = answered(failing, vec![soa()], ResponseCode::ServFail);
    assert_eq!(outcome_in(&failing), (Inconclusive, common::UNRESOLVED));
    let literal = World::with_service("tcp: \"[2001:db8::1]:80\"");
    assert_eq!(literal.outcome_of("dns-dnssec"), (NotApplicable, "address-literal"));
    assert_eq!(World::new("retired").outcome_of("dns-dnssec"), (NotApplicable, common::RETIRED));
}

#[test]
fn what_could_not_be_confirmed_is_not_bogus() {
    // The zone is signed and the answer isn't; then the resolver can't be asked the usual way.
    for (failure, expected) in [
        (NetFailure::TimedOut, (Inconclusive, common::UNRESOLVED)),
        (NetFailure::NoRoute, (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut world = signed::World::delegated();
        world.tell("z.", Kind::SOA, vec![soa()], vec![]);
        assert_eq!(outcome_in(&world), (Inconclusive, common::NOT_OBSERVED));
        let name = Name::from_presentation("z");
        let asked = evidence::dns::dns_question(&world.view(), &name, RecordType::SOA, 1).unwrap();
        let asked = DnsQuestion { dnssec_ok: true, ..asked };
        let observation = Observation {
            request: Request::first(Question::Dns(asked)),
            observed_at: Timestamp::from_second(NOW).unwrap(),
            elapsed_us: 1,
            reply: Reply::DnsFailed(failure.clone()),
        };
        world.evidence.insert(observation.id(), Arc::new(observation));
        assert_eq!(outcome_in(&world), expected, "{failure}");
    }
}

#[test]
fn aliases_that_are_not_followed_to_their_end() {
    for (links, expected) in [(1, (Pass, "secure")), (0, (Inconclusive, common::LIMIT))] {
        let mut world = signed::World::delegated();
        world.settings.limits.cname_links = links;
        for (name, next) in [("www.z.", "z."), ("a.z.", "www.z.")] {
            let none = world.leaf.nsec(name, next, &[Kind::AAAA, Kind::A]);
            world.tell(name, Kind::DS, vec![], none);
        }
        for kind in [Kind::AAAA, Kind::A] {
            let alias = record(n("www.z."), RData::CNAME(CNAME(n("a.z."))));
            world.tell("www.z.", kind, world.leaf.signed(vec![alias]), vec![]);
            let data = match kind {
                Kind::A => RData::A(A("192.0.2.1".parse().unwrap())),
                _ => RData::AAAA(AAAA("2001:db8::1".parse().unwrap())),
            };
            let end = world.leaf.signed(vec![record(n("a.z."), data)]);
            world.tell("a.z.", kind, end, vec![]);
        }
        let verdict =
            World::with_service("tcp: \"www.z:80\"").verdict_in(world.view(), "dns-dnssec");
        assert_eq!((verdict.outcome, verdict.reason), expected, "{links}");
    }
}
