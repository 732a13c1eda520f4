//! Runs that are started and cancelled.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Answer;
use super::operation::Asked;
use super::params::shown;
use super::problem::Problem;
use crate::model::{RunId, Selection};
use crate::serve::access::Permission;
use crate::serve::jobs::{JobError, LiveRun, ScanRequest};
use crate::serve::problem_document::Sentence;

/// What is to be scanned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartDocument {
    /// The inventory, as `inventory=` names it elsewhere; without it, the first of the configuration.
    #[serde(default)]
    inventory: Option<String>,
    /// The services: `ORG/SERVICE`, `tag:TAG`, `category:CATEGORY` or `org:ORG`, any of which is enough;
    /// without it, all.
    #[serde(default)]
    only: Vec<String>,
    /// One round of connections instead of several.
    #[serde(default)]
    quick: bool,
}

/// A run that goes on, or waits for its turn.
#[derive(Serialize, JsonSchema)]
pub struct LiveDocument {
    /// The id of the run.
    run: String,
    /// `queued`, `running`, `waiting` (for IPv6 here) or `stopping`.
    progress: String,
    /// The patterns that services were chosen by; empty = all.
    only: Vec<String>,
    /// The services that it looks at.
    services: usize,
    /// Those of them that are judged.
    finished: usize,
    /// Who asked for it, or the schedule.
    by: String,
}

impl LiveDocument {
    fn of(live: &LiveRun) -> Self {
        let progress = serde_json::to_value(live.progress).ok();
        let progress = progress.and_then(|value| value.as_str().map(str::to_owned));
        Self {
            run: live.run.to_string(),
            progress: progress.unwrap_or_default(),
            only: live.request.only.clone(),
            services: live.services,
            finished: live.finished,
            by: live.request.by.clone(),
        }
    }
}

/// A run that was started or is told to end.
#[derive(Serialize, JsonSchema)]
pub struct StartedDocument {
    /// The id of the run.
    run: String,
}

/// The runs that go on or wait.
pub fn live(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let items: Vec<_> = asked.app.jobs().live().iter().map(LiveDocument::of).collect();
    let total = items.len();
    Answer::json(&super::documents::ListDocument { key: None, total, next: None, items })
}

/// The schema of what is to be scanned.
pub fn start_schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<StartDocument>();
    // The document around it says which draft it is.
    schema.remove("$schema");
    schema.to_value()
}

/// Starts a run.
pub fn start(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let wanted: StartDocument =
        serde_json::from_slice(asked.body).map_err(|error| bad_body("JSON", &error))?;
    Selection::parse(&wanted.only).map_err(|error| bad_body("`only`", &error))?;
    let organisation = one_organisation(&wanted.only);
    asked.may(Permission::Operate(organisation.as_deref()))?;
    let request = ScanRequest {
        inventory: inventory(asked, wanted.inventory.as_deref())?,
        only: wanted.only,
        quick: wanted.quick,
        by: asked.visitor.actor(),
        ..ScanRequest::default()
    };
    let run = asked.app.jobs().start(request).map_err(problem)?;
    Answer::json(&StartedDocument { run: run.to_string() })
}

/// Cancels a run.
pub fn cancel(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let word = asked.part("run");
    let live = asked.app.jobs().live();
    let Some(run) = live.iter().find(|live| live.run.as_str() == word) else {
        let ids = live.iter().map(|live| live.run.to_string()).collect();
        let detail = no_live_run(word);
        return Err(Problem::not_found("run", detail, ids));
    };
    let organisation = one_organisation(&run.request.only);
    asked.may(Permission::Operate(organisation.as_deref()))?;
    let id: &RunId = &run.run;
    asked.app.jobs().cancel(id).map_err(problem)?;
    Answer::json(&StartedDocument { run: id.to_string() })
}

/// The organisation that all patterns are about, when it is one alone.
fn one_organisation(only: &[String]) -> Option<String> {
    let organisation = |pattern: &String| -> Option<String> {
        let of = match pattern.strip_prefix("org:") {
            Some(organisation) => organisation,
            None => pattern.split_once('/')?.0,
        };
        let is_plain = !of.is_empty() && !of.contains(['*', '?', '[', '{', ':']);
        is_plain.then(|| of.to_owned())
    };
    let first = organisation(only.first()?)?;
    only.iter().all(|one| organisation(one).as_ref() == Some(&first)).then_some(first)
}

/// The file of the configuration that a word means.
fn inventory(asked: &Asked<'_>, word: Option<&str>) -> Result<PathBuf, Problem> {
    let config = asked.app.config();
    let Some(word) = word else {
        return config.inventories.first().cloned().ok_or_else(|| {
            let detail = Sentence::new(
                "The configuration names no inventory.",
                "Cấu hình không khai báo danh mục nào.",
            );
            Problem::not_found("inventory", detail, Vec::new())
        });
    };
    let file_of_id =
        asked.app.view().picture(word, None).map(|one| one.track.inventory_file.clone());
    let name_of_id = file_of_id.as_deref().and_then(|file| Path::new(file).file_name());
    let is_it = |file: &&PathBuf| {
        let is = |name: Option<&std::ffi::OsStr>| name.is_some_and(|name| name == word);
        file.as_os_str() == word
            || is(file.file_name())
            || is(file.file_stem())
            || (name_of_id.is_some() && file.file_name() == name_of_id)
    };
    config.inventories.iter().find(is_it).cloned().ok_or_else(|| {
        let names = config.inventories.iter().filter_map(|file| file.file_stem()?.to_str());
        let names = names.map(str::to_owned).collect();
        let detail = no_inventory(word);
        Problem::not_found("inventory", detail, names)
    })
}

fn bad_body(of: &str, error: &dyn std::fmt::Display) -> Problem {
    let detail = Sentence::new(
        format!("{of}: {error}"),
        format!("Nội dung gửi không hợp lệ, {of}: {error}"),
    );
    Problem::body(detail)
}

fn no_live_run(word: &str) -> Sentence {
    let word = shown(word);
    Sentence::new(
        format!("No run `{word}` goes on or waits."),
        format!("Không có đợt đo `{word}` nào đang thực hiện hoặc chờ thực hiện."),
    )
}

fn no_inventory(word: &str) -> Sentence {
    let word = shown(word);
    Sentence::new(
        format!("The configuration names no inventory `{word}`."),
        format!("Cấu hình không khai báo danh mục `{word}`."),
    )
}

fn problem(error: JobError) -> Problem {
    match error {
        JobError::NoSuchRun(run) => {
            Problem::not_found("run", no_live_run(run.as_str()), Vec::new())
        }
        JobError::NoSuchInventory(word) => {
            Problem::not_found("inventory", no_inventory(&word), Vec::new())
        }
        JobError::NotRunning => Problem::later(Sentence::new(
            error.to_string(),
            "Hệ thống đang khởi động hoặc đang dừng nên chưa nhận yêu cầu đo.",
        )),
        JobError::QueueFull => Problem::later(Sentence::new(
            error.to_string(),
            "Hàng đợi đã đầy; cần chờ một đợt đo kết thúc.",
        )),
        JobError::Store(_) => Problem::later(Sentence::new(
            error.to_string(),
            format!("Không ghi được kho dữ liệu: {error}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_of_one_organisation_is_its_own() {
        let of = |patterns: &[&str]| {
            one_organisation(&patterns.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["a/x", "a/*", "org:a"]).as_deref(), Some("a"));
        for all in [&[][..], &["a/x", "b/x"], &["*/x"], &["tag:a"], &["a*/x"], &["a/x", "tag:t"]] {
            assert_eq!(of(all), None, "{all:?}");
        }
    }
}
