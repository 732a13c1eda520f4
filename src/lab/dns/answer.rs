//! What a name server answers to a question, from the zones that it serves (RFC 1034 §4.3.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::{Edns, Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::hierarchy::ServedZone;
use super::published::{Node, PublishedZone};
use super::zone::{Behaviour, address_data};

/// Links of an alias chain inside one zone that an answer holds.
const CHAIN_MAX: usize = 16;

/// The largest UDP answer that is sent, whatever the client would take (the DNS flag day's value).
pub(super) const UDP_MAX: u16 = 1232;

/// The answer to a message; `None` when the server doesn't answer. `udp` tells whether it has to fit
/// a datagram.
pub(super) fn answer(parts: &[ServedZone], octets: &[u8], udp: bool) -> Option<Vec<u8>> {
    let asked = Message::from_vec(octets).ok()?;
    let query = asked.queries.first()?.clone();
    let mut answer = empty_response(&asked);
    let part = zone_for(parts, query.name(), query.query_type());
    let behaviour = part.map_or(Behaviour::Healthy, |part| part.behaviour);
    let is_aaaa = query.query_type() == RecordType::AAAA;
    // Its servers' own addresses are answered for and have not changed: else whoever asks it first
    // finds no server.
    let names_server = part.is_some_and(|part| part.zone.names_server(query.name()));
    match behaviour {
        Behaviour::Silent | Behaviour::Closed => return None,
        Behaviour::TcpOnly if udp => return None,
        Behaviour::UdpOnly | Behaviour::LosesLarge if !udp => return None,
        Behaviour::DropsAaaa if is_aaaa && !names_server => return None,
        Behaviour::RefusesAaaa if is_aaaa && !names_server => {
            answer.metadata.response_code = ResponseCode::Refused;
        }
        Behaviour::AddressesOnly if !is_aaaa && query.query_type() != RecordType::A => {
            answer.metadata.response_code = ResponseCode::ServFail;
        }
        Behaviour::RefusesEdns if asked.edns.is_some() => {
            answer.metadata.response_code = ResponseCode::FormErr;
        }
        Behaviour::Refused => answer.metadata.response_code = ResponseCode::Refused,
        Behaviour::ServFail => answer.metadata.response_code = ResponseCode::ServFail,
        Behaviour::NxDomainForAaaa if is_aaaa && !names_server => {
            answer.metadata.authoritative = true;
            answer.metadata.response_code = ResponseCode::NXDomain;
        }
        Behaviour::Lame => {}
        _ => match part {
            None => answer.metadata.response_code = ResponseCode::Refused,
            Some(part) => {
                let wants = Wants { record_type: query.query_type(), dnssec: dnssec_ok(&asked) };
                part.zone.answer_question(query.name(), wants, &mut answer);
            }
        },
    }
    match behaviour {
        Behaviour::Outdated if !names_server => answer.answers.iter_mut().for_each(make_outdated),
        Behaviour::OneAddress if !names_server => keep_one_address(&mut answer),
        _ => {}
    }
    encode_response(answer, &asked, udp)
        .filter(|octets| behaviour != Behaviour::LosesLarge || octets.len() <= 512)
}

/// A response to a message, with nothing in it yet.
pub(super) fn empty_response(asked: &Message) -> Message {
    let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = asked.metadata.recursion_desired;
    answer.metadata.checking_disabled = asked.metadata.checking_disabled;
    answer.queries = asked.queries.iter().take(1).cloned().collect();
    if asked.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_MAX).set_dnssec_ok(dnssec_ok(asked));
        answer.edns = Some(edns);
    }
    answer
}

/// The octets of an answer; truncated to its header and question where it doesn't fit (RFC 2181 §9).
pub(super) fn encode_response(answer: Message, asked: &Message, udp: bool) -> Option<Vec<u8>> {
    let fits = match &asked.edns {
        Some(edns) => edns.max_payload().clamp(512, UDP_MAX),
        None => 512,
    };
    let octets = answer.to_vec().ok()?;
    if udp && octets.len() > usize::from(fits) {
        return answer.truncate().to_vec().ok();
    }
    Some(octets)
}

pub(super) fn dnssec_ok(message: &Message) -> bool {
    message.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok)
}

/// The zone that is authoritative for a name: the closest above it; for DS the parent's side of a cut, where
/// it is served here too (RFC 4035 §3.1.4.1).
fn zone_for<'a>(
    parts: &'a [ServedZone],
    name: &Name,
    record_type: RecordType,
) -> Option<&'a ServedZone> {
    let above = |part: &&ServedZone| part.zone.apex.zone_of(name);
    let closest = |part: &&ServedZone| part.zone.apex.num_labels();
    let strictly = parts.iter().filter(above).filter(|part| part.zone.apex != *name);
    match record_type {
        RecordType::DS => strictly.max_by_key(closest),
        _ => None,
    }
    .or_else(|| parts.iter().filter(above).max_by_key(closest))
}

