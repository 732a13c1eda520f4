//! What several pages show, as `parts.html` draws it.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::links::Links;
use super::words::Words;
use crate::judge::{Counts, Standing};
use crate::model::{Lang, Stage};
use crate::policy::Policy;
use crate::report::causes::root_blockers;
use crate::report::describe::clean;
use crate::report::parts::{self, Part, class_of};
use crate::report::{chart, texts};
use crate::view::ServiceRow;

/// A standing in its colour.
pub struct Pill {
    /// The letter or digit of its colour.
    pub class: &'static str,
    /// Its words.
    pub text: String,
}

impl Pill {
    /// Of a standing.
    pub fn of(standing: Standing, lang: Lang) -> Self {
        Self { class: class_of(standing), text: parts::standing(standing, lang) }
    }
}

/// A moment for people and for programs.
pub struct Moment {
    /// In UTC.
    pub iso: String,
    /// By the clocks of the inventory.
    pub shown: String,
}

impl Moment {
    /// With the time of day.
    pub fn at(at: Timestamp, timezone: &str, lang: Lang) -> Self {
        Self { iso: iso(at), shown: texts::moment(at, timezone, lang) }
    }

    /// With the time of day, and with seconds where several of a list are of the same minute.
    pub fn among(at: Timestamp, shared: &HashSet<i64>, timezone: &str, lang: Lang) -> Self {
        match shared.contains(&texts::minute(at)) {
            true => Self { iso: iso(at), shown: texts::exact_moment(at, timezone, lang) },
            false => Self::at(at, timezone, lang),
        }
    }

    /// The day.
    pub fn day(at: Timestamp, timezone: &str, lang: Lang) -> Self {
        Self { iso: iso(at), shown: texts::day(crate::judge::day_of(at, timezone), lang) }
    }

    /// The days, with the time of day where several are of the same day.
    pub fn days(ats: &[Timestamp], timezone: &str, lang: Lang) -> Vec<Self> {
        let mut of_day: BTreeMap<Date, usize> = BTreeMap::new();
        let day_of = |at: &Timestamp| crate::judge::day_of(*at, timezone);
        for at in ats {
            *of_day.entry(day_of(at)).or_default() += 1;
        }
        let shared = texts::shared_minutes(ats.iter().copied());
        let moment = |at: &Timestamp| match of_day.get(&day_of(at)) {
            Some(1) => Self::day(*at, timezone, lang),
            _ => Self::among(*at, &shared, timezone, lang),
        };
        ats.iter().map(moment).collect()
    }
}

fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A number with its words.
pub struct Figure {
    /// The number.
    pub value: String,
    /// What it counts.
    pub label: String,
    /// Whether it should be less.
    pub bad: bool,
    /// The page behind it; empty for none.
    pub href: String,
}

/// Words with a link; no link where `href` is empty.
pub struct Link {
    /// The words.
    pub text: String,
    /// Where to.
    pub href: String,
}

/// Where services stand: a bar with its legend.
pub struct StagesBlock {
    /// The bar.
    pub svg: String,
    /// A line for each part.
    pub legend: Vec<Key>,
}

/// A line of a legend.
pub struct Key {
    /// The letter or digit of its colour.
    pub class: &'static str,
    /// Its words.
    pub label: String,
    /// How many services.
    pub count: String,
    /// Which ones.
    pub href: String,
}

impl StagesBlock {
    /// The bar of some services; `query` chooses them in the list.
    pub fn of(
        counts: &Counts,
        policy: &Policy,
        links: &Links,
        query: &[(&str, &str)],
        lang: Lang,
    ) -> Self {
        let key = |part: Part| {
            let mut query = query.to_vec();
            query.push(("stage", stage_word(part)));
            Key {
                class: part.class(),
                label: part.label(lang),
                count: texts::number(part.count(counts), lang),
                href: links.services(&query),
            }
        };
        Self {
            svg: chart::stages(counts, policy, lang),
            legend: Part::all(policy).map(key).collect(),
        }
    }
}

