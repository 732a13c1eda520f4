//! Do the parent zone and the zone itself name the same name servers?

use super::name_servers::known;
use super::{Case, Check, Doc, Reason, Rule};
use crate::model::{Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-delegation",
    sources: &["Zonemaster DELEGATION05", "Zonemaster DELEGATION07", "RFC 2181 §10.3"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("agree"),
        Reason::pass("in-both"),
        Reason::fail("only-in-parent"),
        Reason::fail("only-in-child"),
        Reason::fail("alias"),
        Reason::inconclusive("zone-not-found"),
        Reason::inconclusive("parent-not-seen"),
        Reason::inconclusive("child-not-seen"),
        Reason::not_applicable("no-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_delegation.en.md"), include_str!("dns_delegation.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let (child, cite) = known.authority.own_servers(&case.view);
    let cite = known.authority.observations.iter().copied().chain(cite);
    let aliases: Vec<&Name> =
        known.authority.servers.iter().filter(|s| s.is_alias()).map(|s| &s.name).collect();
    let parent: Option<Vec<Name>> = known
        .authority
        .delegation
        .as_ref()
        .map(|cut| cut.servers.iter().map(|server| server.name.clone()).collect());
    let mut names: Vec<&Name> = parent.iter().chain(&child).flatten().collect();
    names.extend(&aliases);
    names.sort();
    names.dedup();
    let has = |set: &Option<Vec<Name>>, name: &Name| set.as_ref().map(|set| set.contains(name));
    let subjects: Vec<Subject> = names
        .into_iter()
        .map(|name| {
            let (outcome, reason) = match (has(&parent, name), has(&child, name)) {
                _ if aliases.contains(&name) => (Outcome::Fail, "alias"),
                (None, _) => (Outcome::Inconclusive, "parent-not-seen"),
                (_, None) => (Outcome::Inconclusive, "child-not-seen"),
                (Some(true), Some(false)) => (Outcome::Fail, "only-in-parent"),
                (Some(false), _) => (Outcome::Fail, "only-in-child"),
                (Some(true), Some(true)) => (Outcome::Pass, "in-both"),
            };
            let name = SubjectName::NameServer(name.clone(), None);
            Subject { name, outcome, reason, detail: Vec::new() }
        })
        .collect();
    Verdict::worst_of(subjects, "agree", "no-servers").citing(cite)
}
