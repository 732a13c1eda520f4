//! The octets of a query, and which octets answer it.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query as WireQuery};
use hickory_proto::rr::{Name as WireName, RecordType as WireRecordType};

use crate::model::{DnsQuestion, NetFailure};

/// The EDNS buffer size that we offer: what passes every IPv6 link unfragmented.
const EDNS_BUFFER_OCTETS: u16 = 1232;

/// Octets of a message's header (RFC 1035 §4.1.1).
const HEADER_OCTETS: usize = 12;

/// A query in wire format, whose id is drawn when it is sent.
pub(super) struct Query {
    octets: Vec<u8>,
    question_end: usize,
}

impl Query {
    /// Encodes a question.
    ///
    /// # Errors
    /// [`NetFailure::Other`] when the name doesn't fit the wire format, such as a label of 64
    /// octets: nothing can be asked then, and no party is to blame.
    pub fn new(question: &DnsQuestion) -> Result<Self, NetFailure> {
        let unencodable =
            |error: String| NetFailure::Other { errno: format!("name can't be encoded: {error}") };
        let labels =
            question.name.labels().ok_or_else(|| unencodable("it is no domain name".to_owned()))?;
        let name = WireName::from_labels(labels.iter().map(Vec::as_slice))
            .map_err(|error| unencodable(error.to_string()))?;
        let question_end = HEADER_OCTETS + wire_octets(&name) + 4;
        let mut message = Message::new(0, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = question.recursion_desired;
        message.metadata.checking_disabled = question.checking_disabled;
        message.add_query(WireQuery::query(name, WireRecordType::from(question.record_type.0)));
        if !question.without_edns {
            let mut edns = Edns::new();
            edns.set_max_payload(EDNS_BUFFER_OCTETS).set_dnssec_ok(question.dnssec_ok);
            message.set_edns(edns);
        }
        let octets = message.to_vec().map_err(|error| unencodable(error.to_string()))?;
        if question_end > octets.len() {
            return Err(unencodable("its length is not what was expected".to_owned()));
        }
        Ok(Self { octets, question_end })
    }

    /// The query with this id.
    pub fn with_id(&mut self, id: u16) -> &[u8] {
        self.octets[..2].copy_from_slice(&id.to_be_bytes());
        &self.octets
    }

    /// The question section: name, type and class.
    pub fn question(&self) -> QuestionSection {
        QuestionSection(self.octets[HEADER_OCTETS..self.question_end].into())
    }
}

/// The question section of a query that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuestionSection(Box<[u8]>);

impl QuestionSection {
    /// Whether a response with the right id, from the right server, is the answer.
    ///
    /// It is when it repeats the question: the name in any case, type and class exactly. A
    /// response whose question section is empty (as some servers send with FORMERR or REFUSED) or
    /// unreadable is delivered too, since a broken answer is a fact about the server. A forger
    /// gains nothing by that: one who can guess port and id knows the question as well. What a
    /// repeated question protects from is an old answer that meets a new question's id, and there
    /// [`super::in_flight::InFlight`] doesn't reuse ids soon.
    pub fn is_answered_by(&self, response: &[u8]) -> bool {
        let Some(header) = response.get(..HEADER_OCTETS) else { return true };
        if header[4..6] == [0, 0] {
            return true;
        }
        let Some(repeated) = first_question(&response[HEADER_OCTETS..]) else { return true };
        let name_octets = self.0.len() - 4;
        repeated.len() == self.0.len()
            && repeated[..name_octets].eq_ignore_ascii_case(&self.0[..name_octets])
            && repeated[name_octets..] == self.0[name_octets..]
    }

