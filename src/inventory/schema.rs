//! The JSON Schema of an inventory, for editors: `v6ready inventory schema`.
//!
//! It says which keys there are and what they hold. What a schema can't say (that ids are unique,
//! that a host name is a good one) only `v6ready inventory validate` tells.

use serde_json::{Map, Value, json};

use super::service::KINDS;
use super::settings;
use crate::model::{Category, State};

/// The schema, in draft 2020-12, as text.
pub fn schema() -> String {
    let mut text = format!("{:#}", document());
    text.push('\n');
    text
}

fn document() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "v6ready/inventory/1",
        "title": "v6ready inventory, version 1",
        "type": "object",
        "additionalProperties": false,
        "required": ["version", "organisations"],
        "properties": {
            "version": {"const": 1, "description": "The version of this format."},
            "title": text("The title of reports."),
            "lang": {"enum": ["vi", "en"], "default": "en",
                "description": "The language of reports."},
            "timezone": text("An IANA time zone, such as Asia/Ho_Chi_Minh; quarters and dates are counted in it."),
            "settings": settings(),
            "networks": {"type": "array", "items": network(),
                "description": "Declared address ranges; the longest match counts."},
            "policy": text("A built-in policy (ipv6-for-gov, ipv6-only) or a file beside the inventory."),
            "organisations": {"type": "array", "minItems": 1, "items": organisation()},
        },
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": description})
}

fn whole(least: u64, most: u64, description: &str) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most, "description": description})
}

fn flag(description: &str) -> Value {
    json!({"type": "boolean", "default": false, "description": description})
}

fn date(description: &str) -> Value {
    json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": description})
}

fn duration(description: &str) -> Value {
    json!({"type": "string", "pattern": "^[0-9]+\\s*(ms|s|m|min|h)$",
        "description": format!("{description} Such as 500ms, 3s or 2m.")})
}

fn texts(description: &str) -> Value {
    json!({"type": "array", "items": {"type": "string", "minLength": 1}, "description": description})
}

fn settings() -> Value {
    let most = |range: std::ops::RangeInclusive<u64>| *range.end();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "resolvers": texts("Recursive resolvers as ADDRESS or ADDRESS:PORT; default: the system's."),
            "root_hints": text("A root hints file beside the inventory; default: built in."),
            "trust_anchors": text("A file of DNSSEC trust anchors; default: the root's, built in."),
            "extra_ca": texts("PEM or DER files of authorities that are trusted beside the web PKI."),
            "caa_issuers": {
                "type": "array",
                "description": "CAA domains of authorities that are not among those known.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["issuer", "domain"],
                    "properties": {
                        "issuer": text("Its organisation or common name, as in the certificates."),
                        "domain": text("The domain that CAA records name it by."),
                    },
                },
            },
            "origin_data": {
                "type": "object",
                "description": "Tables of routes and of the RPKI, for address-origin.",
                "additionalProperties": false,
                "required": ["routes"],
                "properties": {
                    "routes": text("A file with a prefix and its origin AS on each line."),
                    "vrps": text("Validated ROA payloads, as Routinator's or rpki-client's JSON."),
                    "validator": text("Instead of `vrps`: the address and port of an RPKI validator of your own with Routinator's HTTP API, such as [::1]:8323."),
                },
            },
            "control_targets": texts("At least two IPv6 sockets on different networks for the vantage test; default: root servers."),
            "helo": text("The name that mail servers are greeted with (EHLO); default: this host's."),
            "concurrency": whole(1, most(settings::CONCURRENCY), "Conversations at once."),
            "per_host": whole(1, most(settings::PER_HOST), "Conversations at once with one address."),
            "per_host_interval": duration("Between the starts of two conversations with one address."),
            "dns_per_second": whole(1, most(settings::DNS_PER_SECOND), "DNS questions a second to one server that is not your own resolver."),
            "attempts": whole(1, most(settings::ATTEMPTS), "Tries of a question that brought no answer."),
            "retry_interval": duration("Between two tries."),
            "rounds": whole(1, most(settings::ATTEMPTS), "Connections to each address, spread over the run."),
            "round_interval": duration("Between two of these connections."),
            "vantage_interval": duration("Between two tests of the vantage point."),
            "timeouts": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "dns": duration("For a DNS answer."),
                    "connect": duration("For a TCP handshake."),
                    "tls": duration("For a TLS handshake."),
                    "http": duration("For an HTTP exchange."),
                    "greeting": duration("For a mail server's or another protocol's greeting."),
                },
            },
        },
    })
}

