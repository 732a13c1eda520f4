//! What fits on two screens: where the services stand, and the causes that are worth mending first.

use std::io;

use super::{GAP, Page, folded};
use crate::judge::quarter::{Effect, effects};
use crate::model::{Lang, Outcome, Text};
use crate::report::causes::causes;
use crate::report::describe::clean;
use crate::report::parts::Part;
use crate::report::{ReportContext, texts};

/// Services below which each has a line of its own.
const LINED_BELOW: usize = 30;

/// Causes of failures that are printed, and of what isn't known.
const CAUSES_MAX: usize = 10;
const UNKNOWNS_MAX: usize = 3;

/// Services that are named beside a cause.
const NAMED_MAX: usize = 3;

/// Lines that one text fills at the most.
const LINES_MAX: usize = 2;

/// Columns of the longest bar.
const BAR: usize = 24;

impl Page<'_> {
    /// The brief result.
    pub(super) fn brief(&mut self, context: &ReportContext<'_>) -> io::Result<()> {
        let result = context.result;
        if result.services.len() < LINED_BELOW {
            self.services(context)?;
        }
        let failing = self.failing(&effects(result))?;
        let unknown = self.unknown(context)?;
        self.stages(context)?;
        self.totals(context)?;
        let lang = self.lang;
        let more = failing > CAUSES_MAX || unknown > UNKNOWNS_MAX;
        if more || result.services.len() >= LINED_BELOW {
            let about = match lang {
                Lang::Vi => "Toàn bộ kết quả",
                Lang::En => "Everything",
            };
            let one = match lang {
                Lang::Vi => "một dịch vụ",
                Lang::En => "one service",
            };
            let run = &result.run.id;
            writeln!(
                self.out,
                "{about}: `v6ready judge --run {run} --all` · {one}: `v6ready show SERVICE`"
            )?;
        }
        Ok(())
    }

    /// The failures that lift most services; gives how many there are.
    fn failing(&mut self, effects: &[Effect]) -> io::Result<usize> {
        if effects.is_empty() {
            return Ok(0);
        }
        let lang = self.lang;
        let heading = match (lang, effects.len() > CAUSES_MAX) {
            (_, false) => texts::WORK_LIST.get(lang).to_owned(),
            (Lang::Vi, true) => format!(
                "{}: {CAUSES_MAX} nguyên nhân hàng đầu trong {}",
                texts::WORK_LIST.get(lang),
                texts::number(effects.len(), lang)
            ),
            (Lang::En, true) => format!(
                "{}: the first {CAUSES_MAX} of {} causes",
                texts::WORK_LIST.get(lang),
                texts::number(effects.len(), lang)
            ),
        };
        self.heading(&heading)?;
        for effect in effects.iter().take(CAUSES_MAX) {
            let style = self.style(Outcome::Fail);
            let severity = texts::severity(effect.severity).get(lang);
            let message = effect.check.message(effect.reason, lang);
            write!(self.out, "{style}{}{style:#}", texts::sign(Outcome::Fail))?;
            self.few_lines(" ", "    ", &format!("{} ({severity}): {message}", effect.check.id))?;
            self.few_lines("    ", "    ", &reach(effect, lang))?;
            if let Some(remedy) = effect.check.remedy(effect.reason, lang) {
                self.few_lines("  → ", "    ", remedy)?;
            }
        }
        writeln!(self.out)?;
        Ok(effects.len())
    }

    /// What could not be determined, one line each; gives how many there are.
    fn unknown(&mut self, context: &ReportContext<'_>) -> io::Result<usize> {
        let lang = self.lang;
        let causes = causes(context.result, Outcome::Inconclusive);
        if causes.is_empty() {
            return Ok(0);
        }
        self.heading(texts::UNKNOWNS.get(lang))?;
        for cause in causes.iter().take(UNKNOWNS_MAX) {
            let style = self.style(Outcome::Inconclusive);
            write!(self.out, "{style}{}{style:#}", texts::sign(Outcome::Inconclusive))?;
            let services = services(cause.services.len(), lang);
            let line = format!("{} ({services}): {}", cause.name(), cause.message(lang));
            self.few_lines(" ", "    ", &line)?;
        }
        if let more @ 1.. = causes.len().saturating_sub(UNKNOWNS_MAX) {
            writeln!(self.out, "  {} {}", texts::MORE.get(lang), texts::number(more, lang))?;
        }
        writeln!(self.out)?;
        Ok(causes.len())
    }

    /// How many services stand where.
    fn stages(&mut self, context: &ReportContext<'_>) -> io::Result<()> {
        const TITLE: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
        let (lang, policy) = (self.lang, &context.result.policy);
        let counts = context.result.summary().all;
        let parts: Vec<(String, usize)> = Part::all(policy)
            .map(|part| (texts::capitalised(&part.label(lang)), part.count(&counts)))
            .collect();
        self.heading(TITLE.get(lang))?;
        let wide = parts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let most = parts.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
        let digits = texts::number(most, lang).chars().count();
        for (label, count) in parts {
            let bar = match count {
                0 => 0,
                count => (count * BAR / most).max(1),
            };
            let count = texts::number(count, lang);
            let line = format!("  {label:<wide$}{:GAP$}{count:>digits$} {}", "", "█".repeat(bar));
            writeln!(self.out, "{}", line.trim_end())?;
        }
        writeln!(self.out)
    }

    /// A text of few lines; what is left of it ends in `…`.
    fn few_lines(&mut self, first: &str, then: &str, text: &str) -> io::Result<()> {
        let room = self.width.saturating_sub(then.chars().count() + 2);
        let lines = folded(text, room);
        let more = lines.len() > LINES_MAX;
        for (at, line) in lines.iter().take(LINES_MAX).enumerate() {
            let end = if more && at + 1 == LINES_MAX { " …" } else { "" };
            writeln!(self.out, "{}{line}{end}", if at == 0 { first } else { then })?;
        }
        Ok(())
    }
}

/// How many services a cause concerns and lifts, and the first of them.
fn reach(effect: &Effect, lang: Lang) -> String {
    let count = effect.services.len();
    let mut names: Vec<String> = effect
        .services
        .iter()
        .take(NAMED_MAX)
        .map(|service| clean(&service.id.to_string()))
        .collect();
    if let more @ 1.. = count.saturating_sub(NAMED_MAX) {
        names.push(format!("{} {}", texts::MORE.get(lang), texts::number(more, lang)));
    }
    let lifts = match (effect.lifts, lang) {
        (0, _) => String::new(),
        (lifts, Lang::Vi) => format!(", khắc phục sẽ nâng mức {}", texts::number(lifts, lang)),
        (lifts, Lang::En) => format!(", a fix lifts {}", texts::number(lifts, lang)),
    };
    format!("{}{lifts}: {}", services(count, lang), names.join(", "))
}

fn services(count: usize, lang: Lang) -> String {
    let number = texts::number(count, lang);
    match (lang, count) {
        (Lang::Vi, _) => format!("{number} dịch vụ"),
        (Lang::En, 1) => format!("{number} service"),
        (Lang::En, _) => format!("{number} services"),
    }
}
