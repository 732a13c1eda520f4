//! Whether our own clock is right: who says something of the time, and what they agree on.
//!
//! Every date that a check compares is compared with our clock, so a wrong one would make us take valid
//! certificates for expired and signatures for bogus everywhere. No single server decides: what counts is
//! on which time more of the independent witnesses agree.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::Message as WireMessage;
use hickory_proto::rr::RData;
use ipnet::IpNet;
use jiff::Timestamp;

use super::tls::certificate;
use super::web::http_date;
use crate::model::{
    Blob, ClockState, ClockWitness, Conversation, Digest, DnsQuestion, HttpResponse, NtpPacket,
    Observation, ObservationId, OwnClock, Question, RecordType, Reply, TlsFailed, WitnessKind,
};

/// From how many seconds on our clock counts as wrong. Those who sign and certify let what they make begin
/// about an hour early, because clocks are not exact, so that a smaller error changes no verdict on a date;
/// and the error that is most common, local time taken for UTC, is one of whole hours (seven in Vietnam).
pub const WRONG_FROM_S: i64 = 60 * 60;

/// Nobody's clock is before this: the trust anchor of the root that this program knows was published then
/// (`validFrom` of key 38696). In seconds since 1970: 2024-07-18.
const KNOWN_PAST_S: i64 = 1_721_260_800;

/// Witnesses of one kind who have to agree where no other kind does.
const OF_ONE_KIND_MIN: usize = 3;

/// Witnesses who have to agree where they are of several kinds, also for our clock to be called right.
const WITNESSES_MIN: usize = 2;

/// Witnesses of one kind that are kept.
const KEPT_MAX: usize = 64;

/// Witnesses of one kind that a run remembers.
const SHOWN_MAX: usize = 8;

/// Seconds in a cache that are believed.
const AGE_MAX_S: i64 = 366 * 24 * 60 * 60;

/// Collects what is said of the time.
#[derive(Default)]
pub struct ClockWitnesses {
    known: BTreeMap<(WitnessKind, String), ClockWitness>,
    /// In whose network a host counts: one that is heard over both families is one witness.
    networks: HashMap<String, String>,
    /// Certificates that were read.
    leaves: HashSet<Digest>,
}

impl ClockWitnesses {
    /// Takes what an observation says of the time, if anything.
    pub fn hear(&mut self, id: ObservationId, observation: &Observation) {
        match (&observation.request.question, &observation.reply) {
            (Question::Dns(asked), Reply::Dns(message)) if is_near_root(asked) => {
                self.hear_signatures(asked.server.ip(), message.raw(), id, observation);
            }
            (Question::Conversation(asked), Reply::Conversation(seen)) => {
                if let Some(Ok(response)) = &seen.http {
                    let host = asked.http.as_ref().map(|get| get.authority.to_string());
                    self.hear_response(host, asked.address, response, id, observation);
                }
                self.hear_conversation(asked.address.ip(), seen, id, observation);
            }
            (Question::Greeting(asked), Reply::Greeting(seen)) => {
                self.hear_conversation(asked.address.ip(), &seen.conversation, id, observation);
            }
            (Question::Ntp(asked), Reply::Ntp(exchange)) if exchange.is_ours => {
                let packet = exchange.answer.as_ref().ok();
                let packet = packet.and_then(|octets| NtpPacket::decode(octets.bytes()));
                if let Some(told) = packet.and_then(time_of_ntp) {
                    self.hear_time(None, asked.server, (told, told), id, observation);
                }
            }
            _ => {}
        }
    }

    /// Those who were heard, those who tell the time first.
    pub fn all(&self) -> Vec<ClockWitness> {
        self.known.values().cloned().collect()
    }

    fn hear_response(
        &mut self,
        host: Option<String>,
        address: SocketAddr,
        response: &HttpResponse,
        id: ObservationId,
        observation: &Observation,
    ) {
        let Some(date) = response.header("date").and_then(http_date::parse) else { return };
        // From a cache comes the date of when it was made, and how long ago that was (RFC 9111 §5.1).
        let age = response.header("age").and_then(|age| age.trim().parse().ok());
        let age = age.filter(|age| (0..=AGE_MAX_S).contains(age)).unwrap_or(0);
        let told = date.as_second().saturating_add(age);
        self.hear_time(host, address, (told, told.saturating_add(1)), id, observation);
    }

