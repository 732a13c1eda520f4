//! The figures of a picture: as a whole, by organisation, and by check.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::check_row::{CheckRow, place};
use super::figures::{OrganisationFigures, OrganisationRow, Overview, TargetFigures};
use super::picture::Picture;
use crate::check::{CATALOGUE, Check, Rule};
use crate::judge::quarter::plan;
use crate::judge::{Basis, Counts, Root, Roots, ServiceResult, TargetStanding, targets_on};
use crate::model::{Organisation, Outcome, Severity};

impl Picture {
    /// The figures as a whole; targets are those of this day.
    pub fn overview(&self, today: Date) -> Arc<Overview> {
        self.made.overview.of(today, || Overview {
            summary: self.result.summary(),
            plan: plan(&self.result, today),
            targets: TargetFigures::of(&*self.targets_of(today)),
        })
    }

    /// Every service's target on this day, in the order of the result.
    fn targets_of(&self, today: Date) -> Arc<Vec<TargetStanding>> {
        self.made.targets.of(today, || targets_on(&self.result, today))
    }

    /// Every service's target on this day, those that were missed first, then by deadline; of those that
    /// the inventory sets, or the policy, or both.
    pub fn targets(&self, today: Date, basis: Option<Basis>) -> Vec<TargetStanding> {
        let mut targets = self.targets_of(today).to_vec();
        targets.retain(|target| basis.is_none_or(|basis| basis == target.basis));
        targets.sort_by_key(|target| (target.progress, target.goal.by));
        targets
    }

    /// The organisations that have services, in the inventory's order.
    pub fn organisations(&self, today: Date) -> Vec<OrganisationRow<'_>> {
        let targets = self.targets_of(today);
        let mut own: HashMap<&str, Vec<&TargetStanding>> = HashMap::new();
        for target in &*targets {
            own.entry(&target.service.id.organisation).or_default().push(target);
        }
        let organisations = &self.result.inventory.organisations;
        let row = |figures: &OrganisationFigures| {
            let organisation = organisations.get(figures.place)?;
            let targets = own.get(&*organisation.id).into_iter().flatten().copied();
            let OrganisationFigures { counts, critical, .. } = *figures;
            let targets = TargetFigures::of(targets);
            Some(OrganisationRow { organisation, counts, critical, targets })
        };
        self.organisation_figures().iter().filter_map(row).collect()
    }

    pub(super) fn organisation_figures(&self) -> &[OrganisationFigures] {
        self.made.organisation_figures.get_or_init(|| {
            let organisations = self.result.inventory.organisations.iter().enumerate();
            let places: HashMap<&str, usize> =
                organisations.map(|(place, one)| (&*one.id, place)).collect();
            let figures = |(organisation, services): (&Organisation, Vec<&ServiceResult>)| {
                let critical =
                    services.iter().filter(|one| one.fails_at(Severity::Critical)).count();
                let place = *places.get(&*organisation.id)?;
                Some(OrganisationFigures { place, counts: Counts::of(services), critical })
            };
            self.result.by_organisation().into_iter().filter_map(figures).collect()
        })
    }

    /// Every check that judges services, in the catalogue's order.
    pub fn checks(&self) -> &[CheckRow] {
        self.made.checks.get_or_init(|| check_rows(self))
    }
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
