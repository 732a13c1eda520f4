//! Does every IPv6 address answer with a page?

use url::Url;

use super::helpers::{
    first_conversation, redirect_chains, unknown_end_reason, verdict_over_chains, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::{ConversationAttempts, Steadiness};
use crate::evidence::web::{ChainEnd, RedirectChain, page};
use crate::model::{
    Detail, EndingFrame, Family, HttpFailure, HttpResponse, Outcome, Severity, Subject, Verdict,
    shown_url,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-answers",
    sources: &["RFC 9110 §15", "RFC 9113 §7", "RFC 9113 §8.7"],
    severity: Severity::Critical,
    revision: 5,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("error-status"),
        Reason::fail("error-over-both"),
        Reason::fail("unexpected-status"),
        Reason::fail("no-response"),
        Reason::fail("not-http"),
        Reason::fail("malformed"),
        Reason::fail("resets-stream"),
        Reason::fail("goes-away"),
        Reason::fail("http2-error"),
        Reason::fail("flapping"),
        Reason::fail("leads-nowhere"),
        Reason::inconclusive("challenge"),
    ],
    doc: Doc::new(include_str!("web_answers.en.md"), include_str!("web_answers.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let expected = context.service.expect_status;
    let mut subjects: Vec<_> = chains.iter().map(|chain| subject(chain, expected)).collect();
    let is_error = |subject: &Subject| subject.reason == ERROR;
    let over_ipv4 = match subjects.iter().any(is_error) {
        true => errors_over_ipv4(context, expected),
        false => Vec::new(),
    };
    if !over_ipv4.is_empty() {
        subjects
            .iter_mut()
            .filter(|one| is_error(one))
            .for_each(|one| one.reason = "error-over-both");
    }
    let observations = over_ipv4.iter().flat_map(|chain| chain.observations());
    Ok(verdict_over_chains(subjects, "answers", &chains).citing(observations))
}

/// An error of the server. Over both families it has nothing to do with IPv6.
const ERROR: &str = "error-status";

/// What visitors get over IPv4, when it is an error at every address.
fn errors_over_ipv4<'a>(
    context: &CheckContext<'a>,
    expected: Option<u16>,
) -> Vec<RedirectChain<'a>> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv4));
    let is_error = |chain: &RedirectChain<'_>| subject(chain, expected).reason == ERROR;
    chains.ok().filter(|chains| chains.iter().all(is_error)).unwrap_or_default()
}

fn subject(chain: &RedirectChain<'_>, expected: Option<u16>) -> Subject {
    let plain = |outcome, reason| socket(chain.start, outcome, reason, Vec::new());
    let (Some(conversation), Some(first)) = (first_conversation(chain), chain.hops.first()) else {
        return plain(Outcome::Inconclusive, common::NOT_OBSERVED);
    };
    if let Some(gap) = conversation.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    let Some(answer) = answer_of(conversation, &first.url, expected) else {
        return plain(Outcome::Inconclusive, common::LOWER_LAYER);
    };
    let answer = if answer.reason == MOVED { answer_at_end(chain, expected) } else { answer };
    socket(chain.start, answer.outcome, answer.reason, answer.detail)
}

/// What came of one request, or of several that are the same.
struct Answer {
    outcome: Outcome,
    reason: &'static str,
    detail: Vec<Detail>,
}

impl Answer {
    fn new(outcome: Outcome, reason: &'static str) -> Self {
        Self { outcome, reason, detail: Vec::new() }
    }
}

/// A redirect: it is followed, and where it ends is what counts. Never the reason of a verdict.
const MOVED: &str = "moved";

/// What visitors get where the redirects end; one address of the last host that answers with an error
/// is enough to fail.
fn answer_at_end(chain: &RedirectChain<'_>, expected: Option<u16>) -> Answer {
    let at = chain.final_url().map(|url| ("at", shown_url(url.as_str())));
    let answer = match (&chain.end, unknown_end_reason(chain)) {
        (ChainEnd::Response { .. }, _) => {
            let hop = chain.hops.last();
            let attempts = hop.into_iter().flat_map(|hop| &hop.attempts);
            // That an address gives no answer at all is for web-redirects to say.
            let answers = attempts.filter_map(|a| answer_of(&a.conversation, &hop?.url, expected));
            answers.min_by_key(|answer| match answer.outcome {
                Outcome::Fail => 0,
                Outcome::Inconclusive => 1,
                _ => 2,
            })
        }
        (_, Some(reason)) => Some(Answer::new(Outcome::Inconclusive, reason)),
        (_, None) => Some(Answer::new(Outcome::Fail, "leads-nowhere")),
    };
    let mut answer =
        answer.unwrap_or_else(|| Answer::new(Outcome::Inconclusive, common::NOT_OBSERVED));
    // Another address of the last host moves on in its turn: it answers.
    if answer.reason == MOVED {
        answer.reason = "answers";
    }
    answer.detail.extend(at);
    answer
}

