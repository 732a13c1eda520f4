//! What changed between two runs, as pages list it.

use super::blocks::Pill;
use super::links::Links;
use crate::judge::{Change, ServiceChange};
use crate::model::Lang;
use crate::report::describe::clean;
use crate::report::difference::lines;
use crate::report::{quarter, texts};

/// The services that changed in one direction.
pub struct ChangeGroup {
    /// Its colour.
    pub class: &'static str,
    /// The direction and how many.
    pub title: String,
    /// The services.
    pub lines: Vec<ChangeLine>,
    /// How many more there are.
    pub more: String,
}

/// One service that changed.
pub struct ChangeLine {
    /// `ORG/SERVICE`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its page; empty for one that is gone.
    pub href: String,
    /// Where it stood.
    pub before: Option<Pill>,
    /// Where it stands, when that is elsewhere or it stood nowhere.
    pub after: Option<Pill>,
    /// Its checks that changed.
    pub below: Vec<String>,
}

/// The changes of some directions, `shown` services of each at the most.
pub fn groups<'c>(
    services: impl Fn(Change) -> Vec<&'c ServiceChange>,
    directions: &[Change],
    shown: usize,
    links: &Links,
    lang: Lang,
) -> Vec<ChangeGroup> {
    let group = |change: &Change| {
        let services = services(*change);
        let number = |count| texts::number(count, lang);
        let more = match services.len().saturating_sub(shown) {
            0 => String::new(),
            more => format!("{} {}", texts::MORE.get(lang), number(more)),
        };
        (!services.is_empty()).then(|| ChangeGroup {
            class: class_of(*change),
            title: format!(
                "{}: {}",
                texts::capitalised(quarter::change(*change).get(lang)),
                number(services.len())
            ),
            lines: services.into_iter().take(shown).map(|one| line(one, links, lang)).collect(),
            more,
        })
    };
    directions.iter().filter_map(group).collect()
}

fn class_of(change: Change) -> &'static str {
    match change {
        Change::Worse => "fail",
        Change::Unknown => "unk",
        Change::Better => "pass",
        _ => "",
    }
}

fn line(change: &ServiceChange, links: &Links, lang: Lang) -> ChangeLine {
    let id = &change.service.id;
    let formerly = change.formerly.as_ref();
    let formerly = formerly.map(|id| format!(" ({} {id})", texts::FORMERLY.get(lang)));
    let has_moved = change.before != change.after;
    ChangeLine {
        id: format!("{id}{}", formerly.unwrap_or_default()),
        name: clean(&change.service.name),
        href: if change.after.is_some() { links.service(id) } else { String::new() },
        before: change.before.map(|standing| Pill::of(standing, lang)),
        after: change.after.filter(|_| has_moved).map(|standing| Pill::of(standing, lang)),
        below: lines(change, false, lang),
    }
}
