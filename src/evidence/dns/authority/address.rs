//! One address of a zone's name servers, and how it answers.

use std::net::{IpAddr, SocketAddr};

use crate::evidence::dns::exchange::{
    self, DNS_PORT, ExchangeOutcome, ServerExchange, server_exchange,
};
use crate::evidence::query::{Gap, View};
use crate::model::{Family, Message, Name, Rcode, RecordType, Transport};

/// One address of a zone's name servers.
#[derive(Clone, Debug)]
pub struct ServerAddress {
    /// The (first) name server that has it.
    pub server: Name,
    /// The address.
    pub address: IpAddr,
    /// The question for the zone's SOA over UDP.
    pub udp: ServerExchange,
    /// The same over TCP.
    pub tcp: ServerExchange,
}

/// How a server answers for its zone over one transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// With authority, and RCODE 0.
    Well,
    /// That the answer doesn't fit a datagram: it is to be had over TCP, if at all.
    Truncated,
    /// It answers, but not so; the word says how.
    Badly(&'static str),
    /// It doesn't answer.
    Not,
    /// It is not known.
    Unknown(Gap),
}

impl ServerAddress {
    /// How it answers for the zone over a transport.
    pub fn answering(&self, apex: &Name, transport: Transport) -> Answering {
        let seen = match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
        };
        if let Some(gap) = seen.gap() {
            return Answering::Unknown(gap);
        }
        match &seen.outcome {
            ExchangeOutcome::Malformed => Answering::Badly("malformed"),
            ExchangeOutcome::Message(message)
                if message.truncated && transport == Transport::Udp =>
            {
                Answering::Truncated
            }
            ExchangeOutcome::Message(message) => match fault_of(message, apex) {
                None => Answering::Well,
                Some(how) => Answering::Badly(how),
            },
            _ => Answering::Not,
        }
    }

    /// The transport over which it answers well, UDP where it does; `None` where it doesn't, or
    /// where that isn't known yet.
    pub fn usable(&self, apex: &Name) -> Option<Transport> {
        let over = |transport| self.answering(apex, transport);
        match (over(Transport::Udp), over(Transport::Tcp)) {
            (Answering::Well, _) | (Answering::Truncated, Answering::Well) => Some(Transport::Udp),
            (Answering::Not | Answering::Badly(_), Answering::Well) => Some(Transport::Tcp),
            _ => None,
        }
    }

    /// The transport over which it answers at all, well or badly: software that knows nothing but addresses
    /// answers the question for the SOA badly, and those for A and AAAA well.
    fn talks(&self, apex: &Name) -> Option<Transport> {
        let over = |transport| self.answering(apex, transport);
        self.usable(apex).or_else(|| match (over(Transport::Udp), over(Transport::Tcp)) {
            (Answering::Badly(_), _) => Some(Transport::Udp),
            (_, Answering::Badly(_)) => Some(Transport::Tcp),
            _ => None,
        })
    }

    /// What it says to a further question, over TCP where it doesn't fit a datagram; `None` where
    /// it doesn't answer anything.
    pub fn ask(
        &self,
        view: &View<'_>,
        apex: &Name,
        name: &Name,
        record_type: RecordType,
    ) -> Option<ServerExchange> {
        let attempts = view.settings.attempts;
        let socket = SocketAddr::new(self.address, DNS_PORT);
        let over = |transport| {
            let question = exchange::server_question(socket, transport, name, record_type, false);
            server_exchange(view, question, attempts)
        };
        let transport = self.talks(apex)?;
        let first = over(transport);
        match first.message() {
            Some(message) if message.truncated && transport == Transport::Udp => {
                let mut second = over(Transport::Tcp);
                second.observations.splice(0..0, first.observations);
                Some(second)
            }
            _ => Some(first),
        }
    }

    /// The family of its address.
    pub fn family(&self) -> Family {
        Family::of(self.address)
    }
}

/// What is wrong with an answer to the question for a zone's SOA.
fn fault_of(message: &Message, apex: &Name) -> Option<&'static str> {
    let has_soa = message
        .answers
        .iter()
        .any(|record| record.name == *apex && record.record_type == RecordType::SOA);
    match message.rcode {
        Rcode::REFUSED => Some("refuses"),
        Rcode::SERVFAIL => Some("servfail"),
        Rcode::NOERROR if message.authoritative && has_soa => None,
        Rcode::NOERROR | Rcode::NXDOMAIN => Some("lame"),
        _ => Some("other-rcode"),
    }
}