/// What the attempts at one request amount to: a browser that tries once more gets its page in spite
/// of one failure. `None` where none got as far as HTTP.
fn answer_of(
    conversation: &ConversationAttempts<'_>,
    url: &Url,
    expected: Option<u16>,
) -> Option<Answer> {
    if conversation.is_turned_away() {
        return Some(Answer::new(Outcome::Inconclusive, common::TURNED_AWAY));
    }
    let attempts = conversation.attempts.iter().filter(|(seen, _)| !seen.is_our_fault());
    let mut answers: Vec<Answer> = attempts
        .filter_map(|(seen, _)| Some(answer_of_response(seen.http.as_ref()?, url, expected)))
        .collect();
    let count = |wanted| answers.iter().filter(|answer| answer.outcome == wanted).count();
    let steadiness = Steadiness::of(count(Outcome::Pass), count(Outcome::Fail));
    if steadiness.is_flapping() {
        let detail = steadiness.detail().into_iter().collect();
        return Some(Answer { outcome: Outcome::Fail, reason: "flapping", detail });
    }
    let of = |wanted| answers.iter().position(|answer| answer.outcome == wanted);
    let at =
        of(Outcome::Pass).or_else(|| of(Outcome::Inconclusive)).or(answers.len().checked_sub(1))?;
    let mut answer = answers.swap_remove(at);
    answer.detail.extend(steadiness.detail());
    Some(answer)
}

