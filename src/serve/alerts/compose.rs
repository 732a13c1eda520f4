//! Makes messages of alerts: which are one group, in which order, and their words.

use jiff::Timestamp;

use super::alert::{Alert, Kind};
use super::message::{Entry, Group, Heading, Message, one_line};
use super::texts;
use crate::model::{Lang, Severity};

/// Entries of a group at the most; the others are counted.
const ENTRIES_MAX: usize = 50;

/// An alert that is told.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// Under what.
    pub heading: Heading,
    /// Which.
    pub alert: &'a Alert,
}

impl Message {
    /// A message of alerts.
    pub fn of(spoken: &[Spoken<'_>], lang: Lang, at: Timestamp, base_url: Option<&str>) -> Self {
        let mut order: Vec<&Spoken<'_>> = spoken.iter().collect();
        order.sort_by_key(|one| (one.heading, one.alert.severity, &one.alert.service));
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
