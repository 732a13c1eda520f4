//! Whether a large answer comes from a name server.

use std::net::SocketAddr;

use super::authority::ServerAddress;
use super::exchange::{self, ExchangeOutcome, ServerExchange, server_exchange};
use crate::evidence::query::{Gap, View};
use crate::model::{Name, ObservationId, Rcode, RecordType, Transport};

/// Octets that fit an answer without EDNS (RFC 1035 §4.2.1): more than that is large.
const CLASSIC_OCTETS: usize = 512;

/// What questions offer to take over UDP, which no path has to fragment (RFC 9715 §3).
const OFFERED_OCTETS: usize = 1232;

/// What is asked for because it is often large: keys with their signatures, then texts.
const OFTEN_LARGE: [RecordType; 2] = [RecordType::DNSKEY, RecordType::TXT];

/// Whether a large answer comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LargeResponse {
    /// In one datagram.
    Arrives(usize),
    /// Truncated, and then over TCP.
    ArrivesOverTcp(usize),
    /// Truncated, and then not over TCP.
    TcpFails,
    /// In one datagram that is larger than was offered to be taken (RFC 6891 §6.2.5).
    Exceeds(usize),
    /// Nothing comes to a question that may have a large answer, and small answers do come.
    Lost,
    /// The server refuses questions with EDNS.
    EdnsRefused,
    /// What comes is no DNS message.
    Malformed,
    /// The server gives an RCODE instead of an answer.
    Unanswered,
    /// The zone has nothing large to ask for.
    NothingLarge,
    /// It is not known.
    Unknown(Gap),
}

/// What was found, and what it rests on.
#[derive(Clone, Debug)]
pub struct LargeResponseEvidence {
    /// Whether a large answer comes.
    pub large: LargeResponse,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// Reads whether a large answer comes from an address that answers well over UDP; `None` for any
/// other.
pub fn large_response(
    view: &View<'_>,
    apex: &Name,
    at: &ServerAddress,
) -> Option<LargeResponseEvidence> {
    let mut reading =
        LargeResponseEvidence { large: LargeResponse::NothingLarge, observations: Vec::new() };
    if at.usable(apex) != Some(Transport::Udp) {
        return None;
    }
    let mut is_unanswered = false;
    for record_type in OFTEN_LARGE {
        let ask = |transport| {
            let socket = SocketAddr::new(at.address, at.udp.question.server.port());
            let question = exchange::server_question(socket, transport, apex, record_type, true);
            server_exchange(view, question, view.settings.attempts)
        };
        let udp = ask(Transport::Udp);
        reading.add(&udp);
        reading.large = match &udp.outcome {
            ExchangeOutcome::Pending => LargeResponse::Unknown(Gap::NotObserved),
            ExchangeOutcome::Failed(failure) if failure.is_ours() => {
                LargeResponse::Unknown(Gap::OurFault)
            }
            ExchangeOutcome::Message(message) if message.truncated => {
                let tcp = ask(Transport::Tcp);
                reading.add(&tcp);
                match &tcp.outcome {
                    ExchangeOutcome::Pending => LargeResponse::Unknown(Gap::NotObserved),
                    ExchangeOutcome::Failed(failure) if failure.is_ours() => {
                        LargeResponse::Unknown(Gap::OurFault)
                    }
                    ExchangeOutcome::Message(message)
                        if message.rcode == Rcode::NOERROR && !message.truncated =>
                    {
                        LargeResponse::ArrivesOverTcp(tcp.size_octets)
                    }
                    _ => LargeResponse::TcpFails,
                }
            }
            ExchangeOutcome::Message(message)
                if matches!(message.rcode, Rcode::FORMERR | Rcode::NOTIMP) =>
            {
                LargeResponse::EdnsRefused
            }
            ExchangeOutcome::Message(message) if message.rcode != Rcode::NOERROR => {
                LargeResponse::Unanswered
            }
            ExchangeOutcome::Message(_) if udp.size_octets > OFFERED_OCTETS => {
                LargeResponse::Exceeds(udp.size_octets)
            }
            ExchangeOutcome::Message(_) if udp.size_octets > CLASSIC_OCTETS => {
                LargeResponse::Arrives(udp.size_octets)
            }
            ExchangeOutcome::Message(_) => LargeResponse::NothingLarge,
            ExchangeOutcome::Failed(_) => LargeResponse::Lost,
            ExchangeOutcome::Malformed => LargeResponse::Malformed,
            ExchangeOutcome::NotVisited => LargeResponse::NothingLarge,
        };
        match reading.large {
            LargeResponse::NothingLarge => {}
            // Another type may be answered.
            LargeResponse::Unanswered => is_unanswered = true,
            _ => return Some(reading),
        }
    }
    if is_unanswered {
        reading.large = LargeResponse::Unanswered;
    }
    Some(reading)
}

impl LargeResponseEvidence {
    fn add(&mut self, exchange: &ServerExchange) {
        self.observations.extend(&exchange.observations);
    }
}
