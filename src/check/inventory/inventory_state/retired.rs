//! A retired service: is it gone, and if it isn't, does it still answer?

use std::net::SocketAddr;

use super::lookups::{exists, unknown_verdict};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::evidence::dns::Lookup;
use crate::evidence::query::Gap;
use crate::evidence::service::{self, ServiceQuery};
use crate::model::{Family, Outcome, Target, Transport, Verdict};

/// A retired service whose host has, or had, a name.
pub(in crate::check) fn named_verdict(
    context: &CheckContext<'_>,
    aaaa: &Lookup,
    a: &Lookup,
) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => return Verdict::plain(Outcome::Pass, "as-declared"),
        (None, None) | (None, Some(false)) | (Some(false), None) => {
            return unknown_verdict([aaaa, a]);
        }
        _ => {}
    }
    let verdict = verdict_by_answers(context, "retired-still-in-dns");
    // Where one family is silent, the other may still answer.
    match verdict.outcome {
        Outcome::Pass if exists(aaaa).is_none() || exists(a).is_none() => {
            unknown_verdict([aaaa, a])
        }
        _ => verdict,
    }
}

/// Does a retired service still answer, at whatever port? `silent` is the reason when it doesn't.
pub(in crate::check) fn verdict_by_answers(
    context: &CheckContext<'_>,
    silent: &'static str,
) -> Verdict {
    let (mut answers, mut gap, mut cite) = (false, None, Vec::new());
    let mut is_asked = false;
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in service::endpoint_contacts(&context.view, context.service, family).all() {
            is_asked = true;
            answers |= contact.conversation.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
            gap = gap.or(contact.conversation.gap());
            cite.extend(contact.conversation.observations());
        }
        for query in datagram_queries(context, family) {
            is_asked = true;
            answers |= query.is_answered();
            gap = gap.or(query.gap());
            cite.extend(query.observations);
        }
        let published = service::published_addresses(&context.view, context.service);
        if published.is_some_and(|published| published.is_cut(family, &context.view)) {
            gap = gap.or(Some(Gap::Limit));
        }
    }
    let verdict = match gap {
        _ if answers => Verdict::plain(Outcome::Fail, "retired-but-answers"),
        Some(gap) => Verdict::inconclusive(common::reason_of(gap)),
        None if !is_asked => Verdict::inconclusive(common::NOT_OBSERVED),
        None => Verdict::plain(Outcome::Pass, silent),
    };
    verdict.citing(cite)
}

/// What was asked of a name server or a time server.
fn datagram_queries<'a>(context: &CheckContext<'a>, family: Family) -> Vec<ServiceQuery<'a>> {
    let view = &context.view;
    let addresses =
        service::published_addresses(view, context.service).map(|all| all.of(family, view));
    let at = |port| addresses.iter().flatten().map(move |ip| SocketAddr::new(*ip, port));
    let transports = [Transport::Udp, Transport::Tcp];
    match &context.service.target {
        Target::Dns(endpoint) => at(endpoint.port)
            .flat_map(|server| transports.map(|over| service::name_server(view, server, over)))
            .collect(),
        Target::Ntp(endpoint) => {
            at(endpoint.port).map(|server| service::time_server(view, server)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use std::net::SocketAddr;

    use hickory_proto::op::ResponseCode;

    use crate::check::common;
    use crate::check::testing::dns::{address, answer, message, nxdomain, servfail};
    use crate::check::testing::web::{down, responds};
    use crate::check::testing::world::{URL, World};
    use crate::evidence;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{
        Blob, NetFailure, NtpExchange, NtpQuestion, Outcome, Question, RecordType, Reply, Transport,
    };

    const FAILS: (Outcome, &str) = (Fail, "retired-but-answers");

    const STILL: (Outcome, &str) = (Pass, "retired-still-in-dns");

    const UNASKED: (Outcome, &str) = (Inconclusive, common::NOT_OBSERVED);

    const OURS: (Outcome, &str) = (Inconclusive, common::OUR_FAULT);

    fn named(world: World, a: &Reply) -> World {
        let six = answer(&[address("2001:db8::1")]);
        world.dns("www.example.vn", RecordType::AAAA, &six).dns("www.example.vn", RecordType::A, a)
    }

    #[test]
    pub(in crate::check) fn a_retired_site_at_both_of_its_ports() {
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
            assert_eq!(world.outcome_of("inventory-state"), expected, "{https:?} {http:?} {a:?}");
        }
    }

    #[test]
    pub(in crate::check) fn a_retired_name_server_or_time_server() {
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
            let world = World::with_service(&format!("{kind}: www.example.vn, state: retired"));
            let mut world = named(world, &nxdomain());
            for (question, reply) in &seen {
                world = world.in_turn(question, &[reply.clone(), reply.clone()]);
            }
            assert_eq!(world.outcome_of("inventory-state"), expected, "{kind} {seen:?}");
        }
    }
}