    /// Whether the part of a query that an ICMP error returned can be of this question.
    pub fn is_returned_in(&self, payload: &[u8]) -> bool {
        let returned = payload.get(HEADER_OCTETS..).unwrap_or_default();
        let common = returned.len().min(self.0.len());
        returned[..common] == self.0[..common]
    }
}

/// The id of a message; `None` when it is too short for a response or isn't one (QR clear).
pub(super) fn response_id(message: &[u8]) -> Option<u16> {
    match message {
        [high, low, flags, ..] if flags & 0x80 != 0 => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// The octets of the first question; `None` when they can't be read as an uncompressed name, a
/// type and a class. (There is nothing before it that a name could be compressed against.)
fn first_question(section: &[u8]) -> Option<&[u8]> {
    const LABEL_OCTETS_MAX: usize = 63;
    let mut at = 0;
    loop {
        let label_octets = usize::from(*section.get(at)?);
        if label_octets > LABEL_OCTETS_MAX {
            return None;
        }
        at += 1 + label_octets;
        if label_octets == 0 {
            return section.get(..at + 4);
        }
    }
}

/// The octets of a name in wire format.
fn wire_octets(name: &WireName) -> usize {
    name.iter().map(|label| label.len() + 1).sum::<usize>() + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Name, RecordType, Transport};

    fn question(name: &str, record_type: RecordType) -> DnsQuestion {
        DnsQuestion {
            server: "[2001:db8::53]:53".parse().unwrap(),
            transport: Transport::Udp,
            name: Name::from_presentation(name),
            record_type,
            recursion_desired: true,
            checking_disabled: false,
            dnssec_ok: false,
            without_edns: false,
        }
    }

    fn query(name: &str, record_type: RecordType) -> Query {
        Query::new(&question(name, record_type)).unwrap()
    }

    /// A response header with this many questions, and a question section.
    fn response(questions: u8, section: &[u8]) -> Vec<u8> {
        let mut octets = vec![0x12, 0x34, 0x80, 0, 0, questions, 0, 0, 0, 0, 0, 0];
        octets.extend(section);
        octets
    }

    #[test]
    fn header_bits_and_edns_are_as_asked() {
        for (rd, cd, dnssec_ok) in [(true, false, true), (false, true, false)] {
            let asked = DnsQuestion {
                recursion_desired: rd,
                checking_disabled: cd,
                dnssec_ok,
                ..question("www.example.vn", RecordType::AAAA)
            };
            let mut query = Query::new(&asked).unwrap();
            let read = Message::from_vec(query.with_id(0xabcd)).unwrap();
            assert_eq!(read.metadata.id, 0xabcd);
            assert_eq!(read.metadata.recursion_desired, rd);
            assert_eq!(read.metadata.checking_disabled, cd);
            assert_eq!(read.queries[0].name().to_ascii(), "www.example.vn.");
            let edns = read.edns.as_ref().unwrap();
            assert_eq!(edns.max_payload(), 1232);
            assert_eq!(edns.flags().dnssec_ok, dnssec_ok);
        }
    }

    #[test]
    fn every_name_is_encoded_or_refused() {
        let long_label = "a".repeat(64);
        let long_name = vec!["abcdefg"; 40].join(".");
        for bad in [long_label.as_str(), &long_name, "a..b", "\\9", "\\999.vn", ".a"] {
            let failure = Query::new(&question(bad, RecordType::A)).err();
            assert!(matches!(failure, Some(NetFailure::Other { .. })), "{bad}");
        }
        for good in
            [".", "vn", "_dmarc.example.vn", "*.example.vn", "a\\.b.example.vn", "\\001.vn", "a b"]
        {
            assert!(Query::new(&question(good, RecordType::A)).is_ok(), "{good}");
        }
    }

    #[test]
    fn the_question_must_be_repeated() {
        let asked = query("wWw.example.vn", RecordType(65)).question();
        let own = asked.0.to_vec();
        let other = query("ftp.example.vn", RecordType(65)).question().0.to_vec();
        // Type 97 differs from type 65 as `a` differs from `A`; that must not count as equal.
        let other_type = query("www.example.vn", RecordType(97)).question().0.to_vec();
        let mut other_class = own.clone();
        *other_class.last_mut().unwrap() = 3;
        for (what, octets, answered) in [
            ("as sent", response(1, &own), true),
            ("in upper case", response(1, &upper_name(&own)), true),
            ("another name", response(1, &other), false),
            ("another type", response(1, &other_type), false),
            ("another class", response(1, &other_class), false),
            ("a parent", response(1, &own[4..]), false),
            ("no question", response(0, &[]), true),
            ("cut short", response(1, &own[..own.len() - 1]), true),
            ("a pointer", response(1, &[0xc0, 0x0c, 0, 65, 0, 1]), true),
            ("only a header", response(0, &[])[..7].to_vec(), true),
        ] {
            assert_eq!(asked.is_answered_by(&octets), answered, "{what}");
        }
    }

    fn upper_name(question: &[u8]) -> Vec<u8> {
        let (name, rest) = question.split_at(question.len() - 4);
        [&name.to_ascii_uppercase(), rest].concat()
    }

    #[test]
    fn returned_payloads_may_be_short() {
        let mut query = query("www.example.vn", RecordType::AAAA);
        let asked = query.question();
        let octets = query.with_id(7).to_vec();
        for end in 0..octets.len() {
            assert!(asked.is_returned_in(&octets[..end]), "{end}");
        }
        let mut other = octets;
        other[14] ^= 1;
        assert!(!asked.is_returned_in(&other));
    }

    #[test]
    fn only_responses_have_an_id() {
        assert_eq!(response_id(&[1, 2, 0x80]), Some(0x0102));
        assert_eq!(response_id(&[1, 2, 0x7f, 9]), None);
        assert_eq!(response_id(&[1, 2]), None);
    }

    proptest! {
        #[test]
        fn arbitrary_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..600)) {
            let asked = query("www.example.vn", RecordType::AAAA).question();
            let _ = response_id(&octets);
            let _ = asked.is_answered_by(&octets);
            let _ = asked.is_returned_in(&octets);
        }

        #[test]
        fn arbitrary_names_never_panic(name in "\\PC{0,80}|[a-z0-9.\\\\]{0,300}") {
            if let Ok(mut query) = Query::new(&question(&name, RecordType::A)) {
                let asked = query.question();
                let mut echo = query.with_id(1).to_vec();
                echo[2] |= 0x80;
                prop_assert!(asked.is_answered_by(&echo));
            }
        }
    }
}
