//! Do the parent zone and the zone itself name the same name servers?

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authority::NameServer;
use crate::model::{Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-delegation",
    sources: &["Zonemaster DELEGATION05", "Zonemaster DELEGATION07", "RFC 2181 §10.3"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("agree"),
        Reason::pass("in-both"),
        Reason::fail("only-in-parent"),
        Reason::fail("only-in-child"),
        Reason::fail("alias"),
        Reason::inconclusive("zone-not-found"),
        Reason::inconclusive("parent-not-seen"),
        Reason::inconclusive("child-not-seen"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_delegation.en.md"), include_str!("dns_delegation.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let authority = &zone.authority;
    let own = authority.own_servers(&context.view);
    let cite = authority.observations.iter().copied().chain(own.observations.iter().copied());
    let cut = authority.delegation.as_ref();
    let parent: Option<Vec<&Name>> =
        cut.map(|cut| cut.servers.iter().map(|server| &server.name).collect());
    let mut names: Vec<&Name> = parent.iter().flatten().copied().collect();
    names.extend(own.names.iter().flatten());
    names.extend(authority.servers.iter().filter(|s| s.is_alias() == Some(true)).map(|s| &s.name));
    if names.is_empty() {
        names.extend(authority.servers.iter().map(|server| &server.name));
    }
    names.sort();
    names.dedup();
    let subject = |name: &Name| {
        let in_parent = parent.as_ref().map(|parent| parent.contains(&name));
        let in_child = own.names.as_ref().map(|child| child.contains(name));
        let server = authority.servers.iter().find(|server| server.name == *name);
        let is_cut = cut.is_some_and(|cut| cut.is_cut);
        let (outcome, reason) = match (in_parent, in_child) {
            _ if server.and_then(NameServer::is_alias) == Some(true) => (Outcome::Fail, "alias"),
            (None, _) => (Outcome::Inconclusive, "parent-not-seen"),
            // Servers that have not answered may name it.
            (_, None | Some(false)) if own.is_pending => {
                (Outcome::Inconclusive, common::NOT_OBSERVED)
            }
            (_, None | Some(false)) if own.is_ours => (Outcome::Inconclusive, common::OUR_FAULT),
            (_, None) => (Outcome::Inconclusive, "child-not-seen"),
            (Some(true), Some(false)) => (Outcome::Fail, "only-in-parent"),
            (Some(false), _) if is_cut => (Outcome::Inconclusive, common::LIMIT),
            (Some(false), _) => (Outcome::Fail, "only-in-child"),
            (Some(true), Some(true)) => match server.map(NameServer::is_alias) {
                Some(Some(_)) => (Outcome::Pass, "in-both"),
                Some(None) => (Outcome::Inconclusive, common::UNRESOLVED),
                None => (Outcome::Inconclusive, common::LIMIT),
            },
        };
        let name = SubjectName::NameServer(name.clone(), None);
        Subject { name, outcome, reason, detail: Vec::new() }
    };
    let subjects = names.into_iter().map(subject).collect();
    // Who serves the zone is known here, so that there is always a server to speak of.
    let verdict = Verdict::worst_of(subjects, "agree", "address-literal").citing(cite);
    Ok(zone.within_limits(verdict))
}
