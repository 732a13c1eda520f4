//! Retired services that still answer, at whatever port, or don't.

use Outcome::{Fail, Inconclusive, Pass};

use super::builders::{down, nxdomain, responds, servfail};
use super::*;
use crate::model::{NtpExchange, NtpQuestion, Transport};

const FAILS: (Outcome, &str) = (Fail, "retired-but-answers");
const STILL: (Outcome, &str) = (Pass, "retired-still-in-dns");
const UNASKED: (Outcome, &str) = (Inconclusive, common::NOT_OBSERVED);
const OURS: (Outcome, &str) = (Inconclusive, common::OUR_FAULT);

fn named(world: World, a: &Reply) -> World {
    let six = answer(&[address("2001:db8::1")]);
    world.dns("www.example.vn", RecordType::AAAA, &six).dns("www.example.vn", RecordType::A, a)
}

#[test]
pub(super) fn a_retired_site_at_both_of_its_ports() {
    let (gone, ours) = (&down(NetFailure::TimedOut), &down(NetFailure::NoRoute));
    let up = &responds(404, &[], "");
    for (https, http, a, expected) in [
        (&[up][..], &[gone, gone][..], nxdomain(), FAILS),
        // What still answers at the other port still answers.
        (&[gone, gone], &[up], nxdomain(), FAILS),
        (&[ours, ours], &[up], nxdomain(), FAILS),
        (&[gone, gone], &[gone, gone], nxdomain(), STILL),
        (&[gone, gone], &[ours, ours], nxdomain(), OURS),
        (&[gone, gone], &[], nxdomain(), UNASKED),
        (&[], &[gone, gone], nxdomain(), UNASKED),
        // What can't be looked up may still answer.
        (&[gone, gone], &[gone, gone], servfail(), (Inconclusive, common::UNRESOLVED)),
    ] {
        let world = named(World::new("retired"), &a).visits(URL, "2001:db8::1", https).visits(
            "http://www.example.vn/",
            "2001:db8::1",
            http,
        );
        assert_eq!(world.says("inventory-state"), expected, "{https:?} {http:?} {a:?}");
    }
}

#[test]
pub(super) fn a_retired_name_server_or_time_server() {
    let server = |port| SocketAddr::new("2001:db8::1".parse().unwrap(), port);
    let dns = |transport| evidence::service::name_server_question(server(53), transport);
    let (udp, tcp) = (&dns(Transport::Udp), &dns(Transport::Tcp));
    let time = &Question::Ntp(NtpQuestion { server: server(123) });
    let ntp = |answer| Reply::Ntp(NtpExchange { answer, is_ours: true });
    let silent = || Reply::DnsFailed(NetFailure::TimedOut);
    let refuses = message(ResponseCode::Refused, &[]);
    for (kind, seen, expected) in [
        ("dns", vec![(udp, silent()), (tcp, silent())], STILL),
        ("dns", vec![(udp, silent()), (tcp, refuses)], FAILS),
        ("dns", vec![(udp, silent()), (tcp, Reply::DnsFailed(NetFailure::NoRoute))], OURS),
        ("dns", vec![(udp, silent())], UNASKED),
        ("ntp", vec![(time, ntp(Err(NetFailure::TimedOut)))], STILL),
        ("ntp", vec![(time, ntp(Ok(Blob::new(vec![0x24; 48]))))], FAILS),
        ("ntp", vec![], UNASKED),
    ] {
        let world = World::of(&format!("{kind}: www.example.vn, state: retired"));
        let mut world = named(world, &nxdomain());
        for (question, reply) in &seen {
            world = world.in_turn(question, &[reply.clone(), reply.clone()]);
        }
        assert_eq!(world.says("inventory-state"), expected, "{kind} {seen:?}");
    }
}
