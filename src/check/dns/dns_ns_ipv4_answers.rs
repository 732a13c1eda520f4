//! Does the zone also answer over IPv4?

use super::helpers::{answering_subject, known_zone};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-ipv4-answers",
    sources: &["RFC 3901 §3"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("answers-over-ipv4"),
        Reason::pass("answers"),
        Reason::fail("no-ipv4-servers"),
        Reason::fail("silent"),
        Reason::fail("udp-only"),
        Reason::fail("tcp-only"),
        Reason::fail("truncated"),
        Reason::fail("refuses"),
        Reason::fail("lame"),
        Reason::fail("servfail"),
        Reason::fail("other-rcode"),
        Reason::fail("malformed"),
        Reason::fail("not-global"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ns_ipv4_answers.en.md"),
        include_str!("dns_ns_ipv4_answers.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

/// One server that answers is enough: the subjects show which of the others don't.
fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let answering = zone.authority.of(Family::Ipv4).map(|at| answering_subject(&zone.apex, at));
    let subjects: Vec<Subject> = answering.chain(zone.unknown_servers(&[Family::Ipv4])).collect();
    let first = |outcome| subjects.iter().find(|s| s.outcome == outcome).map(|s| s.reason);
    let (outcome, reason) = match (first(Outcome::Pass), first(Outcome::Inconclusive)) {
        (Some(_), _) => (Outcome::Pass, "answers-over-ipv4"),
        (None, Some(reason)) => (Outcome::Inconclusive, reason),
        // IPv6 is asked first, so that it is IPv4 that a limit leaves out.
        (None, None) if zone.authority.is_cut => (Outcome::Inconclusive, common::LIMIT),
        (None, None) => (Outcome::Fail, first(Outcome::Fail).unwrap_or("no-ipv4-servers")),
    };
    let verdict = Verdict { outcome, reason, subjects, observations: Vec::new() };
    Ok(zone.citing_answers(verdict, Some(Family::Ipv4)))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::zone::{
        NS1, NS2, ServerQuery, address_data, authoritative_answer, garbage, rcode, silence,
        truncated,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv4,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::RecordType;
    use crate::model::Transport::{Tcp, Udp};

    pub(in crate::check) const CASES: &[fn()] = &[servers_over_ipv4];

    #[test]
    fn servers_over_ipv4() {
        let soa_at = |asked: &ServerQuery<'_>, over| {
            let is_ipv4 = [NS1[1], NS2[1]].contains(&asked.at.as_str());
            is_ipv4 && asked.over == over && asked.is("example.vn", RecordType::SOA)
        };
        let soa = |asked: &ServerQuery<'_>| soa_at(asked, Udp) || soa_at(asked, Tcp);
        assert_zone_table(
            "dns-ns-ipv4-answers",
            &[
                ("healthy", &|_| None, (Pass, "answers-over-ipv4")),
                (
                    "one of two",
                    &|q| (soa(q) && q.at == NS1[1]).then(silence),
                    (Pass, "answers-over-ipv4"),
                ),
                ("silent", &|q| soa(q).then(silence), (Fail, "silent")),
                ("only UDP", &|q| soa_at(q, Tcp).then(silence), (Fail, "udp-only")),
                ("only TCP", &|q| soa_at(q, Udp).then(silence), (Fail, "tcp-only")),
                (
                    "too large for UDP, and not over TCP",
                    &|q| soa(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                    (Fail, "truncated"),
                ),
                ("REFUSED", &|q| soa(q).then(|| rcode(5)), (Fail, "refuses")),
                ("SERVFAIL", &|q| soa(q).then(|| rcode(2)), (Fail, "servfail")),
                ("NOTIMP", &|q| soa(q).then(|| rcode(4)), (Fail, "other-rcode")),
                ("no records", &|q| soa(q).then(|| rcode(0)), (Fail, "lame")),
                ("garbage", &|q| soa(q).then(garbage), (Fail, "malformed")),
                ("our fault", &|q| soa(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                ("no IPv4", &without_ipv4, (Fail, "no-ipv4-servers")),
                (
                    "no IPv4 address that is global",
                    &|q| {
                        let is_it = q.name.starts_with("ns") && q.record_type == RecordType::A;
                        let owner = format!("{}.", q.name);
                        is_it.then(|| {
                            authoritative_answer(&[(&owner, address_data("10.0.0.53"))]).reply()
                        })
                    },
                    (Fail, "not-global"),
                ),
                (
                    "no IPv4 that is known",
                    &|q| unknown_server(q, RecordType::A).or_else(|| soa(q).then(silence)),
                    (Inconclusive, common::UNRESOLVED),
                ),
                (
                    "a crowd",
                    &|q| crowd(q).or_else(|| without_ipv4(q)),
                    (Inconclusive, common::LIMIT),
                ),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ],
        );
    }
}
