//! Does every hop of the redirect chain work over IPv6?

use super::helpers::{
    first_conversation_gap, redirect_chains, unknown_end_reason, verdict_over_chains, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::ConversationAttempts;
use crate::evidence::web::{ChainEnd, Hop, RedirectChain};
use crate::model::{Family, Outcome, Severity, Subject, Verdict, shown_url};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-redirects",
    sources: &["RFC 9110 §15.4", "RFC 9110 §10.2.2", "Fetch standard §2.9, §4.4", "RFC 6265bis §5"],
    severity: Severity::Error,
    revision: 6,
    reasons: &[
        Reason::pass("followed"),
        Reason::pass("none"),
        Reason::fail("target-without-ipv6"),
        Reason::fail("target-unreachable"),
        Reason::fail("target-tls-failed"),
        Reason::fail("target-flapping"),
        Reason::fail("loop"),
        Reason::fail("too-many"),
        Reason::fail("bad-location"),
        Reason::fail("to-private-address"),
        Reason::fail("to-internal-network"),
        Reason::fail("to-refused-port"),
        Reason::inconclusive("target-unresolved"),
    ],
    doc: Doc::new(include_str!("web_redirects.en.md"), include_str!("web_redirects.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let redirects = chains.iter().any(|chain| chain.hops.len() > 1);
    let pass = if redirects { "followed" } else { "none" };
    Ok(verdict_over_chains(
        chains.iter().map(|chain| subject(context, chain)).collect(),
        pass,
        &chains,
    ))
}

fn subject(context: &CheckContext<'_>, chain: &RedirectChain<'_>) -> Subject {
    let (outcome, reason) = outcome_of_chain(context, chain);
    let mut detail: Vec<_> =
        chain.hops.iter().skip(1).map(|hop| ("to", shown_url(hop.url.as_str()))).collect();
    match &chain.end {
        ChainEnd::NotVisited(address) => detail.push(("address", address.to_string())),
        ChainEnd::BadLocation(location) => detail.push(("location", shown_url(location))),
        _ => {}
    }
    socket(chain.start, outcome, reason, detail)
}

fn outcome_of_chain(
    context: &CheckContext<'_>,
    chain: &RedirectChain<'_>,
) -> (Outcome, &'static str) {
    if let Some(gap) = first_conversation_gap(chain) {
        return (Outcome::Inconclusive, common::reason_of(gap));
    }
    let later = chain.hops.get(1..).unwrap_or_default();
    match (&chain.end, unknown_end_reason(chain)) {
        // Our resolver alone was asked for the target, and that it fails says nothing of the target.
        (ChainEnd::NoAddress(_), Some(common::UNRESOLVED)) => {
            (Outcome::Inconclusive, "target-unresolved")
        }
        (ChainEnd::NoAddress(_), None) => (Outcome::Fail, "target-without-ipv6"),
        (
            ChainEnd::NoAddress(_) | ChainEnd::Unknown(_) | ChainEnd::TooMany | ChainEnd::Loop,
            Some(reason),
        ) => (Outcome::Inconclusive, reason),
        (ChainEnd::Unknown(gap), None) => (Outcome::Inconclusive, common::reason_of(*gap)),
        (ChainEnd::NoResponse, _) if later.is_empty() => {
            (Outcome::Inconclusive, common::LOWER_LAYER)
        }
        (ChainEnd::Loop, None) => (Outcome::Fail, "loop"),
        (ChainEnd::TooMany, None) => (Outcome::Fail, "too-many"),
        (ChainEnd::BadLocation(_), _) => (Outcome::Fail, "bad-location"),
        (ChainEnd::NotVisited(address), _) if context.view.networks.is_internal(*address) => {
            (Outcome::Fail, "to-internal-network")
        }
        (ChainEnd::NotVisited(_), _) => (Outcome::Fail, "to-private-address"),
        (ChainEnd::RefusedPort(_), _) => (Outcome::Fail, "to-refused-port"),
        (ChainEnd::NoResponse | ChainEnd::Response { .. }, _) => outcome_of_hops(later),
    }
}

/// Whether a hop's host has more addresses than were asked.
fn has_more_addresses(hop: &Hop<'_>) -> bool {
    hop.lookup.as_ref().is_some_and(|lookup| lookup.addresses().len() > hop.attempts.len())
}

/// Every address of every hop has to work, not only the one that happened to answer.
fn outcome_of_hops(later: &[Hop<'_>]) -> (Outcome, &'static str) {
    let conversations =
        || later.iter().flat_map(|hop| &hop.attempts).map(|visit| &visit.conversation);
    let fails = |conversation: &ConversationAttempts<'_>| {
        conversation.gap().is_none()
            && conversation.best().is_none_or(|best| !matches!(best.http, Some(Ok(_))))
    };
    let has_no_tls = |conversation: &ConversationAttempts<'_>| {
        conversation.best().is_some_and(|best| matches!(best.tls, Some(Err(_))))
    };
    if conversations().any(|seen| fails(seen) && !has_no_tls(seen)) {
        (Outcome::Fail, "target-unreachable")
    } else if conversations().any(fails) {
        (Outcome::Fail, "target-tls-failed")
    } else if conversations().any(|conversation| conversation.steadiness().is_flapping()) {
        (Outcome::Fail, "target-flapping")
    } else if let Some(gap) = conversations().find_map(ConversationAttempts::gap) {
        (Outcome::Inconclusive, common::reason_of(gap))
    } else if later.iter().any(has_more_addresses) {
        (Outcome::Inconclusive, common::LIMIT)
    } else if later.is_empty() {
        (Outcome::Pass, "none")
    } else {
        (Outcome::Pass, "followed")
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{servfail, unasked};
    use crate::check::testing::web::{OTHER, down, elsewhere, no_tls, page, responds, site, to};
    use crate::check::testing::world::{SIX, URL};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{
        Conversation, NetFailure, Network, Networks, RecordType, State, TlsFailure,
    };

    pub(in crate::check) const CASES: &[fn()] = &[redirects_over_ipv6];

    #[test]
    fn redirects_over_ipv6() {
        let (away, mine) = (down(NetFailure::TimedOut), down(NetFailure::NoRoute));
        let first = |location: &str| site(&[&to(location)], &page());
        let endless = |limit: usize| {
            let mut world = first(&format!("{URL}0"));
            world.inventory.settings.limits.redirects = limit;
            (0..22).fold(world, |world, step| {
                world.visit(&format!("{URL}{step}"), SIX, &to(&format!("{URL}{}", step + 1)))
            })
        };
        let two = |second: &Conversation| {
            first(OTHER)
                .host("other.example.vn", &["2001:db8::2", "2001:db8::3"])
                .visit(OTHER, "2001:db8::2", &page())
                .visit(OTHER, "2001:db8::3", second)
        };
        // A network inside, behind a page outside.
        let inside = |state: State| {
            let mut world = first("http://[2001:db8:f::1]/");
            let inside = Network {
                prefix: "2001:db8:f::/48".parse().unwrap(),
                name: "inside".to_owned(),
                asn: None,
                internal: true,
                testbed: false,
            };
            let networks = world.inventory.networks.iter().cloned().chain([inside]);
            world.inventory.networks = Networks::new(networks.collect());
            world.in_state(state)
        };
        let alert = TlsFailure::Alert { code: 40, name: "handshake_failure".to_owned() };
        let cookie = |value: &str| responds(302, &[("location", URL), ("set-cookie", value)], "");
        let wall = |then: &Conversation| {
            site(&[&cookie("guard=1")], &page()).visits_with_cookies(URL, SIX, "guard=1", &[then])
        };
        assert_eq!(wall(&page()).outcome_of("web-status-parity"), (Pass, "same"));
        assert_eq!(wall(&page()).outcome_of("web-answers"), (Pass, "answers"));
        // A cookie that is set anew at each visit, whoever brings the last one.
        let anew = (0..22).fold(site(&[&cookie("n=0")], &page()), |world, step| {
            let (brought, next) = (format!("n={step}"), format!("n={}", step + 1));
            world.visits_with_cookies(URL, SIX, &brought, &[&cookie(&next)])
        });
        let flood: Vec<String> = (0..60).map(|number| format!("c{number}=1; Path=/no")).collect();
        let flood = flood.iter().map(|line| ("set-cookie", line.as_str()));
        let flood: Vec<_> = flood.chain([("location", URL)]).collect();
        let cookie_flood = responds(302, &flood, "");
        let rows = [
            (site(&[&page()], &page()), (Pass, "none")),
            (elsewhere(&[&page()]), (Pass, "followed")),
            (elsewhere(&[&away, &away]), (Fail, "target-unreachable")),
            (elsewhere(&[&no_tls(alert)]), (Fail, "target-tls-failed")),
            (elsewhere(&[&away, &mine]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&away, &page()]), (Pass, "followed")),
            (elsewhere(&[&away, &away, &page()]), (Fail, "target-flapping")),
            (two(&page()), (Pass, "followed")),
            (two(&away), (Fail, "target-unreachable")),
            (two(&mine), (Inconclusive, common::OUR_FAULT)),
            (first("http://192.0.2.9/"), (Fail, "target-without-ipv6")),
            (first(OTHER).host("other.example.vn", &[]), (Fail, "target-without-ipv6")),
            (first(URL), (Fail, "loop")),
            // A browser brings the cookie along.
            (site(&[&cookie("guard=1")], &page()), (Inconclusive, common::NOT_OBSERVED)),
            (wall(&page()), (Pass, "followed")),
            (wall(&cookie("guard=1")), (Fail, "loop")),
            (anew, (Fail, "loop")),
            // More cookies than are kept: a browser may get further.
            (site(&[&cookie_flood], &page()), (Inconclusive, common::LIMIT)),
            (first("ftp://www.example.vn/"), (Fail, "bad-location")),
            (first("http://[fe80::1]/"), (Fail, "to-private-address")),
            (first("http://169.254.169.254/latest"), (Fail, "to-private-address")),
            (first("http://[2001:db8:f::1]/"), (Inconclusive, common::NOT_OBSERVED)),
            (inside(State::Active), (Fail, "to-internal-network")),
            (inside(State::Internal), (Inconclusive, common::NOT_OBSERVED)),
            (first("https://other.example.vn:25/"), (Fail, "to-refused-port")),
            (
                first(OTHER).dns("other.example.vn", RecordType::AAAA, &servfail()),
                (Inconclusive, "target-unresolved"),
            ),
            (
                first(OTHER).dns("other.example.vn", RecordType::AAAA, &unasked()),
                (Inconclusive, common::OUR_FAULT),
            ),
            (endless(20), (Fail, "too-many")),
            (endless(10), (Inconclusive, common::LIMIT)),
            (site(&[&away, &away], &page()), (Inconclusive, common::LOWER_LAYER)),
            (site(&[&mine, &away], &page()), (Inconclusive, common::OUR_FAULT)),
        ];
        for (at, (world, expected)) in rows.iter().enumerate() {
            assert_eq!(world.outcome_of("web-redirects"), *expected, "row {at}");
        }
    }
}
