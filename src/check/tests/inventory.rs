//! The declared state against what was seen.

use hickory_proto::rr::rdata::MX;

use super::conversations::*;
use super::*;

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
pub(super) fn names_against_their_declared_state() {
    use Outcome::{Fail, Inconclusive, Pass};
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
        assert_eq!(world.says("inventory-state"), expected, "{state} {aaaa:?} {a:?}");
    }
}

#[test]
pub(super) fn a_retired_name_that_answers_or_not() {
    let silent = || vec![down(NetFailure::TimedOut); 2];
    let (fails, still) =
        ((Outcome::Fail, "retired-but-answers"), (Outcome::Pass, "retired-still-in-dns"));
    let ours = || vec![down(NetFailure::NoRoute); 2];
    let (none, broken) = (nothing(), message(ResponseCode::ServFail, &[]));
    for (https, http, a, expected) in [
        (vec![up()], silent(), &none, fails),
        (vec![cut(NetFailure::Reset); 2], silent(), &none, fails),
        // What still answers at the other port still answers.
        (silent(), vec![up()], &none, fails),
        (ours(), vec![up()], &none, fails),
        (silent(), silent(), &none, still),
        (silent(), ours(), &none, (Outcome::Inconclusive, common::OUR_FAULT)),
        (silent(), vec![], &none, (Outcome::Inconclusive, common::NOT_OBSERVED)),
        (vec![], vec![], &none, (Outcome::Inconclusive, common::NOT_OBSERVED)),
        // What can't be looked up may still answer.
        (silent(), silent(), &broken, (Outcome::Inconclusive, common::UNRESOLVED)),
    ] {
        let world = named(World::new("retired"), &answer(&[address("2001:db8::1")]), a);
        let world = world.talks(SIX, &https).talks_plainly("[2001:db8::1]:80", &http);
        assert_eq!(world.says("inventory-state"), expected, "{https:?} {http:?} {a:?}");
    }
}

