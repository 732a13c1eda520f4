//! Does everything that the front page loads come over IPv6 too?

use super::helpers::{owner, redirect_chains, unknown_end_reason, web_url};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, Ipv6Access, RedirectChain, ResourceHost, Subresources, Unread};
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let resources = web::subresources(&context.view, &chains, context.service.expect_status);
    let verdict = match (&resources.page, unread_reason(&chains, &resources)) {
        (None, Some(reason)) => Verdict::inconclusive(reason),
        (None, None) => Verdict::not_applicable("not-text"),
        (Some(_), more) => {
            let mut subjects: Vec<_> =
                resources.servers.iter().map(|server| subject(context, server)).collect();
            // What its owner can fix comes first.
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
    Ok(verdict.citing(resources.observations))
}

/// Why the page may load more than is known, when it may.
fn unread_reason(chains: &[RedirectChain<'_>], resources: &Subresources) -> Option<&'static str> {
    if resources.page.is_some() {
        return match resources.unread {
            _ if resources.is_cut => Some(common::LIMIT),
            _ if !resources.needs.is_empty() => Some(common::NOT_OBSERVED),
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
        Some(Unreadable::NotText) => chains.iter().find_map(unknown_end_reason),
        None => Some(chains.iter().find_map(unknown_end_reason).unwrap_or(common::LOWER_LAYER)),
    }
}

fn subject(context: &CheckContext<'_>, server: &ResourceHost) -> Subject {
    let owner = owner(context, server);
    let is_own = owner.is_some();
    let (outcome, reason) = match &server.access {
        Ipv6Access::Works => (Outcome::Pass, "all-over-ipv6"),
        Ipv6Access::NoIpv6 if is_own => (Outcome::Fail, "own-without-ipv6"),
        Ipv6Access::NoIpv6 => (Outcome::Fail, "third-party-without-ipv6"),
        Ipv6Access::Unreachable(_) if is_own => (Outcome::Fail, "own-unreachable"),
        Ipv6Access::Unreachable(_) => (Outcome::Fail, "third-party-unreachable"),
        Ipv6Access::Dead => (Outcome::NotApplicable, "dead-link"),
        Ipv6Access::Flaky => (Outcome::Inconclusive, common::FLAKY),
        Ipv6Access::Limit => (Outcome::Inconclusive, common::LIMIT),
        Ipv6Access::NotVisited => (Outcome::Inconclusive, common::NOT_VISITED),
        Ipv6Access::Unresolved => (Outcome::Inconclusive, common::UNRESOLVED),
        Ipv6Access::OurFault => (Outcome::Inconclusive, common::OUR_FAULT),
        Ipv6Access::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
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
