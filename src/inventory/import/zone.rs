//! A zone's master file as services: the zone itself, its mail domains, the services that SRV records
//! name, and a web site for each further host, as a guess.

use std::collections::{BTreeMap, BTreeSet};

use hickory_proto::rr::{Name as WireName, RData, RecordType};
use hickory_proto::serialize::txt::Parser;

use super::candidate::{Candidate, Problem, Reading};
use crate::inventory::targets;
use crate::model::{Endpoint, Host, Name, Target};

/// What a guess says of itself in the inventory.
const GUESS: &str = "a guess from an address record: confirm or delete";

/// The entry that takes in another file.
const INCLUDE: &str = "$INCLUDE";

/// What an endpoint is a target of.
type Kind = fn(Endpoint) -> Target;

/// Kinds by the SRV records that name them (RFC 6186, RFC 8314 §5.1).
const BY_SRV: [(&str, Kind); 6] = [
    ("_imap._tcp", Target::Imap),
    ("_imaps._tcp", Target::Imaps),
    ("_pop3s._tcp", Target::Pop3s),
    ("_submission._tcp", Target::Submission),
    ("_submissions._tcp", Target::Submission),
    ("_ldaps._tcp", Target::Tls),
];

/// Reads a master file (RFC 1035 §5). `origin` is the zone's name where the file doesn't say it.
///
/// Hosts that are name servers or mail exchangers only are no guesses: the zone and the mail domain
/// cover them.
pub fn candidates(text: &str, origin: Option<&Name>) -> Reading {
    let mut reading = Reading::default();
    let mut problem = |message: String, help: &str| {
        let help = Some(help.to_owned());
        reading.problems.push(Problem { place: "the zone file".into(), message, help });
    };
    let includes = |line: &str| {
        let entry = line.split(';').next().unwrap_or_default();
        entry.to_ascii_uppercase().contains(INCLUDE)
    };
    if let Some(at) = text.lines().position(includes) {
        problem(
            format!("line {} includes another file", at + 1),
            "put the included records in its place: `named-checkzone -D` or `kzonecheck -p` writes the whole zone",
        );
        return reading;
    }
    // The library would open the file that is named, whatever it is: also one that is named where no line
    // begins. With a letter more it knows the word no more.
    let text = text.replace(INCLUDE, "$INCLUDED");
    let origin = origin.map(|name| WireName::from_ascii(format!("{name}."))).and_then(Result::ok);
    let (apex, records) = match Parser::new(&*text, None, origin).parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            problem(
                format!("it can't be read: {error}"),
                "give the zone's name with `--origin` where the file has no `$ORIGIN`",
            );
            return reading;
        }
    };
    let sets: BTreeMap<(Name, RecordType), Vec<RData>> = records
        .into_values()
        .map(|set| {
            let data = set.records_without_rrsigs().map(|record| record.data.clone()).collect();
            ((plain(set.name()), set.record_type()), data)
        })
        .collect();
    let apex = sets
        .keys()
        .find(|(_, record_type)| *record_type == RecordType::SOA)
        .map_or_else(|| plain(&apex), |(owner, _)| owner.clone());
    let mut found = BTreeMap::new();
    let mut add = |target: Target, guess| {
        let place = format!("{target}");
        let candidate = Candidate { guess, ..Candidate::new(place, target) };
        found.entry(candidate.place.clone()).or_insert(candidate);
    };
    add(Target::Zone(apex), None);
    let mut covered = BTreeSet::new();
    for ((owner, _), all) in &sets {
        for data in all {
            match data {
                RData::NS(server) => drop(covered.insert(plain(&server.0))),
                RData::MX(mx) if !mx.exchange.is_root() => {
                    add(Target::Mail(owner.clone()), None);
                    covered.insert(plain(&mx.exchange));
                }
                RData::SRV(srv) if !srv.target.is_root() => {
                    let text = owner.to_string();
                    let kind = BY_SRV.iter().find(|(prefix, _)| text.starts_with(prefix));
                    if let Some((_, kind)) = kind {
                        let host = Host::Name(plain(&srv.target));
                        add(kind(Endpoint { host, port: srv.port }), None);
                        covered.insert(plain(&srv.target));
                    }
                }
                _ => {}
            }
        }
    }
    for (owner, record_type) in sets.keys() {
        let is_address =
            matches!(record_type, RecordType::A | RecordType::AAAA | RecordType::CNAME);
        let text = owner.to_string();
        let is_host = !text.starts_with(['_', '*']) && !covered.contains(owner);
        if is_address
            && is_host
            && let Ok(target) = targets::target(&text)
        {
            add(target, Some(GUESS));
        }
    }
    reading.candidates.extend(found.into_values());
    reading
}

fn plain(name: &WireName) -> Name {
    Name::from_presentation(&name.to_ascii())
}
