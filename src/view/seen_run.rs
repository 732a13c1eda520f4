//! A run as the view's file has it.

use serde::{Deserialize, Serialize};

use super::picture::SeenRun;
use crate::judge::{Counts, Summary};
use crate::model::{Category, RunId, VantageIpv6};
use crate::store::Scope;

#[derive(Serialize, Deserialize)]
struct Record {
    id: RunId,
    started_at: jiff::Timestamp,
    ended_at: jiff::Timestamp,
    is_part: bool,
    ipv6: VantageIpv6,
    all: Figures,
    categories: Vec<(Category, Figures)>,
    critical: usize,
}

/// Services, stages 0 to 4, absent, unknown, retired.
#[derive(Serialize, Deserialize)]
struct Figures(usize, [usize; 5], usize, usize, usize);

impl Figures {
    fn of(counts: &Counts) -> Self {
        let Counts { services, stages, absent, unknown, retired } = *counts;
        Self(services, stages, absent, unknown, retired)
    }

    fn counts(&self) -> Counts {
        let Self(services, stages, absent, unknown, retired) = *self;
        Counts { services, stages, absent, unknown, retired }
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
