//! Does the site send its visitors to IPv4 literals?

use super::helpers::{redirect_chains, unseen, web_url, within_limits};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, Ipv4Literal, LiteralLocation, PageSeen, RedirectChain};
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-ipv4-literals",
    sources: &["RFC 6586 §5", "RFC 8683 §4.1"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("none"),
        Reason::fail("in-redirect"),
        Reason::fail("in-page"),
        Reason::fail("in-csp"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("unreadable"),
    ],
    doc: Doc::new(include_str!("web_ipv4_literals.en.md"), include_str!("web_ipv4_literals.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| redirect_chains(case, url, Family::Ipv6)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let cite: Vec<_> = walks.iter().flat_map(RedirectChain::observations).collect();
    let mut literals = web::address_literals(&walks, case.service.expect_status);
    literals.found.sort_by_key(|literal| literal.place);
    let unknown = || walks.iter().zip(&literals.pages).find_map(|(walk, page)| unread(walk, *page));
    let verdict = if !literals.found.is_empty() {
        Verdict::worst_of(literals.found.iter().map(subject).collect(), "none", "none")
    } else if let Some(reason) = unknown() {
        Verdict::inconclusive(reason)
    } else {
        Verdict::plain(Outcome::Pass, "none")
    };
    within_limits(case, verdict.citing(cite))
}

/// Why it is not known what a page holds, when it isn't.
fn unread(walk: &RedirectChain<'_>, page: PageSeen) -> Option<&'static str> {
    match page {
        PageSeen::Whole => None,
        PageSeen::Cut => Some(common::LIMIT),
        PageSeen::Unreadable(Unreadable::Challenge) => Some("challenge"),
        PageSeen::Unreadable(_) => Some("unreadable"),
        PageSeen::None => Some(unseen(walk).unwrap_or(common::LOWER_LAYER)),
    }
}

fn subject(literal: &Ipv4Literal) -> Subject {
    let reason = match literal.place {
        LiteralLocation::Redirect => "in-redirect",
        LiteralLocation::Page => "in-page",
        LiteralLocation::Policy => "in-csp",
    };
    Subject {
        name: SubjectName::Url(literal.text.clone()),
        outcome: Outcome::Fail,
        reason,
        detail: vec![("as", literal.what.to_owned())],
    }
}
