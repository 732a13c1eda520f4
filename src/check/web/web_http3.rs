//! Where HTTP/3 is promised, does it answer over IPv6 too?

use super::helpers::{first_talk, over_first, redirect_chains, web_url};
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::unknown::{not_seen, unknown_status};
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::LookupStatus;
use crate::evidence::web::{self, Http3, QuicAttempts, RedirectChain};
use crate::model::{
    Family, NetFailure, ObservationId, Outcome, QuicFailure, Severity, Subject, SubjectName,
    Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-http3",
    sources: &["RFC 9114 §3.1", "RFC 7838", "RFC 9000"],
    severity: Severity::Info,
    revision: 3,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("silent"),
        Reason::fail("refused"),
        Reason::fail("network-error"),
        Reason::fail("not-quic"),
        Reason::fail("alternative-without-ipv6"),
        Reason::inconclusive("silent-over-both"),
        Reason::not_applicable("not-advertised"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("web_http3.en.md"), include_str!("web_http3.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let url = match web_url(case) {
        Ok(url) => url,
        Err(verdict) => return verdict,
    };
    if url.scheme() != "https" {
        return Verdict::not_applicable("no-tls");
    }
    let ipv6 = match redirect_chains(case, url, Family::Ipv6) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let mut cited = Vec::new();
    let over_ipv4 = redirect_chains(case, url, Family::Ipv4).unwrap_or_default();
    let over_ipv4 = over_ipv4.iter().filter_map(|walk| reading(case, walk, &mut cited));
    let answers_over_ipv4 = over_ipv4.flat_map(|read| read.talks).any(|talk| answered(&talk));

    let mut subjects = Vec::new();
    for walk in &ipv6 {
        subjects.extend(of_address(case, walk, answers_over_ipv4, &mut cited));
    }
    let mut verdict = over_first(subjects, "answers", &ipv6).citing(cited);
    if verdict.outcome == Outcome::NotApplicable {
        verdict.reason = "not-advertised";
    }
    verdict
}

fn reading<'e>(
    case: &CheckContext<'e>,
    walk: &RedirectChain<'e>,
    cited: &mut Vec<ObservationId>,
) -> Option<Http3<'e>> {
    let read = web::http3(&case.view, first_talk(walk)?, &case.service.target.host()?);
    cited.extend(read.lookups.iter().copied());
    cited.extend(read.talks.iter().flat_map(|talk| talk.attempts.iter().map(|(_, id)| *id)));
    Some(read)
}

fn answered(talk: &QuicAttempts<'_>) -> bool {
    talk.attempts.iter().any(|(seen, _)| seen.is_ok())
}

fn of_address(
    case: &CheckContext<'_>,
    walk: &RedirectChain<'_>,
    answers_over_ipv4: bool,
    cited: &mut Vec<ObservationId>,
) -> Vec<Subject> {
    let unknown = |reason| vec![socket(walk.start, Outcome::Inconclusive, reason, Vec::new())];
    if let Some(reason) = not_seen(first_talk(walk)) {
        return unknown(reason);
    }
    let read = match reading(case, walk, cited) {
        Some(read) if read.answered => read,
        _ => return unknown(common::LOWER_LAYER),
    };
    let mut subjects: Vec<Subject> = read
        .unresolved
        .into_iter()
        .map(|(name, status)| {
            let (outcome, reason) = match status {
                LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
                    (Outcome::Fail, "alternative-without-ipv6")
                }
                status => {
                    let reason = unknown_status(&status).unwrap_or(common::UNRESOLVED);
                    (Outcome::Inconclusive, reason)
                }
            };
            Subject { name: SubjectName::Host(name), outcome, reason, detail: Vec::new() }
        })
        .collect();
    subjects.extend(read.talks.iter().map(|talk| of_talk(talk, answers_over_ipv4)));
    if read.is_cut {
        subjects.extend(unknown(common::LIMIT));
    }
    if subjects.is_empty() {
        subjects.push(socket(walk.start, Outcome::NotApplicable, "not-advertised", Vec::new()));
    }
    subjects
}

fn is_turned_down(failure: &QuicFailure) -> bool {
    match failure {
        QuicFailure::Net { failure } => {
            matches!(failure, NetFailure::Refused | NetFailure::Icmp { .. })
        }
        _ => !failure.is_ours(),
    }
}

fn of_talk(talk: &QuicAttempts<'_>, answers_over_ipv4: bool) -> Subject {
    let say = |outcome, reason, detail| socket(talk.address, outcome, reason, detail);
    if let Some(gap) = talk.missing {
        return say(Outcome::Inconclusive, common::reason_of(gap), Vec::new());
    }
    let sessions = talk.attempts.iter().filter_map(|(seen, _)| seen.as_ref().ok());
    if let Some(session) = sessions.into_iter().next_back() {
        // A datagram that is lost and sent again is no contradiction; one that is turned down is.
        if talk.attempts.iter().any(|(seen, _)| seen.as_ref().is_err_and(is_turned_down)) {
            return say(Outcome::Inconclusive, common::FLAKY, Vec::new());
        }
        let alpn = session.alpn.clone().unwrap_or_default();
        return say(Outcome::Pass, "answers", vec![("alpn", alpn)]);
    }
    if talk.is_pending {
        return say(Outcome::Inconclusive, common::NOT_OBSERVED, Vec::new());
    }
    let failures = || talk.attempts.iter().filter_map(|(seen, _)| seen.as_ref().err());
    let is_answer = |failure: &&QuicFailure| !matches!(failure, QuicFailure::Net { .. });
    let answer = failures().filter(is_answer).rfind(|failure| !failure.is_ours());
    // What came to those attempts that our own side ended is not known.
    let Some(failure) = answer.or(failures().next_back()) else {
        return say(Outcome::Inconclusive, common::OUR_FAULT, Vec::new());
    };
    if answer.is_none() && failures().any(QuicFailure::is_ours) {
        return say(Outcome::Inconclusive, common::OUR_FAULT, Vec::new());
    }
    let (outcome, reason) = match failure {
        // Without an answer over either family it may as well be a firewall on our own way that
        // lets no QUIC pass.
        QuicFailure::Net { failure: NetFailure::TimedOut } if !answers_over_ipv4 => {
            (Outcome::Inconclusive, "silent-over-both")
        }
        QuicFailure::Net { failure: NetFailure::TimedOut } => (Outcome::Fail, "silent"),
        QuicFailure::Net { .. } => (Outcome::Fail, "network-error"),
        QuicFailure::Refused { .. } => (Outcome::Fail, "refused"),
        QuicFailure::VersionMismatch | QuicFailure::NotQuic { .. } => (Outcome::Fail, "not-quic"),
        QuicFailure::Ours { .. } => (Outcome::Inconclusive, common::OUR_FAULT),
    };
    say(outcome, reason, vec![("failure", failure.to_string())])
}
