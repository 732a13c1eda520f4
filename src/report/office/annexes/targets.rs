//! Annex III: targets that are not reached, exemptions, what changed.

use crate::judge::{Change, Progress};
use crate::model::{Lang, ServiceId, Text};
use crate::report::describe::{clean, prose};
use crate::report::office::matter::Matter;
use crate::report::office::paper::{Block, ROWS_MAX, Sheet};
use crate::report::office::tables::NUMBER;
use crate::report::owner;
use crate::report::quarter::{change, progress};
use crate::report::table::quarter::names;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

const STATE: Text = Text { vi: "Tình trạng", en: "State" };
const GOAL: Text = Text { vi: "Mức mục tiêu", en: "Target stage" };
const NOW: Text = Text { vi: "Mức kỳ này", en: "Stage now" };
const BEFORE: Text = Text { vi: "Mức kỳ trước", en: "Stage before" };
const BY: Text = Text { vi: "Thời hạn", en: "Deadline" };
const LEFT: Text = Text { vi: "Thời gian", en: "Time" };
const UNTIL: Text = Text { vi: "Được miễn đến hết ngày", en: "Exempt until" };
const WHY: Text = Text { vi: "Lý do", en: "Reason" };
const NONE: Text = Text { vi: "Không có.", en: "None." };

pub(super) fn blocks(matter: &Matter<'_>) -> Vec<Block> {
    let lang = matter.lang;
    let mut blocks = Vec::new();
    let mut part = |title: Text, sheet: Sheet| {
        blocks.push(Block::Heading(title.get(lang).to_owned()));
        blocks.push(match sheet.table.rows.is_empty() {
            true => Block::Paragraph(NONE.get(lang).to_owned()),
            false => Block::Table(sheet),
        });
    };
    part(Text { vi: "Mục tiêu chưa đạt", en: "Targets not reached" }, targets(matter));
    part(Text { vi: "Trường hợp được miễn", en: "Exemptions" }, exemptions(matter));
    if matter.previous.is_some() {
        let title = Text {
            vi: "Dịch vụ thay đổi mức so với kỳ trước",
            en: "Services whose stage changed",
        };
        part(title, changes(matter));
    }
    if matter.quarter.is_some() {
        let title = Text {
            vi: "Sự cố phát sinh và kết thúc trong kỳ báo cáo",
            en: "Incidents that began and ended within the quarter",
        };
        part(title, incidents(matter));
    }
    for section in matter.further {
        blocks.push(Block::Heading(section.title.to_owned()));
        blocks.extend(section.paragraphs.iter().cloned().map(Block::Paragraph));
        if section.id != "targets" {
            let sheets = section.tables.iter().cloned();
            blocks.extend(sheets.map(|table| Block::Table(Sheet::plain(table.title, table))));
        }
    }
    blocks
}

/// Rows by organisation: each under the name of its own.
struct Grouped<'a> {
    matter: &'a Matter<'a>,
    rows: Vec<(usize, Vec<Cell>)>,
}

impl<'a> Grouped<'a> {
    fn new(matter: &'a Matter<'a>) -> Self {
        Self { matter, rows: Vec::new() }
    }

    fn push(&mut self, id: &ServiceId, row: Vec<Cell>) {
        let all = &self.matter.result.inventory.organisations;
        let place = all.iter().position(|one| one.id == id.organisation).unwrap_or(all.len());
        if self.rows.len() < ROWS_MAX {
            self.rows.push((place, row));
        }
    }

    /// Puts the rows into a table, in the order of the organisations, with a number before each.
    fn sheet(mut self, mut table: Table) -> Sheet {
        self.rows.sort_by_key(|(place, _)| *place);
        let mut groups = Vec::new();
        let mut last = None;
        for (place, row) in self.rows {
            if last != Some(place) && self.matter.result.organisation().is_none() {
                let name = self.matter.result.inventory.organisations.get(place);
                groups.extend(name.map(|one| (table.rows.len(), clean(&one.name))));
            }
            last = Some(place);
            let number = Cell::Count(table.rows.len() + 1);
            table.rows.push(std::iter::once(number).chain(row).collect());
        }
        Sheet { title: String::new(), table, groups }
    }
}

fn start(lang: Lang) -> Table {
    Table::new("", 2).column(NUMBER.get(lang), Kind::Count, 6).column(
        texts::SERVICE.get(lang),
        Kind::Text,
        40,
    )
}

fn targets(matter: &Matter<'_>) -> Sheet {
    let lang = matter.lang;
    let table = start(lang)
        .column(STATE.get(lang), Kind::Text, 22)
        .column(GOAL.get(lang), Kind::Count, 9)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(BY.get(lang), Kind::Date, 11)
        .column(LEFT.get(lang), Kind::Text, 18);
    let mut grouped = Grouped::new(matter);
    for target in matter.targets.iter().filter(|one| one.progress != Progress::Reached) {
        grouped.push(
            &target.service.id,
            vec![
                Cell::text(&target.service.name),
                Cell::text(progress(target.progress).get(lang)),
                Cell::Count(target.goal.stage.number().into()),
                Cell::Stage(target.standing),
                Cell::Date(target.goal.by),
                Cell::Text(texts::days_left(target.days_left, lang)),
            ],
        );
    }
    grouped.sheet(table)
}

