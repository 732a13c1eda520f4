//! The result as Markdown, for a repository or the summary page of a CI run.

use std::io::{self, Write};

use super::causes::causes;
use super::describe::clean;
use super::parts::{self, Part};
use super::{ReportContext, overview, owner, texts};
use crate::judge::Counts;
use crate::model::{Outcome, Stage, Text};

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
                summary.all.known(),
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
        let blockers: Vec<_> = service.blockers.iter().map(|b| format!("`{}`", b.check)).collect();
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
        let message = cause.check.message(cause.reason, lang);
        writeln!(out, "\n### `{}` ({severity}): {message}\n", cause.check.id)?;
        let owners = owner::headings(context.result, cause.services.iter().map(|(one, _)| *one));
        let indent = if context.result.organisation().is_some() { "" } else { "  " };
        for ((service, subjects), owner) in cause.services.iter().zip(owners) {
            if let Some(owner) = owner {
                writeln!(out, "- {}", escaped(&owner))?;
            }
            let subjects: Vec<_> =
                subjects.iter().map(|subject| escaped(&subject.name.to_string())).collect();
            writeln!(
                out,
                "{indent}- {}: {}",
                escaped(&owner::service_name(context.result, &service.service)),
                subjects.join(", ")
            )?;
        }
        if let Some(remedy) = cause.check.remedy(cause.reason, lang) {
            writeln!(out, "\n{}: {remedy}", texts::REMEDY.get(lang))?;
        }
    }
    Ok(())
}

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
