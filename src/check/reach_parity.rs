//! Are the ports that are open over IPv4 open over IPv6 too?

use url::Url;

use super::subjects::{first_talk, not_seen, socket, walks, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, Walk};
use crate::model::{Family, Outcome, Severity, State, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-parity",
    sources: &["RFC 6540", "internet.nl"],
    severity: Severity::Error,
    revision: 1,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("closed-over-both"),
        Reason::fail("closed-over-ipv6"),
        Reason::fail_as("open-only-over-ipv6", Severity::Warning),
    ],
    doc: Doc::new(include_str!("reach_parity.en.md"), include_str!("reach_parity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let url = match web_url(case) {
        Ok(url) => url,
        Err(verdict) => return verdict,
    };
    if case.service.state == State::Ipv6Only {
        return Verdict::not_applicable(common::NO_IPV4);
    }
    let plain = facts::plain_http_url(case.service).filter(|plain| plain != url);
    let mut subjects = Vec::new();
    let mut cite = Vec::new();
    for url in std::iter::once(url).chain(&plain) {
        match port(case, url, &mut cite) {
            Ok(of_port) => subjects.extend(of_port),
            Err(verdict) => return verdict,
        }
    }
    Verdict::worst_of(subjects, "same", common::NO_IPV6).citing(cite)
}

fn port(
    case: &Case<'_>,
    url: &Url,
    cite: &mut Vec<crate::model::ObservationId>,
) -> Result<Vec<Subject>, Verdict> {
    let ipv6 = walks(case, url, Family::Ipv6)?;
    let ipv4 = walks(case, url, Family::Ipv4)?;
    let talks = ipv6.iter().chain(&ipv4).filter_map(first_talk);
    cite.extend(talks.flat_map(|talk| talk.observations().collect::<Vec<_>>()));
    let over_ipv4: Vec<_> = ipv4.iter().map(is_open).collect();
    let open_over_ipv4 = if over_ipv4.contains(&Ok(true)) {
        Ok(true)
    } else {
        over_ipv4.into_iter().find(Result::is_err).unwrap_or(Ok(false))
    };
    Ok(ipv6
        .iter()
        .map(|walk| {
            let (outcome, reason) = match (open_over_ipv4, is_open(walk)) {
                (Ok(true), Ok(true)) => (Outcome::Pass, "same"),
                (Ok(false), Ok(false)) => (Outcome::Pass, "closed-over-both"),
                (Ok(true), Ok(false)) => (Outcome::Fail, "closed-over-ipv6"),
                (Ok(false), Ok(true)) => (Outcome::Fail, "open-only-over-ipv6"),
                (_, Err(reason)) | (Err(reason), _) => (Outcome::Inconclusive, reason),
            };
            socket(walk.start, outcome, reason, Vec::new())
        })
        .collect())
}

/// Whether a connection was accepted, or why that can't be told.
fn is_open(walk: &Walk<'_>) -> Result<bool, &'static str> {
    let talk = first_talk(walk);
    if let Some(reason) = not_seen(talk) {
        return Err(reason);
    }
    match talk {
        Some(talk) if talk.is_connect_flaky() => Err(common::FLAKY),
        Some(talk) => Ok(talk.best().is_some_and(|seen| seen.connect.is_ok())),
        None => Err(common::NOT_OBSERVED),
    }
}
