//! Annex II: what is to be done, one heading for each kind of failure with its remedy, and below it where.

use crate::model::{Lang, Text};
use crate::report::describe::{clean, prose};
use crate::report::office::matter::Matter;
use crate::report::office::paper::{Block, ROWS_MAX, Sheet};
use crate::report::office::tables::NUMBER;
use crate::report::owner::owners;
use crate::report::table::quarter::names;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

const WHERE: Text = Text { vi: "Đối tượng cần khắc phục", en: "What is to be fixed" };
const WHOSE: Text =
    Text { vi: "Cơ quan, đơn vị (đầu mối liên hệ)", en: "Organisation (contact)" };
const LIFTS: Text = Text { vi: "Số dịch vụ được nâng mức", en: "Services lifted" };

pub(super) fn blocks(matter: &Matter<'_>) -> Vec<Block> {
    let (lang, result) = (matter.lang, matter.result);
    if matter.remedies.is_empty() {
        return vec![Block::Paragraph(texts::ALL_WELL.get(lang).to_owned())];
    }
    let mut table = Table::new("", 1)
        .column(NUMBER.get(lang), Kind::Count, 6)
        .column(WHERE.get(lang), Kind::Code, 44)
        .column(texts::SERVICE.get(lang), Kind::Text, 40);
    let is_of_one = result.organisation().is_some();
    if !is_of_one {
        table = table.column(WHOSE.get(lang), Kind::Text, 40);
    }
    table = table.column(LIFTS.get(lang), Kind::Count, 9);
    let mut groups = Vec::new();
    for (at, effect) in matter.effects.iter().enumerate() {
        let of_it = matter.remedies.iter().filter(|one| {
            std::ptr::eq(one.check, effect.check)
                && (one.reason == effect.reason || one.subjects.is_empty())
        });
        let mut rows = Vec::new();
        for remedy in of_it.filter(|one| one.reason == effect.reason) {
            if table.rows.len() + rows.len() == ROWS_MAX {
                break;
            }
            let subjects = remedy.subjects.iter().map(ToString::to_string).collect();
            let services = remedy.services.iter().map(|one| clean(&one.name)).collect();
            let mut row = vec![
                Cell::Count(rows.len() + 1),
                Cell::text(&names(subjects, lang)),
                Cell::text(&names(services, lang)),
            ];
            if !is_of_one {
                let owners = owners(result, remedy.services.iter().map(|service| &**service));
                row.push(Cell::text(&names(owners, lang)));
            }
            row.push(Cell::Count(remedy.lifts));
            rows.push(row);
        }
        if rows.is_empty() {
            continue;
        }
        groups.push((table.rows.len(), heading(at + 1, effect, lang)));
        table.rows.extend(rows);
    }
    vec![Block::Table(Sheet { title: String::new(), table, groups })]
}

/// What is found, how far it reaches and how it is fixed.
fn heading(number: usize, effect: &crate::judge::quarter::Effect, lang: Lang) -> String {
    let finding = prose(effect.check.message(effect.reason, lang));
    let severity = texts::severity(effect.severity).get(lang);
    let services = texts::number(effect.services.len(), lang);
    let about = match lang {
        Lang::Vi => format!("{number}. {finding} ({severity}; {services} dịch vụ)"),
        Lang::En => {
            let noun = if effect.services.len() == 1 { "service" } else { "services" };
            format!("{number}. {finding} ({severity}; {services} {noun})")
        }
    };
    match effect.check.remedy(effect.reason, lang) {
        Some(remedy) => format!("{about}\n{}: {}", texts::REMEDY.get(lang), prose(remedy)),
        None => about,
    }
}
