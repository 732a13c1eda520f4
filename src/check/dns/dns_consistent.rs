//! Do all authoritative servers publish the same addresses?

use super::helpers::{known_zone, server_subject, unusable_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    if context.service.geo_dns {
        return Err(Verdict::not_applicable("geo-dns"));
    }
    let Some((name, _)) = authority::subject(context.service) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let mut cite = Vec::new();
    let mut unknown = zone.unknown_servers(&[Family::Ipv6, Family::Ipv4]);
    if zone.authority.addresses.len() < 2 && unknown.is_empty() {
        let verdict = Verdict::not_applicable("one-server");
        return Err(zone.citing_answers(zone.within_limits(verdict), None));
    }
    let mut published: Vec<(&_, Sets)> = Vec::new();
    for at in &zone.authority.addresses {
        let ask = |record_type| at.ask(&context.view, &zone.apex, &name, record_type);
        let (Some(aaaa), Some(a)) = (ask(RecordType::AAAA), ask(RecordType::A)) else {
            unknown.push(unusable_subject(&zone.apex, at));
            continue;
        };
        cite.extend(aaaa.observations.iter().chain(&a.observations).copied());
        let sets = [
            published_set(&name, &aaaa, RecordType::AAAA),
            published_set(&name, &a, RecordType::A),
        ];
        match sets {
            [Some(aaaa), Some(a)] => published.push((at, [aaaa, a])),
            _ => {
                let reason = if aaaa.is_pending() || a.is_pending() {
                    common::NOT_OBSERVED
                } else if aaaa.is_ours() || a.is_ours() {
                    common::OUR_FAULT
                } else {
                    common::LOWER_LAYER
                };
                unknown.push(server_subject(at, Outcome::Inconclusive, reason));
            }
        }
    }
    let most = majority(&published);
    let mut subjects: Vec<Subject> = published
        .iter()
        .map(|(at, sets)| {
            let differs = |which: usize| match &most {
                Some(most) => most[which] != sets[which],
                None => published.iter().any(|(_, other)| other[which] != sets[which]),
            };
            let (outcome, reason) = match (differs(0), differs(1)) {
                (true, _) => (Outcome::Fail, "different-aaaa"),
                (_, true) => (Outcome::Fail, "different-a"),
                _ => (Outcome::Pass, "as-the-others"),
            };
            let mut subject = server_subject(at, outcome, reason);
            if outcome == Outcome::Fail {
                subject.detail = vec![("aaaa", sets[0].join(" ")), ("a", sets[1].join(" "))];
            }
            subject
        })
        .collect();
    subjects.extend(unknown);
    let verdict = Verdict::worst_of(subjects, "same-everywhere", "one-server").citing(cite);
    Ok(zone.citing_answers(zone.within_limits(verdict), None))
}

/// The set that more than half of the servers publish.
fn majority<T>(published: &[(T, Sets)]) -> Option<Sets> {
    published
        .iter()
        .map(|(_, sets)| sets)
        .find(|sets| {
            published.iter().filter(|(_, other)| other == *sets).count() * 2 > published.len()
        })
        .cloned()
}

/// The records of the name itself, sorted: addresses of a type, or the alias in their place. What a
/// server adds about the alias's target is another zone's concern. `None` when there is no
/// answer with authority.
fn published_set(
    name: &Name,
    seen: &ServerExchange,
    record_type: RecordType,
) -> Option<Vec<String>> {
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

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::{WWW, World};
    use crate::check::testing::zone::{
        NS1, NS2, ServerMessage, ServerQuery, VN, address_data, authoritative_answer, ns,
        our_fault, rcode, referral,
    };
    use crate::check::testing::zone_table::{
        SERVICE, assert_zone_table, crowd, nowhere, unknown_server,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[answers_that_agree];

    #[test]
    fn answers_that_agree() {
        let of_one =
            |asked: &ServerQuery<'_>, record_type| asked.at == NS2[0] && asked.is(WWW, record_type);
        let other =
            |text: &str| authoritative_answer(&[("www.example.vn.", address_data(text))]).reply();
        let without_authority =
            || ServerMessage { authoritative: false, ..ServerMessage::default() }.reply();
        let alone = |asked: &ServerQuery<'_>| {
            let only = [("ns1.example.vn.", &NS1[..1])];
            if asked.at == VN {
                return Some(referral("example.vn.", &only).reply());
            }
            if asked.is("example.vn", RecordType::NS) {
                return Some(
                    authoritative_answer(&[("example.vn.", ns("ns1.example.vn."))]).reply(),
                );
            }
            asked.is("ns1.example.vn", RecordType::A).then(|| authoritative_answer(&[]).reply())
        };
        assert_zone_table(
            "dns-consistent",
            &[
                ("healthy", &|_| None, (Pass, "same-everywhere")),
                (
                    "another AAAA",
                    &|q| of_one(q, RecordType::AAAA).then(|| other("2001:db8::2")),
                    (Fail, "different-aaaa"),
                ),
                (
                    "no AAAA",
                    &|q| of_one(q, RecordType::AAAA).then(|| rcode(0)),
                    (Fail, "different-aaaa"),
                ),
                (
                    "NXDOMAIN",
                    &|q| of_one(q, RecordType::AAAA).then(|| rcode(3)),
                    (Fail, "different-aaaa"),
                ),
                (
                    "another A",
                    &|q| of_one(q, RecordType::A).then(|| other("192.0.2.2")),
                    (Fail, "different-a"),
                ),
                (
                    "without authority",
                    &|q| of_one(q, RecordType::AAAA).then(without_authority),
                    (Inconclusive, common::LOWER_LAYER),
                ),
                (
                    "SERVFAIL",
                    &|q| of_one(q, RecordType::AAAA).then(|| rcode(2)),
                    (Inconclusive, common::LOWER_LAYER),
                ),
                (
                    "our fault",
                    &|q| of_one(q, RecordType::A).then(our_fault),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "a server without addresses",
                    &|q| unknown_server(q, RecordType::AAAA),
                    (Inconclusive, common::UNRESOLVED),
                ),
                ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
                ("one server", &alone, (NotApplicable, "one-server")),
            ],
        );
        let geo = World::with_zone(&format!("{SERVICE}, geo_dns: true"), &|_| None);
        assert_eq!(geo.outcome_of("dns-consistent"), (NotApplicable, "geo-dns"));
    }
}
