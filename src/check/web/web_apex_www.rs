//! Do the names with `www` and without both work over IPv6?

use super::helpers::{is_flapping_chain, is_guarded, unknown_end_reason, web_url};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::web::{self, ChainEnd, RedirectChain, WwwAlias};
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict, shown_url};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-apex-www",
    sources: &["Mythic Beasts IPv6 health check", "Public Suffix List"],
    severity: Severity::Warning,
    revision: 4,
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    web_url(context)?;
    if let Err(soa) = web::www_alias_name(&context.view, context.service) {
        let reason = soa.gap().map_or(common::UNRESOLVED, common::reason_of);
        return Err(Verdict::inconclusive(reason).citing(soa.observations));
    }
    let Some(other) = web::www_alias(&context.view, context.service) else {
        return Err(Verdict::not_applicable("neither-apex-nor-www"));
    };
    let lookups = [&other.aaaa, &other.a].into_iter().flat_map(|l| l.observations.clone());
    let cite: Vec<_> =
        lookups.chain(other.chains.iter().flat_map(RedirectChain::observations)).collect();
    let subjects = if other.aaaa.status == LookupStatus::Found {
        other.chains.iter().map(|chain| subject(context, chain)).collect()
    } else {
        let (outcome, reason) = outcome_without_ipv6(&other);
        let name = SubjectName::Host(other.name.clone());
        vec![Subject { name, outcome, reason, detail: Vec::new() }]
    };
    let pass =
        subjects.first().filter(|s| s.reason == "one-name").map_or("both-work", |s| s.reason);
    let verdict = Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite);
    let is_cut = other.aaaa.addresses().len() > context.view.settings.limits.addresses;
    Ok(match verdict.outcome {
        Outcome::Pass if is_cut => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    })
}

/// What it means that no AAAA record was found.
fn outcome_without_ipv6(other: &WwwAlias<'_>) -> (Outcome, &'static str) {
    match other.aaaa.gap().or_else(|| other.a.gap()) {
        Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
        None => match (&other.aaaa.status, &other.a.status) {
            // Also where the name is said not to exist for AAAA alone (RFC 4074 §4.2).
            (_, LookupStatus::Found) => (Outcome::Fail, "counterpart-without-ipv6"),
            // The resolver made it up from an address that it doesn't give.
            (LookupStatus::Synthesised, _) => (Outcome::Inconclusive, common::UNRESOLVED),
            _ => (Outcome::Pass, "one-name"),
        },
    }
}

