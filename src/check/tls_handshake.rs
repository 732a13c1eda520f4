//! Does a TLS handshake complete on every IPv6 address?

use super::subjects::{first_talk, not_seen, over_first, socket, tls_walks, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::Walk;
use crate::model::{Detail, NetFailure, Outcome, Severity, Subject, TlsFailure, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-handshake",
    sources: &["RFC 8446", "RFC 6066 §3"],
    severity: Severity::Critical,
    revision: 1,
    reasons: &[
        Reason::pass("completed"),
        Reason::fail("alert"),
        Reason::fail("nothing-in-common"),
        Reason::fail("bad-signature"),
        Reason::fail("not-tls"),
        Reason::fail("chain-too-large"),
        Reason::fail("reset"),
        Reason::fail("closed"),
        Reason::fail("timed-out"),
        Reason::fail("network-error"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_handshake.en.md"), include_str!("tls_handshake.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| tls_walks(case, url)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    over_first(walks.iter().map(subject).collect(), "completed", &walks)
}

fn subject(walk: &Walk<'_>) -> Subject {
    let talk = first_talk(walk);
    let unknown = |reason| socket(walk.start, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(talk) {
        return unknown(reason);
    }
    let handshakes =
        || talk.into_iter().flat_map(|t| &t.attempts).filter_map(|(c, _)| c.tls.as_ref());
    let completed = handshakes().find_map(|tls| tls.as_ref().ok());
    let failed = handshakes().filter_map(|tls| tls.as_ref().err()).next_back();
    match (completed, failed) {
        (Some(_), Some(failed)) if reason(&failed.failure) != common::OUR_FAULT => {
            unknown(common::FLAKY)
        }
        (Some(session), _) => {
            let mut detail: Vec<Detail> = vec![
                ("version", session.version.clone()),
                ("cipher-suite", session.cipher_suite.clone()),
            ];
            detail.extend(session.group.clone().map(|group| ("group", group)));
            socket(walk.start, Outcome::Pass, "completed", detail)
        }
        (None, Some(failed)) => {
            let reason = reason(&failed.failure);
            let outcome =
                if reason == common::OUR_FAULT { Outcome::Inconclusive } else { Outcome::Fail };
            socket(walk.start, outcome, reason, said(&failed.failure))
        }
        (None, None) => unknown(common::LOWER_LAYER),
    }
}

fn reason(failure: &TlsFailure) -> &'static str {
    match failure {
        TlsFailure::Net { failure } if failure.is_ours() => common::OUR_FAULT,
        TlsFailure::Net { failure: NetFailure::Reset } => "reset",
        TlsFailure::Net { failure: NetFailure::Closed } => "closed",
        TlsFailure::Net { failure: NetFailure::TimedOut } => "timed-out",
        TlsFailure::Net { .. } => "network-error",
        TlsFailure::Alert { .. } => "alert",
        TlsFailure::NothingInCommon { .. } => "nothing-in-common",
        TlsFailure::BadSignature { .. } => "bad-signature",
        TlsFailure::NotTls { .. } => "not-tls",
        TlsFailure::ChainTooLarge => "chain-too-large",
        TlsFailure::Ours { .. } => common::OUR_FAULT,
    }
}

fn said(failure: &TlsFailure) -> Vec<Detail> {
    match failure {
        TlsFailure::Alert { code, name } => vec![("alert", format!("{name} ({code})"))],
        TlsFailure::NothingInCommon { detail }
        | TlsFailure::BadSignature { detail }
        | TlsFailure::NotTls { detail }
        | TlsFailure::Ours { detail } => vec![("said", detail.clone())],
        TlsFailure::Net { failure } => vec![("failure", failure.to_string())],
        TlsFailure::ChainTooLarge => Vec::new(),
    }
}
