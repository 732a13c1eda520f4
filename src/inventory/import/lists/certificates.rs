//! Host names of certificates in Certificate Transparency logs.
//!
//! crt.sh answers `?q=%.example&output=json` with a list of `{"common_name": …, "name_value": "one\ntwo", "not_after":
//! "2027-01-30T08:49:46", …}`, Cert Spotter with `{"dns_names": […], "not_after": "2027-01-30T08:49:46Z", …}`. That a
//! certificate was made says little of whether there is a web site: every name is a guess.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer as _};

use super::collected::{Collected, parsed};
use super::options::ListOptions;
use crate::inventory::import::candidate::Candidate;

/// What a guess says of itself in the inventory.
const GUESS: &str = "a guess from a certificate: confirm or delete";

/// Octets of a host name (RFC 1035 §2.3.4).
const NAME_OCTETS_MAX: usize = 253;

/// Different names, of which many may have no valid certificate any more.
const NAMES_MAX: usize = 200_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Certificate {
    common_name: Option<String>,
    name_value: Option<String>,
    dns_names: Option<Vec<String>>,
    not_after: Option<String>,
}

/// Names with the number of the first certificate, and whether any of them is still valid.
type Names = BTreeMap<String, (usize, bool)>;

/// Reads an export.
pub(super) fn read(
    text: &str,
    options: &ListOptions,
    collected: &mut Collected<'_, '_>,
) -> Result<(), String> {
    let now = options.now.map(|now| now.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    let mut json = serde_json::Deserializer::from_str(text);
    let certificates = Certificates { now, names: Names::new(), collected };
    let names = json
        .deserialize_seq(certificates)
        .and_then(|names| json.end().map(|()| names))
        .map_err(|error| format!("it is no list of certificates: {error}"))?;
    for (name, (number, is_valid)) in names {
        match parsed(&name) {
            Ok(_) if !is_valid => collected.pass_over("names of certificates that have all ended"),
            Ok(target) => {
                let place = format!("certificate {number}");
                collected.add(Candidate { guess: Some(GUESS), ..Candidate::new(place, target) })?;
            }
            Err(_) => collected.pass_over("texts that are no host names"),
        }
    }
    Ok(())
}

struct Certificates<'v, 'b, 'c> {
    /// As the lists write it, so that it compares by its letters.
    now: Option<String>,
    names: Names,
    collected: &'v mut Collected<'b, 'c>,
}

impl<'de> Visitor<'de> for Certificates<'_, '_, '_> {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of certificates")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Names, A::Error> {
        let mut number = 0;
        while let Some(certificate) = items.next_element::<Certificate>()? {
            number += 1;
            self.collected.step().map_err(serde::de::Error::custom)?;
            self.take(number, &certificate);
            if self.names.len() > NAMES_MAX {
                return Err(serde::de::Error::custom(format!(
                    "it has more than {NAMES_MAX} names; export fewer domains at a time"
                )));
            }
        }
        Ok(self.names)
    }
}

impl Certificates<'_, '_, '_> {
    fn take(&mut self, number: usize, certificate: &Certificate) {
        let end = certificate.not_after.as_deref().and_then(|end| end.get(..19));
        let is_valid = match (&self.now, end) {
            (Some(now), Some(end)) => end >= &**now,
            _ => true,
        };
        let several = certificate.name_value.iter().flat_map(|names| names.lines());
        let listed = certificate.dns_names.iter().flatten().map(String::as_str);
        for name in several.chain(listed).chain(certificate.common_name.as_deref()) {
            let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
            if name.starts_with("*.") {
                self.collected.pass_over("wildcards, which name no host");
            } else if name.contains('@') {
                self.collected.pass_over("mail addresses");
            } else if name.len() > NAME_OCTETS_MAX
                || !name.contains('.')
                || name.contains([' ', '/', ':'])
            {
                self.collected.pass_over("texts that are no host names");
            } else {
                let known = self.names.entry(name).or_insert((number, false));
                known.1 |= is_valid;
            }
        }
    }
}
