//! Does everything that the front page loads come over IPv6 too?

use super::helpers::{owner, redirect_chains, unknown_end_reason, web_url};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::page::{Blocked, Reference, Unreadable};
use crate::evidence::web::{self, Ipv6Access, RedirectChain, ResourceHost, Subresources, Unread};
use crate::model::{
    Detail, Family, Host, Outcome, Severity, Subject, SubjectName, Verdict, shown_url,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-subresources",
    sources: &[
        "internet.nl #518",
        "IPvFoo",
        "HTML standard §2.4",
        "W3C Mixed Content §4",
        "W3C Upgrade Insecure Requests §3",
    ],
    severity: Severity::Warning,
    revision: 5,
    reasons: &[
        Reason::pass("all-over-ipv6"),
        Reason::pass("own-server-only"),
        Reason::fail("own-without-ipv6"),
        Reason::fail("own-unreachable"),
        Reason::fail("third-party-without-ipv6"),
        Reason::fail("third-party-unreachable"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("unreadable"),
        Reason::not_applicable("dead-link"),
        Reason::not_applicable("mixed-content"),
        Reason::not_applicable("refused-port"),
        Reason::not_applicable("not-text"),
    ],
    doc: Doc::new(include_str!("web_subresources.en.md"), include_str!("web_subresources.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let chains = web_url(context).and_then(|url| redirect_chains(context, url, Family::Ipv6))?;
    let resources = web::subresources(&context.view, &chains, context.service.expect_status);
    let verdict = match (&resources.page, unread_reason(&chains, &resources)) {
        (None, Some(reason)) => Verdict::inconclusive(reason),
        (None, None) => Verdict::not_applicable("not-text"),
        (Some(_), more) => {
            let mut subjects: Vec<_> =
                resources.servers.iter().map(|server| subject(context, server)).collect();
            // What its owner can fix comes first.
            subjects.sort_by_key(|subject| !subject.reason.starts_with("own-"));
            let verdict = Verdict::worst_of(subjects, "all-over-ipv6", "dead-link");
            let mut verdict = match (verdict.outcome, more) {
                // There may be more, but no more than that is known.
                (Outcome::Pass | Outcome::NotApplicable, Some(reason)) => {
                    verdict.made_unknown(reason)
                }
                _ if verdict.subjects.is_empty() => {
                    Verdict::plain(Outcome::Pass, "own-server-only")
                }
                _ => verdict,
            };
            // What no browser loads is told, and decides nothing.
            verdict.subjects.extend(resources.blocked.iter().map(blocked_subject));
            verdict
        }
    };
    Ok(verdict.citing(resources.observations))
}

/// Why the page may load more than is known, when it may.
fn unread_reason(chains: &[RedirectChain<'_>], resources: &Subresources) -> Option<&'static str> {
    if resources.page.is_some() {
        return match resources.unread {
            _ if resources.is_cut => Some(common::LIMIT),
            _ if resources.is_pending => Some(common::NOT_OBSERVED),
            None => None,
            Some(Unread::Limit) => Some(common::LIMIT),
            Some(Unread::Ours) => Some(common::OUR_FAULT),
            Some(Unread::Broken) => Some("unreadable"),
        };
    }
    match resources.unreadable {
        Some(Unreadable::TooLarge) => Some(common::LIMIT),
        Some(Unreadable::Challenge) => Some("challenge"),
        Some(Unreadable::Incomplete | Unreadable::Coding) => Some("unreadable"),
        // No address shows a page; one that shows nothing may hold one.
        Some(Unreadable::NotText) => chains.iter().find_map(unknown_end_reason),
        None => Some(chains.iter().find_map(unknown_end_reason).unwrap_or(common::LOWER_LAYER)),
    }
}

fn subject(context: &CheckContext<'_>, server: &ResourceHost) -> Subject {
    let owner = owner(context, server);
    let is_own = owner.is_some();
    let (outcome, reason) = match &server.access {
        Ipv6Access::Works => (Outcome::Pass, "all-over-ipv6"),
        Ipv6Access::NoIpv6 if is_own => (Outcome::Fail, "own-without-ipv6"),
        Ipv6Access::NoIpv6 => (Outcome::Fail, "third-party-without-ipv6"),
        Ipv6Access::Unreachable(_) if is_own => (Outcome::Fail, "own-unreachable"),
        Ipv6Access::Unreachable(_) => (Outcome::Fail, "third-party-unreachable"),
        Ipv6Access::Dead => (Outcome::NotApplicable, "dead-link"),
        Ipv6Access::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
    };
    let uses: Vec<_> = server.uses.iter().map(|what| what.id()).collect();
    let mut detail: Vec<Detail> =
        vec![("as", uses.join(",")), ("owner", owner.unwrap_or_else(|| "third-party".to_owned()))];
    if let Ipv6Access::Unreachable(why) = &server.access {
        detail.push(("failure", why.clone()));
    }
    let name = match &server.host {
        Host::Name(name) => SubjectName::Host(name.clone()),
        Host::Address(address) => SubjectName::Address(*address),
    };
    Subject { name, outcome, reason, detail }
}

fn blocked_subject((reference, why): &(Reference, Blocked)) -> Subject {
    Subject {
        name: SubjectName::Url(shown_url(reference.url.as_str())),
        outcome: Outcome::NotApplicable,
        reason: match why {
            Blocked::MixedContent => "mixed-content",
            Blocked::RefusedPort => "refused-port",
        },
        detail: vec![("as", reference.what.id().to_owned())],
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, nxdomain, servfail, unasked};
    use crate::check::testing::web::{
        ending, half_seen, html, no_tls, ours, page, rechecked, responds, silent, site_over_ipv6,
    };
    use crate::check::testing::world::{SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{BodyEnd, NetFailure, RecordType, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] =
        &[servers_that_a_page_loads_from, pages_that_hide_what_they_load, mixed_content];

    const SECOND: &str = "2001:db8::9";

    /// A third party's server.
    const CDN: &str = "cdn.example.com";

    const CDN_SIX: &str = "[2001:db8::c]:443";

    const CDN_FOUR: &str = "192.0.2.12:443";

    /// A page that loads a script from the third party's server.
    fn loads() -> World {
        site_over_ipv6(&html("<script src=\"https://cdn.example.com/a.js\"></script>"))
    }

    #[test]
    fn servers_that_a_page_loads_from() {
        let up = page();
        let both = || loads().host(CDN, &["2001:db8::c", "192.0.2.12"]);
        let away = rechecked(no_tls(TlsFailure::Net { failure: NetFailure::Reset }), None);
        let rows = [
            (loads(), (Inconclusive, common::NOT_OBSERVED)),
            (both().reaches(CDN, CDN_SIX, &[&up]), (Pass, "all-over-ipv6")),
            (loads().host(CDN, &["192.0.2.12"]), (Fail, "third-party-without-ipv6")),
            (loads().host(CDN, &[]), (NotApplicable, "dead-link")),
            (both().reaches(CDN, CDN_SIX, &[&silent(), &up]), (Pass, "all-over-ipv6")),
            (
                both().reaches(CDN, CDN_SIX, &[&silent(), &silent(), &up]).reaches(
                    CDN,
                    CDN_FOUR,
                    &[&up],
                ),
                (Fail, "third-party-unreachable"),
            ),
            (both().reaches(CDN, CDN_SIX, &[&ours(), &ours()]), (Inconclusive, common::OUR_FAULT)),
            // It let us in, and now resets whatever we ask.
            (
                both().reaches(CDN, CDN_SIX, &[&away, &away, &away]),
                (Inconclusive, common::TURNED_AWAY),
            ),
            (both().reaches(CDN, CDN_SIX, &[&up, &away, &away]), (Pass, "all-over-ipv6")),
            (
                both().reaches(CDN, CDN_SIX, &[&silent(), &ours()]),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                both().reaches(CDN, CDN_SIX, &[&ours(), &silent()]),
                (Inconclusive, common::OUR_FAULT),
            ),
            (loads().host(CDN, &["fe80::1"]), (Inconclusive, common::NOT_VISITED)),
        ];
        for (at, (world, expected)) in rows.iter().enumerate() {
            assert_eq!(world.outcome_of("web-subresources"), *expected, "row {at}");
        }
        // A server that fails over IPv6 is judged by what it does over IPv4.
        for (four, expected) in [
            ([&up, &up], (Fail, "third-party-unreachable")),
            ([&silent(), &silent()], (NotApplicable, "dead-link")),
            ([&ours(), &ours()], (Inconclusive, common::OUR_FAULT)),
            ([&silent(), &ours()], (Inconclusive, common::OUR_FAULT)),
        ] {
            let world =
                both().reaches(CDN, CDN_SIX, &[&silent(), &silent()]).reaches(CDN, CDN_FOUR, &four);
            assert_eq!(world.outcome_of("web-subresources"), expected, "{four:?}");
        }
        let at = |text: &str| answer(&[("cdn.example.com.", address(text).1)]);
        for (aaaa, a, expected) in [
            (nxdomain(), nxdomain(), (NotApplicable, "dead-link")),
            (nxdomain(), servfail(), (Inconclusive, common::UNRESOLVED)),
            (nxdomain(), at("192.0.2.12"), (Fail, "third-party-without-ipv6")),
            (answer(&[]), servfail(), (Inconclusive, common::UNRESOLVED)),
            (answer(&[]), unasked(), (Inconclusive, common::OUR_FAULT)),
            (servfail(), at("192.0.2.12"), (Inconclusive, common::UNRESOLVED)),
            (unasked(), at("192.0.2.12"), (Inconclusive, common::OUR_FAULT)),
            (at("2001:db8::c"), servfail(), (Inconclusive, common::UNRESOLVED)),
            (at("2001:db8::c"), unasked(), (Inconclusive, common::OUR_FAULT)),
            (at("2001:db8::c"), answer(&[]), (NotApplicable, "dead-link")),
        ] {
            let world = loads()
                .dns(CDN, RecordType::AAAA, &aaaa)
                .dns(CDN, RecordType::A, &a)
                .reaches(CDN, CDN_SIX, &[&silent(), &silent()]);
            assert_eq!(world.outcome_of("web-subresources"), expected, "{aaaa:?} {a:?}");
        }
        let five: Vec<String> = (1..=5).map(|last| format!("2001:db8::c{last}")).collect();
        let five: Vec<&str> = five.iter().map(String::as_str).collect();
        let many = five.iter().take(4).fold(loads().host(CDN, &five), |world, at| {
            world.reaches(CDN, &format!("[{at}]:443"), &[&silent(), &silent()])
        });
        assert_eq!(many.outcome_of("web-subresources"), (Inconclusive, common::LIMIT));

        let own = |addresses: &[&str]| {
            site_over_ipv6(&html("<img src=\"https://img.example.vn/a.png\">"))
                .host("img.example.vn", addresses)
                .reaches("img.example.vn", "[2001:db8::a]:443", &[&silent(), &silent()])
                .reaches("img.example.vn", "192.0.2.10:443", &[&up])
        };
        assert_eq!(own(&["192.0.2.10"]).outcome_of("web-subresources"), (Fail, "own-without-ipv6"));
        let fails = own(&["2001:db8::a", "192.0.2.10"]);
        assert_eq!(fails.outcome_of("web-subresources"), (Fail, "own-unreachable"));
    }

    #[test]
    fn mixed_content() {
        let upgrade = [
            ("content-type", "text/html"),
            ("content-security-policy", "upgrade-insecure-requests"),
        ];
        let up = page();
        let script = "<script src=\"http://cdn.example.com/a.js\"></script>";
        let image = "<img src=\"http://cdn.example.com/a.png\">";
        let own = (Pass, "own-server-only");
        // The server has no IPv6, or it speaks https over IPv6 and nothing else.
        for (seen, without_ipv6, secure) in [
            (html(script), own, own),
            (html(image), (Fail, "third-party-without-ipv6"), (Pass, "all-over-ipv6")),
            (
                responds(200, &upgrade, script),
                (Fail, "third-party-without-ipv6"),
                (Pass, "all-over-ipv6"),
            ),
            (
                html("<img src=\"http://192.0.2.7/a.png\">"),
                (Fail, "third-party-without-ipv6"),
                (Fail, "third-party-without-ipv6"),
            ),
            (html("<template><script src=https://cdn.example.com/></script></template>"), own, own),
        ] {
            let world = site_over_ipv6(&seen).host(CDN, &["192.0.2.12"]);
            assert_eq!(world.outcome_of("web-subresources"), without_ipv6, "{seen:?}");
            let world = site_over_ipv6(&seen).host(CDN, &["2001:db8::c", "192.0.2.12"]).reaches(
                CDN,
                CDN_SIX,
                &[&up],
            );
            assert_eq!(world.outcome_of("web-subresources"), secure, "{seen:?}");
        }
        let blocked = site_over_ipv6(&html(script)).verdict("web-subresources");
        let blocked: Vec<_> = blocked.subjects.iter().map(|s| (s.outcome, s.reason)).collect();
        assert_eq!(blocked, [(NotApplicable, "mixed-content")]);
        let port = html("<script src=\"https://cdn.example.com:6000/a.js\"></script>");
        let port = site_over_ipv6(&port).verdict("web-subresources");
        assert_eq!((port.outcome, port.subjects[0].reason), (Pass, "refused-port"));
    }

    #[test]
    fn pages_that_hide_what_they_load() {
        let picture = responds(200, &[("content-type", "image/png")], "");
        let mut rows = vec![
            (page(), (Pass, "own-server-only")),
            (picture.clone(), (NotApplicable, "not-text")),
        ];
        rows.extend(half_seen());
        for (seen, expected) in rows {
            assert_eq!(site_over_ipv6(&seen).outcome_of("web-subresources"), expected, "{seen:?}");
        }
        let sheet = format!("{URL}s.css");
        let css = |body: &str| responds(200, &[("content-type", "text/css")], body);
        for (seen, expected) in [
            (css("p { color: red }"), (Pass, "own-server-only")),
            (css("p { background: url(https://192.0.2.7/x) }"), (Fail, "third-party-without-ipv6")),
            (responds(404, &[], ""), (Pass, "own-server-only")),
            (ending(css("p {}"), BodyEnd::Limit), (Inconclusive, common::LIMIT)),
            (ending(css("p {}"), BodyEnd::TimedOut), (Inconclusive, "unreadable")),
            (silent(), (Inconclusive, "unreadable")),
            (ours(), (Inconclusive, common::OUR_FAULT)),
        ] {
            let world =
                site_over_ipv6(&html("<link rel=stylesheet href=s.css>")).visit(&sheet, SIX, &seen);
            assert_eq!(world.outcome_of("web-subresources"), expected, "{seen:?}");
        }
        let many: String = (0..17).map(|n| format!("<link rel=stylesheet href={n}.css>")).collect();
        let many = (0..17).fold(site_over_ipv6(&html(&many)), |world, n| {
            world.visit(&format!("{URL}{n}.css"), SIX, &css(""))
        });
        assert_eq!(many.outcome_of("web-subresources"), (Inconclusive, common::LIMIT));
        // One address shows no text, and what another would show is not known.
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &answer(&[address(SIX), address(SECOND)]))
            .visit(URL, SIX, &picture)
            .visit(URL, SECOND, &ours());
        assert_eq!(world.outcome_of("web-subresources"), (Inconclusive, common::OUR_FAULT));
    }
}
