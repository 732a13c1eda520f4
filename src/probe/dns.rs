//! DNS with one server, over UDP and TCP: a question goes out once, and what comes back is kept as
//! it came.
//!
//! Nothing here judges an answer. A message counts as the answer when it comes from the address
//! and port that were asked, carries the question's id and the QR bit, and repeats the question
//! (RFC 5452 §9.1). Every other message is dropped and counted, and the question goes on waiting.
//! What then turns out to be malformed is an answer all the same: see [`query::QuestionSection::is_answered_by`].

mod connection;
pub(super) mod decoders;
mod in_flight;
mod query;
mod tcp;
mod udp;

#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

pub use in_flight::DroppedAnswers;

use self::query::Query;
use super::pacing::Sign;
use crate::model::{Blob, DnsMessage, DnsQuestion, NetFailure, Reply, Settings, Transport};

/// Octets from which on a message that was cut off holds records, so that its size was the reason.
const CUT_FOR_SIZE_OCTETS: usize = 512;

/// What a reply to a DNS question says of the pace at which its server is asked.
pub(super) fn sign(reply: &Reply) -> Sign {
    const TRUNCATED: u8 = 0x02;
    const RCODE: u8 = 0x0f;
    const REFUSED: u8 = 5;
    match reply {
        Reply::Dns(message) => match message.raw().bytes() {
            octets @ [_, _, flags, _, ..]
                if flags & TRUNCATED != 0 && octets.len() < CUT_FOR_SIZE_OCTETS =>
            {
                Sign::Limited
            }
            [_, _, _, flags, ..] if flags & RCODE == REFUSED => Sign::Limited,
            _ => Sign::Whole,
        },
        Reply::DnsFailed(NetFailure::TimedOut) => Sign::Lost,
        Reply::DnsFailed(NetFailure::Closed | NetFailure::Reset) => Sign::Limited,
        _ => Sign::Nothing,
    }
}

/// Asks DNS questions. Many tasks share one client, and with it a few UDP sockets and the TCP connections
/// that are open.
pub(super) struct Client {
    udp: udp::Sockets,
    tcp: tcp::Connections,
    deadline: Duration,
    message_octets_max: usize,
}

impl Client {
    /// Opens the shared sockets; must be called within a tokio runtime.
    ///
    /// # Errors
    /// When sockets can't be opened or registered. A family that the kernel doesn't have is no
    /// error: asking over it fails with [`NetFailure::NoRoute`].
    pub fn new(settings: &Settings) -> io::Result<Self> {
        Ok(Self {
            udp: udp::Sockets::open()?,
            tcp: tcp::Connections::default(),
            deadline: settings.timeouts.dns,
            message_octets_max: settings.limits.dns_message_octets,
        })
    }

    /// Sends one question and waits for its answer. Dropping the future abandons it. `None` when it shared a
    /// connection that brought no answer: asked again, it gets one of its own.
    pub async fn exchange(&self, question: &DnsQuestion) -> Option<Reply> {
        let outcome = match Query::new(question) {
            Ok(query) => self.send(query, question).await?,
            Err(failure) => Err(failure),
        };
        Some(match outcome {
            Ok(octets) => Reply::Dns(DnsMessage::new(octets)),
            Err(failure) => Reply::DnsFailed(failure),
        })
    }

    /// The messages dropped until now, because they answered no question of ours.
    pub fn dropped(&self) -> DroppedAnswers {
        self.udp.dropped()
    }

    async fn send(&self, query: Query, question: &DnsQuestion) -> Option<Result<Blob, NetFailure>> {
        let (server, deadline) = (question.server, self.deadline);
        Some(match question.transport {
            Transport::Udp => self.udp.exchange(query, server, deadline).await.map(Blob::new),
            Transport::Tcp => {
                let octets_max = self.message_octets_max;
                self.tcp.exchange(query, server, deadline, octets_max).await?.map(Blob::new)
            }
        })
    }
}
