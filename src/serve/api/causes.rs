//! What to mend first.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::cursor::Page;
use super::documents::{KeyDocument, ListDocument};
use super::operation::Asked;
use super::problem::Problem;
use crate::judge::quarter::Remedy;
use crate::model::Lang;
use crate::report::describe::clean;

/// A cause, and what mending it would change.
#[derive(Serialize, JsonSchema)]
pub struct CauseDocument {
    /// The check that fails.
    check: &'static str,
    reason: &'static str,
    /// The highest severity that it has for any service.
    severity: &'static str,
    /// One sentence.
    message: &'static str,
    /// How to fix it; null where the check's page says nothing of it.
    remedy: Option<&'static str>,
    /// The addresses, hosts or name servers to be mended; empty when the check names none.
    subjects: Vec<String>,
    /// The services that it concerns.
    services: Vec<String>,
    /// How many of them it holds at their stage, alone or with others.
    holds: usize,
    /// How many of them would climb at least one stage by this alone.
    lifts: usize,
}

impl CauseDocument {
    fn of(remedy: &Remedy, lang: Lang) -> Self {
        let subjects = remedy.subjects.iter();
        Self {
            check: remedy.check.id,
            reason: remedy.reason,
            severity: remedy.severity.id(),
            message: remedy.check.message(remedy.reason, lang),
            remedy: remedy.check.remedy(remedy.reason, lang),
            subjects: subjects.map(|name| clean(&name.to_string())).collect(),
            services: remedy.services.iter().map(|service| service.id.to_string()).collect(),
            holds: remedy.holds,
            lifts: remedy.lifts,
        }
    }
}

/// All causes, those that lift most services first.
pub fn causes(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let lang = asked.lang();
    let page = Page::of(&asked.params, &asked.state(&picture));
    asked.finish()?;
    let remedies = picture.remedies();
    let rows = remedies.iter().map(|remedy| CauseDocument::of(remedy, lang));
    let (items, next) = page?.cut(rows);
    let (key, total) = (Some(KeyDocument::of(&picture.key)), remedies.len());
    Answer::json(&ListDocument { key, total, next, items })
}
