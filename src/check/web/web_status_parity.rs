//! Do both families end at the same page with the same status?

use super::helpers::{
    is_guarded, redirect_chains, unknown_end_reason, verdict_over_chains, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::Steadiness;
use crate::evidence::web::{
    self, ChainEnd, RedirectChain, landing_page, landing_page_responses, page,
};
use crate::model::{Detail, Family, Outcome, Severity, State, Subject, Verdict, shown_url};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-status-parity",
    sources: &["internet.nl", "RFC 9110 §15"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("only-over-ipv6"),
        Reason::fail("flapping"),
        Reason::fail("different-status"),
        Reason::fail("different-url"),
        Reason::fail("only-over-ipv4"),
        Reason::inconclusive("challenge"),
    ],
    doc: Doc::new(include_str!("web_status_parity.en.md"), include_str!("web_status_parity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let url = web_url(context)?;
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    let ipv6 = redirect_chains(context, url, Family::Ipv6)?;
    let ipv4 = redirect_chains(context, url, Family::Ipv4)?;
    let over_ipv4 = OverIpv4::of(&ipv4);
    let subjects: Vec<_> =
        ipv6.iter().map(|chain| subject(&context.view, chain, &over_ipv4)).collect();
    let is_alone = subjects.iter().any(|subject| subject.reason == "only-over-ipv6");
    let pass = if is_alone { "only-over-ipv6" } else { "same" };
    Ok(verdict_over_chains(subjects, pass, &ipv6)
        .citing(ipv4.iter().flat_map(RedirectChain::observations)))
}

/// The status and URL of a last page, and the chain that led there.
#[derive(Clone, Copy)]
struct Ending<'w, 'e> {
    status: u16,
    url: &'w str,
    chain: &'w RedirectChain<'e>,
}

impl Ending<'_, '_> {
    fn text(&self) -> String {
        format!("{} {}", self.status, shown_url(self.url))
    }
}

/// What visitors get over IPv4.
struct OverIpv4<'w, 'e> {
    /// Where the addresses lead, each look at a page on its own: one of them is enough for IPv6 to
    /// be the same.
    endings: Vec<Ending<'w, 'e>>,
    /// Why it isn't known where some of them lead.
    unknown: Option<&'static str>,
}

impl<'w, 'e> OverIpv4<'w, 'e> {
    fn of(chains: &'w [RedirectChain<'e>]) -> Self {
        let is_guarded = chains.iter().any(is_guarded);
        let unknown = || chains.iter().find_map(unknown_end_reason);
        Self {
            endings: chains.iter().flat_map(endings).collect(),
            unknown: if is_guarded { Some("challenge") } else { unknown() },
        }
    }

    /// Whether one of them is the same as this; an error is why that isn't known.
    fn has(&self, view: &View<'_>, ending: &Ending<'_, '_>) -> Result<bool, Gap> {
        let mut is_unknown = None;
        for other in self.endings.iter().filter(|other| other.status == ending.status) {
            match web::is_same_destination(view, ending.chain, other.chain) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(gap) => is_unknown = Some(gap),
            }
        }
        is_unknown.map_or(Ok(false), Err)
    }
}

/// The status and URL of a chain's last page, at each look at it that no guard answered.
fn endings<'w, 'e>(chain: &'w RedirectChain<'e>) -> Vec<Ending<'w, 'e>> {
    let Some((url, conversation)) = landing_page(chain) else { return Vec::new() };
    landing_page_responses(conversation)
        .filter(|look| !page::is_challenge(look, url))
        .map(|look| Ending { status: look.status, url: url.as_str(), chain })
        .collect()
}

