//! A zone below a root and a top-level domain, made by hand, in which a table changes one thing.

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{Name as WireName, RData, Record};

use crate::check::testing::dns::{address, soa};
use crate::check::testing::world::World;
use crate::model::{
    Blob, DnsMessage, DnsQuestion, NetFailure, Question, RecordType, Reply, Request, Transport,
};
use crate::plan;

/// The addresses of the zone's two name servers.
pub(in crate::check) const NS1: [&str; 2] = ["2001:db8:1::53", "192.0.2.11"];

pub(in crate::check) const NS2: [&str; 2] = ["2001:db8:2::53", "192.0.2.12"];

/// The root's server and that of `vn.`.
pub(in crate::check) const ROOT: &str = "2001:db8:a::1";

pub(in crate::check) const VN: &str = "2001:db8:a::2";

/// Requests that a table may cause: more than enough.
pub(in crate::check) const REQUESTS_MAX: usize = 2_000;

/// What is asked, in one word: server, transport, name and type.
pub(in crate::check) struct ServerQuery<'q> {
    pub at: String,
    pub over: Transport,
    pub name: &'q str,
    pub record_type: RecordType,
    pub attempt: u8,
    pub recursive: bool,
    /// Whether for an answer that is often large.
    pub dnssec_ok: bool,
    pub checking_disabled: bool,
    pub without_edns: bool,
}

impl ServerQuery<'_> {
    pub fn is(&self, name: &str, record_type: RecordType) -> bool {
        self.name == name && self.record_type == record_type
    }

    /// Whether it is asked of one of the zone's own servers.
    pub fn of_zone(&self) -> bool {
        NS1.iter().chain(&NS2).any(|address| *address == self.at)
    }
}

