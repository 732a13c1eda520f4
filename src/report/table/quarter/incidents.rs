//! The table of what came and went within a quarter.

use super::common::{CHECK, ids, names};
use crate::judge::Change;
use crate::judge::quarter::{Incident, Review};
use crate::model::{Lang, Text};
use crate::report::quarter::terms;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const TITLE: Text = Text { vi: "Sự cố trong quý", en: "Incidents" };
const WHAT: Text = Text { vi: "Diễn biến", en: "What happened" };
const FROM: Text = Text { vi: "Từ", en: "From" };
const TO: Text = Text { vi: "Đến", en: "To" };
const LASTED: Text = Text { vi: "Kéo dài", en: "Lasted" };
const RUNS: Text = Text { vi: "Số đợt đo ghi nhận", en: "Runs that saw it" };
const WHICH: Text = Text { vi: "Mã dịch vụ", en: "Service ids" };

/// One row for each thing that happened, however many services it concerned.
pub fn incidents(review: &Review, lang: Lang) -> Table {
    let mut table = Table::new(TITLE.get(lang), 1)
        .column(WHAT.get(lang), Kind::Text, 18)
        .column(CHECK.get(lang), Kind::Code, 24)
        .column(texts::SERVICES.get(lang), Kind::Count, 10)
        .column(WHICH.get(lang), Kind::Code, 34)
        .column(FROM.get(lang), Kind::Text, 18)
        .column(TO.get(lang), Kind::Text, 18)
        .column(LASTED.get(lang), Kind::Text, 14)
        .column(RUNS.get(lang), Kind::Count, 10);
    let timezone = &review.closing.inventory.timezone;
    for incident in &review.incidents {
        let moment = |at| Cell::text(&texts::moment(at, timezone, lang));
        table.rows.push(vec![
            Cell::text(what(incident).get(lang)),
            Cell::text(&failures(incident)),
            Cell::Count(incident.services.len()),
            Cell::text(&names(ids(&incident.services), lang)),
            moment(incident.from),
            moment(incident.to),
            Cell::text(&texts::duration(incident.lasted(), lang)),
            Cell::Count(incident.runs),
        ]);
    }
    table
}

fn what(incident: &Incident) -> Text {
    match incident.change {
        Change::Unknown => Text { vi: "chưa xác định được mức", en: "stage not known" },
        other => terms::change(other),
    }
}

fn failures(incident: &Incident) -> String {
    let each = incident.failures.iter().map(|(check, reason)| format!("{check} ({reason})"));
    each.collect::<Vec<_>>().join(", ")
}
