//! Does everything that the front page loads come over IPv6 too?

use super::helpers::{redirect_chains, unseen, web_url};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{
    self, Ipv6Access, RedirectChain, ResourceHost, Subresources, Unread, registrable_domain,
};
use crate::model::{Detail, Family, Host, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-subresources",
    sources: &["internet.nl #518", "IPvFoo", "HTML standard §2.4"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("all-over-ipv6"),
        Reason::pass("own-server-only"),
        Reason::fail("own-without-ipv6"),
        Reason::fail("own-unreachable"),
        Reason::fail("third-party-without-ipv6"),
        Reason::fail("third-party-unreachable"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("unreadable"),
        Reason::not_applicable("dead-link"),
        Reason::not_applicable("not-text"),
    ],
    doc: Doc::new(include_str!("web_subresources.en.md"), include_str!("web_subresources.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| redirect_chains(case, url, Family::Ipv6)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let resources = web::subresources(&case.view, &walks, case.service.expect_status);
    let verdict = match (&resources.page, unread(&walks, &resources)) {
        (None, Some(reason)) => Verdict::inconclusive(reason),
        (None, None) => Verdict::not_applicable("not-text"),
        (Some(_), more) => {
            let mut subjects: Vec<_> =
                resources.servers.iter().map(|server| subject(case, server)).collect();
            // What its owner can mend stands first.
            subjects.sort_by_key(|subject| !subject.reason.starts_with("own-"));
            let verdict = Verdict::worst_of(subjects, "all-over-ipv6", "dead-link");
            match (verdict.outcome, more) {
                // There may be more, but no more than that is known.
                (Outcome::Pass | Outcome::NotApplicable, Some(reason)) => {
                    verdict.made_unknown(reason)
                }
                _ if verdict.subjects.is_empty() => {
                    Verdict::plain(Outcome::Pass, "own-server-only")
                }
                _ => verdict,
            }
        }
    };
    verdict.citing(resources.observations)
}

/// Why the page may load more than is known, when it may.
fn unread(walks: &[RedirectChain<'_>], resources: &Subresources) -> Option<&'static str> {
    if resources.page.is_some() {
        return match resources.unread {
            _ if resources.is_cut => Some(common::LIMIT),
            _ if resources.is_pending => Some(common::NOT_OBSERVED),
            None => None,
            Some(Unread::Limit) => Some(common::LIMIT),
            Some(Unread::Ours) => Some(common::OUR_FAULT),
            Some(Unread::Broken) => Some("unreadable"),
        };
    }
    match resources.unreadable {
        Some(Unreadable::TooLarge) => Some(common::LIMIT),
        Some(Unreadable::Challenge) => Some("challenge"),
        Some(Unreadable::Incomplete | Unreadable::Coding) => Some("unreadable"),
        // No address shows a page; one that shows nothing may hold one.
        Some(Unreadable::NotText) => walks.iter().find_map(unseen),
        None => Some(walks.iter().find_map(unseen).unwrap_or(common::LOWER_LAYER)),
    }
}

fn subject(case: &CheckContext<'_>, server: &ResourceHost) -> Subject {
    let owner = owner(case, server);
    let is_own = owner.is_some();
    let (outcome, reason) = match &server.access {
        Ipv6Access::Works => (Outcome::Pass, "all-over-ipv6"),
        Ipv6Access::NoIpv6 if is_own => (Outcome::Fail, "own-without-ipv6"),
        Ipv6Access::NoIpv6 => (Outcome::Fail, "third-party-without-ipv6"),
        Ipv6Access::Unreachable(_) if is_own => (Outcome::Fail, "own-unreachable"),
        Ipv6Access::Unreachable(_) => (Outcome::Fail, "third-party-unreachable"),
        Ipv6Access::Dead => (Outcome::NotApplicable, "dead-link"),
        Ipv6Access::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
    };
    let uses: Vec<_> = server.uses.iter().map(|what| what.id()).collect();
    let mut detail: Vec<Detail> =
        vec![("as", uses.join(",")), ("owner", owner.unwrap_or_else(|| "third-party".to_owned()))];
    if let Ipv6Access::Unreachable(why) = &server.access {
        detail.push(("failure", why.clone()));
    }
    let name = match &server.host {
        Host::Name(name) => SubjectName::Host(name.clone()),
        Host::Address(address) => SubjectName::Address(*address),
    };
    Subject { name, outcome, reason, detail }
}

/// Whose a server is, where it is the owner's: an organisation of the inventory by its registered
/// domain, or a declared network by its address. `None` for third parties.
pub(in crate::check) fn owner(case: &CheckContext<'_>, server: &ResourceHost) -> Option<String> {
    if let Host::Name(name) = &server.host
        && let Some(domain) = registrable_domain(name)
    {
        let of = |service: &&std::sync::Arc<crate::model::Service>| {
            let host = service.target.host();
            let known = host.as_ref().and_then(|host| host.name());
            known.and_then(registrable_domain) == Some(domain)
        };
        let own = Some(case.service.id.organisation.clone());
        let mut services: Vec<_> = case.inventory.services.iter().filter(of).collect();
        services.sort_by_key(|service| Some(&service.id.organisation) != own.as_ref());
        if let Some(service) = services.first() {
            return Some(service.id.organisation.to_string());
        }
        let host = case.service.target.host();
        if host.as_ref().and_then(|host| host.name()).and_then(registrable_domain) == Some(domain) {
            return own.map(|id| id.to_string());
        }
    }
    let literal = match &server.host {
        Host::Address(address) => Some(*address),
        Host::Name(_) => None,
    };
    let addresses = literal.into_iter().chain(server.works_at.map(|at| at.ip()));
    addresses
        .chain(server.ipv4.iter().copied())
        .find_map(|address| case.view.networks.owner(address))
        .filter(|network| !network.testbed)
        .map(|network| network.name.clone())
}