    /// A server tells the time, from and to these seconds, at some moment of the observation.
    fn hear_time(
        &mut self,
        host: Option<String>,
        address: SocketAddr,
        (from, to): (i64, i64),
        id: ObservationId,
        observation: &Observation,
    ) {
        let ours = observation.observed_at.as_second();
        let lasted = i64::try_from(observation.elapsed_us / 1_000_000).unwrap_or(i64::MAX);
        let ended = ours.saturating_add(lasted).saturating_add(1);
        let network = network_of(address.ip());
        let name = match host {
            None => network,
            Some(host) if self.networks.len() < KEPT_MAX * KEPT_MAX => {
                self.networks.entry(host).or_insert(network).clone()
            }
            Some(host) => self.networks.get(&host).cloned().unwrap_or(network),
        };
        self.add(ClockWitness {
            kind: WitnessKind::Time,
            name,
            address: address.ip(),
            behind_from_s: from.saturating_sub(ended),
            behind_to_s: to.saturating_sub(ours),
            observation: id,
        });
    }

    fn hear_conversation(
        &mut self,
        address: IpAddr,
        seen: &Conversation,
        id: ObservationId,
        observation: &Observation,
    ) {
        let session = seen.tls.as_ref().and_then(|tls| match tls {
            Ok(session) => Some(session),
            Err(failed) => TlsFailed::session(failed),
        });
        let Some(leaf) = session.and_then(|session| session.chain.first()) else { return };
        if self.leaves.len() >= KEPT_MAX * KEPT_MAX || !self.leaves.insert(leaf.digest()) {
            return;
        }
        let chain = std::slice::from_ref(leaf);
        let (Some(read), Some(span)) = (certificate::leaf(chain), certificate::validity(chain))
        else {
            return;
        };
        // Who certifies itself says no more than a server with a wrong clock would.
        if certificate::subject(leaf).is_none_or(|subject| subject == read.issuer) {
            return;
        }
        let (begins, ends) = (span.not_before.as_second(), span.not_after.as_second());
        self.add(witness_of_span(
            (WitnessKind::Certificate, read.issuer),
            address,
            (begins, ends),
            id,
            observation,
        ));
    }

    fn hear_signatures(
        &mut self,
        address: IpAddr,
        message: &Blob,
        id: ObservationId,
        observation: &Observation,
    ) {
        let Ok(wire) = WireMessage::from_vec(message.bytes()) else { return };
        for record in wire.answers.iter().chain(&wire.authorities) {
            let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data else { continue };
            let input = signature.input();
            // The root and the domains below it never let their signatures lapse; others do.
            if input.signer_name.num_labels() > 1 {
                continue;
            }
            let begins = i64::from(input.sig_inception.get());
            let ends = i64::from(input.sig_expiration.get());
            let name = input.signer_name.to_lowercase().to_string();
            self.add(witness_of_span(
                (WitnessKind::Signature, name),
                address,
                (begins, ends),
                id,
                observation,
            ));
        }
    }

    fn add(&mut self, heard: ClockWitness) {
        if heard.behind_from_s > heard.behind_to_s {
            return;
        }
        let of_kind = |known: &&(WitnessKind, String)| known.0 == heard.kind;
        let key = (heard.kind, heard.name.clone());
        let Some(known) = self.known.get_mut(&key) else {
            if self.known.keys().filter(of_kind).count() < KEPT_MAX {
                self.known.insert(key, heard);
            }
            return;
        };
        let replaces = match heard.kind {
            // What speaks for our clock counts: a server whose clock is wrong speaks for itself alone.
            WitnessKind::Time => distance(&heard) < distance(known),
            // Nobody signs in the future, and somebody whose newest signature has ended is at fault
            // more often than our clock is.
            WitnessKind::Signature | WitnessKind::Certificate => {
                let (from, to) = (known.behind_from_s, known.behind_to_s);
                known.behind_from_s = from.max(heard.behind_from_s);
                known.behind_to_s = to.max(heard.behind_to_s);
                known.behind_from_s > from
            }
        };
        if replaces && heard.kind == WitnessKind::Time {
            *known = heard;
        } else if replaces {
            known.address = heard.address;
            known.observation = heard.observation;
        }
    }
}

/// Judges our clock by the witnesses, by how many seconds it was set while the run lasted, and by the
/// earliest moment that it has shown.
pub fn own_clock(
    witnesses: Vec<ClockWitness>,
    set_by_s: Option<i64>,
    earliest: Timestamp,
) -> OwnClock {
    let set_by_s = set_by_s.filter(|set_by| set_by.abs() > WRONG_FROM_S);
    let (state, behind_s) = agreement(&witnesses);
    let is_in_known_past = earliest.as_second() < KNOWN_PAST_S;
    let state = match state {
        _ if set_by_s.is_some() => ClockState::Changed,
        _ if is_in_known_past => ClockState::Wrong,
        state => state,
    };
    OwnClock { state, behind_s, set_by_s, witnesses: first_of_each_kind(witnesses, state) }
}

