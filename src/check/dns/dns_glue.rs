//! Does the parent zone know the IPv6 addresses of the zone's own name servers?

use std::net::IpAddr;

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::dns::authority::{NameServer, ParentAnswer, ParentSays};
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-glue",
    sources: &["Zonemaster CONSISTENCY05", "RFC 9471 §2"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("all-equal"),
        Reason::pass("equal"),
        Reason::fail("missing"),
        Reason::fail("differs"),
        Reason::inconclusive("zone-not-found"),
        Reason::inconclusive("parent-not-seen"),
        Reason::not_applicable("no-in-domain-servers"),
        Reason::not_applicable("no-ipv6"),
        Reason::not_applicable("same-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_glue.en.md"), include_str!("dns_glue.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let cite = zone.authority.observations.iter().copied();
    let in_domain = |server: &&NameServer| server.name.is_within(&zone.apex);
    let mut in_domain = zone.authority.servers.iter().filter(in_domain).peekable();
    if in_domain.peek().is_none() {
        return Err(Verdict::not_applicable("no-in-domain-servers").citing(cite));
    }
    let Some(cut) = &zone.authority.delegation else {
        let serves_it = |answer: &ParentAnswer| matches!(answer.says, ParentSays::ServesItToo(_));
        let verdict = match zone.authority.parents.iter().any(serves_it) {
            true => Verdict::not_applicable("same-servers"),
            false => Verdict::inconclusive("parent-not-seen"),
        };
        return Err(verdict.citing(cite));
    };
    // A server that the parent doesn't name needs no glue there; dns-delegation judges that.
    let subjects: Vec<Subject> = in_domain
        .filter(|server| cut.servers.iter().any(|named| named.name == server.name))
        .map(subject)
        .collect();
    let nothing = subjects.first().map_or("no-ipv6", |subject| subject.reason);
    Ok(zone.within_limits(Verdict::worst_of(subjects, "all-equal", nothing).citing(cite)))
}

fn subject(server: &NameServer) -> Subject {
    let glue: Vec<IpAddr> = server.glue.iter().copied().filter(IpAddr::is_ipv6).collect();
    let own = server.aaaa.addresses();
    let (outcome, reason) = match server.aaaa.status {
        LookupStatus::Found if glue == own => (Outcome::Pass, "equal"),
        LookupStatus::Found if glue.is_empty() => (Outcome::Fail, "missing"),
        LookupStatus::Found => (Outcome::Fail, "differs"),
        // There is nothing of the zone's own to compare with: nobody gets an answer from it.
        LookupStatus::Unserved(_) => (Outcome::NotApplicable, common::SERVER_FAILS),
        ref empty if empty.is_known_empty() && glue.is_empty() => {
            (Outcome::NotApplicable, "no-ipv6")
        }
        ref empty if empty.is_known_empty() => (Outcome::Fail, "differs"),
        _ => {
            let reason = server.aaaa.gap().map_or(common::UNRESOLVED, common::reason_of);
            (Outcome::Inconclusive, reason)
        }
    };
    let list = |addresses: &[IpAddr]| {
        addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
    };
    let detail = match outcome {
        Outcome::Fail => vec![("glue", list(&glue)), ("aaaa", list(&own))],
        _ => Vec::new(),
    };
    let name = SubjectName::NameServer(server.name.clone(), own.first().copied());
    Subject { name, outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::our_fault;
    use crate::check::testing::zone::{
        NS1, NS2, ROOT, ServerQuery, VN, authoritative_answer, healthy_zone, ns, rcode, referral,
        silence,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, nowhere, without_glue, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[glue];

    #[test]
    fn glue() {
        let glue = |asked: &ServerQuery<'_>, ipv6: &'static str| {
            let servers: [(&str, &[&str]); 2] =
                [("ns1.example.vn.", &NS1), ("ns2.example.vn.", &[ipv6, NS2[1]])];
            (asked.at == VN).then(|| referral("example.vn.", &servers).reply())
        };
        let own = |asked: &ServerQuery<'_>| {
            asked.is("ns2.example.vn", RecordType::AAAA) && asked.recursive
        };
        let parent = |asked: &ServerQuery<'_>| asked.at == ROOT || asked.at == VN;
        let elsewhere = |asked: &ServerQuery<'_>| {
            let servers: [(&str, &[&str]); 1] = [("ns.other.example.", &[])];
            if asked.at == VN {
                return Some(referral("example.vn.", &servers).reply());
            }
            let is_set = asked.is("example.vn", RecordType::NS);
            is_set
                .then(|| authoritative_answer(&[("example.vn.", ns("ns.other.example."))]).reply())
        };
        let nothing = |asked: &ServerQuery<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
        assert_zone_table(
            "dns-glue",
            &[
                ("healthy", &|_| None, (Pass, "all-equal")),
                ("none", &without_glue, (Fail, "missing")),
                ("another", &|q| glue(q, "2001:db8:2::54"), (Fail, "differs")),
                ("for a server without AAAA", &|q| own(q).then(|| rcode(0)), (Fail, "differs")),
                (
                    "for a server that the resolver can't find",
                    &|q| own(q).then(|| rcode(2)),
                    (Pass, "all-equal"),
                ),
                (
                    "the parent's servers serve the zone too",
                    &|q| (q.at == VN).then(|| healthy_zone(q)),
                    (NotApplicable, "same-servers"),
                ),
                (
                    "a zone that nobody gets an answer from",
                    &|q| (q.of_zone() || q.recursive).then(silence),
                    (NotApplicable, common::SERVER_FAILS),
                ),
                ("our fault", &|q| own(q).then(our_fault), (Pass, "all-equal")),
                ("no parent", &|q| parent(q).then(|| rcode(5)), (Inconclusive, "parent-not-seen")),
                ("none needed", &elsewhere, (NotApplicable, "no-in-domain-servers")),
                ("no IPv6", &nothing, (NotApplicable, "no-ipv6")),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ],
        );
    }
}
