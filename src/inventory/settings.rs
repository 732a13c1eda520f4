//! The inventory's `settings`: what an operator may change about asking.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::fields;
use super::reader::{Fields, Reader};
use super::reference::{FileReference, FileReferences};
use super::tree::NodeId;
use crate::model::{CaaIssuer, Settings};

/// The keys of `settings`.
pub(super) static KEYS: [&str; 18] = [
    "resolvers",
    "root_hints",
    "trust_anchors",
    "extra_ca",
    "caa_issuers",
    "origin_data",
    "control_targets",
    "concurrency",
    "per_host",
    "per_host_interval",
    "dns_per_second",
    "attempts",
    "retry_interval",
    "rounds",
    "round_interval",
    "vantage_interval",
    "helo",
    "timeouts",
];

/// The keys of `timeouts`.
pub(super) static TIMEOUT_KEYS: [&str; 5] = ["dns", "connect", "tls", "http", "greeting"];

/// The keys of an entry of `caa_issuers`.
pub(super) static CAA_ISSUER_KEYS: [&str; 2] = ["issuer", "domain"];

/// The keys of `origin_data`.
pub(super) static ORIGIN_DATA_KEYS: [&str; 3] = ["routes", "vrps", "validator"];

/// Conversations at once: more than this only fills the machine's own queues.
pub(super) const CONCURRENCY: RangeInclusive<u64> = 1..=10_000;
/// Conversations at once with one address.
pub(super) const PER_HOST: RangeInclusive<u64> = 1..=100;
/// DNS questions a second to one server.
pub(super) const DNS_PER_SECOND: RangeInclusive<u64> = 1..=1000;
/// Tries of one question.
pub(super) const ATTEMPTS: RangeInclusive<u64> = 1..=9;

const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(300);
const PAUSE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(600);
const VANTAGE_INTERVAL: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(3600);

type SettingsFields = Fields<{ KEYS.len() }>;

/// Reads the section. Files are only named: their contents are the caller's to fill in.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    node: NodeId,
    files: &mut FileReferences,
) -> Settings {
    let mut settings = Settings::default();
    let Some(fields) = reader.mapping(node, "`settings`", &KEYS) else { return settings };
    let file = |reader: &mut Reader<'_, '_>, key: &str| {
        FileReference::read(reader, fields.find(key)?, &format!("`{key}`"))
    };
    files.root_hints = file(reader, "root_hints");
    files.trust_anchors = file(reader, "trust_anchors");
    files.extra_ca = list(reader, &fields, "extra_ca", |reader, item| {
        FileReference::read(reader, item, "a file of `extra_ca`")
    });
    settings.caa_issuers = list(reader, &fields, "caa_issuers", |reader, item| {
        let what = "an entry of `caa_issuers`";
        let fields = reader.mapping(item, what, &CAA_ISSUER_KEYS)?;
        let issuer = reader
            .required(&fields, "issuer", what, "Our CA")
            .and_then(|node| reader.value(node, "`issuer`", fields::text));
        let domain = reader
            .required(&fields, "domain", what, "ca.example.gov.vn")
            .and_then(|node| reader.value(node, "`domain`", fields::domain));
        Some(CaaIssuer { issuer: issuer?, domain: domain? })
    });
    if let Some(node) = fields.find("origin_data")
        && let Some(fields) = reader.mapping(node, "`origin_data`", &ORIGIN_DATA_KEYS)
    {
        let routes = reader.required(&fields, "routes", "`origin_data`", "routes.txt");
        files.routes = routes.and_then(|node| FileReference::read(reader, node, "`routes`"));
        files.vrps =
            fields.find("vrps").and_then(|node| FileReference::read(reader, node, "`vrps`"));
        settings.rpki_validator = fields
            .find("validator")
            .and_then(|node| reader.value(node, "`validator`", fields::socket));
        if let (Some(_), Some((span, _))) = (&files.vrps, fields.entry("validator")) {
            reader.error(
                span,
                "`vrps` and `validator` are two sources for the same",
                Some("keep the one that is fresher, and delete the other"),
            );
        }
    }
    settings.resolvers = list(reader, &fields, "resolvers", |reader, item| {
        reader.value(item, "a resolver", fields::socket)
    });
    settings.control_targets = list(reader, &fields, "control_targets", |reader, item| {
        reader.value(item, "a control target", fields::control_target)
    });
    if let ([_], Some((span, _))) = (&settings.control_targets[..], fields.entry("control_targets"))
    {
        reader.error(
            span,
            "one control target can't tell our fault from its own",
            Some("name at least two, on different networks, or delete the key"),
        );
    }
    if let Some(number) = number(reader, &fields, "concurrency", CONCURRENCY) {
        settings.concurrency = number;
    }
    if let Some(number) = number(reader, &fields, "per_host", PER_HOST) {
        settings.per_host = number;
    }
    if let Some(number) = number(reader, &fields, "dns_per_second", DNS_PER_SECOND) {
        settings.limits.dns_per_server_per_second = number;
    }
    if let Some(number) = number(reader, &fields, "attempts", ATTEMPTS) {
        settings.attempts = number;
    }
    if let Some(number) = number(reader, &fields, "rounds", ATTEMPTS) {
        settings.rounds = number;
    }
    for (key, range, setting) in [
        ("per_host_interval", PAUSE, &mut settings.per_host_interval),
        ("retry_interval", PAUSE, &mut settings.retry_interval),
        ("round_interval", PAUSE, &mut settings.round_interval),
        ("vantage_interval", VANTAGE_INTERVAL, &mut settings.vantage_interval),
    ] {
        if let Some(duration) = duration(reader, fields.find(key), key, &range) {
            *setting = duration;
        }
    }
    settings.helo = fields
        .find("helo")
        .and_then(|node| reader.value(node, "`helo`", fields::domain))
        .map(|name| name.to_string());
    if let Some(node) = fields.find("timeouts")
        && let Some(fields) = reader.mapping(node, "`timeouts`", &TIMEOUT_KEYS)
    {
        let timeouts = &mut settings.timeouts;
        for (key, timeout) in [
            ("dns", &mut timeouts.dns),
            ("connect", &mut timeouts.connect),
            ("tls", &mut timeouts.tls),
            ("http", &mut timeouts.http),
            ("greeting", &mut timeouts.greeting),
        ] {
            if let Some(duration) = duration(reader, fields.find(key), key, &TIMEOUT) {
                *timeout = duration;
            }
        }
    }
    settings
}

fn list<T>(
    reader: &mut Reader<'_, '_>,
    fields: &SettingsFields,
    key: &str,
    mut read: impl FnMut(&mut Reader<'_, '_>, NodeId) -> Option<T>,
) -> Vec<T> {
    let Some(node) = fields.find(key) else { return Vec::new() };
    let items = reader.items(node, &format!("`{key}`")).unwrap_or_default();
    items.iter().filter_map(|item| read(reader, *item)).collect()
}

fn number<T: TryFrom<u64>>(
    reader: &mut Reader<'_, '_>,
    fields: &SettingsFields,
    key: &str,
    range: RangeInclusive<u64>,
) -> Option<T> {
    let number = reader.number(fields.find(key)?, &format!("`{key}`"), range)?;
    T::try_from(number).ok()
}

fn duration(
    reader: &mut Reader<'_, '_>,
    node: Option<NodeId>,
    key: &str,
    range: &RangeInclusive<Duration>,
) -> Option<Duration> {
    reader.value(node?, &format!("`{key}`"), |text| fields::duration(text, range))
}
