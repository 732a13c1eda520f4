//! What a run means for the alerts: which begin, which last, which end. Pure.
//!
//! Whether something is wrong is read from the run, never remembered: an open alert ends when the run says
//! that what it is about is well again, and a restart changes nothing. Something begins when the service had
//! it better at the last look before this one. Another reason under the same outcome is the same alert.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::alert::{Alert, Detail, Kind};
use crate::check::{Check, common};
use crate::judge::quarter::{SharedCause, shared};
use crate::judge::{
    Change, Judged, Progress, Root, RunResult, ServiceChange, ServiceResult, Standing, changes,
    targets,
};
use crate::model::{Outcome, ServiceId, Severity, Stage, Verdict};

/// The check that says how long a certificate lasts. What it says is a matter of days, and has alerts of its
/// own.
const VALIDITY: &str = "tls-validity";

/// Reasons for which something is not known that lie on our side, beside those that [`Root::Ours`] tells.
const OURS: [&str; 6] = [
    common::LIMIT,
    common::NOT_VISITED,
    common::REFUSES_OUR_ADDRESS,
    common::REFUSES_OUR_NAME,
    "no-icmp-socket",
    "one-was-fast",
];

/// From when on a certificate is told.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Days before a certificate's end.
    pub certificate_days: u16,
    /// Days before a target's deadline.
    pub target_days: u16,
}

/// Something that is wrong now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What it is about.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The service.
    pub service: Option<ServiceId>,
    /// The particulars.
    pub detail: Detail,
    /// Whether it begins an alert where there is none: it was better at the last look.
    pub is_news: bool,
}

/// What a run says: what is wrong, and of what it says anything at all.
#[derive(Clone, Debug, Default)]
pub struct Sighting {
    /// What is wrong, each key once.
    pub troubles: Vec<Trouble>,
    /// The keys whose state could not be found out: open alerts of them stay as they are.
    pub unsure: HashSet<String>,
    /// The services that the run looked at.
    pub seen: HashSet<ServiceId>,
    /// The services that the inventory has; alerts of others end untold.
    pub known: HashSet<ServiceId>,
    /// The stage that each is known to have reached at least.
    pub stages: HashMap<ServiceId, u8>,
}

/// Reads a run beside the last look at each of its services before it, which was judged by the same rules.
pub fn sighting(before: Option<&RunResult>, after: &RunResult, limits: Limits) -> Sighting {
    let mut sighting = Sighting {
        seen: after.services.iter().map(|one| one.service.id.clone()).collect(),
        known: after.inventory.services.iter().map(|service| service.id.clone()).collect(),
        stages: after.services.iter().filter_map(stage_of).collect(),
        ..Sighting::default()
    };
    let changed: HashMap<ServiceId, ServiceChange> = before
        .map(|before| changes(before, after))
        .unwrap_or_default()
        .into_iter()
        .map(|change| (change.service.id.clone(), change))
        .collect();
    let causes = Causes::of(after);
    for service in &after.services {
        let reader = ServiceReader { after, service, causes: &causes };
        reader.read(changed.get(&service.service.id), limits, &mut sighting);
    }
    for target in targets(after) {
        let is_near = target.days_left <= i32::from(limits.target_days);
        let severity = match target.progress {
            Progress::Missed => Severity::Error,
            Progress::Due if is_near => Severity::Warning,
            Progress::Undetermined => {
                sighting.unsure.insert(format!("target:{}", target.service.id));
                continue;
            }
            _ => continue,
        };
        let own = after.services.iter().find(|one| one.service.id == target.service.id);
        let Some(service) = own else { continue };
        let detail = Detail {
            until: Some(target.goal.by.to_string()),
            days_left: Some(target.days_left),
            stages: Some((
                target.standing.at_least().map_or(0, |stage| stage.number()),
                target.goal.stage.number(),
            )),
            cause: Some(format!("target {}", target.goal.by)),
            ..detail_of(after, service)
        };
        sighting.troubles.push(Trouble {
            key: format!("target:{}", target.service.id),
            kind: Kind::Target,
            severity,
            service: Some(target.service.id.clone()),
            detail,
            is_news: true,
        });
    }
    sighting
}

