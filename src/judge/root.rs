//! Which finding of a service explains which others: each has a root, or is one.
//!
//! A closed port leaves a dozen checks without an answer and makes two more fail. Each of them says so for
//! itself; [`Roots`] says that they are one thing. It is a pure function of one service's verdicts, so
//! that every renderer collapses the same findings.

mod links;
mod place;

use self::links::{
    ADDRESS, CAUSAL_ORDER, CERTIFICATE, FOLLOWING, LAYERS, LINKS, Link, NAME_LEADS, OURS,
    SAME_REASON, STAGE_UNKNOWN,
};
use self::place::{covers, is_at};
use super::Judged;
use super::stage::is_cause_of_unknown;
use crate::check::{Check, common};
use crate::model::{Outcome, Verdict};

/// What explains a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Nothing else of the service: it is a root, or there is nothing to explain.
    Itself,
    /// What this check found of the same service, which is a root.
    Check(&'static str),
    /// Our own side, for this reason: it says nothing of the service.
    Ours(&'static str),
}

/// The roots of a service's findings.
#[derive(Clone, Debug)]
pub struct Roots {
    /// In the order of the verdicts.
    roots: Vec<Root>,
}

/// A root with what it explains.
#[derive(Clone, Debug)]
pub struct RootFinding {
    /// The root.
    pub root: Judged,
    /// What follows from it: failures, then what could not be found out, in the order of the verdicts.
    pub beneath: Vec<Judged>,
}

/// What is wrong or unknown of a service, by what explains it.
#[derive(Clone, Debug, Default)]
pub struct RootedFindings {
    /// The roots, in the order of the verdicts.
    pub roots: Vec<RootFinding>,
    /// What our own side kept us from finding out, by the reason.
    pub ours: Vec<(&'static str, Vec<Judged>)>,
}

impl Root {
    /// The word that results use for our own side; every other root is a check's id.
    pub const OURS: &str = "vantage";

    /// The word that results use: none where a finding is a root itself.
    pub fn id(self) -> Option<&'static str> {
        match self {
            Self::Itself => None,
            Self::Check(check) => Some(check),
            Self::Ours(_) => Some(Self::OURS),
        }
    }
}

impl Roots {
    /// The roots of these verdicts on one service.
    pub fn of(verdicts: &[Judged]) -> Self {
        let relation = Relation { verdicts };
        let causes: Vec<Cause> = verdicts
            .iter()
            .map(|judged| relation.cause_of(judged.check, &judged.verdict))
            .collect();
        let roots = (0..verdicts.len()).map(|at| {
            let mut end = at;
            // No chain is longer than there are verdicts.
            for _ in verdicts {
                match causes[end] {
                    Cause::None => break,
                    Cause::Ours(reason) => return Root::Ours(reason),
                    Cause::Finding(next) => end = next,
                }
            }
            if end == at { Root::Itself } else { Root::Check(verdicts[end].check.id) }
        });
        Self { roots: roots.collect() }
    }

    /// The root of the verdict at this place.
    pub fn at(&self, place: usize) -> Root {
        self.roots.get(place).copied().unwrap_or(Root::Itself)
    }

    /// The roots of verdicts, beside their checks.
    pub fn by_check<'a>(
        &'a self,
        verdicts: &'a [Judged],
    ) -> impl Iterator<Item = (&'static str, Root)> + 'a {
        verdicts.iter().map(|judged| judged.check.id).zip(self.roots.iter().copied())
    }
}

impl RootedFindings {
    /// Gathers what is wrong or unknown of a service.
    pub fn of(verdicts: Vec<Judged>) -> Self {
        let roots = Roots::of(&verdicts);
        let mut found = Self::default();
        let (mut places, mut following) = (Vec::new(), Vec::new());
        for (at, judged) in verdicts.into_iter().enumerate() {
            if !matches!(judged.verdict.outcome, Outcome::Fail | Outcome::Inconclusive) {
                continue;
            }
            match roots.at(at) {
                Root::Itself => {
                    places.push(judged.check.id);
                    found.roots.push(RootFinding { root: judged, beneath: Vec::new() });
                }
                Root::Check(root) => following.push((root, judged)),
                Root::Ours(reason) => {
                    match found.ours.iter_mut().find(|(known, _)| *known == reason) {
                        Some((_, all)) => all.push(judged),
                        None => found.ours.push((reason, vec![judged])),
                    }
                }
            }
        }
        for (root, judged) in following {
            if let Some(at) = places.iter().position(|check| *check == root) {
                found.roots[at].beneath.push(judged);
            }
        }
        for root in &mut found.roots {
            root.beneath.sort_by_key(|judged| judged.verdict.outcome != Outcome::Fail);
        }
        found
    }
}

/// Where a check stands in the order of causes.
fn rank(check: &str) -> usize {
    CAUSAL_ORDER.iter().position(|id| *id == check).unwrap_or(CAUSAL_ORDER.len())
}

/// What explains a verdict most closely.
#[derive(Clone, Copy)]
enum Cause {
    None,
    /// The verdict at this place.
    Finding(usize),
    /// Our own side, for this reason.
    Ours(&'static str),
}

/// The verdicts of one service, among which causes are looked for.
struct Relation<'a> {
    verdicts: &'a [Judged],
}

impl Relation<'_> {
    /// What explains a verdict most closely.
    fn cause_of(&self, check: &Check, verdict: &Verdict) -> Cause {
        let cause = match verdict.outcome {
            Outcome::Pass => None,
            Outcome::Fail => self.linked(check, verdict),
            Outcome::NotApplicable if FOLLOWING.contains(&verdict.reason) => {
                let below = LAYERS.iter().copied().filter(|layer| rank(layer) < rank(check.id));
                self.layer(below, verdict, Outcome::Fail)
            }
            Outcome::NotApplicable => None,
            Outcome::Inconclusive if OURS.contains(&verdict.reason) => {
                return Cause::Ours(verdict.reason);
            }
            Outcome::Inconclusive => {
                self.linked(check, verdict).or_else(|| self.cause_of_unknown(check, verdict))
            }
        };
        cause.map_or(Cause::None, Cause::Finding)
    }

    /// Why something could not be found out, where its reason alone tells.
    fn cause_of_unknown(&self, check: &Check, verdict: &Verdict) -> Option<usize> {
        let is_open =
            |other: &Verdict| matches!(other.outcome, Outcome::Fail | Outcome::Inconclusive);
        match verdict.reason {
            common::LOWER_LAYER => {
                // A certificate that nobody accepts keeps no page away from us.
                let needs_certificate = check.id == "dns-caa" || check.id.starts_with("tls-");
                let is_below = |layer: &&str| needs_certificate || !CERTIFICATE.contains(layer);
                let all = || LAYERS.iter().copied().filter(is_below);
                self.layer(all(), verdict, Outcome::Fail)
                    .or_else(|| self.layer(all(), verdict, Outcome::Inconclusive))
                    // Where two things were to be compared, it may be the other one that is missing.
                    .or_else(|| {
                        all().find_map(|layer| {
                            self.position(layer, |cause| cause.outcome == Outcome::Fail)
                        })
                    })
            }
            common::UNRESOLVED => NAME_LEADS
                .iter()
                .filter(|name| **name != check.id)
                .find_map(|name| self.position(name, is_open)),
            common::NOT_VISITED if check.id != ADDRESS => self
                .position(ADDRESS, |other| other.outcome == Outcome::Fail && is_at(verdict, other))
                .or_else(|| self.same_reason(check, verdict)),
            STAGE_UNKNOWN => self.first(|_, other| {
                other.outcome == Outcome::Inconclusive && is_cause_of_unknown(other.reason)
            }),
            same if SAME_REASON.contains(&same) => self.same_reason(check, verdict),
            _ => None,
        }
    }

    fn same_reason(&self, check: &Check, verdict: &Verdict) -> Option<usize> {
        self.first(|cause, other| {
            (other.outcome, other.reason) == (Outcome::Inconclusive, verdict.reason)
                && rank(cause.id) < rank(check.id)
                && is_about_dns(cause) == is_about_dns(check)
                && is_at(verdict, other)
        })
    }

    /// The cause that the table names.
    fn linked(&self, check: &Check, verdict: &Verdict) -> Option<usize> {
        let mut links = LINKS.iter().filter(|link| link.leads_to(check, verdict));
        links.find_map(|link| {
            self.position(link.cause, |cause| {
                let is_known_cause = match verdict.outcome {
                    // What can't be told explains no failure.
                    Outcome::Fail => cause.outcome == Outcome::Fail,
                    _ => matches!(cause.outcome, Outcome::Fail | Outcome::Inconclusive),
                };
                is_known_cause && link.begins_with(cause) && covers(link.place, verdict, cause)
            })
        })
    }

    /// The lowest of these layers that has this outcome, at the same addresses.
    fn layer(
        &self,
        mut layers: impl Iterator<Item = &'static str>,
        verdict: &Verdict,
        outcome: Outcome,
    ) -> Option<usize> {
        layers.find_map(|layer| {
            self.position(layer, |cause| {
                cause.outcome == outcome
                    && cause.reason != common::LOWER_LAYER
                    && is_at(verdict, cause)
            })
        })
    }

    fn position(&self, check: &str, is_cause: impl Fn(&Verdict) -> bool) -> Option<usize> {
        let mut verdicts = self.verdicts.iter();
        verdicts.position(|judged| judged.check.id == check && is_cause(&judged.verdict))
    }

    /// The first in the order of causes.
    fn first(&self, is_cause: impl Fn(&Check, &Verdict) -> bool) -> Option<usize> {
        let all = self.verdicts.iter().enumerate();
        all.filter(|(_, judged)| is_cause(judged.check, &judged.verdict))
            .min_by_key(|(_, judged)| rank(judged.check.id))
            .map(|(at, _)| at)
    }
}

/// What names lead to is known or not apart from what answers there.
fn is_about_dns(check: &Check) -> bool {
    check.id.starts_with("dns-")
}

impl Link {
    fn leads_to(&self, check: &Check, verdict: &Verdict) -> bool {
        self.effect == check.id && self.effects.contains(&verdict.reason)
    }

    fn begins_with(&self, cause: &Verdict) -> bool {
        let says = |reason: &str| self.causes.contains(&reason);
        self.causes.is_empty()
            || says(cause.reason)
            || cause.subjects.iter().any(|one| one.outcome == cause.outcome && says(one.reason))
    }
}

#[cfg(test)]
mod tests;
