//! Do people see the same page over both families?

use super::helpers::{both_families, incomparable_reason};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, ContentParity, RedirectChain};
use crate::model::{Detail, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-content-parity",
    sources: &["internet.nl", "Broder 1997, On the resemblance and containment of documents"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("same"),
        Reason::fail("different"),
        Reason::inconclusive("varies"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("not-comparable"),
        Reason::inconclusive("unreadable"),
        Reason::not_applicable("not-text"),
    ],
    doc: Doc::new(
        include_str!("web_content_parity.en.md"),
        include_str!("web_content_parity.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let (ipv6, ipv4) = both_families(context)?;
    let compared = web::content_parity(&context.view, &ipv6, &ipv4);
    let subjects = ipv6
        .iter()
        .zip(&compared.addresses)
        .map(|(chain, (_, likeness))| subject(chain, &ipv4, likeness))
        .collect();
    Ok(Verdict::worst_of(subjects, "same", "not-text").citing(compared.observations))
}

fn subject(
    chain: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
    likeness: &ContentParity,
) -> Subject {
    let per_cent = |part: &u8| -> Vec<Detail> { vec![("words-in-common", format!("{part}%"))] };
    let (outcome, reason, detail) = match likeness {
        ContentParity::Same(part) => (Outcome::Pass, "same", per_cent(part)),
        ContentParity::Different(part) => (Outcome::Fail, "different", per_cent(part)),
        ContentParity::Varies(part) => (Outcome::Inconclusive, "varies", per_cent(part)),
        ContentParity::Challenge(family) => {
            (Outcome::Inconclusive, "challenge", vec![("over", family.to_string())])
        }
        ContentParity::Unreadable(Unreadable::NotText) => {
            (Outcome::NotApplicable, "not-text", Vec::new())
        }
        ContentParity::Unreadable(Unreadable::TooLarge) => {
            (Outcome::Inconclusive, common::LIMIT, Vec::new())
        }
        ContentParity::Unreadable(_) => (Outcome::Inconclusive, "unreadable", Vec::new()),
        ContentParity::NothingToCompare => {
            let reason = incomparable_reason(chain, ipv4).unwrap_or("not-comparable");
            (Outcome::Inconclusive, reason, Vec::new())
        }
        ContentParity::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED, Vec::new()),
    };
    socket(chain.start, outcome, reason, detail)
}
