//! Does the site send its visitors to IPv4 literals?

use super::helpers::{redirect_chains, unknown_end_reason, web_url, within_limits};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, Ipv4Literal, LiteralLocation, PageSeen, RedirectChain};
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Verdict, shown_url};

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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let cite: Vec<_> = chains.iter().flat_map(RedirectChain::observations).collect();
    let mut literals = web::address_literals(&chains, context.service.expect_status);
    literals.found.sort_by_key(|literal| literal.place);
    let unknown =
        || chains.iter().zip(&literals.pages).find_map(|(chain, page)| unread_reason(chain, *page));
    let verdict = if !literals.found.is_empty() {
        Verdict::worst_of(literals.found.iter().map(subject).collect(), "none", "none")
    } else if let Some(reason) = unknown() {
        Verdict::inconclusive(reason)
    } else {
        Verdict::plain(Outcome::Pass, "none")
    };
    Ok(within_limits(context, verdict.citing(cite)))
}

/// Why it is not known what a page holds, when it isn't.
fn unread_reason(chain: &RedirectChain<'_>, page: PageSeen) -> Option<&'static str> {
    match page {
        PageSeen::Whole => None,
        PageSeen::Cut => Some(common::LIMIT),
        PageSeen::Unreadable(Unreadable::Challenge) => Some("challenge"),
        PageSeen::Unreadable(_) => Some("unreadable"),
        PageSeen::None => Some(unknown_end_reason(chain).unwrap_or(common::LOWER_LAYER)),
    }
}

fn subject(literal: &Ipv4Literal) -> Subject {
    let reason = match literal.place {
        LiteralLocation::Redirect => "in-redirect",
        LiteralLocation::Page => "in-page",
        LiteralLocation::Policy => "in-csp",
    };
    Subject {
        name: SubjectName::Url(shown_url(&literal.text)),
        outcome: Outcome::Fail,
        reason,
        detail: vec![("as", literal.what.to_owned())],
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{address, answer};
    use crate::check::testing::web::{half_seen, html, ours, page, responds, site_over_ipv6, to};
    use crate::check::testing::world::{SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[ipv4_literals];

    const SECOND: &str = "2001:db8::9";

    #[test]
    fn ipv4_literals() {
        let csp = [("content-type", "text/html"), ("content-security-policy", "img-src 192.0.2.7")];
        let mut rows = vec![
            (page(), (Pass, "none")),
            (responds(200, &[("content-type", "image/png")], ""), (Pass, "none")),
            (html("<a href=\"http://198.51.100.7/\">x</a>"), (Fail, "in-page")),
            (html("<script>f('http://198.51.100.7/a')</script>"), (Fail, "in-page")),
            (responds(200, &csp, "<p>x"), (Fail, "in-csp")),
            (to("http://198.51.100.7/"), (Fail, "in-redirect")),
        ];
        rows.extend(half_seen());
        for (seen, expected) in rows {
            assert_eq!(site_over_ipv6(&seen).outcome_of("web-ipv4-literals"), expected, "{seen:?}");
        }
        // The page at one address is no evidence for that at another.
        let two = answer(&[address(SIX), address(SECOND)]);
        for (second, expected) in half_seen() {
            let world = World::new("active")
                .dns("www.example.vn", RecordType::AAAA, &two)
                .visit(URL, SIX, &page())
                .visit(URL, SECOND, &second);
            assert_eq!(world.outcome_of("web-ipv4-literals"), expected, "{second:?}");
        }
        let later = site_over_ipv6(&to("https://other.example.vn/"))
            .host("other.example.vn", &["2001:db8::2"]);
        let later = later.visit("https://other.example.vn/", "2001:db8::2", &ours());
        assert_eq!(later.outcome_of("web-ipv4-literals"), (Inconclusive, common::OUR_FAULT));
    }
}
