//! What is decided after a run or when time has passed: alerts and messages, written in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::alert::{Alert, Detail, Kind};
use super::announce::{Announcement, Moment, Window, announce};
use super::detect::{Limits, NewIds, Sighting, Trouble, note_flapping, transitions};
use super::listener::Listener;
use super::unsubscribe;
use crate::model::{Digest, RunId, Selection, Severity};
use crate::serve::config::alerts::AlertsConfig;
use crate::store::{AlertDecision, AlertFilter, NewMessage, Store, StoreError};

/// How long an alert that ended may still be told of: beyond the longest night and any limit an hour.
const ENDED_FOR: SignedDuration = SignedDuration::from_hours(24 * 14);

/// How often a decision is made again because another one came between.
const TRIES_MAX: usize = 5;

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Happening {
    /// The inventory's key.
    pub inventory: String,
    /// The run that says something of its services, with what it says.
    pub run: Option<(RunId, Sighting)>,
    /// Troubles of the daemon's own that are there, and the keys of those that are over.
    pub own: Vec<OwnTrouble>,
}

/// Something of the daemon's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTrouble {
    /// What it is about.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong; `None` when it is over.
    pub problem: Option<String>,
}

/// Who can be told, and how.
pub struct Audience<'a> {
    /// What the operator says of alerts.
    pub config: &'a AlertsConfig,
    /// The URL of the daemon's pages.
    pub base_url: Option<&'a str>,
    /// The mail addresses of organisations' contacts, by the organisation's id.
    pub contacts: &'a BTreeMap<String, Vec<String>>,
}

impl Audience<'_> {
    /// How far ahead is looked.
    pub fn limits(&self) -> Limits {
        let AlertsConfig { certificate_days, target_days, .. } = *self.config;
        Limits { certificate_days, target_days }
    }
}

/// Decides what is told after something happened, or because time has passed. Keeps it, with the messages, and
/// returns how many messages there are.
///
/// # Errors
/// When the store can't be read or written. Nothing of it is kept then.
pub fn decide(
    store: &Store,
    happening: &Happening,
    audience: &Audience<'_>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    for _ in 0..TRIES_MAX {
        let decision = decision(store, happening, audience, now)?;
        let is_empty =
            decision.run.is_none() && decision.alerts.is_empty() && decision.messages.is_empty();
        if is_empty || store.decide_alerts(&decision)? {
            return Ok(decision.messages.len());
        }
    }
    Ok(0)
}

fn decision(
    store: &Store,
    happening: &Happening,
    audience: &Audience<'_>,
    now: Timestamp,
) -> Result<AlertDecision, StoreError> {
    let inventory = &happening.inventory;
    let run_before = store.alert_mark(inventory)?;
    let recent = AlertFilter { since: now.checked_sub(ENDED_FOR).ok(), ..AlertFilter::default() };
    let open = AlertFilter { is_open: true, ..AlertFilter::default() };
    let mut known: BTreeMap<String, Alert> = BTreeMap::new();
    for stored in store.alerts(&open)?.iter().chain(&store.alerts(&recent)?) {
        known.insert(stored.id.clone(), Alert::of_stored(stored));
    }
    let mut changed: HashSet<String> = HashSet::new();
    let mut ids = Ids { now, run: happening.run.as_ref().map(|(run, _)| run.clone()), next: 0 };
    let mut take = |alerts: Vec<Alert>, known: &mut BTreeMap<String, Alert>| {
        for alert in alerts {
            if known.get(&alert.id) != Some(&alert) {
                changed.insert(alert.id.clone());
                known.insert(alert.id.clone(), alert);
            }
        }
    };
    if let Some((run, sighting)) = &happening.run {
        let open: Vec<Alert> = known
            .values()
            .filter(|alert| alert.is_open() && alert.inventory == *inventory)
            .cloned()
            .collect();
        let moved = transitions(&open, sighting.clone(), inventory, now, Some(run), &mut ids);
        take(moved.alerts, &mut known);
    }
    for own in &happening.own {
        let moved = own_transition(known.values(), own, now, &mut ids);
        take(moved.into_iter().collect(), &mut known);
    }
    let mut alerts: Vec<Alert> = known.into_values().collect();
    mark_flapping(&mut alerts, audience.config, now, &mut changed);
    let listeners = listeners(audience, &alerts, store)?;
    let windows = windows(store, audience.config, now)?;
    let acknowledged: HashSet<String> = store.acknowledged_alerts()?.into_iter().collect();
    let mut sent = BTreeMap::new();
    let hour_ago = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now);
    for listener in &listeners {
        let destinations = u32::try_from(listener.destinations.len().max(1)).unwrap_or(1);
        let count = store.messages_since(&listener.name, hour_ago)?;
        sent.insert(listener.name.clone(), count.div_ceil(destinations));
    }
    let moment = Moment {
        now,
        acknowledged: &acknowledged,
        maintenance: &windows,
        sent: &sent,
        flapping_within: audience.config.flapping_within,
        base_url: audience.base_url,
    };
    let (announcements, told) = announce(&mut alerts, &listeners, &moment);
    changed.extend(told);
    let secret = store.secret(unsubscribe::SECRET)?;
    let messages = announcements.iter().map(|one| message(one, audience, &secret, now)).collect();
    let mut alerts: Vec<_> =
        alerts.iter().filter(|alert| changed.contains(&alert.id)).map(Alert::to_stored).collect();
    // An alert ends before another of its key begins.
    alerts.sort_by_key(|alert| alert.resolved_at.is_none());
    Ok(AlertDecision {
        inventory: inventory.clone(),
        run: happening.run.as_ref().map(|(run, _)| run.clone()),
        run_before,
        at: now,
        alerts,
        messages,
    })
}

