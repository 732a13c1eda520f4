//! Headings and cells that several tables share.

use std::sync::Arc;

use crate::judge::Standing;
use crate::model::{Lang, Service, Text};
use crate::report::table::cells::Cell;
use crate::report::texts;

/// Names in one cell at the most; the JSON document has all.
const NAMES_SHOWN: usize = 12;

pub(super) const BEFORE: Text = Text { vi: "Kỳ trước", en: "Before" };
pub(super) const NOW: Text = Text { vi: "Kỳ này", en: "Now" };
pub(super) const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
pub(super) const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
pub(super) const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };

/// A service's stage; empty when there was no such service.
pub(super) fn stage_cell(standing: Option<Standing>) -> Cell {
    standing.map_or(Cell::Empty, Cell::Stage)
}

/// The services' ids.
pub(super) fn ids(services: &[Arc<Service>]) -> Vec<String> {
    services.iter().map(|service| service.id.to_string()).collect()
}

/// The first names, and how many more there are.
pub(in crate::report) fn names(mut names: Vec<String>, lang: Lang) -> String {
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    match more {
        0 => names.join(", "),
        _ => format!(
            "{} … {} {}",
            names.join(", "),
            texts::MORE.get(lang),
            texts::number(more, lang)
        ),
    }
}
