//! Reads messages from the wire format.

use hickory_proto::op::{Message as WireMessage, MessageType};
use hickory_proto::rr::rdata::HTTPS;
use hickory_proto::rr::rdata::svcb::{SVCB, SvcParamValue};
use hickory_proto::rr::{DNSClass, RData};

use super::message::{DecodeError, Edns, Message, Rcode};
use super::record::{Record, RecordData, RecordType, ServiceBinding};
use crate::model::Name;

impl Message {
    /// Reads a message from its wire format (RFC 1035 §4.1).
    ///
    /// # Errors
    /// When any part of it is malformed, or when it is a query.
    pub fn decode(octets: &[u8]) -> Result<Self, DecodeError> {
        let wire = WireMessage::from_vec(octets).map_err(|error| DecodeError(error.to_string()))?;
        if wire.metadata.message_type != MessageType::Response {
            return Err(DecodeError("a query instead of a response".to_owned()));
        }
        Ok(Self {
            id: wire.metadata.id,
            rcode: Rcode(wire.metadata.response_code.into()),
            authoritative: wire.metadata.authoritative,
            truncated: wire.metadata.truncation,
            recursion_available: wire.metadata.recursion_available,
            authentic_data: wire.metadata.authentic_data,
            question: wire
                .queries
                .first()
                .map(|query| (name(query.name()), RecordType(query.query_type().into()))),
            answers: records(&wire.answers),
            authorities: records(&wire.authorities),
            additionals: records(&wire.additionals),
            edns: wire.edns.as_ref().map(edns),
        })
    }
}

fn name(name: &hickory_proto::rr::Name) -> Name {
    // Not hickory's own text: its escapes are octal, those of RFC 1035 §5.1 decimal.
    Name::from_labels(name.iter())
}

fn records(records: &[hickory_proto::rr::Record]) -> Vec<Record> {
    records
        .iter()
        .filter(|record| record.dns_class == DNSClass::IN)
        .map(|record| Record {
            name: name(&record.name),
            record_type: RecordType(record.record_type().into()),
            ttl_s: record.ttl,
            data: match &record.data {
                RData::A(address) => RecordData::A(address.0),
                RData::AAAA(address) => RecordData::Aaaa(address.0),
                RData::CNAME(target) => RecordData::Cname(name(&target.0)),
                RData::NS(target) => RecordData::Ns(name(&target.0)),
                RData::PTR(target) => RecordData::Ptr(name(&target.0)),
                RData::SOA(soa) => RecordData::Soa { mname: name(&soa.mname), serial: soa.serial },
                RData::MX(mx) => {
                    RecordData::Mx { preference: mx.preference, exchange: name(&mx.exchange) }
                }
                RData::TXT(txt) => {
                    let octets = txt.txt_data.iter().flat_map(|string| string.iter().copied());
                    RecordData::Txt(octets.map(char::from).collect())
                }
                RData::CAA(caa) => RecordData::Caa {
                    critical: caa.issuer_critical,
                    tag: caa.tag.to_ascii_lowercase(),
                    value: caa.value.iter().copied().map(char::from).collect(),
                },
                RData::HTTPS(HTTPS(svcb)) | RData::SVCB(svcb) => {
                    RecordData::Binding(Box::new(binding(svcb)))
                }
                other => RecordData::Other(other.to_string()),
            },
        })
        .collect()
}

fn binding(svcb: &SVCB) -> ServiceBinding {
    let mut read = ServiceBinding {
        priority: svcb.svc_priority,
        target: name(&svcb.target_name),
        ipv6_hints: Vec::new(),
        ipv4_hints: Vec::new(),
    };
    for (_, value) in &svcb.svc_params {
        match value {
            SvcParamValue::Ipv6Hint(hints) => {
                read.ipv6_hints.extend(hints.0.iter().map(|hint| hint.0));
            }
            SvcParamValue::Ipv4Hint(hints) => {
                read.ipv4_hints.extend(hints.0.iter().map(|hint| hint.0));
            }
            _ => {}
        }
    }
    read
}

fn edns(edns: &hickory_proto::op::Edns) -> Edns {
    use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
    const EXTENDED_DNS_ERROR: u16 = 15;
    let extended_errors = edns
        .options()
        .as_ref()
        .iter()
        .filter_map(|(code, option)| match (code, option) {
            (EdnsCode::Unknown(EXTENDED_DNS_ERROR), EdnsOption::Unknown(_, data)) => {
                Some(u16::from_be_bytes([*data.first()?, *data.get(1)?]))
            }
            _ => None,
        })
        .collect();
    Edns { udp_payload_octets: edns.max_payload(), extended_errors }
}