struct ServiceReader<'a> {
    after: &'a RunResult,
    service: &'a ServiceResult,
    causes: &'a Causes,
}

impl ServiceReader<'_> {
    fn read(&self, change: Option<&ServiceChange>, limits: Limits, into: &mut Sighting) {
        let Self { after, service, .. } = self;
        let id = &service.service.id;
        if service.standing == Standing::NotCounted {
            return;
        }
        let troubles_before = into.troubles.len();
        let mut is_told = false;
        let changes: HashMap<&str, Change> = change
            .iter()
            .flat_map(|change| &change.checks)
            .map(|check| (check.check, check.change))
            .collect();
        let verdicts = service.verdicts.unpack();
        let roots = crate::judge::Roots::of(&verdicts);
        for (at, judged) in verdicts.iter().enumerate() {
            let (check, verdict) = (judged.check, &judged.verdict);
            let key = format!("check:{id}:{}", check.id);
            if check.id == VALIDITY {
                let is_ending = self.read_certificate(verdict, limits, into);
                // Its end is one alert, whatever the service loses by it.
                is_told |= is_ending && changes.get(VALIDITY) == Some(&Change::Worse);
                if is_ending || verdict.reason.starts_with("expire") {
                    continue;
                }
            }
            let kind = match verdict.outcome {
                Outcome::Fail => Kind::Worse,
                Outcome::Inconclusive => Kind::Unknown,
                Outcome::Pass | Outcome::NotApplicable => continue,
            };
            // What only follows from another finding, or from our own side, is that one's matter.
            if roots.at(at) != Root::Itself {
                into.unsure.insert(key);
                continue;
            }
            if kind == Kind::Unknown && !self.is_missed(judged) {
                into.unsure.insert(key);
                continue;
            }
            let change = changes.get(check.id).copied().unwrap_or(Change::Same);
            let is_news = matches!(change, Change::Worse | Change::Unknown);
            is_told |= is_news;
            let severity = match kind {
                Kind::Unknown if !self.blocks(check) => Severity::Warning,
                _ => judged.severity,
            };
            into.troubles.push(Trouble {
                key,
                kind,
                severity,
                service: Some(id.clone()),
                detail: Detail {
                    check: Some(check.id.to_owned()),
                    reason: Some(verdict.reason.to_owned()),
                    subjects: subjects(verdict),
                    cause: Some(self.causes.name(id, check.id, verdict.reason)),
                    ..detail_of(after, service)
                },
                is_news,
            });
        }
        let Some(change) = change else { return };
        let fell = matches!(change.change, Change::Worse);
        let stages = stages_of(change);
        if fell {
            for trouble in &mut into.troubles[troubles_before..] {
                if trouble.is_news {
                    trouble.detail.stages = stages;
                }
            }
        }
        if fell && !is_told {
            into.troubles.push(Trouble {
                key: format!("stage:{id}"),
                kind: Kind::Worse,
                severity: Severity::Error,
                service: Some(id.clone()),
                detail: Detail {
                    stages,
                    cause: service
                        .blockers
                        .first()
                        .map(|blocker| self.causes.name(id, blocker.check, blocker.reason)),
                    check: service.blockers.first().map(|blocker| blocker.check.to_owned()),
                    reason: service.blockers.first().map(|blocker| blocker.reason.to_owned()),
                    ..detail_of(after, service)
                },
                is_news: true,
            });
        }
    }

    /// Whether it matters that this is not known: a gate of a stage, and nothing of our own hid it.
    fn is_missed(&self, judged: &Judged) -> bool {
        let kind = self.service.service.target.kind();
        let gates = |stage| self.after.policy.gates_of(kind, stage);
        judged.severity <= Severity::Error
            && !OURS.contains(&judged.verdict.reason)
            && Stage::ALL.into_iter().filter_map(gates).flatten().any(|id| id == judged.check.id)
    }

    /// Tells of a certificate that is about to end, or has ended; `false` where there is none to tell of.
    fn read_certificate(&self, verdict: &Verdict, limits: Limits, into: &mut Sighting) -> bool {
        let id = &self.service.service.id;
        let key = format!("certificate:{id}");
        if verdict.outcome == Outcome::Inconclusive {
            into.unsure.insert(key);
            return false;
        }
        let ends = verdict.subjects.iter().flat_map(|subject| &subject.detail);
        let ends = ends.filter(|(name, _)| *name == "not-after");
        let first: Option<Timestamp> = ends.filter_map(|(_, at)| at.parse().ok()).min();
        let Some(end) = first else { return false };
        let days_left = end.duration_since(self.after.as_of).as_hours().div_euclid(24);
        if days_left >= i64::from(limits.certificate_days) {
            return false;
        }
        let day = crate::judge::day_of(end, &self.after.inventory.timezone);
        into.troubles.push(Trouble {
            key,
            kind: Kind::Certificate,
            severity: match days_left {
                ..0 => Severity::Critical,
                0..7 => Severity::Error,
                _ => Severity::Warning,
            },
            service: Some(id.clone()),
            detail: Detail {
                check: Some(VALIDITY.to_owned()),
                reason: Some(verdict.reason.to_owned()),
                subjects: subjects(verdict),
                until: Some(day.to_string()),
                days_left: i32::try_from(days_left).ok(),
                cause: Some(self.causes.name(id, VALIDITY, verdict.reason)),
                ..detail_of(self.after, self.service)
            },
            is_news: true,
        });
        true
    }

    fn blocks(&self, check: &Check) -> bool {
        self.service.blockers.iter().any(|blocker| blocker.check == check.id)
    }
}

