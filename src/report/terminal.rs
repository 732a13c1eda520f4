//! The result on a terminal: what fits on two screens, or all of it: a table, then what to do, grouped by
//! cause.

mod brief;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::causes::{Cause, causes, extent, following_first, root_blockers};
use super::describe::{clean, clean_to, observation};
use super::{ReportContext, overview, owner, parts, texts};
use crate::judge::{Judged, RootFinding, RootedFindings, ServiceResult};
use crate::model::{Lang, Outcome, Stage, Subject, Text, VantageIpv6};

/// Characters of a certificate's digest that are shown where not everything is.
const DIGEST_SHOWN: usize = 19;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Columns that a service's name has at least.
const NAME_MIN: usize = 16;

/// How much is printed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Display {
    /// Whether in colour.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether everything is listed: each service, each cause with what only follows from it, what holds.
    pub all: bool,
    /// Beside what the evidence is shown.
    pub evidence: EvidenceBeside,
}

/// Beside what the evidence is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceBeside {
    /// Nothing.
    Nothing,
    /// What fails or is unknown, without what only follows from it.
    Causes,
    /// Everything that is listed.
    Everything,
}

/// Prints the summary of a run.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, display: Display, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(context, display, out);
    // With no IPv6 of our own there is one thing to say, and not one for each service.
    if context.result.run.vantage.ipv6 == VantageIpv6::Absent {
        return page.totals(context);
    }
    if !display.all {
        return page.brief(context);
    }
    page.services(context)?;
    page.causes(context, texts::WORK_LIST, Outcome::Fail)?;
    page.causes(context, texts::UNKNOWNS, Outcome::Inconclusive)?;
    page.totals(context)
}

/// Prints one service: what fails, what is unknown, each with what follows from it in one line, and how
/// much else there is.
///
/// # Errors
/// When `out` can't be written.
pub fn write_service(
    context: &ReportContext<'_>,
    service: &ServiceResult,
    display: Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lang = context.lang;
    let mut page = Page::new(context, display, out);
    let standing = parts::standing(service.standing, lang);
    page.heading(&clean(&format!("{} · {}", service.service.id, service.service.target)))?;
    writeln!(page.out, "{}: {standing}", texts::STAGE.get(lang))?;
    if let Some(rescan) = context.result.rescans.get(&service.service.id) {
        let at = texts::moment(rescan.ended_at, &context.result.inventory.timezone, lang);
        writeln!(page.out, "{}: {at} ({})", texts::RESCANNED.get(lang), rescan.run)?;
    }
    let verdicts = service.verdicts.unpack();
    let others: Vec<Judged> =
        verdicts.iter().filter(|judged| !is_open(judged.verdict.outcome)).cloned().collect();
    let RootedFindings { mut roots, ours } = RootedFindings::of(verdicts);
    // Stable: equals stay in the catalogue's order.
    roots.sort_by_key(|found| found.root.verdict.outcome != Outcome::Fail);
    for found in &roots {
        page.root(context, found)?;
    }
    for (reason, all) in &ours {
        page.ours(reason, all)?;
    }
    match display.all {
        true => others.iter().try_for_each(|judged| page.verdict(context, judged))?,
        false => page.rest(&others)?,
    }
    writeln!(page.out)
}

/// Whether there is something to do about it, or to find out.
fn is_open(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Fail | Outcome::Inconclusive)
}

