//! Does a large answer arrive over IPv6?

use super::helpers::{known_zone, server_subject, unusable_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::large_response::{LargeResponse, large_response};
use crate::model::{Family, Outcome, Severity, Subject, Transport, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-large-answer",
    sources: &["draft-ietf-dnsop-3901bis §4", "RFC 6891 §6.2", "RFC 9715"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("all-arrive"),
        Reason::pass("arrives"),
        Reason::pass("arrives-over-tcp"),
        Reason::fail("lost"),
        Reason::fail("tcp-fails"),
        Reason::fail("edns-refused"),
        Reason::fail("malformed"),
        Reason::fail("exceeds-offer"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("nothing-large"),
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_large_answer.en.md"), include_str!("dns_large_answer.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let mut cite = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in zone.authority.of(Family::Ipv6) {
        let Some(reading) = large_response(&context.view, &zone.apex, at) else {
            // A server that only TCP reaches sends nothing in datagrams, large or small.
            subjects.push(match at.usable(&zone.apex) {
                Some(Transport::Tcp) => {
                    server_subject(at, Outcome::NotApplicable, common::SERVER_FAILS)
                }
                _ => unusable_subject(&zone.apex, at),
            });
            continue;
        };
        cite.extend(reading.observations);
        let (outcome, reason, octets) = match reading.large {
            LargeResponse::Arrives(octets) => (Outcome::Pass, "arrives", Some(octets)),
            LargeResponse::ArrivesOverTcp(octets) => {
                (Outcome::Pass, "arrives-over-tcp", Some(octets))
            }
            LargeResponse::Exceeds(octets) => (Outcome::Fail, "exceeds-offer", Some(octets)),
            LargeResponse::TcpFails => (Outcome::Fail, "tcp-fails", None),
            LargeResponse::Lost => (Outcome::Fail, "lost", None),
            LargeResponse::EdnsRefused => (Outcome::Fail, "edns-refused", None),
            LargeResponse::Malformed => (Outcome::Fail, "malformed", None),
            LargeResponse::Unanswered => (Outcome::NotApplicable, common::SERVER_FAILS, None),
            LargeResponse::NothingLarge => (Outcome::NotApplicable, "nothing-large", None),
            LargeResponse::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(gap), None),
        };
        let mut subject = server_subject(at, outcome, reason);
        subject.detail.extend(octets.map(|octets| ("octets", octets.to_string())));
        subjects.push(subject);
    }
    subjects.extend(zone.unknown_servers(&[Family::Ipv6]));
    let empty = subjects.first().map_or("no-ipv6-servers", |subject| subject.reason);
    let verdict = Verdict::worst_of(subjects, "all-arrive", empty).citing(cite);
    Ok(zone.citing_answers(zone.within_limits(verdict), Some(Family::Ipv6)))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::rr::RData;

    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::zone::{
        NS2, ServerQuery, authoritative_answer, garbage, rcode, silence, truncated,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::Transport::{Tcp, Udp};
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[large_answers];

    #[test]
    fn large_answers() {
        let asked_for = |asked: &ServerQuery<'_>, record_type| {
            asked.at == NS2[0] && asked.dnssec_ok && asked.is("example.vn", record_type)
        };
        let key = move |asked: &ServerQuery<'_>| asked_for(asked, RecordType::DNSKEY);
        let any = move |asked: &ServerQuery<'_>| key(asked) || asked_for(asked, RecordType::TXT);
        let large = |hundreds: u32| {
            let texts = (0..hundreds).map(|n| format!("{n}{}", "x".repeat(99))).collect();
            let text = RData::TXT(hickory_proto::rr::rdata::TXT::new(texts));
            authoritative_answer(&[("example.vn.", text)])
        };
        let all_large = move |asked: &ServerQuery<'_>| {
            let is_it =
                asked.dnssec_ok && asked.of_zone() && asked.is("example.vn", RecordType::DNSKEY);
            is_it.then(|| large(9).reply())
        };
        let over = move |asked: &ServerQuery<'_>, tcp: fn() -> Reply| {
            any(asked).then(|| if asked.over == Tcp { tcp() } else { truncated() })
        };
        assert_zone_table(
            "dns-large-answer",
            &[
                ("nothing large", &|_| None, (NotApplicable, "nothing-large")),
                ("large", &all_large, (Pass, "all-arrive")),
                (
                    "over TCP",
                    &|q| over(q, || authoritative_answer(&[]).reply()),
                    (Pass, "all-arrive"),
                ),
                ("not over TCP", &|q| over(q, silence), (Fail, "tcp-fails")),
                ("SERVFAIL over TCP", &|q| over(q, || rcode(2)), (Fail, "tcp-fails")),
                ("our fault over TCP", &|q| over(q, our_fault), (Inconclusive, common::OUR_FAULT)),
                ("lost", &|q| any(q).then(silence), (Fail, "lost")),
                ("without EDNS", &|q| any(q).then(|| rcode(1)), (Fail, "edns-refused")),
                ("garbage", &|q| any(q).then(garbage), (Fail, "malformed")),
                ("very large", &|q| any(q).then(|| large(14).reply()), (Fail, "exceeds-offer")),
                ("SERVFAIL", &|q| any(q).then(|| rcode(2)), (NotApplicable, "nothing-large")),
                (
                    "SERVFAIL for keys only",
                    &|q| key(q).then(|| rcode(2)),
                    (NotApplicable, "nothing-large"),
                ),
                ("our fault", &|q| any(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                (
                    "no datagrams",
                    &|q| (q.at == NS2[0] && q.over == Udp).then(silence),
                    (NotApplicable, "nothing-large"),
                ),
                (
                    "unknown",
                    &|q| unknown_server(q, RecordType::AAAA),
                    (Inconclusive, common::UNRESOLVED),
                ),
                ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
                ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ],
        );
    }
}
