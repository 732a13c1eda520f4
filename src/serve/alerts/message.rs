//! A message: what is told, in one language, before a channel gives it its form.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Lang, Severity};

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
