//! The result as Markdown, for a repository or the summary page of a CI run.

use std::io::{self, Write};

use super::causes::{Concerned, causes, extent, following, root_blockers};
use super::describe::clean;
use super::parts::{self, Part};
use super::{ReportContext, overview, owner, texts};
use crate::judge::Counts;
use crate::model::{Lang, Outcome, Stage, Text};

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (lang, result) = (context.lang, context.result);
    let (run, inventory) = (&result.run, &result.inventory);
    let summary = result.summary();
    writeln!(out, "# {}: {}\n", texts::REPORT.get(lang), escaped(&overview::subject(result)))?;
    let judged_at = texts::moment(result.as_of, &inventory.timezone, lang);
    for (label, value) in overview::excerpt_particulars(result, lang) {
        writeln!(out, "- {label}: {}", escaped(&value))?;
    }
    for (label, value) in [
        (texts::RUN, run.id.to_string()),
        (texts::JUDGED_AT, judged_at),
        (texts::VANTAGE, run.vantage.name.clone()),
        (texts::POLICY, result.policy.title(lang).to_owned()),
    ] {
        writeln!(out, "- {}: {}", label.get(lang), escaped(&value))?;
    }
    for warning in overview::warnings(context) {
        writeln!(out, "\n**{}**", escaped(&warning))?;
    }
    writeln!(out, "\n## {}\n", texts::SUMMARY.get(lang))?;
    writeln!(out, "| {} | {} |\n|---|---:|", texts::STAGE.get(lang), texts::SERVICES.get(lang))?;
    let parts = Part::all(&result.policy)
        .map(|part| (part.label(lang), part.count(&summary.all)))
        .chain([(texts::RETIRED.get(lang).to_owned(), summary.all.retired)]);
    for (label, count) in parts {
        writeln!(out, "| {label} | {} |", texts::number(count, lang))?;
    }
    writeln!(out)?;
    for stage in Stage::ALL.into_iter().skip(1) {
        if result.policy.gates(stage).is_some()
            && let Some(percent) = summary.all.percent_at_least(stage)
        {
            writeln!(
                out,
                "- {} ≥ {}: {} / {} = {} {}",
                texts::STAGE.get(lang),
                stage.number(),
                summary.all.at_least(stage),
                summary.all.decided(stage),
                texts::percent(percent, lang),
                texts::OF_KNOWN.get(lang),
            )?;
        }
    }
    writeln!(out, "- {}: {}", texts::CRITICAL_SERVICES.get(lang), summary.critical)?;
    if summary.all.absent > 0 {
        writeln!(out, "- {}", texts::ABSENT_NOTE.get(lang))?;
    }
    let named = summary
        .categories
        .iter()
        .map(|(category, counts)| (texts::category(*category).get(lang).to_owned(), *counts));
    counts_table(context, texts::BY_CATEGORY, texts::CATEGORY, named, out)?;
    let named = result.by_organisation().into_iter().map(|(organisation, services)| {
        (escaped(&organisation.name), Counts::of(services.iter().copied()))
    });
    if result.organisation().is_none() {
        counts_table(context, texts::BY_ORGANISATION, texts::ORGANISATION, named, out)?;
    }
    services(context, out)?;
    work_list(context, Outcome::Fail, texts::WORK_LIST.get(lang), out)?;
    work_list(context, Outcome::Inconclusive, texts::UNKNOWNS.get(lang), out)
}

