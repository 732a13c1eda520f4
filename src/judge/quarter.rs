//! What a quarter's report says: the closing run, how the services got there, and what is to be done.
//!
//! A [`Review`] is made from judged runs alone ([`Material`]). Everything here is judged by the same rules and the same policy, so that a changed rule never
//! looks like a changed service.

mod effect;
mod failing;
mod incident;
mod period;
mod remedy;
mod shared;

pub use effect::{Effect, effects};
pub use incident::{Incident, Snapshot, incidents};
pub use period::{InvalidQuarter, Quarter};
pub use remedy::{Remedy, remedies};
pub use shared::{Shared, SharedCause, shared};

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::target::days_between;
use super::{
    Change, Counts, Histories, Lineage, Progress, RunResult, ServiceChange, Standing,
    TargetStanding, changes, day_of, targets_by_deadline,
};
use crate::model::{
    Category, Exemption, Goal, Organisation, RunId, Service, ServiceId, VantageIpv6,
};

/// A quarter, reviewed.
#[derive(Clone)]
pub struct Review {
    /// The quarter.
    pub quarter: Quarter,
    /// The day of the judgement in the inventory's time zone.
    pub today: Date,
    /// The closing run, judged: its inventory, policy, moment of judgement and every service.
    pub closing: RunResult,
    /// The closing run of an earlier quarter that this one is compared with: the quarter before,
    /// or the nearest one that has a run.
    pub previous: Option<Previous>,
    /// The stages of the services over time, the earliest point first and the closing run last.
    pub trend: Vec<Point>,
    /// By category, in the order of [`Category::ALL`], without empty ones.
    pub categories: Vec<Group<Category>>,
    /// By organisation, in the inventory's order, without empty ones.
    pub organisations: Vec<Group<Organisation>>,
    /// What the policy asks of all services together.
    pub plan: Option<Plan>,
    /// Every service's target, the missed ones first, then by deadline.
    pub targets: Vec<TargetStanding>,
    /// Recorded exemptions, by their last day.
    pub exemptions: Vec<ExemptionStanding>,
    /// Every service now and in the earlier closing run; empty when there is none.
    pub changes: Vec<ServiceChange>,
    /// What came and went within the quarter, the earliest first.
    pub incidents: Vec<Incident>,
    /// Causes that several services fail by, what lifts most of them first.
    pub shared: Vec<Shared>,
    /// What is to be done, what lifts most services first.
    pub remedies: Vec<Remedy>,
    /// What weakens the report.
    pub caveats: Vec<Caveat>,
    /// The services over the earlier closing run and the runs of the quarter; empty where those are too
    /// many to be judged whole.
    pub histories: Histories,
}

/// The closing run of an earlier quarter.
#[derive(Clone)]
pub struct Previous {
    /// Its quarter.
    pub quarter: Quarter,
    /// The run, judged by today's rules under this report's policy.
    pub result: RunResult,
}

/// One point of the trend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The run.
    pub run: RunId,
    /// The quarter that it lies in.
    pub quarter: Quarter,
    /// The day on which the run ended, in the inventory's time zone.
    pub day: Date,
    /// How many services had each stage.
    pub counts: Counts,
    /// The operator's name of the vantage point.
    pub vantage: String,
    /// Whether the vantage point's IPv6 worked.
    pub ipv6: VantageIpv6,
}

/// The services of a category or an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<T> {
    /// Which one.
    pub of: T,
    /// How many of them have each stage.
    pub counts: Counts,
    /// The same in the earlier closing run; `None` when it had none of them.
    pub before: Option<Counts>,
}

/// What the policy asks of all services together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The stage and the deadline.
    pub goal: Goal,
    /// Services that reached the stage.
    pub reached: usize,
    /// Services that are known not to have reached it, without those that are exempt.
    pub behind: usize,
    /// Services of which it isn't known, without those that are exempt.
    pub unknown: usize,
    /// Services that haven't reached it and are exempt.
    pub exempt: usize,
    /// How far it is: reached when no service is behind or unknown.
    pub progress: Progress,
    /// Days from the judgement to the deadline; negative after it.
    pub days_left: i32,
}

/// How many days before its last one an exemption is about to end.
pub const EXEMPTION_NOTICE_DAYS: i32 = 30;

/// A recorded exemption.
#[derive(Clone)]
pub struct ExemptionStanding {
    /// The service.
    pub service: Arc<Service>,
    /// Why and until when.
    pub exemption: Exemption,
    /// The stage of the service.
    pub standing: Standing,
    /// Whether its last day has passed.
    pub expired: bool,
    /// Whether it ends within [`EXEMPTION_NOTICE_DAYS`].
    pub expires_soon: bool,
}

