//! What a run's report to one organisation has beside the figures and the work list: its deadlines, and
//! what changed since the run before. A quarter's report has both anyway.

use super::quarter::{Section, change};
use super::table::quarter::{check_changes_of, stage_changes_of, targets_of};
use super::{ReportContext, texts};
use crate::judge::{Change, Progress, SinceLast, TargetStanding, targets_by_deadline};
use crate::model::{Lang, Text};

const DEADLINES: Text = Text { vi: "Mục tiêu và thời hạn", en: "Targets and deadlines" };
const CHANGES: Text =
    Text { vi: "Thay đổi so với đợt đo trước", en: "Changes since the run before" };
const NO_TARGETS: Text = Text {
    vi: "Danh mục dịch vụ và bộ tiêu chí đánh giá không đặt mục tiêu nào cho các dịch vụ này.",
    en: "Neither the inventory nor the policy sets a target for these services.",
};
const NO_RUN_BEFORE: Text = Text {
    vi: "Chưa có đợt đo hoàn tất nào trước đợt này để so sánh.",
    en: "There is no complete run before this one to compare with.",
};
const NO_CHANGES: Text = Text { vi: "Không có thay đổi.", en: "Nothing changed." };

/// The sections.
pub fn sections(context: &ReportContext<'_>, since: Option<&SinceLast>) -> Vec<Section> {
    vec![deadlines(context), changes(context, since)]
}

/// How many targets have come how far, in one sentence.
pub(super) fn progress_sentence(targets: &[TargetStanding], lang: Lang) -> String {
    let with = |progress: Progress| targets.iter().filter(|one| one.progress == progress).count();
    let counts: Vec<String> = Progress::ALL
        .into_iter()
        .filter(|progress| with(*progress) > 0)
        .map(|word| {
            format!(
                "{}: {}",
                super::quarter::progress(word).get(lang),
                texts::number(with(word), lang)
            )
        })
        .collect();
    match counts.is_empty() {
        true => NO_TARGETS.get(lang).to_owned(),
        false => texts::capitalised(&format!("{}.", counts.join("; "))),
    }
}

fn deadlines(context: &ReportContext<'_>) -> Section {
    let lang = context.lang;
    let targets = targets_by_deadline(context.result);
    section(
        "targets",
        DEADLINES.get(lang),
        vec![progress_sentence(&targets, lang)],
        vec![targets_of(&targets, lang)],
    )
}

/// What is compared, and how many services changed in which direction.
pub(super) fn change_sentences(
    context: &ReportContext<'_>,
    since: Option<&SinceLast>,
) -> Vec<String> {
    let lang = context.lang;
    let Some(since) = since else { return vec![NO_RUN_BEFORE.get(lang).to_owned()] };
    let at = texts::moment(since.ended_at, &context.result.inventory.timezone, lang);
    let compared = match lang {
        Lang::Vi => format!("So với đợt đo {} ({at}), kết luận theo cùng quy tắc.", since.run),
        Lang::En => format!("Compared with run {} ({at}), judged by the same rules.", since.run),
    };
    let counts: Vec<String> = Change::ALL
        .into_iter()
        .filter(|direction| *direction != Change::Same)
        .map(|direction| (direction, since.moved(direction).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(direction, count)| {
            format!("{}: {}", change(direction).get(lang), texts::number(count, lang))
        })
        .collect();
    let found = match counts.is_empty() {
        true => NO_CHANGES.get(lang).to_owned(),
        false => texts::capitalised(&format!("{}.", counts.join("; "))),
    };
    vec![compared, found]
}

fn changes(context: &ReportContext<'_>, since: Option<&SinceLast>) -> Section {
    let lang = context.lang;
    let changed: Vec<_> =
        since.iter().flat_map(|since| &since.services).map(|one| &one.change).collect();
    section(
        "changes",
        CHANGES.get(lang),
        change_sentences(context, since),
        vec![stage_changes_of(&changed, lang), check_changes_of(&changed, lang)],
    )
}

fn section(
    id: &'static str,
    title: &'static str,
    paragraphs: Vec<String>,
    mut tables: Vec<super::table::Table>,
) -> Section {
    tables.retain(|table| !table.rows.is_empty());
    Section { id, title, paragraphs, chart: None, tables, annex: false }
}
