//! Facts: what was asked, when, and what came of it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Blob, Conversation, Digest, DnsMessage, Echoed, Greeting, LegacyAnswer, NetFailure,
    NtpExchange, Origins, QuicFailure, QuicSession, Request,
};

/// One fact. Failures are facts too; there is no error type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// What was asked.
    pub request: Request,
    /// When it was asked.
    pub observed_at: Timestamp,
    /// How long it took until it ended, in microseconds.
    pub elapsed_us: u64,
    /// What came of it.
    pub reply: Reply,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// A DNS message that matches the question by id, question and server. It may still be
    /// malformed: see [`DnsMessage::decoded`].
    Dns(DnsMessage),
    /// No DNS message came.
    DnsFailed(NetFailure),
    /// What a connection showed.
    Conversation(Box<Conversation>),
    /// What the greetings of a server showed.
    Greeting(Box<Greeting>),
    /// What came of a packet to a time server.
    Ntp(NtpExchange),
    /// Whether our kernel has a route: the source address that it would use.
    Route(Result<IpAddr, NetFailure>),
    /// What an old ClientHello brought.
    LegacyHello(LegacyAnswer),
    /// What a QUIC handshake showed.
    Quic(Result<QuicSession, QuicFailure>),
    /// What came of an echo request.
    Echo(Result<Echoed, NetFailure>),
    /// What the operator's tables hold for an address; `None` when there were none.
    Origin(Option<Origins>),
}

impl Reply {
    /// Whether a deadline ended it, at whatever layer.
    pub fn timed_out(&self) -> bool {
        let failure = match self {
            Self::DnsFailed(failure)
            | Self::Route(Err(failure))
            | Self::Echo(Err(failure))
            | Self::LegacyHello(LegacyAnswer::Net { failure })
            | Self::Quic(Err(QuicFailure::Net { failure })) => Some(failure),
            Self::Conversation(conversation) => return conversation.timed_out(),
            Self::Greeting(greeting) => {
                let silent = greeting.net_failure() == Some(&NetFailure::TimedOut);
                return silent || greeting.conversation.timed_out();
            }
            Self::Ntp(exchange) => exchange.answer.as_ref().err(),
            Self::Dns(_)
            | Self::Route(Ok(_))
            | Self::Echo(Ok(_))
            | Self::LegacyHello(_)
            | Self::Quic(_)
            | Self::Origin(_) => None,
        };
        failure == Some(&NetFailure::TimedOut)
    }
}

/// Names an observation: the digest of its canonical document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObservationId(pub Digest);

impl fmt::Display for ObservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv6.
    Ipv6,
    /// IPv4.
    Ipv4,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Ipv4,
            IpAddr::V6(_) => Self::Ipv6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv6 => "IPv6",
            Self::Ipv4 => "IPv4",
        })
    }
}

