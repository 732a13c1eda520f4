//! Was the stage that the inventory declares as a service's target reached by its date?

use jiff::civil::Date;

use crate::check::common;
use crate::check::context::StageContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Goal, Host, Outcome, Service, Severity, Stage, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "inventory-deadline",
    sources: &["the inventory's `target` and `exemption`"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("target-reached"),
        Reason::fail("deadline-missed"),
        Reason::fail("exemption-expired"),
        Reason::not_applicable("no-target"),
        Reason::not_applicable("not-yet-due"),
        Reason::not_applicable("exempt"),
        Reason::inconclusive("stage-unknown"),
    ],
    doc: Doc::new(
        include_str!("inventory_deadline.en.md"),
        include_str!("inventory_deadline.vi.md"),
    ),
    rule: Rule::Standing(evaluate),
};

fn evaluate(context: &StageContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let Service { exemption, goal, .. } = context.service;
    let (outcome, reason) = match (goal, exemption, context.today) {
        (None, None, _) => (Outcome::NotApplicable, "no-target"),
        (Some(goal), ..) if context.at_least.is_some_and(|reached| reached >= goal.stage) => {
            (Outcome::Pass, "target-reached")
        }
        (_, _, None) => (Outcome::Inconclusive, common::OUR_CLOCK),
        (_, Some(exemption), Some(today)) if today <= exemption.until => {
            (Outcome::NotApplicable, "exempt")
        }
        (Some(goal), _, Some(today)) => outcome_of_missed_stage(context, goal, today),
        (None, Some(_), Some(_)) => (Outcome::NotApplicable, "no-target"),
    };
    if reason == "no-target" {
        return Err(Verdict::plain(outcome, reason));
    }
    Ok(Verdict {
        subjects: host_subject(context, outcome, reason),
        ..Verdict::plain(outcome, reason)
    })
}

/// The outcome for a declared target that isn't known to be reached. Its date is the last day on which it
/// holds.
fn outcome_of_missed_stage(
    context: &StageContext<'_>,
    goal: &Goal,
    today: Date,
) -> (Outcome, &'static str) {
    if today <= goal.by {
        return (Outcome::NotApplicable, "not-yet-due");
    }
    match context.stage {
        None => (Outcome::Inconclusive, "stage-unknown"),
        Some(_) if context.service.exemption.is_some() => (Outcome::Fail, "exemption-expired"),
        Some(_) => (Outcome::Fail, "deadline-missed"),
    }
}

