//! What the checks say of one service, as pages draw it: causes with what follows from them, what our own
//! side kept from being found out, and the rest.

use std::sync::Arc;

use super::causes::following_first;
use super::describe::{clean, observation};
use super::texts;
use crate::judge::{Judged, RootFinding, RootedFindings};
use crate::model::{Lang, Observation, ObservationId, Outcome, Subject};

/// Finds an observation that a verdict cites.
type FindObservation<'a> = &'a dyn Fn(ObservationId) -> Option<Arc<Observation>>;

/// All verdicts of a service.
pub struct VerdictBlocks {
    /// What fails or is unknown, each with what follows from it; failures first.
    pub roots: Vec<RootBlock>,
    /// What our own side kept from being found out.
    pub ours: Vec<OursBlock>,
    /// How many checks hold or don't concern it, and which.
    pub others_head: String,
    /// Those.
    pub others: Vec<VerdictBlock>,
}

/// A cause, and what follows from it.
pub struct RootBlock {
    /// The cause.
    pub root: VerdictBlock,
    /// How much follows, and under this what.
    pub following: String,
    /// What follows.
    pub beneath: Vec<VerdictBlock>,
}

/// What our own side kept from being found out.
pub struct OursBlock {
    /// What it is.
    pub head: String,
    /// What would let us find out.
    pub remedy: &'static str,
    /// The checks that are concerned.
    pub checks: String,
}

/// One verdict. Texts of targets in it are harmless, but still need the format's own escapes.
pub struct VerdictBlock {
    /// The check's id.
    pub check: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The outcome's id.
    pub outcome_id: &'static str,
    /// The outcome's word.
    pub outcome: &'static str,
    /// The severity's word.
    pub severity: &'static str,
    /// The outcome's sign.
    pub sign: &'static str,
    /// What was found.
    pub message: &'static str,
    /// How to fix it; empty where nothing is to be done.
    pub remedy: &'static str,
    /// What it speaks of, a line each.
    pub subjects: Vec<String>,
    /// What it rests on, some lines each.
    pub evidence: Vec<Vec<String>>,
}

impl VerdictBlocks {
    /// The blocks of a service's verdicts, which are in the catalogue's order.
    pub fn of(verdicts: Vec<Judged>, lang: Lang, find_observation: FindObservation<'_>) -> Self {
        let is_open = |judged: &&Judged| {
            matches!(judged.verdict.outcome, Outcome::Fail | Outcome::Inconclusive)
        };
        let others: Vec<Judged> = verdicts.iter().filter(|one| !is_open(one)).cloned().collect();
        let RootedFindings { mut roots, ours } = RootedFindings::of(verdicts);
        // Stable: equals stay in the catalogue's order.
        roots.sort_by_key(|found| found.root.verdict.outcome != Outcome::Fail);
        let blocks = Blocks { lang, find_observation };
        Self {
            roots: roots.iter().map(|found| blocks.root(found)).collect(),
            ours: ours.iter().map(|(reason, all)| ours_block(reason, all, lang)).collect(),
            others_head: others_head(&others, lang),
            others: others.iter().map(|judged| blocks.verdict(judged)).collect(),
        }
    }
}

struct Blocks<'a> {
    lang: Lang,
    find_observation: FindObservation<'a>,
}

impl Blocks<'_> {
    fn root(&self, found: &RootFinding) -> RootBlock {
        let checks: Vec<_> = found.beneath.iter().map(|judged| judged.check.id).collect();
        RootBlock {
            root: self.verdict(&found.root),
            following: following_first(checks.len(), &checks, self.lang).unwrap_or_default(),
            beneath: found.beneath.iter().map(|judged| self.beneath(judged)).collect(),
        }
    }

    /// What follows from a root: that has the remedy, and the evidence of what could not be looked at.
    fn beneath(&self, judged: &Judged) -> VerdictBlock {
        let block = self.verdict(judged);
        match judged.verdict.outcome {
            Outcome::Fail => VerdictBlock { remedy: "", ..block },
            _ => VerdictBlock { remedy: "", evidence: Vec::new(), subjects: Vec::new(), ..block },
        }
    }

    fn verdict(&self, judged: &Judged) -> VerdictBlock {
        let (lang, verdict) = (self.lang, &judged.verdict);
        // What went well needs no remedy and, so that the file stays small, no evidence beside it.
        let matters = matches!(verdict.outcome, Outcome::Fail | Outcome::Inconclusive);
        let remedy = judged.check.remedy(verdict.reason, lang).filter(|_| matters);
        let evidence = verdict.observations.iter().filter(|_| matters);
        VerdictBlock {
            check: judged.check.id,
            title: judged.check.title(lang),
            outcome_id: verdict.outcome.id(),
            outcome: texts::outcome(verdict.outcome).get(lang),
            severity: texts::severity(judged.severity).get(lang),
            sign: texts::sign(verdict.outcome),
            message: judged.check.message(verdict.reason, lang),
            remedy: remedy.unwrap_or_default(),
            subjects: verdict.subjects.iter().map(subject).collect(),
            evidence: evidence
                .filter_map(|id| (self.find_observation)(*id))
                .map(|fact| observation(&fact, lang))
                .collect(),
        }
    }
}

fn ours_block(reason: &str, all: &[Judged], lang: Lang) -> OursBlock {
    let check = all.first().map(|judged| judged.check);
    let message = check.map_or("", |check| check.message(reason, lang));
    let checks: Vec<_> = all.iter().map(|judged| judged.check.id).collect();
    OursBlock {
        head: format!("{} {message}", texts::sign(Outcome::Inconclusive)),
        remedy: check.and_then(|check| check.remedy(reason, lang)).unwrap_or_default(),
        checks: format!("{}: {}", texts::number(checks.len(), lang), checks.join(", ")),
    }
}

/// How many checks hold, and how many don't concern the service.
fn others_head(others: &[Judged], lang: Lang) -> String {
    let count = |outcome: Outcome| {
        let count = others.iter().filter(|judged| judged.verdict.outcome == outcome).count();
        let (sign, words) = (texts::sign(outcome), texts::outcome(outcome).get(lang));
        format!("{sign} {words}: {}", texts::number(count, lang))
    };
    [Outcome::Pass, Outcome::NotApplicable].map(count).join(" · ")
}

fn subject(subject: &Subject) -> String {
    let particulars: Vec<_> =
        subject.detail.iter().map(|(key, value)| format!("{key}: {}", clean(value))).collect();
    let name = clean(&subject.name.to_string());
    let sign = texts::sign(subject.outcome);
    format!("{sign} {name} · {} {}", subject.reason, particulars.join(", ")).trim_end().to_owned()
}