/// What weakens the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caveat {
    /// The closing run did not ask everything.
    Incomplete,
    /// The closing run did not look at every service of its inventory.
    Partial,
    /// The organisation that the report is written to has no service in the inventory.
    NoServices,
    /// The closing run's vantage point had no IPv6.
    VantageAbsent,
    /// The closing run's vantage point lost IPv6 for a while.
    VantageLost,
    /// The closing run does not lie in the quarter.
    OutsideQuarter,
    /// The quarter isn't over on the day of the judgement.
    QuarterNotOver,
    /// No earlier quarter has a run to compare with.
    NoPrevious,
    /// The comparison is with an earlier quarter than the one before.
    PreviousIsOlder(Quarter),
    /// The inventory changed since the earlier closing run.
    InventoryChanged,
    /// Points of the trend were seen from other vantage points than the closing run.
    VantagesDiffer(Vec<String>),
}

/// What a review is made from.
pub struct Material {
    /// The quarter.
    pub quarter: Quarter,
    /// The closing run, judged.
    pub closing: RunResult,
    /// An earlier closing run, judged under the same policy.
    pub previous: Option<Previous>,
    /// The trend without the closing run, in any order.
    pub points: Vec<Point>,
    /// Every other run of the quarter, the earliest first.
    pub runs: Vec<Snapshot>,
    /// The services over the earlier closing run and the runs of the quarter.
    pub histories: Histories,
}

impl Point {
    /// The point that a judged run is.
    pub fn of(result: &RunResult) -> Self {
        let run = &result.run;
        let at = run.finished_at.unwrap_or(run.started_at);
        let day = day_of(at, &result.inventory.timezone);
        Self {
            run: run.id.clone(),
            quarter: Quarter::counting(day, result.inventory.reporting),
            day,
            counts: Counts::of(&result.services),
            vantage: run.vantage.name.clone(),
            ipv6: run.vantage.ipv6,
        }
    }
}

impl Review {
    /// Reviews a quarter.
    pub fn of(material: Material) -> Self {
        let Material { quarter, closing, previous, points, runs, histories } = material;
        // A run whose clock was wrong closes no quarter by itself: whoever names it names the day.
        let today = day_of(closing.as_of, &closing.inventory.timezone);
        let earlier = previous.as_ref().map(|previous| &previous.result);
        let trend = trend(&closing, points);
        let targets = targets_by_deadline(&closing);
        Self {
            today,
            categories: categories(&closing, earlier),
            organisations: organisations(&closing, earlier),
            plan: plan(&closing, today),
            exemptions: exemptions(&closing, today),
            changes: earlier.map(|earlier| changes(earlier, &closing)).unwrap_or_default(),
            incidents: incidents(&closing, &all_runs(&closing, earlier, runs)),
            shared: shared(&closing),
            remedies: remedies(&closing),
            caveats: caveats(quarter, today, &closing, previous.as_ref(), &trend),
            targets,
            trend,
            quarter,
            closing,
            previous,
            histories,
        }
    }

    /// The moment of the judgement.
    pub fn as_of(&self) -> Timestamp {
        self.closing.as_of
    }

    /// The services whose stage changed in a direction.
    pub fn changed(&self, change: Change) -> impl Iterator<Item = &ServiceChange> {
        self.changes.iter().filter(move |service| service.change == change)
    }

    /// Where each service of the closing run stood in the earlier one, whatever its id was there.
    pub fn standings_before(&self) -> HashMap<&ServiceId, Standing> {
        let listed = self.changes.iter().filter(|service| service.after.is_some());
        listed.filter_map(|service| Some((&service.service.id, service.before?))).collect()
    }

    /// The services that have another id than in the earlier closing run, which comes first.
    pub fn renamed(&self) -> impl Iterator<Item = (&ServiceId, &ServiceId)> {
        let changes = self.changes.iter();
        changes.filter_map(|service| Some((service.formerly.as_ref()?, &service.service.id)))
    }
}

/// The runs that incidents are looked for in, in order.
fn all_runs(
    closing: &RunResult,
    earlier: Option<&RunResult>,
    mut runs: Vec<Snapshot>,
) -> Vec<Snapshot> {
    runs.retain(|run| run.run != closing.run.id);
    let earlier = earlier
        .map(|earlier| Snapshot::of(earlier).under_later_ids(&Lineage::between(earlier, closing)));
    earlier.into_iter().chain(runs).chain([Snapshot::of(closing)]).collect()
}

fn trend(closing: &RunResult, mut points: Vec<Point>) -> Vec<Point> {
    let last = Point::of(closing);
    points.retain(|point| point.run != last.run);
    points.push(last);
    points.sort_by(|a, b| (a.day, &a.run).cmp(&(b.day, &b.run)));
    points
}

/// The services by category, and how they stood in an earlier run.
pub fn categories(closing: &RunResult, earlier: Option<&RunResult>) -> Vec<Group<Category>> {
    let before = earlier.map(|earlier| earlier.summary().categories);
    closing
        .summary()
        .categories
        .into_iter()
        .map(|(of, counts)| {
            let before = before.iter().flatten().find(|(category, _)| *category == of);
            Group { of, counts, before: before.map(|(_, counts)| *counts) }
        })
        .collect()
}

