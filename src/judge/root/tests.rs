//! Verdicts of one service, and which of them explain which.

use std::net::SocketAddr;

use super::links::CAUSAL_ORDER;
use super::*;
use crate::check::{self, CATALOGUE};
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{Name, Subject, SubjectName};

const ONE: &str = "[2001:db8::1]:443";
const OTHER: &str = "[2001:db8::2]:443";
const PLAIN: &str = "[2001:db8::1]:80";

fn judged(id: &str, outcome: Outcome, reason: &'static str, names: &[SubjectName]) -> Judged {
    let check = check::find(id).unwrap_or_else(|| panic!("{id}"));
    let subject =
        |name: &SubjectName| Subject { name: name.clone(), outcome, reason, detail: vec![] };
    let subjects = names.iter().map(subject).collect();
    let verdict = Verdict { subjects, ..Verdict::plain(outcome, reason) };
    Judged { check, severity: check.severity_of(reason), verdict }
}

fn at(address: &str) -> SubjectName {
    SubjectName::Socket(address.parse::<SocketAddr>().unwrap())
}

fn server(name: &str) -> SubjectName {
    SubjectName::NameServer(Name::from_presentation(name), None)
}

fn roots(verdicts: &[Judged]) -> Vec<Option<&'static str>> {
    let roots = Roots::of(verdicts);
    (0..verdicts.len()).map(|place| roots.at(place).id()).collect()
}

/// One that is not in the order comes last and follows from what its reasons say.
#[test]
fn the_order_of_causes_has_each_check_once() {
    for (at, id) in CAUSAL_ORDER.iter().enumerate() {
        assert!(check::find(id).is_some_and(|check| check.is_about_services()), "{id}");
        assert!(!CAUSAL_ORDER[..at].contains(id), "{id}");
    }
    for Link { cause, effect, .. } in LINKS {
        assert!(CAUSAL_ORDER.contains(cause) && CAUSAL_ORDER.contains(effect), "{cause} {effect}");
    }
}

#[test]
fn links_name_what_checks_can_say_and_lead_onwards() {
    let says = |id: &str, reason: &str| {
        let check = check::find(id).unwrap_or_else(|| panic!("{id}"));
        check.reasons.iter().any(|known| known.id == reason)
            || check::common::COMMON_REASONS.iter().any(|known| known.id == reason)
    };
    for link in LINKS {
        let Link { cause, causes, effect, effects, .. } = link;
        assert!(rank(cause) < rank(effect), "{cause} {effect}");
        assert!(causes.is_empty() || causes.iter().any(|reason| says(cause, reason)), "{cause}");
        assert!(effects.iter().any(|reason| says(effect, reason)), "{effect}");
    }
    for layer in LAYERS.iter().chain(NAME_LEADS).chain([&ADDRESS]) {
        assert!(CAUSAL_ORDER.contains(layer), "{layer}");
    }
    for reason in SAME_REASON.iter().chain(FOLLOWING).chain(OURS).chain([&STAGE_UNKNOWN]) {
        assert!(CATALOGUE.iter().any(|check| says(check.id, reason)), "{reason}");
    }
}

#[test]
fn a_closed_port_is_one_cause() {
    let lower = common::LOWER_LAYER;
    let verdicts = [
        judged("dns-aaaa", Pass, "published", &[]),
        judged("dns-caa", Inconclusive, lower, &[at(ONE)]),
        judged("reach-port", Fail, "timed-out", &[at(ONE)]),
        judged("reach-parity", Fail, "closed-over-ipv6", &[at(ONE), at(PLAIN)]),
        judged("tls-handshake", Inconclusive, lower, &[at(ONE)]),
        judged("web-answers", Inconclusive, lower, &[at(ONE)]),
        judged("web-subresources", Inconclusive, lower, &[]),
        judged("web-https", Fail, "only-over-ipv4", &[at(PLAIN)]),
        judged("web-http3", NotApplicable, "not-advertised", &[]),
        judged("ipv6-only-usable", Fail, "unreachable", &[]),
    ];
    let port = Some("reach-port");
    assert_eq!(roots(&verdicts), [None, port, None, port, port, port, port, port, None, port]);
    let found = RootedFindings::of(verdicts.to_vec());
    assert_eq!((found.roots.len(), found.roots[0].beneath.len(), found.ours.len()), (1, 7, 0));
}

