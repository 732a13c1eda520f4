//! A zone below a root and a top-level domain, made by hand, in which a table changes one thing.

use hickory_proto::rr::rdata::{NS, SOA};

use super::*;
use crate::model::{DnsQuestion, Transport};
use crate::plan;

/// The addresses of the zone's two name servers.
pub(super) const NS1: [&str; 2] = ["2001:db8:1::53", "192.0.2.11"];
pub(super) const NS2: [&str; 2] = ["2001:db8:2::53", "192.0.2.12"];
/// The root's server and that of `vn.`.
pub(super) const ROOT: &str = "2001:db8:a::1";
pub(super) const VN: &str = "2001:db8:a::2";

/// Requests that a table may cause: more than enough.
const REQUESTS_MAX: usize = 2_000;

/// What is asked, in one word: server, transport, name and type.
pub(super) struct Asked<'q> {
    pub at: String,
    pub over: Transport,
    pub name: &'q str,
    pub record_type: RecordType,
    pub attempt: u8,
    pub recursive: bool,
    /// Whether for an answer that is often large.
    pub dnssec_ok: bool,
    pub without_edns: bool,
}

impl Asked<'_> {
    pub fn is(&self, name: &str, record_type: RecordType) -> bool {
        self.name == name && self.record_type == record_type
    }

    /// Whether it is asked of one of the zone's own servers.
    pub fn of_zone(&self) -> bool {
        NS1.iter().chain(&NS2).any(|address| *address == self.at)
    }
}

/// What a table changes: `None` leaves the healthy answer.
pub(super) type Change<'c> = &'c dyn Fn(&Asked<'_>) -> Option<Reply>;

/// The message of a server: whether with authority, and its sections.
#[derive(Clone, Default)]
pub(super) struct Says {
    pub rcode: u16,
    pub authoritative: bool,
    pub truncated: bool,
    pub answers: Vec<(String, RData)>,
    pub authorities: Vec<(String, RData)>,
    pub additionals: Vec<(String, RData)>,
}

impl Says {
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

/// An answer with authority; an empty one says by whose (RFC 2308 §2).
pub(super) fn says(answers: &[(&str, RData)]) -> Says {
    let answers: Vec<_> =
        answers.iter().map(|(owner, data)| ((*owner).to_owned(), data.clone())).collect();
    let authority = answers.is_empty().then(|| ("example.vn.".to_owned(), soa()));
    let authorities = authority.into_iter().collect();
    Says { authoritative: true, answers, authorities, ..Says::default() }
}

/// An answer that says that there is more over TCP.
pub(super) fn truncated() -> Reply {
    Says { truncated: true, ..says(&[]) }.reply()
}

/// An answer with authority and this RCODE.
pub(super) fn rcode(rcode: u16) -> Reply {
    Says { rcode, ..says(&[]) }.reply()
}

pub(super) fn silence() -> Reply {
    Reply::DnsFailed(NetFailure::TimedOut)
}

/// Our own fault.
pub(super) fn ours() -> Reply {
    Reply::DnsFailed(NetFailure::NoRoute)
}

pub(super) fn garbage() -> Reply {
    Reply::Dns(DnsMessage::new(Blob::new(vec![1, 2, 3])))
}

pub(super) fn ns(server: &str) -> RData {
    RData::NS(NS(WireName::from_ascii(server).unwrap()))
}

pub(super) fn at(text: &str) -> RData {
    address(text).1
}

pub(super) fn soa() -> RData {
    let name = |text| WireName::from_ascii(text).unwrap();
    RData::SOA(SOA::new(name("ns1.example.vn."), name("h.example.vn."), 1, 1, 1, 1, 1))
}

/// A delegation with its name servers and their glue.
pub(super) fn referral(zone: &str, servers: &[(&str, &[&str])]) -> Says {
    let glue = |(name, glue): &(&str, &[&str])| {
        let name = (*name).to_owned();
        glue.iter().map(move |address| (name.clone(), at(address))).collect::<Vec<_>>()
    };
    Says {
        authorities: servers.iter().map(|(name, _)| (zone.to_owned(), ns(name))).collect(),
        additionals: servers.iter().flat_map(glue).collect(),
        ..Says::default()
    }
}

/// The delegation of the zone as it should be.
pub(super) fn delegation() -> Says {
    referral("example.vn.", &[("ns1.example.vn.", &NS1), ("ns2.example.vn.", &NS2)])
}

/// What everybody says when nothing is wrong.
fn healthy(asked: &Asked<'_>) -> Reply {
    let (name, record_type) = (asked.name, asked.record_type);
    let zone = |name: &str| -> Says {
        match (name, record_type) {
            ("example.vn", RecordType::SOA) => says(&[("example.vn.", soa())]),
            ("example.vn", RecordType::NS) => says(&[
                ("example.vn.", ns("ns1.example.vn.")),
                ("example.vn.", ns("ns2.example.vn.")),
            ]),
            ("www.example.vn", RecordType::AAAA) => says(&[("www.example.vn.", at("2001:db8::1"))]),
            ("www.example.vn", RecordType::A) => says(&[("www.example.vn.", at("192.0.2.1"))]),
            ("ns1.example.vn", RecordType::AAAA) => says(&[("ns1.example.vn.", at(NS1[0]))]),
            ("ns1.example.vn", RecordType::A) => says(&[("ns1.example.vn.", at(NS1[1]))]),
            ("ns2.example.vn", RecordType::AAAA) => says(&[("ns2.example.vn.", at(NS2[0]))]),
            ("ns2.example.vn", RecordType::A) => says(&[("ns2.example.vn.", at(NS2[1]))]),
            _ => says(&[]),
        }
    };
    let says = match asked.at.as_str() {
        ROOT => referral("vn.", &[("a.dns.vn.", &[VN])]),
        VN => delegation(),
        _ => zone(name),
    };
    says.reply()
}

impl World {
    /// A service in the zone, after everything that DNS is asked of was asked.
    pub(super) fn below(declared: &str, change: Change<'_>) -> Self {
        Self::of(declared).asked(change)
    }

    /// Asks what the planner wants of DNS until it wants nothing more.
    pub(super) fn asked(mut self, change: Change<'_>) -> Self {
        let hints = format!(". NS a.root.\na.root. AAAA {ROOT}\n");
        self.inventory.settings.root_hints = Some(hints);
        loop {
            let service = std::sync::Arc::clone(&self.inventory.services[0]);
            let next = plan::next(&self.view(), &service);
            let mut is_over = true;
            for request in next {
                let Question::Dns(question) = &request.question else { continue };
                is_over = false;
                let reply = reply(question, request.attempt, change);
                self.seen(request.question.clone(), request.attempt, reply);
            }
            if is_over {
                return self;
            }
            assert!(self.evidence.len() < REQUESTS_MAX, "the planner asks for ever");
        }
    }
}

fn reply(question: &DnsQuestion, attempt: u8, change: Change<'_>) -> Reply {
    let name = question.name.to_string();
    let asked = Asked {
        at: question.server.ip().to_string(),
        over: question.transport,
        name: name.trim_end_matches('.'),
        record_type: question.record_type,
        attempt,
        recursive: question.recursion_desired,
        dnssec_ok: question.dnssec_ok,
        without_edns: question.without_edns,
    };
    change(&asked).unwrap_or_else(|| healthy(&asked))
}
