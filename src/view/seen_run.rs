//! A run of a track, and how the view's file has it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::judge::{Counts, Summary};
use crate::model::{Category, RunId, VantageIpv6};
use crate::store::Scope;

/// A run of a track that has ended and shows the state of what it was to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRun {
    /// The run.
    pub id: RunId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The whole inventory, or a part of it.
    pub scope: Scope,
    /// Whether its vantage point's IPv6 worked all the time.
    pub ipv6: VantageIpv6,
    /// The figures of the services that it looked at.
    pub summary: Summary,
}

#[derive(Serialize, Deserialize)]
struct Record {
    id: RunId,
    started_at: Timestamp,
    ended_at: Timestamp,
    is_part: bool,
    ipv6: VantageIpv6,
    all: Figures,
    categories: Vec<(Category, Figures)>,
    critical: usize,
}

/// Services, stages 0 to 4, absent, unknown, retired, and the unknown ones by what they reached at least.
#[derive(Serialize, Deserialize)]
struct Figures(usize, [usize; 5], usize, usize, usize, #[serde(default)] [usize; 5]);

impl Figures {
    fn of(counts: &Counts) -> Self {
        let Counts { services, stages, absent, unknown, unknown_from, retired } = *counts;
        Self(services, stages, absent, unknown, retired, unknown_from)
    }

    fn counts(&self) -> Counts {
        let Self(services, stages, absent, unknown, retired, unknown_from) = *self;
        Counts { services, stages, absent, unknown, unknown_from, retired }
    }
}

impl SeenRun {
    pub(super) fn to_json(&self) -> String {
        let summary = &self.summary;
        let categories = summary.categories.iter();
        let record = Record {
            id: self.id.clone(),
            started_at: self.started_at,
            ended_at: self.ended_at,
            is_part: self.scope != Scope::Whole,
            ipv6: self.ipv6,
            all: Figures::of(&summary.all),
            categories: categories.map(|(of, counts)| (*of, Figures::of(counts))).collect(),
            critical: summary.critical,
        };
        // Serialising this type to memory can't fail.
        serde_json::to_string(&record).unwrap_or_default()
    }

    pub(super) fn from_json(json: &str) -> Option<Self> {
        let record: Record = serde_json::from_str(json).ok()?;
        let categories = record.categories.iter();
        Some(Self {
            id: record.id,
            started_at: record.started_at,
            ended_at: record.ended_at,
            scope: if record.is_part { Scope::Part } else { Scope::Whole },
            ipv6: record.ipv6,
            summary: Summary {
                all: record.all.counts(),
                categories: categories.map(|(of, figures)| (*of, figures.counts())).collect(),
                critical: record.critical,
            },
        })
    }
}
