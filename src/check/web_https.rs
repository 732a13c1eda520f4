//! Does plain HTTP lead to HTTPS, over both families alike?

use super::subjects::{first_talk, not_seen, socket, walks, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, Walk};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-https",
    sources: &["RFC 9110 §4.2.2", "internet.nl"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("redirects"),
        Reason::pass("no-plain-http"),
        Reason::fail("stays-plain"),
        Reason::fail("plain-only-over-ipv6"),
        Reason::fail("only-over-ipv4"),
        Reason::not_applicable("not-https"),
        Reason::not_applicable("own-port"),
    ],
    doc: Doc::new(include_str!("web_https.en.md"), include_str!("web_https.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let url = match web_url(case) {
        Ok(url) => url,
        Err(verdict) => return verdict,
    };
    if url.scheme() != "https" {
        return Verdict::not_applicable("not-https");
    }
    let Some(plain) = facts::plain_http_url(case.service) else {
        return Verdict::not_applicable("own-port");
    };
    let ipv6 = match walks(case, &plain, Family::Ipv6) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    // Without IPv4 there is nothing to compare with, and IPv6 is judged alone.
    let ipv4 = walks(case, &plain, Family::Ipv4).unwrap_or_default();
    let over_ipv4: Vec<_> = ipv4.iter().map(behaviour).collect();
    let cite = ipv6.iter().chain(&ipv4).flat_map(Walk::observations).collect::<Vec<_>>();
    let subjects = ipv6.iter().map(|walk| subject(walk, &over_ipv4)).collect();
    Verdict::worst_of(subjects, "redirects", common::NO_IPV6).citing(cite)
}

/// What plain HTTP does at one address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    Closed,
    Redirects,
    StaysPlain,
    Unknown(&'static str),
}

fn behaviour(walk: &Walk<'_>) -> Behaviour {
    let talk = first_talk(walk);
    if let Some(reason) = not_seen(talk) {
        return Behaviour::Unknown(reason);
    }
    match talk.and_then(|talk| talk.best()) {
        Some(best) if best.connect.is_err() => Behaviour::Closed,
        Some(best) if !matches!(best.http, Some(Ok(_))) => Behaviour::Unknown(common::LOWER_LAYER),
        _ if walk.hops.iter().skip(1).any(|hop| hop.url.scheme() == "https") => {
            Behaviour::Redirects
        }
        _ => Behaviour::StaysPlain,
    }
}

fn subject(walk: &Walk<'_>, over_ipv4: &[Behaviour]) -> Subject {
    let (outcome, reason) = match behaviour(walk) {
        Behaviour::Unknown(reason) => (Outcome::Inconclusive, reason),
        Behaviour::StaysPlain if over_ipv4.contains(&Behaviour::Redirects) => {
            (Outcome::Fail, "plain-only-over-ipv6")
        }
        Behaviour::StaysPlain => (Outcome::Fail, "stays-plain"),
        Behaviour::Closed if over_ipv4.contains(&Behaviour::Redirects) => {
            (Outcome::Fail, "only-over-ipv4")
        }
        Behaviour::Closed => (Outcome::Pass, "no-plain-http"),
        Behaviour::Redirects => (Outcome::Pass, "redirects"),
    };
    let detail = walk.hops.iter().skip(1).take(1).map(|hop| ("to", hop.url.to_string())).collect();
    socket(walk.start, outcome, reason, detail)
}
