//! Quarters: where an inventory stood at the end of each, and what changed within it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::documents::{CountsDocument, KeyDocument, PointDocument};
use super::operation::Asked;
use super::problem::{Fault, Problem};
use crate::judge::quarter::Quarter;
use crate::judge::{Change, day_of};
use crate::serve::problem_document::Sentence;
use crate::view::SeenRun;

/// A quarter of an inventory.
#[derive(Serialize, JsonSchema)]
pub struct QuarterDocument {
    key: KeyDocument,
    /// Such as `2026Q4`.
    quarter: String,
    /// Whether its last day has passed.
    is_over: bool,
    /// The last whole run of the quarter.
    closing: PointDocument,
    /// The last whole run of an earlier quarter; null where there is none.
    previous: Option<PointDocument>,
    /// The closing run's figures by category.
    categories: Vec<CategoryDocument>,
    /// How many services changed so since the previous run; empty where there is none.
    changes: Vec<ChangesDocument>,
    /// The whole runs of the quarter, the earliest first.
    runs: Vec<PointDocument>,
}

#[derive(Serialize, JsonSchema)]
struct CategoryDocument {
    category: &'static str,
    counts: CountsDocument,
    /// In the previous run; null where it had none of them.
    before: Option<CountsDocument>,
}

#[derive(Serialize, JsonSchema)]
struct ChangesDocument {
    direction: &'static str,
    services: usize,
}

/// One quarter.
pub fn quarter(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    asked.finish()?;
    let word = asked.part("quarter");
    let inventory = &picture.result.inventory;
    let of =
        |at: Timestamp| Quarter::counting(day_of(at, &inventory.timezone), inventory.reporting);
    let known = || -> Vec<String> {
        let mut quarters: Vec<String> =
            picture.whole_runs().map(|run| of(run.ended_at).to_string()).collect();
        quarters.dedup();
        quarters.reverse();
        quarters
    };
    let quarter: Quarter = word.parse().map_err(|_| {
        Problem::parameters(vec![Fault {
            parameter: Some("quarter".to_owned()),
            detail: Sentence::new(
                "A quarter is written as `2026Q4`.",
                "Quý được ghi dạng `2026Q4`.",
            ),
            expected: known(),
        }])
    })?;
    let runs: Vec<&SeenRun> =
        picture.whole_runs().filter(|run| of(run.ended_at) == quarter).collect();
    let Some(closing) = runs.last() else {
        let detail = Sentence::new(
            format!("No whole run of this inventory ended in {quarter}."),
            format!("Không có đợt đo toàn bộ danh mục nào kết thúc trong {quarter}."),
        );
        return Err(Problem::not_found("quarter", detail, known()));
    };
    let previous = picture.whole_runs().filter(|run| of(run.ended_at) < quarter).last();
    let changes = match previous {
        Some(previous) => {
            let changes = asked.app.view().changes(&picture, &previous.id, &closing.id)?;
            let of = |change: &Change| ChangesDocument {
                direction: change.id(),
                services: changes.in_direction(*change).count(),
            };
            Change::ALL.iter().map(of).filter(|one| one.services > 0).collect()
        }
        None => Vec::new(),
    };
    let before = |category| {
        let previous = previous?.summary.categories.iter();
        let mut of_it = previous.filter(|(of, _)| *of == category);
        of_it.next().map(|(_, counts)| CountsDocument::of(counts))
    };
    let categories = closing.summary.categories.iter().map(|(category, counts)| CategoryDocument {
        category: category.id(),
        counts: CountsDocument::of(counts),
        before: before(*category),
    });
    Answer::json(&QuarterDocument {
        key: KeyDocument::of(&picture.key),
        quarter: quarter.to_string(),
        is_over: asked.today(&picture)
            > quarter.last_counting_day(picture.result.inventory.reporting),
        closing: PointDocument::of(closing),
        previous: previous.map(PointDocument::of),
        categories: categories.collect(),
        changes,
        runs: runs.iter().map(|run| PointDocument::of(run)).collect(),
    })
}
