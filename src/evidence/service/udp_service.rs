//! Services that are asked without a connection: name servers and time servers.

use std::net::SocketAddr;

use crate::evidence::dns::exchange;
use crate::evidence::query::{Gap, View};
use crate::model::{
    DnsQuestion, Message, Name, NetFailure, NtpExchange, NtpQuestion, ObservationId, Question,
    RecordType, Reply, Transport,
};

/// Every attempt at one such question.
#[derive(Clone, Debug)]
pub struct ServiceQuery<'e> {
    /// The address and port.
    pub server: SocketAddr,
    /// What came of each attempt, in order.
    pub replies: Vec<&'e Reply>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Why the visit rules forbid to ask, where they do.
    pub forbidden: Option<Gap>,
    /// Whether another attempt is still to be made.
    pub is_pending: bool,
}

/// What the attempts at a DNS question showed; an answer counts more than a failure.
#[derive(Clone, Debug)]
pub enum ServiceReply<'e> {
    /// A message that can be read.
    Message(&'e Message),
    /// A message that can't be read.
    Malformed,
    /// None, in the last attempt for this reason.
    Nothing(&'e NetFailure),
}

impl<'e> ServiceQuery<'e> {
    /// Why nothing can be said of the server, when that is not its doing.
    pub fn gap(&self) -> Option<Gap> {
        if self.forbidden.is_some() {
            self.forbidden
        } else if self.is_pending || self.replies.is_empty() {
            Some(Gap::NotObserved)
        } else {
            self.is_our_fault().then_some(Gap::OurFault)
        }
    }

    /// What came of a question to a name server.
    pub fn name_server_reply(&self) -> Option<ServiceReply<'e>> {
        let read = |reply: &&'e Reply| match *reply {
            Reply::Dns(message) => match message.decoded() {
                Ok(message) => Some(ServiceReply::Message(message)),
                Err(_) => Some(ServiceReply::Malformed),
            },
            Reply::DnsFailed(failure) => Some(ServiceReply::Nothing(failure)),
            _ => None,
        };
        let answered = self.replies.iter().find(|reply| matches!(reply, Reply::Dns(_)));
        answered.or(self.replies.last()).and_then(read)
    }

    /// What came of a question to a time server: its own answer to us, or else what came last.
    pub fn time_server_reply(&self) -> Option<&'e NtpExchange> {
        let exchanges = || {
            self.replies.iter().filter_map(|reply| match *reply {
                Reply::Ntp(exchange) => Some(exchange),
                _ => None,
            })
        };
        exchanges().find(|exchange| exchange.is_ours).or(exchanges().next_back())
    }

    /// Whether anything at all came back.
    pub fn is_answered(&self) -> bool {
        self.replies.iter().any(|reply| match reply {
            Reply::Dns(_) => true,
            Reply::Ntp(exchange) => exchange.answer.is_ok(),
            _ => false,
        })
    }

    /// Whether no attempt was answered, and one or more failed through our own fault: what the server
    /// would have answered to those is not known, whatever became of the rest.
    pub fn is_our_fault(&self) -> bool {
        let ours = |reply: &&Reply| match reply {
            Reply::DnsFailed(failure) => failure.is_ours(),
            Reply::Ntp(exchange) => exchange.answer.as_ref().is_err_and(NetFailure::is_ours),
            _ => false,
        };
        self.replies.iter().any(ours) && !self.replies.iter().copied().any(is_answer)
    }
}

/// Whether a server answered, so that it need not be asked again.
fn is_answer(reply: &Reply) -> bool {
    match reply {
        Reply::Dns(_) => true,
        Reply::Ntp(exchange) => exchange.is_ours,
        _ => false,
    }
}

/// How a name server answers [`name_server_question`].
pub fn name_server<'e>(
    view: &View<'e>,
    server: SocketAddr,
    transport: Transport,
) -> ServiceQuery<'e> {
    service_query(view, server, name_server_question(server, transport))
}

/// A question that every name server can answer or refuse: the root's SOA, with recursion desired.
pub fn name_server_question(server: SocketAddr, transport: Transport) -> Question {
    let question =
        exchange::server_question(server, transport, &Name::root(), RecordType::SOA, false);
    Question::Dns(DnsQuestion { recursion_desired: true, ..question })
}

/// The time of a time server.
pub fn time_server<'e>(view: &View<'e>, server: SocketAddr) -> ServiceQuery<'e> {
    service_query(view, server, Question::Ntp(NtpQuestion { server }))
}

/// Asked again, up to the number of attempts, until something comes back.
fn service_query<'e>(view: &View<'e>, server: SocketAddr, question: Question) -> ServiceQuery<'e> {
    let mut query = ServiceQuery {
        server,
        replies: Vec::new(),
        observations: Vec::new(),
        forbidden: view.forbids(server.ip()),
        is_pending: false,
    };
    if query.forbidden.is_some() {
        return query;
    }
    let mut is_settled = false;
    for (observation, id) in view.attempts(&question) {
        query.observations.push(id);
        query.replies.push(&observation.reply);
        is_settled |= is_answer(&observation.reply);
    }
    if !is_settled {
        query.is_pending = view.request_next_attempt(question);
    }
    query
}
