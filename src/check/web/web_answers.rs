//! Does every IPv6 address answer with a page?

use url::Url;

use super::helpers::{first_talk, over_first, redirect_chains, web_url};
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::web::{RedirectChain, page};
use crate::model::{
    Detail, Family, HttpFailure, HttpResponse, Outcome, Severity, Subject, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-answers",
    sources: &["RFC 9110 §15"],
    severity: Severity::Critical,
    revision: 2,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("error-status"),
        Reason::fail("unexpected-status"),
        Reason::fail("no-response"),
        Reason::fail("not-http"),
        Reason::inconclusive("challenge"),
    ],
    doc: Doc::new(include_str!("web_answers.en.md"), include_str!("web_answers.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| redirect_chains(case, url, Family::Ipv6)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let expected = case.service.expect_status;
    let subjects = walks.iter().map(|walk| subject(walk, expected)).collect();
    over_first(subjects, "answers", &walks)
}

fn subject(walk: &RedirectChain<'_>, expected: Option<u16>) -> Subject {
    let talk = first_talk(walk);
    let unknown = |reason| socket(walk.start, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(talk) {
        return unknown(reason);
    }
    let Some(talk) = talk else { return unknown(common::NOT_OBSERVED) };
    let Some(http) = talk.best().and_then(|best| best.http.as_ref()) else {
        return unknown(common::LOWER_LAYER);
    };
    let url = walk.hops.first().map(|hop| &hop.url);
    let (outcome, reason, detail) = judged(http, url, expected);
    // Asked again after a failure, or looked at twice: it has to come to the same.
    let attempts = talk.attempts.iter().filter(|(seen, _)| !seen.is_our_fault());
    let mut others = attempts.filter_map(|(seen, _)| seen.http.as_ref());
    if others.any(|other| judged(other, url, expected).0 != outcome) {
        return unknown(common::FLAKY);
    }
    socket(walk.start, outcome, reason, detail)
}

/// What came of one request.
fn judged(
    http: &Result<HttpResponse, HttpFailure>,
    url: Option<&Url>,
    expected: Option<u16>,
) -> (Outcome, &'static str, Vec<Detail>) {
    match http {
        Ok(response) => {
            let detail = vec![("status", response.status.to_string())];
            match expected {
                Some(expected) if response.status == expected => (Outcome::Pass, "answers", detail),
                None if response.status < 400 => (Outcome::Pass, "answers", detail),
                // What a browser would be told is not known.
                _ if url.is_some_and(|url| page::is_challenge(response, url)) => {
                    (Outcome::Inconclusive, "challenge", detail)
                }
                Some(_) => (Outcome::Fail, "unexpected-status", detail),
                None => (Outcome::Fail, "error-status", detail),
            }
        }
        Err(HttpFailure::Net { failure }) if failure.is_ours() => {
            (Outcome::Inconclusive, common::OUR_FAULT, Vec::new())
        }
        Err(HttpFailure::Net { failure }) => {
            (Outcome::Fail, "no-response", vec![("failure", failure.to_string())])
        }
        Err(HttpFailure::HeadersTooLarge) => (Outcome::Inconclusive, common::LIMIT, Vec::new()),
        Err(HttpFailure::NotHttp { detail } | HttpFailure::Http2 { detail }) => {
            (Outcome::Fail, "not-http", vec![("said", detail.clone())])
        }
    }
}
