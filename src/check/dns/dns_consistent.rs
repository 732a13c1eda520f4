//! Do all authoritative servers publish the same addresses?

use super::helpers::{KnownZone, known_zone, server_subject, unusable_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::consistency::{
    Consistency, GivenSet, RecordSet, ServerRecords, consistency,
};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-consistent",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 1034 §4.3.5"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("same-everywhere"),
        Reason::pass("as-the-others"),
        Reason::pass("rotates"),
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    if context.service.geo_dns {
        return Err(Verdict::not_applicable("geo-dns"));
    }
    let unknown = zone.unknown_servers(&[Family::Ipv6, Family::Ipv4]);
    if zone.authority.addresses.len() < 2 && unknown.is_empty() {
        let verdict = Verdict::not_applicable("one-server");
        return Err(zone.citing_answers(zone.within_limits(verdict), None));
    }
    let found = consistency(&context.view, context.service, &zone.authority);
    let Some(Consistency { servers, observations }) = found else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let common = [0, 1].map(|which| common_set(&servers, which));
    let mut subjects: Vec<Subject> =
        servers.iter().map(|server| subject(&zone, server, &common)).collect();
    subjects.extend(unknown);
    let compared = subjects.iter().filter(|s| s.outcome != Outcome::NotApplicable).count();
    let nothing = if compared == 0 { common::SERVER_FAILS } else { "one-server" };
    let verdict = Verdict::worst_of(subjects, "same-everywhere", nothing).citing(observations);
    Ok(zone.citing_answers(zone.within_limits(verdict), None))
}

/// What the servers should give of one type.
enum CommonSet {
    /// Some give parts of this in turn: whoever gives a part of it says nothing else.
    PartOf(RecordSet),
    /// What more than half of them give.
    Majority(RecordSet),
    /// As many give this as that.
    Disputed,
}

fn common_set(servers: &[ServerRecords<'_>], which: usize) -> CommonSet {
    let rotating = servers.iter().filter_map(|server| match &server.sets[which] {
        GivenSet::Rotates(set) => Some(set.iter().cloned()),
        _ => None,
    });
    let all: RecordSet = rotating.flatten().collect();
    if !all.is_empty() {
        return CommonSet::PartOf(all);
    }
    let steady: Vec<&RecordSet> = servers
        .iter()
        .filter_map(|server| match &server.sets[which] {
            GivenSet::Steady(set) => Some(set),
            _ => None,
        })
        .collect();
    let is_majority =
        |set: &&&RecordSet| steady.iter().filter(|other| other == set).count() * 2 > steady.len();
    match steady.iter().find(is_majority) {
        Some(set) => CommonSet::Majority((*set).clone()),
        None => CommonSet::Disputed,
    }
}

fn subject(zone: &KnownZone, server: &ServerRecords<'_>, common: &[CommonSet; 2]) -> Subject {
    let unknown = server.sets.iter().find_map(|set| match set {
        GivenSet::Unknown(gap) => Some(*gap),
        _ => None,
    });
    if let Some(gap) = unknown {
        return server_subject(server.at, Outcome::Inconclusive, common::reason_of(gap));
    }
    if server.sets.contains(&GivenSet::Nothing) {
        let subject = unusable_subject(&zone.apex, server.at);
        return match subject.outcome {
            Outcome::Inconclusive => subject,
            _ => server_subject(server.at, Outcome::NotApplicable, common::SERVER_FAILS),
        };
    }
    let differs = |which: usize| match (&server.sets[which], &common[which]) {
        (GivenSet::Steady(set), CommonSet::PartOf(all)) => set.is_empty() || !set.is_subset(all),
        (GivenSet::Steady(set), CommonSet::Majority(most)) => set != most,
        (GivenSet::Steady(_), CommonSet::Disputed) => true,
        _ => false,
    };
    let rotates = server.sets.iter().any(|set| matches!(set, GivenSet::Rotates(_)));
    let (outcome, reason) = match (differs(0), differs(1)) {
        (true, _) => (Outcome::Fail, "different-aaaa"),
        (_, true) => (Outcome::Fail, "different-a"),
        _ if rotates => (Outcome::Pass, "rotates"),
        _ => (Outcome::Pass, "as-the-others"),
    };
    let mut subject = server_subject(server.at, outcome, reason);
    if outcome == Outcome::Fail {
        let words = |set: &GivenSet| match set {
            GivenSet::Steady(set) | GivenSet::Rotates(set) => {
                set.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
            }
            GivenSet::Nothing | GivenSet::Unknown(_) => String::new(),
        };
        subject.detail = vec![("aaaa", words(&server.sets[0])), ("a", words(&server.sets[1]))];
    }
    subject
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::world::{WWW, World};
    use crate::check::testing::zone::{
        NS1, NS2, ServerMessage, ServerQuery, VN, address_data, authoritative_answer, ns, rcode,
        referral,
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
                    (Pass, "same-everywhere"),
                ),
                (
                    "SERVFAIL",
                    &|q| of_one(q, RecordType::AAAA).then(|| rcode(2)),
                    (Pass, "same-everywhere"),
                ),
                (
                    "a server that rotates",
                    &|q| {
                        let address = ["2001:db8::1", "2001:db8::2"][usize::from(q.attempt % 2)];
                        of_one(q, RecordType::AAAA).then(|| other(address))
                    },
                    (Pass, "same-everywhere"),
                ),
                (
                    "every server rotates",
                    &|q| {
                        let is_it = q.of_zone() && q.is(WWW, RecordType::AAAA);
                        let address = format!("2001:db8::{}{}", q.at.len() % 7, q.attempt);
                        is_it.then(|| other(&address))
                    },
                    (Pass, "same-everywhere"),
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
