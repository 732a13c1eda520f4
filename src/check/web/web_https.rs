//! Does plain HTTP lead to HTTPS, over both families alike?

use std::net::{IpAddr, SocketAddr};

use url::Url;

use super::helpers::{
    first_conversation, is_guarded, redirect_chains, unknown_end_reason, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service;
use crate::evidence::web::{ChainEnd, RedirectChain};
use crate::model::{
    Family, IcmpMeaning, NetFailure, Outcome, Severity, Subject, Verdict, shown_url,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-https",
    sources: &["RFC 9110 §4.2.2", "internet.nl"],
    severity: Severity::Warning,
    revision: 4,
    reasons: &[
        Reason::pass("redirects"),
        Reason::pass("no-plain-http"),
        Reason::fail("stays-plain"),
        Reason::fail("plain-only-over-ipv6"),
        Reason::fail("only-over-ipv4"),
        Reason::fail("leads-nowhere"),
        Reason::fail("flapping"),
        Reason::inconclusive("challenge"),
        Reason::not_applicable("not-https"),
        Reason::not_applicable("own-port"),
    ],
    doc: Doc::new(include_str!("web_https.en.md"), include_str!("web_https.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let url = web_url(context)?;
    let is_plain = url.scheme() != "https";
    let plain = if is_plain { Some(url.clone()) } else { service::plain_http_url(context.service) };
    let Some(plain) = plain else {
        return Err(Verdict::not_applicable("own-port"));
    };
    let ipv6 = redirect_chains(context, &plain, Family::Ipv6)?;
    // Without IPv4 there is nothing to compare with, and IPv6 is judged alone.
    let (ipv4, unresolved) = match redirect_chains(context, &plain, Family::Ipv4) {
        Ok(ipv4) => (ipv4, None),
        Err(verdict) if verdict.outcome == Outcome::NotApplicable => (Vec::new(), None),
        Err(verdict) => (Vec::new(), Some(verdict.reason)),
    };
    let cite = ipv6.iter().chain(&ipv4).flat_map(RedirectChain::observations).collect::<Vec<_>>();
    // A service that is declared as plain HTTP owes nobody HTTPS, unless it sends its visitors there.
    if is_plain && !ipv6.iter().chain(&ipv4).any(leads_to_https) {
        return Err(Verdict::not_applicable("not-https").citing(cite));
    }
    let over_ipv4 =
        OverIpv4 { seen: ipv4.iter().map(|w| behaviour(context, url, w)).collect(), unresolved };
    let subjects: Vec<_> =
        ipv6.iter().map(|w| subject(w, behaviour(context, url, w), &over_ipv4)).collect();
    let is_closed = subjects.iter().all(|subject| subject.reason == "no-plain-http");
    let pass = if is_closed { "no-plain-http" } else { "redirects" };
    Ok(Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite))
}

fn leads_to_https(chain: &RedirectChain<'_>) -> bool {
    chain.hops.iter().skip(1).any(|hop| hop.url.scheme() == "https")
}

/// What plain HTTP does at one address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    Closed,
    /// Nothing comes back, and whether anything is there at all is not known.
    Silent,
    Redirects,
    /// To HTTPS, and from there to no page.
    LeadsNowhere,
    /// Now and then something comes back, and perhaps a redirect.
    Flapping {
        redirects: bool,
    },
    StaysPlain,
    Unknown(&'static str),
}

fn behaviour(context: &CheckContext<'_>, url: &Url, chain: &RedirectChain<'_>) -> Behaviour {
    let Some(conversation) = first_conversation(chain) else {
        return Behaviour::Unknown(common::NOT_OBSERVED);
    };
    if let Some(gap) = conversation.gap() {
        return Behaviour::Unknown(common::reason_of(gap));
    }
    let Some(best) = conversation.best() else { return Behaviour::Unknown(common::NOT_OBSERVED) };
    if conversation.steadiness().is_flapping() {
        return Behaviour::Flapping { redirects: leads_to_https(chain) };
    }
    match (&best.connect, &best.http) {
        (Err(failure), _)
            if says_closed(failure) || takes_connections(context, url, chain.start.ip()) =>
        {
            Behaviour::Closed
        }
        (Err(_), _) => Behaviour::Silent,
        (Ok(_), Some(Ok(_))) => behaviour_at_end(url, chain),
        (Ok(_), _) => Behaviour::Unknown(common::LOWER_LAYER),
    }
}

/// Whether the host itself says that nothing listens.
fn says_closed(failure: &NetFailure) -> bool {
    use IcmpMeaning::PortUnreachable;
    matches!(
        failure,
        NetFailure::Refused | NetFailure::Reset | NetFailure::Icmp { meaning: PortUnreachable, .. }
    )
}

/// Whether the address takes connections at the service's own port, so that silence at another one
/// is that port's.
fn takes_connections(context: &CheckContext<'_>, url: &Url, address: IpAddr) -> bool {
    let at = SocketAddr::new(address, url.port_or_known_default().unwrap_or(443));
    let main =
        service::conversation_attempts(&context.view, service::conversation_question(url, at));
    main.attempts.iter().any(|(seen, _)| seen.connect.is_ok())
}

/// Where an answer over plain HTTP leads in the end.
fn behaviour_at_end(url: &Url, chain: &RedirectChain<'_>) -> Behaviour {
    if leads_to_https(chain) {
        return behaviour_of_redirect(url, chain);
    }
    match (unknown_end_reason(chain), &chain.end) {
        (Some(reason), _) => Behaviour::Unknown(reason),
        (None, ChainEnd::Response { .. }) if is_guarded(chain) => Behaviour::Unknown("challenge"),
        (
            None,
            ChainEnd::Response { .. }
            | ChainEnd::Loop
            | ChainEnd::TooMany
            | ChainEnd::BadLocation(_),
        ) => Behaviour::StaysPlain,
        (None, _) => Behaviour::Unknown(common::LOWER_LAYER),
    }
}

/// Whether a redirect to HTTPS leads to a page. What the service's own HTTPS server then does is for the
/// checks of that server to say.
fn behaviour_of_redirect(url: &Url, chain: &RedirectChain<'_>) -> Behaviour {
    let is_own = |hop: &Url| {
        url.scheme() == "https"
            && hop.host() == url.host()
            && hop.port_or_known_default() == url.port_or_known_default()
    };
    let leads_to_own = chain.hops.iter().skip(1).any(|hop| is_own(&hop.url));
    match (&chain.end, unknown_end_reason(chain)) {
        (ChainEnd::Response { .. }, _) => Behaviour::Redirects,
        _ if leads_to_own => Behaviour::Redirects,
        (_, Some(reason)) => Behaviour::Unknown(reason),
        (_, None) => Behaviour::LeadsNowhere,
    }
}

/// What plain HTTP does over IPv4.
struct OverIpv4 {
    seen: Vec<Behaviour>,
    /// Why the addresses are not known, when they are not.
    unresolved: Option<&'static str>,
}

impl OverIpv4 {
    fn redirects(&self) -> bool {
        let redirects = |seen: &Behaviour| {
            matches!(seen, Behaviour::Redirects | Behaviour::Flapping { redirects: true })
        };
        self.seen.iter().any(redirects)
    }

    /// Why it is not known whether it redirects, when it isn't.
    fn unknown(&self) -> Option<&'static str> {
        let unknown = |seen: &Behaviour| match seen {
            Behaviour::Unknown(reason) => Some(*reason),
            Behaviour::Silent => Some(common::LOWER_LAYER),
            _ => None,
        };
        self.unresolved.or_else(|| self.seen.iter().find_map(unknown))
    }
}

fn subject(chain: &RedirectChain<'_>, seen: Behaviour, over_ipv4: &OverIpv4) -> Subject {
    let (outcome, reason) = match seen {
        Behaviour::Unknown(reason) => (Outcome::Inconclusive, reason),
        Behaviour::StaysPlain if over_ipv4.redirects() => (Outcome::Fail, "plain-only-over-ipv6"),
        Behaviour::StaysPlain => (Outcome::Fail, "stays-plain"),
        Behaviour::Closed | Behaviour::Silent if over_ipv4.redirects() => {
            (Outcome::Fail, "only-over-ipv4")
        }
        Behaviour::Silent => (Outcome::Inconclusive, common::LOWER_LAYER),
        Behaviour::Closed => match over_ipv4.unknown() {
            Some(reason) => (Outcome::Inconclusive, reason),
            None => (Outcome::Pass, "no-plain-http"),
        },
        Behaviour::Redirects => (Outcome::Pass, "redirects"),
        Behaviour::LeadsNowhere => (Outcome::Fail, "leads-nowhere"),
        Behaviour::Flapping { .. } => (Outcome::Fail, "flapping"),
    };
    let detail =
        chain.hops.iter().skip(1).take(1).map(|hop| ("to", shown_url(hop.url.as_str()))).collect();
    socket(chain.start, outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, servfail};
    use crate::check::testing::web::{broken, down, ours, page, responds, silent, to, with_cookie};
    use crate::check::testing::world::{FOUR, SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, NetFailure, RecordType};

    pub(in crate::check) const CASES: &[fn()] = &[what_port_80_does];

    const PLAIN: &str = "http://www.example.vn/";

    fn refused() -> Conversation {
        down(NetFailure::Refused)
    }

    #[test]
    fn what_port_80_does() {
        let up = to(URL);
        let wanders = |last: &Conversation| {
            let next = "http://www.example.vn/a";
            (to(next), last.clone(), next)
        };
        let rows: Vec<(Conversation, Conversation, _)> = vec![
            (up.clone(), up.clone(), (Pass, "redirects")),
            (refused(), refused(), (Pass, "no-plain-http")),
            (page(), page(), (Fail, "stays-plain")),
            (responds(429, &[], ""), up.clone(), (Inconclusive, "challenge")),
            (page(), up.clone(), (Fail, "plain-only-over-ipv6")),
            (refused(), up.clone(), (Fail, "only-over-ipv4")),
            (silent(), up.clone(), (Fail, "only-over-ipv4")),
            // Silence is a closed port only where the address is known to be there.
            (silent(), refused(), (Inconclusive, common::LOWER_LAYER)),
            (ours(), refused(), (Inconclusive, common::OUR_FAULT)),
            // Whether IPv4 redirects has to be known before a closed port is well.
            (refused(), ours(), (Inconclusive, common::OUR_FAULT)),
            (refused(), silent(), (Inconclusive, common::LOWER_LAYER)),
            (broken(NetFailure::Reset), up, (Inconclusive, common::LOWER_LAYER)),
        ];
        for (six, four, expected) in rows {
            let world = World::new("active").published();
            let world = world.visit(PLAIN, SIX, &six).visit(PLAIN, FOUR, &four);
            assert_eq!(world.outcome_of("web-https"), expected, "{six:?} {four:?}");
        }
        for (last, expected) in [
            (page(), (Fail, "stays-plain")),
            (ours(), (Inconclusive, common::OUR_FAULT)),
            (silent(), (Inconclusive, common::LOWER_LAYER)),
            (to(PLAIN), (Fail, "stays-plain")),
            (with_cookie(PLAIN), (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let (first, last, next) = wanders(&last);
            let world = World::new("active")
                .published()
                .visit(PLAIN, SIX, &first)
                .visit(next, SIX, &last)
                .visit(PLAIN, FOUR, &page());
            assert_eq!(world.outcome_of("web-https"), expected, "{last:?}");
        }
        // The address answers at the service's own port: what is silent there is a filter.
        let filtered = World::new("active")
            .published()
            .visit(URL, SIX, &page())
            .visit(URL, FOUR, &page())
            .visit(PLAIN, SIX, &silent())
            .visit(PLAIN, FOUR, &silent());
        assert_eq!(filtered.outcome_of("web-https"), (Pass, "no-plain-http"));
        let flaky = World::new("active").published().visits(PLAIN, SIX, &[&silent(), &to(URL)]);
        assert_eq!(flaky.outcome_of("web-https"), (Pass, "redirects"));
        let lost = [&silent(), &refused(), &to(URL)];
        let flapping = World::new("active").published().visits(PLAIN, SIX, &lost);
        assert_eq!(flapping.outcome_of("web-https"), (Fail, "flapping"));
        assert_redirects_end_somewhere();
        let six = answer(&[address(SIX)]);
        for (a, expected) in [
            (servfail(), (Inconclusive, common::UNRESOLVED)),
            (answer(&[]), (Pass, "no-plain-http")),
        ] {
            let world = World::new("active")
                .dns("www.example.vn", RecordType::AAAA, &six)
                .dns("www.example.vn", RecordType::A, &a)
                .visit(PLAIN, SIX, &refused());
            assert_eq!(world.outcome_of("web-https"), expected, "{a:?}");
        }
        let plain = World::with_service("web: \"http://www.example.vn/\"").published();
        let plain = plain.visit(PLAIN, SIX, &page()).visit(PLAIN, FOUR, &page());
        assert_eq!(plain.outcome_of("web-https"), (NotApplicable, "not-https"));
        let own = World::with_service("web: \"https://www.example.vn:8443/\"");
        assert_eq!(own.outcome_of("web-https"), (NotApplicable, "own-port"));
    }

    fn assert_redirects_end_somewhere() {
        let other = "https://other.example.vn/";
        for (declared, last, expected) in [
            (URL, page(), (Pass, "redirects")),
            (URL, responds(503, &[], ""), (Pass, "redirects")),
            (URL, silent(), (Fail, "leads-nowhere")),
            (URL, ours(), (Inconclusive, common::OUR_FAULT)),
            (PLAIN, page(), (Pass, "redirects")),
            (PLAIN, silent(), (Fail, "leads-nowhere")),
        ] {
            let world = World::with_service(&format!("web: \"{declared}\"")).published();
            let world = world.host("other.example.vn", &["2001:db8::2"]);
            let world = world.visit(PLAIN, SIX, &to(other)).visit(other, "2001:db8::2", &last);
            assert_eq!(world.outcome_of("web-https"), expected, "{declared} {last:?}");
        }
        // The service's own server is silent, which its own checks say.
        let own = World::new("active").published();
        let own = own.visit(PLAIN, SIX, &to(URL)).visit(URL, SIX, &silent());
        assert_eq!(own.outcome_of("web-https"), (Pass, "redirects"));
        let plain = || World::with_service(&format!("web: \"{PLAIN}\"")).published();
        let stays = plain().visit(PLAIN, SIX, &page()).visit(PLAIN, FOUR, &to(URL));
        let stays = stays.visit(URL, FOUR, &page());
        assert_eq!(stays.outcome_of("web-https"), (Fail, "plain-only-over-ipv6"));
    }
}
