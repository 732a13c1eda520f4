//! The result on a terminal: a table, then what to do, grouped by cause.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::causes::{Cause, causes};
use super::describe::{clean, observation};
use super::{ReportContext, overview, owner, parts, texts};
use crate::judge::{Judged, ServiceResult};
use crate::model::{Lang, Outcome, Stage, Subject, Text, VantageIpv6};

/// Subjects of one cause that are listed; the HTML report has them all.
const LISTED_MAX: usize = 8;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Columns that a service's name has at least.
const NAME_MIN: usize = 16;

/// Prints the summary of a run.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    context: &ReportContext<'_>,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { lang: context.lang, color, width, out };
    // With no IPv6 of our own there is one thing to say, and not one for each service.
    if context.result.run.vantage.ipv6 == VantageIpv6::Absent {
        return page.totals(context);
    }
    page.services(context)?;
    page.causes(context, texts::WORK_LIST, Outcome::Fail)?;
    page.causes(context, texts::UNKNOWNS, Outcome::Inconclusive)?;
    page.totals(context)
}

/// Prints one service with every verdict and its subjects; `verbose` adds the evidence.
///
/// # Errors
/// When `out` can't be written.
pub fn write_service(
    context: &ReportContext<'_>,
    service: &ServiceResult,
    verbose: bool,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { lang: context.lang, color, width, out };
    let standing = parts::standing(service.standing, context.lang);
    page.heading(&format!("{} · {}", service.service.id, service.service.target))?;
    writeln!(page.out, "{}: {standing}", texts::STAGE.get(context.lang))?;
    if let Some(rescan) = context.result.rescans.get(&service.service.id) {
        let lang = context.lang;
        let at = texts::moment(rescan.ended_at, &context.result.inventory.timezone, lang);
        writeln!(page.out, "{}: {at} ({})", texts::RESCANNED.get(lang), rescan.run)?;
    }
    for judged in service.verdicts.unpack() {
        page.verdict(context, &judged, verbose)?;
    }
    writeln!(page.out)
}

