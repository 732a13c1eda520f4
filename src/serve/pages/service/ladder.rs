//! The stages, each with the checks that it asks for.

use crate::judge::ServiceResult;
use crate::model::{Lang, Outcome, Stage};
use crate::policy::Policy;
use crate::report::texts;
use crate::serve::pages::blocks::Link;
use crate::serve::pages::links::Links;

/// A stage.
pub struct Step {
    /// Its number and name.
    pub title: String,
    /// The outcome of all its gates together.
    pub outcome_id: &'static str,
    /// Its sign.
    pub sign: &'static str,
    /// The outcome's word.
    pub outcome: &'static str,
    /// Its gates: sign, the outcome's id, check.
    pub gates: Vec<(&'static str, &'static str, Link)>,
}

/// The stages above 0 that the policy judges.
pub fn steps(result: &ServiceResult, policy: &Policy, links: &Links, lang: Lang) -> Vec<Step> {
    let findings = result.verdicts.findings();
    let kind = result.service.target.kind();
    let found = |gate: &str| findings.iter().find(|(check, _)| check.id == gate);
    let step = |stage: Stage| {
        let gates: Vec<_> =
            policy.gates_of(kind, stage)?.iter().filter_map(|gate| found(gate)).collect();
        let has = |outcome| gates.iter().any(|(_, finding)| finding.outcome == outcome);
        let outcome = [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass];
        let outcome =
            outcome.into_iter().find(|outcome| has(*outcome)).unwrap_or(Outcome::NotApplicable);
        let line = |(check, finding): &&(&'static crate::check::Check, crate::judge::Finding)| {
            let link = Link { text: check.id.to_owned(), href: links.check(check.id) };
            (texts::sign(finding.outcome), finding.outcome.id(), link)
        };
        Some(Step {
            title: format!(
                "{} {}: {}",
                texts::STAGE.get(lang),
                stage.number(),
                stage.name().get(lang)
            ),
            outcome_id: outcome.id(),
            sign: texts::sign(outcome),
            outcome: texts::outcome(outcome).get(lang),
            gates: gates.iter().map(line).collect(),
        })
    };
    Stage::ALL.into_iter().skip(1).filter_map(step).collect()
}
