//! Services over many runs: what each check found, and when that changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Excerpt, Finding, Lineage, RunResult, ServiceResult, Standing};
use crate::check::{CATALOGUE, Check, common};
use crate::model::{RunId, ServiceId};

/// A run that looked at services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which.
    pub run: RunId,
    /// When it ended.
    pub at: Timestamp,
}

/// What one run found of a service.
#[derive(Clone)]
pub struct Sight {
    /// The id that the service had in that run.
    pub id: ServiceId,
    /// Where it stood.
    pub standing: Standing,
    /// What each check found.
    pub findings: Vec<(&'static Check, Finding)>,
}

/// A value from one run on, until the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<T> {
    /// The run.
    pub look: Arc<Look>,
    /// What it was from then on.
    pub value: T,
}

/// A service over the runs that looked at it, all judged by the same rules.
#[derive(Clone)]
pub struct History {
    /// How many runs looked at it.
    pub looks: usize,
    /// The first of them.
    pub first: Arc<Look>,
    /// The last of them.
    pub last: Arc<Look>,
    /// The id that it had, and each later one.
    pub ids: Vec<Step<ServiceId>>,
    /// The stage that it had, and each later one.
    pub standings: Vec<Step<Standing>>,
    checks: BTreeMap<&'static str, Vec<Step<Finding>>>,
}

/// The histories of services, by the ids that they have now.
#[derive(Clone, Default)]
pub struct Histories(HashMap<ServiceId, History>);

impl Sight {
    /// What a judged service is in its run.
    pub fn of(result: &ServiceResult) -> Self {
        let (id, findings) = (result.service.id.clone(), result.verdicts.findings());
        Self { id, standing: result.standing, findings }
    }
}

impl Histories {
    /// Adds what the next run found: services by the ids that they have now.
    pub fn add(&mut self, look: Look, sights: impl IntoIterator<Item = (ServiceId, Sight)>) {
        let look = Arc::new(look);
        for (id, sight) in sights {
            let history = self.0.entry(id).or_insert_with(|| History::begun_by(&look));
            history.add(&look, sight);
        }
    }

    /// Adds a judged run, by the later ids of its services.
    pub fn add_result(&mut self, result: &RunResult, lineage: &Lineage) {
        let run = &result.run;
        let look = Look { run: run.id.clone(), at: run.finished_at.unwrap_or(run.started_at) };
        let services = result.services.iter();
        let under_later_id =
            |one: &ServiceResult| Some((lineage.now(&one.service.id)?.clone(), Sight::of(one)));
        self.add(look, services.filter_map(under_later_id));
    }

    /// The histories of the services that an excerpt shows.
    pub fn limited_to(&self, excerpt: &Excerpt) -> Self {
        let shown = self.0.iter().filter(|(id, _)| excerpt.covers(id));
        Self(shown.map(|(id, history)| (id.clone(), history.clone())).collect())
    }

    /// The history of the service that has this id now.
    pub fn of(&self, id: &ServiceId) -> Option<&History> {
        self.0.get(id)
    }
}

impl History {
    fn begun_by(look: &Arc<Look>) -> Self {
        Self {
            looks: 0,
            first: Arc::clone(look),
            last: Arc::clone(look),
            ids: Vec::new(),
            standings: Vec::new(),
            checks: BTreeMap::new(),
        }
    }

    fn add(&mut self, look: &Arc<Look>, sight: Sight) {
        self.looks += 1;
        self.last = Arc::clone(look);
        step(&mut self.ids, look, sight.id, PartialEq::eq);
        step(&mut self.standings, look, sight.standing, PartialEq::eq);
        for (check, finding) in sight.findings {
            let steps = self.checks.entry(check.id).or_default();
            step(steps, look, finding, is_same);
        }
    }

    /// What each check found at first, and whenever it found something else; in the catalogue's order,
    /// without checks that no run asked.
    pub fn checks(&self) -> impl Iterator<Item = (&'static Check, &[Step<Finding>])> {
        let steps = |check: &&'static Check| Some((*check, &**self.checks.get(check.id)?));
        CATALOGUE.iter().filter_map(steps)
    }

