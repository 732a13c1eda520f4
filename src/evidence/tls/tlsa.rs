//! TLSA records of a port (RFC 6698, 7671), as far as they are authentic.

use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::TLSA;

use crate::evidence::dns::dnssec::Security;
use crate::evidence::dns::dnssec::dnssec;
use crate::evidence::query::View;
use crate::evidence::service::{EndpointContact, tls_host};
use crate::model::{Host, Name, ObservationId, Question, RecordType, Service};

/// TLSA records of one port that are used.
pub const TLSA_MAX: usize = 16;

/// The TLSA records of a host's port.
#[derive(Clone, Debug)]
pub struct TlsaRecords {
    /// Their owner name, such as `_443._tcp.www.example.vn`.
    pub owner: Name,
    /// Whether the answer for that name is authentic. Nothing else counts (RFC 7671 §4).
    pub security: Security,
    /// The records, authentic or not.
    pub records: Vec<TLSA>,
    /// Whether there are more than `TLSA_MAX`.
    pub is_cut: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Whether something is still to be asked.
    pub is_pending: bool,
}

/// Reads the TLSA records of a TCP port. Where the host is an alias and every link of it is
/// authentic, the name that it leads to is asked first (RFC 7671 §7).
pub fn tlsa_records(view: &View<'_>, host: &Name, port: u16) -> TlsaRecords {
    let chain = dnssec(view, host, RecordType::AAAA);
    let security = chain.security().clone();
    let target = chain.links.last().filter(|link| link.name != *host);
    let is_unknown = target.is_some() && matches!(security, Security::Unknown(_));
    let target = target.filter(|_| security == Security::Secure);
    let target = target.map(|link| link.name.clone());
    let mut observations = chain.observations.clone();
    let mut is_pending = chain.is_pending;
    let mut found = None;
    for base in target.iter().chain([host]) {
        let mut tlsa = records_at(view, base, port);
        observations.append(&mut tlsa.observations);
        is_pending |= tlsa.is_pending;
        let is_last_word = !tlsa.records.is_empty()
            || matches!(tlsa.security, Security::Bogus(_) | Security::Unknown(_));
        found = Some(tlsa);
        if is_last_word {
            break;
        }
    }
    let mut tlsa = found.unwrap_or_else(|| records_at(view, host, port));
    // Where the alias leads is not known, nor is what its target publishes.
    if is_unknown && tlsa.records.is_empty() && tlsa.security == Security::Secure {
        tlsa.security = security;
    }
    tlsa.observations = observations;
    tlsa.is_pending = is_pending;
    tlsa
}

/// The host whose TLSA records are for a contact: the service's own, or the exchanger contacted.
pub fn tlsa_host(service: &Service, contact: &EndpointContact<'_>) -> Option<Name> {
    let host = match &contact.conversation.question {
        Question::Greeting(question) => question.host.clone(),
        _ => tls_host(service)?,
    };
    match host {
        Host::Name(name) => Some(name),
        Host::Address(_) => None,
    }
}

fn records_at(view: &View<'_>, base: &Name, port: u16) -> TlsaRecords {
    let owner = base.child("_tcp").child(&format!("_{port}"));
    let found = dnssec(view, &owner, RecordType::TLSA);
    let records = found.records.iter().filter_map(|record| match &record.data {
        RData::TLSA(tlsa) => Some(tlsa.clone()),
        _ => None,
    });
    let mut records: Vec<TLSA> = records.collect();
    let is_cut = records.len() > TLSA_MAX;
    records.truncate(TLSA_MAX);
    TlsaRecords {
        owner,
        security: found.security().clone(),
        records,
        is_cut,
        observations: found.observations.clone(),
        is_pending: found.is_pending,
    }
}
