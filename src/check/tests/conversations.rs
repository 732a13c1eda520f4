//! Conversations made by hand: what each attempt at an address showed, layer by layer.

use super::*;
use crate::model::{Host, TlsFailed, TlsFailure, TlsSession};

/// 2027-01-15 08:00:00 UTC.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) const SIX: &str = "[2001:db8::1]:443";
pub(super) const SIX_TOO: &str = "[2001:db8::2]:443";
pub(super) const FOUR: &str = "192.0.2.1:443";

/// Nothing but a failed connection.
pub(super) fn down(failure: NetFailure) -> Conversation {
    Conversation { connect: Err(failure), tls: None, http: None }
}

/// A connection on which TLS was not tried.
pub(super) fn up() -> Conversation {
    Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: None, http: None }
}

/// A connection on which TLS failed so.
pub(super) fn broken(failure: TlsFailure) -> Conversation {
    Conversation { tls: Some(Err(TlsFailed { failure, chain: Vec::new() })), ..up() }
}

/// A connection that broke while TLS was under way.
pub(super) fn cut(failure: NetFailure) -> Conversation {
    broken(TlsFailure::Net { failure })
}

/// A connection on which TLS completed.
pub(super) fn secured(session: TlsSession) -> Conversation {
    Conversation { tls: Some(Ok(session)), ..up() }
}

/// What our own machine runs out of.
pub(super) fn exhausted() -> NetFailure {
    NetFailure::Exhausted { errno: "ENOBUFS".to_owned() }
}

/// What our own library could not do.
pub(super) fn our_library() -> TlsFailure {
    TlsFailure::Ours { detail: "no entropy".to_owned() }
}

pub(super) fn alert() -> TlsFailure {
    TlsFailure::Alert { code: 70, name: "protocol_version".to_owned() }
}

pub(super) fn host() -> Host {
    Host::Name(Name::from_presentation("www.example.vn"))
}

/// A session in which these certificates were sent.
pub(super) fn session(chain: &[Blob]) -> TlsSession {
    TlsSession {
        elapsed_us: 1,
        version: "TLSv1.3".to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        group: Some("X25519".to_owned()),
        alpn: Some("h2".to_owned()),
        chain: chain.to_vec(),
        ocsp: None,
    }
}

impl World {
    /// The attempts at the front page from an address, in order.
    pub(super) fn talks(self, to: &str, attempts: &[Conversation]) -> Self {
        self.visits(URL, to, attempts)
    }

    /// As [`World::talks`], of its plain-HTTP twin.
    pub(super) fn talks_plainly(self, to: &str, attempts: &[Conversation]) -> Self {
        self.visits("http://www.example.vn/", to, attempts)
    }

    /// The attempts at a page.
    pub(super) fn visits(mut self, url: &str, to: &str, attempts: &[Conversation]) -> Self {
        let question = facts::conversation_question(&Url::parse(url).unwrap(), to.parse().unwrap());
        for (at, seen) in attempts.iter().enumerate() {
            let reply = Reply::Conversation(Box::new(seen.clone()));
            self.seen_now(Question::Conversation(question.clone()), at as u8 + 1, reply);
        }
        self
    }

    /// An observation of the moment at which the certificates are valid.
    pub(super) fn seen_now(&mut self, question: Question, attempt: u8, reply: Reply) {
        let request = Request::nth(question, attempt);
        let observed_at = Timestamp::from_second(NOW).unwrap();
        let observation = Observation { request, observed_at, elapsed_us: 1, reply };
        self.evidence.insert(observation.id(), Arc::new(observation));
    }

    /// The host has these addresses.
    pub(super) fn addressed(self, addresses: &[&str]) -> Self {
        let of = |is_ipv6: bool| {
            let family = addresses.iter().filter(|text| text.contains(':') == is_ipv6);
            answer(&family.map(|text| address(text)).collect::<Vec<_>>())
        };
        self.dns("www.example.vn", RecordType::AAAA, &of(true)).dns(
            "www.example.vn",
            RecordType::A,
            &of(false),
        )
    }
}
