//! Which targets are reached, due or missed.

use std::sync::Arc;

use jiff::civil::Date;

use super::{RunResult, Standing, day_of};
use crate::model::{Goal, Service};

/// Who set a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The inventory, for this service.
    Inventory,
    /// The policy, for every service that has none of its own.
    Policy,
}

/// How far it is with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// The deadline has passed and the service is known to be at a lower stage.
    Missed,
    /// The deadline has passed, and whether the stage is reached could not be found out.
    Undetermined,
    /// Not reached (or not known to be), and the deadline is still to come.
    Due,
    /// A recorded exemption holds, and the stage isn't reached.
    Exempt,
    /// Reached.
    Reached,
}

impl Basis {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Policy => "policy",
        }
    }
}

impl Progress {
    /// All, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::Missed, Self::Undetermined, Self::Due, Self::Exempt, Self::Reached];

    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Undetermined => "undetermined",
            Self::Due => "due",
            Self::Exempt => "exempt",
            Self::Reached => "reached",
        }
    }
}

/// A service's target and how far it is.
#[derive(Clone)]
pub struct TargetStanding {
    /// The service.
    pub service: Arc<Service>,
    /// The stage, and the last day on which reaching it is in time.
    pub goal: Goal,
    /// Who set it.
    pub basis: Basis,
    /// The stage of the service.
    pub standing: Standing,
    /// How far it is.
    pub progress: Progress,
    /// Days from the judgement to the deadline; negative after it.
    pub days_left: i32,
    /// Whether the day of the judgement is known; where our own clock was wrong, the days say nothing.
    pub is_day_known: bool,
}

/// The targets of all counted services, in the inventory's order. A service without a target of its
/// own has the policy's, if there is one.
pub fn targets(result: &RunResult) -> Vec<TargetStanding> {
    let day = day_of(result.as_of, &result.inventory.timezone);
    standings(result, day, result.today())
}

/// The same on another day than that of the judgement, which is known.
pub fn targets_on(result: &RunResult, today: Date) -> Vec<TargetStanding> {
    standings(result, today, Some(today))
}

/// `today` is missing where our own clock was wrong.
fn standings(result: &RunResult, day: Date, today: Option<Date>) -> Vec<TargetStanding> {
    result
        .services
        .iter()
        .filter(|service| service.standing != Standing::NotCounted)
        .filter_map(|service| {
            let own = service.service.goal.as_ref().map(|goal| (goal, Basis::Inventory));
            let (goal, basis) =
                own.or_else(|| result.policy.goal().map(|goal| (goal, Basis::Policy)))?;
            Some(TargetStanding {
                progress: progress(&service.service, service.standing, goal, today),
                service: Arc::clone(&service.service),
                goal: goal.clone(),
                basis,
                standing: service.standing,
                days_left: days_between(day, goal.by),
                is_day_known: today.is_some(),
            })
        })
        .collect()
}

/// The same, those that were missed first, then by deadline.
pub fn targets_by_deadline(result: &RunResult) -> Vec<TargetStanding> {
    let mut targets = targets(result);
    targets.sort_by_key(|target| (target.progress, target.goal.by));
    targets
}

fn progress(service: &Service, standing: Standing, goal: &Goal, today: Option<Date>) -> Progress {
    if standing.at_least().is_some_and(|stage| stage >= goal.stage) {
        return Progress::Reached;
    }
    // Our clock was wrong: neither a deadline nor an exemption can be held against it.
    let Some(today) = today else { return Progress::Undetermined };
    let exempt = service.exemption.as_ref().is_some_and(|exemption| today <= exemption.until);
    match standing {
        _ if exempt => Progress::Exempt,
        _ if today <= goal.by => Progress::Due,
        Standing::At(_) | Standing::Absent => Progress::Missed,
        Standing::Unknown { .. } | Standing::NotCounted => Progress::Undetermined,
    }
}

/// Whole days from one date to another.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    // Two dates in days can't overflow: the whole calendar has fewer than 2^23.
    from.until(to).map_or(0, |span| span.get_days())
}