struct Page<'a> {
    lang: Lang,
    color: bool,
    width: usize,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn services(&mut self, context: &ReportContext<'_>) -> io::Result<()> {
        let lang = self.lang;
        let mut lines = vec![
            [texts::SERVICE, texts::STAGE, texts::BLOCKERS].map(|text| text.get(lang).to_owned()),
        ];
        let mut heads = vec![0];
        for (organisation, services) in context.result.by_organisation() {
            heads.push(lines.len());
            lines.push([clean(&organisation.name), String::new(), String::new()]);
            for service in services {
                let blockers: Vec<_> = service.blockers.iter().map(|b| b.check).collect();
                lines.push([
                    clean(&service.service.name),
                    parts::standing(service.standing, lang),
                    blockers.join(", "),
                ]);
            }
        }
        let longest = |column: usize| lines.iter().map(|l| l[column].chars().count()).max();
        let stage = longest(1).unwrap_or(0).min(self.width / 3);
        let blockers = longest(2).unwrap_or(0).min(self.width / 3);
        let name = self.width.saturating_sub(stage + blockers + 2 * GAP).max(NAME_MIN);
        for (at, [first, second, third]) in lines.iter().enumerate() {
            let head = heads.contains(&at);
            let (indent, room) = if head { ("", name) } else { ("  ", name.saturating_sub(2)) };
            // An organisation's name has the whole line.
            let room = if head && at > 0 { self.width } else { room };
            let cells = [folded(first, room), folded(second, stage), folded(third, blockers)];
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for line in 0..height {
                let cell = |column: usize| cells[column].get(line).map_or("", String::as_str);
                let text = format!(
                    "{:<name$}{:GAP$}{:<stage$}{:GAP$}{}",
                    format!("{indent}{}", cell(0)),
                    "",
                    cell(1),
                    "",
                    cell(2),
                );
                writeln!(self.out, "{}", text.trim_end())?;
            }
        }
        writeln!(self.out)
    }

    fn causes(
        &mut self,
        context: &ReportContext<'_>,
        heading: Text,
        outcome: Outcome,
    ) -> io::Result<()> {
        let causes = causes(context.result, outcome);
        if causes.is_empty() {
            return Ok(());
        }
        self.heading(heading.get(self.lang))?;
        for cause in &causes {
            self.cause(context, cause)?;
        }
        writeln!(self.out)
    }

    fn cause(&mut self, context: &ReportContext<'_>, cause: &Cause<'_>) -> io::Result<()> {
        let severity = match cause.outcome {
            Outcome::Fail => texts::severity(cause.severity).get(self.lang),
            _ => texts::UNKNOWN.get(self.lang),
        };
        let style = self.style(cause.outcome);
        let sign = texts::sign(cause.outcome);
        let message = cause.check.message(cause.reason, self.lang);
        write!(self.out, "{style}{sign}{style:#}")?;
        self.wrapped(" ", "    ", &format!("{} ({severity}): {message}", cause.check.id))?;
        let owners = owner::headings(context.result, cause.services.iter().map(|(one, _)| *one));
        for ((service, subjects), owner) in cause.services.iter().zip(owners).take(LISTED_MAX) {
            if let Some(owner) = owner {
                self.wrapped("    ", "      ", &format!("{owner}:"))?;
            }
            let which: Vec<_> = subjects.iter().map(|subject| self.subject(subject)).collect();
            let line = format!("{}  {}", service.service.id, which.join("; "));
            self.wrapped("      ", "        ", &line)?;
        }
        if let more @ 1.. = cause.services.len().saturating_sub(LISTED_MAX) {
            writeln!(self.out, "    {} {more}", texts::MORE.get(self.lang))?;
        }
        match cause.check.remedy(cause.reason, self.lang) {
            Some(remedy) => self.wrapped("  → ", "    ", remedy),
            None => Ok(()),
        }
    }

    fn totals(&mut self, context: &ReportContext<'_>) -> io::Result<()> {
        let (lang, run) = (self.lang, &context.result.run);
        let summary = context.result.summary();
        let counts = &summary.all;
        for (label, value) in overview::excerpt_particulars(context.result, lang) {
            writeln!(self.out, "{label}: {value}")?;
        }
        for warning in overview::warnings(context) {
            writeln!(self.out, "{warning}")?;
        }
        for stage in Stage::ALL.into_iter().skip(1) {
            if context.result.policy.gates(stage).is_none() {
                continue;
            }
            let Some(percent) = counts.percent_at_least(stage) else { continue };
            writeln!(
                self.out,
                "{} ≥ {}: {} / {} = {} {} ({})",
                texts::STAGE.get(lang),
                stage.number(),
                texts::number(counts.at_least(stage), lang),
                texts::number(counts.known(), lang),
                texts::percent(percent, lang),
                texts::OF_KNOWN.get(lang),
                stage.name().get(lang),
            )?;
        }
        let figures = [
            Some((texts::SERVICES, counts.services)),
            (counts.absent > 0).then_some((texts::ABSENT, counts.absent)),
            Some((texts::UNKNOWN, counts.unknown)),
            Some((texts::RETIRED, counts.retired)),
            Some((texts::CRITICAL_SERVICES, summary.critical)),
        ];
        let figures = figures.into_iter().flatten();
        let figures: Vec<_> = figures
            .map(|(what, count)| format!("{}: {}", what.get(lang), texts::number(count, lang)))
            .collect();
        writeln!(self.out, "{}", figures.join(" · "))?;
        writeln!(self.out, "{} {}", texts::RUN.get(lang), run.id)
    }

    fn verdict(
        &mut self,
        context: &ReportContext<'_>,
        judged: &Judged,
        verbose: bool,
    ) -> io::Result<()> {
        let (lang, verdict) = (self.lang, &judged.verdict);
        let style = self.style(verdict.outcome);
        let sign = texts::sign(verdict.outcome);
        let message = judged.check.message(verdict.reason, lang);
        writeln!(
            self.out,
            "{style}{sign} {}{style:#} {}: {message}",
            judged.check.id, verdict.reason
        )?;
        for subject in &verdict.subjects {
            writeln!(self.out, "    {} {}", texts::sign(subject.outcome), self.subject(subject))?;
        }
        if matches!(verdict.outcome, Outcome::Fail | Outcome::Inconclusive)
            && let Some(remedy) = judged.check.remedy(verdict.reason, lang)
        {
            self.wrapped("    → ", "      ", remedy)?;
        }
        if verbose {
            for id in &verdict.observations {
                let Some(fact) = (context.find_observation)(*id) else { continue };
                for line in observation(&fact, lang) {
                    writeln!(self.out, "      {line}")?;
                }
            }
        }
        Ok(())
    }

    fn subject(&self, subject: &Subject) -> String {
        let particulars: Vec<_> =
            subject.detail.iter().map(|(key, value)| format!("{key}={}", clean(value))).collect();
        let name = clean(&subject.name.to_string());
        format!("{name} {} {}", subject.reason, particulars.join(" ")).trim_end().to_owned()
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        let style = if self.color { Style::new().bold() } else { Style::new() };
        writeln!(self.out, "{style}{}{style:#}", clean(text))
    }

    /// Breaks a text at spaces; `first` comes before its first line and `then` before the others.
    fn wrapped(&mut self, first: &str, then: &str, text: &str) -> io::Result<()> {
        let room = self.width.saturating_sub(then.chars().count());
        for (at, line) in folded(text, room).iter().enumerate() {
            writeln!(self.out, "{}{line}", if at == 0 { first } else { then })?;
        }
        Ok(())
    }

    fn style(&self, outcome: Outcome) -> Style {
        let colour = match outcome {
            Outcome::Pass => AnsiColor::Green,
            Outcome::Fail => AnsiColor::Red,
            Outcome::NotApplicable => AnsiColor::BrightBlack,
            Outcome::Inconclusive => AnsiColor::Yellow,
        };
        if self.color { colour.on_default() } else { Style::new() }
    }
}

/// A text in lines of at most `width` characters, broken at spaces; a longer word is cut.
fn folded(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + rest.len() > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        while rest.len() > width {
            let tail = rest.split_off(width);
            lines.push(rest.into_iter().collect());
            rest = tail;
        }
        length += rest.len();
        line.extend(rest);
    }
    if length > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn long_texts_are_folded() {
        assert_eq!(folded("một hai ba", 7), ["một hai", "ba"]);
        assert_eq!(folded("a abcdefgh b", 3), ["a", "abc", "def", "gh", "b"]);
        assert_eq!(folded("", 3), [""]);
    }
}
