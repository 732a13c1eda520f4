//! The tables of what is to be done.

use super::common::{CHECK, FINDING, ids, names};
use crate::judge::quarter::{Remedy, Review};
use crate::model::{Lang, Text};
use crate::report::owner::owners;
use crate::report::quarter::terms;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const WHERE: Text = Text { vi: "Đối tượng", en: "Where" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const KIND: Text = Text { vi: "Loại", en: "Kind" };
const NAME: Text = Text { vi: "Tên", en: "Name" };
const WHOSE: Text =
    Text { vi: "Cơ quan, đơn vị (đầu mối)", en: "Organisation (contact)" };
const HOLDS: Text = Text { vi: "Dịch vụ bị cản trở", en: "Services held" };
const LIFTS: Text = Text { vi: "Dịch vụ được nâng mức", en: "Services lifted" };

/// One row for each cause that several services fail by.
pub fn shared(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Nguyên nhân chung", en: "Shared causes" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(KIND.get(lang), Kind::Text, 16)
        .column(NAME.get(lang), Kind::Code, 30)
        .column(LIFTS.get(lang), Kind::Count, 9)
        .column(HOLDS.get(lang), Kind::Count, 9)
        .column(texts::SERVICES.get(lang), Kind::Count, 9)
        .column(CHECK.get(lang), Kind::Code, 26)
        .column(texts::SERVICE.get(lang), Kind::Code, 36);
    for shared in &review.shared {
        let failures = shared.failures.iter();
        let checks = failures.map(|(check, reason)| format!("{check} ({reason})")).collect();
        table.rows.push(vec![
            Cell::text(terms::kind(&shared.cause).get(lang)),
            Cell::text(&terms::cause(shared, lang)),
            Cell::Count(shared.lifts),
            Cell::Count(shared.holds),
            Cell::Count(shared.services.len()),
            Cell::text(&names(checks, lang)),
            Cell::text(&names(ids(&shared.services), lang)),
        ]);
    }
    table
}

/// One row for each thing to fix, what lifts most services first.
pub fn work_list(review: &Review, lang: Lang) -> Table {
    let mut table = Table::new(texts::WORK_LIST.get(lang), 0)
        .column(LIFTS.get(lang), Kind::Count, 9)
        .column(HOLDS.get(lang), Kind::Count, 9)
        .column(SEVERITY.get(lang), Kind::Severity, 17)
        .column(CHECK.get(lang), Kind::Code, 20)
        .column(FINDING.get(lang), Kind::Text, 36)
        .column(WHERE.get(lang), Kind::Code, 28)
        .column(texts::SERVICE.get(lang), Kind::Code, 28);
    let closing = &review.closing;
    // A report to one organisation is about its own.
    let is_of_one = closing.organisation().is_some();
    if !is_of_one {
        table = table.column(WHOSE.get(lang), Kind::Text, 28);
    }
    for remedy in &review.remedies {
        let subjects = remedy.subjects.iter().map(ToString::to_string).collect();
        let mut row = vec![
            Cell::Count(remedy.lifts),
            Cell::Count(remedy.holds),
            Cell::Severity(remedy.severity),
            Cell::text(remedy.check.id),
            Cell::text(remedy.check.message(remedy.reason, lang)),
            Cell::text(&names(subjects, lang)),
            Cell::text(&names(ids(&remedy.services), lang)),
        ];
        if !is_of_one {
            let owners = owners(closing, remedy.services.iter().map(|service| &**service));
            row.push(Cell::text(&names(owners, lang)));
        }
        table.rows.push(row);
    }
    table
}

/// How each kind of failure in the work list is fixed, each once.
pub fn remedies(review: &Review, lang: Lang) -> Table {
    let mut table = Table::new(texts::REMEDY.get(lang), 0)
        .column(CHECK.get(lang), Kind::Code, 22)
        .column(FINDING.get(lang), Kind::Text, 40)
        .column(texts::REMEDY.get(lang), Kind::Text, 60);
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for Remedy { check, reason, .. } in &review.remedies {
        let Some(text) = check.remedy(reason, lang) else { continue };
        if seen.contains(&(check.id, *reason)) {
            continue;
        }
        seen.push((check.id, *reason));
        table.rows.push(vec![
            Cell::text(check.id),
            Cell::text(check.message(reason, lang)),
            Cell::text(text),
        ]);
    }
    table
}
