//! What is sent to internet.nl's batch API, and what comes back.
//!
//! A request is `{"name": …, "type": "web", "domains": ["example.nl", …]}`. Results of version 2 have
//! `{"request": {"request_type": "mail", …}, "domains": {"example.nl": {…}, …}}`, those of version 1.1
//! `{"data": {"domains": [{"domain": "example.nl", "link": "https://…/mail/example.nl/1/", …}, …]}}`. Of results only
//! the names are read: what another vantage point saw is no evidence here.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::collected::Collected;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(rename = "type")]
    kind: Option<String>,
    request: Option<Request>,
    domains: Option<Domains>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Request {
    request_type: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    domains: Option<Domains>,
}

/// Names, with the address of the report on each where there is one.
struct Domains(Vec<Domain>);

#[derive(Deserialize)]
struct Domain {
    domain: String,
    link: Option<String>,
}

/// Reads a request or results.
pub(super) fn read(text: &str, collected: &mut Collected<'_, '_>) -> Result<(), String> {
    let document: Document = serde_json::from_str(text)
        .map_err(|error| format!("it is no request or result of internet.nl: {error}"))?;
    let request = document.request.and_then(|request| request.request_type);
    let kind = document.kind.or(request);
    let kind = kind.as_deref();
    if let Some(other) = kind.filter(|kind| !matches!(*kind, "web" | "mail")) {
        return Err(format!("its type is `{other}`; internet.nl has `web` and `mail`"));
    }
    let domains = document.domains.or_else(|| document.data?.domains);
    let Some(Domains(domains)) = domains else {
        return Err("it has no `domains`; take a request, or the results and not the state of one"
            .to_owned());
    };
    if kind.is_none() && domains.iter().all(|domain| domain.link.is_none()) {
        collected.note(
            "it doesn't say whether web sites or mail domains are meant; they are taken for web sites".to_owned(),
        );
    }
    for (number, domain) in (1..).zip(domains) {
        let of_link = domain.link.as_deref().map(|link| link.contains("/mail/"));
        let is_mail = kind.map(|kind| kind == "mail").or(of_link).unwrap_or(false);
        let kind = if is_mail { "mail" } else { "web" };
        collected.take_host(format!("domain {number}"), kind, domain.domain.trim())?;
    }
    Ok(())
}

impl<'de> Deserialize<'de> for Domains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Domains;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of domains, or results by domain")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Domains, A::Error> {
                let mut domains = Vec::new();
                while let Some(Item(domain)) = items.next_element()? {
                    domains.push(domain);
                }
                Ok(Domains(domains))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Domains, A::Error> {
                let mut domains = Vec::new();
                while let Some((domain, IgnoredAny)) = entries.next_entry()? {
                    domains.push(Domain { domain, link: None });
                }
                Ok(Domains(domains))
            }
        }

        deserializer.deserialize_any(Names)
    }
}

/// A name alone, or what was found of it.
struct Item(Domain);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrResult;

        impl<'de> Visitor<'de> for NameOrResult {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a domain, or what was found of one")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Item, E> {
                Ok(Item(Domain { domain: name.to_owned(), link: None }))
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Item, A::Error> {
                Domain::deserialize(serde::de::value::MapAccessDeserializer::new(entries)).map(Item)
            }
        }

        deserializer.deserialize_any(NameOrResult)
    }
}
