//! The inventory as a whole: its head, its networks and its organisations.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::{Ids, Reader};
use super::reference::{FileReference, FileReferences};
use super::source::Span;
use super::tree::NodeId;
use super::{fields, service, settings};
use crate::model::{Digest, Inventory, Lang, Network, Networks, Organisation, Service, Settings};

/// The keys of the file itself.
pub(super) static KEYS: [&str; 8] =
    ["version", "title", "lang", "timezone", "settings", "networks", "policy", "organisations"];

/// The keys of one entry of `networks`.
pub(super) static NETWORK_KEYS: [&str; 5] = ["prefix", "name", "asn", "internal", "testbed"];

/// The keys of one entry of `organisations`.
pub(super) static ORGANISATION_KEYS: [&str; 4] = ["id", "name", "contact", "services"];

/// The languages of reports.
pub(super) static LANGS: [(&str, Lang); 2] = [("vi", Lang::Vi), ("en", Lang::En)];

/// The time zone of an inventory that names none.
pub(super) const TIMEZONE: &str = "UTC";

/// Reads the whole document. What comes back is meaningful only if the reader found no error.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    root: NodeId,
    sha256: Digest,
) -> Option<(Inventory, FileReferences)> {
    let fields = reader.mapping(root, "the inventory", &KEYS)?;
    if let Some(node) = reader.required(&fields, "version", "the inventory", "1") {
        read_version(reader, node);
    }
    let lang = fields
        .find("lang")
        .and_then(|node| reader.word(node, "`lang`", &LANGS))
        .unwrap_or(Lang::En);
    let title = fields.find("title").and_then(|node| reader.value(node, "`title`", fields::text));
    let timezone =
        fields.find("timezone").and_then(|node| reader.value(node, "`timezone`", fields::timezone));
    let mut files = FileReferences::default();
    let settings = match fields.find("settings") {
        Some(node) => settings::read(reader, node, &mut files),
        None => Settings::default(),
    };
    let networks = fields.find("networks").map(|node| read_networks(reader, node));
    let policy = fields.find("policy").and_then(|node| read_policy(reader, node, &mut files));
    let mut list = Organisations::default();
    if let Some(node) =
        reader.required(&fields, "organisations", "the inventory", "[{id: …, services: […]}]")
    {
        list.read(reader, node);
        if list.services_seen == 0 {
            let (span, _) = fields.entry("organisations").unwrap_or((fields.span, node));
            reader.error(
                span,
                "the inventory has no service",
                Some("add one: `services: [{id: portal, category: portal, web: https://portal.example/}]`"),
            );
        }
    }
    let inventory = Inventory {
        title: title.unwrap_or_else(|| default_title(lang).to_owned()),
        lang,
        timezone: timezone.unwrap_or_else(|| TIMEZONE.to_owned()),
        settings,
        networks: Networks::new(networks.unwrap_or_default()),
        policy,
        organisations: list.organisations,
        services: list.services,
        sha256,
    };
    Some((inventory, files))
}

/// The title of an inventory that has none.
pub(super) fn default_title(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "Mức độ sẵn sàng IPv6",
        Lang::En => "IPv6 readiness",
    }
}

fn read_version(reader: &mut Reader<'_, '_>, node: NodeId) {
    if let Some(text) = reader.text(node, "`version`")
        && text != "1"
    {
        reader.error(
            reader.tree.node(node).span,
            &format!("version `{text}` is not known to this program"),
            Some("write `version: 1`, or use a newer v6ready"),
        );
    }
}

fn read_policy(
    reader: &mut Reader<'_, '_>,
    node: NodeId,
    files: &mut FileReferences,
) -> Option<String> {
    let reference = FileReference::read(reader, node, "`policy`")?;
    let policy = reference.path.clone();
    // A built-in policy has a plain name; what looks like a path is one.
    if policy.contains(['.', '/', '\\']) {
        files.policy_file = Some(reference);
    } else {
        files.policy_name = Some(reference);
    }
    Some(policy)
}

fn read_networks(reader: &mut Reader<'_, '_>, node: NodeId) -> Vec<Network> {
    let mut networks = Vec::new();
    let mut seen: HashMap<ipnet::IpNet, Span> = HashMap::new();
    for item in reader.items(node, "`networks`").unwrap_or_default() {
        let Some(fields) = reader.mapping(*item, "a network", &NETWORK_KEYS) else { continue };
        let prefix = reader
            .required(&fields, "prefix", "this network", "\"2001:db8:100::/40\"")
            .and_then(|node| Some((node, reader.value(node, "`prefix`", fields::prefix)?)));
        if let Some((node, prefix)) = prefix {
            let span = reader.tree.node(node).span;
            if let Some(first) = seen.get(&prefix) {
                let help = format!("keep one of them; the first is in {}", reader.line_of(*first));
                reader.error(span, &format!("`{prefix}` is declared twice"), Some(&help));
            }
            seen.entry(prefix).or_insert(span);
        }
        let name = reader
            .required(&fields, "name", "this network", "data centre")
            .and_then(|node| reader.value(node, "`name`", fields::text));
        let asn = fields
            .find("asn")
            .and_then(|node| reader.number(node, "`asn`", 1..=u64::from(u32::MAX)))
            .and_then(|number| u32::try_from(number).ok());
        let mut flag = |key| {
            fields
                .find(key)
                .is_some_and(|node| reader.flag(node, &format!("`{key}`")).unwrap_or_default())
        };
        let (internal, testbed) = (flag("internal"), flag("testbed"));
        if let (Some((_, prefix)), Some(name)) = (prefix, name) {
            networks.push(Network { prefix, name, asn, internal, testbed });
        }
    }
    networks
}

#[derive(Default)]
struct Organisations {
    organisations: Vec<Organisation>,
    services: Vec<Arc<Service>>,
    /// Entries under `services`, the faulty ones too.
    services_seen: usize,
}

impl Organisations {
    fn read<'t>(&mut self, reader: &mut Reader<'t, '_>, node: NodeId) {
        let mut seen = Ids::default();
        for item in reader.items(node, "`organisations`").unwrap_or_default() {
            let Some(fields) = reader.mapping(*item, "an organisation", &ORGANISATION_KEYS) else {
                continue;
            };
            let id = reader
                .required(&fields, "id", "this organisation", "vp-ubnd")
                .and_then(|node| seen.read(reader, node, "another organisation"));
            let organisation: Arc<str> = Arc::from(id.unwrap_or_default());
            let name =
                fields.find("name").and_then(|node| reader.value(node, "`name`", fields::text));
            let contact = fields
                .find("contact")
                .and_then(|node| reader.value(node, "`contact`", fields::text));
            if let Some(node) =
                reader.required(&fields, "services", "this organisation", "[{id: …}]")
            {
                self.read_services(reader, node, &organisation);
            }
            let name = name.unwrap_or_else(|| organisation.to_string());
            self.organisations.push(Organisation { id: organisation, name, contact });
        }
    }

    fn read_services(
        &mut self,
        reader: &mut Reader<'_, '_>,
        node: NodeId,
        organisation: &Arc<str>,
    ) {
        let Some(items) = reader.items(node, "`services`") else {
            self.services_seen += 1;
            return;
        };
        self.services_seen += items.len();
        if items.is_empty() {
            let span = reader.tree.node(node).span;
            reader.warn(span, "this organisation has no service", None);
        }
        let mut seen = Ids::default();
        for item in items {
            let service = service::read(reader, *item, organisation, &mut seen);
            self.services.extend(service.map(Arc::new));
        }
    }
}
