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
        ContentParity::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap), Vec::new()),
    };
    socket(chain.start, outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::{
        assert_nothing_to_compare, ending, html, page, responds, site_over_both,
    };
    use crate::model::BodyEnd;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[words_over_both_families];

    #[test]
    fn words_over_both_families() {
        let id = "web-content-parity";
        assert_nothing_to_compare(id);
        let other = html("<title>It works!</title><p>The default page of a server nobody set up");
        let third = html("<title>Bảo trì</title><p>Hệ thống đang được bảo trì, xin quay lại sau");
        let picture = responds(200, &[("content-type", "image/png")], "");
        let cut_off = ending(page(), BodyEnd::TimedOut);
        for (six, four, expected) in [
            (vec![&page()], vec![&page()], (Pass, "same")),
            (vec![&other], vec![&page()], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&other, &other], vec![&page(), &page()], (Fail, "different")),
            (vec![&other, &page()], vec![&page(), &page()], (Pass, "same")),
            (vec![&other, &third], vec![&page(), &page()], (Inconclusive, "varies")),
            (vec![&cut_off], vec![&page()], (Inconclusive, "unreadable")),
            (vec![&picture], vec![&picture], (NotApplicable, "not-text")),
            (vec![&picture], vec![&page()], (Inconclusive, "unreadable")),
            (vec![&page()], vec![&picture], (Inconclusive, "unreadable")),
            (vec![&picture], vec![&cut_off], (Inconclusive, "unreadable")),
        ] {
            assert_eq!(site_over_both(&six, &four).outcome_of(id), expected, "{six:?} {four:?}");
        }
    }
}
