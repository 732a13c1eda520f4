//! Lists of services: chosen, sorted, and in pages.

use std::cmp::Ordering;
use std::sync::Arc;

use super::picture::Picture;
use crate::check::Check;
use crate::judge::{Change, Look, ServiceResult, Standing, direction};
use crate::model::{Category, Outcome, ServiceId, Severity, Stage};

/// Which services are wanted: those of which all of this holds.
#[derive(Clone, Debug, Default)]
pub struct ServiceFilter {
    /// Of this organisation.
    pub organisation: Option<String>,
    /// Of this category.
    pub category: Option<Category>,
    /// With this tag.
    pub tag: Option<String>,
    /// With this standing.
    pub standing: Option<StandingFilter>,
    /// With a finding of this check; with `outcome` or `reason` that is what it found, else it failed.
    pub check: Option<&'static str>,
    /// With a finding for this reason, of `check` or any.
    pub reason: Option<String>,
    /// With a finding of this outcome, of `check` or any.
    pub outcome: Option<Outcome>,
    /// With a failure of at least this severity.
    pub severity: Option<Severity>,
    /// That changed so since the whole run before.
    pub change: Option<Change>,
    /// With these words in id, name, target or organisation's name, in whatever case.
    pub text: Option<String>,
}

/// A standing that services are chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingFilter {
    /// At this stage.
    At(Stage),
    /// With a name that doesn't exist.
    Absent,
    /// With an unknown stage.
    Unknown,
    /// Not counted.
    Retired,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceOrder {
    /// The inventory's order.
    #[default]
    Inventory,
    /// By `ORG/SERVICE`.
    Id,
    /// By the name of the organisation, then in the inventory's order.
    Organisation,
    /// By name.
    Name,
    /// By standing, the worst first: absent, stages 0 to 4, unknown, retired.
    Standing,
    /// By the gravest failure, then by how many there are; the worst first.
    Severity,
    /// By the run since which it has its standing, the latest first.
    Since,
    /// By deadline of its target; services without one last.
    Deadline,
}

/// An order and its direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// What by.
    pub by: ServiceOrder,
    /// The other way round.
    pub reversed: bool,
}

/// A service in a list.
pub struct ServiceRow<'p> {
    /// What was found of it.
    pub result: &'p ServiceResult,
    /// The name of its organisation.
    pub organisation: &'p str,
    /// The run since which it has its standing.
    pub since: &'p Arc<Look>,
    /// How it changed since the whole run before.
    pub change: Change,
}

/// Some of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf<T> {
    /// The rows of the page.
    pub rows: Vec<T>,
    /// How many rows all pages have.
    pub total: usize,
    /// Which page it is, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
}

impl StandingFilter {
    fn fits(self, standing: Standing) -> bool {
        match self {
            Self::At(stage) => standing == Standing::At(stage),
            Self::Absent => standing == Standing::Absent,
            Self::Unknown => matches!(standing, Standing::Unknown { .. }),
            Self::Retired => standing == Standing::NotCounted,
        }
    }
}

impl ServiceFilter {
    fn asks_for_findings(&self) -> bool {
        self.check.is_some() || self.reason.is_some() || self.outcome.is_some()
    }

    fn fits_finding(&self, check: &Check, outcome: Outcome, reason: &str) -> bool {
        let by_check_alone = self.reason.is_none() && self.outcome.is_none();
        self.check.is_none_or(|id| id == check.id)
            && self.reason.as_deref().is_none_or(|word| word == reason)
            && self.outcome.is_none_or(|wanted| wanted == outcome)
            && (!by_check_alone || outcome == Outcome::Fail)
    }
}

