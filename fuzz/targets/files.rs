//! Files in text: the operator's own, those that it gets from others, and answers in JSON.

use v6ready::evidence::dns::dnssec::Anchors;
use v6ready::inventory::import::{Base, Terms, Words, merge, zone_candidates};
use v6ready::model::{Lang, OriginTable, Selection};
use v6ready::policy::Policy;
use v6ready::probe::decoders;
use v6ready::report::letterhead::Letterhead;
use v6ready::{check, inventory as inventories};

/// What an RPKI validator answers.
pub fn validator_json(octets: &[u8]) {
    let _ = decoders::covering_payloads(octets);
}

/// The tables of routes and, after an empty octet, of payloads.
pub fn origin_tables(octets: &[u8]) {
    let mut parts = octets.splitn(2, |octet| *octet == 0).map(String::from_utf8_lossy);
    let routes = parts.next().unwrap_or_default();
    let Ok(table) = OriginTable::parse(&routes, parts.next().as_deref()) else { return };
    for address in ["2001:db8::1", "192.0.2.1", "::"] {
        let Ok(address) = address.parse() else { continue };
        let found = table.find(address);
        for route in &found.routes {
            let _ = found.validity(route);
        }
    }
}

/// An inventory; what is wrong with it can be printed.
pub fn inventory(octets: &[u8]) {
    match inventories::parse(octets, "inventory.yaml") {
        Ok(parsed) => {
            parsed.warnings.iter().for_each(|warning| drop(warning.render(false)));
        }
        Err(problems) => assert!(!problems.render(false).is_empty()),
    }
}

/// A policy.
pub fn policy(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let knows = |id: &str, reason: Option<&str>| {
        check::find(id).is_some_and(|check| {
            reason.is_none_or(|reason| check.reasons.iter().any(|known| known.id == reason))
        })
    };
    let _ = Policy::parse("policy.yaml", text, knows);
}

/// A letterhead.
pub fn letterhead(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let Ok(letterhead) = Letterhead::parse(text) else { return };
    for lang in [Lang::Vi, Lang::En] {
        let _ = (letterhead.issuer(lang), letterhead.number(lang), letterhead.title(lang));
    }
}

/// Words for headings and cells of tables.
pub fn words(octets: &[u8]) {
    let _ = Words::built_in().extend(octets);
}

/// What is to be checked, a line each.
pub fn targets(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let arguments: Vec<String> = text.lines().take(50).map(str::to_owned).collect();
    if let Ok(text) = inventories::for_targets(&arguments, None) {
        let parsed = inventories::parse(text.as_bytes(), "(command line)");
        assert!(arguments.is_empty() || parsed.is_ok(), "{text}");
    }
}

/// DNSSEC trust anchors.
pub fn trust_anchors(octets: &[u8]) {
    let _ = Anchors::read(Some(&String::from_utf8_lossy(octets)));
}

/// Patterns that choose services, a line each.
pub fn selection(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let _ = Selection::parse(text.lines().take(50));
}

/// A zone's master file, put into an inventory.
pub fn zone_file(octets: &[u8]) {
    let reading = zone_candidates(&String::from_utf8_lossy(octets), None);
    let base = Base {
        text: "version: 1\norganisations:\n  - id: o\n    services: []\n",
        file: "inventory.yaml",
        is_new: false,
    };
    let terms = Terms { organisation: Some("o".to_owned()), ..Terms::default() };
    if let Ok(merged) = merge(&base, &reading.candidates, &terms) {
        assert!(inventories::parse(merged.text.as_bytes(), "t.yaml").is_ok(), "{}", merged.text);
    }
}
