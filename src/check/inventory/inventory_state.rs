//! Does what was seen agree with what the inventory declares?

mod lookups;
mod retired;

use std::net::{IpAddr, SocketAddr};

use url::Url;

use self::lookups::{exists, unknown_verdict};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::check::web::helpers::{redirect_chains, unknown_end_reason};
use crate::evidence::dns::{self, Lookup, LookupStatus};
use crate::evidence::mail::{self, MailRouteKind};
use crate::evidence::query::Gap;
use crate::evidence::service::{self, PublishedAddresses};
use crate::evidence::web::{ChainEnd, RedirectChain};
use crate::model::{
    Family, Outcome, RecordType, Severity, State, Subject, SubjectName, Target, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "inventory-state",
    sources: &["the inventory's `state`", "RFC 4592"],
    severity: Severity::Warning,
    revision: 4,
    reasons: &[
        Reason::pass("as-declared"),
        Reason::pass("retired-still-in-dns"),
        Reason::fail("active-but-gone"),
        Reason::fail("wildcard"),
        Reason::fail("retired-but-answers"),
        Reason::fail("retired-but-published"),
        Reason::fail("internal-but-public"),
        Reason::fail("not-redirected"),
        Reason::fail("has-ipv4"),
    ],
    doc: Doc::new(include_str!("inventory_state.en.md"), include_str!("inventory_state.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let published = service::published_addresses(&context.view, context.service);
    let (aaaa, a) = match published.as_deref() {
        Some(PublishedAddresses::Looked { aaaa, a }) => (aaaa, a),
        Some(PublishedAddresses::Literal(address)) => {
            return Err(literal_verdict(context, *address));
        }
        None => return Err(domain_verdict(context)),
    };
    let cite = aaaa.observations.iter().chain(&a.observations).copied().collect::<Vec<_>>();
    let verdict = match context.service.state {
        State::Active => active_verdict(context, aaaa, a),
        State::Retired => retired::named_verdict(context, aaaa, a),
        State::Internal => internal_verdict(context, aaaa, a),
        State::Redirected => redirected_verdict(context),
        State::Ipv6Only => ipv6_only_verdict(aaaa, a),
    };
    Ok(verdict.citing(cite))
}

/// An address literal can be neither gone nor covered by a wildcard.
fn literal_verdict(context: &CheckContext<'_>, address: IpAddr) -> Verdict {
    match context.service.state {
        State::Active => Verdict::plain(Outcome::Pass, "as-declared"),
        State::Retired => retired::verdict_by_answers(context, "as-declared"),
        State::Internal if is_public(context, address) => {
            Verdict::plain(Outcome::Fail, "internal-but-public")
        }
        State::Internal => Verdict::plain(Outcome::Pass, "as-declared"),
        State::Redirected => redirected_verdict(context),
        State::Ipv6Only if address.is_ipv4() => Verdict::plain(Outcome::Fail, "has-ipv4"),
        State::Ipv6Only => Verdict::plain(Outcome::Pass, "as-declared"),
    }
}

/// A mail domain or a zone, which have servers instead of addresses: does the DNS name any?
fn domain_verdict(context: &CheckContext<'_>) -> Verdict {
    let (is_named, cite) = match &context.service.target {
        Target::Mail(domain) => {
            let mail = mail::route(&context.view, domain);
            let is_named = match mail.route {
                MailRouteKind::Exchangers | MailRouteKind::Implicit => Ok(true),
                MailRouteKind::NullMx | MailRouteKind::Nowhere | MailRouteKind::NoDomain => {
                    Ok(false)
                }
                MailRouteKind::Unanswered => Err(common::UNRESOLVED),
                MailRouteKind::Unknown(Gap::NotObserved) => Err(common::NOT_OBSERVED),
                MailRouteKind::Unknown(_) => Err(common::UNRESOLVED),
            };
            (is_named, mail.observations())
        }
        Target::Zone(apex) => {
            let zone = dns::zone(&context.view, apex);
            let is_named = match &zone.soa.status {
                LookupStatus::NotObserved => Err(common::NOT_OBSERVED),
                _ if zone.soa.is_unresolved() => Err(common::UNRESOLVED),
                // An alias, or a name of the zone above, is no apex.
                status => Ok(*status == LookupStatus::Found && zone.soa.chain.len() == 1),
            };
            (is_named, zone.soa.observations.clone())
        }
        _ => return Verdict::not_applicable(common::OTHER_KIND),
    };
    let verdict = match (context.service.state, is_named) {
        (State::Active, Ok(true)) | (State::Retired, Ok(false)) => {
            Verdict::plain(Outcome::Pass, "as-declared")
        }
        (State::Active, Ok(false)) => Verdict::plain(Outcome::Fail, "active-but-gone"),
        (State::Retired, Ok(true)) => Verdict::plain(Outcome::Fail, "retired-but-published"),
        (State::Active | State::Retired, Err(reason)) => Verdict::inconclusive(reason),
        // These speak of addresses.
        (State::Internal | State::Redirected | State::Ipv6Only, _) => {
            Verdict::not_applicable(common::OTHER_KIND)
        }
    };
    verdict.citing(cite)
}

fn active_verdict(context: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => Verdict::plain(Outcome::Fail, "active-but-gone"),
        (None, Some(false)) | (Some(false), None) | (None, None) => unknown_verdict([aaaa, a]),
        _ => wildcard_verdict(context, aaaa, a),
    }
}

/// A wildcard that gives a made-up sibling the same addresses shows that the name itself need not
/// exist.
fn wildcard_verdict(context: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    let Some(probe) = service::wildcard_probe(context.service) else {
        return Verdict::plain(Outcome::Pass, "as-declared");
    };
    let of = |record_type| dns::resolve(&context.view, &probe, record_type);
    let probed = [of(RecordType::AAAA), of(RecordType::A)];
    let cite: Vec<_> = probed.iter().flat_map(|l| l.observations.iter().copied()).collect();
    let pairs = || [aaaa, a].into_iter().zip(&probed);
    let is_known = |lookup: &Lookup| exists(lookup).is_some();
    let differs = pairs().any(|(lookup, probed)| {
        is_known(lookup) && is_known(probed) && lookup.addresses() != probed.addresses()
    });
    let unresolved = pairs().flat_map(|(lookup, probed)| [lookup, probed]).find(|l| !is_known(l));
    let verdict = if differs || probed.iter().all(|lookup| exists(lookup) == Some(false)) {
        Verdict::plain(Outcome::Pass, "as-declared")
    } else if let Some(lookup) = unresolved {
        unknown_verdict([lookup, lookup])
    } else {
        Verdict::plain(Outcome::Fail, "wildcard")
    };
    verdict.citing(cite)
}

fn internal_verdict(context: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    if exists(aaaa).is_none() || exists(a).is_none() {
        return unknown_verdict([aaaa, a]);
    }
    let mut addresses = aaaa.addresses().into_iter().chain(a.addresses());
    if addresses.any(|address| is_public(context, address)) {
        Verdict::plain(Outcome::Fail, "internal-but-public")
    } else {
        Verdict::plain(Outcome::Pass, "as-declared")
    }
}

/// Whether the whole Internet can reach an address, as far as addresses show.
fn is_public(context: &CheckContext<'_>, address: IpAddr) -> bool {
    let networks = context.view.networks;
    networks.counts_as_global(address) && !networks.is_internal(address)
}

fn redirected_verdict(context: &CheckContext<'_>) -> Verdict {
    let Target::Web(url) = &context.service.target else {
        return Verdict::not_applicable(common::OTHER_KIND);
    };
    let [ipv6, ipv4] =
        [Family::Ipv6, Family::Ipv4].map(|family| redirect_chains(context, url, family));
    let unknown = [&ipv6, &ipv4].into_iter().filter_map(|chains| chains.as_ref().err());
    let unknown = unknown.filter(|verdict| verdict.outcome == Outcome::Inconclusive);
    let unknown = unknown.map(|verdict| verdict.reason).next();
    let chains: Vec<RedirectChain<'_>> = [ipv6, ipv4].into_iter().flatten().flatten().collect();
    let cite: Vec<_> = chains.iter().flat_map(RedirectChain::observations).collect();
    let leads_elsewhere =
        |chain: &RedirectChain<'_>| chain.final_url().is_some_and(|last| last.host() != url.host());
    let stays = chains
        .iter()
        .any(|chain| matches!(chain.end, ChainEnd::Response { .. }) && !leads_elsewhere(chain));
    let verdict = if stays {
        Verdict::plain(Outcome::Fail, "not-redirected")
    } else if let Some(reason) = unknown.or_else(|| chains.iter().find_map(unknown_end_reason)) {
        Verdict::inconclusive(reason)
    } else if chains.iter().any(leads_elsewhere) {
        Verdict::plain(Outcome::Pass, "as-declared")
    } else {
        Verdict::inconclusive(common::LOWER_LAYER)
    };
    Verdict { subjects: destination_subjects(&chains, url, &verdict), ..verdict }.citing(cite)
}

/// Where each address sends its visitors in the end.
fn destination_subjects(
    chains: &[RedirectChain<'_>],
    url: &Url,
    verdict: &Verdict,
) -> Vec<Subject> {
    let port = url.port_or_known_default().unwrap_or_default();
    let subject = |chain: &RedirectChain<'_>| {
        let last = chain.final_url().filter(|_| matches!(chain.end, ChainEnd::Response { .. }))?;
        let (outcome, reason) = match last.host() != url.host() {
            true => (Outcome::Pass, "as-declared"),
            false => (Outcome::Fail, "not-redirected"),
        };
        let name = SubjectName::Socket(SocketAddr::new(chain.start.ip(), port));
        Some(Subject { name, outcome, reason, detail: vec![("leads-to", last.to_string())] })
    };
    match verdict.outcome {
        Outcome::Inconclusive => Vec::new(),
        _ => chains.iter().filter_map(subject).collect(),
    }
}

fn ipv6_only_verdict(aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (_, Some(true)) => Verdict::plain(Outcome::Fail, "has-ipv4"),
        (Some(true), Some(false)) => Verdict::plain(Outcome::Pass, "as-declared"),
        (Some(false), Some(false)) => Verdict::plain(Outcome::Fail, "active-but-gone"),
        _ => unknown_verdict([aaaa, a]),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::MX;
    use hickory_proto::rr::{Name as WireName, RData};

    use super::retired;
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, message};
    use crate::check::testing::web::{down, page, to};
    use crate::check::testing::world::{FOUR, SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, NetFailure, Outcome, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[
        names_against_their_declared_state,
        a_wildcard_proves_nothing,
        mail_domains_and_zones_have_servers_instead_of_addresses,
        an_address_literal_needs_no_name,
        a_redirected_name_leads_elsewhere_from_everywhere,
        retired::tests::a_retired_site_at_both_of_its_ports,
        retired::tests::a_retired_name_server_or_time_server,
    ];

    const PROBE: &str = "v6ready-wildcard-probe.example.vn";

    fn nothing() -> Reply {
        message(ResponseCode::NXDomain, &[])
    }

    /// The service's name has this, and names beside it nothing.
    fn named(world: World, aaaa: &Reply, a: &Reply) -> World {
        world
            .dns("www.example.vn", RecordType::AAAA, aaaa)
            .dns("www.example.vn", RecordType::A, a)
            .dns(PROBE, RecordType::AAAA, &nothing())
            .dns(PROBE, RecordType::A, &nothing())
    }

    #[test]
    fn names_against_their_declared_state() {
        let six = answer(&[address("2001:db8::1")]);
        let four = answer(&[address("192.0.2.1")]);
        let broken = message(ResponseCode::ServFail, &[]);
        for (state, aaaa, a, expected) in [
            ("active", &six, &four, (Pass, "as-declared")),
            ("active", &nothing(), &four, (Pass, "as-declared")),
            ("active", &answer(&[]), &answer(&[]), (Fail, "active-but-gone")),
            ("active", &nothing(), &nothing(), (Fail, "active-but-gone")),
            ("active", &broken, &nothing(), (Inconclusive, common::UNRESOLVED)),
            ("active", &broken, &four, (Pass, "as-declared")),
            ("retired", &nothing(), &nothing(), (Pass, "as-declared")),
            ("retired", &broken, &broken, (Inconclusive, common::UNRESOLVED)),
            ("retired", &six, &four, (Inconclusive, common::NOT_OBSERVED)),
            // The addresses of a declared testbed count as public.
            ("internal", &six, &nothing(), (Fail, "internal-but-public")),
            ("internal", &nothing(), &nothing(), (Pass, "as-declared")),
            ("internal", &broken, &nothing(), (Inconclusive, common::UNRESOLVED)),
            ("ipv6-only", &six, &nothing(), (Pass, "as-declared")),
            ("ipv6-only", &six, &four, (Fail, "has-ipv4")),
            ("ipv6-only", &nothing(), &nothing(), (Fail, "active-but-gone")),
            ("ipv6-only", &six, &broken, (Inconclusive, common::UNRESOLVED)),
            ("redirected", &nothing(), &nothing(), (Inconclusive, common::LOWER_LAYER)),
        ] {
            let world = named(World::new(state), aaaa, a);
            assert_eq!(world.outcome_of("inventory-state"), expected, "{state} {aaaa:?} {a:?}");
        }
    }

    #[test]
    fn a_wildcard_proves_nothing() {
        let six = answer(&[address("2001:db8::1")]);
        let sibling = |text: &str| {
            let (_, data) = address(text);
            answer(&[("v6ready-wildcard-probe.example.vn.", data)])
        };
        for (probed, expected) in [
            (sibling("2001:db8::1"), (Outcome::Fail, "wildcard")),
            // A wildcard beside a name of its own.
            (sibling("2001:db8::2"), (Outcome::Pass, "as-declared")),
        ] {
            let world = World::new("active")
                .dns("www.example.vn", RecordType::AAAA, &six)
                .dns("www.example.vn", RecordType::A, &nothing())
                .dns(PROBE, RecordType::AAAA, &probed)
                .dns(PROBE, RecordType::A, &nothing());
            assert_eq!(world.outcome_of("inventory-state"), expected);
        }
    }

    #[test]
    fn mail_domains_and_zones_have_servers_instead_of_addresses() {
        let mx = |host: &str| {
            let data = RData::MX(MX::new(10, WireName::from_ascii(host).unwrap()));
            answer(&[("example.vn.", data)])
        };
        let broken = message(ResponseCode::ServFail, &[]);
        for (state, reply, expected) in [
            ("active", &mx("mx.example.vn."), (Pass, "as-declared")),
            ("active", &mx("."), (Fail, "active-but-gone")),
            ("active", &nothing(), (Fail, "active-but-gone")),
            ("active", &broken, (Inconclusive, common::UNRESOLVED)),
            ("retired", &mx("mx.example.vn."), (Fail, "retired-but-published")),
            ("retired", &mx("."), (Pass, "as-declared")),
            ("internal", &mx("."), (NotApplicable, common::OTHER_KIND)),
        ] {
            let world = World::with_service(&format!("mail: example.vn, state: {state}"));
            let world = world.dns("example.vn", RecordType::MX, reply);
            assert_eq!(world.outcome_of("inventory-state"), expected, "mail {state} {reply:?}");
        }
        for (state, reply, expected) in [
            ("active", &nothing(), (Fail, "active-but-gone")),
            ("active", &broken, (Inconclusive, common::UNRESOLVED)),
            ("retired", &nothing(), (Pass, "as-declared")),
        ] {
            let world = World::with_service(&format!("zone: example.vn, state: {state}"));
            let world = world.dns("example.vn", RecordType::SOA, reply);
            assert_eq!(world.outcome_of("inventory-state"), expected, "zone {state} {reply:?}");
        }
    }

    #[test]
    fn an_address_literal_needs_no_name() {
        for (declared, expected) in [
            ("tcp: \"192.0.2.1:80\", state: ipv6-only", (Outcome::Fail, "has-ipv4")),
            ("tcp: \"[2001:db8::1]:80\", state: ipv6-only", (Outcome::Pass, "as-declared")),
            ("tcp: \"192.0.2.1:80\", state: internal", (Outcome::Fail, "internal-but-public")),
            ("tcp: \"10.0.0.1:80\", state: internal", (Outcome::Pass, "as-declared")),
            (
                "tcp: \"192.0.2.1:80\", state: retired",
                (Outcome::Inconclusive, common::NOT_OBSERVED),
            ),
        ] {
            assert_eq!(
                World::with_service(declared).outcome_of("inventory-state"),
                expected,
                "{declared}"
            );
        }
    }

    #[test]
    fn a_redirected_name_leads_elsewhere_from_everywhere() {
        let away = &to("https://other.vn/");
        let (stays, ours) = (&page(), &down(NetFailure::NoRoute));
        let outcome = |six: &[&Conversation], four: &[&Conversation]| {
            let world = World::new("redirected").published();
            let world = world.visits(URL, SIX, six).visits(URL, FOUR, four);
            let world = world.host("other.vn", &["2001:db8::9", "192.0.2.9"]);
            let url = "https://other.vn/";
            world
                .visit(url, "2001:db8::9", stays)
                .visit(url, "192.0.2.9", stays)
                .outcome_of("inventory-state")
        };
        for (six, four, expected) in [
            (&[away][..], &[away][..], (Pass, "as-declared")),
            (&[away], &[stays], (Fail, "not-redirected")),
            (&[away], &[ours, ours], (Inconclusive, common::OUR_FAULT)),
            (&[away], &[], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            assert_eq!(outcome(six, four), expected, "{six:?} {four:?}");
        }
    }
}
