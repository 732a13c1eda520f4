//! Does every authoritative server treat the question for AAAA as it treats the one for A?

use super::helpers::{known_zone, server_subject, unusable_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authority;
use crate::evidence::dns::exchange::ExchangeOutcome;
use crate::model::{Family, Outcome, Rcode, RecordType, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-aaaa-answered",
    sources: &["RFC 4074", "Zonemaster NAMESERVER05"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("answered-by-all"),
        Reason::pass("answered"),
        Reason::fail("dropped"),
        Reason::fail("nxdomain"),
        Reason::fail("servfail"),
        Reason::fail("refuses"),
        Reason::fail("other-rcode"),
        Reason::fail("lame"),
        Reason::fail("malformed"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("no-servers"),
        Reason::not_applicable("no-better-for-a"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_aaaa_answered.en.md"), include_str!("dns_aaaa_answered.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let Some((name, _)) = authority::subject(context.service) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let mut cite = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in &zone.authority.addresses {
        let ask = |record_type| at.ask(&context.view, &zone.apex, &name, record_type);
        let (Some(a), Some(aaaa)) = (ask(RecordType::A), ask(RecordType::AAAA)) else {
            subjects.push(unusable_subject(&zone.apex, at));
            continue;
        };
        cite.extend(a.observations.iter().chain(&aaaa.observations).copied());
        let (outcome, reason) = if a.is_pending() || aaaa.is_pending() {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        } else if a.is_ours() || aaaa.is_ours() {
            (Outcome::Inconclusive, common::OUR_FAULT)
        } else {
            comparison(&a.outcome, &aaaa.outcome)
        };
        subjects.push(server_subject(at, outcome, reason));
    }
    subjects.extend(zone.unknown_servers(&[Family::Ipv6, Family::Ipv4]));
    let nothing = subjects.first().map_or("no-servers", |subject| subject.reason);
    let verdict = Verdict::worst_of(subjects, "answered-by-all", nothing).citing(cite);
    Ok(zone.citing_answers(zone.within_limits(verdict), None))
}

/// How the answer for AAAA compares with that for A.
fn comparison(a: &ExchangeOutcome, aaaa: &ExchangeOutcome) -> (Outcome, &'static str) {
    // Where A is not answered properly either, AAAA is not treated worse.
    let ExchangeOutcome::Message(a) = a else {
        return (Outcome::NotApplicable, "no-better-for-a");
    };
    if !a.authoritative || !matches!(a.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) {
        return (Outcome::NotApplicable, "no-better-for-a");
    }
    let aaaa = match aaaa {
        ExchangeOutcome::Message(aaaa) => aaaa,
        ExchangeOutcome::Malformed => return (Outcome::Fail, "malformed"),
        _ => return (Outcome::Fail, "dropped"),
    };
    match aaaa.rcode {
        Rcode::NXDOMAIN if a.rcode != Rcode::NXDOMAIN => (Outcome::Fail, "nxdomain"),
        Rcode::NOERROR | Rcode::NXDOMAIN if !aaaa.authoritative => (Outcome::Fail, "lame"),
        Rcode::NOERROR | Rcode::NXDOMAIN => (Outcome::Pass, "answered"),
        Rcode::SERVFAIL => (Outcome::Fail, "servfail"),
        Rcode::REFUSED => (Outcome::Fail, "refuses"),
        _ => (Outcome::Fail, "other-rcode"),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::world::WWW;
    use crate::check::testing::zone::{NS2, ServerMessage, ServerQuery, garbage, rcode, silence};
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv4, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[questions_for_aaaa];

    #[test]
    fn questions_for_aaaa() {
        let aaaa = |asked: &ServerQuery<'_>| asked.at == NS2[0] && asked.is(WWW, RecordType::AAAA);
        let a = |asked: &ServerQuery<'_>| asked.at == NS2[0] && asked.is(WWW, RecordType::A);
        let lame = || ServerMessage { authoritative: false, ..ServerMessage::default() }.reply();
        let nowhere_to_ask =
            |asked: &ServerQuery<'_>| without_ipv6(asked).or_else(|| without_ipv4(asked));
        assert_zone_table(
            "dns-aaaa-answered",
            &[
                ("healthy", &|_| None, (Pass, "answered-by-all")),
                ("dropped", &|q| aaaa(q).then(silence), (Fail, "dropped")),
                ("NXDOMAIN", &|q| aaaa(q).then(|| rcode(3)), (Fail, "nxdomain")),
                (
                    "NXDOMAIN for A too",
                    &|q| (aaaa(q) || a(q)).then(|| rcode(3)),
                    (Pass, "answered-by-all"),
                ),
                ("SERVFAIL", &|q| aaaa(q).then(|| rcode(2)), (Fail, "servfail")),
                ("REFUSED", &|q| aaaa(q).then(|| rcode(5)), (Fail, "refuses")),
                ("NOTIMP", &|q| aaaa(q).then(|| rcode(4)), (Fail, "other-rcode")),
                ("without authority", &|q| aaaa(q).then(lame), (Fail, "lame")),
                ("garbage", &|q| aaaa(q).then(garbage), (Fail, "malformed")),
                ("A is no better", &|q| (aaaa(q) || a(q)).then(lame), (Pass, "answered-by-all")),
                ("nor with SERVFAIL", &|q| a(q).then(|| rcode(2)), (Pass, "answered-by-all")),
                ("nor with silence", &|q| a(q).then(silence), (Pass, "answered-by-all")),
                (
                    "nor anywhere",
                    &|q| q.of_zone().then(silence),
                    (NotApplicable, common::SERVER_FAILS),
                ),
                (
                    "a dead address of one server",
                    &|q| (q.at == NS2[1]).then(silence),
                    (Pass, "answered-by-all"),
                ),
                (
                    "software that knows only addresses",
                    &|q| {
                        let is_address = matches!(q.record_type, RecordType::A | RecordType::AAAA);
                        (q.of_zone() && !is_address).then(|| rcode(2))
                    },
                    (Pass, "answered-by-all"),
                ),
                ("our fault", &|q| aaaa(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                (
                    "our fault, then silence",
                    &|q| aaaa(q).then(|| if q.attempt == 1 { our_fault() } else { silence() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "a server without addresses",
                    &|q| unknown_server(q, RecordType::A),
                    (Inconclusive, common::UNRESOLVED),
                ),
                ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
                ("no addresses", &nowhere_to_ask, (NotApplicable, "no-servers")),
            ],
        );
    }
}