/// The word by which lists choose a part.
pub fn stage_word(part: Part) -> &'static str {
    match part {
        Part::Absent => "absent",
        Part::At(Stage::Ipv4Only) => "0",
        Part::At(Stage::Addressed) => "1",
        Part::At(Stage::Reachable) => "2",
        Part::At(Stage::AtParity) => "3",
        Part::At(Stage::Ipv6OnlyUsable) => "4",
        Part::Unknown => "unknown",
    }
}

/// A thin bar for a row of a table.
pub fn thin_bar(counts: &Counts, policy: &Policy, lang: Lang) -> String {
    chart::stages(counts, policy, lang).replacen("class=\"bar\"", "class=\"bar thin\"", 1)
}

/// A service in a list.
pub struct ServiceLine {
    /// `ORG/SERVICE`.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its organisation's name.
    pub organisation: String,
    /// Where it stands.
    pub stand: Pill,
    /// What keeps it there.
    pub blockers: Vec<Link>,
    /// Since when.
    pub since: Moment,
}

impl ServiceLine {
    /// A row of the view.
    pub fn of(row: &ServiceRow<'_>, timezone: &str, links: &Links, lang: Lang) -> Self {
        let service = &row.result.service;
        let blocker = |id: &str| Link { text: id.to_owned(), href: links.check(id) };
        Self {
            id: service.id.to_string(),
            href: links.service(&service.id),
            name: clean(&service.name),
            organisation: clean(row.organisation),
            stand: Pill::of(row.result.standing, lang),
            blockers: root_blockers(row.result).into_iter().map(blocker).collect(),
            since: Moment::day(row.since.at, timezone, lang),
        }
    }
}

/// A heading of a list of services.
pub struct ServiceHeading {
    /// Its words.
    pub text: &'static str,
    /// The list sorted by it, or the other way round where it is; empty where nothing is sorted.
    pub href: String,
    /// `ascending` or `descending` where the list is sorted by it, else empty.
    pub sorted: &'static str,
}

impl ServiceHeading {
    /// The headings of a list that is not sorted by them.
    pub fn plain(w: &Words) -> Vec<Self> {
        let texts = [w.service, w.organisation, w.stage, w.blockers, w.since];
        texts.map(|text| Self { text, href: String::new(), sorted: "" }).into()
    }
}

/// Where in a list of pages a page is.
pub struct Pager {
    /// Which, from 1.
    pub page: String,
    /// Of how many.
    pub pages: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Pager {
    /// Of a list whose pages `href` leads to.
    pub fn of(page: usize, pages: usize, lang: Lang, href: impl Fn(usize) -> String) -> Self {
        Self {
            page: texts::number(page, lang),
            pages,
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
        }
    }
}

/// A table of figures.
pub struct TableBlock {
    /// Its title.
    pub title: String,
    /// Its headings.
    pub columns: Vec<Heading>,
    /// Its rows; the first cell of each is its head.
    pub rows: Vec<Vec<Cell>>,
}

/// A heading.
pub struct Heading {
    /// Its words.
    pub text: String,
    /// Whether numbers stand below.
    pub is_number: bool,
}

/// A cell.
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Whether it is a number.
    pub is_number: bool,
    /// The page behind it; empty for none.
    pub href: String,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_number: false, href: String::new() }
    }

    /// A number.
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_number: true, href: String::new() }
    }

    /// With a page behind it.
    pub fn link(self, href: String) -> Self {
        Self { href, ..self }
    }
}

/// The columns of counts ([`parts::counts`]) under a first one.
pub fn count_columns(first: &str, lang: Lang) -> Vec<Heading> {
    let counts = parts::count_headings(lang).into_iter();
    let counts = counts.map(|text| Heading { text, is_number: true });
    std::iter::once(Heading { text: first.to_owned(), is_number: false }).chain(counts).collect()
}

/// The cells of counts.
pub fn count_cells(counts: &Counts, policy: &Policy, lang: Lang) -> impl Iterator<Item = Cell> {
    parts::counts(counts, policy, lang).into_iter().map(Cell::number)
}
