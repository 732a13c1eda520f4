//! What changed between two runs.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::cursor::Page;
use super::documents::{KeyDocument, PointDocument};
use super::operation::Asked;
use super::problem::Problem;
use crate::judge::{Change, direction};
use crate::report::json::{ChangeDocument, change_document};

/// Two runs side by side, judged by the same rules.
#[derive(Serialize, JsonSchema)]
pub struct DiffDocument {
    key: KeyDocument,
    before: PointDocument,
    after: PointDocument,
    /// How many services are listed under which direction.
    directions: Vec<DirectionDocument>,
    /// How many services all pages have.
    total: usize,
    /// The `cursor` of the next page; null on the last one.
    next: Option<String>,
    /// The services that changed, in the later inventory's order; then those that are gone.
    changes: Vec<ChangeDocument>,
}

#[derive(Serialize, JsonSchema)]
struct DirectionDocument {
    direction: &'static str,
    services: usize,
}

/// Compares two runs.
pub fn diff(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let directions: Vec<_> = Change::ALL.iter().map(|one| (one.id(), *one)).collect();
    let wanted = asked.params.choice("change", &directions);
    let page = Page::of(&asked.params, &asked.state(&picture));
    asked.finish()?;
    let before = asked.params.value("before").unwrap_or("previous");
    let after = asked.params.value("after").unwrap_or("newest");
    let before = asked.whole_run(&picture, "before", before)?;
    let after = asked.whole_run(&picture, "after", after)?;
    let changes = asked.app.view().changes(&picture, &before.id, &after.id)?;
    let directions = Change::ALL.iter().map(|change| DirectionDocument {
        direction: change.id(),
        services: changes.in_direction(*change).count(),
    });
    let listed = changes.services.iter();
    let listed: Vec<_> =
        listed.filter(|one| wanted.is_none_or(|change| change == direction(one))).collect();
    let total = listed.len();
    let (rows, next) = page?.cut(listed);
    Answer::json(&DiffDocument {
        key: KeyDocument::of(&changes.key),
        before: PointDocument::of(&changes.before),
        after: PointDocument::of(&changes.after),
        directions: directions.filter(|one| one.services > 0).collect(),
        total,
        next,
        changes: rows.into_iter().map(change_document).collect(),
    })
}