fn network() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["prefix", "name"],
        "properties": {
            "prefix": text("A prefix, such as 2001:db8:100::/40."),
            "name": text("Whose it is, or what for."),
            "asn": whole(1, u64::from(u32::MAX), "The origin AS."),
            "internal": flag("Its addresses need not be global, and may be visited."),
            "testbed": flag("Its addresses count as if they were global."),
        },
    })
}

fn organisation() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "services"],
        "properties": {
            "id": id(),
            "name": text("Its name in reports."),
            "contact": text("Whom to write to."),
            "services": {"type": "array", "items": service()},
        },
    })
}

fn id() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": super::fields::ID_CHARACTERS_MAX,
        "description": "Small letters, digits and hyphens."})
}

fn service() -> Value {
    let mut properties = Map::new();
    for kind in KINDS {
        properties.insert(kind.to_owned(), text(kind_description(kind)));
    }
    let own = json!({
        "id": id(),
        "name": text("Its name in reports."),
        "category": {"enum": Category::ALL.map(|category| category.id()),
            "description": "What kind of service it is for the plan."},
        "state": {"enum": State::ALL.map(|state| state.id()), "default": State::default().id(),
            "description": "What is declared of it."},
        "security_level": whole(1, 5, "The information system's security level (cấp độ)."),
        "target": {
            "type": "object",
            "additionalProperties": false,
            "required": ["stage", "by"],
            "properties": {
                "stage": whole(0, 4, "The readiness stage to reach."),
                "by": date("By when."),
            },
        },
        "exemption": {
            "type": "object",
            "additionalProperties": false,
            "required": ["reason", "until"],
            "properties": {"reason": text("Why."), "until": date("Until when.")},
        },
        "expect_status": whole(200, 599, "The HTTP status that a web service is to give."),
        "geo_dns": flag("Its addresses differ by where they are asked from."),
    });
    if let Value::Object(own) = own {
        properties.extend(own);
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "category"],
        "properties": properties,
        "oneOf": KINDS.map(|kind| json!({"required": [kind]})),
    })
}

fn kind_description(kind: &str) -> &'static str {
    match kind {
        "web" => "A web site: its http or https URL.",
        "mail" => "The mail of a domain.",
        "zone" => "A DNS zone, judged on its own.",
        "dns" => "A name server or resolver: HOST or HOST:PORT.",
        "ntp" => "A time server: HOST or HOST:PORT.",
        "tls" => "A service over TLS: HOST:PORT.",
        "tcp" => "A service over TCP: HOST:PORT.",
        "imap" => "IMAP with STARTTLS: HOST or HOST:PORT.",
        "imaps" => "IMAP over TLS: HOST or HOST:PORT.",
        "pop3s" => "POP3 over TLS: HOST or HOST:PORT.",
        "submission" => "Mail submission: HOST or HOST:PORT.",
        "ssh" => "SSH: HOST or HOST:PORT.",
        _ => "A service.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::inventory::{document, service};

    #[test]
    fn the_schema_knows_the_keys_that_the_parser_knows() {
        let schema = super::document();
        let item = |of: &Value, key: &str| of["properties"][key]["items"].clone();
        let organisation = item(&schema, "organisations");
        let known = |of: &Value| -> BTreeSet<String> {
            of["properties"].as_object().unwrap().keys().cloned().collect()
        };
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let parts: [(Value, BTreeSet<String>); 7] = [
            (schema.clone(), keys(&document::KEYS)),
            (item(&schema, "networks"), keys(&document::NETWORK_KEYS)),
            (organisation.clone(), keys(&document::ORGANISATION_KEYS)),
            (item(&organisation, "services"), keys(&service::KEYS)),
            (schema["properties"]["settings"].clone(), keys(&settings::KEYS)),
            (
                schema["properties"]["settings"]["properties"]["timeouts"].clone(),
                keys(&settings::TIMEOUT_KEYS),
            ),
            (
                item(&organisation, "services")["properties"]["target"].clone(),
                keys(&service::GOAL_KEYS),
            ),
        ];
        for (part, expected) in parts {
            assert_eq!(known(&part), expected);
        }
    }
}