fn stage_of(service: &ServiceResult) -> Option<(ServiceId, u8)> {
    Some((service.service.id.clone(), service.standing.at_least()?.number()))
}

fn stages_of(change: &ServiceChange) -> Option<(u8, u8)> {
    let number = |standing: Option<Standing>| Some(standing?.at_least()?.number());
    number(change.before).zip(number(change.after))
}

/// The things that a verdict's outcome is about.
fn subjects(verdict: &Verdict) -> Vec<String> {
    const SHOWN_MAX: usize = 8;
    let concerned = verdict.subjects.iter().filter(|subject| subject.outcome == verdict.outcome);
    concerned.take(SHOWN_MAX).map(|subject| subject.name.to_string()).collect()
}

fn detail_of(result: &RunResult, service: &ServiceResult) -> Detail {
    let known = &service.service;
    let organisations = &result.inventory.organisations;
    let owner = organisations.iter().find(|one| one.id == known.id.organisation);
    Detail {
        service_name: Some(known.name.clone()),
        organisation_name: owner.map(|owner| owner.name.clone()),
        tags: known.tags.iter().map(|tag| tag.to_string()).collect(),
        category: Some(known.category.id().to_owned()),
        run: Some(result.run.id.clone()),
        ..Detail::default()
    }
}

/// What services have in common that fail: by service, check and reason.
struct Causes(HashMap<(ServiceId, &'static str, &'static str), String>);

impl Causes {
    fn of(result: &RunResult) -> Self {
        let mut causes = HashMap::new();
        for (number, shared) in shared(result).into_iter().enumerate() {
            let name = format!("{} #{number}", name_of(&shared.cause));
            for service in &shared.services {
                for (check, reason) in &shared.failures {
                    let key = (service.id.clone(), *check, *reason);
                    causes.entry(key).or_insert_with(|| name.clone());
                }
            }
        }
        Self(causes)
    }

    /// The thing that is to be mended, where several services share it; else the check and its reason.
    fn name(&self, id: &ServiceId, check: &'static str, reason: &'static str) -> String {
        match self.0.get(&(id.clone(), check, reason)) {
            Some(name) => name.clone(),
            None => format!("{check} {reason}"),
        }
    }
}

