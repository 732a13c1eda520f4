//! Mail domains: exchangers, greetings, STARTTLS, SPF and reverse names.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::{MX, PTR, TXT};

use super::*;
use crate::model::{
    Answer, Greeting, GreetingFailure, GreetingQuestion, Host, Meaning, Protocol, Security,
    Starttls, TlsFailed, TlsFailure, TlsSession,
};

pub(super) const DOMAIN: &str = "example.vn";
pub(super) const HOST: &str = "mx.example.vn";
pub(super) const IPV6: &str = "2001:db8::25";
pub(super) const IPV4: &str = "192.0.2.25";
const CHECKS: [&str; 5] =
    ["mail-mx-aaaa", "mail-banner", "mail-starttls", "mail-starttls-parity", "mail-ptr"];

pub(super) fn data(owner: &str, data: RData) -> Reply {
    answer(&[(owner, data)])
}

pub(super) fn mx(preference: u16, exchanger: &str) -> (&'static str, RData) {
    ("example.vn.", RData::MX(MX::new(preference, WireName::from_ascii(exchanger).unwrap())))
}

pub(super) fn at(owner: &'static str, text: &str) -> (&'static str, RData) {
    (owner, address(text).1)
}

/// A domain with these MX records.
pub(super) fn domain(exchangers: &[(&str, RData)]) -> World {
    World::of("mail: example.vn").dns(DOMAIN, RecordType::MX, &answer(exchangers))
}

/// A domain with one exchanger that has an address of each family.
pub(super) fn published() -> World {
    domain(&[mx(10, "mx.example.vn.")])
        .dns(HOST, RecordType::AAAA, &answer(&[at("mx.example.vn.", IPV6)]))
        .dns(HOST, RecordType::A, &answer(&[at("mx.example.vn.", IPV4)]))
}

pub(super) fn said(meaning: Meaning) -> Option<Result<Answer, GreetingFailure>> {
    Some(Ok(Answer { elapsed_us: 1, meaning, lines: vec!["220 mx.example.vn".to_owned()] }))
}

pub(super) fn failed(failure: NetFailure) -> Option<Result<Answer, GreetingFailure>> {
    Some(Err(GreetingFailure::Net { failure }))
}

pub(super) fn session(leaf: u8, version: &str) -> TlsSession {
    TlsSession {
        elapsed_us: 1,
        version: version.to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        group: None,
        alpn: None,
        chain: vec![Blob::new(vec![leaf])],
        ocsp: None,
    }
}

/// Everything goes well.
pub(super) fn friendly() -> Greeting {
    Greeting {
        conversation: Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: Some(Ok(session(1, "TLSv1.3"))),
            http: None,
        },
        banner: said(Meaning::Yes),
        hello: said(Meaning::Yes),
        starttls: Some(Starttls::Begun),
    }
}

/// No connection.
pub(super) fn closed(failure: NetFailure) -> Greeting {
    let conversation = Conversation { connect: Err(failure), tls: None, http: None };
    Greeting { conversation, banner: None, hello: None, starttls: None }
}

impl World {
    /// The same exchange in both attempts.
    pub(super) fn greets(self, address: &str, greeting: &Greeting) -> Self {
        self.greets_in_turn(address, [greeting, greeting])
    }

    pub(super) fn greets_in_turn(mut self, address: &str, attempts: [&Greeting; 2]) -> Self {
        for (at, greeting) in attempts.into_iter().enumerate() {
            let question = Question::Greeting(GreetingQuestion {
                address: SocketAddr::new(address.parse().unwrap(), 25),
                protocol: Protocol::Smtp,
                security: Security::Starttls,
                host: Host::Name(Name::from_presentation(HOST)),
            });
            self.seen(question, at as u8 + 1, Reply::Greeting(Box::new(greeting.clone())));
        }
        self
    }
}

