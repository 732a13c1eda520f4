//! Does every hop of the redirect chain work over IPv6?

use super::helpers::{first_talk, over, redirect_chains, unseen, web_url};
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::service::ConversationAttempts;
use crate::evidence::web::{ChainEnd, Hop, RedirectChain};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-redirects",
    sources: &["RFC 9110 §15.4", "RFC 9110 §10.2.2"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("followed"),
        Reason::pass("none"),
        Reason::fail("target-without-ipv6"),
        Reason::fail("target-unreachable"),
        Reason::fail("loop"),
        Reason::fail("bad-location"),
        Reason::fail("to-private-address"),
        Reason::inconclusive("target-unresolved"),
        Reason::inconclusive("challenge"),
    ],
    doc: Doc::new(include_str!("web_redirects.en.md"), include_str!("web_redirects.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| redirect_chains(case, url, Family::Ipv6)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let redirects = walks.iter().any(|walk| walk.hops.len() > 1);
    let pass = if redirects { "followed" } else { "none" };
    over(walks.iter().map(subject).collect(), pass, &walks)
}

fn subject(walk: &RedirectChain<'_>) -> Subject {
    let (outcome, reason) = judged(walk);
    let mut detail: Vec<_> =
        walk.hops.iter().skip(1).map(|hop| ("to", hop.url.to_string())).collect();
    match &walk.end {
        ChainEnd::NotVisited(address) => detail.push(("address", address.to_string())),
        ChainEnd::BadLocation(location) => detail.push(("location", location.clone())),
        _ => {}
    }
    socket(walk.start, outcome, reason, detail)
}

fn judged(walk: &RedirectChain<'_>) -> (Outcome, &'static str) {
    if let Some(reason) = not_seen(first_talk(walk)) {
        return (Outcome::Inconclusive, reason);
    }
    let later = walk.hops.get(1..).unwrap_or_default();
    match (&walk.end, unseen(walk)) {
        (ChainEnd::NoAddress(_), Some(common::UNRESOLVED)) => {
            (Outcome::Inconclusive, "target-unresolved")
        }
        (ChainEnd::NoAddress(_), None) => (Outcome::Fail, "target-without-ipv6"),
        (
            ChainEnd::NoAddress(_) | ChainEnd::NotObserved | ChainEnd::TooMany | ChainEnd::Loop,
            Some(reason),
        ) => (Outcome::Inconclusive, reason),
        (ChainEnd::NotObserved | ChainEnd::TooMany, None) => {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        }
        (ChainEnd::NoResponse, _) if later.is_empty() => {
            (Outcome::Inconclusive, common::LOWER_LAYER)
        }
        (ChainEnd::Loop, None) => (Outcome::Fail, "loop"),
        (ChainEnd::BadLocation(_), _) => (Outcome::Fail, "bad-location"),
        (ChainEnd::NotVisited(_), _) => (Outcome::Fail, "to-private-address"),
        (ChainEnd::NoResponse | ChainEnd::Response { .. }, _) => followed(later),
    }
}

/// Whether a hop's host has more addresses than were asked.
fn has_more_addresses(hop: &Hop<'_>) -> bool {
    hop.lookup.as_ref().is_some_and(|lookup| lookup.addresses().len() > hop.visits.len())
}

/// Every address of every hop has to work, not only the one that happened to answer.
fn followed(later: &[Hop<'_>]) -> (Outcome, &'static str) {
    let talks = || later.iter().flat_map(|hop| &hop.visits).map(|visit| &visit.talk);
    let fails = |talk: &ConversationAttempts<'_>| {
        not_seen(Some(talk)).is_none()
            && talk.best().is_none_or(|best| !matches!(best.http, Some(Ok(_))))
    };
    if talks().any(fails) {
        (Outcome::Fail, "target-unreachable")
    } else if let Some(reason) = talks().find_map(|talk| not_seen(Some(talk))) {
        (Outcome::Inconclusive, reason)
    } else if talks().any(ConversationAttempts::is_flaky) {
        (Outcome::Inconclusive, common::FLAKY)
    } else if later.iter().any(has_more_addresses) {
        (Outcome::Inconclusive, common::LIMIT)
    } else if later.is_empty() {
        (Outcome::Pass, "none")
    } else {
        (Outcome::Pass, "followed")
    }
}
