//! One entry of `services`.

use std::sync::Arc;

use super::fields;
use super::reader::{Fields, Ids, Reader, list};
use super::source::Span;
use super::tree::NodeId;
use crate::model::{Category, Exemption, Goal, Service, ServiceId, Stage, State, Target};

/// What the owner says of a service, beside what is probed.
const OWN_KEYS: [&str; 9] = [
    "id",
    "name",
    "category",
    "state",
    "security_level",
    "target",
    "exemption",
    "expect_status",
    "geo_dns",
];

/// The kinds: exactly one of them is a key of each service.
pub(super) static KINDS: [&str; 12] = Target::KINDS;

/// Every key of a service.
pub(super) static KEYS: [&str; OWN_KEYS.len() + Target::KINDS.len()] = {
    let mut keys = [""; OWN_KEYS.len() + Target::KINDS.len()];
    let (own, kinds) = keys.split_at_mut(OWN_KEYS.len());
    own.copy_from_slice(&OWN_KEYS);
    kinds.copy_from_slice(&Target::KINDS);
    keys
};

/// The keys of `target`.
pub(super) static GOAL_KEYS: [&str; 2] = ["stage", "by"];

/// The keys of `exemption`.
pub(super) static EXEMPTION_KEYS: [&str; 2] = ["reason", "until"];

type ServiceFields = Fields<{ KEYS.len() }>;

/// Reads a service; `None` when it is too faulty to be one, which then has been said.
pub(super) fn read<'t>(
    reader: &mut Reader<'t, '_>,
    node: NodeId,
    organisation: &Arc<str>,
    seen: &mut Ids<'t>,
) -> Option<Service> {
    let fields = reader.mapping(node, "a service", &KEYS)?;
    let id = reader
        .required(&fields, "id", "this service", "portal")
        .and_then(|node| seen.read(reader, node, "another service of this organisation"));
    let name = fields.find("name").and_then(|node| reader.value(node, "`name`", fields::text));
    let category =
        reader.required(&fields, "category", "this service", "portal").and_then(|node| {
            reader.word(
                node,
                "`category`",
                &Category::ALL.map(|category| (category.id(), category)),
            )
        });
    let target = read_kind(reader, &fields);
    let state = match fields.find("state") {
        Some(node) => reader.word(node, "`state`", &State::ALL.map(|state| (state.id(), state)))?,
        None => State::default(),
    };
    let security_level = number(reader, &fields, "security_level", 1, 5);
    let goal = fields.find("target").and_then(|node| read_goal(reader, node));
    let exemption = fields.find("exemption").and_then(|node| read_exemption(reader, node));
    let expect_status = number(reader, &fields, "expect_status", 200, 599);
    if let (Some((span, _)), Some(target)) = (fields.entry("expect_status"), &target)
        && !matches!(target, Target::Web(_))
    {
        reader.error(
            span,
            &format!("`expect_status` has no meaning for the kind `{}`", target.kind()),
            Some("delete it: only `web` services have an HTTP status"),
        );
    }
    let geo_dns = fields
        .find("geo_dns")
        .is_some_and(|node| reader.flag(node, "`geo_dns`").unwrap_or_default());
    let id = id?;
    Some(Service {
        id: ServiceId { organisation: Arc::clone(organisation), service: Arc::from(id) },
        name: name.unwrap_or_else(|| id.to_owned()),
        category: category?,
        target: target?,
        state,
        security_level,
        goal,
        exemption,
        expect_status,
        geo_dns,
    })
}

/// Reads the one key that says what is probed.
fn read_kind(reader: &mut Reader<'_, '_>, fields: &ServiceFields) -> Option<Target> {
    let mut named: Vec<(&str, Span, NodeId)> = KINDS
        .iter()
        .filter_map(|kind| fields.entry(kind).map(|(span, node)| (*kind, span, node)))
        .collect();
    // In the order of the file, so that the first one written is the one that counts.
    named.sort_by_key(|(_, span, _)| span.start);
    let Some(((kind, _, node), further)) = named.split_first() else {
        reader.error(
            fields.span,
            "this service doesn't say what is probed",
            Some(&format!("add one of the kinds {}: `web: https://portal.example/`", list(&KINDS))),
        );
        return None;
    };
    for (other, span, _) in further {
        reader.error(
            *span,
            &format!("this service names two kinds, `{kind}` and `{other}`"),
            Some("keep one of them, and make the other a service of its own"),
        );
    }
    let target = reader.value(*node, &format!("`{kind}`"), |text| target(kind, text))?;
    if let Target::Web(url) = &target
        && url.fragment().is_some()
    {
        let span = reader.tree.node(*node).span;
        reader.warn(span, "what follows the `#` is never sent to a server", Some("delete it"));
    }
    Some(target)
}

/// What is probed, from the kind's key and its value.
pub(super) fn target(kind: &str, text: &str) -> Result<Target, fields::Fault> {
    let endpoint = |default_port| fields::endpoint(text, default_port);
    Ok(match kind {
        "web" => Target::Web(fields::web(text)?),
        "mail" => Target::Mail(fields::domain(text)?),
        "zone" => Target::Zone(fields::domain(text)?),
        "dns" => Target::Dns(endpoint(Some(53))?),
        "ntp" => Target::Ntp(endpoint(Some(123))?),
        "tls" => Target::Tls(endpoint(None)?),
        "tcp" => Target::Tcp(endpoint(None)?),
        "imap" => Target::Imap(endpoint(Some(143))?),
        "imaps" => Target::Imaps(endpoint(Some(993))?),
        "pop3s" => Target::Pop3s(endpoint(Some(995))?),
        "submission" => Target::Submission(endpoint(Some(587))?),
        "ssh" => Target::Ssh(endpoint(Some(22))?),
        _ => {
            return Err(fields::Fault {
                message: format!("`{kind}` is not a kind of service"),
                help: Some(format!("the kinds are {}", list(&KINDS))),
            });
        }
    })
}

fn read_goal(reader: &mut Reader<'_, '_>, node: NodeId) -> Option<Goal> {
    let fields = reader.mapping(node, "`target`", &GOAL_KEYS)?;
    let stage = reader
        .required(&fields, "stage", "this target", "3")
        .and_then(|node| reader.number(node, "`stage`", 0..=4))
        .and_then(|number| u8::try_from(number).ok())
        .and_then(|number| Stage::try_from(number).ok());
    let by = reader
        .required(&fields, "by", "this target", "2026-12-31")
        .and_then(|node| reader.value(node, "`by`", fields::date));
    Some(Goal { stage: stage?, by: by? })
}

fn read_exemption(reader: &mut Reader<'_, '_>, node: NodeId) -> Option<Exemption> {
    let fields = reader.mapping(node, "`exemption`", &EXEMPTION_KEYS)?;
    let reason = reader
        .required(&fields, "reason", "this exemption", "replaced in 2027")
        .and_then(|node| reader.value(node, "`reason`", fields::text));
    let until = reader
        .required(&fields, "until", "this exemption", "2027-06-30")
        .and_then(|node| reader.value(node, "`until`", fields::date));
    Some(Exemption { reason: reason?, until: until? })
}

fn number<T: TryFrom<u64>>(
    reader: &mut Reader<'_, '_>,
    fields: &ServiceFields,
    key: &str,
    least: u64,
    most: u64,
) -> Option<T> {
    let node = fields.find(key)?;
    T::try_from(reader.number(node, &format!("`{key}`"), least..=most)?).ok()
}
