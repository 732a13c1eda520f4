//! What came and went within a quarter, so that neither of the runs that are compared shows it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::check;
use crate::judge::{Change, GateReading, Lineage, RunResult, Standing};
use crate::model::{RunId, Service, ServiceId};

/// One run of the quarter, as far as the gates tell.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The run.
    pub run: RunId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The services that it looked at.
    pub services: HashMap<ServiceId, GateReading>,
}

/// A change for the worse that was over before the quarter was.
#[derive(Clone)]
pub struct Incident {
    /// The services on which the same was seen in the same runs, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// [`Change::Worse`], or [`Change::Unknown`] when the stage was not known meanwhile.
    pub change: Change,
    /// The gates that failed meanwhile, with their first reasons.
    pub failures: Vec<(&'static str, &'static str)>,
    /// The end of the last run before it: it began after that.
    pub before: Timestamp,
    /// The end of the first run that saw it.
    pub from: Timestamp,
    /// The end of the first run that no longer saw it.
    pub to: Timestamp,
    /// How many runs saw it.
    pub runs: usize,
}

impl Incident {
    /// How long it was seen for. It may have been longer by what lies between two runs.
    pub fn lasted(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

impl Snapshot {
    /// The snapshot that a judged run is.
    pub fn of(result: &RunResult) -> Self {
        let run = &result.run;
        let services = result.services.iter();
        Self {
            run: run.id.clone(),
            ended_at: run.finished_at.unwrap_or(run.started_at),
            services: services
                .map(|one| (one.service.id.clone(), GateReading::of(one, &result.policy)))
                .collect(),
        }
    }
}

impl Snapshot {
    /// The same run with its services by their later ids. Those that went are left out.
    #[must_use]
    pub fn under_later_ids(mut self, lineage: &Lineage) -> Self {
        let services = self.services.into_iter();
        self.services = services
            .filter_map(|(id, reading)| Some((lineage.now(&id)?.clone(), reading)))
            .collect();
        self
    }
}

/// What a gate, or the stage, was in one run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    Good,
    Bad,
    /// It ends nothing and begins nothing.
    Hidden,
}

/// A stretch of runs in which something was bad: the last good run, the first bad one, the next good one,
/// and how many were bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spell {
    from: usize,
    to: usize,
    before: usize,
    runs: usize,
}

type Failures = Vec<(&'static str, &'static str)>;

/// The incidents of a quarter, the earliest first. `runs` are in order: the closing run of an earlier
/// quarter where there is one, every run of the quarter, the closing run.
pub fn incidents(closing: &RunResult, runs: &[Snapshot]) -> Vec<Incident> {
    let mut found: BTreeMap<(Spell, Change, Failures), Vec<Arc<Service>>> = BTreeMap::new();
    for result in &closing.services {
        let id = &result.service.id;
        let readings: Vec<_> = runs
            .iter()
            .enumerate()
            .filter_map(|(at, run)| Some((at, run.services.get(id)?)))
            .filter(|(_, reading)| reading.standing != Standing::NotCounted)
            .collect();
        for (spell, failures) in failure_spells(&readings) {
            let service = Arc::clone(&result.service);
            found.entry((spell, Change::Worse, failures)).or_default().push(service);
        }
        let unknown = spells(&readings, |reading| match reading.standing {
            Standing::Unknown { .. } => Sight::Bad,
            _ => Sight::Good,
        });
        for spell in unknown {
            let service = Arc::clone(&result.service);
            found.entry((spell, Change::Unknown, Vec::new())).or_default().push(service);
        }
    }
    let end = |at: usize| runs[at].ended_at;
    let incident = |((spell, change, failures), services)| {
        let Spell { from, to, before, runs } = spell;
        let (before, from, to) = (end(before), end(from), end(to));
        Incident { services, change, failures, before, from, to, runs }
    };
    found.into_iter().map(incident).collect()
}

