//! Mail domains and their exchangers.

use std::net::SocketAddr;

use hickory_proto::rr::rdata::{MX, PTR, TXT};
use hickory_proto::rr::{Name as WireName, RData};

use crate::check::testing::dns::{address, answer, single_answer};
use crate::check::testing::world::World;
use crate::model::{
    Answer, Blob, Connected, Conversation, Greeting, GreetingFailure, GreetingQuestion, Host,
    Meaning, Name, NetFailure, Protocol, Question, RecordType, Reply, Security, Starttls,
    TlsSession,
};

/// The domain of most worlds.
pub(in crate::check) const MAIL_DOMAIN: &str = "example.vn";
/// Its exchanger, with an address of each family.
pub(in crate::check) const MX_HOST: &str = "mx.example.vn";
pub(in crate::check) const MX_IPV6: &str = "2001:db8::25";
pub(in crate::check) const MX_IPV4: &str = "192.0.2.25";
/// A second one.
pub(in crate::check) const MX_HOST_2: &str = "mx2.example.vn";
pub(in crate::check) const MX_IPV6_2: &str = "2001:db8::26";
pub(in crate::check) const MX_IPV4_2: &str = "192.0.2.26";

/// An MX record of the domain.
pub(in crate::check) fn mx(preference: u16, exchanger: &str) -> (&'static str, RData) {
    ("example.vn.", RData::MX(MX::new(preference, WireName::from_ascii(exchanger).unwrap())))
}

/// An address record of an exchanger.
pub(in crate::check) fn address_of(owner: &'static str, text: &str) -> (&'static str, RData) {
    (owner, address(text).1)
}

/// A domain with these MX records.
pub(in crate::check) fn mail_domain(exchangers: &[(&str, RData)]) -> World {
    World::with_service("mail: example.vn").dns(MAIL_DOMAIN, RecordType::MX, &answer(exchangers))
}

/// A domain with one exchanger that has an address of each family.
pub(in crate::check) fn mail_published() -> World {
    mail_domain(&[mx(10, "mx.example.vn.")])
        .dns(MX_HOST, RecordType::AAAA, &answer(&[address_of("mx.example.vn.", MX_IPV6)]))
        .dns(MX_HOST, RecordType::A, &answer(&[address_of("mx.example.vn.", MX_IPV4)]))
}

/// A part of the exchange that was answered so.
pub(in crate::check) fn answered(meaning: Meaning) -> Option<Result<Answer, GreetingFailure>> {
    Some(Ok(Answer { elapsed_us: 1, meaning, lines: vec!["220 mx.example.vn".to_owned()] }))
}

/// A part of the exchange that the network ended.
pub(in crate::check) fn unanswered(failure: NetFailure) -> Option<Result<Answer, GreetingFailure>> {
    Some(Err(GreetingFailure::Net { failure }))
}

/// A session of this version that showed this leaf.
pub(in crate::check) fn tls_session(leaf: u8, version: &str) -> TlsSession {
    TlsSession {
        elapsed_us: 1,
        version: version.to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        chain: vec![Blob::new(vec![leaf])],
        ..TlsSession::default()
    }
}

/// Everything goes well.
pub(in crate::check) fn friendly() -> Greeting {
    Greeting {
        conversation: Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: Some(Ok(tls_session(1, "TLSv1.3"))),
            http: None,
            recheck: None,
        },
        banner: answered(Meaning::Yes),
        hello: answered(Meaning::Yes),
        starttls: Some(Starttls::Begun),
        refused_ehlo: None,
    }
}

/// No connection.
pub(in crate::check) fn no_connection(failure: NetFailure) -> Greeting {
    let conversation = Conversation { connect: Err(failure), tls: None, http: None, recheck: None };
    Greeting { conversation, banner: None, hello: None, starttls: None, refused_ehlo: None }
}

impl World {
    /// The same exchange in both attempts.
    pub(in crate::check) fn greets(self, address: &str, greeting: &Greeting) -> Self {
        self.greets_in_turn(address, [greeting, greeting])
    }

    pub(in crate::check) fn greets_in_turn<const N: usize>(
        self,
        address: &str,
        attempts: [&Greeting; N],
    ) -> Self {
        self.exchanger_greets_in_turn(MX_HOST, address, attempts)
    }

    /// The same of any exchanger.
    pub(in crate::check) fn exchanger_greets_in_turn<const N: usize>(
        mut self,
        exchanger: &str,
        address: &str,
        attempts: [&Greeting; N],
    ) -> Self {
        self.inventory.settings.attempts = self.inventory.settings.attempts.max(N as u8);
        for (at, greeting) in attempts.into_iter().enumerate() {
            let question = Question::Greeting(GreetingQuestion {
                address: SocketAddr::new(address.parse().unwrap(), 25),
                protocol: Protocol::Smtp,
                security: Security::Starttls,
                host: Host::Name(Name::from_presentation(exchanger)),
            });
            self.observe(question, at as u8 + 1, Reply::Greeting(Box::new(greeting.clone())));
        }
        self
    }
}

pub(in crate::check) fn two_exchangers() -> World {
    mail_domain(&[mx(10, "mx.example.vn."), mx(20, "mx2.example.vn.")])
}

/// Two exchangers with an address of each family; over IPv6 they greet so.
pub(in crate::check) fn exchangers_that_greet(first: &Greeting, second: &Greeting) -> World {
    two_exchangers()
        .host(MX_HOST, &[MX_IPV6, MX_IPV4])
        .host(MX_HOST_2, &[MX_IPV6_2, MX_IPV4_2])
        .greets(MX_IPV6, first)
        .greets(MX_IPV4, &friendly())
        .exchanger_greets_in_turn(MX_HOST_2, MX_IPV6_2, [second, second])
        .exchanger_greets_in_turn(MX_HOST_2, MX_IPV4_2, [&friendly(), &friendly()])
}

/// A second exchanger, for whose addresses the resolver replies so.
pub(in crate::check) fn beside(aaaa: &Reply, a: &Reply) -> World {
    two_exchangers()
        .host(MX_HOST, &[MX_IPV6, MX_IPV4])
        .dns(MX_HOST_2, RecordType::AAAA, aaaa)
        .dns(MX_HOST_2, RecordType::A, a)
        .greets(MX_IPV6, &friendly())
        .greets(MX_IPV4, &friendly())
}

pub(in crate::check) fn pointed(world: World, target: &str) -> World {
    let reverse = format!("5.2.0.0.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(20));
    let name = WireName::from_ascii(target).unwrap();
    world.dns(
        &reverse,
        RecordType::PTR,
        &single_answer(&format!("{reverse}."), RData::PTR(PTR(name))),
    )
}

pub(in crate::check) fn spf(world: World) -> World {
    let text = RData::TXT(TXT::new(vec!["v=spf1 ip6:2001:db8::/32 -all".to_owned()]));
    world.dns(MAIL_DOMAIN, RecordType::TXT, &answer(&[("example.vn.", text)]))
}