    /// The checks that found something else at some time.
    pub fn changed(&self) -> impl Iterator<Item = (&'static Check, &[Step<Finding>])> {
        self.checks().filter(|(_, steps)| steps.len() > 1)
    }

    /// The checks that found something else of themselves: what could not be seen below the failure of
    /// another check follows from that one, and is left out.
    pub fn changed_of_themselves(
        &self,
    ) -> impl Iterator<Item = (&'static Check, Vec<&Step<Finding>>)> {
        self.changed().map(|(check, steps)| (check, seen(steps))).filter(|(_, own)| own.len() > 1)
    }
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    (one.outcome, one.reason) == (other.outcome, other.reason)
}

/// The steps without those at which another check's failure hid what was to be seen.
fn seen(steps: &[Step<Finding>]) -> Vec<&Step<Finding>> {
    let mut seen: Vec<_> =
        steps.iter().filter(|step| step.value.reason != common::LOWER_LAYER).collect();
    seen.dedup_by(|later, earlier| is_same(&later.value, &earlier.value));
    seen
}

fn step<T>(steps: &mut Vec<Step<T>>, look: &Arc<Look>, value: T, is_same: fn(&T, &T) -> bool) {
    if !steps.last().is_some_and(|last| is_same(&last.value, &value)) {
        steps.push(Step { look: Arc::clone(look), value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::model::Outcome::{self, Fail, Pass};
    use crate::model::{Severity, Stage};

    fn id(organisation: &str) -> ServiceId {
        ServiceId { organisation: organisation.into(), service: "s".into() }
    }

    #[test]
    fn a_step_begins_where_something_changes() {
        let mut histories = Histories::default();
        for (day, organisation, stage, outcome) in [
            (1, "a", Stage::Reachable, Pass),
            (2, "a", Stage::Addressed, Fail),
            (3, "b", Stage::Addressed, Fail),
            (4, "b", Stage::Reachable, Pass),
        ] {
            let finding =
                |outcome: Outcome, reason| Finding { outcome, reason, severity: Severity::Error };
            let aaaa = check::find("dns-aaaa").unwrap();
            let port = check::find("reach-port").unwrap();
            let findings = vec![(aaaa, finding(Pass, "a")), (port, finding(outcome, "b"))];
            let sight = Sight { id: id(organisation), standing: Standing::At(stage), findings };
            let at = Timestamp::from_second(day * 86_400).unwrap();
            histories.add(Look { run: RunId::of_tests(&day.to_string()), at }, [(id("b"), sight)]);
        }
        let history = histories.of(&id("b")).unwrap();
        fn runs<T>(steps: &[Step<T>]) -> Vec<&str> {
            steps.iter().map(|step| step.look.run.as_str()).collect()
        }
        assert_eq!(
            (history.looks, history.first.run.as_str(), history.last.run.as_str()),
            (4, "1", "4")
        );
        assert_eq!(runs(&history.ids), ["1", "3"]);
        assert_eq!(runs(&history.standings), ["1", "2", "4"]);
        let [(check, steps)] = history.changed().collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!((check.id, runs(steps)), ("reach-port", vec!["1", "2", "4"]));
        assert_eq!(history.checks().count(), 2);
        assert_eq!(history.changed_of_themselves().count(), 1);
        assert!(histories.of(&id("a")).is_none());
    }

    #[test]
    fn what_a_failure_hides_is_no_change_of_its_own() {
        let finding = |outcome, reason| Finding { outcome, reason, severity: Severity::Error };
        let hidden = finding(Outcome::Inconclusive, common::LOWER_LAYER);
        let (good, bad) = (finding(Pass, "a"), finding(Fail, "b"));
        let changes = |findings: &[Finding]| {
            let look = Arc::new(Look { run: RunId::of_tests("r"), at: Timestamp::UNIX_EPOCH });
            let mut steps = Vec::new();
            findings.iter().for_each(|found| step(&mut steps, &look, *found, is_same));
            seen(&steps).into_iter().map(|step| step.value.reason).collect::<Vec<_>>()
        };
        assert_eq!(changes(&[good, hidden, good]), ["a"]);
        assert_eq!(changes(&[good, hidden, bad]), ["a", "b"]);
        assert_eq!(changes(&[hidden, bad]), ["b"]);
    }
}
