//! What all checks of a mail domain have in common.

use hickory_proto::op::ResponseCode;

use crate::check::common;
use crate::check::testing::dns::{answer, message, servfail, unasked};
use crate::check::testing::mail::{
    MAIL_DOMAIN, MX_HOST, MX_HOST_2, MX_IPV4, MX_IPV6, MX_IPV6_2, address_of, beside, friendly,
    mail_domain, mail_published, mx, no_connection, pointed, spf, two_exchangers, unanswered,
};
use crate::check::testing::world::World;
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{Conversation, Greeting, NetFailure, RecordType, TlsFailed, TlsFailure};

const CHECKS: [&str; 5] =
    ["mail-mx-aaaa", "mail-banner", "mail-starttls", "mail-starttls-parity", "mail-ptr"];

#[test]
fn domains_without_exchangers() {
    let no = || answer(&[]);
    let null = mail_domain(&[mx(0, ".")]);
    let nowhere = mail_domain(&[]).dns(MAIL_DOMAIN, RecordType::AAAA, &no()).dns(
        MAIL_DOMAIN,
        RecordType::A,
        &no(),
    );
    let gone = World::with_service("mail: example.vn").dns(
        MAIL_DOMAIN,
        RecordType::MX,
        &message(ResponseCode::NXDomain, &[]),
    );
    let contacts = ["reach-port", "reach-parity", "mail-spf-ipv6"];
    for id in CHECKS.into_iter().skip(1).chain(contacts) {
        for world in [&null, &nowhere, &gone] {
            assert_eq!(world.outcome_of(id), (NotApplicable, common::NO_MX), "{id}");
        }
    }
    assert_eq!(null.outcome_of("ipv6-only-usable"), (NotApplicable, common::NO_MX));
    for world in [&nowhere, &gone] {
        assert_eq!(world.outcome_of("ipv6-only-usable"), (Fail, "not-published"));
    }
}

#[test]
fn a_domain_without_mx_is_its_own_exchanger() {
    let own = |addresses: &[&str]| mail_domain(&[]).host(MAIL_DOMAIN, addresses);
    let greets =
        |world: World, six: &Greeting| {
            world
                .exchanger_greets_in_turn(MAIL_DOMAIN, MX_IPV6, [six, six])
                .exchanger_greets_in_turn(MAIL_DOMAIN, MX_IPV4, [&friendly(), &friendly()])
        };
    let good = spf(pointed(greets(own(&[MX_IPV6, MX_IPV4]), &friendly()), "example.vn."));
    for (id, reason) in [
        ("reach-port", "open"),
        ("reach-parity", "same"),
        ("mail-banner", "greets"),
        ("mail-starttls", "completes"),
        ("mail-starttls-parity", "same"),
        ("mail-spf-ipv6", "authorises-ipv6"),
        ("mail-ptr", "resolves-back"),
    ] {
        assert_eq!(good.outcome_of(id), (Pass, reason), "{id}");
    }
    let closed = greets(own(&[MX_IPV6, MX_IPV4]), &no_connection(NetFailure::Refused));
    for (id, expected) in [
        ("mail-mx-aaaa", (Pass, "own-address")),
        ("reach-port", (Fail, "refused")),
        ("reach-parity", (Fail, "closed-over-ipv6")),
        ("mail-banner", (Inconclusive, common::LOWER_LAYER)),
        ("mail-starttls-parity", (Fail, "fails-over-ipv6")),
    ] {
        assert_eq!(closed.outcome_of(id), expected, "{id}");
    }
    let ipv4_only = own(&[MX_IPV4]);
    for (id, expected) in [
        ("mail-mx-aaaa", (Fail, "none")),
        ("reach-port", (NotApplicable, common::NO_IPV6)),
        ("mail-banner", (NotApplicable, common::NO_IPV6)),
        ("ipv6-only-usable", (Fail, "not-published")),
    ] {
        assert_eq!(ipv4_only.outcome_of(id), expected, "{id}");
    }
}

#[test]
fn nothing_is_said_before_the_domain_was_asked_for() {
    let unasked = World::with_service("mail: example.vn");
    let retired = World::with_service("mail: example.vn, state: retired");
    let broken = World::with_service("mail: example.vn").dns(
        MAIL_DOMAIN,
        RecordType::MX,
        &message(ResponseCode::ServFail, &[]),
    );
    for id in CHECKS.into_iter().chain(["mail-spf-ipv6", "ipv6-only-usable"]) {
        assert_eq!(unasked.outcome_of(id), (Inconclusive, common::NOT_OBSERVED), "{id}");
        assert_eq!(retired.outcome_of(id), (NotApplicable, common::RETIRED), "{id}");
        assert_eq!(broken.outcome_of(id), (Inconclusive, common::UNRESOLVED), "{id}");
        assert_eq!(
            World::new("active").outcome_of(id).0,
            if id == "ipv6-only-usable" { Inconclusive } else { NotApplicable }
        );
    }
}

#[test]
fn mail_that_our_own_network_keeps_back_is_not_the_exchangers_fault() {
    let away = no_connection(NetFailure::TimedOut);
    let world = mail_published().greets(MX_IPV6, &away).greets(MX_IPV4, &away);
    for id in ["mail-banner", "mail-starttls", "mail-starttls-parity", "ipv6-only-usable"] {
        assert_eq!(world.outcome_of(id), (Inconclusive, common::MAIL_BLOCKED), "{id}");
    }
    // When it gets through over IPv4, silence over IPv6 is the exchanger's.
    let world = mail_published().greets(MX_IPV6, &away).greets(MX_IPV4, &friendly());
    assert_eq!(world.outcome_of("mail-banner"), (Inconclusive, common::LOWER_LAYER));
}