#[test]
pub(super) fn a_retired_name_server_or_time_server() {
    use crate::model::{DnsQuestion, NtpExchange, NtpQuestion, Transport};
    let server = |port| SocketAddr::new("2001:db8::1".parse().unwrap(), port);
    let dns = |transport| {
        Question::Dns(DnsQuestion {
            server: server(53),
            transport,
            name: Name::root(),
            record_type: RecordType::SOA,
            recursion_desired: true,
            checking_disabled: false,
            dnssec_ok: false,
        })
    };
    let ntp = |answer| Reply::Ntp(NtpExchange { answer, is_ours: true });
    let (udp, tcp) = (dns(Transport::Udp), dns(Transport::Tcp));
    let time = Question::Ntp(NtpQuestion { server: server(123) });
    let silent = || Reply::DnsFailed(NetFailure::TimedOut);
    let (fails, still) =
        ((Outcome::Fail, "retired-but-answers"), (Outcome::Pass, "retired-still-in-dns"));
    for (kind, seen, expected) in [
        ("dns", vec![(&udp, silent()), (&tcp, silent())], still),
        ("dns", vec![(&udp, silent()), (&tcp, message(ResponseCode::Refused, &[]))], fails),
        ("dns", vec![(&udp, silent())], (Outcome::Inconclusive, common::NOT_OBSERVED)),
        (
            "dns",
            vec![(&udp, silent()), (&tcp, Reply::DnsFailed(NetFailure::NoRoute))],
            (Outcome::Inconclusive, common::OUR_FAULT),
        ),
        ("ntp", vec![(&time, ntp(Err(NetFailure::TimedOut)))], still),
        ("ntp", vec![(&time, ntp(Ok(Blob::new(vec![0x24; 48]))))], fails),
        ("ntp", vec![], (Outcome::Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = World::of(&format!("{kind}: www.example.vn, state: retired"));
        let mut world = named(world, &answer(&[address("2001:db8::1")]), &nothing());
        for (question, reply) in &seen {
            for attempt in 1..=2 {
                world.seen((*question).clone(), attempt, reply.clone());
            }
        }
        assert_eq!(world.says("inventory-state"), expected, "{kind} {seen:?}");
    }
}

/// The front page's answer with a status and, where one is given, a Location.
fn page(status: u16, location: Option<&str>) -> Conversation {
    let headers = location.map(|to| ("location".to_owned(), to.to_owned()));
    let response = crate::model::HttpResponse {
        elapsed_us: 1,
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers.into_iter().collect(),
        body: Blob::new(Vec::new()),
        body_end: crate::model::BodyEnd::Complete,
        readings: crate::model::Readings::default(),
    };
    Conversation { http: Some(Ok(response)), ..secured(session(&[])) }
}

#[test]
pub(super) fn where_a_redirected_name_leads() {
    let away = || vec![page(302, Some("https://[2001:db8::9]/"))];
    let (stays, silent) = (|| vec![page(200, None)], || vec![down(NetFailure::TimedOut); 2]);
    let (as_declared, not) = ((Outcome::Pass, "as-declared"), (Outcome::Fail, "not-redirected"));
    let four = answer(&[address("192.0.2.1")]);
    let (none, broken) = (nothing(), message(ResponseCode::ServFail, &[]));
    for (six, a, over_four, expected) in [
        (away(), &none, vec![], as_declared),
        (away(), &four, silent(), as_declared),
        (stays(), &none, vec![], not),
        (away(), &four, stays(), not),
        (silent(), &none, vec![], (Outcome::Inconclusive, common::LOWER_LAYER)),
        // A part of the addresses is not all of them.
        (away(), &four, vec![], (Outcome::Inconclusive, common::NOT_OBSERVED)),
        (
            away(),
            &four,
            vec![down(NetFailure::NoRoute); 2],
            (Outcome::Inconclusive, common::OUR_FAULT),
        ),
        (away(), &broken, vec![], (Outcome::Inconclusive, common::UNRESOLVED)),
    ] {
        let world = named(World::new("redirected"), &answer(&[address("2001:db8::1")]), a);
        let world = world.talks(SIX, &six).talks(FOUR, &over_four);
        let world = world.visits("https://[2001:db8::9]/", "[2001:db8::9]:443", &stays());
        assert_eq!(world.says("inventory-state"), expected, "{six:?} {a:?} {over_four:?}");
    }
}

#[test]
pub(super) fn a_wildcard_proves_nothing() {
    let six = answer(&[address("2001:db8::1")]);
    let sibling = |text: &str| {
        let (_, data) = address(text);
        answer(&[("v6ready-wildcard-probe.example.vn.", data)])
    };
    let broken = message(ResponseCode::ServFail, &[]);
    let ours = Reply::DnsFailed(NetFailure::NoRoute);
    for (a, probed, probed_a, expected) in [
        (nothing(), sibling("2001:db8::1"), nothing(), (Outcome::Fail, "wildcard")),
        // A wildcard beside a name of its own.
        (nothing(), sibling("2001:db8::2"), nothing(), (Outcome::Pass, "as-declared")),
        (nothing(), sibling("2001:db8::2"), broken.clone(), (Outcome::Pass, "as-declared")),
        // What could not be compared may be the same.
        (nothing(), broken.clone(), nothing(), (Outcome::Inconclusive, common::UNRESOLVED)),
        (nothing(), ours, nothing(), (Outcome::Inconclusive, common::OUR_FAULT)),
        (broken, sibling("2001:db8::1"), nothing(), (Outcome::Inconclusive, common::UNRESOLVED)),
    ] {
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &six)
            .dns("www.example.vn", RecordType::A, &a)
            .dns(PROBE, RecordType::AAAA, &probed)
            .dns(PROBE, RecordType::A, &probed_a);
        assert_eq!(world.says("inventory-state"), expected, "{probed:?} {probed_a:?}");
    }
}

#[test]
pub(super) fn mail_domains_and_zones_have_servers_instead_of_addresses() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
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
        let world = World::of(&format!("mail: example.vn, state: {state}"));
        let world = world.dns("example.vn", RecordType::MX, reply);
        assert_eq!(world.says("inventory-state"), expected, "mail {state} {reply:?}");
    }
    for (state, reply, expected) in [
        ("active", &nothing(), (Fail, "active-but-gone")),
        ("active", &broken, (Inconclusive, common::UNRESOLVED)),
        ("retired", &nothing(), (Pass, "as-declared")),
    ] {
        let world = World::of(&format!("zone: example.vn, state: {state}"));
        let world = world.dns("example.vn", RecordType::SOA, reply);
        assert_eq!(world.says("inventory-state"), expected, "zone {state} {reply:?}");
    }
}

#[test]
pub(super) fn an_address_literal_needs_no_name() {
    for (declared, expected) in [
        ("tcp: \"192.0.2.1:80\", state: ipv6-only", (Outcome::Fail, "has-ipv4")),
        ("tcp: \"[2001:db8::1]:80\", state: ipv6-only", (Outcome::Pass, "as-declared")),
        ("tcp: \"192.0.2.1:80\", state: internal", (Outcome::Fail, "internal-but-public")),
        ("tcp: \"10.0.0.1:80\", state: internal", (Outcome::Pass, "as-declared")),
        ("tcp: \"192.0.2.1:80\", state: retired", (Outcome::Inconclusive, common::NOT_OBSERVED)),
    ] {
        assert_eq!(World::of(declared).says("inventory-state"), expected, "{declared}");
    }
}