#[test]
fn a_fault_at_another_address_is_another_cause() {
    let verdicts = [
        judged("reach-port", Fail, "refused", &[at(ONE)]),
        judged("reach-parity", Fail, "closed-over-ipv6", &[at(ONE), at(OTHER)]),
        judged("tls-handshake", Inconclusive, common::LOWER_LAYER, &[at(ONE)]),
        judged("tls-name", Fail, "name-mismatch", &[at(OTHER)]),
        judged("tls-parity", Fail, "different-certificate", &[at(OTHER)]),
        judged("web-answers", Fail, "error-status", &[at(OTHER)]),
        judged("ipv6-only-usable", Fail, "certificate-invalid", &[]),
    ];
    let (port, name) = (Some("reach-port"), Some("tls-name"));
    assert_eq!(roots(&verdicts), [None, None, port, None, name, None, name]);
}

#[test]
fn a_chain_of_causes_ends_at_its_root() {
    let verdicts = [
        judged("reach-pmtu", Fail, "black-hole", &[at(ONE)]),
        judged(
            "reach-echo",
            Fail,
            "only-small",
            &[SubjectName::Address("2001:db8::1".parse().unwrap())],
        ),
        judged("tls-handshake", Fail, "timed-out", &[at(ONE)]),
        judged("tls-name", Inconclusive, common::LOWER_LAYER, &[at(ONE)]),
        judged("ipv6-only-usable", Fail, "handshake-failed", &[]),
    ];
    let root = Some("reach-pmtu");
    assert_eq!(roots(&verdicts), [None, root, root, root, root]);
}

#[test]
fn broken_name_servers_explain_what_rests_on_them() {
    let both = [server("ns1.example"), server("ns2.example")];
    let mut zone = judged(
        "dns-ipv6-only-resolution",
        Fail,
        "servers-unusable",
        &[SubjectName::Host(Name::from_presentation("example"))],
    );
    zone.verdict.subjects[0].detail =
        vec![("ns", "ns1.example".into()), ("ns", "ns2.example".into())];
    let verdicts = |servers: Judged| {
        [
            judged("dns-aaaa", Fail, "servfail", &[]),
            servers,
            judged("dns-ns-ipv4-answers", Fail, "servfail", &both),
            zone.clone(),
            judged("dns-dnssec", Inconclusive, common::UNRESOLVED, &[]),
            judged("ipv6-only-usable", Fail, "not-published", &[]),
        ]
    };
    let root = Some("dns-ns-ipv6-answers");
    let all = verdicts(judged("dns-ns-ipv6-answers", Fail, "servfail", &both));
    assert_eq!(roots(&all), [root, None, root, root, root, root]);
    // One of them that works leaves the others to explain themselves.
    let mut some = judged("dns-ns-ipv6-answers", Fail, "servfail", &both);
    some.verdict.subjects[1].outcome = Pass;
    let aaaa = Some("dns-aaaa");
    assert_eq!(roots(&verdicts(some)), [None, None, None, None, aaaa, aaaa]);
}

#[test]
fn an_outage_of_our_own_is_no_cause_of_the_service() {
    let lost = common::VANTAGE_LOST;
    let verdicts = [
        judged("dns-aaaa", Pass, "published", &[]),
        judged("reach-port", Inconclusive, lost, &[]),
        judged("tls-name", Inconclusive, lost, &[]),
        judged("web-answers", Inconclusive, common::OUR_FAULT, &[]),
        judged("web-redirects", Inconclusive, common::LOWER_LAYER, &[]),
        judged("inventory-deadline", Inconclusive, STAGE_UNKNOWN, &[]),
        judged("tls-validity", Fail, "expired", &[at(ONE)]),
    ];
    let ours = Some(Root::OURS);
    assert_eq!(roots(&verdicts), [None, ours, ours, ours, ours, ours, None]);
    let found = RootedFindings::of(verdicts.to_vec());
    let counts: Vec<_> = found.ours.iter().map(|(reason, all)| (*reason, all.len())).collect();
    assert_eq!(counts, [(lost, 4), (common::OUR_FAULT, 1)]);
}

#[test]
fn what_cannot_be_told_explains_no_failure() {
    let verdicts = [
        judged("web-answers", Inconclusive, "challenge", &[at(ONE)]),
        judged("web-content-parity", Inconclusive, "challenge", &[at(ONE)]),
        judged("ipv6-only-usable", Fail, "no-page", &[]),
        judged("reach-port", NotApplicable, common::NO_IPV6, &[]),
    ];
    assert_eq!(roots(&verdicts), [None, Some("web-answers"), None, None]);
}
