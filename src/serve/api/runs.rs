//! Inventories and runs.

use super::answer::Answer;
use super::cursor::Page;
use super::documents::{InventoryDocument, KeyDocument, ListDocument, PointDocument, RunDocument};
use super::operation::Asked;
use super::params::nearest;
use super::problem::Problem;
use crate::model::Text;
use crate::store::Scope;

/// The inventories, each as one vantage point sees it.
pub fn inventories(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let pictures = asked.app.view().pictures();
    let items: Vec<_> = pictures.iter().map(|one| InventoryDocument::of(one)).collect();
    Answer::json(&ListDocument { key: None, total: items.len(), next: None, items })
}

/// All runs of the store, the newest first.
pub fn runs(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let scopes = [("whole", Scope::Whole), ("part", Scope::Part), ("names", Scope::Names)];
    let scope = asked.params.choice("scope", &scopes);
    let mut listed = asked.app.store()?.listed_runs()?;
    let newest = listed.first().map(|run| run.run.id.to_string()).unwrap_or_default();
    let state = format!("runs {newest} {} {}", listed.len(), asked.params.filter());
    let page = Page::of(&asked.params, &state)?;
    asked.finish()?;
    listed.retain(|run| scope.is_none_or(|scope| scope == run.scope));
    let total = listed.len();
    let (items, next) = page.cut(listed.iter().map(RunDocument::of));
    Answer::json(&ListDocument { key: None, total, next, items })
}

/// One run.
pub fn run(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let word = asked.part("run");
    let listed = asked.app.store()?.listed_runs()?;
    match listed.iter().find(|run| run.run.id.as_str() == word) {
        Some(run) => Answer::json(&RunDocument::of(run)),
        None => {
            let ids: Vec<&str> = listed.iter().map(|run| run.run.id.as_str()).collect();
            let detail = Text {
                en: "The store has no run of this id; give it whole.",
                vi: "Kho dữ liệu không có đợt đo mang mã này; cần ghi đầy đủ mã.",
            };
            Err(Problem::not_found("run", detail, nearest(word, &ids)))
        }
    }
}

/// The whole runs of an inventory, judged by the same rules: the earliest first.
pub fn trend(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let page = Page::of(&asked.params, &asked.state(&picture))?;
    asked.finish()?;
    let total = picture.whole_runs().count();
    let (items, next) = page.cut(picture.whole_runs().map(PointDocument::of));
    Answer::json(&ListDocument { key: Some(KeyDocument::of(&picture.key)), total, next, items })
}
