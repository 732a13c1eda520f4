//! Handshakes, at port 636 and elsewhere.

use crate::check::common;
use crate::check::testing::certificates::Issuer;
use crate::check::testing::web::{down, no_tls, session};
use crate::check::testing::world::{URL, World};
use crate::evidence::tls::TrustedRoots;
use crate::model::Outcome::{Inconclusive, NotApplicable};
use crate::model::{
    Blob, Browser, BrowserHello, Connected, Conversation, ConversationQuestion, HelloAnswer, Host,
    HttpFailure, Name, NetFailure, Outcome, Question, Reply, SecondStack, TlsFailed, TlsFailure,
    TlsSession,
};

/// The sockets of [`tls_service`].
pub(in crate::check) const TLS_SIX: &str = "[2001:db8::1]:636";
pub(in crate::check) const TLS_FOUR: &str = "192.0.2.1:636";

/// The host that a client asks for.
pub(in crate::check) fn www_host() -> Host {
    Host::Name(Name::from_presentation("www.example.vn"))
}

/// A handshake that the network ended.
pub(in crate::check) fn failed_handshake(failure: NetFailure) -> Conversation {
    no_tls(TlsFailure::Net { failure })
}

/// A handshake that completed.
pub(in crate::check) fn handshake(session: TlsSession) -> Conversation {
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Ok(session)),
        http: None,
        recheck: None,
    }
}

/// A handshake that broke off after these certificates.
pub(in crate::check) fn broken_handshake(failure: TlsFailure, chain: Vec<Blob>) -> Conversation {
    let failed = TlsFailed::new(failure, chain);
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Err(failed)),
        http: None,
        recheck: None,
    }
}

/// A session that the second TLS library holds, where each browser's hello was answered so.
pub(in crate::check) fn taken_over(browsers: &[(Browser, HelloAnswer)]) -> TlsSession {
    let hello = |(browser, answer): &(Browser, HelloAnswer)| BrowserHello {
        browser: *browser,
        answer: answer.clone(),
    };
    let second = SecondStack {
        first: TlsFailure::Alert { code: 40, name: String::new() },
        browsers: browsers.iter().map(hello).collect(),
        policy: "20241106".to_owned(),
    };
    TlsSession { second_stack: Some(Box::new(second)), ..session() }
}

/// A handshake that failed so, with this session behind it.
pub(in crate::check) fn failed_before(failure: TlsFailure, session: TlsSession) -> Conversation {
    let failed = TlsFailed::with_session(failure, session);
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Err(failed)),
        http: None,
        recheck: None,
    }
}

/// A service that speaks TLS and has an address of each family.
pub(in crate::check) fn tls_service() -> World {
    World::with_service("tls: \"www.example.vn:636\"").published()
}

impl World {
    /// One attempt after the other at a handshake.
    pub(in crate::check) fn shaken(mut self, to: &str, attempts: &[&Conversation]) -> Self {
        let address = to.parse().unwrap();
        let question =
            ConversationQuestion { address, tls: Some(www_host()), http: None, mss: None };
        for (at, seen) in attempts.iter().enumerate() {
            let reply = Reply::Conversation(Box::new((*seen).clone()));
            self.observe(Question::Conversation(question.clone()), at as u8 + 1, reply);
        }
        self
    }
}

/// A handshake that showed these certificates.
pub(in crate::check) fn handshake_with_chain(chain: Vec<Blob>) -> Conversation {
    handshake(TlsSession { chain, ..session() })
}

/// The same, where this authority is trusted.
pub(in crate::check) fn trusting(mut world: World, root: &Issuer) -> World {
    world.trust = TrustedRoots::new(&[root.der().to_vec()]).unwrap();
    world
}

/// The outcome of one check for a chain.
pub(in crate::check) fn outcome_of_chain(
    id: &str,
    root: &Issuer,
    chain: Vec<Blob>,
) -> (Outcome, &'static str) {
    trusting(tls_service().shaken(TLS_SIX, &[&handshake_with_chain(chain)]), root).outcome_of(id)
}

/// Two handshakes that completed, each with its chain, before the exchange broke off.
pub(in crate::check) fn two_handshakes(root: &Issuer, chains: [Vec<Blob>; 2]) -> World {
    let [first, second] = chains.map(|chain| Conversation {
        http: Some(Err(HttpFailure::Net { failure: NetFailure::Reset })),
        ..handshake_with_chain(chain)
    });
    let world = World::new("active").published();
    trusting(world.visits(URL, "2001:db8::1", &[&first, &second]), root)
}

/// Rows without a certificate, for every check that judges one.
pub(in crate::check) fn assert_unseen_sessions(id: &str) {
    let ours = &down(NetFailure::NoRoute);
    let reset = &no_tls(TlsFailure::Net { failure: NetFailure::Reset });
    for (attempts, expected) in [
        (&[ours, ours][..], common::OUR_FAULT),
        (&[reset, ours], common::OUR_FAULT),
        (&[ours, reset], common::OUR_FAULT),
        (&[reset, reset], common::LOWER_LAYER),
        (&[reset], common::NOT_OBSERVED),
        (&[], common::NOT_OBSERVED),
    ] {
        let world = tls_service().shaken(TLS_SIX, attempts);
        assert_eq!(world.outcome_of(id), (Inconclusive, expected), "{id} {attempts:?}");
    }
    let plain = World::with_service("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"), "{id}");
}
