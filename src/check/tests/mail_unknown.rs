//! Mail domains of which not everything is known.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::{PTR, TXT};

use super::builders::{authoritative, nxdomain, servfail, unasked};
use super::mail::*;
use super::*;
use crate::model::{Greeting, Starttls, TlsFailed, TlsFailure, Transport};

const HOST_2: &str = "mx2.example.vn";
const IPV6_2: &str = "2001:db8::26";

fn two_exchangers() -> World {
    domain(&[mx(10, "mx.example.vn."), mx(20, "mx2.example.vn.")])
}

/// A second exchanger, of whose addresses the resolver says this.
fn beside(aaaa: &Reply, a: &Reply) -> World {
    two_exchangers()
        .host(HOST, &[IPV6, IPV4])
        .dns(HOST_2, RecordType::AAAA, aaaa)
        .dns(HOST_2, RecordType::A, a)
        .greets(IPV6, &friendly())
        .greets(IPV4, &friendly())
}

fn pointed(world: World, target: &str) -> World {
    let reverse = format!("5.2.0.0.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(20));
    let name = WireName::from_ascii(target).unwrap();
    world.dns(&reverse, RecordType::PTR, &data(&format!("{reverse}."), RData::PTR(PTR(name))))
}

fn spf(world: World) -> World {
    let text = RData::TXT(TXT::new(vec!["v=spf1 ip6:2001:db8::/32 -all".to_owned()]));
    world.dns(DOMAIN, RecordType::TXT, &answer(&[("example.vn.", text)]))
}

#[test]
pub(super) fn exchangers_whose_addresses_are_not_known() {
    let none = answer(&[]);
    for (aaaa, reason) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let one_known = spf(pointed(beside(&aaaa, &none), "mx.example.vn."));
        let none_known = domain(&[mx(10, "mx.example.vn.")])
            .dns(HOST, RecordType::AAAA, &aaaa)
            .dns(HOST, RecordType::A, &none);
        for id in
            ["mail-mx-aaaa", "mail-banner", "mail-starttls", "mail-starttls-parity", "mail-ptr"]
        {
            assert_eq!(one_known.says(id), (Inconclusive, reason), "{id} {aaaa:?}");
            assert_eq!(none_known.says(id), (Inconclusive, reason), "{id} {aaaa:?}");
        }
        // One exchanger with IPv6 is enough to ask who may send.
        assert_eq!(one_known.says("mail-spf-ipv6"), (Pass, "authorises-ipv6"));
        assert_eq!(none_known.says("mail-spf-ipv6"), (Inconclusive, reason));
        assert_eq!(none_known.says("ipv6-only-usable"), (Inconclusive, reason));
        let text = published().dns(DOMAIN, RecordType::TXT, &aaaa);
        assert_eq!(text.says("mail-spf-ipv6"), (Inconclusive, reason));
    }
    // Nothing is to be known of an exchanger without IPv6 here.
    let known = beside(&none, &answer(&[at("mx2.example.vn.", "192.0.2.26")]));
    assert_eq!(known.says("mail-banner"), (Pass, "greets"));
    assert_eq!(known.says("mail-starttls-parity"), (Pass, "same"));
    // Whether the second has IPv4 to compare with is not known.
    let half = beside(&answer(&[at("mx2.example.vn.", IPV6_2)]), &servfail());
    let half = half.greets(IPV6_2, &friendly());
    assert_eq!(half.says("mail-starttls-parity"), (Inconclusive, common::UNRESOLVED));
    for id in ["mail-ptr", "mail-spf-ipv6", "mail-banner", "mail-starttls"] {
        let without = domain(&[mx(10, "mx.example.vn.")]).host(HOST, &[IPV4]);
        assert_eq!(without.says(id), (NotApplicable, common::NO_IPV6), "{id}");
    }
    let apart = two_exchangers().host(HOST, &[IPV6]).host(HOST_2, &["192.0.2.26"]);
    assert_eq!(apart.says("mail-starttls-parity"), (NotApplicable, "one-family"));
}

#[test]
pub(super) fn exchangers_beyond_the_limit() {
    let limited = |mut world: World| {
        world.inventory.settings.limits.mail_exchangers = 1;
        world
    };
    let two = || limited(pointed(beside(&answer(&[]), &answer(&[])), "mx.example.vn."));
    for id in ["mail-mx-aaaa", "mail-banner", "mail-starttls", "mail-starttls-parity", "mail-ptr"] {
        assert_eq!(two().says(id), (Inconclusive, common::LIMIT), "{id}");
    }
    // The one that is looked at takes no mail over IPv6; one of the others may.
    let none = limited(two_exchangers().host(HOST, &[IPV4]));
    assert_eq!(none.says("mail-mx-aaaa"), (Fail, "some-without"));
    assert_eq!(none.says("mail-banner"), (Inconclusive, common::LIMIT));
    assert_eq!(none.says("ipv6-only-usable"), (Inconclusive, common::LIMIT));
}

