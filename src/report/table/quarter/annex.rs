//! The table of every service.

use super::common::{BEFORE, NOW, SERVICE_ID, names, stage_cell};
use crate::judge::quarter::Review;
use crate::model::Lang;
use crate::report::causes::root_blockers;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

/// One row for each service of the closing run.
pub fn annex(review: &Review, lang: Lang) -> Table {
    let compared = review.previous.is_some();
    let mut table = Table::new(texts::ALL_SERVICES.get(lang), 2)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 26)
        .column(texts::SERVICE.get(lang), Kind::Text, 28)
        .column(SERVICE_ID.get(lang), Kind::Code, 22)
        .column(texts::CATEGORY.get(lang), Kind::Text, 18);
    if compared {
        table = table.column(BEFORE.get(lang), Kind::Stage, 10);
    }
    table = table.column(NOW.get(lang), Kind::Stage, 10).column(
        texts::BLOCKERS.get(lang),
        Kind::Code,
        30,
    );
    let inventory = &review.closing.inventory;
    let before = review.standings_before();
    for result in &review.closing.services {
        let about = &result.service;
        let organisation = inventory.organisations.iter().find(|o| o.id == about.id.organisation);
        let blockers = root_blockers(result).into_iter().map(str::to_owned).collect();
        let mut row = vec![
            Cell::text(organisation.map_or("", |organisation| &organisation.name)),
            Cell::text(&about.name),
            Cell::text(&about.id.to_string()),
            Cell::text(texts::category(about.category).get(lang)),
        ];
        row.extend(compared.then(|| stage_cell(before.get(&about.id).copied())));
        row.extend([Cell::Stage(result.standing), Cell::text(&names(blockers, lang))]);
        table.rows.push(row);
    }
    table
}
