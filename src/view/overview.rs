//! The figures of a picture: as a whole, by organisation, and by check.

use std::collections::HashMap;

use jiff::civil::Date;

use super::check_row::{CheckRow, place};
use super::picture::Picture;
use crate::check::{CATALOGUE, Check, Rule};
use crate::judge::quarter::{Plan, plan};
use crate::judge::{
    Basis, Counts, Progress, Root, Roots, ServiceResult, Summary, TargetStanding, targets_on,
};
use crate::model::{Organisation, Outcome, Severity};

/// The first look at an inventory.
pub struct Overview {
    /// How many services have which stage.
    pub summary: Summary,
    /// What the policy asks of all services together.
    pub plan: Option<Plan>,
    /// How far the services are with their targets.
    pub targets: TargetFigures,
}

/// How far services are with their targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFigures {
    /// How many services are how far, in the order of [`Progress::ALL`].
    pub counts: [usize; Progress::ALL.len()],
    /// Days to the nearest deadline that is still to come for a service that hasn't reached its stage.
    pub days_to_next: Option<i32>,
}

/// An organisation with the figures of its services.
pub struct OrganisationRow<'p> {
    /// Which.
    pub organisation: &'p Organisation,
    /// How many of its services have which stage.
    pub counts: Counts,
    /// How many of its services fail a check critically.
    pub critical: usize,
    /// How far they are with their targets.
    pub targets: TargetFigures,
}

impl TargetFigures {
    fn of<'t>(targets: impl IntoIterator<Item = &'t TargetStanding>) -> Self {
        let mut figures = Self::default();
        for target in targets {
            if let Some(at) = Progress::ALL.iter().position(|one| *one == target.progress) {
                figures.counts[at] += 1;
            }
            if target.progress == Progress::Due {
                let nearest = figures.days_to_next.unwrap_or(i32::MAX);
                figures.days_to_next = Some(nearest.min(target.days_left));
            }
        }
        figures
    }

    /// How many services are this far.
    pub fn count(&self, progress: Progress) -> usize {
        let at = Progress::ALL.iter().position(|one| *one == progress);
        at.map_or(0, |at| self.counts[at])
    }
}

impl Picture {
    /// The figures as a whole; targets are those of this day.
    pub fn overview(&self, today: Date) -> Overview {
        let targets = targets_on(&self.result, today);
        Overview {
            summary: self.result.summary(),
            plan: plan(&self.result, today),
            targets: TargetFigures::of(&targets),
        }
    }

    /// Every service's target on this day, those that were missed first, then by deadline; of those that
    /// the inventory sets, or the policy, or both.
    pub fn targets(&self, today: Date, basis: Option<Basis>) -> Vec<TargetStanding> {
        let mut targets = targets_on(&self.result, today);
        targets.retain(|target| basis.is_none_or(|basis| basis == target.basis));
        targets.sort_by_key(|target| (target.progress, target.goal.by));
        targets
    }

    /// The organisations that have services, in the inventory's order.
    pub fn organisations(&self, today: Date) -> Vec<OrganisationRow<'_>> {
        let targets = targets_on(&self.result, today);
        let mut own: HashMap<&str, Vec<&TargetStanding>> = HashMap::new();
        for target in &targets {
            own.entry(&target.service.id.organisation).or_default().push(target);
        }
        let mut rows = Vec::new();
        for (organisation, services) in self.result.by_organisation() {
            let targets = own.get(&*organisation.id).into_iter().flatten().copied();
            rows.push(organisation_row(organisation, services, targets));
        }
        rows
    }

    /// Every check that judges services, in the catalogue's order.
    pub fn checks(&self) -> &[CheckRow] {
        self.made.checks.get_or_init(|| check_rows(self))
    }
}

fn organisation_row<'p, 't>(
    organisation: &'p Organisation,
    services: Vec<&ServiceResult>,
    targets: impl IntoIterator<Item = &'t TargetStanding>,
) -> OrganisationRow<'p> {
    let critical = services.iter().filter(|one| one.fails_at(Severity::Critical)).count();
    let (targets, counts) = (TargetFigures::of(targets), Counts::of(services));
    OrganisationRow { organisation, counts, critical, targets }
}

fn check_rows(picture: &Picture) -> Vec<CheckRow> {
    let concerns_services = |check: &&&'static Check| !matches!(check.rule, Rule::Vantage(_));
    let row =
        |check: &&'static Check| CheckRow { check, outcomes: [0; 4], causes: 0, gravest: None };
    let mut rows: Vec<CheckRow> = CATALOGUE.iter().filter(concerns_services).map(row).collect();
    for service in &picture.result.services {
        let findings = service.verdicts.findings();
        let fails = findings.iter().any(|(_, finding)| finding.outcome == Outcome::Fail);
        let roots = fails.then(|| {
            let verdicts = service.verdicts.unpack();
            let roots = Roots::of(&verdicts);
            roots.by_check(&verdicts).collect::<Vec<_>>()
        });
        for (check, finding) in findings {
            let Some(row) = rows.iter_mut().find(|row| std::ptr::eq(row.check, check)) else {
                continue;
            };
            row.outcomes[place(finding.outcome)] += 1;
            if finding.outcome == Outcome::Fail {
                let gravest =
                    row.gravest.map_or(finding.severity, |so_far| so_far.min(finding.severity));
                row.gravest = Some(gravest);
                let is_cause = |(of, root): &(&str, Root)| *of == check.id && *root == Root::Itself;
                row.causes += usize::from(roots.iter().flatten().any(is_cause));
            }
        }
    }
    rows
}
