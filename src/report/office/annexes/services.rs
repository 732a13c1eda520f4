//! Annex I: where each service stands, and what holds it there.

use crate::judge::{Counts, RootedFindings, ServiceResult};
use crate::model::{Lang, Outcome, Text};
use crate::report::causes::root_blockers;
use crate::report::describe::{clean, prose};
use crate::report::office::matter::Matter;
use crate::report::office::paper::{Block, ROWS_MAX, Sheet};
use crate::report::office::tables::NUMBER;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

const ADDRESS: Text = Text { vi: "Địa chỉ dịch vụ", en: "Address" };
const BEFORE: Text = Text { vi: "Mức kỳ trước", en: "Stage before" };
const NOW: Text = Text { vi: "Mức kỳ này", en: "Stage now" };
const HELD: Text = Text { vi: "Nguyên nhân cản trở", en: "What holds it" };

pub(super) fn blocks(matter: &Matter<'_>) -> Vec<Block> {
    let (lang, result) = (matter.lang, matter.result);
    let compared = matter.previous.is_some();
    let mut table = Table::new("", 2)
        .column(NUMBER.get(lang), Kind::Count, 6)
        .column(texts::SERVICE.get(lang), Kind::Text, 34)
        .column(ADDRESS.get(lang), Kind::Code, 34)
        .column(texts::CATEGORY.get(lang), Kind::Text, 20);
    if compared {
        table = table.column(BEFORE.get(lang), Kind::Stage, 10);
    }
    table = table.column(NOW.get(lang), Kind::Stage, 10).column(HELD.get(lang), Kind::Text, 48);
    let before: std::collections::HashMap<_, _> = matter
        .changes
        .iter()
        .filter(|one| one.after.is_some())
        .filter_map(|one| Some((&one.service.id, one.before?)))
        .collect();
    let mut groups = Vec::new();
    let mut left_out = 0;
    for (organisation, services) in result.by_organisation() {
        let counts = Counts::of(services.iter().copied());
        groups.push((table.rows.len(), subtotal(&organisation.name, &counts, matter)));
        for service in services {
            if table.rows.len() == ROWS_MAX {
                left_out += 1;
                continue;
            }
            let about = &service.service;
            let mut row = vec![
                Cell::Count(table.rows.len() + 1),
                Cell::text(&about.name),
                Cell::text(&about.target.to_string()),
                Cell::text(texts::category(about.category).get(lang)),
            ];
            let then = before.get(&about.id).copied();
            row.extend(compared.then(|| then.map_or(Cell::Empty, Cell::Stage)));
            row.extend([Cell::Stage(service.standing), Cell::Text(held_by(service, lang))]);
            table.rows.push(row);
        }
    }
    let mut blocks = Vec::new();
    if left_out > 0 {
        let (listed, all) =
            (texts::number(ROWS_MAX, lang), texts::number(result.services.len(), lang));
        blocks.push(Block::Paragraph(match lang {
            Lang::Vi => format!(
                "Phụ lục này liệt kê {listed} dịch vụ đầu tiên trong tổng số {all} dịch vụ; danh sách đầy đủ có trong tệp XLSX và CSV kèm theo."
            ),
            Lang::En => format!(
                "This annex lists the first {listed} of {all} services; the XLSX and CSV files have all of them."
            ),
        }));
    }
    // A heading without rows below it says the subtotal all the same, up to a bound.
    groups.retain(|(at, _)| *at < table.rows.len().max(1));
    blocks.push(Block::Table(Sheet { title: String::new(), table, groups }));
    blocks
}

/// An organisation with the figures of its services.
fn subtotal(name: &str, counts: &Counts, matter: &Matter<'_>) -> String {
    let lang = matter.lang;
    let aim = matter.result.policy.aim();
    let number = |value| texts::number(value, lang);
    let share = counts.percent_at_least(aim).map(|share| texts::percent(share, lang));
    let share = share.map_or_else(String::new, |share| format!(" ({share})"));
    let name = clean(name);
    match lang {
        Lang::Vi => {
            let open = match counts.undecided(aim) {
                0 => String::new(),
                open => format!(", {} chưa xác định", number(open)),
            };
            format!(
                "{name}: {} dịch vụ; {} đạt từ mức {} trở lên{share}, {} chưa đạt{open}",
                number(counts.counted()),
                number(counts.at_least(aim)),
                aim.number(),
                number(counts.below(aim)),
            )
        }
        Lang::En => {
            let open = match counts.undecided(aim) {
                0 => String::new(),
                open => format!(", {} unknown", number(open)),
            };
            let services = if counts.counted() == 1 { "service" } else { "services" };
            format!(
                "{name}: {} {services}; {} at or above stage {}{share}, {} below{open}",
                number(counts.counted()),
                number(counts.at_least(aim)),
                aim.number(),
                number(counts.below(aim)),
            )
        }
    }
}

/// What keeps a service from its next stage, in words, without what only follows.
fn held_by(service: &ServiceResult, lang: Lang) -> String {
    let blockers = root_blockers(service);
    if blockers.is_empty() {
        return String::new();
    }
    let found = RootedFindings::of(service.verdicts.unpack());
    let mut said: Vec<String> = Vec::new();
    for check in blockers {
        let root = found.roots.iter().map(|found| &found.root).find(|root| root.check.id == check);
        let message = match root {
            Some(root) => root.check.message(root.verdict.reason, lang),
            None => {
                let Some(by) = service.blockers.iter().find(|by| by.check == check) else {
                    continue;
                };
                match crate::check::find(check) {
                    Some(check) => check.message(by.reason, lang),
                    None => continue,
                }
            }
        };
        let unknown = service
            .blockers
            .iter()
            .any(|by| by.check == check && by.outcome == Outcome::Inconclusive);
        let message = match unknown {
            true => format!("{}: {}", texts::capitalised(texts::UNKNOWN.get(lang)), prose(message)),
            false => prose(message),
        };
        if !said.contains(&message) {
            said.push(message);
        }
    }
    said.join(" ")
}
