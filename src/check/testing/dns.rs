//! Messages of resolvers.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SOA};
use hickory_proto::rr::{Name as WireName, RData, Record};

use crate::model::{Blob, DnsMessage, NetFailure, Reply};

/// An address record of `www.example.vn`.
pub(in crate::check) fn address(text: &str) -> (&'static str, RData) {
    let data = match text.parse().unwrap() {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    };
    ("www.example.vn.", data)
}

/// A CNAME record.
pub(in crate::check) fn alias(owner: &'static str, target: &str) -> (&'static str, RData) {
    (owner, RData::CNAME(CNAME(WireName::from_ascii(target).unwrap())))
}

/// A positive answer with these records; an empty one is a negative answer.
pub(in crate::check) fn answer(records: &[(&str, RData)]) -> Reply {
    message(ResponseCode::NoError, records)
}

/// A message with this RCODE.
pub(in crate::check) fn message(rcode: ResponseCode, records: &[(&str, RData)]) -> Reply {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = rcode;
    for (owner, data) in records {
        let owner = WireName::from_ascii(owner).unwrap();
        message.answers.push(Record::from_rdata(owner, 60, data.clone()));
    }
    // Negative answers say by whose authority (RFC 2308 §2).
    if records.is_empty() {
        let zone = WireName::from_ascii("example.vn.").unwrap();
        message.authorities.push(Record::from_rdata(zone, 60, soa()));
    }
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

/// The SOA record of `example.vn`.
pub(in crate::check) fn soa() -> RData {
    let name = |text| WireName::from_ascii(text).unwrap();
    RData::SOA(SOA::new(name("ns1.example.vn."), name("h.example.vn."), 1, 1, 1, 1, 1))
}

/// An answer with one record.
pub(in crate::check) fn single_answer(owner: &str, data: RData) -> Reply {
    answer(&[(owner, data)])
}

/// No answer from the resolver.
pub(in crate::check) fn servfail() -> Reply {
    message(ResponseCode::ServFail, &[])
}

/// No such name.
pub(in crate::check) fn nxdomain() -> Reply {
    message(ResponseCode::NXDomain, &[])
}

/// The resolver could not be asked.
pub(in crate::check) fn unasked() -> Reply {
    Reply::DnsFailed(NetFailure::NoRoute)
}

/// A negative answer that names the zone.
pub(in crate::check) fn negative(apex: &str) -> Reply {
    let name = |text: &str| WireName::from_ascii(text).unwrap();
    let soa = SOA::new(name(apex), name(apex), 1, 1, 1, 1, 1);
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.authorities.push(Record::from_rdata(name(apex), 60, RData::SOA(soa)));
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

/// The same message, with authority.
pub(in crate::check) fn authoritative(reply: &Reply) -> Reply {
    let Reply::Dns(message) = reply else { panic!("{reply:?} is no message") };
    let mut message = Message::from_vec(message.raw().bytes()).unwrap();
    message.metadata.authoritative = true;
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

/// Our own fault.
pub(in crate::check) fn our_fault() -> Reply {
    Reply::DnsFailed(NetFailure::NoRoute)
}
