//! Can the zone's name servers be reached by a resolver that has only IPv6?

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::dns::authority::NameServer;
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-aaaa",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 3901"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("enough"),
        Reason::pass("has-ipv6"),
        Reason::fail("none"),
        Reason::fail("only-one"),
        Reason::fail("no-ipv6"),
        Reason::fail("not-global"),
        Reason::absent("no-such-zone"),
        Reason::fail("no-such-name"),
        Reason::fail("cannot-be-found"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_aaaa.en.md"), include_str!("dns_ns_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

/// Name servers with IPv6 that a zone needs.
const NEEDED: usize = 2;

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context).map_err(|early| match early.reason {
        common::NO_ZONE => Verdict { outcome: Outcome::Fail, reason: "no-such-zone", ..early },
        _ => early,
    })?;
    let authority = &zone.authority;
    // Whom the zone itself names counts; dns-delegation tells where its parent names others.
    let is_named = |server: &&NameServer| {
        authority.own.names.as_ref().is_none_or(|names| names.contains(&server.name))
    };
    let subject = |server: &NameServer| subject(context, server);
    let subjects: Vec<Subject> = authority.servers.iter().filter(is_named).map(subject).collect();
    let count = |outcome| subjects.iter().filter(|s| s.outcome == outcome).count();
    let unknown = subjects.iter().find(|subject| subject.outcome == Outcome::Inconclusive);
    let (outcome, reason) = match (count(Outcome::Pass), unknown) {
        (NEEDED.., _) => (Outcome::Pass, "enough"),
        // Which reason holds is known only when no server is left unresolved.
        _ if authority.is_cut => (Outcome::Inconclusive, common::LIMIT),
        (_, Some(unknown)) => (Outcome::Inconclusive, unknown.reason),
        (0, None) if subjects.iter().all(|subject| subject.reason == "not-global") => {
            (Outcome::Fail, "not-global")
        }
        (0, None) => (Outcome::Fail, "none"),
        (_, None) => (Outcome::Fail, "only-one"),
    };
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }
        .citing(authority.observations.iter().copied()))
}

