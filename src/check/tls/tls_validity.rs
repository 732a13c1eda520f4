//! Is the certificate inside its dates, and for how much longer, on every IPv6 address?

use jiff::Timestamp;

use super::helpers::{
    accepted, naming_leaf, subject_of_worst_session, subjects_of_each, tls_contacts,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::Completion;
use crate::model::{Outcome, Severity, Subject, TlsSession, Verdict};

const DAY_S: i64 = 24 * 60 * 60;

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-validity",
    sources: &["RFC 5280 §4.1.2.5"],
    severity: Severity::Critical,
    revision: 4,
    reasons: &[
        Reason::pass("valid"),
        Reason::fail("expired"),
        Reason::fail("not-yet-valid"),
        Reason::fail_as("expires-in-7-days", Severity::Warning),
        Reason::fail_as("expires-in-14-days", Severity::Warning),
        Reason::fail_as("expires-in-30-days", Severity::Warning),
        Reason::fail("unreadable"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_validity.en.md"), include_str!("tls_validity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let mut subjects = subjects_of_each(context, &contacts, |contact| subject(context, contact));
    // The worst address gives the reason; all stay in their order otherwise.
    let rank = |subject: &Subject| {
        CHECK.reasons.iter().position(|reason| reason.id == subject.reason).unwrap_or(usize::MAX)
    };
    let worst =
        subjects.iter().filter(|s| s.outcome == Outcome::Fail).min_by_key(|s| rank(s)).cloned();
    subjects.sort_by_key(|subject| subject.outcome != Outcome::Fail);
    let mut verdict = verdict_over_contacts(subjects, "valid", &contacts);
    if let Some(worst) = worst {
        verdict.reason = worst.reason;
    }
    Ok(verdict)
}

fn subject(context: &CheckContext<'_>, contact: &EndpointContact<'_>) -> Subject {
    subject_of_worst_session(contact, CHECK.reasons, |session, seen_at| {
        subject_of_session(context, contact, session, seen_at)
    })
}

fn subject_of_session(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    session: &TlsSession,
    seen_at: Timestamp,
) -> Subject {
    let seen = accepted(context, session, seen_at);
    let Some(validity) = seen.validity else {
        return socket(contact.address, Outcome::Fail, "unreadable", Vec::new());
    };
    let left_s = validity.not_after.as_second() - seen_at.as_second();
    let (outcome, reason) = match left_s {
        _ if let Some(gap) = seen.gap_of_dates => (Outcome::Inconclusive, common::reason_of(gap)),
        ..0 => (Outcome::Fail, "expired"),
        _ if seen_at < validity.not_before => (Outcome::Fail, "not-yet-valid"),
        left if left < 7 * DAY_S => (Outcome::Fail, "expires-in-7-days"),
        left if left < 14 * DAY_S => (Outcome::Fail, "expires-in-14-days"),
        left if left < 30 * DAY_S => (Outcome::Fail, "expires-in-30-days"),
        _ => (Outcome::Pass, "valid"),
    };
    let bound = if reason == "not-yet-valid" { validity.begins_last } else { validity.ends_first };
    let (outcome, reason) = match seen.completion {
        // A newer one of an intermediate that ended may be to be had.
        Completion::Unknown(gap) if outcome == Outcome::Fail && bound > 0 => {
            (Outcome::Inconclusive, common::reason_of(gap))
        }
        _ => (outcome, reason),
    };
    let mut detail = vec![
        ("not-before", validity.not_before.to_string()),
        ("not-after", validity.not_after.to_string()),
    ];
    if outcome != Outcome::Pass {
        detail.extend(seen.subject(bound).map(|subject| ("certificate", subject)));
    }
    naming_leaf(socket(contact.address, outcome, reason, detail), &session.chain)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::testing::certificates::{
        authority_below, certificate_of, cross_signed, leaf_certificate, leaf_params,
        root_authority, signed_certificate,
    };
    use crate::check::testing::tls::{assert_unseen_sessions, outcome_of_chain};
    use crate::model::Blob;
    use crate::model::Outcome::{Fail, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[dates];

    #[test]
    fn dates() {
        assert_unseen_sessions("tls-validity");
        let good = root_authority("good");
        let unreadable = || vec![Blob::new(vec![1])];
        let dated = |begin: (i32, u8, u8), end: (i32, u8, u8)| {
            let mut params = leaf_params(&["www.example.vn"]);
            params.not_before = rcgen::date_time_ymd(begin.0, begin.1, begin.2);
            params.not_after = rcgen::date_time_ymd(end.0, end.1, end.2);
            vec![signed_certificate(&params, &good)]
        };
        let since = (1970, 1, 1);
        for (chain, expected) in [
            (dated(since, (1970, 6, 1)), (Pass, "valid")),
            (dated((1969, 1, 1), (1969, 12, 1)), (Fail, "expired")),
            (dated((1970, 1, 2), (1971, 1, 1)), (Fail, "not-yet-valid")),
            (dated(since, (1970, 1, 5)), (Fail, "expires-in-7-days")),
            (dated(since, (1970, 1, 10)), (Fail, "expires-in-14-days")),
            (dated(since, (1970, 1, 20)), (Fail, "expires-in-30-days")),
            (unreadable(), (Fail, "unreadable")),
        ] {
            assert_eq!(outcome_of_chain("tls-validity", &good, chain), expected);
        }
        // An old certificate beside the ones that lead to the root is one that no client needs.
        let (old, middle) = (root_authority("old"), authority_below("middle", &good));
        let beside = || cross_signed(&good, "good", &old);
        let chain = vec![leaf_certificate(&middle), certificate_of(&middle), beside()];
        assert_eq!(outcome_of_chain("tls-validity", &good, chain.clone()), (Pass, "valid"));
        assert_eq!(outcome_of_chain("tls-validity", &old, chain), (Fail, "expired"));
    }
}