fn exemptions(matter: &Matter<'_>) -> Sheet {
    const EXPIRED: Text = Text { vi: "đã hết thời hạn", en: "expired" };
    const SOON: Text = Text { vi: "sắp hết thời hạn", en: "expires soon" };
    const HOLDS: Text = Text { vi: "còn hiệu lực", en: "in force" };
    let lang = matter.lang;
    let table = start(lang)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(UNTIL.get(lang), Kind::Date, 12)
        .column(STATE.get(lang), Kind::Text, 16)
        .column(WHY.get(lang), Kind::Text, 50);
    let mut grouped = Grouped::new(matter);
    for one in matter.exemptions.iter() {
        let state = match (one.expired, one.expires_soon) {
            (true, _) => EXPIRED,
            (_, true) => SOON,
            _ => HOLDS,
        };
        grouped.push(
            &one.service.id,
            vec![
                Cell::text(&one.service.name),
                Cell::Stage(one.standing),
                Cell::Date(one.exemption.until),
                Cell::text(state.get(lang)),
                Cell::text(&one.exemption.reason),
            ],
        );
    }
    grouped.sheet(table)
}

fn changes(matter: &Matter<'_>) -> Sheet {
    const CHANGE: Text = Text { vi: "Thay đổi", en: "Change" };
    const WHAT: Text = Text { vi: "Nội dung", en: "What changed" };
    let lang = matter.lang;
    let table = start(lang)
        .column(BEFORE.get(lang), Kind::Stage, 10)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(CHANGE.get(lang), Kind::Text, 22)
        .column(WHAT.get(lang), Kind::Text, 50);
    let mut grouped = Grouped::new(matter);
    for one in matter.changes.iter().filter(|one| one.change != Change::Same) {
        let stage = |standing: Option<_>| standing.map_or(Cell::Empty, Cell::Stage);
        grouped.push(
            &one.service.id,
            vec![
                Cell::text(&one.service.name),
                stage(one.before),
                stage(one.after),
                Cell::text(change(one.change).get(lang)),
                Cell::Text(reason_of(one, lang)),
            ],
        );
    }
    grouped.sheet(table)
}

/// The check in whose finding the change shows first: what is wrong now, or what was before.
fn reason_of(change: &crate::judge::ServiceChange, lang: Lang) -> String {
    let moved = change.checks.iter().find(|check| check.change == change.change);
    let Some(check) = moved.and_then(|moved| crate::check::find(moved.check)) else {
        return String::new();
    };
    prose(check.title(lang))
}

fn incidents(matter: &Matter<'_>) -> Sheet {
    const WHAT: Text = Text { vi: "Diễn biến", en: "What happened" };
    const FROM: Text = Text { vi: "Từ", en: "From" };
    const TO: Text = Text { vi: "Đến", en: "To" };
    const LASTED: Text = Text { vi: "Kéo dài", en: "Lasted" };
    let lang = matter.lang;
    let mut table = Table::new("", 1)
        .column(NUMBER.get(lang), Kind::Count, 6)
        .column(WHAT.get(lang), Kind::Text, 50)
        .column(texts::SERVICE.get(lang), Kind::Text, 50)
        .column(FROM.get(lang), Kind::Text, 18)
        .column(TO.get(lang), Kind::Text, 18)
        .column(LASTED.get(lang), Kind::Text, 12);
    let zone = &matter.result.inventory.timezone;
    for incident in matter.incidents.iter().take(ROWS_MAX) {
        let said = incident.failures.iter().filter_map(|(check, reason)| {
            crate::check::find(check).map(|check| prose(check.message(reason, lang)))
        });
        let said: Vec<String> = said.collect();
        let what = match (said.is_empty(), incident.change) {
            (false, _) => said.join(" "),
            (true, Change::Unknown) => texts::capitalised(texts::UNKNOWN.get(lang)),
            (true, other) => texts::capitalised(change(other).get(lang)),
        };
        let named = incident.services.iter().map(|service| {
            let name = clean(&service.name);
            match owner::owner(matter.result, &service.id) {
                Some(owner) if matter.result.organisation().is_none() => {
                    format!("{name} ({})", clean(&owner.name))
                }
                _ => name,
            }
        });
        table.rows.push(vec![
            Cell::Count(table.rows.len() + 1),
            Cell::Text(what),
            Cell::Text(names(named.collect(), lang)),
            Cell::Text(texts::moment(incident.from, zone, lang)),
            Cell::Text(texts::moment(incident.to, zone, lang)),
            Cell::Text(texts::duration(incident.lasted(), lang)),
        ]);
    }
    Sheet::plain("", table)
}
