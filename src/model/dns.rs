//! DNS messages as seen: the raw octets are the fact, their decoding is a reading of it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, OnceLock};

use hickory_proto::op::{Message as WireMessage, MessageType};
use hickory_proto::rr::rdata::HTTPS;
use hickory_proto::rr::rdata::svcb::{SVCB, SvcParamValue};
use hickory_proto::rr::{DNSClass, RData};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Blob, Name};

/// A DNS message that came in answer to a question.
#[derive(Clone)]
pub struct DnsMessage {
    raw: Blob,
    decoded: OnceLock<Result<Arc<Message>, DecodeError>>,
}

/// Why octets are not a DNS message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// The reading of a DNS message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message id.
    pub id: u16,
    /// The RCODE, with its EDNS extension.
    pub rcode: Rcode,
    /// AA.
    pub authoritative: bool,
    /// TC.
    pub truncated: bool,
    /// RA.
    pub recursion_available: bool,
    /// AD.
    pub authentic_data: bool,
    /// The question that the message repeats.
    pub question: Option<(Name, RecordType)>,
    /// The answer section.
    pub answers: Vec<Record>,
    /// The authority section.
    pub authorities: Vec<Record>,
    /// The additional section without the OPT record.
    pub additionals: Vec<Record>,
    /// EDNS (RFC 6891), if the server speaks it.
    pub edns: Option<Edns>,
}

/// What an OPT record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edns {
    /// The requestor's UDP payload size, in octets.
    pub udp_payload_octets: u16,
    /// The INFO-CODEs of Extended DNS Errors (RFC 8914).
    pub extended_errors: Vec<u16>,
}

/// A resource record of class IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub record_type: RecordType,
    /// The time to live, in seconds.
    pub ttl_s: u32,
    /// The data.
    pub data: RecordData,
}

/// The data of a record, as far as the checks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// An alias.
    Cname(Name),
    /// A name server.
    Ns(Name),
    /// The start of a zone.
    Soa {
        /// The primary name server.
        mname: Name,
        /// The zone's serial.
        serial: u32,
    },
    /// A name for an address.
    Ptr(Name),
    /// A mail exchanger.
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// The host; the root for a null MX (RFC 7505).
        exchange: Name,
    },
    /// A text: its strings put together, each octet one `char` (Latin-1).
    Txt(String),
    /// A property of certification authority authorisation (RFC 8659 §4).
    Caa {
        /// Whoever doesn't know the tag must not issue.
        critical: bool,
        /// The property's tag, in lower case.
        tag: String,
        /// Its value, each octet one `char` (Latin-1).
        value: String,
    },
    /// A service binding (RFC 9460 §2).
    Binding(Box<ServiceBinding>),
    /// Any other data, in presentation format.
    Other(String),
}

/// What an HTTPS or SVCB record says, as far as the checks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceBinding {
    /// 0 for an alias; else lower is tried first.
    pub priority: u16,
    /// Another name for the service; the root stands for the owner itself, or in an alias for
    /// "not available".
    pub target: Name,
    /// `ipv6hint`.
    pub ipv6_hints: Vec<Ipv6Addr>,
    /// `ipv4hint`.
    pub ipv4_hints: Vec<Ipv4Addr>,
}

/// A record type by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordType(pub u16);

impl RecordType {
    /// IPv4 address.
    pub const A: Self = Self(1);
    /// Name server.
    pub const NS: Self = Self(2);
    /// Alias.
    pub const CNAME: Self = Self(5);
    /// Start of authority.
    pub const SOA: Self = Self(6);
    /// Pointer.
    pub const PTR: Self = Self(12);
    /// Mail exchanger.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// IPv6 address.
    pub const AAAA: Self = Self(28);
    /// Delegation signer.
    pub const DS: Self = Self(43);
    /// DNS key.
    pub const DNSKEY: Self = Self(48);
    /// TLSA.
    pub const TLSA: Self = Self(52);
    /// HTTPS binding.
    pub const HTTPS: Self = Self(65);
    /// Certification authority authorisation.
    pub const CAA: Self = Self(257);
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // hickory knows the mnemonics; what it doesn't know is printed as RFC 3597 §5 has it.
        match hickory_proto::rr::RecordType::from(self.0) {
            hickory_proto::rr::RecordType::Unknown(number) => write!(f, "TYPE{number}"),
            known => write!(f, "{known}"),
        }
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RecordType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for RecordType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer).map(Self)
    }
}

/// A response code (RFC 1035 §4.1.1, RFC 6895 §2.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

impl Rcode {
    /// No error: an answer, a referral or NODATA.
    pub const NOERROR: Self = Self(0);
    /// The server could not read the question.
    pub const FORMERR: Self = Self(1);
    /// The server failed.
    pub const SERVFAIL: Self = Self(2);
    /// The name does not exist.
    pub const NXDOMAIN: Self = Self(3);
    /// Not implemented.
    pub const NOTIMP: Self = Self(4);
    /// The server refuses.
    pub const REFUSED: Self = Self(5);
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NOERROR => f.write_str("NOERROR"),
            Self::FORMERR => f.write_str("FORMERR"),
            Self::SERVFAIL => f.write_str("SERVFAIL"),
            Self::NXDOMAIN => f.write_str("NXDOMAIN"),
            Self::NOTIMP => f.write_str("NOTIMP"),
            Self::REFUSED => f.write_str("REFUSED"),
            Self(number) => write!(f, "RCODE{number}"),
        }
    }
}

impl fmt::Debug for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl DnsMessage {
    /// Keeps the octets of a message as they came.
    pub fn new(raw: Blob) -> Self {
        Self { raw, decoded: OnceLock::new() }
    }

    /// The octets.
    pub fn raw(&self) -> &Blob {
        &self.raw
    }

    pub(super) fn raw_mut(&mut self) -> &mut Blob {
        self.decoded = OnceLock::new();
        &mut self.raw
    }

    /// The size of the message in octets.
    pub fn size_octets(&self) -> usize {
        self.raw.bytes().len()
    }

    /// The reading of the message.
    ///
    /// # Errors
    /// When it is malformed in any section.
    pub fn decoded(&self) -> Result<&Arc<Message>, &DecodeError> {
        self.decoded.get_or_init(|| Message::decode(self.raw.bytes()).map(Arc::new)).as_ref()
    }
}

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

impl fmt::Debug for DnsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decoded() {
            Ok(message) => message.fmt(f),
            Err(error) => write!(f, "malformed message ({error})"),
        }
    }
}

impl PartialEq for DnsMessage {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for DnsMessage {}

impl Serialize for DnsMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DnsMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Blob::deserialize(deserializer).map(Self::new)
    }
}
