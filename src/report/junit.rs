//! The result as JUnit XML, for the test pages of CI systems: a suite for each service, a case for
//! each check.
//!
//! What fails at least as severely as was chosen is a failure, its type says how severe; what fails more
//! mildly passes and is told in the case's output. What is not applicable or could not be found out is
//! skipped, and says why. A root fails for all that follows from it and tells it; the cases of what
//! follows are skipped. An outage of our own side is one skipped case of the vantage point's suite,
//! however many services it concerns.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::causes::{Cause, causes, extent, following};
use super::describe::clean;
use super::{ReportContext, parts, texts};
use crate::judge::{Judged, Root, Roots, ServiceResult};
use crate::model::{Lang, Outcome, Severity, Subject, Text};

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
    // The head of the document counts what is in it, so each suite is made twice and none is kept.
    let services = || result.services.iter().map(|service| service_suite(service, least, lang));
    let vantage = vantage_suite(context, least);
    let mut report = Report::new(clean(&result.inventory.title));
    count(&mut report, &vantage);
    services().for_each(|suite| count(&mut report, &suite));
    write_parts(&report, std::iter::once(vantage).chain(services()), out)
}

/// Adds what a suite has to the numbers in a report's head.
fn count(report: &mut Report, suite: &TestSuite) {
    report.tests += suite.tests;
    report.skipped += suite.skipped;
    report.failures += suite.failures;
    report.errors += suite.errors;
}

/// Writes a document whose suites are not in `report` yet.
fn write_parts(
    report: &Report,
    suites: impl Iterator<Item = TestSuite>,
    out: &mut dyn Write,
) -> io::Result<()> {
    const END: &str = "</testsuites>";
    let text = |report: &Report| report.to_string().map_err(io::Error::other);
    let frame = text(report)?;
    let (head, end) = frame.rsplit_once(END).ok_or_else(|| io::Error::other("no end of suites"))?;
    out.write_all(head.trim_end().as_bytes())?;
    for suite in suites {
        let mut of_one = Report::new("");
        of_one.test_suites.push(suite);
        let whole = text(&of_one)?;
        // Nothing before it can hold this: within names a `<` is escaped.
        let from = whole.find("\n    <testsuite ").unwrap_or_default();
        let to = whole.rfind(END).unwrap_or(whole.len());
        out.write_all(whole[from..to].trim_end().as_bytes())?;
    }
    writeln!(out, "\n{END}{}", end.trim_end())
}

fn vantage_suite(context: &ReportContext<'_>, least: Severity) -> TestSuite {
    let (lang, result) = (context.lang, context.result);
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
    let of_vantage = result.vantage.iter().map(|judged| case("vantage", judged, &[], least, lang));
    vantage.add_test_cases(of_vantage);
    let unknown = causes(result, Outcome::Inconclusive);
    let outages = unknown.iter().filter(|cause| cause.is_ours());
    vantage.add_test_cases(outages.map(|cause| outage_case(cause, lang)));
    vantage
}

fn service_suite(service: &ServiceResult, least: Severity, lang: Lang) -> TestSuite {
    let id = clean(&service.service.id.to_string());
    let mut suite = TestSuite::new(id.as_str());
    for (name, value) in [
        ("name", service.service.name.clone()),
        ("target", service.service.target.to_string()),
        ("stage", parts::standing(service.standing, lang)),
    ] {
        suite.add_property(Property::new(name, clean(&value)));
    }
    suite.add_test_cases(cases(&id, &service.verdicts.unpack(), least, lang));
    suite
}

/// The cases of a service.
fn cases(id: &str, verdicts: &[Judged], least: Severity, lang: Lang) -> Vec<TestCase> {
    let roots = Roots::of(verdicts);
    let beneath = |root: &'static str| -> Vec<&Judged> {
        let all = verdicts.iter().zip(roots.by_check(verdicts));
        let follows = |(judged, (_, of)): &(&Judged, (&str, Root))| {
            matters(judged.verdict.outcome) && *of == Root::Check(root)
        };
        let mut beneath: Vec<&Judged> = all.filter(follows).map(|(judged, _)| judged).collect();
        beneath.sort_by_key(|judged| judged.verdict.outcome != Outcome::Fail);
        beneath
    };
    let of = |(at, judged): (usize, &Judged)| match roots.at(at) {
        Root::Check(root) if matters(judged.verdict.outcome) => {
            Some(following_case(id, judged, root, lang))
        }
        // Told once, by the vantage point's suite.
        Root::Ours(_) => None,
        _ => Some(case(id, judged, &beneath(judged.check.id), least, lang)),
    };
    verdicts.iter().enumerate().filter_map(of).collect()
}

/// A finding that is a root, with what follows from it.
fn case(
    class: &str,
    judged: &Judged,
    beneath: &[&Judged],
    least: Severity,
    lang: Lang,
) -> TestCase {
    let (check, verdict) = (judged.check, &judged.verdict);
    // It fails as severely as the gravest of what it explains.
    let failing = beneath.iter().filter(|other| other.verdict.outcome == Outcome::Fail);
    let severity = failing.map(|other| other.severity).fold(judged.severity, Ord::min);
    let fails = verdict.outcome == Outcome::Fail && severity <= least;
    let mut status = match verdict.outcome {
        Outcome::Fail if fails => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Pass | Outcome::Fail => TestCaseStatus::success(),
        Outcome::NotApplicable | Outcome::Inconclusive => TestCaseStatus::skipped(),
    };
    let message = format!("{}: {}", verdict.reason, check.message(verdict.reason, lang));
    let mut lines: Vec<String> = verdict.subjects.iter().map(subject).collect();
    let checks: Vec<_> = beneath.iter().map(|other| other.check.id).collect();
    lines.extend(following(checks.len(), &checks, lang));
    if matters(verdict.outcome)
        && let Some(remedy) = check.remedy(verdict.reason, lang)
    {
        lines.push(format!("{}: {remedy}", texts::REMEDY.get(lang)));
    }
    let mut output = None;
    match verdict.outcome {
        Outcome::Pass => {}
        Outcome::Fail if !fails => {
            let severity = texts::severity(severity).get(lang);
            output = Some(format!("{severity}: {message}\n{}", lines.join("\n")));
        }
        outcome => {
            let kind = if fails { severity.id() } else { outcome.id() };
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

/// A finding that only follows from a root.
fn following_case(class: &str, judged: &Judged, root: &str, lang: Lang) -> TestCase {
    const FOLLOWS: Text = Text { vi: "do", en: "follows from" };
    let verdict = &judged.verdict;
    let message = judged.check.message(verdict.reason, lang);
    let mut status = TestCaseStatus::skipped();
    status.set_type("follows");
    status.set_message(format!("{} {root}: {}: {message}", FOLLOWS.get(lang), verdict.reason));
    status.set_description(verdict.subjects.iter().map(subject).collect::<Vec<_>>().join("\n"));
    let mut case = TestCase::new(judged.check.id, status);
    case.set_classname(class);
    case
}

/// An outage of our own side.
fn outage_case(cause: &Cause<'_>, lang: Lang) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_type(cause.outcome.id());
    status.set_message(format!("{} ({})", cause.message(lang), extent(cause, lang)));
    let services = cause.services.iter().map(|one| clean(&one.service.service.id.to_string()));
    let remedy = cause.remedy(lang);
    let remedy = remedy.map(|remedy| format!("{}: {remedy}", texts::REMEDY.get(lang)));
    status.set_description(services.chain(remedy).collect::<Vec<_>>().join("\n"));
    let mut case = TestCase::new(cause.name(), status);
    case.set_classname("vantage");
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