fn name_of(cause: &SharedCause) -> String {
    match cause {
        SharedCause::NameServer(name) => name.to_string(),
        SharedCause::Certificate(digest) => {
            format!("certificate {}", digest.get(..16).unwrap_or(digest))
        }
        SharedCause::Network { prefix, port, .. } => format!("{prefix} port {port}"),
        SharedCause::Address(address, ..) => address.to_string(),
        SharedCause::Host(name) | SharedCause::ThirdParty(name) => name.to_string(),
    }
}

/// What becomes of the alerts of an inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transitions {
    /// Alerts that began, changed, or ended: those that ended first.
    pub alerts: Vec<Alert>,
}

/// Names the alerts that begin.
pub trait NewIds {
    /// A name that no other alert has.
    fn next(&mut self) -> String;
}

/// What becomes of the open alerts of an inventory by what a run says.
pub fn transitions(
    open: &[Alert],
    sighting: Sighting,
    inventory: &str,
    now: Timestamp,
    run: Option<&crate::model::RunId>,
    ids: &mut dyn NewIds,
) -> Transitions {
    let mut found: BTreeMap<String, Trouble> =
        sighting.troubles.into_iter().map(|trouble| (trouble.key.clone(), trouble)).collect();
    let (mut ended, mut going_on) = (Vec::new(), Vec::new());
    for alert in open {
        let mut alert = alert.clone();
        let is_seen = alert.service.as_ref().is_none_or(|id| sighting.seen.contains(id));
        let is_gone = alert.service.as_ref().is_some_and(|id| !sighting.known.contains(id));
        match found.remove(&alert.key) {
            Some(trouble) => {
                alert.seen_at = now;
                alert.kind = trouble.kind;
                alert.severity = trouble.severity;
                // Where it fell from, and the run that triggered it, stay.
                let (stages, first) = (alert.detail.stages, alert.detail.run.take());
                alert.detail = Detail {
                    stages: trouble.detail.stages.or(stages),
                    run: first,
                    flaps: alert.detail.flaps,
                    ..trouble.detail
                };
                going_on.push(alert);
            }
            None if is_gone => {
                alert.resolved_at = Some(now);
                alert.detail.gone = true;
                ended.push(alert);
            }
            None if !is_seen || sighting.unsure.contains(&alert.key) => {}
            None if is_below(&alert, &sighting.stages) => {
                alert.seen_at = now;
                going_on.push(alert);
            }
            None => {
                alert.resolved_at = Some(now);
                alert.detail.resolved_run = run.cloned();
                ended.push(alert);
            }
        }
    }
    let begun = found.into_values().filter(|trouble| trouble.is_news).map(|trouble| Alert {
        id: ids.next(),
        key: trouble.key,
        inventory: inventory.to_owned(),
        service: trouble.service,
        kind: trouble.kind,
        severity: trouble.severity,
        began_at: now,
        seen_at: now,
        resolved_at: None,
        detail: trouble.detail,
        told: BTreeMap::new(),
    });
    let mut alerts = ended;
    alerts.extend(going_on);
    alerts.extend(begun);
    Transitions { alerts }
}

/// Whether an alert about a stage lasts: the service has not come back to where it fell from.
fn is_below(alert: &Alert, stages: &HashMap<ServiceId, u8>) -> bool {
    let stage = alert.service.as_ref().and_then(|id| stages.get(id));
    let before = alert.detail.stages.map(|(before, _)| before);
    alert.key.starts_with("stage:") && stage.zip(before).is_some_and(|(now, then)| *now < then)
}

/// Marks alerts that begin again and again: `times` is how often one of its key began within the
/// window, this time included.
pub fn note_flapping(alerts: &mut [Alert], times: impl Fn(&Alert) -> usize, limit: usize) {
    for alert in alerts.iter_mut().filter(|alert| alert.is_open()) {
        if times(alert) >= limit {
            alert.detail.flaps = true;
        }
    }
}