fn subject(context: &CheckContext<'_>, chain: &RedirectChain<'_>) -> Subject {
    let works = |status: u16| status < 400 || context.service.expect_status == Some(status);
    let (outcome, reason) = match (&chain.end, unknown_end_reason(chain)) {
        (ChainEnd::Response { status }, _) if works(*status) && is_flapping_chain(chain) => {
            (Outcome::Fail, "counterpart-broken")
        }
        (ChainEnd::Response { status }, _) if works(*status) => (Outcome::Pass, "both-work"),
        (_, Some(reason)) => (Outcome::Inconclusive, reason),
        (ChainEnd::Response { .. }, None) if is_guarded(chain) => {
            (Outcome::Inconclusive, "challenge")
        }
        (_, None) => (Outcome::Fail, "counterpart-broken"),
    };
    let detail = chain.final_url().map(|url| ("at", shown_url(url.as_str()))).into_iter().collect();
    socket(chain.start, outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, negative, nxdomain, servfail, unasked};
    use crate::check::testing::web::{ours, page, responds, silent, to, with_cookie};
    use crate::check::testing::world::{SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[the_other_name, hosts_without_another_name];

    const APEX: &str = "https://example.vn/";

    #[test]
    fn the_other_name() {
        let apex = |aaaa: &Reply, a: &Reply| {
            World::new("active").published().dns("example.vn", RecordType::AAAA, aaaa).dns(
                "example.vn",
                RecordType::A,
                a,
            )
        };
        let at = |text: &str| answer(&[("example.vn.", address(text).1)]);
        let (six, four, none) = (at("2001:db8::2"), at("192.0.2.2"), answer(&[]));
        for (aaaa, a, expected) in [
            (&none, &none, (Pass, "one-name")),
            (&nxdomain(), &nxdomain(), (Pass, "one-name")),
            (&none, &four, (Fail, "counterpart-without-ipv6")),
            (&servfail(), &servfail(), (Inconclusive, common::UNRESOLVED)),
            (&nxdomain(), &servfail(), (Inconclusive, common::UNRESOLVED)),
            (&none, &servfail(), (Inconclusive, common::UNRESOLVED)),
            (&servfail(), &none, (Inconclusive, common::UNRESOLVED)),
            (&unasked(), &four, (Inconclusive, common::OUR_FAULT)),
            (&none, &unasked(), (Inconclusive, common::OUR_FAULT)),
            // No name for one type and addresses of the other: clients find no IPv6 address.
            (&nxdomain(), &four, (Fail, "counterpart-without-ipv6")),
        ] {
            assert_eq!(apex(aaaa, a).outcome_of("web-apex-www"), expected, "{aaaa:?} {a:?}");
        }
        let answers = |seen: &Conversation| apex(&six, &four).visit(APEX, "2001:db8::2", seen);
        let walled = |then: &Conversation| {
            let first = answers(&with_cookie(APEX));
            first.visits_with_cookies(APEX, "2001:db8::2", "guard=1", &[then])
        };
        let leads = |last: &Conversation| answers(&to(URL)).visit(URL, SIX, last);
        let rows = [
            (answers(&page()), (Pass, "both-work")),
            (leads(&page()), (Pass, "both-work")),
            (answers(&responds(500, &[], "")), (Fail, "counterpart-broken")),
            (answers(&responds(429, &[], "")), (Inconclusive, "challenge")),
            (answers(&silent()), (Fail, "counterpart-broken")),
            (answers(&ours()), (Inconclusive, common::OUR_FAULT)),
            (leads(&silent()), (Fail, "counterpart-broken")),
            (leads(&ours()), (Inconclusive, common::OUR_FAULT)),
            (answers(&to(APEX)), (Fail, "counterpart-broken")),
            (answers(&with_cookie(APEX)), (Inconclusive, common::NOT_OBSERVED)),
            (walled(&page()), (Pass, "both-work")),
            (walled(&to(APEX)), (Fail, "counterpart-broken")),
            (answers(&to("http://[fe80::1]/")), (Fail, "counterpart-broken")),
            (apex(&six, &four), (Inconclusive, common::NOT_OBSERVED)),
        ];
        for (at, (world, expected)) in rows.iter().enumerate() {
            assert_eq!(world.outcome_of("web-apex-www"), *expected, "row {at}");
        }
        let wavers = |attempts: &[&Conversation]| {
            apex(&six, &four).visits(APEX, "2001:db8::2", attempts).outcome_of("web-apex-www")
        };
        assert_eq!(wavers(&[&silent(), &page()]), (Pass, "both-work"));
        assert_eq!(wavers(&[&silent(), &silent(), &page()]), (Fail, "counterpart-broken"));
        let two = answer(&[
            ("example.vn.", address("2001:db8::2").1),
            ("example.vn.", address("2001:db8::3").1),
        ]);
        for (second, expected) in [
            (page(), (Pass, "both-work")),
            (ours(), (Inconclusive, common::OUR_FAULT)),
            (silent(), (Fail, "counterpart-broken")),
        ] {
            let world = apex(&two, &four).visit(APEX, "2001:db8::2", &page()).visit(
                APEX,
                "2001:db8::3",
                &second,
            );
            assert_eq!(world.outcome_of("web-apex-www"), expected, "{second:?}");
        }
    }

    #[test]
    fn hosts_without_another_name() {
        let deep = |reply: &Reply| {
            World::with_service("web: \"https://a.so.example.vn/\"").dns(
                "a.so.example.vn",
                RecordType::SOA,
                reply,
            )
        };
        let inside = deep(&negative("example.vn."));
        assert_eq!(inside.outcome_of("web-apex-www"), (NotApplicable, "neither-apex-nor-www"));
        // Whether it is the apex of a zone is not known.
        assert_eq!(
            deep(&servfail()).outcome_of("web-apex-www"),
            (Inconclusive, common::UNRESOLVED)
        );
        assert_eq!(deep(&unasked()).outcome_of("web-apex-www"), (Inconclusive, common::OUR_FAULT));
        let unknown = World::with_service("web: \"https://a.so.example.vn/\"");
        assert_eq!(unknown.outcome_of("web-apex-www"), (Inconclusive, common::NOT_OBSERVED));
        let literal = World::with_service("web: \"https://[2001:db8::1]/\"");
        assert_eq!(literal.outcome_of("web-apex-www"), (NotApplicable, "neither-apex-nor-www"));
    }
}
