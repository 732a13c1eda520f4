//! The result as JUnit XML, for the test pages of CI systems: a suite for each service, a case for
//! each check.
//!
//! What fails at least as severely as was chosen is a failure, its type says how severe; what fails more
//! mildly passes and is told in the case's output. What is not applicable or could not be found out is
//! skipped, and says why.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::describe::clean;
use super::{ReportContext, parts, texts};
use crate::judge::Judged;
use crate::model::{Lang, Outcome, Severity, Subject};

/// The mildest severity that fails a case where none was chosen.
pub const FAILS_FROM: Severity = Severity::Error;

/// Writes the report; errors and worse fail.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_from(context, FAILS_FROM, out)
}

/// Writes the report; what is at least this severe fails.
///
/// # Errors
/// When `out` can't be written.
pub fn write_from(
    context: &ReportContext<'_>,
    least: Severity,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (lang, result) = (context.lang, context.result);
    let mut report = Report::new(clean(&result.inventory.title));
    let mut vantage = TestSuite::new(clean(&result.run.vantage.name));
    for (name, value) in [
        ("run", result.run.id.to_string()),
        ("as_of", result.as_of.to_string()),
        ("policy", result.policy.name.clone()),
        ("policy_sha256", result.policy.sha256.hex()),
        ("inventory_sha256", result.inventory.sha256.hex()),
        ("complete", result.run.complete.to_string()),
    ] {
        vantage.add_property(Property::new(name, clean(&value)));
    }
    vantage
        .add_test_cases(result.vantage.iter().map(|judged| case("vantage", judged, least, lang)));
    report.add_test_suite(vantage);
    for service in &result.services {
        let id = clean(&service.service.id.to_string());
        let mut suite = TestSuite::new(id.as_str());
        for (name, value) in [
            ("name", service.service.name.clone()),
            ("target", service.service.target.to_string()),
            ("stage", parts::standing(service.standing, lang)),
        ] {
            suite.add_property(Property::new(name, clean(&value)));
        }
        let verdicts = service.verdicts.unpack();
        suite.add_test_cases(verdicts.iter().map(|judged| case(&id, judged, least, lang)));
        report.add_test_suite(suite);
    }
    report.serialize(out).map_err(io::Error::other)
}

fn case(class: &str, judged: &Judged, least: Severity, lang: Lang) -> TestCase {
    let (check, verdict) = (judged.check, &judged.verdict);
    let fails = judged.fails_at(least);
    let mut status = match verdict.outcome {
        Outcome::Fail if fails => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Pass | Outcome::Fail => TestCaseStatus::success(),
        Outcome::NotApplicable | Outcome::Inconclusive => TestCaseStatus::skipped(),
    };
    let message = format!("{}: {}", verdict.reason, check.message(verdict.reason, lang));
    let mut lines: Vec<String> = verdict.subjects.iter().map(subject).collect();
    if matters(verdict.outcome)
        && let Some(remedy) = check.remedy(verdict.reason, lang)
    {
        lines.push(format!("{}: {remedy}", texts::REMEDY.get(lang)));
    }
    let mut output = None;
    match verdict.outcome {
        Outcome::Pass => {}
        Outcome::Fail if !fails => {
            let severity = texts::severity(judged.severity).get(lang);
            output = Some(format!("{severity}: {message}\n{}", lines.join("\n")));
        }
        outcome => {
            let kind = if fails { judged.severity.id() } else { outcome.id() };
            status.set_type(kind);
            status.set_message(message);
            status.set_description(lines.join("\n"));
        }
    }
    let mut case = TestCase::new(check.id, status);
    case.set_classname(class);
    if let Some(output) = output {
        case.set_system_out(output);
    }
    case
}

fn matters(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Fail | Outcome::Inconclusive)
}

fn subject(subject: &Subject) -> String {
    let mut line = format!(
        "{} {} {}",
        texts::sign(subject.outcome),
        clean(&subject.name.to_string()),
        subject.reason
    );
    for (key, value) in &subject.detail {
        line.push_str(&format!(" {key}={}", clean(value)));
    }
    line
}
