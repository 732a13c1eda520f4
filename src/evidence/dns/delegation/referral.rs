//! What the answer of a zone's server means for the path.

use std::net::IpAddr;

use super::path::{Server, Unserved};
use crate::evidence::dns::ns_names::ns_names;
use crate::model::{Message, Name, Rcode, Record, RecordData, RecordType};

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A zone begins here; it is delegated to these servers.
    Referral { apex: Name, servers: Vec<Server> },
    /// The name asked for NS is a zone's apex, and the server asked serves that zone too.
    Apex { servers: Vec<Server> },
    /// The records asked for.
    Answer(Vec<RecordData>),
    /// The name is an alias.
    Alias(Name),
    /// The name exists (or others below it), without what was asked for.
    NoData,
    /// The name doesn't exist.
    NxDomain,
    /// It didn't fit: to be asked over TCP.
    Truncated,
    /// Nothing that leads further.
    Unusable(Unserved),
}

/// What a server of a zone says of who serves a zone below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Referred {
    /// It delegates it to these servers.
    To(Vec<Server>),
    /// It serves it too, and these are its servers.
    Itself(Vec<Name>),
    /// It didn't fit: to be asked over TCP.
    Truncated,
    /// It says nothing of the kind.
    Nothing,
}

/// Reads the answer of a server of `zone` to the question for the NS records of `apex`.
pub fn referred(message: &Message, zone: &Name, apex: &Name) -> Referred {
    match read(message, zone, apex, RecordType::NS) {
        Step::Referral { apex: found, servers } if found == *apex => Referred::To(servers),
        Step::Apex { servers } => {
            Referred::Itself(servers.into_iter().map(|server| server.name).collect())
        }
        Step::Truncated => Referred::Truncated,
        _ => Referred::Nothing,
    }
}

/// Reads the answer of a server of `zone` to the question for `name`.
pub(super) fn read(message: &Message, zone: &Name, name: &Name, record_type: RecordType) -> Step {
    match message.rcode {
        Rcode::NOERROR | Rcode::NXDOMAIN => {}
        Rcode::REFUSED => return Step::Unusable(Unserved::Refused),
        Rcode::SERVFAIL => return Step::Unusable(Unserved::ServFail),
        _ => return Step::Unusable(Unserved::OtherRcode),
    }
    if message.truncated {
        return Step::Truncated;
    }
    let servers = |owner: &Name, section: &[Record]| name_servers(message, zone, owner, section);
    let own = |record: &&Record| record.name == *name;
    let wanted: Vec<RecordData> = message
        .answers
        .iter()
        .filter(own)
        .filter(|record| record.record_type == record_type)
        .map(|record| record.data.clone())
        .collect();
    if !wanted.is_empty() {
        return match (record_type, message.authoritative) {
            (RecordType::NS, true) => Step::Apex { servers: servers(name, &message.answers) },
            // Some servers put a delegation into the answer section.
            (RecordType::NS, false) if name != zone => {
                Step::Referral { apex: name.clone(), servers: servers(name, &message.answers) }
            }
            (_, true) => Step::Answer(wanted),
            (_, false) => Step::Unusable(Unserved::Lame),
        };
    }
    let alias = message.answers.iter().filter(own).find_map(|record| match &record.data {
        RecordData::Cname(target) => Some(target.clone()),
        _ => None,
    });
    if let Some(target) = alias {
        return if message.authoritative {
            Step::Alias(target)
        } else {
            Step::Unusable(Unserved::Lame)
        };
    }
    let cut = message.authorities.iter().find(|record| {
        record.record_type == RecordType::NS
            && record.name != *zone
            && record.name.is_within(zone)
            && name.is_within(&record.name)
    });
    if let (Some(cut), Rcode::NOERROR) = (cut, message.rcode) {
        let servers = servers(&cut.name, &message.authorities);
        return Step::Referral { apex: cut.name.clone(), servers };
    }
    match (message.authoritative, message.rcode) {
        (false, _) => Step::Unusable(Unserved::Lame),
        (true, Rcode::NXDOMAIN) => Step::NxDomain,
        (true, _) => Step::NoData,
    }
}

/// The name servers of `owner`, sorted, with the addresses that a server of `zone` may vouch for:
/// those of names within `zone`.
fn name_servers(message: &Message, zone: &Name, owner: &Name, section: &[Record]) -> Vec<Server> {
    let own = section.iter().filter(|record| record.name == *owner);
    let names = ns_names(own.map(|record| &record.data));
    let glue = |name: &Name| -> Vec<IpAddr> {
        if !name.is_within(zone) {
            return Vec::new();
        }
        let records = message.additionals.iter().filter(|record| record.name == *name);
        records
            .filter_map(|record| match record.data {
                RecordData::A(address) => Some(address.into()),
                RecordData::Aaaa(address) => Some(address.into()),
                _ => None,
            })
            .collect()
    };
    names.into_iter().map(|name| Server::new(name.clone(), glue(&name))).collect()
}
