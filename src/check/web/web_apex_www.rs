//! Do the names with `www` and without both work over IPv6?

use super::helpers::{is_guarded, unseen, wavers, web_url};
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::unknown::unknown_lookup;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::LookupStatus;
use crate::evidence::web::{self, ChainEnd, RedirectChain, WwwAlias};
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-apex-www",
    sources: &["Mythic Beasts IPv6 health check", "Public Suffix List"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("both-work"),
        Reason::pass("one-name"),
        Reason::fail("counterpart-without-ipv6"),
        Reason::fail("counterpart-broken"),
        Reason::inconclusive("challenge"),
        Reason::not_applicable("neither-apex-nor-www"),
    ],
    doc: Doc::new(include_str!("web_apex_www.en.md"), include_str!("web_apex_www.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if let Err(verdict) = web_url(case) {
        return verdict;
    }
    if let Err(soa) = web::www_alias_name(&case.view, case.service) {
        let reason = unknown_lookup(&soa).unwrap_or(common::UNRESOLVED);
        return Verdict::inconclusive(reason).citing(soa.observations);
    }
    let Some(other) = web::www_alias(&case.view, case.service) else {
        return Verdict::not_applicable("neither-apex-nor-www");
    };
    let lookups = [&other.aaaa, &other.a].into_iter().flat_map(|l| l.observations.clone());
    let cite: Vec<_> =
        lookups.chain(other.walks.iter().flat_map(RedirectChain::observations)).collect();
    let subjects = if other.aaaa.status == LookupStatus::Found {
        other.walks.iter().map(|walk| subject(case, walk)).collect()
    } else {
        let (outcome, reason) = without_ipv6(&other);
        let name = SubjectName::Host(other.name.clone());
        vec![Subject { name, outcome, reason, detail: Vec::new() }]
    };
    let pass =
        subjects.first().filter(|s| s.reason == "one-name").map_or("both-work", |s| s.reason);
    let verdict = Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite);
    let is_cut = other.aaaa.addresses().len() > case.view.settings.limits.addresses;
    match verdict.outcome {
        Outcome::Pass if is_cut => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    }
}

/// What it means that no AAAA record was found.
fn without_ipv6(other: &WwwAlias<'_>) -> (Outcome, &'static str) {
    match unknown_lookup(&other.aaaa).or_else(|| unknown_lookup(&other.a)) {
        Some(reason) => (Outcome::Inconclusive, reason),
        None => match (&other.aaaa.status, &other.a.status) {
            (LookupStatus::NoData | LookupStatus::Synthesised, LookupStatus::Found) => {
                (Outcome::Fail, "counterpart-without-ipv6")
            }
            // The name does not exist, and yet it has an address.
            (_, LookupStatus::Found) | (LookupStatus::Synthesised, _) => {
                (Outcome::Inconclusive, common::FLAKY)
            }
            _ => (Outcome::Pass, "one-name"),
        },
    }
}

fn subject(case: &CheckContext<'_>, walk: &RedirectChain<'_>) -> Subject {
    let works = |status: u16| status < 400 || case.service.expect_status == Some(status);
    let (outcome, reason) = match (&walk.end, unseen(walk)) {
        (ChainEnd::Response { status }, _) if works(*status) && wavers(walk) => {
            (Outcome::Inconclusive, common::FLAKY)
        }
        (ChainEnd::Response { status }, _) if works(*status) => (Outcome::Pass, "both-work"),
        (_, Some(reason)) => (Outcome::Inconclusive, reason),
        (ChainEnd::Response { .. }, None) if is_guarded(walk) => {
            (Outcome::Inconclusive, "challenge")
        }
        (_, None) => (Outcome::Fail, "counterpart-broken"),
    };
    let detail = walk.final_url().map(|url| ("at", url.to_string())).into_iter().collect();
    socket(walk.start, outcome, reason, detail)
}
