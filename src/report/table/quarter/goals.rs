//! The tables of targets and exemptions.

use super::common::{NOW, SERVICE_ID};
use crate::judge::quarter::Review;
use crate::judge::{Progress, TargetStanding};
use crate::model::{Lang, Text};
use crate::report::quarter::terms;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const TARGET: Text = Text { vi: "Mức mục tiêu", en: "Target stage" };
const BY: Text = Text { vi: "Thời hạn", en: "Deadline" };
const LEFT: Text = Text { vi: "Thời gian", en: "Time" };
const SET_BY: Text = Text { vi: "Theo", en: "Set by" };
const PROGRESS: Text = Text { vi: "Tình trạng", en: "Progress" };
const UNTIL: Text = Text { vi: "Đến hết ngày", en: "Until" };
const WHY: Text = Text { vi: "Lý do", en: "Reason" };

/// One row for each target that isn't reached.
pub fn targets(review: &Review, lang: Lang) -> Table {
    targets_of(&review.targets, lang)
}

/// The same of these targets.
pub fn targets_of(targets: &[TargetStanding], lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Mục tiêu chưa đạt", en: "Targets not reached" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(PROGRESS.get(lang), Kind::Text, 18)
        .column(TARGET.get(lang), Kind::Count, 9)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(BY.get(lang), Kind::Date, 11)
        .column(LEFT.get(lang), Kind::Text, 16)
        .column(SET_BY.get(lang), Kind::Text, 12);
    for target in targets.iter().filter(|target| target.progress != Progress::Reached) {
        table.rows.push(vec![
            Cell::text(&target.service.name),
            Cell::text(&target.service.id.to_string()),
            Cell::text(terms::progress(target.progress).get(lang)),
            Cell::Count(target.goal.stage.number().into()),
            Cell::Stage(target.standing),
            Cell::Date(target.goal.by),
            Cell::Text(texts::days_left(target.days_left, lang)),
            Cell::text(terms::basis(target.basis).get(lang)),
        ]);
    }
    table
}

/// One row for each exemption.
pub fn exemptions(review: &Review, lang: Lang) -> Table {
    const EXPIRED: Text = Text { vi: "đã hết hạn", en: "expired" };
    const SOON: Text = Text { vi: "sắp hết hạn", en: "expires soon" };
    const HOLDS: Text = Text { vi: "còn hiệu lực", en: "in force" };
    let mut table = Table::new(Text { vi: "Trường hợp được miễn", en: "Exemptions" }.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(UNTIL.get(lang), Kind::Date, 11)
        .column(PROGRESS.get(lang), Kind::Text, 14)
        .column(WHY.get(lang), Kind::Text, 36);
    for standing in &review.exemptions {
        let state = match (standing.expired, standing.expires_soon) {
            (true, _) => EXPIRED,
            (_, true) => SOON,
            _ => HOLDS,
        };
        table.rows.push(vec![
            Cell::text(&standing.service.name),
            Cell::text(&standing.service.id.to_string()),
            Cell::Stage(standing.standing),
            Cell::Date(standing.exemption.until),
            Cell::text(state.get(lang)),
            Cell::text(&standing.exemption.reason),
        ]);
    }
    table
}