impl Observation {
    /// The canonical document: JSON in field order. What a store keeps and the digest names.
    pub fn document(&self) -> Vec<u8> {
        // Serialising these types to memory has no way to fail: no map has non-string keys.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a stored document. Its external blobs still have to be attached.
    ///
    /// # Errors
    /// When it is not an observation of a known format.
    pub fn from_document(document: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(document)
    }

    /// The identity of this fact.
    pub fn id(&self) -> ObservationId {
        ObservationId(Digest::of(&self.document()))
    }

    /// Every blob that this observation holds.
    pub fn blobs(&self) -> Vec<&Blob> {
        match &self.reply {
            Reply::Dns(message) => vec![message.raw()],
            Reply::Conversation(conversation) => conversation_blobs(conversation),
            Reply::Greeting(greeting) => conversation_blobs(&greeting.conversation),
            Reply::Ntp(exchange) => exchange.answer.iter().collect(),
            Reply::Quic(Ok(session)) => session.chain.iter().collect(),
            Reply::DnsFailed(_)
            | Reply::Route(_)
            | Reply::LegacyHello(_)
            | Reply::Quic(Err(_))
            | Reply::Echo(_)
            | Reply::Origin(_) => Vec::new(),
        }
    }

    /// Gives every external blob its bytes; returns the first digest that `find` doesn't know.
    ///
    /// # Errors
    /// The missing digest.
    pub fn attach(
        &mut self,
        mut find: impl FnMut(Digest) -> Option<Arc<[u8]>>,
    ) -> Result<(), Digest> {
        for blob in self.blobs_mut() {
            if !blob.is_attached() {
                let digest = blob.digest();
                blob.attach(find(digest).ok_or(digest)?);
            }
        }
        Ok(())
    }

    /// Lets go of what has been worked out of it: it is worked out again when it is asked for.
    pub fn forget_readings(&self) {
        let conversation = match &self.reply {
            Reply::Conversation(conversation) => conversation,
            Reply::Greeting(greeting) => &greeting.conversation,
            _ => return,
        };
        if let Some(Ok(response)) = &conversation.http {
            response.readings.clear();
        }
    }

    /// The socket address that was contacted, if any.
    pub fn peer(&self) -> Option<SocketAddr> {
        match &self.request.question {
            super::Question::Dns(question) => Some(question.server),
            super::Question::Conversation(question) => Some(question.address),
            super::Question::Greeting(question) => Some(question.address),
            super::Question::Ntp(question) => Some(question.server),
            super::Question::LegacyHello(question) => Some(question.address),
            super::Question::Quic(question) => Some(question.address),
            super::Question::Route(_) | super::Question::Echo(_) | super::Question::Origin(_) => {
                None
            }
        }
    }

    fn blobs_mut(&mut self) -> Vec<&mut Blob> {
        match &mut self.reply {
            Reply::Dns(message) => vec![message.raw_mut()],
            Reply::Conversation(conversation) => conversation_blobs_mut(conversation),
            Reply::Greeting(greeting) => conversation_blobs_mut(&mut greeting.conversation),
            Reply::Ntp(exchange) => exchange.answer.iter_mut().collect(),
            Reply::Quic(Ok(session)) => session.chain.iter_mut().collect(),
            Reply::DnsFailed(_)
            | Reply::Route(_)
            | Reply::LegacyHello(_)
            | Reply::Quic(Err(_))
            | Reply::Echo(_)
            | Reply::Origin(_) => Vec::new(),
        }
    }
}

fn conversation_blobs_mut(conversation: &mut Conversation) -> Vec<&mut Blob> {
    let Conversation { tls, http, .. } = conversation;
    let mut blobs = Vec::new();
    match tls {
        Some(Ok(session)) => {
            blobs.extend(&mut session.chain);
            blobs.extend(&mut session.ocsp);
        }
        Some(Err(failed)) => {
            blobs.extend(&mut failed.chain);
            if let Some(behind) = &mut failed.behind {
                blobs.extend(&mut behind.session.chain);
                blobs.extend(&mut behind.session.ocsp);
                blobs.extend(behind.http.iter_mut().flatten().map(|response| &mut response.body));
            }
        }
        None => {}
    }
    if let Some(Ok(response)) = http {
        blobs.push(&mut response.body);
    }
    blobs
}

fn conversation_blobs(conversation: &Conversation) -> Vec<&Blob> {
    let mut blobs = Vec::new();
    match &conversation.tls {
        Some(Ok(session)) => {
            blobs.extend(&session.chain);
            blobs.extend(&session.ocsp);
        }
        Some(Err(failed)) => {
            blobs.extend(&failed.chain);
            if let Some(behind) = &failed.behind {
                blobs.extend(&behind.session.chain);
                blobs.extend(&behind.session.ocsp);
                blobs.extend(behind.http.iter().flatten().map(|response| &response.body));
            }
        }
        None => {}
    }
    if let Some(Ok(response)) = &conversation.http {
        blobs.push(&response.body);
    }
    blobs
}
