//! Who is to be told what now. Pure: what was told before is noted in each alert.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::alert::{Alert, Kind, Said, Told};
use super::compose::Spoken;
use super::listener::{Destination, Listener};
use super::message::{Heading, Message};
use crate::model::Selection;

/// Everything that decides what is told now.
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// Alerts that are noted by somebody: no reminders of them.
    pub acknowledged: &'a HashSet<String>,
    /// When services are worked on.
    pub maintenance: &'a [Window],
    /// How many messages each listener got in the last hour.
    pub sent: &'a BTreeMap<String, u32>,
    /// Within which time something that comes and goes is told once.
    pub flapping_within: Duration,
    /// The URL of the daemon's pages.
    pub base_url: Option<&'a str>,
}

/// A time at which services are worked on.
#[derive(Clone, Debug)]
pub struct Window {
    /// From when on.
    pub begins_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// Which services; empty = all.
    pub only: Selection,
}

/// A message for a listener by one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// To whom, by the listener's name.
    pub listener: String,
    /// Where to.
    pub destination: Destination,
    /// What.
    pub message: Message,
}

/// What is to be told now: messages, and the alerts with what each listener was told. `alerts` are those
/// that last, and those that ended lately.
pub fn announce(
    alerts: &mut [Alert],
    listeners: &[Listener],
    moment: &Moment<'_>,
) -> (Vec<Announcement>, HashSet<String>) {
    let outage = alerts.iter().any(|alert| alert.is_open() && alert.kind == Kind::OwnOutage);
    let (mut announcements, mut changed) = (Vec::new(), HashSet::new());
    for listener in listeners {
        let Some(gravest) = listener.told_now(moment.now) else { continue };
        let sent = moment.sent.get(&listener.name).copied().unwrap_or(0);
        if sent >= listener.per_hour {
            continue;
        }
        let flapped = told_as_flapping(alerts, listener, moment);
        let mut spoken: Vec<(Heading, usize)> = Vec::new();
        for (at, alert) in alerts.iter().enumerate() {
            if !listener.is_for(alert) {
                continue;
            }
            let held = outage && alert.kind != Kind::OwnOutage
                || alert.severity > gravest
                || alert.is_open() && is_in_maintenance(alert, moment);
            let heading = heading(alert, listener, moment, &flapped);
            match heading {
                Some(heading) if !held => spoken.push((heading, at)),
                _ => {}
            }
        }
        // Nothing is told of an end that follows nothing.
        let is_told = spoken.iter().any(|(heading, _)| *heading != Heading::Silent);
        for (heading, at) in &spoken {
            let alert = &mut alerts[*at];
            let what = match heading {
                Heading::Ended | Heading::Silent => Said::Ended,
                Heading::Begun | Heading::Lasts => Said::Begun(alert.kind, alert.severity),
            };
            alert.told.insert(listener.name.clone(), Told { at: moment.now, what });
            changed.insert(alert.id.clone());
        }
        if !is_told {
            continue;
        }
        let spoken: Vec<Spoken<'_>> = spoken
            .iter()
            .filter(|(heading, _)| *heading != Heading::Silent)
            .map(|(heading, at)| Spoken { heading: *heading, alert: &alerts[*at] })
            .collect();
        for destination in &listener.destinations {
            announcements.push(Announcement {
                listener: listener.name.clone(),
                destination: destination.clone(),
                message: Message::of(&spoken, listener.lang, moment.now, moment.base_url),
            });
        }
    }
    (announcements, changed)
}

/// Under what an alert is told to a listener now, if it is.
fn heading(
    alert: &Alert,
    listener: &Listener,
    moment: &Moment<'_>,
    flapped: &HashSet<String>,
) -> Option<Heading> {
    let told = alert.told.get(&listener.name);
    let since = |at: Timestamp| moment.now.duration_since(at);
    if !alert.is_open() {
        return match told.map(|told| told.what) {
            Some(Said::Begun(..)) if alert.detail.gone || alert.detail.flaps => {
                Some(Heading::Silent)
            }
            Some(Said::Begun(..)) => Some(Heading::Ended),
            Some(Said::Ended) | None => None,
        };
    }
    if alert.severity > listener.severity {
        return None;
    }
    match told {
        None => {
            let waits = alert.detail.flaps
                && flapped.contains(&alert.key)
                && since(alert.began_at) < signed(moment.flapping_within);
            (!waits).then_some(Heading::Begun)
        }
        Some(Told { what: Said::Begun(kind, severity), at }) => {
            if *kind != alert.kind || alert.severity < *severity {
                return Some(Heading::Begun);
            }
            let is_time = listener.remind > Duration::ZERO && since(*at) >= signed(listener.remind);
            let is_noted = moment.acknowledged.contains(&alert.id);
            (is_time && !is_noted).then_some(Heading::Lasts)
        }
        Some(Told { what: Said::Ended, .. }) => None,
    }
}

/// The keys of what a listener was lately told that it comes and goes.
fn told_as_flapping(alerts: &[Alert], listener: &Listener, moment: &Moment<'_>) -> HashSet<String> {
    let lately = |told: &Told| moment.now.duration_since(told.at) < signed(moment.flapping_within);
    let is_it =
        |alert: &&Alert| alert.detail.flaps && alert.told.get(&listener.name).is_some_and(lately);
    alerts.iter().filter(is_it).map(|alert| alert.key.clone()).collect()
}

fn is_in_maintenance(alert: &Alert, moment: &Moment<'_>) -> bool {
    let Some(id) = &alert.service else { return false };
    let category = alert.detail.category.as_deref().unwrap_or_default();
    moment.maintenance.iter().any(|window| {
        window.begins_at <= moment.now
            && moment.now < window.ends_at
            && window.only.matches_noted(id, &alert.detail.tags, category)
    })
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
