//! One question to one authoritative server, and what came of it.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::evidence::query::{Gap, View};
use crate::model::{
    DnsQuestion, Message, Name, NetFailure, ObservationId, Question, Rcode, RecordType, Reply,
    Transport,
};

/// The port of name servers (RFC 1035 §4.2).
pub(in crate::evidence) const DNS_PORT: u16 = 53;

/// Every attempt at one question to one server.
#[derive(Clone, Debug)]
pub struct ServerExchange {
    /// What was asked.
    pub question: DnsQuestion,
    /// What came of it.
    pub outcome: ExchangeOutcome,
    /// The size of the message that came, in octets.
    pub size_octets: usize,
    /// How long the attempt that brought it took, in microseconds.
    pub elapsed_us: u64,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// What came of a question to a server.
#[derive(Clone, Debug)]
pub enum ExchangeOutcome {
    /// Not asked (yet), or to be asked again.
    Pending,
    /// The visit rules forbid to ask there.
    NotVisited,
    /// A message.
    Message(Arc<Message>),
    /// What came is no DNS message.
    Malformed,
    /// No attempt brought a message. The failure is our own where only silence speaks against the
    /// server and some attempt could not be made: such a silence was not tried often enough.
    Failed(NetFailure),
}

impl ServerExchange {
    /// The message, if one came.
    pub fn message(&self) -> Option<&Message> {
        match &self.outcome {
            ExchangeOutcome::Message(message) => Some(message),
            _ => None,
        }
    }

    /// Why nothing can be said of the server, when that is not its doing.
    pub fn gap(&self) -> Option<Gap> {
        match &self.outcome {
            ExchangeOutcome::Pending => Some(Gap::NotObserved),
            ExchangeOutcome::NotVisited => Some(Gap::NotVisited),
            ExchangeOutcome::Failed(failure) if failure.is_ours() => Some(Gap::OurFault),
            _ => None,
        }
    }

    /// Whether it failed through our own fault.
    pub fn is_ours(&self) -> bool {
        self.gap() == Some(Gap::OurFault)
    }

    /// Whether it has yet to be asked.
    pub fn is_pending(&self) -> bool {
        self.gap() == Some(Gap::NotObserved)
    }
}

/// A question to an authoritative server: without RD.
pub fn server_question(
    server: SocketAddr,
    transport: Transport,
    name: &Name,
    record_type: RecordType,
    dnssec_ok: bool,
) -> DnsQuestion {
    DnsQuestion {
        server,
        transport,
        name: name.clone(),
        record_type,
        recursion_desired: false,
        checking_disabled: false,
        dnssec_ok,
        without_edns: false,
    }
}

/// Reads what came of a question that is asked up to `attempts` times, as long as nothing comes.
///
/// A server that does not know EDNS has to say FORMERR (RFC 6891 §7), and is asked again without it,
/// as resolvers do. A question with the DO bit makes no sense without EDNS and is left at that.
pub fn server_exchange(view: &View<'_>, question: DnsQuestion, attempts: u8) -> ServerExchange {
    let mut exchange = ServerExchange {
        question,
        outcome: ExchangeOutcome::Pending,
        size_octets: 0,
        elapsed_us: 0,
        observations: Vec::new(),
    };
    if view.forbids(exchange.question.server.ip()).is_some() {
        exchange.outcome = ExchangeOutcome::NotVisited;
        return exchange;
    }
    let question = Question::Dns(exchange.question.clone());
    let mut theirs = None;
    let mut ours = None;
    for (observation, id) in view.attempts(&question) {
        if observation.request.attempt > attempts.max(1) {
            break;
        }
        exchange.observations.push(id);
        match &observation.reply {
            Reply::Dns(message) => {
                exchange.size_octets = message.size_octets();
                exchange.elapsed_us = observation.elapsed_us;
                exchange.outcome = match message.decoded() {
                    Ok(message) if knows_no_edns(message, &exchange.question) => {
                        let without = DnsQuestion { without_edns: true, ..exchange.question };
                        let mut again = server_exchange(view, without, attempts);
                        again.observations.splice(0..0, exchange.observations);
                        return again;
                    }
                    Ok(message) => ExchangeOutcome::Message(Arc::clone(message)),
                    Err(_) => ExchangeOutcome::Malformed,
                };
                return exchange;
            }
            Reply::DnsFailed(failure) if failure.is_ours() => ours = Some(failure.clone()),
            Reply::DnsFailed(failure) => theirs = Some(failure.clone()),
            _ => {}
        }
    }
    if view.request_missing(question, 1..=attempts.max(1)) {
        return exchange;
    }
    exchange.outcome = match (theirs, ours) {
        (Some(NetFailure::TimedOut) | None, Some(failure)) | (Some(failure), _) => {
            ExchangeOutcome::Failed(failure)
        }
        (None, None) => ExchangeOutcome::Malformed,
    };
    exchange
}

/// Servers older than EDNS answer so, with or without the OPT record that they were sent.
fn knows_no_edns(message: &Message, asked: &DnsQuestion) -> bool {
    let is_refused = matches!(message.rcode, Rcode::FORMERR | Rcode::NOTIMP);
    is_refused && !asked.without_edns && !asked.dnssec_ok
}