fn subject(view: &View<'_>, chain: &RedirectChain<'_>, over_ipv4: &OverIpv4<'_, '_>) -> Subject {
    let mut seen = endings(chain);
    if seen.is_empty()
        && let ChainEnd::Response { status } = &chain.end
        && let Some(url) = chain.final_url()
    {
        // A guard answered with the status that the page has over IPv4: that much is the same.
        let ending = Ending { status: *status, url: url.as_str(), chain };
        seen.extend(Some(ending).filter(|ending| over_ipv4.has(view, ending) == Ok(true)));
    }
    let found: Vec<_> = seen.iter().map(|ending| over_ipv4.has(view, ending)).collect();
    let same = found.iter().position(|is_same| *is_same == Ok(true));
    let matches = found.iter().filter(|is_same| **is_same == Ok(true)).count();
    let gap = found.iter().find_map(|is_same| is_same.err());
    let steadiness = Steadiness::of(matches, seen.len() - matches);
    let expected = same.and_then(|at| seen.get(at)).or(over_ipv4.endings.first());
    let expected = expected.map_or_else(|| "-".to_owned(), Ending::text);
    let mut detail: Vec<Detail> = vec![("over-ipv4", expected)];
    let (outcome, reason) = match (same, seen.last()) {
        (Some(_), _) if steadiness.is_flapping() => (Outcome::Fail, "flapping"),
        (Some(_), _) => (Outcome::Pass, "same"),
        (None, Some(ending)) => match gap {
            Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
            None => {
                detail.push(("over-ipv6", ending.text()));
                outcome_of_difference(ending, over_ipv4)
            }
        },
        (None, None) => outcome_without_page(chain, over_ipv4),
    };
    detail.extend(steadiness.detail());
    if outcome == Outcome::Inconclusive {
        detail.clear();
    }
    socket(chain.start, outcome, reason, detail)
}

fn outcome_of_difference(
    ending: &Ending<'_, '_>,
    over_ipv4: &OverIpv4<'_, '_>,
) -> (Outcome, &'static str) {
    match over_ipv4.unknown {
        _ if over_ipv4.endings.iter().any(|other| other.status == ending.status) => {
            (Outcome::Fail, "different-url")
        }
        _ if !over_ipv4.endings.is_empty() => (Outcome::Fail, "different-status"),
        Some(reason) => (Outcome::Inconclusive, reason),
        // IPv4 leads nowhere at all.
        None => (Outcome::Pass, "only-over-ipv6"),
    }
}

