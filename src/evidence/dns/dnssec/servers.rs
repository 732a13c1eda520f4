//! The signatures in what each of a zone's own servers says: a server whose copy of the zone is old makes
//! the name fail now and then, and which server a resolver asked can't be seen in its answer.

use std::net::SocketAddr;

use hickory_proto::rr::{Record, RecordType as WireType};

use super::anchors::SignedZone;
use super::answer::{Answer, Citations, NoAnswer, ask_server};
use super::chain::{ChainValidator, security, wire};
use super::signatures::{Budget, ZoneKeys};
use super::{Security, Unknown};
use crate::evidence::query::{Gap, View};
use crate::model::{Name, RecordType, Transport};

/// Judges the keys and the answer of each server by what the zone's parent vouches for, in the servers'
/// order. A server that gives no answer shows nothing.
pub(in crate::evidence::dns) fn security_by_server(
    view: &View<'_>,
    zone: &SignedZone,
    name: &Name,
    record_type: RecordType,
    servers: &[(SocketAddr, Transport)],
    citations: &mut Citations,
) -> Vec<Security> {
    let Some(wire_name) = wire(name) else { return Vec::new() };
    let apex = Name::from_labels(zone.apex.iter());
    let budget = Budget::default();
    let trusted: Vec<_> = zone.trusted.iter().collect();
    let mut ask = |(server, transport): (SocketAddr, Transport), name: &Name, kind| {
        ask_server(view, server, transport, (name, kind), citations)
    };
    let mut known_keys: Seen<Result<(), Security>> = Seen::default();
    let mut keys: Option<ZoneKeys> = None;
    let mut of_keys: Vec<Result<(), Security>> = Vec::new();
    for server in servers {
        of_keys.push(match ask(*server, &apex, WireType::DNSKEY) {
            Ok(answer) => known_keys.of(&answer, || {
                let answers = &answer.wire.answers;
                match ZoneKeys::authenticate(&zone.apex, answers, &trusted, answer.at, &budget) {
                    Ok(found) => {
                        keys.get_or_insert(found);
                        Ok(())
                    }
                    Err(unproven) => Err(security(unproven)),
                }
            }),
            Err(why) => Err(unknown(&why)),
        });
    }
    let validator = ChainValidator::new(view, record_type, &budget);
    let mut known_answers: Seen<Security> = Seen::default();
    let kind = WireType::from(record_type.0);
    let mut judge = |server: &(SocketAddr, Transport), own_keys: Result<(), Security>| {
        own_keys?;
        let Some(keys) = &keys else { return Ok(()) };
        match ask(*server, name, kind) {
            Ok(answer) => {
                Err(known_answers.of(&answer, || validator.judge(keys, &wire_name, &answer)))
            }
            Err(why) => Err(unknown(&why)),
        }
    };
    let each = servers.iter().zip(of_keys);
    each.map(|(server, own_keys)| judge(server, own_keys).err().unwrap_or(NOT_OBSERVED)).collect()
}

const NOT_OBSERVED: Security = Security::Unknown(Unknown::Gap(Gap::NotObserved));

fn unknown(why: &NoAnswer) -> Security {
    match why {
        NoAnswer::NotObserved => NOT_OBSERVED,
        NoAnswer::Failed(failure) => Security::Unknown(Unknown::Gap(failure.gap())),
    }
}

/// Findings of answers, each distinct answer judged once: healthy servers all say the same.
struct Seen<T>(Vec<(Vec<String>, T)>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Seen<T> {
    fn of(&mut self, answer: &Answer, judge: impl FnOnce() -> T) -> T {
        let records = answer.wire.answers.iter().chain(&answer.wire.authorities);
        let mut text: Vec<String> = records.map(Record::to_string).collect();
        text.sort();
        if let Some((_, finding)) = self.0.iter().find(|(known, _)| *known == text) {
            return finding.clone();
        }
        let finding = judge();
        self.0.push((text, finding.clone()));
        finding
    }
}
