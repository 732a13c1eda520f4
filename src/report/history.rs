//! A service's history on a terminal: its stage and each check, with the moment of every change.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::describe::clean;
use super::{parts, texts};
use crate::judge::{Finding, History, Step};
use crate::model::{Lang, Outcome, Text};

const RUNS: Text = Text { vi: "Số đợt quét", en: "Runs" };
const CHANGED: Text =
    Text { vi: "Tiêu chí đã thay đổi kết luận", en: "Checks that changed" };
const UNCHANGED: Text = Text {
    vi: "Tiêu chí giữ nguyên kết luận qua mọi đợt quét",
    en: "Checks that found the same in every run",
};
const NOTHING: Text = Text { vi: "Không có tiêu chí nào.", en: "None." };

/// Prints for a terminal. Times are by the clocks of this time zone.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    history: &History,
    timezone: &str,
    lang: Lang,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let bold = if color { Style::new().bold() } else { Style::new() };
    let service = &history.service;
    let moment = |look: usize| texts::moment(history.looks[look].at, timezone, lang);
    let target = clean(&service.target.to_string());
    writeln!(out, "{bold}{} · {}{bold:#} · {target}", service.id, clean(&service.name))?;
    if let [first, .., last] | [first @ last] = &history.looks[..] {
        let [first, last] = [first, last].map(|look| texts::moment(look.at, timezone, lang));
        let count = texts::number(history.looks.len(), lang);
        writeln!(out, "{}: {count} ({first} – {last})", RUNS.get(lang))?;
    }
    writeln!(out, "\n{bold}{}{bold:#}", texts::STAGE.get(lang))?;
    for Step { look, value } in history.standings() {
        let (at, run) = (moment(look), &history.looks[look].run);
        writeln!(out, "  {at}  {}  ({run})", parts::standing(value, lang))?;
    }
    let (changed, same): (Vec<_>, Vec<_>) =
        history.checks().into_iter().partition(|(_, steps)| steps.len() > 1);
    writeln!(out, "\n{bold}{}{bold:#}", CHANGED.get(lang))?;
    for (check, steps) in &changed {
        writeln!(out, "  {}", check.id)?;
        for Step { look, value } in steps {
            let (at, run) = (moment(*look), &history.looks[*look].run);
            writeln!(out, "    {at}  {}  ({run})", finding(value, lang, color))?;
        }
    }
    if changed.is_empty() {
        writeln!(out, "  {}", NOTHING.get(lang))?;
    }
    writeln!(out, "\n{bold}{}{bold:#}", UNCHANGED.get(lang))?;
    for outcome in [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::NotApplicable] {
        let with = same.iter().filter(|(_, steps)| steps[0].value.outcome == outcome);
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
