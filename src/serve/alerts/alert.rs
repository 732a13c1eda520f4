//! An alert from its trigger to its end, and what each route was told of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::check::{self, Check};
use crate::model::{RunId, ServiceId, Severity};
use crate::store::StoredAlert;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A check fails that didn't, or a service fell to a lower stage.
    Worse,
    /// What was known isn't any more.
    Unknown,
    /// A certificate is about to end, or has ended.
    Certificate,
    /// A target is about to be missed, or was.
    Target,
    /// A run failed, or an inventory's file can't be read.
    RunFailed,
    /// The daemon's own side has no IPv6: it can't tell anything of anybody.
    OwnOutage,
    /// Messages could not be delivered.
    Delivery,
    /// Something else of the daemon's own.
    Own,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Worse,
        Self::Unknown,
        Self::Certificate,
        Self::Target,
        Self::RunFailed,
        Self::OwnOutage,
        Self::Delivery,
        Self::Own,
    ];

    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Unknown => "unknown",
            Self::Certificate => "certificate",
            Self::Target => "target",
            Self::RunFailed => "run-failed",
            Self::OwnOutage => "own-outage",
            Self::Delivery => "delivery",
            Self::Own => "own",
        }
    }

    /// The kind of this word; one that a later version may know is the daemon's own.
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.id() == word).unwrap_or(Self::Own)
    }

    /// Whether it is about the daemon itself, and not about a service.
    pub fn is_own(self) -> bool {
        matches!(self, Self::RunFailed | Self::OwnOutage | Self::Delivery | Self::Own)
    }
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Names it from its trigger to its end.
    pub id: String,
    /// What it is about: at most one alert of an inventory is open for each.
    pub key: String,
    /// The inventory's key; empty for what concerns the daemon itself.
    pub inventory: String,
    /// The service that it is about.
    pub service: Option<ServiceId>,
    /// Its kind.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// When it was triggered.
    pub began_at: Timestamp,
    /// When it was last found to last.
    pub seen_at: Timestamp,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// The particulars.
    pub detail: Detail,
    /// What each route was told, by its name.
    pub told: BTreeMap<String, Told>,
}

/// The particulars of an alert, by which its texts are made in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// The service's name at that time. The operator's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The organisation's name at that time. The operator's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_name: Option<String>,
    /// The service's tags, and its category's word, by which routes choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// See `tags`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The things that the check names. Text from targets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// The stage before and after, by their numbers, where it fell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<(u8, u8)>,
    /// What it has in common with other services: alerts of one cause are one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The day on which something ends, or is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Days until then; negative after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// What happened, for what no check says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The run that triggered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The run that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_run: Option<RunId>,
    /// Whether the service is gone, so that there is nothing to tell of its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Whether it came and went so often that it is told only when it lasts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub flaps: bool,
}

/// What a route was told of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When last.
    pub at: Timestamp,
    /// That it lasts, of which kind and how grave, or that it ended.
    pub what: Said,
}

/// What was said of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// That it is there.
    Begun(Kind, Severity),
    /// That it ended.
    Ended,
}

/// What the store keeps as JSON.
#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(flatten)]
    detail: Detail,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    told: BTreeMap<String, Told>,
    /// The kind as it is now: it may change while an alert lasts.
    kind: Kind,
}

impl Alert {
    /// The check that it is about.
    pub fn check(&self) -> Option<&'static Check> {
        self.detail.check.as_deref().and_then(check::find)
    }

    /// Whether it lasts.
    pub fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }

    /// An alert of the store. What can't be read of its particulars is left out.
    pub fn of_stored(stored: &StoredAlert) -> Self {
        let document = serde_json::from_str::<Document>(&stored.document);
        let kind = document.as_ref().map_or_else(|_| Kind::of(&stored.kind), |read| read.kind);
        let (detail, told) = match document {
            Ok(Document { detail, told, .. }) => (detail, told),
            Err(_) => Default::default(),
        };
        let id = |(organisation, service): (&String, &String)| ServiceId {
            organisation: organisation.as_str().into(),
            service: service.as_str().into(),
        };
        let severities = [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info];
        let severity = severities.into_iter().find(|one| one.id() == stored.severity);
        Self {
            id: stored.id.clone(),
            key: stored.key.clone(),
            inventory: stored.inventory.clone(),
            service: stored.organisation.as_ref().zip(stored.service.as_ref()).map(id),
            kind,
            severity: severity.unwrap_or(Severity::Error),
            began_at: stored.began_at,
            seen_at: stored.seen_at,
            resolved_at: stored.resolved_at,
            detail,
            told,
        }
    }

    /// The alert as the store keeps it.
    pub fn to_stored(&self) -> StoredAlert {
        let document =
            Document { detail: self.detail.clone(), told: self.told.clone(), kind: self.kind };
        let part =
            |part: fn(&ServiceId) -> &str| self.service.as_ref().map(|id| part(id).to_owned());
        StoredAlert {
            id: self.id.clone(),
            key: self.key.clone(),
            inventory: self.inventory.clone(),
            organisation: part(|id| &id.organisation),
            service: part(|id| &id.service),
            kind: self.kind.id().to_owned(),
            severity: self.severity.id().to_owned(),
            began_at: self.began_at,
            seen_at: self.seen_at,
            announced_at: self.told.values().map(|told| told.at).max(),
            resolved_at: self.resolved_at,
            // No map has keys that are not texts.
            document: serde_json::to_string(&document).unwrap_or_default(),
        }
    }
}
