//! An inventory out of a few names: `v6ready check example.gov.vn`.

use std::collections::HashSet;
use std::fmt;

use super::fault::Fault;
use super::format::kinds;
use super::ids::Taken;
use super::schemes;
use super::values::text::slug;
use crate::model::{Host, Inventory, Target};

/// The arguments that name nothing to check, each with what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadTargets(Vec<BadTarget>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct BadTarget {
    argument: String,
    fault: Fault,
}

/// One paragraph for each argument, ready to be printed.
impl fmt::Display for BadTargets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, bad) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{:?}: {}", bad.argument, bad.fault.message)?;
            if let Some(help) = &bad.fault.help {
                write!(f, "; {help}")?;
            }
        }
        Ok(())
    }
}

/// The organisation that the services of such an inventory belong to.
const ORGANISATION: &str = "check";

/// The text of an inventory with one service for each argument, in order, each once:
/// `example.gov.vn` is the web site `https://example.gov.vn/`, a URL is a web site, and `KIND:…`
/// is a service of that kind, such as `mail:example.gov.vn` or `tcp:app.example.gov.vn:8443`. Language,
/// time zone and declared networks are those of `like`; settings are not part of the text.
///
/// # Errors
/// All arguments that can't be read.
pub fn for_targets(arguments: &[String], like: Option<&Inventory>) -> Result<String, BadTargets> {
    let mut ids = Taken::default();
    let mut known = HashSet::new();
    let mut bad = Vec::new();
    let mut yaml = format!(
        "version: 1\ntitle: v6ready check\n{}organisations:\n  - id: {ORGANISATION}\n    services:\n",
        like.map(head_like).unwrap_or_default()
    );
    for argument in arguments {
        match one_line(argument).and_then(target) {
            Err(fault) => bad.push(BadTarget { argument: argument.clone(), fault }),
            Ok(target) if !known.insert(target.clone()) => {}
            Ok(target) => {
                let id = new_id(&target, &mut ids);
                let value = quoted(&value(&target));
                yaml.push_str(&format!(
                    "      - {{id: {id}, name: {}, category: internet-service, {}: {value}}}\n",
                    quoted(&name(argument)),
                    target.kind(),
                ));
            }
        }
    }
    if arguments.is_empty() {
        let fault = Fault {
            message: "there is nothing to check".into(),
            help: Some("name a host or a URL".into()),
        };
        bad.push(BadTarget { argument: String::new(), fault });
    }
    if bad.is_empty() { Ok(yaml) } else { Err(BadTargets(bad)) }
}

/// An argument, where it is one that people see as it is.
fn one_line(argument: &str) -> Result<&str, Fault> {
    match argument.contains(char::is_control) {
        true => Fault::err("this holds a line break or another control code", "write it without"),
        false => Ok(argument),
    }
}

/// What the service is called: the argument, as far as a name goes.
fn name(argument: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    let mut name: String = argument.trim().chars().take(CHARACTERS_MAX).collect();
    if argument.trim().chars().nth(CHARACTERS_MAX).is_some() {
        name.push('…');
    }
    name
}

/// The keys that judge and show services as another inventory does.
fn head_like(inventory: &Inventory) -> String {
    let mut head =
        format!("lang: {}\ntimezone: {}\n", inventory.lang.tag(), quoted(&inventory.timezone));
    let networks: Vec<_> = inventory
        .networks
        .iter()
        .map(|network| {
            let (prefix, name) = (network.prefix, quoted(&network.name));
            let asn = network.asn.map(|asn| format!(", asn: {asn}")).unwrap_or_default();
            let internal = if network.internal { ", internal: true" } else { "" };
            let testbed = if network.testbed { ", testbed: true" } else { "" };
            format!("  - {{prefix: \"{prefix}\", name: {name}{asn}{internal}{testbed}}}\n")
        })
        .collect();
    if !networks.is_empty() {
        head.push_str("networks:\n");
        head.extend(networks);
    }
    head
}

/// A service as people write it: a URL of any scheme, `KIND:…`, or a host, which means its web site.
pub(super) fn target(text: &str) -> Result<Target, Fault> {
    let text = text.trim();
    if let Some(found) = schemes::target(text) {
        return found;
    }
    if text.contains("://") {
        return kinds::target("web", text);
    }
    match text.split_once(':') {
        Some(("web", rest)) => web(rest),
        Some((kind, rest)) if Target::KINDS.contains(&kind) => kinds::target(kind, rest),
        _ => web(text),
    }
}

/// A service of a kind, where it is written as more than a value of this kind: as `KIND:…`, a URL whose scheme
/// is of this kind, or a mail address for its domain.
pub(super) fn of_kind(kind: &str, text: &str) -> Option<Result<Target, Fault>> {
    let text = text.trim();
    let is_kind = |found: &Target| found.kind() == kind;
    if let Some(rest) = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':')) {
        return Some(kinds::target(kind, rest)).filter(Result::is_ok);
    }
    if let Some(Ok(found)) = schemes::target(text) {
        return Some(Ok(found)).filter(|found| found.as_ref().is_ok_and(is_kind));
    }
    match text.rsplit_once('@') {
        Some((_, domain)) if kind == "mail" && !text.contains("://") => {
            Some(kinds::target(kind, domain))
        }
        _ => None,
    }
}

