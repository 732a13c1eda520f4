//! What a signed report is made from, be it of a quarter or of one run.

use std::borrow::Cow;

use crate::judge::quarter::{
    Effect, ExemptionStanding, Group, Incident, Plan, Point, Previous, Quarter, Remedy, Review,
    Shared, categories, effects, exemptions, organisations, plan, remedies, shared,
};
use crate::judge::{RunResult, ServiceChange, TargetStanding, day_of, targets_by_deadline};
use crate::model::{Category, Lang, Organisation};
use crate::report::quarter::{QuarterContext, Section, caveat};
use crate::report::{ReportContext, overview};

/// What a signed report is made from.
pub(super) struct Matter<'a> {
    pub lang: Lang,
    pub result: &'a RunResult,
    /// The quarter; `None` for the report of one run.
    pub quarter: Option<Quarter>,
    pub previous: Option<&'a Previous>,
    pub trend: Cow<'a, [Point]>,
    pub categories: Cow<'a, [Group<Category>]>,
    pub organisations: Cow<'a, [Group<Organisation>]>,
    pub plan: Option<Plan>,
    pub targets: Cow<'a, [TargetStanding]>,
    pub exemptions: Cow<'a, [ExemptionStanding]>,
    pub changes: &'a [ServiceChange],
    pub incidents: &'a [Incident],
    pub shared: Cow<'a, [Shared]>,
    pub remedies: Cow<'a, [Remedy]>,
    pub effects: Vec<Effect>,
    pub caveats: Vec<String>,
    /// What a report to one organisation has beside these.
    pub further: &'a [Section],
}

impl<'a> Matter<'a> {
    pub(super) fn of_quarter(context: &QuarterContext<'a>) -> Self {
        let review: &'a Review = context.review;
        let lang = context.lang;
        Self {
            lang,
            result: &review.closing,
            quarter: Some(review.quarter),
            previous: review.previous.as_ref(),
            trend: Cow::Borrowed(&review.trend),
            categories: Cow::Borrowed(&review.categories),
            organisations: Cow::Borrowed(&review.organisations),
            plan: review.plan.clone(),
            targets: Cow::Borrowed(&review.targets),
            exemptions: Cow::Borrowed(&review.exemptions),
            changes: &review.changes,
            incidents: &review.incidents,
            shared: Cow::Borrowed(&review.shared),
            remedies: Cow::Borrowed(&review.remedies),
            effects: effects(&review.closing),
            caveats: review.caveats.iter().map(|one| caveat(one, lang)).collect(),
            further: &[],
        }
    }

    pub(super) fn of_run(context: &ReportContext<'a>, further: &'a [Section]) -> Self {
        let result = context.result;
        let today = day_of(result.as_of, &result.inventory.timezone);
        Self {
            lang: context.lang,
            result,
            quarter: None,
            previous: None,
            trend: Cow::Owned(vec![Point::of(result)]),
            categories: Cow::Owned(categories(result, None)),
            organisations: Cow::Owned(organisations(result, None)),
            plan: plan(result, today),
            targets: Cow::Owned(targets_by_deadline(result)),
            exemptions: Cow::Owned(exemptions(result, today)),
            changes: &[],
            incidents: &[],
            shared: Cow::Owned(shared(result)),
            remedies: Cow::Owned(remedies(result)),
            effects: effects(result),
            caveats: overview::warnings(context),
            further,
        }
    }
}
