//! Verdicts: what checks say of the services that a filter chooses.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::cursor::Page;
use super::documents::{KeyDocument, ListDocument};
use super::operation::Asked;
use super::problem::Problem;
use super::services::{filter, sorting};
use crate::judge::Roots;
use crate::report::describe::clean;

/// What a check says of a service.
#[derive(Serialize, JsonSchema)]
pub struct VerdictDocument {
    /// `ORG/SERVICE`.
    service: String,
    check: &'static str,
    /// `pass`, `fail`, `not-applicable` or `inconclusive`.
    outcome: &'static str,
    reason: &'static str,
    /// It weighs only when the check fails.
    severity: &'static str,
    /// The check of this service from whose finding it follows, or `vantage`; null where nothing else
    /// explains it.
    root: Option<&'static str>,
    /// One sentence.
    message: &'static str,
    /// What it speaks of: addresses, hosts, name servers.
    subjects: Vec<SubjectDocument>,
}

#[derive(Serialize, JsonSchema)]
struct SubjectDocument {
    name: String,
    outcome: &'static str,
    reason: &'static str,
}

/// The verdicts that the filter is about: of one check, reason or outcome where it names one, else those
/// that fail.
pub fn verdicts(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let (filter, sorting, lang) = (filter(asked, &picture), sorting(asked), asked.lang());
    let page = Page::of(&asked.params, &asked.state(&picture));
    asked.finish()?;
    let page = page?;
    let is_wanted = |check: &str, outcome: crate::model::Outcome, reason: &str| {
        let is_named = filter.check.is_none_or(|id| id == check)
            && filter.reason.as_deref().is_none_or(|word| word == reason)
            && filter.outcome.is_none_or(|wanted| wanted == outcome);
        let says_which = filter.reason.is_some() || filter.outcome.is_some();
        is_named && (says_which || outcome == crate::model::Outcome::Fail)
    };
    let services = &picture.result.services;
    let mut found: Vec<(usize, usize)> = Vec::new();
    for place in picture.chosen(&filter, sorting) {
        let Some(service) = services.get(place) else { continue };
        for (at, (check, finding)) in service.verdicts.findings().iter().enumerate() {
            if is_wanted(check.id, finding.outcome, finding.reason) {
                found.push((place, at));
            }
        }
    }
    let total = found.len();
    let (rows, next) = page.cut(found);
    let mut items = Vec::with_capacity(rows.len());
    for of_service in rows.chunk_by(|a, b| a.0 == b.0) {
        let Some(service) = of_service.first().and_then(|(place, _)| services.get(*place)) else {
            continue;
        };
        let verdicts = service.verdicts.unpack();
        let roots = Roots::of(&verdicts);
        for (_, at) in of_service {
            let Some(judged) = verdicts.get(*at) else { continue };
            let verdict = &judged.verdict;
            items.push(VerdictDocument {
                service: service.service.id.to_string(),
                check: judged.check.id,
                outcome: verdict.outcome.id(),
                reason: verdict.reason,
                severity: judged.severity.id(),
                root: roots.at(*at).id(),
                message: judged.check.message(verdict.reason, lang),
                subjects: verdict
                    .subjects
                    .iter()
                    .map(|subject| SubjectDocument {
                        name: clean(&subject.name.to_string()),
                        outcome: subject.outcome.id(),
                        reason: subject.reason,
                    })
                    .collect(),
            });
        }
    }
    Answer::json(&ListDocument { key: Some(KeyDocument::of(&picture.key)), total, next, items })
}