/// The service's host with the declared dates and the stage that was found.
fn host_subject(
    context: &StageContext<'_>,
    outcome: Outcome,
    reason: &'static str,
) -> Vec<Subject> {
    let Some(host) = context.service.target.host() else { return Vec::new() };
    let number = |stage: Stage| stage.number().to_string();
    let mut detail = Vec::new();
    detail.extend(context.stage.map(|stage| ("stage", number(stage))));
    if let Some(goal) = &context.service.goal {
        detail.push(("target-stage", number(goal.stage)));
        detail.push(("target-by", goal.by.to_string()));
    }
    if let Some(exemption) = &context.service.exemption {
        detail.push(("exempt-until", exemption.until.to_string()));
        detail.push(("exempt-because", exemption.reason.clone()));
    }
    let name = match host {
        Host::Name(name) => SubjectName::Host(name),
        Host::Address(address) => SubjectName::Address(address),
    };
    vec![Subject { name, outcome, reason, detail }]
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use super::*;
    use crate::check::rule::verdict_of;
    use crate::check::testing::reasons::record_reasons;
    use jiff::civil::date;

    pub(in crate::check) const CASES: &[fn()] = &[dates_and_stages];

    const BEFORE: Date = date(2026, 12, 31);
    const AFTER: Date = date(2027, 1, 1);

    /// `declared` comes beside the service's kind in the inventory.
    fn outcome_of(
        declared: &str,
        today: impl Into<Option<Date>>,
        stage: Option<Stage>,
        at_least: Option<Stage>,
    ) -> (Verdict, (Outcome, &'static str)) {
        let text = format!(
            "{{version: 1, organisations: [{{id: o, services: [{{id: s, category: portal, \
             web: 'https://www.example/'{declared}}}]}}]}}"
        );
        let parsed = crate::inventory::parse(text.as_bytes(), "t.yaml")
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let (service, today) = (&parsed.inventory.services[0], today.into());
        let verdict = verdict_of(evaluate(&StageContext { service, stage, at_least, today }));
        record_reasons(&CHECK, &verdict);
        let outcome = (verdict.outcome, verdict.reason);
        (verdict, outcome)
    }

    #[test]
    fn dates_and_stages() {
        use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
        use Stage::{Addressed, AtParity, Ipv6OnlyUsable, Reachable};
        const GOAL: &str = ", target: {stage: 3, by: 2026-12-31}";
        const EXEMPT: &str = ", exemption: {reason: R, until: 2027-06-30}";
        let both = format!("{GOAL}{EXEMPT}");
        let retired = format!("{GOAL}, state: retired");
        let late = date(2027, 7, 1);
        let at = |stage| (Some(stage), Some(stage));
        let unknown = |at_least| (None, Some(at_least));
        for (declared, today, (stage, at_least), expected) in [
            ("", AFTER, at(Addressed), (NotApplicable, "no-target")),
            (EXEMPT, AFTER, at(Addressed), (NotApplicable, "exempt")),
            (EXEMPT, late, at(Addressed), (NotApplicable, "no-target")),
            (GOAL, BEFORE, at(AtParity), (Pass, "target-reached")),
            (GOAL, AFTER, at(Ipv6OnlyUsable), (Pass, "target-reached")),
            // The last day still counts.
            (GOAL, BEFORE, at(Reachable), (NotApplicable, "not-yet-due")),
            (GOAL, BEFORE, unknown(Addressed), (NotApplicable, "not-yet-due")),
            (GOAL, AFTER, at(Reachable), (Fail, "deadline-missed")),
            (GOAL, AFTER, unknown(Reachable), (Inconclusive, "stage-unknown")),
            // What is known to be reached is reached, whatever lies above it.
            (GOAL, AFTER, unknown(AtParity), (Pass, "target-reached")),
            (&both, AFTER, at(Reachable), (NotApplicable, "exempt")),
            (&both, AFTER, at(AtParity), (Pass, "target-reached")),
            (&both, date(2027, 6, 30), unknown(Reachable), (NotApplicable, "exempt")),
            (&both, late, at(Reachable), (Fail, "exemption-expired")),
            (&both, late, unknown(Reachable), (Inconclusive, "stage-unknown")),
            (&retired, AFTER, (None, None), (NotApplicable, common::RETIRED)),
        ] {
            let (_, outcome) = outcome_of(declared, today, stage, at_least);
            assert_eq!(outcome, expected, "{declared} on {today} at {stage:?}, {at_least:?}");
        }
    }

    #[test]
    fn without_a_day_only_what_is_reached_is_known() {
        use Outcome::{Inconclusive, NotApplicable, Pass};
        const GOAL: &str = ", target: {stage: 3, by: 2026-12-31}";
        const EXEMPT: &str = ", exemption: {reason: R, until: 2027-06-30}";
        for (declared, stage, expected) in [
            ("", Stage::Addressed, (NotApplicable, "no-target")),
            (GOAL, Stage::AtParity, (Pass, "target-reached")),
            (GOAL, Stage::Reachable, (Inconclusive, common::OUR_CLOCK)),
            (EXEMPT, Stage::Reachable, (Inconclusive, common::OUR_CLOCK)),
        ] {
            let (_, outcome) = outcome_of(declared, None, Some(stage), Some(stage));
            assert_eq!(outcome, expected, "{declared}");
        }
    }

    #[test]
    fn the_dates_are_named() {
        let declared = ", target: {stage: 3, by: 2026-12-31}, \
                        exemption: {reason: Thay thế, until: 2027-06-30}";
        let stage = Some(Stage::Addressed);
        let (verdict, _) = outcome_of(declared, AFTER, stage, stage);
        let detail: Vec<_> = verdict.subjects[0]
            .detail
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(
            detail,
            [
                "stage=1",
                "target-stage=3",
                "target-by=2026-12-31",
                "exempt-until=2027-06-30",
                "exempt-because=Thay thế",
            ]
        );
        assert_eq!(verdict.subjects[0].name.to_string(), "www.example");
    }
}
