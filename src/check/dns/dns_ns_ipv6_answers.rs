//! Does every name server of the zone answer over IPv6?

use super::helpers::{answering_subject, known_zone};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Family, Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-ipv6-answers",
    sources: &["Zonemaster CONNECTIVITY01", "Zonemaster CONNECTIVITY02", "RFC 7766 §5"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("all-answer"),
        Reason::pass("answers"),
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
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ns_ipv6_answers.en.md"),
        include_str!("dns_ns_ipv6_answers.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let answering = zone.authority.of(Family::Ipv6).map(|at| answering_subject(&zone.apex, at));
    let subjects = answering.chain(zone.unknown_servers(&[Family::Ipv6])).collect();
    let verdict = Verdict::worst_of(subjects, "all-answer", "no-ipv6-servers");
    Ok(zone.citing_answers(zone.within_limits(verdict), Some(Family::Ipv6)))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::zone::{
        NS2, ServerQuery, address_data, authoritative_answer, garbage, rcode, silence, truncated,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::Transport::{Tcp, Udp};
    use crate::model::{NetFailure, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[servers_over_ipv6];

    #[test]
    fn servers_over_ipv6() {
        let soa_at = |asked: &ServerQuery<'_>, over| {
            asked.at == NS2[0] && asked.over == over && asked.is("example.vn", RecordType::SOA)
        };
        let soa = |asked: &ServerQuery<'_>| soa_at(asked, Udp) || soa_at(asked, Tcp);
        assert_zone_table(
            "dns-ns-ipv6-answers",
            &[
                ("healthy", &|_| None, (Pass, "all-answer")),
                ("silent", &|q| soa(q).then(silence), (Fail, "silent")),
                ("only UDP", &|q| soa_at(q, Tcp).then(silence), (Fail, "udp-only")),
                ("only TCP", &|q| soa_at(q, Udp).then(silence), (Fail, "tcp-only")),
                (
                    "too large for UDP, and not over TCP",
                    &|q| soa(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                    (Fail, "truncated"),
                ),
                ("too large for UDP", &|q| soa_at(q, Udp).then(truncated), (Pass, "all-answer")),
                (
                    "no EDNS",
                    &|q| (q.at == NS2[0] && !q.without_edns).then(|| rcode(1)),
                    (Pass, "all-answer"),
                ),
                ("FORMERR", &|q| soa(q).then(|| rcode(1)), (Fail, "other-rcode")),
                ("REFUSED", &|q| soa(q).then(|| rcode(5)), (Fail, "refuses")),
                ("SERVFAIL", &|q| soa(q).then(|| rcode(2)), (Fail, "servfail")),
                ("NOTIMP", &|q| soa(q).then(|| rcode(4)), (Fail, "other-rcode")),
                ("no records", &|q| soa(q).then(|| rcode(0)), (Fail, "lame")),
                ("garbage", &|q| soa(q).then(garbage), (Fail, "malformed")),
                ("our fault", &|q| soa(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                (
                    "our fault, then silence",
                    &|q| soa(q).then(|| if q.attempt == 1 { our_fault() } else { silence() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "silence, then our fault",
                    &|q| soa(q).then(|| if q.attempt == 1 { silence() } else { our_fault() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "refused, then an answer",
                    &|q| {
                        let refused = Reply::DnsFailed(NetFailure::Refused);
                        (soa_at(q, Udp) && q.attempt == 1).then_some(refused)
                    },
                    (Pass, "all-answer"),
                ),
                (
                    "a server without addresses",
                    &|q| unknown_server(q, RecordType::AAAA),
                    (Inconclusive, common::UNRESOLVED),
                ),
                (
                    "an address that is not global",
                    &|q| {
                        let is_it = q.is("ns2.example.vn", RecordType::AAAA);
                        let local = ("ns2.example.vn.", address_data("fd00::53"));
                        is_it.then(|| authoritative_answer(&[local]).reply())
                    },
                    (Fail, "not-global"),
                ),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
                ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
                ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ],
        );
    }
}
