//! Do all authoritative servers publish the same addresses?

use super::helpers::{known, not_usable, server};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::authority;
use crate::evidence::dns::exchange::ServerExchange;
use crate::model::{
    Family, Name, Outcome, Rcode, RecordData, RecordType, Severity, Subject, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-consistent",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 1034 §4.3.5"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("same-everywhere"),
        Reason::pass("as-the-others"),
        Reason::fail("different-aaaa"),
        Reason::fail("different-a"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("geo-dns"),
        Reason::not_applicable("one-server"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_consistent.en.md"), include_str!("dns_consistent.vi.md")),
    rule: Rule::Service(evaluate),
};

/// What one server publishes: AAAA and A.
type Sets = [Vec<String>; 2];

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    if case.service.geo_dns {
        return Verdict::not_applicable("geo-dns");
    }
    let Some((name, _)) = authority::subject(case.service) else {
        return Verdict::not_applicable("address-literal");
    };
    let mut cite = Vec::new();
    let mut unknown = known.unknown(&[Family::Ipv6, Family::Ipv4]);
    if known.authority.addresses.len() < 2 && unknown.is_empty() {
        let verdict = Verdict::not_applicable("one-server");
        return known.cite(known.within_limits(verdict), None);
    }
    let mut said: Vec<(&_, Sets)> = Vec::new();
    for at in &known.authority.addresses {
        let ask = |record_type| at.ask(&case.view, &known.apex, &name, record_type);
        let (Some(aaaa), Some(a)) = (ask(RecordType::AAAA), ask(RecordType::A)) else {
            unknown.push(not_usable(&known.apex, at));
            continue;
        };
        cite.extend(aaaa.observations.iter().chain(&a.observations).copied());
        let sets = [set(&name, &aaaa, RecordType::AAAA), set(&name, &a, RecordType::A)];
        match sets {
            [Some(aaaa), Some(a)] => said.push((at, [aaaa, a])),
            _ => {
                let reason = if aaaa.is_pending() || a.is_pending() {
                    common::NOT_OBSERVED
                } else if aaaa.is_ours() || a.is_ours() {
                    common::OUR_FAULT
                } else {
                    common::LOWER_LAYER
                };
                unknown.push(server(at, Outcome::Inconclusive, reason));
            }
        }
    }
    let most = majority(&said);
    let mut subjects: Vec<Subject> = said
        .iter()
        .map(|(at, sets)| {
            let differs = |which: usize| match &most {
                Some(most) => most[which] != sets[which],
                None => said.iter().any(|(_, other)| other[which] != sets[which]),
            };
            let (outcome, reason) = match (differs(0), differs(1)) {
                (true, _) => (Outcome::Fail, "different-aaaa"),
                (_, true) => (Outcome::Fail, "different-a"),
                _ => (Outcome::Pass, "as-the-others"),
            };
            let mut subject = server(at, outcome, reason);
            if outcome == Outcome::Fail {
                subject.detail = vec![("aaaa", sets[0].join(" ")), ("a", sets[1].join(" "))];
            }
            subject
        })
        .collect();
    subjects.extend(unknown);
    let verdict = Verdict::worst_of(subjects, "same-everywhere", "one-server").citing(cite);
    known.cite(known.within_limits(verdict), None)
}

/// The set that more than half of the servers publish.
fn majority<T>(said: &[(T, Sets)]) -> Option<Sets> {
    said.iter()
        .map(|(_, sets)| sets)
        .find(|sets| said.iter().filter(|(_, other)| other == *sets).count() * 2 > said.len())
        .cloned()
}

/// The records of the name itself, sorted: addresses of a type, or the alias in their place. What a
/// server adds about the alias's target is another zone's affair. `None` when there is no
/// answer with authority.
fn set(name: &Name, seen: &ServerExchange, record_type: RecordType) -> Option<Vec<String>> {
    let message = seen.message().filter(|message| message.authoritative)?;
    match message.rcode {
        Rcode::NOERROR => {}
        Rcode::NXDOMAIN => return Some(vec!["NXDOMAIN".to_owned()]),
        _ => return None,
    }
    let own = message.answers.iter().filter(|record| record.name == *name);
    let mut set: Vec<String> = own
        .filter_map(|record| match &record.data {
            RecordData::Cname(target) => Some(format!("CNAME {target}")),
            RecordData::A(address) if record_type == RecordType::A => Some(address.to_string()),
            RecordData::Aaaa(address) if record_type == RecordType::AAAA => {
                Some(address.to_string())
            }
            _ => None,
        })
        .collect();
    set.sort();
    set.dedup();
    Some(set)
}
