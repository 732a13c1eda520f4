//! Can a packet from anywhere reach the published addresses?

use std::net::IpAddr;

use super::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service;
use crate::model::{
    Family, Outcome, Severity, State, Subject, SubjectName, Verdict, special_purpose,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "address-global",
    sources: &["IANA IPv6 Special-Purpose Address Registry", "RFC 6890", "RFC 4291"],
    severity: Severity::Critical,
    revision: 2,
    reasons: &[
        Reason::pass("global"),
        Reason::pass("declared-testbed"),
        Reason::pass("declared-internal"),
        Reason::fail("special-purpose"),
        Reason::fail("outside-declared"),
    ],
    doc: Doc::new(include_str!("address_global.en.md"), include_str!("address_global.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let found = addresses(context, Family::Ipv6)?;
    let subjects: Vec<Subject> =
        found.into_iter().map(|address| subject(context, address)).collect();
    // One address that only counts by what is declared speaks for all.
    let declared = subjects.iter().find(|s| s.outcome == Outcome::Pass && s.reason != "global");
    let pass = declared.map_or("global", |subject| subject.reason);
    let lookup = service::published_addresses(&context.view, context.service);
    let cite = lookup.as_ref().and_then(|found| found.lookup(Family::Ipv6));
    Ok(Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(cite.into_iter().flat_map(|lookup| lookup.observations.iter().copied())))
}

fn subject(context: &CheckContext<'_>, address: IpAddr) -> Subject {
    let networks = context.view.networks;
    let mut detail = Vec::new();
    let (outcome, reason) = if context.service.state == State::Internal {
        match networks.owner(address) {
            Some(network) if network.internal => {
                detail.push(("network", network.name.clone()));
                (Outcome::Pass, "declared-internal")
            }
            _ => (Outcome::Fail, "outside-declared"),
        }
    } else {
        match special_purpose(address).filter(|row| !row.usable) {
            None => (Outcome::Pass, "global"),
            Some(_) if networks.counts_as_global(address) => (Outcome::Pass, "declared-testbed"),
            Some(row) => {
                detail.push(("range", format!("{} {}", row.id, row.prefix)));
                detail.push(("source", row.source.to_owned()));
                (Outcome::Fail, "special-purpose")
            }
        }
    };
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::testing::world::{FOUR, SIX, WWW, World};
    use crate::model::Networks;
    use crate::model::Outcome::{Fail, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[addresses_that_packets_reach_or_not];

    #[test]
    fn addresses_that_packets_reach_or_not() {
        let id = "address-global";
        for (state, six, expected) in [
            ("active", SIX, (Pass, "declared-testbed")),
            ("active", "fe80::1", (Fail, "special-purpose")),
            ("active", "2400:cb00::1", (Pass, "global")),
            ("internal", SIX, (Fail, "outside-declared")),
            ("active", "2001:db8::c000:201", (Pass, "declared-testbed")),
            ("active", "2001:db8::5054:ff:fe12:1", (Pass, "declared-testbed")),
        ] {
            let verdict = World::new(state).host(WWW, &[six, FOUR]).verdict(id);
            assert_eq!(verdict.subjects.len(), 1, "{six}");
            assert_eq!((verdict.outcome, verdict.reason), expected, "{state} {six}");
        }
        let mut inside = World::new("internal").published();
        let networks = inside.inventory.networks.iter().cloned().map(|mut network| {
            network.internal = true;
            network
        });
        inside.inventory.networks = Networks::new(networks.collect());
        assert_eq!(inside.outcome_of(id), (Pass, "declared-internal"));
    }
}