/// The spells in which gates of a service failed: those of the same runs are one, told without what
/// only follows from another of them.
fn failure_spells(readings: &[(usize, &GateReading)]) -> BTreeMap<Spell, Failures> {
    let failed: BTreeSet<&'static str> = readings
        .iter()
        .flat_map(|(_, reading)| &reading.failing)
        .map(|(check, _)| *check)
        .collect();
    let mut all: BTreeMap<Spell, Failures> = BTreeMap::new();
    for check in check::CATALOGUE.iter().map(|check| check.id).filter(|id| failed.contains(id)) {
        let sight = |reading: &GateReading| match () {
            () if reading.failing.iter().any(|(id, _)| *id == check) => Sight::Bad,
            () if reading.unknown.contains(&check) => Sight::Hidden,
            () => Sight::Good,
        };
        for spell in spells(readings, sight) {
            let first = readings.iter().find(|(at, _)| *at == spell.from);
            let reason = first.and_then(|(_, reading)| {
                reading.failing.iter().find(|(id, _)| *id == check).map(|(_, reason)| *reason)
            });
            all.entry(spell).or_default().push((check, reason.unwrap_or_default()));
        }
    }
    for (spell, failures) in &mut all {
        let first = readings.iter().find(|(at, _)| *at == spell.from);
        let following = first.map_or(&[][..], |(_, reading)| &reading.following);
        let seen: Vec<&'static str> = failures.iter().map(|(check, _)| *check).collect();
        failures.retain(|(check, _)| {
            !following.iter().any(|(of, root)| of == check && seen.contains(root))
        });
    }
    all
}

fn spells(readings: &[(usize, &GateReading)], sight: impl Fn(&GateReading) -> Sight) -> Vec<Spell> {
    let mut spells = Vec::new();
    let (mut last_good, mut open) = (None, None::<Spell>);
    for (at, reading) in readings {
        match (sight(reading), &mut open) {
            (Sight::Hidden, _) => {}
            (Sight::Bad, Some(spell)) => spell.runs += 1,
            (Sight::Bad, None) => {
                // What was bad from the first run on has not come within the quarter.
                open = last_good.map(|before| Spell { from: *at, to: *at, before, runs: 1 });
            }
            (Sight::Good, _) => {
                spells.extend(open.take().map(|spell| Spell { to: *at, ..spell }));
                last_good = Some(*at);
            }
        }
    }
    spells
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sight::{Bad, Good, Hidden};

    fn seen(sights: &[Sight]) -> Vec<(usize, usize, usize, usize)> {
        let reading = |sight: &Sight| GateReading {
            standing: Standing::Absent,
            failing: Vec::new(),
            following: Vec::new(),
            unknown: if *sight == Hidden {
                vec!["h"]
            } else if *sight == Bad {
                vec!["b"]
            } else {
                vec![]
            },
        };
        let readings: Vec<_> = sights.iter().map(reading).collect();
        let readings: Vec<_> = readings.iter().enumerate().collect();
        let sight = |reading: &GateReading| match reading.unknown[..] {
            ["h"] => Hidden,
            ["b"] => Bad,
            _ => Good,
        };
        let spells = spells(&readings, sight).into_iter();
        spells.map(|spell| (spell.before, spell.from, spell.to, spell.runs)).collect()
    }

    #[test]
    fn only_what_came_and_went_is_an_incident() {
        assert_eq!(seen(&[Good, Bad, Good]), [(0, 1, 2, 1)]);
        assert_eq!(seen(&[Good, Bad, Bad, Hidden, Bad, Good]), [(0, 1, 5, 3)]);
        assert_eq!(seen(&[Good, Bad, Good, Good, Bad, Good]), [(0, 1, 2, 1), (3, 4, 5, 1)]);
        assert_eq!(seen(&[Good, Hidden, Bad, Hidden, Good]), [(0, 2, 4, 1)]);
        // It has not come, has not gone, or was never seen to be bad.
        for sights in [
            &[Bad, Good][..],
            &[Good, Bad],
            &[Hidden, Bad, Good],
            &[Good, Hidden, Good],
            &[Bad, Bad],
            &[],
        ] {
            assert!(seen(sights).is_empty());
        }
    }
}
