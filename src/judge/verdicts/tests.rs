use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use proptest::prelude::*;

use super::{Form, Verdicts};
use crate::check::{CATALOGUE, Check};
use crate::judge::{Finding, Judged};
use crate::model::{Digest, Name, ObservationId, Outcome, Severity, Subject, SubjectName, Verdict};

const WORDS: [&str; 5] = ["passes", "not-observed", "name-mismatch", "", "một từ"];

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(&super::pack::OUTCOMES[..])
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&WORDS[..])
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

fn subject() -> impl Strategy<Value = Subject> {
    let detail = prop::collection::vec((word(), any::<String>()), 0..4);
    (subject_name(), outcome(), word(), detail)
        .prop_map(|(name, outcome, reason, detail)| Subject { name, outcome, reason, detail })
}

fn judged() -> impl Strategy<Value = Judged> {
    let place = 0..CATALOGUE.len();
    let severity = prop::sample::select(&super::pack::SEVERITIES[..]);
    let subjects = prop::collection::vec(subject(), 0..4);
    // Few different ones, as the checks of a service cite the same facts.
    let id = any::<u8>().prop_map(|octet| ObservationId(Digest([octet % 8; 32])));
    let observations = prop::collection::vec(id, 0..20);
    (place, severity, outcome(), word(), subjects, observations).prop_map(
        |(place, severity, outcome, reason, subjects, observations)| {
            let verdict = Verdict { outcome, reason, subjects, observations };
            Judged { check: CATALOGUE[place], severity, verdict }
        },
    )
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

    #[test]
    fn no_octets_are_read_wrongly_with_a_panic(octets in any::<Vec<u8>>()) {
        let _ = super::unpack::findings(&octets);
        let _ = super::unpack::unpack(&octets);
    }
}

fn plain(check: &'static Check, subjects: Vec<Subject>) -> Judged {
    let verdict = Verdict { subjects, ..Verdict::plain(Outcome::Pass, "passes") };
    Judged { check, severity: Severity::Info, verdict }
}

#[test]
fn every_check_of_the_catalogue_is_packed() {
    let verdicts: Vec<_> = CATALOGUE.iter().map(|check| plain(check, vec![])).collect();
    let packed: Verdicts = verdicts.iter().cloned().collect();
    assert!(matches!(packed.0, Form::Packed(_)));
    assert!(packed.octets() < 6 * CATALOGUE.len(), "{}", packed.octets());
    assert_eq!(packed.unpack(), verdicts);
    // In another order too.
    let reversed: Vec<_> = verdicts.into_iter().rev().collect();
    let packed: Verdicts = reversed.iter().cloned().collect();
    assert!(matches!(packed.0, Form::Packed(_)));
    assert_eq!(packed.unpack(), reversed);
}

#[test]
fn what_packing_would_change_is_kept_as_it_is() {
    // Reading the name again would take its second dot away too.
    let name = Name::from_presentation("a..");
    let subject = Subject {
        name: SubjectName::Host(name),
        outcome: Outcome::Pass,
        reason: "passes",
        detail: vec![],
    };
    let verdicts = vec![plain(CATALOGUE[0], vec![subject])];
    let kept = Verdicts::from(verdicts.clone());
    assert!(matches!(kept.0, Form::Plain(_)));
    assert_eq!(kept.unpack(), verdicts);
    assert_eq!(kept.findings().len(), 1);
}