/// The services by organisation, and how they stood in an earlier run.
pub fn organisations(closing: &RunResult, earlier: Option<&RunResult>) -> Vec<Group<Organisation>> {
    let before = earlier.map(RunResult::by_organisation).unwrap_or_default();
    let mut moved = earlier.map(|earlier| moved_here(closing, earlier)).unwrap_or_default();
    closing
        .by_organisation()
        .into_iter()
        .map(|(of, services)| {
            let then = before.iter().find(|(organisation, _)| organisation.id == of.id);
            let then = then.map(|(_, services)| Counts::of(services.iter().copied()));
            Group {
                of: of.clone(),
                counts: Counts::of(services),
                before: then.or_else(|| moved.remove(&of.id)),
            }
        })
        .collect()
}

/// How the services of each organisation stood that were another's in the earlier run. An organisation that
/// wasn't there then is compared with what it took over.
fn moved_here(closing: &RunResult, earlier: &RunResult) -> HashMap<Arc<str>, Counts> {
    let lineage = Lineage::between(earlier, closing);
    let mut moved: HashMap<Arc<str>, Counts> = HashMap::new();
    for result in &earlier.services {
        let then = &result.service.id;
        if let Some(now) = lineage.now(then).filter(|now| now.organisation != then.organisation) {
            moved.entry(Arc::clone(&now.organisation)).or_default().add(result.standing);
        }
    }
    moved
}

/// What the policy asks of all services of a run together, on a day.
pub fn plan(closing: &RunResult, today: Date) -> Option<Plan> {
    let goal = closing.policy.goal()?.clone();
    let days_left = days_between(today, goal.by);
    let mut plan = Plan {
        reached: 0,
        behind: 0,
        unknown: 0,
        exempt: 0,
        progress: Progress::Reached,
        days_left,
        goal,
    };
    for result in &closing.services {
        let Some(at_least) = result.standing.at_least() else { continue };
        let exemption = result.service.exemption.as_ref();
        if at_least >= plan.goal.stage {
            plan.reached += 1;
        } else if exemption.is_some_and(|exemption| today <= exemption.until) {
            plan.exempt += 1;
        } else if result.standing.stage().is_some() {
            plan.behind += 1;
        } else {
            plan.unknown += 1;
        }
    }
    plan.progress = match (plan.behind, plan.unknown) {
        (0, 0) => Progress::Reached,
        _ if today <= plan.goal.by => Progress::Due,
        (0, _) => Progress::Undetermined,
        _ => Progress::Missed,
    };
    Some(plan)
}

/// The recorded exemptions of a run's services on a day, by their last day.
pub fn exemptions(closing: &RunResult, today: Date) -> Vec<ExemptionStanding> {
    let mut exemptions: Vec<_> = closing
        .services
        .iter()
        .filter(|result| result.standing != Standing::NotCounted)
        .filter_map(|result| {
            let exemption = result.service.exemption.clone()?;
            Some(ExemptionStanding {
                service: Arc::clone(&result.service),
                standing: result.standing,
                expired: exemption.until < today,
                expires_soon: (0..=EXEMPTION_NOTICE_DAYS)
                    .contains(&days_between(today, exemption.until)),
                exemption,
            })
        })
        .collect();
    exemptions.sort_by_key(|standing| standing.exemption.until);
    exemptions
}

/// Whether the inventory changed, or, in an excerpt, what it says of the services that are shown.
fn is_declared_otherwise(before: &RunResult, now: &RunResult) -> bool {
    let (before, is_excerpt) = (&before.inventory, now.excerpt.is_some());
    before.sha256 != now.inventory.sha256
        && !(is_excerpt && before.services == now.inventory.services)
}

fn caveats(
    quarter: Quarter,
    today: Date,
    closing: &RunResult,
    previous: Option<&Previous>,
    trend: &[Point],
) -> Vec<Caveat> {
    let run = &closing.run;
    let mut caveats = Vec::new();
    if !run.complete {
        caveats.push(Caveat::Incomplete);
    }
    if closing.services.len() < closing.inventory.services.len() {
        caveats.push(Caveat::Partial);
    } else if closing.services.is_empty() && closing.organisation().is_some() {
        caveats.push(Caveat::NoServices);
    }
    match run.vantage.ipv6 {
        VantageIpv6::Absent => caveats.push(Caveat::VantageAbsent),
        VantageIpv6::Lost => caveats.push(Caveat::VantageLost),
        VantageIpv6::Working => {}
    }
    if Point::of(closing).quarter != quarter {
        caveats.push(Caveat::OutsideQuarter);
    }
    if today < quarter.last_counting_day(closing.inventory.reporting) {
        caveats.push(Caveat::QuarterNotOver);
    }
    match previous {
        None => caveats.push(Caveat::NoPrevious),
        Some(previous) => {
            if previous.quarter != quarter.previous() {
                caveats.push(Caveat::PreviousIsOlder(previous.quarter));
            }
            if is_declared_otherwise(&previous.result, closing) {
                caveats.push(Caveat::InventoryChanged);
            }
        }
    }
    let mut others: Vec<String> = trend
        .iter()
        .map(|point| &point.vantage)
        .filter(|name| **name != run.vantage.name)
        .cloned()
        .collect();
    others.sort_unstable();
    others.dedup();
    if !others.is_empty() {
        caveats.push(Caveat::VantagesDiffer(others));
    }
    caveats
}

#[cfg(test)]
mod tests;