#[test]
pub(super) fn exchanges_that_our_own_side_ended() {
    let banner =
        |failure| Greeting { banner: failed(failure), hello: None, starttls: None, ..friendly() };
    let tls = |failure| {
        let failed = TlsFailed { failure, chain: Vec::new() };
        let conversation = Conversation { tls: Some(Err(failed)), ..friendly().conversation };
        Greeting { conversation, ..friendly() }
    };
    let net = |failure| TlsFailure::Net { failure };
    let (away, mine) = (banner(NetFailure::TimedOut), banner(NetFailure::NoRoute));
    let reset = tls(net(NetFailure::Reset));
    let our_tls = tls(net(NetFailure::NotPermitted));
    let library = tls(TlsFailure::Ours { detail: "?".to_owned() });
    let large = tls(TlsFailure::ChainTooLarge);
    let well = friendly();
    let ours = (Inconclusive, common::OUR_FAULT);
    for (attempts, greets, starttls) in [
        ([&mine, &mine], ours, ours),
        ([&away, &mine], ours, ours),
        ([&mine, &away], ours, ours),
        ([&our_tls, &our_tls], ours, ours),
        ([&reset, &our_tls], ours, ours),
        ([&our_tls, &reset], ours, ours),
        ([&library, &library], ours, ours),
        ([&mine, &well], (Pass, "greets"), (Pass, "completes")),
        ([&reset, &reset], (Pass, "greets"), (Fail, "no-handshake")),
        ([&reset, &well], (Pass, "greets"), (Inconclusive, common::FLAKY)),
        ([&large, &large], (Pass, "greets"), (Inconclusive, common::LIMIT)),
    ] {
        let world = published().greets_in_turn(IPV6, attempts).greets(IPV4, &well);
        assert_eq!(world.says("mail-banner"), greets, "{attempts:?}");
        assert_eq!(world.says("mail-starttls"), starttls, "{attempts:?}");
    }
}

#[test]
pub(super) fn offers_that_are_not_known() {
    let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
    let ours = closed(NetFailure::NoRoute);
    let second = "192.0.2.26";
    let two = |first: &Greeting, other: &Greeting| {
        let world = domain(&[mx(10, "mx.example.vn.")]).host(HOST, &[IPV6, IPV4, second]);
        world.greets(IPV6, &friendly()).greets(IPV4, first).greets(second, other)
    };
    let id = "mail-starttls-parity";
    assert_eq!(two(&none, &none).says(id), (Fail, "different-offer"));
    assert_eq!(two(&none, &friendly()).says(id), (Pass, "same"));
    // The one that is not known may be the one that is the same.
    assert_eq!(two(&none, &ours).says(id), (Inconclusive, common::OUR_FAULT));
    assert_eq!(two(&ours, &none).says(id), (Inconclusive, common::OUR_FAULT));
    let refused = closed(NetFailure::Refused);
    assert_eq!(two(&none, &refused).says(id), (Inconclusive, common::LOWER_LAYER));
}

/// A domain whose exchanger's name is asked for at one root server, which says this to every question
/// on the way.
fn from_the_root(vn: &Reply, host: &Reply) -> World {
    let mut world = published().greets(IPV6, &friendly()).greets(IPV4, &friendly());
    let hints = ". NS a.root.\na.root. AAAA 2001:db8::53\n";
    world.inventory.settings.root_hints = Some(hints.to_owned());
    let asked = [("vn", RecordType::NS, vn), (HOST, RecordType::AAAA, host)];
    for (name, record_type, reply) in asked {
        for transport in [Transport::Udp, Transport::Tcp] {
            let server = "[2001:db8::53]:53".parse().unwrap();
            let name = Name::from_presentation(name);
            let question = evidence::dns::exchange::server_question(
                server,
                transport,
                &name,
                record_type,
                false,
            );
            let question = Question::Dns(question);
            for attempt in 1..=2 {
                world.seen(question.clone(), attempt, reply.clone());
            }
        }
    }
    world
}

#[test]
pub(super) fn a_sender_without_ipv4() {
    let six = answer(&[at("mx.example.vn.", IPV6)]);
    let away = Reply::DnsFailed(NetFailure::TimedOut);
    for (vn, host, expected) in [
        (authoritative(&nxdomain()), authoritative(&six), (Pass, "usable")),
        (servfail(), servfail(), (Fail, "resolution-blocked")),
        (away, six.clone(), (Fail, "resolution-blocked")),
        (unasked(), six, (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = from_the_root(&vn, &host);
        assert_eq!(world.says("ipv6-only-usable"), expected, "{vn:?}");
    }
    let unasked = published().greets(IPV6, &friendly()).greets(IPV4, &friendly());
    assert_eq!(unasked.says("ipv6-only-usable"), (Inconclusive, common::NOT_OBSERVED));
}