/// What a table changes: `None` leaves the healthy answer.
pub(in crate::check) type Change<'c> = &'c dyn Fn(&ServerQuery<'_>) -> Option<Reply>;

/// The message of a server: whether with authority, and its sections.
#[derive(Clone, Default)]
pub(in crate::check) struct ServerMessage {
    pub rcode: u16,
    pub authoritative: bool,
    pub truncated: bool,
    pub answers: Vec<(String, RData)>,
    pub authorities: Vec<(String, RData)>,
    pub additionals: Vec<(String, RData)>,
}

impl ServerMessage {
    pub fn reply(&self) -> Reply {
        let mut message = Message::new(1, MessageType::Response, OpCode::Query);
        message.metadata.response_code = ResponseCode::from(0, self.rcode as u8);
        message.metadata.authoritative = self.authoritative;
        message.metadata.truncation = self.truncated;
        let records = |list: &[(String, RData)]| {
            let record = |(owner, data): &(String, RData)| {
                Record::from_rdata(WireName::from_ascii(owner).unwrap(), 60, data.clone())
            };
            list.iter().map(record).collect::<Vec<_>>()
        };
        message.answers = records(&self.answers);
        message.authorities = records(&self.authorities);
        message.additionals = records(&self.additionals);
        Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
    }
}

/// An answer with authority; an empty one names whose (RFC 2308 §2).
pub(in crate::check) fn authoritative_answer(answers: &[(&str, RData)]) -> ServerMessage {
    let answers: Vec<_> =
        answers.iter().map(|(owner, data)| ((*owner).to_owned(), data.clone())).collect();
    let authority = answers.is_empty().then(|| ("example.vn.".to_owned(), soa()));
    let authorities = authority.into_iter().collect();
    ServerMessage { authoritative: true, answers, authorities, ..ServerMessage::default() }
}

/// An answer that is cut off, with more over TCP.
pub(in crate::check) fn truncated() -> Reply {
    ServerMessage { truncated: true, ..authoritative_answer(&[]) }.reply()
}

/// An answer with authority and this RCODE.
pub(in crate::check) fn rcode(rcode: u16) -> Reply {
    ServerMessage { rcode, ..authoritative_answer(&[]) }.reply()
}

pub(in crate::check) fn silence() -> Reply {
    Reply::DnsFailed(NetFailure::TimedOut)
}

pub(in crate::check) fn garbage() -> Reply {
    Reply::Dns(DnsMessage::new(Blob::new(vec![1, 2, 3])))
}

pub(in crate::check) fn ns(server: &str) -> RData {
    RData::NS(NS(WireName::from_ascii(server).unwrap()))
}

pub(in crate::check) fn address_data(text: &str) -> RData {
    address(text).1
}

/// A delegation with its name servers and their glue.
pub(in crate::check) fn referral(zone: &str, servers: &[(&str, &[&str])]) -> ServerMessage {
    let glue = |(name, glue): &(&str, &[&str])| {
        let name = (*name).to_owned();
        glue.iter().map(move |address| (name.clone(), address_data(address))).collect::<Vec<_>>()
    };
    ServerMessage {
        authorities: servers.iter().map(|(name, _)| (zone.to_owned(), ns(name))).collect(),
        additionals: servers.iter().flat_map(glue).collect(),
        ..ServerMessage::default()
    }
}

/// The delegation of the zone as it should be.
pub(in crate::check) fn delegation() -> ServerMessage {
    referral("example.vn.", &[("ns1.example.vn.", &NS1), ("ns2.example.vn.", &NS2)])
}

/// What every server replies when nothing is wrong.
pub(in crate::check) fn healthy(asked: &ServerQuery<'_>) -> Reply {
    match asked.at.as_str() {
        ROOT => referral("vn.", &[("a.dns.vn.", &[VN])]).reply(),
        VN => delegation().reply(),
        _ => healthy_zone(asked),
    }
}

/// What the zone's servers reply when nothing is wrong.
pub(in crate::check) fn healthy_zone(asked: &ServerQuery<'_>) -> Reply {
    let message = match (asked.name, asked.record_type) {
        ("example.vn", RecordType::SOA) => authoritative_answer(&[("example.vn.", soa())]),
        ("example.vn", RecordType::NS) => authoritative_answer(&[
            ("example.vn.", ns("ns1.example.vn.")),
            ("example.vn.", ns("ns2.example.vn.")),
        ]),
        ("www.example.vn", RecordType::AAAA) => {
            authoritative_answer(&[("www.example.vn.", address_data("2001:db8::1"))])
        }
        ("www.example.vn", RecordType::A) => {
            authoritative_answer(&[("www.example.vn.", address_data("192.0.2.1"))])
        }
        ("ns1.example.vn", RecordType::AAAA) => {
            authoritative_answer(&[("ns1.example.vn.", address_data(NS1[0]))])
        }
        ("ns1.example.vn", RecordType::A) => {
            authoritative_answer(&[("ns1.example.vn.", address_data(NS1[1]))])
        }
        ("ns2.example.vn", RecordType::AAAA) => {
            authoritative_answer(&[("ns2.example.vn.", address_data(NS2[0]))])
        }
        ("ns2.example.vn", RecordType::A) => {
            authoritative_answer(&[("ns2.example.vn.", address_data(NS2[1]))])
        }
        _ => authoritative_answer(&[]),
    };
    message.reply()
}

impl World {
    /// A service in the zone, after everything that DNS is asked of was asked.
    pub(in crate::check) fn with_zone(declared: &str, change: Change<'_>) -> Self {
        Self::with_service(declared).with_dns_answers(change)
    }

    /// Asks what a check still wants of DNS until it wants nothing more: also what the planner leaves for
    /// later.
    pub(in crate::check) fn with_dns_answers_for(self, check: &str, change: Change<'_>) -> Self {
        self.with_dns_answers_to(|world| world.missing_for(check), change)
    }

    /// Asks what the planner wants of DNS until it wants nothing more.
    pub(in crate::check) fn with_dns_answers(mut self, change: Change<'_>) -> Self {
        let hints = format!(". NS a.root.\na.root. AAAA {ROOT}\n");
        self.inventory.settings.root_hints = Some(hints);
        let service = std::sync::Arc::clone(&self.inventory.services[0]);
        self.with_dns_answers_to(|world| plan::next(&world.view(), &service), change)
    }

    /// Asks what is wanted of DNS until nothing more is.
    fn with_dns_answers_to(
        mut self,
        wanted: impl Fn(&Self) -> Vec<Request>,
        change: Change<'_>,
    ) -> Self {
        loop {
            let mut is_over = true;
            for request in wanted(&self) {
                let Question::Dns(question) = &request.question else { continue };
                is_over = false;
                let reply = reply(question, request.attempt, change);
                self.observe(request.question.clone(), request.attempt, reply);
            }
            if is_over {
                return self;
            }
            assert!(self.evidence.len() < REQUESTS_MAX, "asks for ever");
        }
    }
}

pub(in crate::check) fn reply(question: &DnsQuestion, attempt: u8, change: Change<'_>) -> Reply {
    let name = question.name.to_string();
    let asked = ServerQuery {
        at: question.server.ip().to_string(),
        over: question.transport,
        name: name.trim_end_matches('.'),
        record_type: question.record_type,
        attempt,
        recursive: question.recursion_desired,
        dnssec_ok: question.dnssec_ok,
        checking_disabled: question.checking_disabled,
        without_edns: question.without_edns,
    };
    change(&asked).unwrap_or_else(|| healthy(&asked))
}