/// A web site by its host alone, with or without a port and a path.
fn web(argument: &str) -> Result<Target, Fault> {
    if argument.contains("://") {
        return kinds::target("web", argument);
    }
    // A bare IPv6 address needs its brackets.
    if let Ok(host @ Host::Address(_)) = Host::parse(argument) {
        return kinds::target("web", &format!("https://{host}/"));
    }
    let rest = if argument.contains('/') { argument.into() } else { format!("{argument}/") };
    kinds::target("web", &format!("https://{rest}"))
}

/// A target as an inventory writes it.
pub(super) fn value(target: &Target) -> String {
    let text = target.to_string();
    match target {
        Target::Web(_) => text,
        _ => text.split_once(':').map_or(text.clone(), |(_, value)| value.to_owned()),
    }
}

pub(super) fn new_id(target: &Target, taken: &mut Taken) -> String {
    let host = target.host().map(|host| host.to_string()).unwrap_or_default();
    let name = match target {
        Target::Web(_) => slug(&host),
        _ => slug(&format!("{}-{host}", target.kind())),
    };
    taken.take_like(if name.is_empty() { "service" } else { &name })
}

/// A YAML text in double quotes (§7.3.1); what people type may hold anything.
pub(super) fn quoted(text: &str) -> String {
    // JSON's strings are YAML's, except for characters that YAML wants escaped.
    let json = serde_json::Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\u{7f}'..='\u{9f}'
            | '\u{feff}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => quoted.push(other),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::parse;

    fn services(arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let yaml = for_targets(&arguments, None).unwrap();
        let parsed =
            parse(yaml.as_bytes(), "check").unwrap_or_else(|e| panic!("{}", e.render(false)));
        let services = parsed.inventory.services.iter();
        services.map(|service| format!("{} {}", service.id, service.target)).collect()
    }

    #[test]
    fn names_become_services() {
        let found = services(&[
            "example.gov.vn",
            "http://example.gov.vn/a",
            "https://example.gov.vn/",
            "Khánhhòa.example:8443/x",
            "2001:db8::1",
            "mail:example.gov.vn",
            "zone:example.gov.vn",
            "dns:192.0.2.53",
            "tcp:[2001:db8::1]:8443",
            "web:example.vn",
        ]);
        assert_eq!(
            found,
            [
                "check/example-gov-vn https://example.gov.vn/",
                "check/example-gov-vn-2 http://example.gov.vn/a",
                "check/xn-khnhha-qta3l-example https://xn--khnhha-qta3l.example:8443/x",
                "check/2001-db8-1 https://[2001:db8::1]/",
                "check/mail-example-gov-vn mail:example.gov.vn",
                "check/zone-example-gov-vn zone:example.gov.vn",
                "check/dns-192-0-2-53 dns:192.0.2.53:53",
                "check/tcp-2001-db8-1 tcp:[2001:db8::1]:8443",
                "check/example-vn https://example.vn/",
            ]
        );
    }

    #[test]
    fn names_are_seen_as_an_inventory_sees_its_own() {
        let text = "version: 1\nlang: en\ntimezone: Asia/Ho_Chi_Minh\nnetworks:\n  \
            - {prefix: \"2001:db8:1::/48\", name: \"A \\\"B\\\"\", asn: 64500, testbed: true}\n  \
            - {prefix: \"fd00::/8\", name: C, internal: true}\norganisations:\n  - id: o\n    services:\n      \
            - {id: s, category: portal, web: \"https://a.example/\"}\n";
        let like = parse(text.as_bytes(), "like").unwrap().inventory;
        let yaml = for_targets(&["mail:b.example".to_owned()], Some(&like)).unwrap();
        let made = parse(yaml.as_bytes(), "made").unwrap().inventory;
        assert_eq!((made.lang, &made.timezone), (like.lang, &like.timezone));
        assert_eq!(made.networks, like.networks);
        assert_eq!(made.services[0].target.to_string(), "mail:b.example");
    }

    #[test]
    fn every_bad_argument_is_named() {
        let arguments = ["a b", "good.example", "tls:x.example", "gopher://x.example/"];
        let error = for_targets(&arguments.map(str::to_owned), None).unwrap_err().to_string();
        for expected in
            ["\"a b\"", "\"tls:x.example\"", "port is missing", "`gopher` is not a scheme"]
        {
            assert!(error.contains(expected), "{error}");
        }
        assert!(!error.contains("good.example"), "{error}");
        let error = for_targets(&["a.example/\u{1}x".to_owned()], None).unwrap_err().to_string();
        assert!(error.contains(r#""a.example/\u{1}x": this holds a line break"#), "{error}");
        assert!(for_targets(&[], None).unwrap_err().to_string().contains("nothing to check"));
    }

    #[test]
    fn many_services_of_one_long_host() {
        let host = format!("{}.example", "a".repeat(63));
        let arguments: Vec<_> = (1..120).map(|port| format!("tcp:{host}:{port}")).collect();
        assert_eq!(services(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).len(), 119);
    }

    #[test]
    fn a_long_url_is_no_name() {
        let url = format!("https://a.example/{}", "x".repeat(1500));
        assert_eq!(services(&[&url]), [format!("check/a-example {url}")]);
    }

    #[test]
    fn quoting() {
        assert_eq!(quoted("a\"b\\c\n\u{85}\u{feff}é"), r#""a\"b\\c\n\u0085\ufeffé""#);
    }
}
