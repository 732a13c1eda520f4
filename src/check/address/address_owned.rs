//! Are the addresses in the networks that the inventory declares?

use std::net::IpAddr;

use super::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service;
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "address-owned",
    sources: &["the inventory's `networks`"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("declared"),
        Reason::fail("undeclared"),
        Reason::not_applicable("none-declared"),
    ],
    doc: Doc::new(include_str!("address_owned.en.md"), include_str!("address_owned.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    if !context.view.networks.declares_ipv6() {
        return Err(Verdict::not_applicable("none-declared"));
    }
    let found = addresses(context, Family::Ipv6)?;
    let subjects = found.into_iter().map(|address| subject(context, address)).collect();
    let lookup = service::published_addresses(&context.view, context.service);
    let cite = lookup.as_ref().and_then(|found| found.lookup(Family::Ipv6));
    Ok(Verdict::worst_of(subjects, "declared", common::NO_IPV6)
        .citing(cite.into_iter().flat_map(|lookup| lookup.observations.iter().copied())))
}

fn subject(context: &CheckContext<'_>, address: IpAddr) -> Subject {
    let (outcome, reason, detail) = match context.view.networks.owner(address) {
        Some(network) => (
            Outcome::Pass,
            "declared",
            vec![("network", network.name.clone()), ("prefix", network.prefix.to_string())],
        ),
        None => (Outcome::Fail, "undeclared", Vec::new()),
    };
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::testing::world::{FOUR, SIX, WWW, World};
    use crate::model::Networks;
    use crate::model::Outcome::{Fail, NotApplicable, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[addresses_inside_and_outside_declared_networks];

    #[test]
    fn addresses_inside_and_outside_declared_networks() {
        let id = "address-owned";
        for (state, six, expected) in [
            ("active", SIX, (Pass, "declared")),
            ("active", "fe80::1", (Fail, "undeclared")),
            ("active", "2400:cb00::1", (Fail, "undeclared")),
            ("internal", SIX, (Pass, "declared")),
            ("active", "2001:db8::c000:201", (Pass, "declared")),
            ("active", "2001:db8::5054:ff:fe12:1", (Pass, "declared")),
        ] {
            let world = World::new(state).host(WWW, &[six, FOUR]);
            assert_eq!(world.outcome_of(id), expected, "{state} {six}");
        }
        let mut undeclared = World::new("active").published();
        undeclared.inventory.networks = Networks::default();
        assert_eq!(undeclared.outcome_of(id), (NotApplicable, "none-declared"));
    }
}
