//! A comparison on a terminal and as Markdown: the same lines, dressed in two ways.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::collapse::lines;
use super::context::DifferenceContext;
use super::terms;
use crate::judge::{Change, InventoryChanges, RunResult, ServiceChange, Standing};
use crate::model::{Lang, ServiceId};
use crate::report::describe::clean;
use crate::report::markdown::escaped;
use crate::report::outages::outages;
use crate::report::{parts, quarter, texts};

/// How lines are dressed.
pub(super) trait Dress {
    fn title(&mut self, text: &str) -> io::Result<()>;
    fn paragraph(&mut self, text: &str) -> io::Result<()>;
    fn heading(&mut self, text: &str, change: Option<Change>) -> io::Result<()>;
    fn item(&mut self, text: &str) -> io::Result<()>;
    fn below(&mut self, text: &str) -> io::Result<()>;
}

/// Prints for a terminal. `all` also names checks that only follow from others, and those that changed
/// otherwise than for better or worse.
///
/// # Errors
/// When `out` can't be written.
pub fn plain(
    context: &DifferenceContext<'_>,
    color: bool,
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    write(context, all, &mut Plain { color, out })
}

/// Writes Markdown, for a repository or the summary page of a CI run.
///
/// # Errors
/// When `out` can't be written.
pub fn markdown(context: &DifferenceContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(context, false, &mut Markdown { out })
}

fn write(context: &DifferenceContext<'_>, all: bool, out: &mut dyn Dress) -> io::Result<()> {
    let (comparison, lang) = (context.comparison, context.lang);
    let after = &comparison.after;
    out.title(&format!("{}: {}", terms::TITLE.get(lang), clean(&after.inventory.title)))?;
    out.paragraph(&format!("{} → {}", run(&comparison.before), run(after)))?;
    let policy = format!("{} ({})", terms::JUDGED_BY.get(lang), clean(after.policy.title(lang)));
    out.paragraph(&policy)?;
    let mut nothing = true;
    for change in Change::ALL {
        let listed = |service: &&ServiceChange| {
            all || change != Change::Otherwise || service.change == change
        };
        let services: Vec<_> = comparison.moved(change).filter(listed).collect();
        if change == Change::Same || services.is_empty() {
            continue;
        }
        nothing = false;
        let name = quarter::change(change).get(lang);
        out.heading(&format!("{name}: {}", texts::number(services.len(), lang)), Some(change))?;
        let (outages, services) = match all {
            true => (Vec::new(), services),
            false => outages(services),
        };
        outages.iter().try_for_each(|outage| out.item(&outage.line(lang)))?;
        for service in services {
            out.item(&service_line(service, lang))?;
            lines(service, all, lang).iter().try_for_each(|line| out.below(line))?;
        }
    }
    if nothing {
        out.paragraph(terms::NOTHING.get(lang))?;
    }
    if !comparison.inventory.is_empty() {
        out.heading(terms::INVENTORY.get(lang), None)?;
        inventory(&comparison.inventory, lang, out)?;
    }
    if !comparison.rules.is_empty() {
        out.heading(terms::RULES.get(lang), None)?;
        for change in &comparison.rules {
            out.item(&terms::rule(change, lang))?;
        }
    }
    Ok(())
}

fn run(result: &RunResult) -> String {
    format!(
        "{} ({})",
        result.run.id,
        crate::judge::day_of(result.as_of, &result.inventory.timezone)
    )
}

/// A service with its stage then and now.
pub(super) fn service_line(service: &ServiceChange, lang: Lang) -> String {
    let standing = |standing: Option<Standing>| {
        standing.map_or("–".to_owned(), |standing| parts::standing(standing, lang))
    };
    let (before, after) = (standing(service.before), standing(service.after));
    let moved = if before == after { after } else { format!("{before} → {after}") };
    let formerly = service.formerly.as_ref();
    let formerly = formerly.map(|id| format!(" ({} {id})", texts::FORMERLY.get(lang)));
    let (id, formerly) = (&service.service.id, formerly.unwrap_or_default());
    format!("{id}{formerly} · {}: {moved}", clean(&service.service.name))
}

fn inventory(changes: &InventoryChanges, lang: Lang, out: &mut dyn Dress) -> io::Result<()> {
    let listed =
        |ids: &[ServiceId]| -> Vec<String> { ids.iter().map(ToString::to_string).collect() };
    for (word, ids) in [(terms::ADDED, &changes.added), (terms::REMOVED, &changes.removed)] {
        if !ids.is_empty() {
            out.item(&format!("{}: {}", word.get(lang), listed(ids).join(", ")))?;
        }
    }
    for (id, keys) in &changes.changed {
        out.item(&id.to_string())?;
        for key in keys {
            out.below(&terms::key(key))?;
        }
    }
    for network in &changes.networks {
        out.item(&terms::key(network))?;
    }
    if !changes.settings.is_empty() {
        let keys = changes.settings.join(", ");
        out.item(&format!("{}: {keys}", terms::SETTINGS.get(lang)))?;
    }
    Ok(())
}

/// Lines of a terminal.
pub(super) struct Plain<'a> {
    pub color: bool,
    pub out: &'a mut dyn Write,
}

impl Plain<'_> {
    fn style(&self, change: Option<Change>) -> Style {
        let color = match change {
            Some(Change::Worse) => AnsiColor::Red,
            Some(Change::Unknown) => AnsiColor::Yellow,
            Some(Change::Better) => AnsiColor::Green,
            _ => return if self.color { Style::new().bold() } else { Style::new() },
        };
        if self.color { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() }
    }
}

impl Plain<'_> {
    /// A heading without a line before it.
    pub(super) fn group(&mut self, text: &str, change: Change) -> io::Result<()> {
        let style = self.style(Some(change));
        writeln!(self.out, "{style}{text}{style:#}")
    }
}

impl Dress for Plain<'_> {
    fn title(&mut self, text: &str) -> io::Result<()> {
        let style = self.style(None);
        writeln!(self.out, "{style}{text}{style:#}")
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn heading(&mut self, text: &str, change: Option<Change>) -> io::Result<()> {
        let style = self.style(change);
        writeln!(self.out, "\n{style}{text}{style:#}")
    }

    fn item(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "  {text}")
    }

    fn below(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      {text}")
    }
}

struct Markdown<'a> {
    out: &'a mut dyn Write,
}

impl Dress for Markdown<'_> {
    fn title(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "# {}", escaped(text))
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n{}", escaped(text))
    }

    fn heading(&mut self, text: &str, _: Option<Change>) -> io::Result<()> {
        writeln!(self.out, "\n## {}\n", escaped(text))
    }

    fn item(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "- {}", escaped(text))
    }

    fn below(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "  - {}", escaped(text))
    }
}
