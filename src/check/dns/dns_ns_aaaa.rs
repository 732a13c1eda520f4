//! Can the zone's name servers be reached by a resolver that has only IPv6?

use std::net::IpAddr;

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::{self, Lookup, LookupStatus};
use crate::model::{Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-aaaa",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 3901"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("enough"),
        Reason::pass("has-ipv6"),
        Reason::fail("none"),
        Reason::fail("only-one"),
        Reason::fail("no-ipv6"),
        Reason::fail("not-global"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_aaaa.en.md"), include_str!("dns_ns_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

/// Name servers with IPv6 that a zone needs.
const NEEDED: usize = 2;

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let Some(host) = context.service.target.host() else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let Some(name) = host.name() else { return Err(Verdict::not_applicable("address-literal")) };
    let zone = dns::zone(&context.view, name);
    let mut cite = zone.observations();
    if !zone.needs.is_empty() && zone.name_servers.is_empty() {
        return Err(Verdict::inconclusive(common::NOT_OBSERVED).citing(cite));
    }
    let mut is_cut = zone.is_cut;
    let servers = zone.name_servers.iter().map(|server| (&server.name, &server.aaaa, &[][..]));
    let mut subjects: Vec<Subject> = servers.map(|server| subject(context, server)).collect();
    // Where the resolver finds no zone, the path from the root may.
    if subjects.is_empty() {
        let zone = known_zone(context).map_err(|early| early.citing(cite.iter().copied()))?;
        let servers = zone.authority.servers.iter();
        let servers = servers.map(|server| (&server.name, &server.aaaa, &server.glue[..]));
        subjects = servers.map(|server| subject(context, server)).collect();
        is_cut = zone.authority.is_cut;
        cite.extend(&zone.authority.observations);
    }
    let count = |outcome| subjects.iter().filter(|s| s.outcome == outcome).count();
    let (good, unknown) = (count(Outcome::Pass), count(Outcome::Inconclusive));
    let (outcome, reason) = match good {
        NEEDED.. => (Outcome::Pass, "enough"),
        // Which reason holds is known only when no server is left unresolved.
        _ if is_cut => (Outcome::Inconclusive, common::LIMIT),
        _ if unknown > 0 => (Outcome::Inconclusive, common::UNRESOLVED),
        0 => (Outcome::Fail, "none"),
        _ => (Outcome::Fail, "only-one"),
    };
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

/// A name server: its name, its AAAA records, and the addresses that came with the delegation, which
/// replace a look-up that failed.
fn subject(context: &CheckContext<'_>, (name, aaaa, glue): (&Name, &Lookup, &[IpAddr])) -> Subject {
    let mut addresses = aaaa.addresses();
    if matches!(aaaa.status, LookupStatus::Failed(_)) {
        addresses.extend(glue.iter().filter(|address| address.is_ipv6()));
    }
    let global = addresses.iter().copied().find(|a| context.view.networks.counts_as_global(*a));
    let (outcome, reason) = match &aaaa.status {
        LookupStatus::Found | LookupStatus::Failed(_) if global.is_some() => {
            (Outcome::Pass, "has-ipv6")
        }
        LookupStatus::Found => (Outcome::Fail, "not-global"),
        LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
            (Outcome::Fail, "no-ipv6")
        }
        LookupStatus::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
        _ => (Outcome::Inconclusive, common::UNRESOLVED),
    };
    let address = global.or_else(|| addresses.first().copied());
    Subject {
        name: SubjectName::NameServer(name.clone(), address),
        outcome,
        reason,
        detail: Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::{NS, SOA};
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{address, alias, answer, message};
    use crate::check::testing::world::World;
    use crate::check::testing::zone::{ServerQuery, address_data, authoritative_answer, rcode};
    use crate::check::testing::zone_table::{assert_zone_table, crowd, nowhere, without_ipv6};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] =
        &[one_unresolved_name_server_hides_which_reason_holds, servers_with_ipv6];

    #[test]
    fn one_unresolved_name_server_hides_which_reason_holds() {
        let ns = |name: &str| ("example.vn.", RData::NS(NS(WireName::from_ascii(name).unwrap())));
        let soa = SOA::new(
            WireName::from_ascii("a.example.vn.").unwrap(),
            WireName::from_ascii("h.example.vn.").unwrap(),
            1,
            1,
            1,
            1,
            1,
        );
        let found = answer(&[address("2001:db8::53")]);
        let (none, broken) = (answer(&[]), message(ResponseCode::ServFail, &[]));
        for (a, b, expected) in [
            (&found, &found, (Pass, "enough")),
            (&found, &none, (Fail, "only-one")),
            (&none, &none, (Fail, "none")),
            (&found, &broken, (Inconclusive, common::UNRESOLVED)),
            (&none, &broken, (Inconclusive, common::UNRESOLVED)),
            (&broken, &broken, (Inconclusive, common::UNRESOLVED)),
        ] {
            let at = |host: &'static str, reply: &Reply| match reply {
                same if same == &found => answer(&[(host, address("2001:db8::53").1)]),
                other => other.clone(),
            };
            let alias = answer(&[
                alias("www.example.vn.", "example.vn."),
                ("example.vn.", RData::SOA(soa.clone())),
            ]);
            let world = World::new("active")
                .dns("www.example.vn", RecordType::SOA, &alias)
                .dns(
                    "example.vn",
                    RecordType::SOA,
                    &answer(&[("example.vn.", RData::SOA(soa.clone()))]),
                )
                .dns(
                    "example.vn",
                    RecordType::NS,
                    &answer(&[ns("a.example.vn."), ns("b.example.vn.")]),
                )
                .dns("a.example.vn", RecordType::AAAA, &at("a.example.vn.", a))
                .dns("b.example.vn", RecordType::AAAA, &at("b.example.vn.", b));
            assert_eq!(world.outcome_of("dns-ns-aaaa"), expected);
        }
    }

    #[test]
    fn servers_with_ipv6() {
        let second = |asked: &ServerQuery<'_>| asked.is("ns2.example.vn", RecordType::AAAA);
        let local =
            || authoritative_answer(&[("ns2.example.vn.", address_data("fd00::53"))]).reply();
        assert_zone_table(
            "dns-ns-aaaa",
            &[
                ("healthy", &|_| None, (Pass, "enough")),
                ("none", &without_ipv6, (Fail, "none")),
                ("one", &|q| second(q).then(|| rcode(0)), (Fail, "only-one")),
                ("one that is global", &|q| second(q).then(local), (Fail, "only-one")),
                (
                    "one that is known",
                    &|q| second(q).then(|| rcode(2)),
                    (Inconclusive, common::UNRESOLVED),
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
}