#[test]
pub(super) fn exchangers_and_their_addresses() {
    let nothing = message(ResponseCode::NXDomain, &[]);
    let broken = message(ResponseCode::ServFail, &[]);
    let six = answer(&[at("mx.example.vn.", IPV6)]);
    let local = answer(&[at("mx.example.vn.", "fe80::1")]);
    let empty = answer(&[]);
    for (aaaa, expected) in [
        (&six, (Pass, "every-exchanger")),
        (&empty, (Fail, "none")),
        (&nothing, (Fail, "none")),
        (&local, (Fail, "none")),
        (&broken, (Inconclusive, common::UNRESOLVED)),
        (&Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = domain(&[mx(10, "mx.example.vn.")]).dns(HOST, RecordType::AAAA, aaaa).dns(
            HOST,
            RecordType::A,
            &empty,
        );
        assert_eq!(world.says("mail-mx-aaaa"), expected, "{aaaa:?}");
    }
    // One of two.
    let world = domain(&[mx(10, "mx.example.vn."), mx(20, "mx2.example.vn.")])
        .dns(HOST, RecordType::AAAA, &six)
        .dns(HOST, RecordType::A, &empty)
        .dns("mx2.example.vn", RecordType::AAAA, &empty)
        .dns("mx2.example.vn", RecordType::A, &answer(&[at("mx2.example.vn.", "192.0.2.26")]));
    assert_eq!(world.says("mail-mx-aaaa"), (Fail, "some-without"));
}

#[test]
pub(super) fn domains_without_exchangers_are_not_judged() {
    let null = domain(&[mx(0, ".")]);
    let implicit = domain(&[])
        .dns(DOMAIN, RecordType::AAAA, &data("example.vn.", address(IPV6).1))
        .dns(DOMAIN, RecordType::A, &answer(&[]));
    let gone = World::of("mail: example.vn").dns(
        DOMAIN,
        RecordType::MX,
        &message(ResponseCode::NXDomain, &[]),
    );
    assert_eq!(null.says("mail-mx-aaaa"), (NotApplicable, "null-mx"));
    for world in [&implicit, &gone] {
        assert_eq!(world.says("mail-mx-aaaa"), (NotApplicable, common::NO_MX));
    }
    for id in CHECKS.into_iter().skip(1).chain(["ipv6-only-usable"]) {
        for world in [&null, &implicit, &gone] {
            assert_eq!(world.says(id), (NotApplicable, common::NO_MX), "{id}");
        }
    }
}

#[test]
pub(super) fn nothing_is_said_before_the_domain_was_asked_for() {
    let unasked = World::of("mail: example.vn");
    let retired = World::of("mail: example.vn, state: retired");
    let broken = World::of("mail: example.vn").dns(
        DOMAIN,
        RecordType::MX,
        &message(ResponseCode::ServFail, &[]),
    );
    for id in CHECKS.into_iter().chain(["mail-spf-ipv6", "ipv6-only-usable"]) {
        assert_eq!(unasked.says(id), (Inconclusive, common::NOT_OBSERVED), "{id}");
        assert_eq!(retired.says(id), (NotApplicable, common::RETIRED), "{id}");
        assert_eq!(broken.says(id), (Inconclusive, common::UNRESOLVED), "{id}");
        assert_eq!(
            World::new("active").says(id).0,
            if id == "ipv6-only-usable" { Inconclusive } else { NotApplicable }
        );
    }
}

#[test]
pub(super) fn banners_and_hellos() {
    let banner = |banner| Greeting { banner, hello: None, starttls: None, ..friendly() };
    let hello = |hello| Greeting { hello, starttls: None, ..friendly() };
    let stranger = GreetingFailure::NotProtocol { detail: "HTTP/1.1 400".to_owned() };
    for (greeting, expected) in [
        (friendly(), (Pass, "greets")),
        (banner(said(Meaning::No)), (Fail, "refuses")),
        (banner(said(Meaning::Later)), (Fail, "later")),
        (banner(failed(NetFailure::TimedOut)), (Fail, "silent")),
        (banner(failed(NetFailure::Reset)), (Fail, "broken-off")),
        (banner(Some(Err(GreetingFailure::Slow { octets: 9 }))), (Fail, "tarpit")),
        (banner(Some(Err(GreetingFailure::TooLong))), (Fail, "too-long")),
        (banner(Some(Err(stranger))), (Fail, "not-smtp")),
        (hello(said(Meaning::No)), (Fail, "hello-refused")),
        (hello(said(Meaning::Later)), (Fail, "hello-later")),
        (hello(failed(NetFailure::TimedOut)), (Fail, "hello-unanswered")),
        (banner(None), (Inconclusive, common::LOWER_LAYER)),
        (closed(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
    ] {
        let world = published().greets(IPV6, &greeting).greets(IPV4, &friendly());
        assert_eq!(world.says("mail-banner"), expected, "{greeting:?}");
    }
    // An answer after a failure contradicts it.
    let silent = banner(failed(NetFailure::TimedOut));
    let world = published().greets_in_turn(IPV6, [&silent, &friendly()]).greets(IPV4, &friendly());
    assert_eq!(world.says("mail-banner"), (Inconclusive, common::FLAKY));
}

#[test]
pub(super) fn mail_that_our_own_network_keeps_back_is_not_the_exchangers_fault() {
    let away = closed(NetFailure::TimedOut);
    let world = published().greets(IPV6, &away).greets(IPV4, &away);
    for id in ["mail-banner", "mail-starttls", "mail-starttls-parity", "ipv6-only-usable"] {
        assert_eq!(world.says(id), (Inconclusive, common::MAIL_BLOCKED), "{id}");
    }
    // When it gets through over IPv4, silence over IPv6 is the exchanger's.
    let world = published().greets(IPV6, &away).greets(IPV4, &friendly());
    assert_eq!(world.says("mail-banner"), (Inconclusive, common::LOWER_LAYER));
}

#[test]
pub(super) fn starttls_at_one_address() {
    let with = |starttls, tls| {
        let conversation = Conversation { tls, ..friendly().conversation };
        Greeting { starttls: Some(starttls), conversation, ..friendly() }
    };
    let broken =
        TlsFailed { failure: TlsFailure::Net { failure: NetFailure::Reset }, chain: Vec::new() };
    let denied = Starttls::Denied {
        answer: Answer { elapsed_us: 1, meaning: Meaning::Later, lines: Vec::new() },
    };
    let unanswered = Starttls::Unanswered { failure: GreetingFailure::TooLong };
    for (greeting, expected) in [
        (friendly(), (Pass, "completes")),
        (with(Starttls::NotOffered, None), (Fail, "not-offered")),
        (with(denied, None), (Fail, "denied")),
        (with(unanswered, None), (Fail, "unanswered")),
        (with(Starttls::Injected, None), (Fail, "injected")),
        (with(Starttls::Begun, Some(Err(broken))), (Fail, "no-handshake")),
        (closed(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
    ] {
        let world = published().greets(IPV6, &greeting).greets(IPV4, &friendly());
        assert_eq!(world.says("mail-starttls"), expected, "{greeting:?}");
    }
}

#[test]
pub(super) fn starttls_over_both_families() {
    let tls = |session| {
        let conversation = Conversation { tls: Some(Ok(session)), ..friendly().conversation };
        Greeting { conversation, ..friendly() }
    };
    let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
    for (four, expected) in [
        (friendly(), (Pass, "same")),
        (none.clone(), (Fail, "different-offer")),
        (tls(session(2, "TLSv1.3")), (Fail, "different-certificate")),
        (tls(session(1, "TLSv1.2")), (Fail, "different-version")),
        (closed(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
    ] {
        let world = published().greets(IPV6, &friendly()).greets(IPV4, &four);
        assert_eq!(world.says("mail-starttls-parity"), expected, "{four:?}");
    }
    let world = published().greets(IPV6, &none).greets(IPV4, &none);
    assert_eq!(world.says("mail-starttls-parity"), (Pass, "same"));
    let world = domain(&[mx(10, "mx.example.vn.")])
        .dns(HOST, RecordType::AAAA, &answer(&[at("mx.example.vn.", IPV6)]))
        .dns(HOST, RecordType::A, &answer(&[]))
        .greets(IPV6, &friendly());
    assert_eq!(world.says("mail-starttls-parity"), (NotApplicable, common::NO_IPV4));
}

#[test]
pub(super) fn spf_of_a_domain_whose_exchangers_have_ipv6() {
    for (record, expected) in [
        (Some("v=spf1 ip6:2001:db8::/32 -all"), (Pass, "authorises-ipv6")),
        (Some("v=spf1 mx -all"), (Pass, "authorises-ipv6")),
        (Some("v=spf1 +all"), (Pass, "authorises-ipv6")),
        (Some("v=spf1 redirect=example.vn"), (Fail, "broken")),
        (Some("v=spf1 ip4:192.0.2.0/24 -all"), (Fail, "only-ipv4")),
        (Some("v=spf1 ip4:192.0.2.0/24 -ip6:2001:db8::/32 -all"), (Fail, "only-ipv4")),
        (Some("v=spf1 ip6:nonsense -all"), (Fail, "broken")),
        (Some("v=spf1 -all"), (NotApplicable, "sends-none")),
        (Some("v=spf1 ptr -all"), (Inconclusive, "depends-on-sender")),
        (Some("v=spf1 exists:%{i}.example.vn -all"), (Inconclusive, "depends-on-sender")),
        (Some("v=spf10 -all"), (NotApplicable, "no-spf")),
        (None, (NotApplicable, "no-spf")),
    ] {
        let text = |text: &str| RData::TXT(TXT::new(vec![text.to_owned()]));
        let records = record.map(|record| ("example.vn.", text(record)));
        let world = published().dns(DOMAIN, RecordType::TXT, &answer(records.as_slice()));
        assert_eq!(world.says("mail-spf-ipv6"), expected, "{record:?}");
    }
    let world = published();
    assert_eq!(world.says("mail-spf-ipv6"), (Inconclusive, common::NOT_OBSERVED));
}

#[test]
pub(super) fn reverse_names_of_exchangers() {
    let reverse = format!("5.2.0.0.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(20));
    let pointer = |target: &str| {
        let name = WireName::from_ascii(target).unwrap();
        data(&format!("{reverse}."), RData::PTR(PTR(name)))
    };
    let other = answer(&[at("other.example.vn.", "2001:db8::9")]);
    for (ptr, expected) in [
        (pointer("mx.example.vn."), (Pass, "resolves-back")),
        (pointer("other.example.vn."), (Fail, "other-address")),
        (message(ResponseCode::NXDomain, &[]), (Fail, "no-ptr")),
        (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
    ] {
        let world = published().dns(&reverse, RecordType::PTR, &ptr).dns(
            "other.example.vn",
            RecordType::AAAA,
            &other,
        );
        assert_eq!(world.says("mail-ptr"), expected, "{ptr:?}");
    }
}