/// What becomes of an alert of the daemon's own.
fn own_transition<'a>(
    mut known: impl Iterator<Item = &'a Alert>,
    own: &OwnTrouble,
    now: Timestamp,
    ids: &mut Ids,
) -> Option<Alert> {
    let open = known.find(|alert| alert.is_open() && alert.key == own.key).cloned();
    match (open, &own.problem) {
        (Some(alert), None) => Some(Alert { resolved_at: Some(now), ..alert }),
        (Some(alert), Some(problem)) => {
            let detail = Detail { problem: Some(problem.clone()), ..alert.detail.clone() };
            Some(Alert { seen_at: now, severity: own.severity, detail, ..alert })
        }
        (None, None) => None,
        (None, Some(problem)) => {
            let trouble = Trouble {
                key: own.key.clone(),
                kind: own.kind,
                severity: own.severity,
                service: None,
                detail: Detail { problem: Some(problem.clone()), ..Detail::default() },
                is_news: true,
            };
            let sighting = Sighting { troubles: vec![trouble], ..Sighting::default() };
            transitions(&[], sighting, "", now, None, ids).alerts.pop()
        }
    }
}

fn mark_flapping(
    alerts: &mut [Alert],
    config: &AlertsConfig,
    now: Timestamp,
    changed: &mut HashSet<String>,
) {
    let within = SignedDuration::try_from(config.flapping_within).unwrap_or(SignedDuration::MAX);
    let mut times: HashMap<(String, String), usize> = HashMap::new();
    for alert in alerts.iter().filter(|alert| now.duration_since(alert.began_at) < within) {
        *times.entry((alert.inventory.clone(), alert.key.clone())).or_default() += 1;
    }
    let before: HashSet<String> =
        alerts.iter().filter(|alert| alert.detail.flaps).map(|alert| alert.id.clone()).collect();
    let of_key = |alert: &Alert| {
        times.get(&(alert.inventory.clone(), alert.key.clone())).copied().unwrap_or(0)
    };
    note_flapping(alerts, of_key, usize::from(config.flapping_changes));
    let marked = alerts.iter().filter(|alert| alert.detail.flaps && !before.contains(&alert.id));
    changed.extend(marked.map(|alert| alert.id.clone()));
}

/// Everybody who may be told something of these alerts.
fn listeners(
    audience: &Audience<'_>,
    alerts: &[Alert],
    store: &Store,
) -> Result<Vec<Listener>, StoreError> {
    let config = audience.config;
    let mut listeners: Vec<Listener> =
        config.routes.iter().map(|route| Listener::of_route(route, config)).collect();
    // Without a URL there is no link that ends them, and so none of these mails.
    if config.contacts.is_some() && audience.base_url.is_some() {
        let ended: HashSet<(String, String)> = store.unsubscriptions()?.into_iter().collect();
        let concerned: HashSet<&str> = alerts
            .iter()
            .filter_map(|alert| alert.service.as_ref())
            .map(|id| &*id.organisation)
            .collect();
        for (organisation, addresses) in audience.contacts {
            if !concerned.contains(organisation.as_str()) {
                continue;
            }
            let wants =
                |address: &&String| !ended.contains(&((*address).clone(), organisation.clone()));
            let addresses: Vec<String> = addresses.iter().filter(wants).cloned().collect();
            listeners.extend(Listener::of_contact(organisation, &addresses, config));
        }
    }
    Ok(listeners)
}

/// When services are worked on, by the configuration and by the pages.
fn windows(
    store: &Store,
    config: &AlertsConfig,
    now: Timestamp,
) -> Result<Vec<Window>, StoreError> {
    let configured = config.maintenance.iter().filter_map(|window| {
        let (begins_at, ends_at) = window.span()?;
        Some(Window { begins_at, ends_at, only: window.only.clone() })
    });
    let announced = store.maintenance(now)?.into_iter().filter_map(|window| {
        // Patterns that can't be read any more choose nothing.
        let only = Selection::parse(&window.only).ok()?;
        Some(Window { begins_at: window.begins_at, ends_at: window.ends_at, only })
    });
    Ok(configured.chain(announced).collect())
}

fn message(
    announcement: &Announcement,
    audience: &Audience<'_>,
    secret: &[u8],
    now: Timestamp,
) -> NewMessage {
    let Announcement { listener, destination, message } = announcement;
    let mut message = message.clone();
    if let (Some(organisation), Some(base), [address]) =
        (&destination.contact_of, audience.base_url, &destination.to[..])
    {
        message.unsubscribe = unsubscribe::link(base, secret, address, organisation);
    }
    let document = serde_json::to_string(&message).unwrap_or_default();
    let recipient = (!destination.to.is_empty()).then(|| destination.to.join(", "));
    let named = format!(
        "{listener}\n{}\n{}\n{}\n{document}",
        destination.channel,
        recipient.as_deref().unwrap_or_default(),
        now.as_microsecond()
    );
    NewMessage {
        key: Digest::of(named.as_bytes()).hex()[..32].to_owned(),
        route: listener.clone(),
        channel: destination.channel.clone(),
        recipient,
        made_at: now,
        not_before: now,
        document,
    }
}

/// Names alerts by the moment and a number; two that begin at once differ by it.
struct Ids {
    now: Timestamp,
    run: Option<RunId>,
    next: u32,
}

impl NewIds for Ids {
    fn next(&mut self) -> String {
        self.next += 1;
        let run = self.run.as_ref().map_or("", RunId::as_str);
        let named = format!("{run}\n{}\n{}", self.now.as_nanosecond(), self.next);
        let digest = Digest::of(named.as_bytes()).hex();
        format!("{}-{}", self.now.strftime("%Y%m%d"), &digest[..10])
    }
}

#[cfg(test)]
mod tests;
