//! The result on a terminal: a table, then what to do, grouped by cause.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, ContentArrangement, Table, presets};

use super::causes::{Cause, causes};
use super::describe::{clean, observation};
use super::{Sheet, texts};
use crate::judge::{Judged, ServiceResult};
use crate::model::{Lang, Outcome, Stage, Subject, VantageIpv6};

/// Subjects of one cause that are listed; the HTML report has them all.
const LISTED_MAX: usize = 8;

/// Prints the summary of a run.
///
/// # Errors
/// When `out` can't be written.
pub fn write(sheet: &Sheet<'_>, color: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { lang: sheet.lang, color, width, out };
    // With no IPv6 of our own there is one thing to say, and not one for each service.
    if sheet.result.run.vantage.ipv6 == VantageIpv6::Absent {
        return page.totals(sheet);
    }
    page.services(sheet)?;
    page.causes(texts::WORK_LIST.get(sheet.lang), &causes(sheet.result, Outcome::Fail))?;
    page.causes(texts::UNKNOWNS.get(sheet.lang), &causes(sheet.result, Outcome::Inconclusive))?;
    page.totals(sheet)
}

/// Prints one service with every verdict and its subjects; `verbose` adds the evidence.
///
/// # Errors
/// When `out` can't be written.
pub fn write_service(
    sheet: &Sheet<'_>,
    service: &ServiceResult,
    verbose: bool,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { lang: sheet.lang, color, width, out };
    let standing = texts::standing(service.standing, sheet.lang);
    page.heading(&format!("{} · {}", service.service.id, service.service.target))?;
    writeln!(page.out, "{}: {standing}", texts::STAGE.get(sheet.lang))?;
    for judged in &service.verdicts {
        page.verdict(sheet, judged, verbose)?;
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
    fn services(&mut self, sheet: &Sheet<'_>) -> io::Result<()> {
        let result = sheet.result;
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        let headings = [texts::SERVICE, texts::STAGE, texts::BLOCKERS];
        table.set_header(headings.map(|text| Cell::new(text.get(self.lang))));
        for organisation in &result.inventory.organisations {
            let of = |service: &&ServiceResult| service.service.id.organisation == organisation.id;
            let mut services = result.services.iter().filter(of).peekable();
            if services.peek().is_none() {
                continue;
            }
            table.add_row(vec![Cell::new(clean(&organisation.name))]);
            for service in services {
                let blockers: Vec<_> = service.blockers.iter().map(|b| b.check).collect();
                table.add_row(vec![
                    Cell::new(format!("  {}", clean(&service.service.name))),
                    Cell::new(texts::standing(service.standing, self.lang)),
                    Cell::new(blockers.join(", ")),
                ]);
            }
        }
        writeln!(self.out, "{table}\n")
    }

    fn causes(&mut self, heading: &str, causes: &[Cause<'_>]) -> io::Result<()> {
        if causes.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        for cause in causes {
            self.cause(cause)?;
        }
        writeln!(self.out)
    }

    fn cause(&mut self, cause: &Cause<'_>) -> io::Result<()> {
        let failing = cause.services.first().map(|(_, j)| j.verdict.outcome);
        let severity = match failing {
            Some(Outcome::Fail) => texts::severity(cause.severity).get(self.lang),
            _ => texts::UNKNOWN.get(self.lang),
        };
        let style = self.style(failing.unwrap_or(Outcome::Inconclusive));
        let sign = texts::sign(failing.unwrap_or(Outcome::Inconclusive));
        writeln!(
            self.out,
            "{style}{sign}{style:#} {} ({severity}): {}",
            cause.check.id,
            cause.check.message(cause.reason, self.lang),
        )?;
        for (service, judged) in cause.services.iter().take(LISTED_MAX) {
            let which: Vec<_> = judged
                .verdict
                .subjects
                .iter()
                .filter(|subject| subject.outcome == judged.verdict.outcome)
                .map(|subject| self.subject(subject))
                .collect();
            writeln!(self.out, "    {}  {}", service.service.id, which.join("; "))?;
        }
        if let more @ 1.. = cause.services.len().saturating_sub(LISTED_MAX) {
            writeln!(self.out, "    {} {more}", texts::MORE.get(self.lang))?;
        }
        match cause.check.remedy(cause.reason, self.lang) {
            Some(remedy) => self.wrapped("  → ", "    ", remedy),
            None => Ok(()),
        }
    }

    fn totals(&mut self, sheet: &Sheet<'_>) -> io::Result<()> {
        let (lang, run) = (self.lang, &sheet.result.run);
        let summary = sheet.result.summary();
        let counts = &summary.all;
        let warning = match run.vantage.ipv6 {
            VantageIpv6::Absent => Some(texts::NO_IPV6),
            VantageIpv6::Lost => Some(texts::IPV6_LOST),
            VantageIpv6::Working => None,
        };
        let incomplete = (!run.complete).then_some(texts::INCOMPLETE);
        for text in warning.iter().chain(&incomplete) {
            writeln!(self.out, "{}", text.get(lang))?;
        }
        for stage in Stage::ALL.into_iter().skip(1) {
            if sheet.result.policy.gates(stage).is_none() {
                continue;
            }
            let Some(percent) = counts.percent_at_least(stage) else { continue };
            writeln!(
                self.out,
                "{} ≥ {}: {} / {} = {} {} ({})",
                texts::STAGE.get(lang),
                stage.number(),
                counts.at_least(stage),
                counts.known(),
                texts::percent(percent, lang),
                texts::OF_KNOWN.get(lang),
                stage.name().get(lang),
            )?;
        }
        writeln!(
            self.out,
            "{}: {} · {}: {} · {}: {} · {}: {}",
            texts::SERVICES.get(lang),
            counts.services,
            texts::UNKNOWN.get(lang),
            counts.unknown,
            texts::RETIRED.get(lang),
            counts.retired,
            texts::CRITICAL_SERVICES.get(lang),
            summary.critical,
        )?;
        writeln!(self.out, "{} {}", texts::RUN.get(lang), run.id)
    }

    fn verdict(&mut self, sheet: &Sheet<'_>, judged: &Judged, verbose: bool) -> io::Result<()> {
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
                let Some(fact) = (sheet.facts)(*id) else { continue };
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

    /// Breaks a text at spaces; `first` stands before its first line and `then` before the others.
    fn wrapped(&mut self, first: &str, then: &str, text: &str) -> io::Result<()> {
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > self.width {
                writeln!(self.out, "{line}")?;
                line = then.to_owned();
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        writeln!(self.out, "{line}")
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
