//! The state of an inventory for Prometheus, in its text format (0.0.4), as the textfile collector of
//! node_exporter reads it. `docs/monitoring` lists the metrics.
//!
//! Labels are ids from closed or declared lists: organisation, service, check, stage, outcome. No address,
//! no name and no text of a target is one, nor the id of a run, so that a series lives as long as its service.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::judge::{Change, Judged, RunResult, ServiceResult, SinceLast, Standing};
use crate::model::{Outcome, RequestCounts, Run, Spent, Stage, Timings, VantageIpv6};

/// What is written.
pub struct MetricsContext<'a> {
    /// The judged run of a whole inventory.
    pub result: &'a RunResult,
    /// What changed since the last whole run, where there was one.
    pub since: Option<&'a SinceLast>,
    /// The last run that shows the state of the whole inventory.
    pub last_complete: Option<&'a Run>,
    /// What the session that ended the run sent; `None` when it is of an earlier day.
    pub requests: Option<RequestCounts>,
    /// Where its time went, where that is still known.
    pub timings: Option<&'a Timings>,
}

const OUTCOMES: [Outcome; 4] =
    [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Inconclusive];

/// Writes every metric.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &MetricsContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out };
    write_run(context, &mut page)?;
    if let Some(timings) = context.timings {
        write_timings(timings, &mut page)?;
    }
    write_vantage(context.result, &mut page)?;
    write_summary(context, &mut page)?;
    let services: Vec<_> = context.result.services.iter().filter_map(Told::of).collect();
    write_services(&services, &mut page)
}

fn write_run(context: &MetricsContext<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let run = &context.result.run;
    page.family(
        "build_info",
        "The version of v6ready that made the run.",
        [(vec![("version", run.version.as_str())], 1.0)],
    )?;
    page.one("run_started_timestamp_seconds", "When the run began.", seconds(run.started_at))?;
    if let Some(finished) = run.finished_at {
        let lasted = seconds(finished) - seconds(run.started_at);
        page.one("run_finished_timestamp_seconds", "When the run ended.", seconds(finished))?;
        page.one("run_duration_seconds", "How long the run lasted, pauses included.", lasted)?;
    }
    page.one(
        "run_complete",
        "Whether everything was asked (1). 0: the vantage point had no IPv6 or no resolver.",
        flag(run.complete),
    )?;
    if let Some(RequestCounts { sent, timed_out }) = context.requests {
        page.one("run_requests", "Requests that the run sent.", sent as f64)?;
        page.one("run_timeouts", "Requests of the run that a deadline ended.", timed_out as f64)?;
    }
    if let Some(last) = context.last_complete {
        page.one(
            "last_complete_run_started_timestamp_seconds",
            "When the last complete run of the whole inventory began.",
            seconds(last.started_at),
        )?;
        if let Some(finished) = last.finished_at {
            page.one(
                "last_complete_run_finished_timestamp_seconds",
                "When the last complete run of the whole inventory ended.",
                seconds(finished),
            )?;
        }
    }
    Ok(())
}

/// Where the time of the run's session went. Addresses are no labels, so the slowest are in
/// `scan --timings` alone.
fn write_timings(timings: &Timings, page: &mut Page<'_>) -> io::Result<()> {
    type Samples<'l> = Vec<(Vec<(&'l str, &'l str)>, f64)>;
    fn samples<'l>(
        label: &'l str,
        rows: impl Iterator<Item = (&'l str, Spent)>,
        value: fn(Spent) -> f64,
    ) -> Samples<'l> {
        rows.map(|(id, spent)| (vec![(label, id)], value(spent))).collect()
    }
    let kinds = || timings.kinds.iter().map(|(kind, spent)| (kind.id(), *spent));
    let limits = || timings.limits.iter().map(|(limit, spent)| (limit.id(), *spent));
    let work = || timings.work.iter().map(|(work, spent)| (work.id(), *spent));
    let times: fn(Spent) -> f64 = |spent| spent.times as f64;
    let total: fn(Spent) -> f64 = |spent| spent.total.as_secs_f64();
    page.family("run_kind_requests", "Requests by kind.", samples("kind", kinds(), times))?;
    page.family(
        "run_kind_seconds",
        "Time that requests were under way, by kind; of those under way together, the sum.",
        samples("kind", kinds(), total),
    )?;
    page.family(
        "run_waits",
        "How often something waited, by the limit that it waited for.",
        samples("limit", limits(), times),
    )?;
    page.family(
        "run_wait_seconds",
        "Time that requests and services waited, by the limit that they waited for.",
        samples("limit", limits(), total),
    )?;
    page.family(
        "run_work_seconds",
        "Time of this machine's processors, by the work that it was.",
        samples("work", work(), total),
    )?;
    page.one(
        "run_answers_shared",
        "Answers that were there already, from another service's request.",
        timings.shared as f64,
    )?;
    page.one(
        "run_questions_slowed",
        "DNS questions that were asked again more slowly, to be sure of the answer.",
        timings.slowed as f64,
    )
}

fn write_vantage(result: &RunResult, page: &mut Page<'_>) -> io::Result<()> {
    let vantage = &result.run.vantage;
    let states = [
        ("working", VantageIpv6::Working),
        ("lost", VantageIpv6::Lost),
        ("absent", VantageIpv6::Absent),
    ];
    page.family(
        "vantage_ipv6",
        "The state of the vantage point's own IPv6 and resolvers: 1 at the one that holds.",
        states.map(|(id, state)| (vec![("state", id)], flag(vantage.ipv6 == state))),
    )?;
    let lost = vantage.lost.iter().map(|window| seconds(window.to) - seconds(window.from));
    page.one(
        "vantage_lost_seconds",
        "How long the vantage point had no IPv6 or no resolver while the run lasted.",
        // A sum of nothing is -0.
        lost.fold(0.0, |sum, one| sum + one),
    )?;
    let checks = result.vantage.iter().filter(|judged| is_told(judged));
    page.family(
        "vantage_check_outcome",
        "1 for each check of the vantage point that fails or is inconclusive.",
        checks.map(|judged| (check_labels(judged).to_vec(), 1.0)),
    )
}