#[test]
fn exchangers_whose_addresses_are_not_known() {
    let none = answer(&[]);
    for (aaaa, reason) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let one_known = spf(pointed(beside(&aaaa, &none), "mx.example.vn."));
        let none_known = mail_domain(&[mx(10, "mx.example.vn.")])
            .dns(MX_HOST, RecordType::AAAA, &aaaa)
            .dns(MX_HOST, RecordType::A, &none);
        for id in CHECKS {
            assert_eq!(none_known.outcome_of(id), (Inconclusive, reason), "{id} {aaaa:?}");
        }
        // One that works is enough for senders; whether all do is only unknown where it is our own doing.
        let is_ours = reason == common::OUR_FAULT;
        assert_eq!(one_known.outcome_of("mail-mx-aaaa"), (Pass, common::SOME_KNOWN));
        for (id, all) in [("mail-banner", "greets"), ("mail-starttls", "completes")] {
            let pass = if is_ours { common::SOME_KNOWN } else { all };
            assert_eq!(one_known.outcome_of(id), (Pass, pass), "{id} {aaaa:?}");
        }
        for (id, all) in [("mail-starttls-parity", "same"), ("mail-ptr", "resolves-back")] {
            let expected = if is_ours { (Inconclusive, reason) } else { (Pass, all) };
            assert_eq!(one_known.outcome_of(id), expected, "{id} {aaaa:?}");
        }
        // One exchanger with IPv6 is enough to ask who may send.
        assert_eq!(one_known.outcome_of("mail-spf-ipv6"), (Pass, "authorises-ipv6"));
        assert_eq!(none_known.outcome_of("mail-spf-ipv6"), (Inconclusive, reason));
        assert_eq!(none_known.outcome_of("ipv6-only-usable"), (Inconclusive, reason));
        let text = mail_published().dns(MAIL_DOMAIN, RecordType::TXT, &aaaa);
        assert_eq!(text.outcome_of("mail-spf-ipv6"), (Inconclusive, reason));
    }
    // Nothing is to be known of an exchanger without IPv6 here.
    let known = beside(&none, &answer(&[address_of("mx2.example.vn.", "192.0.2.26")]));
    assert_eq!(known.outcome_of("mail-banner"), (Pass, "greets"));
    assert_eq!(known.outcome_of("mail-starttls-parity"), (Pass, "same"));
    // Whether the second has IPv4 to compare with is not known.
    for (a, expected) in [
        (unasked(), (Inconclusive, common::OUR_FAULT)),
        // Nor does any sender find out.
        (servfail(), (Pass, "same")),
    ] {
        let half = beside(&answer(&[address_of("mx2.example.vn.", MX_IPV6_2)]), &a);
        let half = half.exchanger_greets_in_turn(MX_HOST_2, MX_IPV6_2, [&friendly()]);
        assert_eq!(half.outcome_of("mail-starttls-parity"), expected, "{a:?}");
    }
    for id in ["mail-ptr", "mail-spf-ipv6", "mail-banner", "mail-starttls"] {
        let without = mail_domain(&[mx(10, "mx.example.vn.")]).host(MX_HOST, &[MX_IPV4]);
        assert_eq!(without.outcome_of(id), (NotApplicable, common::NO_IPV6), "{id}");
    }
}

#[test]
fn exchangers_beyond_the_limit() {
    let limited = |mut world: World| {
        world.inventory.settings.limits.mail_exchangers = 1;
        world
    };
    let two = || limited(pointed(beside(&answer(&[]), &answer(&[])), "mx.example.vn."));
    for (id, expected) in [
        ("mail-mx-aaaa", (Pass, common::SOME_KNOWN)),
        ("mail-banner", (Pass, common::SOME_KNOWN)),
        ("mail-starttls", (Pass, common::SOME_KNOWN)),
        ("mail-starttls-parity", (Inconclusive, common::LIMIT)),
        ("mail-ptr", (Inconclusive, common::LIMIT)),
    ] {
        assert_eq!(two().outcome_of(id), expected, "{id}");
    }
    // The one that is looked at takes no mail over IPv6; one of the others may.
    let none = limited(two_exchangers().host(MX_HOST, &[MX_IPV4]));
    assert_eq!(none.outcome_of("mail-mx-aaaa"), (Inconclusive, common::LIMIT));
    assert_eq!(none.outcome_of("mail-banner"), (Inconclusive, common::LIMIT));
    assert_eq!(none.outcome_of("ipv6-only-usable"), (Inconclusive, common::LIMIT));
}

#[test]
fn exchanges_that_our_own_side_ended() {
    let banner = |failure| Greeting {
        banner: unanswered(failure),
        hello: None,
        starttls: None,
        ..friendly()
    };
    let tls = |failure| {
        let failed = TlsFailed::new(failure, Vec::new());
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
        ([&reset, &well], (Pass, "greets"), (Pass, "completes")),
        ([&large, &large], (Pass, "greets"), (Inconclusive, common::LIMIT)),
    ] {
        let world = mail_published().greets_in_turn(MX_IPV6, attempts).greets(MX_IPV4, &well);
        assert_eq!(world.outcome_of("mail-banner"), greets, "{attempts:?}");
        assert_eq!(world.outcome_of("mail-starttls"), starttls, "{attempts:?}");
    }
}
