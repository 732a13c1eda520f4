//! A service's history: its stage and each check, with the moment of every change. On a terminal, and as
//! lines that pages fold away.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::describe::clean;
use super::{parts, texts};
use crate::judge::{self, Finding, History, Look, Standing, Step};
use crate::model::{Lang, Outcome, Service, Text};

const HISTORY: Text = Text { vi: "Diễn biến", en: "History" };
const RUNS: Text = Text { vi: "Số đợt đo", en: "Runs" };
const IDS: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const CHANGED: Text =
    Text { vi: "Tiêu chí đã thay đổi kết luận", en: "Checks that changed" };
const HIDDEN: Text = Text {
    vi: "Tiêu chí chỉ thay đổi vì lỗi ở lớp dưới (`-v` hiển thị)",
    en: "Checks that changed only as another one failed below them (`-v` shows them)",
};
const UNCHANGED: Text = Text {
    vi: "Tiêu chí giữ nguyên kết luận qua mọi đợt đo",
    en: "Checks that found the same in every run",
};
const NOTHING: Text = Text { vi: "Không có tiêu chí nào.", en: "None." };

/// How a history is printed.
#[derive(Clone, Copy, Debug)]
pub struct HowToPrint {
    /// In colour.
    pub color: bool,
    /// With checks that changed only because the failure of another one hid what they look at.
    pub all: bool,
}

/// Prints for a terminal. Times are by the clocks of this time zone.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    service: &Service,
    history: &History,
    timezone: &str,
    lang: Lang,
    how: HowToPrint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let HowToPrint { color, all } = how;
    let bold = if color { Style::new().bold() } else { Style::new() };
    let moment = |look: &Look| texts::moment(look.at, timezone, lang);
    let target = clean(&service.target.to_string());
    writeln!(out, "{bold}{} · {}{bold:#} · {target}", service.id, clean(&service.name))?;
    let count = texts::number(history.looks, lang);
    let (first, last) = (moment(&history.first), moment(&history.last));
    writeln!(out, "{}: {count} ({first} – {last})", RUNS.get(lang))?;
    if history.ids.iter().any(|step| step.value != service.id) {
        writeln!(out, "\n{bold}{}{bold:#}", IDS.get(lang))?;
        for Step { look, value } in &history.ids {
            writeln!(out, "  {}  {value}  ({})", moment(look), look.run)?;
        }
    }
    writeln!(out, "\n{bold}{}{bold:#}", texts::STAGE.get(lang))?;
    for Step { look, value } in &history.standings {
        writeln!(out, "  {}  {}  ({})", moment(look), parts::standing(*value, lang), look.run)?;
    }
    writeln!(out, "\n{bold}{}{bold:#}", CHANGED.get(lang))?;
    let changed: Vec<(_, Vec<_>)> = match all {
        true => history.changed().map(|(check, steps)| (check, steps.iter().collect())).collect(),
        false => history.changed_of_themselves().collect(),
    };
    for (check, steps) in &changed {
        writeln!(out, "  {}", check.id)?;
        for Step { look, value } in steps {
            writeln!(out, "    {}  {}  ({})", moment(look), finding(value, lang, color), look.run)?;
        }
    }
    if changed.is_empty() {
        writeln!(out, "  {}", NOTHING.get(lang))?;
    }
    if let hidden @ 1.. = history.changed().count() - changed.len() {
        writeln!(out, "  {}: {}", HIDDEN.get(lang), texts::number(hidden, lang))?;
    }
    writeln!(out, "\n{bold}{}{bold:#}", UNCHANGED.get(lang))?;
    for outcome in [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::NotApplicable] {
        let same = history.checks().filter(|(_, steps)| steps.len() == 1);
        let with = same.filter(|(_, steps)| steps[0].value.outcome == outcome);
        let names: Vec<String> = with
            .map(|(check, steps)| match outcome {
                Outcome::Pass | Outcome::NotApplicable => check.id.to_owned(),
                _ => format!("{} ({})", check.id, steps[0].value.reason),
            })
            .collect();
        if !names.is_empty() {
            let (word, sign) = (texts::outcome(outcome).get(lang), texts::sign(outcome));
            writeln!(out, "  {sign} {word}: {}", names.join(", "))?;
        }
    }
    Ok(())
}

/// A history on a page.
pub(super) struct Folded {
    /// What it is, and over which runs.
    pub(super) title: String,
    /// The stage and each check that changed, with the day of each change.
    pub(super) lines: Vec<String>,
}

/// The history of a service as lines: those of what changed, or that nothing did.
pub(super) fn folded(service: &Service, history: &History, timezone: &str, lang: Lang) -> Folded {
    let day = |look: &Look| texts::day(judge::day_of(look.at, timezone), lang);
    let count = texts::number(history.looks, lang);
    let (first, last) = (day(&history.first), day(&history.last));
    let title = format!("{} ({}: {count}, {first} – {last})", HISTORY.get(lang), RUNS.get(lang));
    let mut lines = Vec::new();
    if history.ids.iter().any(|step| step.value != service.id) {
        lines.push(line(IDS.get(lang), &history.ids, &day, |id| id.to_string()));
    }
    let stage = |standing: &Standing| parts::standing(*standing, lang);
    lines.push(line(texts::STAGE.get(lang), &history.standings, &day, stage));
    for (check, steps) in history.changed_of_themselves() {
        lines.push(line(check.id, steps, &day, |found| finding(found, lang, false)));
    }
    if history.changed_of_themselves().next().is_none() {
        lines.push(format!("{}: {}", CHANGED.get(lang), NOTHING.get(lang)));
    }
    Folded { title, lines }
}

/// Values, each with the day from which on it was so.
fn line<'s, T: 's>(
    name: &str,
    steps: impl IntoIterator<Item = &'s Step<T>>,
    day: &impl Fn(&Look) -> String,
    value: impl Fn(&T) -> String,
) -> String {
    let each: Vec<_> = steps
        .into_iter()
        .map(|step| format!("{} · {}", day(&step.look), value(&step.value)))
        .collect();
    format!("{name}: {}", each.join(" → "))
}

fn finding(finding: &Finding, lang: Lang, color: bool) -> String {
    let colour = match finding.outcome {
        Outcome::Pass => AnsiColor::Green,
        Outcome::Fail => AnsiColor::Red,
        Outcome::NotApplicable => AnsiColor::BrightBlack,
        Outcome::Inconclusive => AnsiColor::Yellow,
    };
    let style = if color { colour.on_default() } else { Style::new() };
    let (sign, word) = (texts::sign(finding.outcome), texts::outcome(finding.outcome).get(lang));
    let reason = match finding.outcome {
        Outcome::Pass => String::new(),
        _ => format!(" ({})", finding.reason),
    };
    format!("{style}{sign} {word}{style:#}{reason}")
}
