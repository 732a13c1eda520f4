//! Do the name servers lie in more than one IPv6 network?

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::Ipv6Net;

use super::helpers::{known_zone, server_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach;
use crate::model::{Detail, Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-diversity",
    sources: &["RFC 2182 §3.1", "Zonemaster CONNECTIVITY03, CONNECTIVITY04"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("several-prefixes"),
        Reason::pass("several-ases"),
        Reason::pass("in-prefix"),
        Reason::fail("one-prefix"),
        Reason::fail("one-as"),
        Reason::fail("one-address"),
        Reason::fail("not-global"),
        Reason::inconclusive("not-in-table"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_diversity.en.md"), include_str!("dns_ns_diversity.vi.md")),
    rule: Rule::Service(evaluate),
};

/// What one network gets from its provider, as a rule (RFC 6177).
const PREFIX_LENGTH: u8 = 48;

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let mut cite = zone.authority.observations.clone();
    let mut prefixes = BTreeSet::new();
    let mut origins = Origins::default();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in zone.authority.of(Family::Ipv6) {
        let IpAddr::V6(address) = at.address else { continue };
        if !context.view.networks.counts_as_global(at.address) {
            subjects.push(server_subject(at, Outcome::Fail, "not-global"));
            continue;
        }
        let prefix = prefix(address);
        let mut subject = server_subject(at, Outcome::Pass, "in-prefix");
        subject.detail.push(("prefix", prefix.to_string()));
        if let Some(origin) = reach::route_origin(&context.view, at.address) {
            cite.extend(&origin.observations);
            subject.detail.extend(origins.add(&origin));
        }
        subjects.push(subject);
        prefixes.insert(prefix);
    }
    let count = |outcome| subjects.iter().filter(|s| s.outcome == outcome).count();
    let (usable, unusable) = (count(Outcome::Pass), count(Outcome::Fail));
    let unknown = zone.unknown_servers(&[Family::Ipv6]);
    let (outcome, reason) = match prefixes.len() {
        2.. if !context.view.settings.has_origin_data => (Outcome::Pass, "several-prefixes"),
        2.. if origins.ases.len() >= 2 => (Outcome::Pass, "several-ases"),
        // What is not known could lie in another network.
        _ if !unknown.is_empty() => (Outcome::Inconclusive, unknown[0].reason),
        _ if zone.authority.is_cut => (Outcome::Inconclusive, common::LIMIT),
        2.. => {
            origins.unknown.map_or((Outcome::Fail, "one-as"), |why| (Outcome::Inconclusive, why))
        }
        _ if usable > 1 => (Outcome::Fail, "one-prefix"),
        1 => (Outcome::Fail, "one-address"),
        _ if unusable > 0 => (Outcome::Fail, "not-global"),
        _ => (Outcome::NotApplicable, "no-ipv6-servers"),
    };
    subjects.extend(unknown);
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

/// The ASes that announce the addresses.
#[derive(Default)]
struct Origins {
    ases: BTreeSet<u32>,
    /// Why it is not known who announces some address.
    unknown: Option<&'static str>,
}

impl Origins {
    /// Adds those of one address; returns them as a particular of it.
    fn add(&mut self, origin: &reach::RouteOrigin<'_>) -> Vec<Detail> {
        let routes = origin.found.map_or(&[][..], |found| &found.routes);
        if routes.is_empty() {
            self.unknown = Some(origin.gap().map_or("not-in-table", common::reason_of));
        }
        self.ases.extend(routes.iter().map(|route| route.asn));
        routes.iter().map(|route| ("origin", format!("AS{}", route.asn))).collect()
    }
}

fn prefix(address: Ipv6Addr) -> Ipv6Net {
    // A length of 48 is within 128: the other arm is never taken.
    Ipv6Net::new(address, PREFIX_LENGTH).map_or(Ipv6Net::from(address), |net| net.trunc())
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::World;
    use crate::check::testing::zone::{
        NS1, NS2, ServerQuery, VN, address_data, authoritative_answer, rcode, referral,
    };
    use crate::check::testing::zone_table::{
        assert_zone_table, crowd, nowhere, unknown_server, without_ipv6,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{OriginTable, RecordType};

    pub(in crate::check) const CASES: &[fn()] = &[networks_of_servers, ases_of_servers];

    #[test]
    fn networks_of_servers() {
        let second = |asked: &ServerQuery<'_>, found: &str| {
            let glue: [(&str, &[&str]); 2] =
                [("ns1.example.vn.", &NS1), ("ns2.example.vn.", &NS2[1..])];
            if asked.at == VN {
                return Some(referral("example.vn.", &glue).reply());
            }
            let is_it = asked.is("ns2.example.vn", RecordType::AAAA);
            is_it.then(|| match found {
                "" => rcode(0),
                found => authoritative_answer(&[("ns2.example.vn.", address_data(found))]).reply(),
            })
        };
        let local = |asked: &ServerQuery<'_>| {
            let is_server = asked.name.starts_with("ns") && asked.record_type == RecordType::AAAA;
            let owner = format!("{}.", asked.name);
            is_server.then(|| authoritative_answer(&[(&owner, address_data("fd00::53"))]).reply())
        };
        assert_zone_table(
            "dns-ns-diversity",
            &[
                ("healthy", &|_| None, (Pass, "several-prefixes")),
                ("one network", &|q| second(q, "2001:db8:1::54"), (Fail, "one-prefix")),
                ("one address", &|q| second(q, ""), (Fail, "one-address")),
                ("one that is global", &|q| second(q, "fd00::53"), (Fail, "one-address")),
                ("none that is global", &local, (Fail, "not-global")),
                ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
                (
                    "unknown",
                    &|q| unknown_server(q, RecordType::AAAA),
                    (Inconclusive, common::UNRESOLVED),
                ),
                ("a crowd", &|q| crowd(q).or_else(|| second(q, "")), (Inconclusive, common::LIMIT)),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ],
        );
    }

    #[test]
    fn ases_of_servers() {
        use OriginTable;
        let announced = |routes: &str| {
            let mut world = World::with_service("web: \"https://www.example.vn/\", state: active");
            world.inventory.settings.has_origin_data = true;
            let mut world = world.with_dns_answers(&|_| None);
            let table = OriginTable::parse(routes, None).unwrap();
            for address in [NS1[0], NS2[0]] {
                let address = address.parse().unwrap();
                world = world.looked_up(address, Some(table.find(address)));
            }
            world
        };
        for (routes, expected) in [
            ("2001:db8:1::/48 64500\n2001:db8:2::/48 64501", (Pass, "several-ases")),
            ("2001:db8::/32 64500", (Fail, "one-as")),
            ("2001:db8:1::/48 64500", (Inconclusive, "not-in-table")),
        ] {
            assert_eq!(announced(routes).outcome_of("dns-ns-diversity"), expected, "{routes}");
        }
        let mut unasked = World::with_service("web: \"https://www.example.vn/\", state: active");
        unasked.inventory.settings.has_origin_data = true;
        let unasked = unasked.with_dns_answers(&|_| None);
        assert_eq!(unasked.outcome_of("dns-ns-diversity"), (Inconclusive, common::NOT_OBSERVED));
    }
}
