//! A message: what is told, in one language, before a channel gives it its form.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::alert::{Alert, Kind};
use super::texts;
use crate::model::{Lang, Severity};

/// Entries of a group at the most; the others are counted.
const ENTRIES_MAX: usize = 50;

/// Characters of a text that comes from elsewhere.
const CHARACTERS_MAX: usize = 300;

/// Under what an alert is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heading {
    /// It began, or is of another kind or graver than it was.
    Begun,
    /// It still lasts.
    Lasts,
    /// It ended.
    Ended,
    /// It ended, and nothing is said of that.
    Silent,
}

/// An alert that is told.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// Under what.
    pub heading: Heading,
    /// Which.
    pub alert: &'a Alert,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// In one line.
    pub subject: String,
    /// The language.
    pub lang: Lang,
    /// When it was decided.
    pub at: Timestamp,
    /// Alerts of one cause are one group: what is new first, then the most severe.
    pub groups: Vec<Group>,
    /// The URL of the daemon's pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The URL at which its receiver ends messages like this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// Whether it is only sent to try a channel.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_test: bool,
}

/// Alerts of one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Under what they are told.
    pub heading: Heading,
    /// What it is, in one sentence.
    pub title: String,
    /// The kind's word.
    pub kind: String,
    /// The gravest severity.
    pub severity: Severity,
    /// The check's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The alerts.
    pub entries: Vec<Entry>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

/// An alert within a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The alert's id, the same from its trigger to its end.
    pub alert: String,
    /// `ORG/SERVICE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The service's name. The operator's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The organisation's name. The operator's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_name: Option<String>,
    /// The particulars in one line.
    pub detail: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Message {
    /// A message of alerts.
    pub fn of(spoken: &[Spoken<'_>], lang: Lang, at: Timestamp, base_url: Option<&str>) -> Self {
        let mut order: Vec<&Spoken<'_>> = spoken.iter().collect();
        order.sort_by_key(|one| (one.heading, one.alert.severity));
        let mut groups: Vec<(Key<'_>, Group)> = Vec::new();
        for Spoken { heading, alert } in order {
            let key = Key::of(*heading, alert);
            let entry = entry(alert, lang, base_url);
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, group)) if group.entries.len() < ENTRIES_MAX => group.entries.push(entry),
                Some((_, group)) => group.more += 1,
                None => groups.push((key, group(*heading, alert, entry, lang))),
            }
        }
        let groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
        Self {
            subject: texts::subject(&groups, lang),
            lang,
            at,
            groups,
            base_url: base_url.map(str::to_owned),
            unsubscribe: None,
            is_test: false,
        }
    }

    /// A message that tries a channel.
    pub fn test(lang: Lang, at: Timestamp, base_url: Option<&str>) -> Self {
        let group = Group {
            heading: Heading::Begun,
            title: texts::TEST.get(lang).to_owned(),
            kind: Kind::Own.id().to_owned(),
            severity: Severity::Info,
            check: None,
            reason: None,
            remedy: None,
            entries: Vec::new(),
            more: 0,
        };
        Self {
            subject: texts::TEST_SUBJECT.get(lang).to_owned(),
            lang,
            at,
            groups: vec![group],
            base_url: base_url.map(str::to_owned),
            unsubscribe: None,
            is_test: true,
        }
    }
}

/// What makes alerts one line.
#[derive(PartialEq, Eq)]
struct Key<'a> {
    heading: Heading,
    kind: Kind,
    cause: Option<&'a str>,
    /// Alerts without a cause stand for themselves.
    own: Option<&'a str>,
}

impl<'a> Key<'a> {
    fn of(heading: Heading, alert: &'a Alert) -> Self {
        let cause = alert.detail.cause.as_deref();
        let own = cause.is_none().then_some(alert.key.as_str());
        Self { heading, kind: alert.kind, cause, own }
    }
}

fn group(heading: Heading, alert: &Alert, entry: Entry, lang: Lang) -> Group {
    let (check, reason) = (alert.check(), alert.detail.reason.as_deref());
    let remedy = check.zip(reason).filter(|_| heading != Heading::Ended);
    Group {
        heading,
        title: one_line(&texts::title(alert, lang)),
        kind: alert.kind.id().to_owned(),
        severity: alert.severity,
        check: alert.detail.check.clone(),
        reason: alert.detail.reason.clone(),
        remedy: remedy.and_then(|(check, reason)| check.remedy(reason, lang)).map(str::to_owned),
        entries: vec![entry],
        more: 0,
    }
}

fn entry(alert: &Alert, lang: Lang, base_url: Option<&str>) -> Entry {
    let detail = &alert.detail;
    let url = base_url.map(|base| match &alert.service {
        Some(id) => format!("{base}services/{id}"),
        None => format!("{base}alerts"),
    });
    Entry {
        alert: alert.id.clone(),
        service: alert.service.as_ref().map(ToString::to_string),
        service_name: detail.service_name.as_deref().map(one_line),
        organisation_name: detail.organisation_name.as_deref().map(one_line),
        detail: one_line(&texts::particulars(alert, lang)),
        began_at: alert.began_at,
        resolved_at: alert.resolved_at,
        url,
    }
}

/// A text from elsewhere as one line without control characters, and not without end.
pub fn one_line(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let shown = text.chars().map(|c| if is_hidden(c) { ' ' } else { c });
    let mut line: String = shown.take(CHARACTERS_MAX + 1).collect();
    if line.chars().count() > CHARACTERS_MAX {
        line.pop();
        line.push('…');
    }
    line
}