impl Picture {
    /// A page of the services that a filter chooses; `page` counts from 1, and one after the last is empty.
    pub fn services(
        &self,
        filter: &ServiceFilter,
        sorting: Sorting,
        page: usize,
        per_page: usize,
    ) -> PageOf<ServiceRow<'_>> {
        let places = self.chosen(filter, sorting);
        let per_page = per_page.max(1);
        let from = page.saturating_sub(1).saturating_mul(per_page);
        let rows = places.iter().skip(from).take(per_page);
        PageOf {
            rows: rows.filter_map(|place| self.row(*place)).collect(),
            total: places.len(),
            page: page.max(1),
            pages: places.len().div_ceil(per_page).max(1),
        }
    }

    /// The places, in the result, of the services that a filter chooses.
    pub fn chosen(&self, filter: &ServiceFilter, sorting: Sorting) -> Vec<usize> {
        let words: Vec<String> = filter
            .text
            .iter()
            .flat_map(|text| text.split_whitespace().map(str::to_lowercase))
            .collect();
        let mut places: Vec<usize> =
            (0..self.result.services.len()).filter(|at| self.fits(*at, filter, &words)).collect();
        self.sort(&mut places, sorting.by);
        if sorting.reversed {
            places.reverse();
        }
        places
    }

    /// The row of a service, by the id that it has now.
    pub fn row_of(&self, id: &ServiceId) -> Option<ServiceRow<'_>> {
        self.row(self.place_of(id)?)
    }

    fn row(&self, at: usize) -> Option<ServiceRow<'_>> {
        let result = self.result.services.get(at)?;
        let organisation = self.organisation_name(&result.service.id.organisation);
        let since = self.standing_since.get(at)?;
        Some(ServiceRow { result, organisation, since, change: self.change_of(&result.service.id) })
    }

    /// How a service changed since the whole run before; the same where there is none.
    pub fn change_of(&self, id: &ServiceId) -> Change {
        self.since_last.as_ref().and_then(|moved| moved.of(id)).map_or(Change::Same, direction)
    }

    fn fits(&self, at: usize, filter: &ServiceFilter, words: &[String]) -> bool {
        let Some(result) = self.result.services.get(at) else { return false };
        let service = &result.service;
        let is = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|w| w == own);
        is(&filter.organisation, &service.id.organisation)
            && filter.category.is_none_or(|category| category == service.category)
            && filter.tag.as_ref().is_none_or(|tag| service.tags.iter().any(|own| **own == **tag))
            && filter.standing.is_none_or(|wanted| wanted.fits(result.standing))
            && filter.change.is_none_or(|change| change == self.change_of(&service.id))
            && (words.is_empty()
                || self
                    .texts()
                    .get(at)
                    .is_some_and(|text| words.iter().all(|word| text.contains(word.as_str()))))
            && filter.severity.is_none_or(|severity| result.fails_at(severity))
            && (!filter.asks_for_findings()
                || result
                    .verdicts
                    .findings()
                    .iter()
                    .any(|(check, found)| filter.fits_finding(check, found.outcome, found.reason)))
    }

    fn sort(&self, places: &mut [usize], by: ServiceOrder) {
        let services = &self.result.services;
        let by_key = |places: &mut [usize], order: &dyn Fn(usize, usize) -> Ordering| {
            places.sort_by(|a, b| order(*a, *b));
        };
        match by {
            ServiceOrder::Inventory => {}
            ServiceOrder::Id => {
                by_key(places, &|a, b| services[a].service.id.cmp(&services[b].service.id))
            }
            ServiceOrder::Organisation => places.sort_by_cached_key(|at| {
                self.organisation_name(&services[*at].service.id.organisation).to_lowercase()
            }),
            ServiceOrder::Name => {
                places.sort_by_cached_key(|at| services[*at].service.name.to_lowercase())
            }
            ServiceOrder::Standing => places.sort_by_key(|at| rank(services[*at].standing)),
            ServiceOrder::Severity => places.sort_by_cached_key(|at| gravity(&services[*at])),
            ServiceOrder::Since => {
                by_key(places, &|a, b| self.standing_since[b].at.cmp(&self.standing_since[a].at))
            }
            ServiceOrder::Deadline => places.sort_by_key(|at| {
                let service = &services[*at].service;
                let goal = service.goal.as_ref().or_else(|| self.result.policy.goal());
                (goal.is_none(), goal.map(|goal| goal.by))
            }),
        }
    }
}

fn rank(standing: Standing) -> (u8, u8) {
    match standing {
        Standing::Absent => (0, 0),
        Standing::At(stage) => (1, stage.number()),
        Standing::Unknown { at_least } => (2, at_least.number()),
        Standing::NotCounted => (3, 0),
    }
}

fn gravity(result: &ServiceResult) -> (bool, Option<Severity>, std::cmp::Reverse<usize>) {
    let findings = result.verdicts.findings();
    let fails = || findings.iter().filter(|(_, found)| found.outcome == Outcome::Fail);
    let gravest = fails().map(|(_, found)| found.severity).min();
    let of_it = fails().filter(|(_, found)| Some(found.severity) == gravest).count();
    (gravest.is_none(), gravest, std::cmp::Reverse(of_it))
}
