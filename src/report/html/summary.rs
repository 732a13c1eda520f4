//! The head of a report: what it is, its figures, its chart and its counts by category.

use crate::judge::Counts;
use crate::model::{Lang, Stage, Text};
use crate::policy::Policy;
use crate::report::parts::{self, Part};
use crate::report::{ReportContext, overview, texts};

const GOAL: Text = Text { vi: "dịch vụ đạt từ mức", en: "services at or above stage" };

/// What `report_summary.html` draws, with what stands under a report.
pub(super) struct Summary {
    pub(super) title: String,
    pub(super) meta: Vec<(&'static str, String)>,
    pub(super) warnings: Vec<String>,
    pub(super) figures: Vec<Figure>,
    pub(super) chart_width: usize,
    pub(super) bars: Vec<Bar>,
    pub(super) headings: Vec<String>,
    pub(super) categories: Vec<CategoryRow>,
    pub(super) stage_lines: Vec<String>,
    pub(super) version: String,
    pub(super) digests: String,
}

pub(super) struct Figure {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) bad: bool,
}

/// A stage's part of a chart; one service is one unit wide.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) label: String,
    pub(super) x: usize,
    pub(super) width: usize,
    pub(super) count: String,
}

pub(super) struct CategoryRow {
    pub(super) name: &'static str,
    pub(super) counts: Vec<String>,
}

/// The head of a run's report.
pub(super) fn summary(context: &ReportContext<'_>) -> Summary {
    let (lang, result) = (context.lang, context.result);
    let counted = result.summary();
    let bars = bars(&counted.all, &result.policy, lang);
    Summary {
        title: overview::subject(result),
        meta: overview::particulars(context),
        warnings: overview::warnings(context),
        figures: figures(context),
        chart_width: width(&bars),
        bars,
        headings: parts::count_headings(lang),
        categories: counted
            .categories
            .iter()
            .map(|(category, counts)| CategoryRow {
                name: texts::category(*category).get(lang),
                counts: parts::counts(counts, &result.policy, lang),
            })
            .collect(),
        stage_lines: Stage::ALL
            .iter()
            .map(|stage| format!("{}: {}", stage.number(), stage.name().get(lang)))
            .chain([texts::ABSENT_NOTE.get(lang).to_owned()])
            .collect(),
        version: result.run.version.clone(),
        digests: format!("inventory {} · policy {}", result.inventory.sha256, result.policy.sha256),
    }
}

/// How wide bars are together; never 0, which no chart can be.
pub(super) fn width(bars: &[Bar]) -> usize {
    bars.iter().map(|bar| bar.width).sum::<usize>().max(1)
}

/// The bars of counts.
pub(super) fn bars(counts: &Counts, policy: &Policy, lang: Lang) -> Vec<Bar> {
    let mut x = 0;
    Part::all(policy)
        .map(|part| {
            let width = part.count(counts);
            let (label, count) = (part.label(lang), texts::number(width, lang));
            let bar = Bar { class: part.class(), label, x, width, count };
            x += width;
            bar
        })
        .collect()
}

fn figures(context: &ReportContext<'_>) -> Vec<Figure> {
    let (lang, result) = (context.lang, context.result);
    let summary = result.summary();
    let counts = &summary.all;
    let plain = |value: usize, label: Text, bad: bool| Figure {
        value: texts::number(value, lang),
        label: label.get(lang).to_owned(),
        bad,
    };
    let mut figures = vec![plain(counts.services, texts::SERVICES, false)];
    let stage = result.policy.aim();
    if let Some(percent) = counts.percent_at_least(stage) {
        figures.push(Figure {
            value: texts::percent(percent, lang),
            label: format!(
                "{} {}: {} / {} {}",
                GOAL.get(lang),
                stage.number(),
                texts::number(counts.at_least(stage), lang),
                texts::number(counts.decided(stage), lang),
                texts::OF_KNOWN.get(lang)
            ),
            bad: false,
        });
    }
    figures.push(plain(summary.critical, texts::CRITICAL_SERVICES, summary.critical > 0));
    if counts.absent > 0 {
        figures.push(plain(counts.absent, texts::ABSENT_SERVICES, true));
    }
    figures.push(plain(counts.unknown, texts::UNKNOWN, false));
    figures
}
