//! What somebody may do: roles of people, scopes of tokens, and what is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::public_page::PublicPage;
use crate::model::Text;

/// The role of a person.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Also starts and cancels runs and acknowledges alerts.
    Operator,
}

impl Role {
    /// The roles, each with its meaning.
    pub const ALL: &'static [(Self, Text)] = &[
        (Self::Viewer, Text { en: "sees every page", vi: "được xem mọi trang" }),
        (
            Self::Operator,
            Text {
                en: "also starts and cancels runs and acknowledges alerts",
                vi: "được xem mọi trang, được bắt đầu và hủy đợt đo, được xác nhận cảnh báo",
            },
        ),
    ];

    /// How it is written in the configuration.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

/// What a token is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Only the metrics.
    Metrics,
    /// Everything that can be read, the metrics too.
    Read,
    /// Also starts and cancels runs and acknowledges alerts.
    Operate,
}

impl TokenScope {
    /// The scopes, each with its meaning.
    pub const ALL: &'static [(Self, Text)] = &[
        (
            Self::Metrics,
            Text {
                en: "reads the metrics and nothing else", vi: "chỉ được đọc số liệu giám sát"
            },
        ),
        (
            Self::Read,
            Text {
                en: "reads everything, the metrics too",
                vi: "được đọc mọi dữ liệu, kể cả số liệu giám sát",
            },
        ),
        (
            Self::Operate,
            Text {
                en: "also starts and cancels runs and acknowledges alerts",
                vi: "được đọc mọi dữ liệu, được bắt đầu và hủy đợt đo, được xác nhận cảnh báo",
            },
        ),
    ];

    /// How it is written in the configuration.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Read => "read",
            Self::Operate => "operate",
        }
    }

    /// The scope of this name.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().map(|(scope, _)| *scope).find(|scope| scope.id() == id)
    }
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission<'o> {
    /// To look at a page and what belongs to it.
    ViewPage(PublicPage),
    /// To start or cancel a run, or acknowledge an alert: of one organisation, or of everything.
    Operate(Option<&'o str>),
    /// What concerns the daemon as a whole: test messages, uploads, backups.
    Administer,
}

/// For which organisations somebody may act.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Organisations {
    /// For all of them, and for those that come.
    All,
    /// For these; everything can be seen all the same.
    Only(BTreeSet<Arc<str>>),
}

impl Organisations {
    /// Those of a list in the configuration, where an empty one means all.
    pub fn listed(ids: impl IntoIterator<Item = Arc<str>>) -> Self {
        let ids: BTreeSet<_> = ids.into_iter().collect();
        if ids.is_empty() { Self::All } else { Self::Only(ids) }
    }

    /// Whether this one is among them; `None` is everything at once.
    pub fn include(&self, organisation: Option<&str>) -> bool {
        match (self, organisation) {
            (Self::All, _) => true,
            (Self::Only(_), None) => false,
            (Self::Only(ids), Some(id)) => ids.contains(id),
        }
    }

    /// Both together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(mut mine), Self::Only(theirs)) => {
                mine.extend(theirs);
                Self::Only(mine)
            }
            _ => Self::All,
        }
    }
}