/// What a question wants.
#[derive(Clone, Copy)]
pub(super) struct Wants {
    pub record_type: RecordType,
    /// With the signatures.
    pub dnssec: bool,
}

impl PublishedZone {
    fn answer_question(&self, asked: &Name, wants: Wants, answer: &mut Message) {
        let mut name = asked.clone();
        for _ in 0..CHAIN_MAX {
            if let Some((apex, cut)) = self.cut_above(&name) {
                if *apex == name && wants.record_type == RecordType::DS {
                    answer.metadata.authoritative = true;
                    answer.answers.extend(cut.ds.iter().filter(|r| is_wanted(r, wants)).cloned());
                    if cut.ds.is_empty() {
                        self.add_denial_of(&name, wants, answer);
                    }
                } else {
                    // A referral (RFC 1034 §4.3.2 step 3b); after an alias the answer stays ours.
                    answer.metadata.authoritative = !answer.answers.is_empty();
                    answer.authorities.extend(cut.ns.iter().cloned());
                    if wants.dnssec {
                        answer.authorities.extend(cut.ds.iter().cloned());
                    }
                    answer.additionals.extend(cut.glue.iter().cloned());
                }
                return;
            }
            answer.metadata.authoritative = true;
            let Some(node) = self.node(&name) else {
                if !self.exists(&name) {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                }
                return self.add_denial_of(&name, wants, answer);
            };
            if wants.dnssec && !self.exists(&name) {
                // A wildcard matches it (RFC 4035 §3.1.3.3).
                add_denial(self.denial(&name), answer);
            }
            if add_record_set(node, &name, wants.record_type, wants, &mut answer.answers) {
                return;
            }
            add_record_set(node, &name, RecordType::CNAME, wants, &mut answer.answers);
            let target = node.get(&RecordType::CNAME).and_then(|records| match records.first() {
                Some(Record { data: RData::CNAME(target), .. }) => Some(target.0.clone()),
                _ => None,
            });
            match target {
                Some(target) if !self.apex.zone_of(&target) => return,
                Some(target) => name = target,
                None => return self.add_denial_of(&name, wants, answer),
            }
        }
    }

    /// The SOA says that there is nothing (RFC 2308 §3), and the NSEC records prove it (RFC 4035
    /// §3.1.3).
    fn add_denial_of(&self, name: &Name, wants: Wants, answer: &mut Message) {
        let Some(node) = self.nodes.get(&self.apex) else { return };
        add_record_set(node, &self.apex, RecordType::SOA, wants, &mut answer.authorities);
        if wants.dnssec {
            add_denial(self.denial(name), answer);
            if !self.exists(name)
                && let Ok(wildcard) = self.encloser(name).prepend_label("*")
            {
                add_denial(self.denial(&wildcard), answer);
            }
        }
    }
}

/// Adds an NSEC record with its signature, once.
fn add_denial(denial: &[Record], answer: &mut Message) {
    for record in denial {
        if !answer.authorities.contains(record) {
            answer.authorities.push(record.clone());
        }
    }
}

/// Adds a set of records under `name`, which differs from its owner where a wildcard matches it,
/// with its signatures where they are wanted; tells whether there was one.
fn add_record_set(
    node: &Node,
    name: &Name,
    record_type: RecordType,
    wants: Wants,
    to: &mut Vec<Record>,
) -> bool {
    let Some(records) = node.get(&record_type) else { return false };
    let signatures = node.get(&RecordType::RRSIG).into_iter().flatten();
    let signatures = signatures.filter(|record| wants.dnssec && covers_type(record, record_type));
    for record in records.iter().chain(signatures) {
        let mut record = record.clone();
        record.name = name.clone();
        to.push(record);
    }
    true
}

fn is_wanted(record: &Record, wants: Wants) -> bool {
    wants.dnssec || record.record_type() != RecordType::RRSIG
}

fn covers_type(record: &Record, record_type: RecordType) -> bool {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => {
            signature.input().type_covered == record_type
        }
        _ => false,
    }
}

/// Leaves one address in an answer, which the query's number, a random one, chooses.
fn keep_one_address(answer: &mut Message) {
    let is_address = |record: &Record| record.data.ip_addr().is_some();
    let addresses = answer.answers.iter().filter(|record| is_address(record)).count();
    let Some(chosen) = usize::from(answer.metadata.id).checked_rem(addresses) else { return };
    let mut at = 0;
    answer.answers.retain(|record| {
        let is_kept = !is_address(record) || at == chosen;
        at += usize::from(is_address(record));
        is_kept
    });
}

/// An address as it was before the zone was changed.
fn make_outdated(record: &mut Record) {
    let before = match record.data.ip_addr() {
        Some(IpAddr::V4(address)) => IpAddr::V4(Ipv4Addr::from(u32::from(address) ^ 0x80)),
        Some(IpAddr::V6(address)) => IpAddr::V6(Ipv6Addr::from(u128::from(address) ^ 0x8000)),
        None => return,
    };
    record.data = address_data(before);
}