fn write_summary(context: &MetricsContext<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let counts = context.result.summary().all;
    let numbers = ["0", "1", "2", "3", "4"];
    let stages = Stage::ALL.into_iter().zip(numbers).map(|(stage, number)| {
        (vec![("stage", number)], counts.stages[usize::from(stage.number())] as f64)
    });
    let others =
        [("absent", counts.absent), ("unknown", counts.unknown), ("retired", counts.retired)];
    page.family(
        "services",
        "Services by the stage that they have reached; each is counted once.",
        stages.chain(others.map(|(id, count)| (vec![("stage", id)], count as f64))),
    )?;
    if let Some(since) = context.since {
        let told = Change::ALL.into_iter().filter(|change| *change != Change::Same);
        page.family(
            "services_changed",
            "Services by what changed of them since the complete run before.",
            told.map(|change| (vec![("change", change.id())], since.moved(change).count() as f64)),
        )?;
    }
    Ok(())
}

fn write_services(services: &[Told<'_>], page: &mut Page<'_>) -> io::Result<()> {
    let known = services.iter().filter_map(|told| {
        let stage = told.result.standing.stage()?;
        Some((told.labels(), f64::from(stage.number())))
    });
    page.family(
        "service_stage",
        "The stage that the service has reached, 0 to 4; without a sample where that is unknown.",
        known,
    )?;
    let is_unknown = |told: &Told<'_>| matches!(told.result.standing, Standing::Unknown { .. });
    page.family(
        "service_unknown",
        "Whether the service's stage is unknown.",
        services.iter().map(|told| (told.labels(), flag(is_unknown(told)))),
    )?;
    let ends = services.iter().filter_map(|told| Some((told.labels(), seconds(told.ends()?))));
    page.family(
        "certificate_not_after_timestamp_seconds",
        "When the first of the certificates at the service's IPv6 addresses ends.",
        ends,
    )?;
    let counts = services.iter().flat_map(|told| {
        OUTCOMES.map(|outcome| {
            let of = told.verdicts.iter().filter(|judged| judged.verdict.outcome == outcome);
            ([told.labels(), vec![("outcome", outcome.id())]].concat(), of.count() as f64)
        })
    });
    page.family("service_checks", "How many checks of the service have which outcome.", counts)?;
    let outcomes = services.iter().flat_map(|told| {
        let verdicts = told.verdicts.iter().filter(|judged| is_told(judged));
        verdicts.map(|judged| ([&told.labels()[..], &check_labels(judged)].concat(), 1.0))
    });
    page.family(
        "check_outcome",
        "1 for each check of a service that fails or is inconclusive.",
        outcomes,
    )
}

/// A service that is counted, with its verdicts.
struct Told<'a> {
    result: &'a ServiceResult,
    verdicts: Vec<Judged>,
}

impl<'a> Told<'a> {
    /// `None` for a retired service: it has no series.
    fn of(result: &'a ServiceResult) -> Option<Self> {
        let is_counted = result.standing != Standing::NotCounted;
        is_counted.then(|| Self { result, verdicts: result.verdicts.unpack() })
    }

    fn labels(&self) -> Vec<(&'static str, &'a str)> {
        let id = &self.result.service.id;
        vec![("organisation", &id.organisation), ("service", &id.service)]
    }

    /// The first end of a certificate that `tls-validity` names.
    fn ends(&self) -> Option<Timestamp> {
        let validity = self.verdicts.iter().find(|judged| judged.check.id == "tls-validity")?;
        let details = validity.verdict.subjects.iter().flat_map(|subject| &subject.detail);
        details.filter(|(key, _)| *key == "not-after").filter_map(|(_, end)| end.parse().ok()).min()
    }
}

/// Whether a verdict has a sample of its own; what passes or isn't applicable is counted.
fn is_told(judged: &Judged) -> bool {
    matches!(judged.verdict.outcome, Outcome::Fail | Outcome::Inconclusive)
}

fn check_labels(judged: &Judged) -> [(&'static str, &'static str); 3] {
    [
        ("check", judged.check.id),
        ("severity", judged.severity.id()),
        ("outcome", judged.verdict.outcome.id()),
    ]
}

fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// The text format.
struct Page<'a> {
    out: &'a mut dyn Write,
}

impl Page<'_> {
    /// A metric of one sample.
    fn one(&mut self, name: &str, help: &str, value: f64) -> io::Result<()> {
        self.family(name, help, [(Vec::new(), value)])
    }

    /// A metric with its samples. All are gauges: each file tells of one run.
    fn family<'l>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Vec<(&'l str, &'l str)>, f64)>,
    ) -> io::Result<()> {
        writeln!(self.out, "# HELP v6ready_{name} {help}")?;
        writeln!(self.out, "# TYPE v6ready_{name} gauge")?;
        for (labels, value) in samples {
            write!(self.out, "v6ready_{name}")?;
            for (at, (label, text)) in labels.iter().enumerate() {
                let before = if at == 0 { '{' } else { ',' };
                write!(self.out, "{before}{label}=\"{}\"", escaped(text))?;
            }
            let end = if labels.is_empty() { "" } else { "}" };
            writeln!(self.out, "{end} {value}")?;
        }
        Ok(())
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
