//! Does every IPv6 address answer with a page?

use url::Url;

use super::helpers::{
    first_conversation, redirect_chains, verdict_over_first_conversations, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let expected = context.service.expect_status;
    let subjects = chains.iter().map(|chain| subject(chain, expected)).collect();
    Ok(verdict_over_first_conversations(subjects, "answers", &chains))
}

fn subject(chain: &RedirectChain<'_>, expected: Option<u16>) -> Subject {
    let unknown = |reason| socket(chain.start, Outcome::Inconclusive, reason, Vec::new());
    let Some(conversation) = first_conversation(chain) else {
        return unknown(common::NOT_OBSERVED);
    };
    if let Some(gap) = conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let Some(http) = conversation.best().and_then(|best| best.http.as_ref()) else {
        return unknown(common::LOWER_LAYER);
    };
    let url = chain.hops.first().map(|hop| &hop.url);
    let (outcome, reason, detail) = outcome_of_response(http, url, expected);
    // Asked again after a failure, or looked at twice: each time has to end alike.
    let attempts = conversation.attempts.iter().filter(|(seen, _)| !seen.is_our_fault());
    let mut others = attempts.filter_map(|(seen, _)| seen.http.as_ref());
    if others.any(|other| outcome_of_response(other, url, expected).0 != outcome) {
        return unknown(common::FLAKY);
    }
    socket(chain.start, outcome, reason, detail)
}

/// What came of one request.
fn outcome_of_response(
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
                // What a browser would get is not known.
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

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::{
        OTHER, broken, down, no_http, no_tls, page, responds, site, to,
    };
    use crate::check::testing::world::{SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{HttpFailure, NetFailure, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] = &[answers_of_each_address];

    #[test]
    fn answers_of_each_address() {
        let large = no_http(HttpFailure::HeadersTooLarge);
        let stranger = no_http(HttpFailure::NotHttp { detail: "220 ftp".to_owned() });
        let library = no_tls(TlsFailure::Ours { detail: "?".to_owned() });
        let (away, mine) = (broken(NetFailure::TimedOut), broken(NetFailure::NoRoute));
        for (six, expected) in [
            (vec![&page()], (Pass, "answers")),
            (vec![&to(OTHER)], (Pass, "answers")),
            (vec![&responds(503, &[], "")], (Fail, "error-status")),
            // A guard is in the way of scanners; what browsers get is not known.
            (
                vec![&responds(403, &[("cf-mitigated", "challenge")], "")],
                (Inconclusive, "challenge"),
            ),
            (vec![&responds(429, &[], "")], (Inconclusive, "challenge")),
            (vec![&away, &away], (Fail, "no-response")),
            (vec![&stranger], (Fail, "not-http")),
            (vec![&large], (Inconclusive, common::LIMIT)),
            (vec![&mine, &mine], (Inconclusive, common::OUR_FAULT)),
            (vec![&away, &mine], (Inconclusive, common::OUR_FAULT)),
            (vec![&mine, &away], (Inconclusive, common::OUR_FAULT)),
            (vec![&mine, &page()], (Pass, "answers")),
            (vec![&library], (Inconclusive, common::OUR_FAULT)),
            (vec![&away, &page()], (Inconclusive, common::FLAKY)),
            (vec![&page(), &responds(503, &[], "")], (Inconclusive, common::FLAKY)),
            (vec![&away], (Inconclusive, common::NOT_OBSERVED)),
            (
                vec![&down(NetFailure::TimedOut), &down(NetFailure::TimedOut)],
                (Inconclusive, common::LOWER_LAYER),
            ),
        ] {
            assert_eq!(site(&six, &page()).outcome_of("web-answers"), expected, "{six:?}");
        }
        let declared = format!("web: \"{URL}\", expect_status: 401");
        for (status, expected) in [(401, (Pass, "answers")), (200, (Fail, "unexpected-status"))] {
            let world = World::with_service(&declared).published().visit(
                URL,
                SIX,
                &responds(status, &[], ""),
            );
            assert_eq!(world.outcome_of("web-answers"), expected, "{status}");
        }
    }
}