/// Some of many, which are enough to show what was concluded: first those who say what counts.
fn first_of_each_kind(mut witnesses: Vec<ClockWitness>, state: ClockState) -> Vec<ClockWitness> {
    witnesses.sort_by_key(|one| agrees_on(one, 0) == (state == ClockState::Wrong));
    let mut kept: Vec<ClockWitness> = Vec::new();
    for witness in witnesses {
        if kept.iter().filter(|other| other.kind == witness.kind).count() < SHOWN_MAX {
            kept.push(witness);
        }
    }
    kept
}

/// Whether a witness agrees that our clock is behind by this much.
pub fn agrees_on(witness: &ClockWitness, behind_s: i64) -> bool {
    let from = witness.behind_from_s.saturating_sub(WRONG_FROM_S);
    let to = witness.behind_to_s.saturating_add(WRONG_FROM_S);
    (from..=to).contains(&behind_s)
}

/// On which error of our clock most witnesses agree (as RFC 5905 §11.2.1 chooses among servers), and whether
/// that is one. Most of what is signed and certified lasts for weeks and agrees with many times; only who
/// agrees with one and not with the other has a say between them.
fn agreement(witnesses: &[ClockWitness]) -> (ClockState, Option<i64>) {
    let who = |behind| witnesses.iter().filter(move |witness| agrees_on(witness, behind));
    let count = |behind| who(behind).count();
    let bounds = witnesses.iter().flat_map(|one| [one.behind_from_s, one.behind_to_s]);
    let best = bounds.fold((count(0), 0_i64), |best, behind| {
        let here = (count(behind), behind);
        let is_better = here.0 > best.0 || here.0 == best.0 && here.1.abs() < best.1.abs();
        if is_better { here } else { best }
    });
    let behind = best.1;
    let for_it: Vec<_> = who(behind).filter(|one| !agrees_on(one, 0)).collect();
    let against = who(0).filter(|one| !agrees_on(one, behind)).count();
    let is_of_kinds = for_it.iter().any(|one| one.kind != for_it[0].kind);
    let needed = if is_of_kinds { WITNESSES_MIN } else { OF_ONE_KIND_MIN };
    if for_it.len() >= needed && for_it.len() > against {
        let told = for_it.iter().find(|one| one.kind == WitnessKind::Time);
        return (ClockState::Wrong, Some(told.map_or(behind, |one| one.behind_from_s)));
    }
    match count(0) {
        WITNESSES_MIN.. => (ClockState::Right, None),
        _ => (ClockState::Unknown, None),
    }
}

fn witness_of_span(
    (kind, name): (WitnessKind, String),
    address: IpAddr,
    (begins, ends): (i64, i64),
    observation: ObservationId,
    at: &Observation,
) -> ClockWitness {
    let ours = at.observed_at.as_second();
    let (behind_from_s, behind_to_s) = (begins.saturating_sub(ours), ends.saturating_sub(ours));
    ClockWitness { kind, name, address, behind_from_s, behind_to_s, observation }
}

/// How far what a witness says lies from our clock.
fn distance(witness: &ClockWitness) -> i64 {
    witness.behind_from_s.max(witness.behind_to_s.saturating_neg()).max(0)
}

/// Servers in one network often have one administrator, and one clock.
fn network_of(address: IpAddr) -> String {
    let length = if address.is_ipv6() { 48 } else { 24 };
    IpNet::new(address, length).map_or_else(|_| address.to_string(), |net| net.trunc().to_string())
}

/// Whether an answer may be signed by the root or a domain right below it.
fn is_near_root(asked: &DnsQuestion) -> bool {
    let labels = asked.name.labels().map_or(usize::MAX, |labels| labels.len());
    asked.dnssec_ok && (labels <= 1 || labels == 2 && asked.record_type == RecordType::DS)
}

/// The time that a synchronised server tells, in seconds since 1970 (RFC 5905 §6).
fn time_of_ntp(packet: NtpPacket) -> Option<i64> {
    const FROM_1900_TO_1970: i64 = 2_208_988_800;
    const ERA: i64 = 1 << 32;
    let is_synchronised = packet.leap != 3 && (1..16).contains(&packet.stratum);
    let seconds = i64::try_from(packet.transmitted >> 32).ok().filter(|_| is_synchronised)?;
    // An era ends in 2036.
    let era = if seconds < ERA / 2 { ERA } else { 0 };
    (packet.transmitted != 0).then_some(seconds + era - FROM_1900_TO_1970)
}

#[cfg(test)]
mod tests;
