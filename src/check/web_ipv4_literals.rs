//! Does the site send its visitors to IPv4 literals?

use super::subjects::{first_talk, not_seen, walks, web_url};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, Literal, Place, Walk};
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-ipv4-literals",
    sources: &["RFC 6586 §5", "RFC 8683 §4.1"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("none"),
        Reason::fail("in-redirect"),
        Reason::fail("in-page"),
        Reason::fail("in-csp"),
        Reason::inconclusive("unreadable"),
    ],
    doc: Doc::new(include_str!("web_ipv4_literals.en.md"), include_str!("web_ipv4_literals.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let walks = match web_url(case).and_then(|url| walks(case, url, Family::Ipv6)) {
        Ok(walks) => walks,
        Err(verdict) => return verdict,
    };
    let cite: Vec<_> = walks.iter().flat_map(Walk::observations).collect();
    let mut literals = facts::literals(&walks);
    literals.found.sort_by_key(|literal| literal.place);
    let verdict = if !literals.found.is_empty() {
        Verdict::worst_of(literals.found.iter().map(subject).collect(), "none", "none")
    } else if literals.has_unreadable {
        Verdict::inconclusive("unreadable")
    } else if literals.pages_read == 0 {
        let reason = walks.iter().find_map(|walk| not_seen(first_talk(walk)));
        Verdict::inconclusive(reason.unwrap_or(common::LOWER_LAYER))
    } else {
        Verdict::plain(Outcome::Pass, "none")
    };
    verdict.citing(cite)
}

fn subject(literal: &Literal) -> Subject {
    let reason = match literal.place {
        Place::Redirect => "in-redirect",
        Place::Page => "in-page",
        Place::Policy => "in-csp",
    };
    Subject {
        name: SubjectName::Url(literal.text.clone()),
        outcome: Outcome::Fail,
        reason,
        detail: vec![("as", literal.what.to_owned())],
    }
}
