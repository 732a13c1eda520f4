//! DNS messages, and what stands in their records.

use std::sync::{Arc, LazyLock};

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{A, AAAA, MX, TXT};
use hickory_proto::rr::{Name as WireName, RData, Record, RecordType as WireType};
use jiff::Timestamp;
use v6ready::evidence::mail::spf;
use v6ready::evidence::query::View;
use v6ready::model::{
    Blob, DnsMessage, DnsQuestion, Evidence, Name, Networks, Observation, Question, RecordType,
    Reply, Request, Settings,
};
use v6ready::probe;

/// A message as it comes from a server.
pub fn dns_message(octets: &[u8]) {
    let _ = probe::decoders::is_dns_answer(octets);
    let message = DnsMessage::new(Blob::new(octets));
    let _ = format!("{message:?}");
    let Ok(message) = message.decoded() else { return };
    for record in message.answers.iter().chain(&message.authorities).chain(&message.additionals) {
        // A name that was decoded can be written, read again and encoded.
        assert_eq!(Name::from_presentation(record.name.as_str()), record.name);
        assert!(record.name.labels().is_some());
    }
}

/// SPF records: a line is the next record that is asked for.
pub fn spf(octets: &[u8]) {
    static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
        resolvers: vec![([192, 0, 2, 53], 53).into()],
        attempts: 1,
        ..Settings::default()
    });
    let networks = Networks::default();
    let mut lines = octets.split(|octet| *octet == b'\n');
    let domain = Name::from_presentation("example");
    let mut evidence = Evidence::new();
    // More look-ups than that are not evaluated.
    for _ in 0..64 {
        let view = View::new(&evidence, &SETTINGS, &networks, &[]);
        let mut read = None;
        let missing = view.requests_of(|view| read = Some(spf::spf(view, &domain)));
        assert!(read.is_some_and(|read| read.lookups <= spf::LOOKUPS_MAX + 1));
        if missing.is_empty() {
            return;
        }
        for request in missing {
            let Question::Dns(question) = &request.question else { continue };
            let reply = match question.record_type {
                RecordType::TXT => answer(question, vec![text(lines.next().unwrap_or_default())]),
                RecordType::MX => {
                    answer(question, vec![RData::MX(MX::new(1, wire_name("mx.example")))])
                }
                RecordType::A => answer(question, vec![RData::A(A::new(192, 0, 2, 1))]),
                _ => {
                    answer(question, vec![RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))])
                }
            };
            let fact = observation(request, reply);
            evidence.insert(fact.id(), fact);
        }
    }
    panic!("the evaluation doesn't end");
}

fn text(line: &[u8]) -> RData {
    RData::TXT(TXT::from_bytes(line.chunks(255).take(200).collect()))
}

fn wire_name(text: &str) -> WireName {
    WireName::from_ascii(text).unwrap_or_default()
}

/// A response with these records.
fn answer(question: &DnsQuestion, data: Vec<RData>) -> Reply {
    let mut message = Message::new(7, MessageType::Response, OpCode::Query);
    let labels = question.name.labels().unwrap_or_default();
    let name = WireName::from_labels(labels.iter().map(Vec::as_slice)).unwrap_or_default();
    message.add_query(Query::query(name.clone(), WireType::from(question.record_type.0)));
    message.answers =
        data.into_iter().map(|data| Record::from_rdata(name.clone(), 60, data)).collect();
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap_or_default())))
}

/// The fact that a request was answered so.
pub(super) fn observation(request: Request, reply: Reply) -> Arc<Observation> {
    let observed_at = Timestamp::from_second(1_800_000_000).unwrap_or_default();
    Arc::new(Observation { request, observed_at, elapsed_us: 1, reply })
}

/// A response with one address of the family that is asked for, and nothing of other types.
pub(super) fn address_of(question: &DnsQuestion) -> Reply {
    answer(
        question,
        match question.record_type {
            RecordType::A => vec![RData::A(A::new(192, 0, 2, 1))],
            RecordType::AAAA => vec![RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))],
            _ => Vec::new(),
        },
    )
}
