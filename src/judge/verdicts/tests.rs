use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use proptest::prelude::*;

use super::{Part, Verdicts};
use crate::check::{CATALOGUE, COMMON_REASONS, Check};
use crate::judge::{Finding, Judged};
use crate::model::{Digest, Name, ObservationId, Outcome, Severity, Subject, SubjectName, Verdict};

/// Keys of particulars, among them odd ones.
const KEYS: [&str; 4] = ["said", "failure", "", "một từ"];

/// Some reasons, of which a check declares the first two at most.
const REASONS: [&str; 3] = ["not-observed", "our-fault", "no such reason"];

const OUTCOMES: [Outcome; 4] =
    [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Inconclusive];

const SEVERITIES: [Severity; 4] =
    [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info];

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(&OUTCOMES[..])
}

/// One of the check's reasons, or hardly ever one that it doesn't have.
fn reason(check: usize) -> impl Strategy<Value = &'static str> {
    let own: Vec<_> = CATALOGUE[check].reasons.iter().map(|reason| reason.id).collect();
    prop_oneof![
        100 => prop::sample::select(own),
        20 => prop::sample::select(&REASONS[..2]),
        1 => prop::sample::select(&REASONS[..]),
    ]
}

fn socket() -> impl Strategy<Value = SocketAddr> {
    let odd = any::<([u8; 16], u16, u32, u32)>().prop_map(|(octets, port, flow, scope)| {
        SocketAddrV6::new(Ipv6Addr::from(octets), port, flow, scope).into()
    });
    prop_oneof![any::<SocketAddr>(), odd]
}

fn name() -> impl Strategy<Value = Name> {
    any::<String>().prop_map(|text| Name::from_presentation(&text))
}

fn subject_name() -> impl Strategy<Value = SubjectName> {
    prop_oneof![
        socket().prop_map(SubjectName::Socket),
        any::<IpAddr>().prop_map(SubjectName::Address),
        name().prop_map(SubjectName::Host),
        (name(), any::<Option<IpAddr>>())
            .prop_map(|(name, address)| SubjectName::NameServer(name, address)),
        any::<String>().prop_map(SubjectName::Url),
        socket().prop_map(SubjectName::Control),
    ]
}

fn subject(check: usize) -> impl Strategy<Value = Subject> {
    let key = prop::sample::select(&KEYS[..]);
    let detail = prop::collection::vec((key, any::<String>()), 0..4);
    (subject_name(), outcome(), reason(check), detail)
        .prop_map(|(name, outcome, reason, detail)| Subject { name, outcome, reason, detail })
}

fn judged() -> impl Strategy<Value = Judged> {
    (0..CATALOGUE.len()).prop_flat_map(|place| {
        let severity = prop::sample::select(&SEVERITIES[..]);
        let subjects = prop::collection::vec(subject(place), 0..4);
        // Few different ones, as the checks of a service cite the same facts.
        let id = any::<u8>().prop_map(|octet| ObservationId(Digest([octet % 8; 32])));
        let observations = prop::collection::vec(id, 0..20);
        (severity, outcome(), reason(place), subjects, observations).prop_map(
            move |(severity, outcome, reason, subjects, observations)| {
                let verdict = Verdict { outcome, reason, subjects, observations };
                Judged { check: CATALOGUE[place], severity, verdict }
            },
        )
    })
}

proptest! {
    #[test]
    fn what_is_packed_comes_back(verdicts in prop::collection::vec(judged(), 0..12)) {
        let packed = Verdicts::from(verdicts.clone());
        let findings = packed.findings();
        let expected: Vec<_> = verdicts.iter().map(|j| (j.check.id, Finding::of(j))).collect();
        let findings: Vec<_> = findings.into_iter().map(|(check, found)| (check.id, found)).collect();
        prop_assert_eq!(findings, expected);
        prop_assert_eq!(packed.unpack(), verdicts);
    }
}

fn first_reason(check: &'static Check, subjects: Vec<Subject>) -> Judged {
    let reason = &check.reasons[0];
    let verdict = Verdict { subjects, ..Verdict::plain(reason.outcome, reason.id) };
    Judged { check, severity: Severity::Info, verdict }
}

fn is_packed(verdicts: &Verdicts) -> bool {
    verdicts.parts.iter().all(|part| matches!(part, Part::Packed(_)))
}

#[test]
fn every_check_of_the_catalogue_is_packed() {
    let verdicts: Vec<_> = CATALOGUE.iter().map(|check| first_reason(check, vec![])).collect();
    let packed: Verdicts = verdicts.iter().cloned().collect();
    assert!(is_packed(&packed));
    assert!(packed.octets() < 8 * CATALOGUE.len(), "{}", packed.octets());
    assert_eq!(packed.unpack(), verdicts);
    // In another order too.
    let reversed: Vec<_> = verdicts.into_iter().rev().collect();
    let packed: Verdicts = reversed.iter().cloned().collect();
    assert!(is_packed(&packed));
    assert_eq!(packed.unpack(), reversed);
}

#[test]
fn every_reason_comes_back() {
    for check in CATALOGUE.iter() {
        let own = check.reasons.iter().map(|reason| (reason.outcome, reason.id));
        let common = COMMON_REASONS.iter().map(|reason| (reason.outcome, reason.id));
        for (outcome, reason) in own.chain(common) {
            let verdict = Verdict::plain(outcome, reason);
            let judged = Judged { check, severity: check.severity, verdict };
            let packed = Verdicts::from(vec![judged.clone()]);
            assert!(is_packed(&packed), "{}: {reason}", check.id);
            assert_eq!(packed.unpack(), [judged]);
        }
    }
}

#[test]
fn later_verdicts_take_their_place() {
    let verdict = |at: usize| first_reason(CATALOGUE[at], vec![]);
    let verdicts = Verdicts::from(vec![verdict(0), verdict(2)]).and(vec![verdict(1)]);
    assert_eq!(verdicts.unpack(), [0, 1, 2].map(verdict));
    let checks: Vec<_> = verdicts.findings().into_iter().map(|(check, _)| check.id).collect();
    assert_eq!(checks, [0, 1, 2].map(|at| CATALOGUE[at].id));
}

#[test]
fn what_packing_would_change_is_kept_as_it_is() {
    // Reading the name again would take its second dot away too.
    let name = SubjectName::Host(Name::from_presentation("a.."));
    let socket = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 443, 0, 7);
    for name in [name, SubjectName::Socket(socket.into())] {
        let Judged { check, verdict, .. } = first_reason(CATALOGUE[0], vec![]);
        let Verdict { outcome, reason, .. } = verdict;
        let subject = Subject { name, outcome, reason, detail: vec![] };
        let verdicts = vec![first_reason(check, vec![subject])];
        let kept = Verdicts::from(verdicts.clone());
        assert!(!is_packed(&kept));
        assert_eq!(kept.unpack(), verdicts);
        assert_eq!(kept.findings().len(), 1);
    }
}