struct Page<'a> {
    lang: Lang,
    color: bool,
    width: usize,
    all: bool,
    evidence: EvidenceBeside,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    fn new(context: &ReportContext<'_>, display: Display, out: &'a mut dyn Write) -> Self {
        let Display { color, width, all, evidence } = display;
        Self { lang: context.lang, color, width, all, evidence, out }
    }
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
                let blockers = root_blockers(service);
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
        let message = cause.message(self.lang);
        write!(self.out, "{style}{sign}{style:#}")?;
        let mut line = format!("{} ({severity}): {message}", cause.name());
        if cause.is_ours() {
            line.push_str(&format!(" ({})", extent(cause, self.lang)));
        }
        self.wrapped(" ", "    ", &line)?;
        let owners = owner::headings(context.result, cause.services.iter().map(|one| one.service));
        for (concerned, owner) in cause.services.iter().zip(owners) {
            if let Some(owner) = owner {
                self.wrapped("    ", "      ", &format!("{owner}:"))?;
            }
            let which: Vec<_> = concerned.subjects.iter().map(|one| self.subject(one)).collect();
            let line = format!("{}  {}", concerned.service.service.id, which.join("; "));
            self.wrapped("      ", "        ", &line)?;
            for (check, finding) in &concerned.beneath {
                let sign = texts::sign(finding.outcome);
                writeln!(self.out, "        {sign} {} {}", check.id, finding.reason)?;
            }
        }
        match cause.remedy(self.lang) {
            Some(remedy) => self.wrapped("  → ", "    ", remedy),
            None => Ok(()),
        }
    }

    /// In one line, what follows from a cause.
    fn following(&mut self, count: usize, checks: &[&str]) -> io::Result<()> {
        match following_first(count, checks, self.lang) {
            Some(line) => self.wrapped("    ↳ ", "      ", &line),
            None => Ok(()),
        }
    }

    /// A root of a service, with what follows from it.
    fn root(&mut self, context: &ReportContext<'_>, found: &RootFinding) -> io::Result<()> {
        self.verdict(context, &found.root)?;
        if self.all {
            return found.beneath.iter().try_for_each(|judged| self.beneath(context, judged));
        }
        let checks: Vec<_> = found.beneath.iter().map(|judged| judged.check.id).collect();
        self.following(checks.len(), &checks)
    }

    /// A finding that follows from the one above it.
    fn beneath(&mut self, context: &ReportContext<'_>, judged: &Judged) -> io::Result<()> {
        let verdict = &judged.verdict;
        let style = self.style(verdict.outcome);
        let sign = texts::sign(verdict.outcome);
        let message = judged.check.message(verdict.reason, self.lang);
        write!(self.out, "    ↳ {style}{sign} {}{style:#}", judged.check.id)?;
        self.wrapped(" ", "        ", &format!("{}: {message}", verdict.reason))?;
        for subject in &verdict.subjects {
            writeln!(
                self.out,
                "        {} {}",
                texts::sign(subject.outcome),
                self.subject(subject)
            )?;
        }
        match self.evidence {
            EvidenceBeside::Everything => self.facts(context, judged),
            _ => Ok(()),
        }
    }

    /// What our own side kept from being found out, in one line.
    fn ours(&mut self, reason: &str, all: &[Judged]) -> io::Result<()> {
        let Some(first) = all.first() else { return Ok(()) };
        let style = self.style(Outcome::Inconclusive);
        let sign = texts::sign(Outcome::Inconclusive);
        let message = first.check.message(reason, self.lang);
        write!(self.out, "{style}{sign} {reason}{style:#}")?;
        let count = texts::number(all.len(), self.lang);
        let checks = Text { vi: "tiêu chí", en: "checks" }.get(self.lang);
        self.wrapped(" ", "    ", &format!("({count} {checks}): {message}"))?;
        if self.all {
            let checks: Vec<_> = all.iter().map(|judged| judged.check.id).collect();
            self.wrapped("    ", "    ", &checks.join(", "))?;
        }
        match first.check.remedy(reason, self.lang) {
            Some(remedy) => self.wrapped("    → ", "      ", remedy),
            None => Ok(()),
        }
    }

    /// How many checks pass or don't concern the service.
    fn rest(&mut self, others: &[Judged]) -> io::Result<()> {
        let count = |outcome: Outcome| {
            let count = others.iter().filter(|judged| judged.verdict.outcome == outcome).count();
            let words = texts::outcome(outcome).get(self.lang);
            format!("{} {words}: {}", texts::sign(outcome), texts::number(count, self.lang))
        };
        let counts = [Outcome::Pass, Outcome::NotApplicable].map(count).join(" · ");
        writeln!(self.out, "{counts} (`--all`)")
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
                texts::number(counts.decided(stage), lang),
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

    fn verdict(&mut self, context: &ReportContext<'_>, judged: &Judged) -> io::Result<()> {
        let (lang, verdict) = (self.lang, &judged.verdict);
        let style = self.style(verdict.outcome);
        let sign = texts::sign(verdict.outcome);
        let message = judged.check.message(verdict.reason, lang);
        write!(self.out, "{style}{sign} {}{style:#}", judged.check.id)?;
        self.wrapped(" ", "    ", &format!("{}: {message}", verdict.reason))?;
        for subject in &verdict.subjects {
            writeln!(self.out, "    {} {}", texts::sign(subject.outcome), self.subject(subject))?;
        }
        if matches!(verdict.outcome, Outcome::Fail | Outcome::Inconclusive)
            && let Some(remedy) = judged.check.remedy(verdict.reason, lang)
        {
            self.wrapped("    → ", "      ", remedy)?;
        }
        match self.evidence {
            EvidenceBeside::Causes if is_open(verdict.outcome) => self.facts(context, judged),
            EvidenceBeside::Everything => self.facts(context, judged),
            _ => Ok(()),
        }
    }

    fn facts(&mut self, context: &ReportContext<'_>, judged: &Judged) -> io::Result<()> {
        for id in &judged.verdict.observations {
            let Some(fact) = (context.find_observation)(*id) else { continue };
            for line in observation(&fact, self.lang) {
                writeln!(self.out, "      {line}")?;
            }
        }
        Ok(())
    }

    fn subject(&self, subject: &Subject) -> String {
        let particulars = subject.detail.iter();
        let particulars: Vec<_> = particulars
            .map(|(key, value)| match (*key, self.all) {
                ("leaf", false) => format!("{key}={}", clean_to(value, DIGEST_SHOWN)),
                _ => format!("{key}={}", clean(value)),
            })
            .collect();
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
