//! Do the addresses lie where the inventory says that its services live?

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