/// What came of one request.
fn answer_of_response(
    http: &Result<HttpResponse, HttpFailure>,
    url: &Url,
    expected: Option<u16>,
) -> Answer {
    let said = |reason, words: &String| (Outcome::Fail, reason, vec![("said", words.clone())]);
    let (outcome, reason, detail) = match http {
        Ok(response) => {
            let detail = vec![("status", response.status.to_string())];
            match expected {
                Some(expected) if response.status == expected => (Outcome::Pass, "answers", detail),
                _ if response.is_redirect() => (Outcome::Pass, MOVED, Vec::new()),
                None if response.status < 400 => (Outcome::Pass, "answers", detail),
                // What a browser would get is not known.
                _ if page::is_challenge(response, url) => {
                    (Outcome::Inconclusive, "challenge", detail)
                }
                Some(_) => (Outcome::Fail, "unexpected-status", detail),
                None => (Outcome::Fail, ERROR, detail),
            }
        }
        Err(HttpFailure::Net { failure }) if failure.is_ours() => {
            (Outcome::Inconclusive, common::OUR_FAULT, Vec::new())
        }
        Err(HttpFailure::Net { failure }) => {
            (Outcome::Fail, "no-response", vec![("failure", failure.to_string())])
        }
        Err(HttpFailure::TlsAlert { code, name }) => {
            (Outcome::Fail, "no-response", vec![("failure", format!("TLS alert {name} ({code})"))])
        }
        Err(HttpFailure::HeadersTooLarge) => (Outcome::Inconclusive, common::LIMIT, Vec::new()),
        Err(HttpFailure::NotHttp { detail }) => said("not-http", detail),
        Err(HttpFailure::Malformed { detail }) => said("malformed", detail),
        Err(HttpFailure::Http2 { detail, frame }) => match frame {
            Some(EndingFrame::RstStream) => said("resets-stream", detail),
            Some(EndingFrame::Goaway) => said("goes-away", detail),
            None => said("http2-error", detail),
        },
    };
    Answer { outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::{
        OTHER, broken, down, elsewhere, no_http, no_tls, page, rechecked, responds, site,
        site_over_both, to,
    };
    use crate::check::testing::world::{SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Conversation, EndingFrame, HttpFailure, NetFailure, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] =
        &[answers_of_each_address, what_http2_ends_in, limits_that_begin_in_mid_run];

    #[test]
    fn limits_that_begin_in_mid_run() {
        let (forbidden, busy) = (responds(403, &[], ""), responds(503, &[], ""));
        let cut = broken(NetFailure::Reset);
        let unknown = (Inconclusive, common::TURNED_AWAY);
        for (refused, fails) in
            [(&forbidden, "error-status"), (&busy, "error-status"), (&cut, "no-response")]
        {
            for (status, expected) in [
                (Some(403), unknown),
                (Some(503), unknown),
                (None, unknown),
                // What it answered before it still answers: the page alone is refused.
                (Some(200), (Fail, fails)),
                (Some(302), (Fail, fails)),
                (Some(500), (Fail, fails)),
            ] {
                let seen = rechecked(refused.clone(), status);
                let world = site(&[&seen, &seen, &seen], &page());
                assert_eq!(world.outcome_of("web-answers"), expected, "{status:?} {refused:?}");
                assert_eq!(elsewhere(&[&seen, &seen, &seen]).outcome_of("web-answers").1, {
                    let leads = if fails == "no-response" { "leads-nowhere" } else { fails };
                    if expected == unknown { common::TURNED_AWAY } else { leads }
                });
            }
        }
        // What it said before it had enough of us counts, and so does what it says once more.
        let away = rechecked(cut, None);
        for six in [[&page(), &away, &away], [&away, &away, &page()]] {
            assert_eq!(site(&six, &page()).outcome_of("web-answers"), (Pass, "answers"));
        }
        // Before the limit began one attempt failed in a way of its own.
        let error = responds(500, &[], "");
        let late = site(&[&error, &away, &away], &page());
        assert_eq!(late.outcome_of("web-answers"), (Fail, "error-status"));
    }

    #[test]
    fn answers_of_each_address() {
        let large = no_http(HttpFailure::HeadersTooLarge);
        let stranger = no_http(HttpFailure::NotHttp { detail: "220 ftp".to_owned() });
        let malformed = no_http(HttpFailure::Malformed { detail: "two lengths".to_owned() });
        let library = no_tls(TlsFailure::Ours { detail: "?".to_owned() });
        let (away, mine) = (broken(NetFailure::TimedOut), broken(NetFailure::NoRoute));
        for (six, expected) in [
            (vec![&page()], (Pass, "answers")),
            (vec![&responds(503, &[], "")], (Fail, "error-status")),
            // A guard is in the way of scanners; what browsers get is not known.
            (
                vec![&responds(403, &[("cf-mitigated", "challenge")], "")],
                (Inconclusive, "challenge"),
            ),
            (vec![&responds(429, &[], "")], (Inconclusive, "challenge")),
            (vec![&away, &away], (Fail, "no-response")),
            (vec![&stranger], (Fail, "not-http")),
            (vec![&malformed], (Fail, "malformed")),
            (vec![&large], (Inconclusive, common::LIMIT)),
            (vec![&mine, &mine], (Inconclusive, common::OUR_FAULT)),
            (vec![&away, &mine], (Inconclusive, common::OUR_FAULT)),
            (vec![&mine, &away], (Inconclusive, common::OUR_FAULT)),
            (vec![&mine, &page()], (Pass, "answers")),
            (vec![&library], (Inconclusive, common::OUR_FAULT)),
            // A visitor who tries once more gets the page, and one who has to twice goes away.
            (vec![&away, &page()], (Pass, "answers")),
            (vec![&page(), &responds(503, &[], "")], (Pass, "answers")),
            (vec![&away, &away, &page()], (Fail, "flapping")),
            (vec![&page(), &responds(500, &[], ""), &away], (Fail, "flapping")),
            // What a host says that had enough of us for a moment is asked again.
            (vec![&responds(403, &[], ""), &responds(503, &[], ""), &page()], (Pass, "answers")),
            (vec![&responds(421, &[], ""), &page()], (Pass, "answers")),
            (vec![&responds(403, &[], "")], (Fail, "error-status")),
            (vec![&page(), &responds(429, &[], "")], (Pass, "answers")),
            (vec![&responds(503, &[], ""), &responds(429, &[], "")], (Inconclusive, "challenge")),
            (vec![&away], (Inconclusive, common::NOT_OBSERVED)),
            (
                vec![&down(NetFailure::TimedOut), &down(NetFailure::TimedOut)],
                (Inconclusive, common::LOWER_LAYER),
            ),
        ] {
            assert_eq!(site(&six, &page()).outcome_of("web-answers"), expected, "{six:?}");
        }
        // Over both families it is the server's own trouble, and IPv6 is not its cause.
        let (error, gone) = (responds(503, &[], ""), responds(404, &[], ""));
        for (six, four, expected) in [
            (vec![&error], vec![&error], (Fail, "error-over-both")),
            (vec![&error], vec![&gone], (Fail, "error-over-both")),
            (vec![&error], vec![&page()], (Fail, "error-status")),
            (vec![&error], vec![&error, &page()], (Fail, "error-status")),
            (vec![&error], vec![&away, &away], (Fail, "error-status")),
            (vec![&error], vec![], (Fail, "error-status")),
            (vec![&page()], vec![&error], (Pass, "answers")),
        ] {
            let world = site_over_both(&six, &four);
            assert_eq!(world.outcome_of("web-answers"), expected, "{six:?} {four:?}");
        }
        assert_end_of_redirects_counts();
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

    #[test]
    fn what_http2_ends_in() {
        let ends =
            |detail: &str, frame| no_http(HttpFailure::Http2 { detail: detail.to_owned(), frame });
        let (reset, goaway) = (Some(EndingFrame::RstStream), Some(EndingFrame::Goaway));
        let broken = ends("INTERNAL_ERROR", reset);
        let refused = ends("REFUSED_STREAM", reset);
        let away = ends("NO_ERROR", goaway);
        let calm = ends("ENHANCE_YOUR_CALM", goaway);
        let http1 = ends("HTTP_1_1_REQUIRED", reset);
        let by_goaway = ends("HTTP_1_1_REQUIRED", goaway);
        let rules = ends("PROTOCOL_ERROR", None);
        for (six, expected) in [
            (vec![&broken, &broken], (Fail, "resets-stream")),
            (vec![&broken, &page()], (Pass, "answers")),
            (vec![&broken, &page(), &broken], (Fail, "flapping")),
            (vec![&rules], (Fail, "http2-error")),
            // Clients send what nobody looked at again at once, and see nothing of that.
            (vec![&refused], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&refused, &page()], (Pass, "answers")),
            (vec![&refused, &page(), &refused], (Pass, "answers")),
            (vec![&away, &refused, &page()], (Pass, "answers")),
            (vec![&refused, &refused, &refused], (Fail, "resets-stream")),
            (vec![&away, &away, &away], (Fail, "goes-away")),
            (vec![&refused, &broken, &broken], (Fail, "resets-stream")),
            // A connection that is ended for a reason is not tried again at once.
            (vec![&calm, &calm], (Fail, "goes-away")),
            (vec![&calm, &page(), &calm], (Fail, "flapping")),
            // What is then to be asked over HTTP/1.1 was not asked.
            (vec![&http1], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&by_goaway], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let world = site(&six, &page());
            assert_eq!(world.outcome_of("web-answers"), expected, "{six:?}");
        }
        let silent = down(NetFailure::TimedOut);
        for (over_http1, expected) in [
            (vec![&page()], (Pass, "answers")),
            (vec![&responds(503, &[], "")], (Fail, "error-status")),
            (vec![&silent, &page()], (Pass, "answers")),
            (vec![&silent, &silent], (Inconclusive, common::LOWER_LAYER)),
        ] {
            for first in [&http1, &by_goaway] {
                let world = site(&[first], &page()).visits_over_http1(URL, SIX, &over_http1);
                assert_eq!(world.outcome_of("web-answers"), expected, "{over_http1:?}");
            }
        }
    }

    fn assert_end_of_redirects_counts() {
        let away = down(NetFailure::TimedOut);
        for (last, expected) in [
            (vec![&page()], (Pass, "answers")),
            (vec![&responds(503, &[], "")], (Fail, "error-status")),
            (vec![&responds(404, &[], "")], (Fail, "error-status")),
            (vec![&responds(429, &[], "")], (Inconclusive, "challenge")),
            (vec![&away, &away], (Fail, "leads-nowhere")),
            (vec![&away], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&to(URL)], (Fail, "leads-nowhere")),
            (vec![], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            assert_eq!(elsewhere(&last).outcome_of("web-answers"), expected, "{last:?}");
        }
        // The same service, declared with the other scheme, ends at the same page.
        let plain = "http://www.example.vn/";
        for (last, expected) in
            [(page(), (Pass, "answers")), (responds(503, &[], ""), (Fail, "error-status"))]
        {
            let world = World::with_service(&format!("web: \"{plain}\"")).published();
            let world = world.visit(plain, SIX, &to(URL)).visit(URL, SIX, &last);
            assert_eq!(world.outcome_of("web-answers"), expected, "{last:?}");
        }
        let ipv4_only = site(&[&to(OTHER)], &page()).host("other.example.vn", &["192.0.2.2"]);
        assert_eq!(ipv4_only.outcome_of("web-answers"), (Fail, "leads-nowhere"));
        let two = |second: &Conversation| {
            site(&[&to(OTHER)], &page())
                .host("other.example.vn", &["2001:db8::2", "2001:db8::3"])
                .visit(OTHER, "2001:db8::2", &page())
                .visit(OTHER, "2001:db8::3", second)
                .outcome_of("web-answers")
        };
        assert_eq!(two(&responds(503, &[], "")), (Fail, "error-status"));
        assert_eq!(two(&to(URL)), (Pass, "answers"));
        // The redirect came at the second attempt, and was followed.
        let late = World::new("active").published().host("other.example.vn", &["2001:db8::2"]);
        let late = late.visits(URL, SIX, &[&responds(503, &[], ""), &to(OTHER)]);
        let late = late.visit(OTHER, "2001:db8::2", &responds(404, &[], ""));
        assert_eq!(late.outcome_of("web-answers"), (Fail, "error-status"));
        let moved = World::with_service(&format!("web: \"{URL}\", expect_status: 302"));
        let moved = moved.published().visit(URL, SIX, &to(OTHER));
        assert_eq!(moved.outcome_of("web-answers"), (Pass, "answers"));
    }
}