/// A name server: its name, its AAAA records, and the addresses that came with the delegation, which
/// replace a look-up that failed.
fn subject(context: &CheckContext<'_>, server: &NameServer) -> Subject {
    let addresses: Vec<_> =
        server.addresses().into_iter().filter(|address| address.is_ipv6()).collect();
    let global = addresses.iter().copied().find(|a| context.view.networks.counts_as_global(*a));
    let (outcome, reason) = match &server.aaaa.status {
        _ if global.is_some() => (Outcome::Pass, "has-ipv6"),
        _ if !addresses.is_empty() => (Outcome::Fail, "not-global"),
        LookupStatus::NxDomain if server.a.status == LookupStatus::NxDomain => {
            (Outcome::Fail, "no-such-name")
        }
        LookupStatus::Unserved(_) | LookupStatus::ChainLooped => (Outcome::Fail, "cannot-be-found"),
        empty if empty.is_known_empty() => (Outcome::Fail, "no-ipv6"),
        unknown => {
            let reason = unknown.gap().map_or(common::UNRESOLVED, common::reason_of);
            (Outcome::Inconclusive, reason)
        }
    };
    let address = global.or_else(|| addresses.first().copied());
    Subject {
        name: SubjectName::NameServer(server.name.clone(), address),
        outcome,
        reason,
        detail: Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::World;
    use crate::check::testing::zone::{
        NS1, ServerQuery, VN, address_data, authoritative_answer, ns, rcode, referral,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[servers_with_ipv6, names_that_are_no_zone];

    /// The delegation has glue for these many of the two servers, and the resolver finds none of the others.
    fn with_glue_for(asked: &ServerQuery<'_>, servers: usize) -> Option<Reply> {
        let names = ["ns1.example.vn.", "ns2.example.vn."];
        if asked.at == VN {
            let glue = [&NS1[..], &[]];
            let glue: Vec<(&str, &[&str])> = names
                .into_iter()
                .enumerate()
                .map(|(at, name)| (name, if at < servers { glue[at] } else { &[][..] }))
                .collect();
            return Some(referral("example.vn.", &glue).reply());
        }
        let is_lost = |name: &&str| asked.name == name.trim_end_matches('.');
        let lost = names.iter().skip(servers).any(is_lost);
        (lost || (servers == 0 && asked.recursive)).then(|| rcode(2))
    }

    #[test]
    fn servers_with_ipv6() {
        let second = |asked: &ServerQuery<'_>| asked.is("ns2.example.vn", RecordType::AAAA);
        let local = |asked: &ServerQuery<'_>| {
            let owner = format!("{}.", asked.name);
            authoritative_answer(&[(&owner, address_data("fd00::53"))]).reply()
        };
        assert_zone_table(
            "dns-ns-aaaa",
            &[
                ("healthy", &|_| None, (Pass, "enough")),
                ("none", &without_ipv6, (Fail, "none")),
                ("one", &|q| second(q).then(|| rcode(0)), (Fail, "only-one")),
                ("one that is global", &|q| second(q).then(|| local(q)), (Fail, "only-one")),
                (
                    "none that is global",
                    &|q| {
                        let is_server = q.name.starts_with("ns");
                        (is_server && q.record_type == RecordType::AAAA).then(|| local(q))
                    },
                    (Fail, "not-global"),
                ),
                (
                    "one that the resolver can't find",
                    &|q| (second(q) && q.recursive).then(|| rcode(2)),
                    (Pass, "enough"),
                ),
                (
                    "one that nobody could be asked for",
                    &|q| unknown_server(q, RecordType::AAAA),
                    (Inconclusive, common::UNRESOLVED),
                ),
                ("glue for one", &|q| with_glue_for(q, 1), (Fail, "only-one")),
                ("no glue at all", &|q| with_glue_for(q, 0), (Fail, "none")),
                (
                    "one whose name doesn't exist",
                    &|q| (q.name == "ns2.example.vn").then(|| rcode(3)),
                    (Fail, "only-one"),
                ),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
                (
                    "a zone that the resolver can't find",
                    &|q| q.recursive.then(|| rcode(2)),
                    (Pass, "enough"),
                ),
                (
                    "a crowd",
                    &|q| crowd(q).or_else(|| without_ipv6(q)),
                    (Inconclusive, common::LIMIT),
                ),
            ],
        );
    }

    #[test]
    fn names_that_are_no_zone() {
        let of = |declared: &str| World::with_zone(declared, &|_| None).outcome_of("dns-ns-aaaa");
        assert_eq!(of("zone: example.vn"), (Pass, "enough"));
        assert_eq!(of("zone: www.example.vn"), (Fail, "no-such-zone"));
        let gone = |asked: &ServerQuery<'_>| (asked.name == "gone.example.vn").then(|| rcode(3));
        let world = World::with_zone("zone: gone.example.vn", &gone);
        assert_eq!(world.outcome_of("dns-ns-aaaa"), (Fail, "no-such-zone"));
        for check in ["dns-ns-ipv6-answers", "dns-delegation", "dns-consistent", "dns-glue"] {
            assert_eq!(world.verdict(check).reason, common::NO_ZONE, "{check}");
        }
        let lone = |asked: &ServerQuery<'_>| {
            let servers: [(&str, &[&str]); 1] = [("ns1.example.vn.", &NS1)];
            let names = [("example.vn.", ns("ns1.example.vn."))];
            match asked.at == VN {
                true => Some(referral("example.vn.", &servers).reply()),
                false => asked
                    .is("example.vn", RecordType::NS)
                    .then(|| authoritative_answer(&names).reply()),
            }
        };
        let world = World::with_zone("zone: example.vn", &lone);
        assert_eq!(world.outcome_of("dns-ns-aaaa"), (Fail, "only-one"));
    }
}
