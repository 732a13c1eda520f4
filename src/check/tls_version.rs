//! Is TLS 1.2 or 1.3 offered, and nothing older accepted, on every IPv6 address?

use super::subjects::{first_talk, not_seen, over_first, socket, tls_walks, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, Walk};
use crate::model::{Detail, LegacyAnswer, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-version",
    sources: &["RFC 8996", "RFC 7568", "RFC 9325 §3.1.1"],
    severity: Severity::Error,
    revision: 1,
    reasons: &[
        Reason::pass("modern-only"),
        Reason::fail("only-old-versions"),
        Reason::fail("old-version-accepted"),
        Reason::inconclusive("old-hello-unanswered"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_version.en.md"), include_str!("tls_version.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| tls_walks(case, url)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let mut cited = Vec::new();
    let subjects = walks.iter().map(|walk| subject(case, walk, &mut cited)).collect();
    over_first(subjects, "modern-only", &walks).citing(cited)
}

fn subject(
    case: &Case<'_>,
    walk: &Walk<'_>,
    cited: &mut Vec<crate::model::ObservationId>,
) -> Subject {
    let talk = first_talk(walk);
    let unknown = |reason| socket(walk.start, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(talk) {
        return unknown(reason);
    }
    let (Some(talk), Some(host)) = (talk, case.service.target.host()) else {
        return unknown(common::NOT_OBSERVED);
    };
    let session = talk.attempts.iter().find_map(|(seen, _)| seen.tls.as_ref()?.as_ref().ok());
    let legacy = facts::legacy(&case.view, talk, &host);
    cited.extend(legacy.answers.iter().map(|(_, _, id)| *id));

    let mut detail: Vec<Detail> = Vec::new();
    detail.extend(session.map(|session| ("version", session.version.clone())));
    let mut accepted = Vec::new();
    for (_, answer, _) in &legacy.answers {
        if let LegacyAnswer::Accepted { version } = answer
            && !accepted.contains(version)
        {
            accepted.push(*version);
            detail.push(("accepted", version.to_string()));
        }
    }
    let unanswered = legacy.answers.iter().find_map(|(_, answer, _)| match answer {
        LegacyAnswer::Net { failure } => Some(failure),
        _ => None,
    });
    let (outcome, reason) = match (session, accepted.is_empty(), unanswered) {
        (Some(_), false, _) => (Outcome::Fail, "old-version-accepted"),
        (None, false, _) => (Outcome::Fail, "only-old-versions"),
        // The handshake itself failed, and that is another check's affair.
        (None, true, _) => (Outcome::Inconclusive, common::LOWER_LAYER),
        (Some(_), true, _) if !legacy.needs.is_empty() => {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        }
        (Some(_), true, Some(failure)) if failure.is_ours() => {
            (Outcome::Inconclusive, common::OUR_FAULT)
        }
        (Some(_), true, Some(_)) => (Outcome::Inconclusive, "old-hello-unanswered"),
        (Some(_), true, None) => (Outcome::Pass, "modern-only"),
    };
    socket(walk.start, outcome, reason, detail)
}