fn outcome_without_page(
    chain: &RedirectChain<'_>,
    over_ipv4: &OverIpv4<'_, '_>,
) -> (Outcome, &'static str) {
    match (unknown_end_reason(chain), &chain.end) {
        (Some(reason), _) => (Outcome::Inconclusive, reason),
        // What a browser would get is not known.
        (None, _) if is_guarded(chain) => (Outcome::Inconclusive, "challenge"),
        // The layers below speak for themselves where not even the first page came.
        (None, ChainEnd::NoResponse) if chain.hops.len() == 1 => {
            (Outcome::Inconclusive, common::LOWER_LAYER)
        }
        (None, _) if !over_ipv4.endings.is_empty() => (Outcome::Fail, "only-over-ipv4"),
        // Neither family leads to a page: web-answers and web-redirects fail.
        (None, _) => (Outcome::Inconclusive, over_ipv4.unknown.unwrap_or(common::LOWER_LAYER)),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{answer, servfail, unasked};
    use crate::check::testing::web::{
        OTHER, down, elsewhere, page, rechecked, responds, site, site_over_both, to,
    };
    use crate::check::testing::world::{FOUR, SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, RecordType};

    pub(in crate::check) const CASES: &[fn()] = &[status_and_url_over_both_families];

    #[test]
    fn status_and_url_over_both_families() {
        let (away, mine) = (down(NetFailure::TimedOut), down(NetFailure::NoRoute));
        let error = responds(500, &[], "");
        let away_from = |status| rechecked(responds(status, &[], ""), Some(status));
        let here = |path: &str| to(&format!("{URL}{path}"));
        let moved = |path: &str| {
            let at = format!("{URL}{path}");
            site(&[&here(path), &here(path)], &here("a")).visit(&at, SIX, &page()).visit(
                &format!("{URL}a"),
                FOUR,
                &page(),
            )
        };
        // Each visit gets an id of its own, or each family one.
        let session = |six: [&str; 2], four: [&str; 2]| {
            let [s1, s2] = six.map(|id| here(&format!("?id={id}")));
            let [f1, f2] = four.map(|id| here(&format!("?id={id}")));
            let mut world = site_over_both(&[&s1, &s2], &[&f1, &f2]);
            for (ids, at) in [(six, SIX), (four, FOUR)] {
                let ids = ids.into_iter().collect::<std::collections::BTreeSet<_>>();
                for id in ids {
                    world = world.visit(&format!("{URL}?id={id}"), at, &page());
                }
            }
            world
        };
        let seen_once = site_over_both(&[&here("?id=a")], &[&here("?id=c")])
            .visit(&format!("{URL}?id=a"), SIX, &page())
            .visit(&format!("{URL}?id=c"), FOUR, &page());
        let nowhere = site_over_both(&[&to(OTHER)], &[&to(URL)])
            .host("other.example.vn", &["2001:db8::2"])
            .visit(OTHER, "2001:db8::2", &away);
        let rows = [
            (site(&[&page()], &page()), (Pass, "same")),
            (moved("a"), (Pass, "same")),
            (moved("b"), (Fail, "different-url")),
            (session(["a", "b"], ["c", "d"]), (Pass, "same")),
            (session(["a", "a"], ["c", "c"]), (Fail, "different-url")),
            (seen_once, (Inconclusive, common::NOT_OBSERVED)),
            (site(&[&responds(404, &[], "")], &page()), (Fail, "different-status")),
            (elsewhere(&[&away, &away]), (Fail, "only-over-ipv4")),
            // What our own machine could not ask is unknown, at whatever hop and attempt.
            (elsewhere(&[&mine, &mine]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&away, &mine]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&mine, &away]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&away]), (Inconclusive, common::NOT_OBSERVED)),
            (site(&[&mine, &mine], &page()), (Inconclusive, common::OUR_FAULT)),
            (site(&[&away, &away], &page()), (Inconclusive, common::LOWER_LAYER)),
            (site(&[&page()], &mine), (Inconclusive, common::OUR_FAULT)),
            (site(&[&page()], &away), (Pass, "only-over-ipv6")),
            (nowhere, (Inconclusive, common::LOWER_LAYER)),
            (site(&[&responds(429, &[], "")], &page()), (Inconclusive, "challenge")),
            (site(&[&page()], &responds(429, &[], "")), (Inconclusive, "challenge")),
            (site(&[&away_from(503); 3], &page()), (Inconclusive, common::TURNED_AWAY)),
            (site(&[&page()], &away_from(403)), (Inconclusive, common::TURNED_AWAY)),
            (elsewhere(&[&away_from(403); 3]), (Inconclusive, common::TURNED_AWAY)),
            (site(&[&page(), &responds(503, &[], "")], &page()), (Pass, "same")),
            (site(&[&page(), &error, &error], &page()), (Fail, "flapping")),
            (site(&[&page(), &responds(429, &[], "")], &page()), (Pass, "same")),
            // Visitors over IPv4 get either, as visitors over IPv6 do.
            (site_over_both(&[&page()], &[&error, &page()]), (Pass, "same")),
            (
                site_over_both(&[&responds(404, &[], "")], &[&error, &page()]),
                (Fail, "different-status"),
            ),
        ];
        for (at, (world, expected)) in rows.iter().enumerate() {
            assert_eq!(world.outcome_of("web-status-parity"), *expected, "row {at}");
        }
        let unresolved = site(&[&to(OTHER)], &page());
        for (reply, expected) in [
            (servfail(), (Inconclusive, common::UNRESOLVED)),
            (unasked(), (Inconclusive, common::OUR_FAULT)),
            (answer(&[]), (Fail, "only-over-ipv4")),
        ] {
            let world =
                site(&[&to(OTHER)], &page()).dns("other.example.vn", RecordType::AAAA, &reply);
            assert_eq!(world.outcome_of("web-status-parity"), expected, "{reply:?}");
        }
        assert_eq!(
            unresolved.outcome_of("web-status-parity"),
            (Inconclusive, common::NOT_OBSERVED)
        );
        let only = World::new("ipv6-only").published();
        assert_eq!(only.outcome_of("web-status-parity"), (NotApplicable, common::NO_IPV4));
    }
}
