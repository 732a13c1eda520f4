//! Who is told: the routes of the configuration, and the contacts of organisations.

use globset::GlobMatcher;
use jiff::Timestamp;
use jiff::civil::Weekday;

use super::alert::Alert;
use crate::model::{Lang, Selection, Severity};
use crate::serve::config::alerts::{AlertsConfig, ChannelKind, Hours, Outside, Route};

/// Somebody who is told.
#[derive(Clone, Debug)]
pub struct Listener {
    /// By what it is known in what was told.
    pub name: String,
    /// Where messages go.
    pub destinations: Vec<Destination>,
    /// In which language.
    pub lang: Lang,
    /// What is milder is not told.
    pub severity: Severity,
    /// After how long what lasts is told again; zero = never.
    pub remind: std::time::Duration,
    /// Messages an hour at the most.
    pub per_hour: u32,
    /// When.
    pub hours: Option<Hours>,
    /// Of what.
    pub of: Subject,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The channel.
    pub channel: String,
    /// Mail addresses, where it sends mail.
    pub to: Vec<String>,
    /// The organisation whose contact it is, who can end it.
    pub contact_of: Option<String>,
}

/// Of what a listener is told.
#[derive(Clone, Debug)]
pub enum Subject {
    /// What a route chooses.
    Route {
        /// Which services; empty = all, and the daemon's own troubles.
        only: Selection,
        /// Which checks; empty = all.
        checks: Vec<GlobMatcher>,
    },
    /// What concerns an organisation's services.
    Organisation(String),
}

impl Listener {
    /// The listener of a route.
    pub fn of_route(route: &Route, config: &AlertsConfig) -> Self {
        let destination = |channel: &String| {
            let is_mail = config
                .channel(channel)
                .is_some_and(|channel| matches!(channel.kind, ChannelKind::Smtp(_)));
            let to = if is_mail { route.to.clone() } else { Vec::new() };
            Destination { channel: channel.clone(), to, contact_of: None }
        };
        Self {
            name: route.name.clone(),
            destinations: route.channels.iter().map(destination).collect(),
            lang: route.lang,
            severity: route.severity,
            remind: route.remind,
            per_hour: u32::from(route.per_hour),
            hours: route.hours.clone(),
            of: Subject::Route { only: route.only.clone(), checks: route.checks.clone() },
        }
    }

    /// The listener of an organisation's contact: each address gets messages of its own. `None` where there
    /// is nobody to tell.
    pub fn of_contact(
        organisation: &str,
        addresses: &[String],
        config: &AlertsConfig,
    ) -> Option<Self> {
        let contacts = config.contacts.as_ref().filter(|_| !addresses.is_empty())?;
        let destination = |address: &String| Destination {
            channel: contacts.channel.clone(),
            to: vec![address.clone()],
            contact_of: Some(organisation.to_owned()),
        };
        Some(Self {
            // No route has a `:` before a `/`: names of routes are the operator's, this is ours.
            name: format!("contact:/{organisation}"),
            destinations: addresses.iter().map(destination).collect(),
            lang: contacts.lang,
            severity: contacts.severity,
            remind: contacts.remind,
            per_hour: u32::from(contacts.per_hour),
            hours: None,
            of: Subject::Organisation(organisation.to_owned()),
        })
    }

    /// Whether an alert concerns it, however grave it is.
    pub fn is_for(&self, alert: &Alert) -> bool {
        match (&self.of, &alert.service) {
            (Subject::Organisation(organisation), Some(id)) => *id.organisation == **organisation,
            (Subject::Organisation(_), None) => false,
            (Subject::Route { only, checks }, None) => only.is_everything() && checks.is_empty(),
            (Subject::Route { only, checks }, Some(id)) => {
                let detail = &alert.detail;
                let category = detail.category.as_deref().unwrap_or_default();
                let check = detail.check.as_deref();
                only.matches_noted(id, &detail.tags, category)
                    && (checks.is_empty()
                        || check
                            .is_some_and(|check| checks.iter().any(|glob| glob.is_match(check))))
            }
        }
    }

    /// How grave something must be to be told now; `None` when nothing is.
    pub fn told_now(&self, now: Timestamp) -> Option<Severity> {
        match &self.hours {
            Some(hours) if !are_working(hours, now) => match hours.outside {
                Outside::Critical => Some(Severity::Critical),
                Outside::Nothing => None,
            },
            _ => Some(Severity::Info),
        }
    }
}

/// Whether a moment is within working hours. Hours that end before they begin go on into the next day, and
/// belong to the day on which they began.
pub fn are_working(hours: &Hours, now: Timestamp) -> bool {
    let local = hours.timezone.to_datetime(now);
    let (time, today) = (local.time(), local.weekday());
    let is_day = |day: Weekday| hours.days.is_empty() || hours.days.contains(&day);
    match hours.from <= hours.to {
        true => is_day(today) && hours.from <= time && time < hours.to,
        false => is_day(today) && hours.from <= time || is_day(today.previous()) && time < hours.to,
    }
}
