//! Do the names with `www` and without both work over IPv6?

use super::subjects::{first_talk, not_seen, socket, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, End, Status, Walk};
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-apex-www",
    sources: &["Mythic Beasts IPv6 health check", "Public Suffix List"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("both-work"),
        Reason::pass("one-name"),
        Reason::fail("counterpart-without-ipv6"),
        Reason::fail("counterpart-broken"),
        Reason::not_applicable("neither-apex-nor-www"),
    ],
    doc: Doc::new(include_str!("web_apex_www.en.md"), include_str!("web_apex_www.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    if let Err(verdict) = web_url(case) {
        return verdict;
    }
    let Some(other) = facts::counterpart(&case.view, case.service) else {
        return Verdict::not_applicable("neither-apex-nor-www");
    };
    let lookups = [&other.aaaa, &other.a].into_iter().flat_map(|l| l.observations.clone());
    let cite: Vec<_> = lookups.chain(other.walks.iter().flat_map(Walk::observations)).collect();
    let gone = |status: &Status| matches!(status, Status::NoData | Status::NxDomain);
    let host = |outcome, reason| Subject {
        name: SubjectName::Host(other.name.clone()),
        outcome,
        reason,
        detail: Vec::new(),
    };
    let subjects = match (&other.aaaa.status, &other.a.status) {
        (Status::Found, _) => other.walks.iter().map(subject).collect(),
        (Status::NotObserved, _) | (_, Status::NotObserved) => {
            vec![host(Outcome::Inconclusive, common::NOT_OBSERVED)]
        }
        (aaaa, a) if gone(aaaa) && gone(a) => vec![host(Outcome::Pass, "one-name")],
        (Status::NoData | Status::Synthesised, Status::Found) => {
            vec![host(Outcome::Fail, "counterpart-without-ipv6")]
        }
        _ => vec![host(Outcome::Inconclusive, common::UNRESOLVED)],
    };
    let pass =
        subjects.first().filter(|s| s.reason == "one-name").map_or("both-work", |s| s.reason);
    Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite)
}

fn subject(walk: &Walk<'_>) -> Subject {
    let (outcome, reason) = match &walk.end {
        End::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
        End::Response { status } if *status < 400 => (Outcome::Pass, "both-work"),
        End::NoAddress(Status::Failed(_)) => (Outcome::Inconclusive, common::UNRESOLVED),
        _ => match not_seen(first_talk(walk)) {
            Some(reason) => (Outcome::Inconclusive, reason),
            None => (Outcome::Fail, "counterpart-broken"),
        },
    };
    let detail = walk.final_url().map(|url| ("at", url.to_string())).into_iter().collect();
    socket(walk.start, outcome, reason, detail)
}