fn counts_table(
    context: &ReportContext<'_>,
    heading: Text,
    column: Text,
    rows: impl Iterator<Item = (String, Counts)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lang = context.lang;
    writeln!(out, "\n## {}\n", heading.get(lang))?;
    let headings = parts::count_headings(lang);
    writeln!(out, "| {} | {} |", column.get(lang), headings.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(headings.len()))?;
    for (name, counts) in rows {
        let cells = parts::counts(&counts, &context.result.policy, lang);
        writeln!(out, "| {name} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn services(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (lang, result) = (context.lang, context.result);
    writeln!(out, "\n## {}", texts::ALL_SERVICES.get(lang))?;
    writeln!(
        out,
        "\n| {} | {} | {} | {} |\n|---|---|---|---|",
        texts::ORGANISATION.get(lang),
        texts::SERVICE.get(lang),
        texts::STAGE.get(lang),
        texts::BLOCKERS.get(lang),
    )?;
    for service in &result.services {
        let organisation =
            result.inventory.organisations.iter().find(|o| o.id == service.service.id.organisation);
        let blockers: Vec<_> =
            root_blockers(service).iter().map(|check| format!("`{check}`")).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            escaped(organisation.map_or("", |organisation| &organisation.name)),
            escaped(&service.service.name),
            parts::standing(service.standing, lang),
            blockers.join(", "),
        )?;
    }
    Ok(())
}

fn work_list(
    context: &ReportContext<'_>,
    outcome: Outcome,
    heading: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lang = context.lang;
    let causes = causes(context.result, outcome);
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {heading}")?;
    for cause in causes {
        let severity = match outcome {
            Outcome::Fail => texts::severity(cause.severity).get(lang),
            _ => texts::UNKNOWN.get(lang),
        };
        let message = cause.message(lang);
        writeln!(out, "\n### `{}` ({severity}): {message}\n", cause.name())?;
        if cause.is_ours() {
            let services = cause.services.iter().map(|one| one.service.service.id.to_string());
            writeln!(out, "- {}", extent(&cause, lang))?;
            writeln!(out, "  - {}", escaped(&names(services.collect(), lang)))?;
        } else {
            let services = cause.services.iter().map(|one| one.service);
            let owners = owner::headings(context.result, services);
            for (concerned, owner) in cause.services.iter().zip(owners) {
                if let Some(owner) = owner {
                    writeln!(out, "- {}", escaped(&owner))?;
                }
                concerned_item(context, concerned, out)?;
            }
        }
        if let Some(remedy) = cause.remedy(lang) {
            writeln!(out, "\n{}: {remedy}", texts::REMEDY.get(lang))?;
        }
    }
    Ok(())
}

/// A service that a cause concerns, and below it what follows from the cause.
fn concerned_item(
    context: &ReportContext<'_>,
    concerned: &Concerned<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Under its owner, unless all services have the same one.
    let indent = if context.result.organisation().is_some() { "" } else { "  " };
    let subjects: Vec<_> =
        concerned.subjects.iter().map(|subject| escaped(&subject.name.to_string())).collect();
    let name = escaped(&owner::service_name(context.result, &concerned.service.service));
    match subjects.is_empty() {
        true => writeln!(out, "{indent}- {name}")?,
        false => writeln!(out, "{indent}- {name}: {}", subjects.join(", "))?,
    }
    let checks = concerned.beneath.iter().map(|(check, _)| check.id).collect::<Vec<_>>();
    match following(checks.len(), &checks, context.lang) {
        Some(line) => writeln!(out, "{indent}  - {line}"),
        None => Ok(()),
    }
}

/// The first names, and how many more there are.
fn names(mut names: Vec<String>, lang: Lang) -> String {
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    match more {
        0 => names.join(", "),
        _ => format!("{} … {} {more}", names.join(", "), texts::MORE.get(lang)),
    }
}

/// Services that an outage of our own side names; the JSON document has all.
const NAMES_SHOWN: usize = 12;

/// Text in which nothing is markup: every character that Markdown or HTML could read gets a
/// backslash or an entity (CommonMark §2.4, §2.5). An empty comment after `@` and `#` keeps forges
/// from reading a mention or the number of an issue, which they look for after unescaping.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(character);
                escaped.push_str("<!-- -->");
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '+' | '|' | '~' | '=' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_is_markup() {
        let hostile = "<script>|`x`[a](javascript:1)\n=1+1 @admin #123";
        let shown = super::escaped(hostile);
        assert!(!shown.contains("<script") && !shown.contains('\n') && shown.contains("\\|"));
        assert!(shown.contains("\\[a\\]\\("));
        assert!(!shown.contains("@admin") && !shown.contains("#123"));
    }
}
