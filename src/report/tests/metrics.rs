//! The metrics: the golden file, and what a reader of the format demands of any result.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::sample::{HOSTILE, golden, result};
use crate::judge::{RunResult, SinceLast};
use crate::model::{Limit, RequestCounts, RequestKind, RunId, Spent, Timings, VantageIpv6, Work};
use crate::report::metrics::{MetricsContext, write};

fn text(result: &RunResult) -> String {
    let ended_at = result.run.started_at - SignedDuration::from_hours(24);
    let since =
        SinceLast { run: RunId::of_tests("before"), ended_at, is_rescan: false, services: vec![] };
    let context = MetricsContext {
        result,
        since: Some(&since),
        last_complete: Some(&result.run),
        requests: Some(RequestCounts { sent: 281, timed_out: 3 }),
        timings: Some(&timings()),
    };
    let mut out = Vec::new();
    write(&context, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn timings() -> Timings {
    let spent = |times, millis| {
        let [total, longest] = [millis, millis / 2].map(std::time::Duration::from_millis);
        Spent { times, total, longest }
    };
    Timings {
        kinds: vec![
            (RequestKind::DnsUdp, spent(121, 1500)),
            (RequestKind::Https, spent(160, 8000)),
        ],
        limits: vec![(Limit::RoundInterval, spent(20, 200_000))],
        work: vec![(Work::Planning, spent(90, 45)), (Work::Judging, spent(10, 30))],
        shared: 17,
        slowed: 1,
        ..Timings::default()
    }
}

/// The sample has no particulars of certificates; this one ends on these days.
fn with_certificates(mut result: RunResult) -> RunResult {
    for (at, service) in result.services.iter_mut().enumerate() {
        let mut verdicts = service.verdicts.unpack();
        let validity = verdicts.iter_mut().find(|judged| judged.check.id == "tls-validity");
        for subject in &mut validity.unwrap().verdict.subjects {
            let end = format!("2027-01-{:02}T00:00:00Z", at + 1);
            subject.detail =
                vec![("not-before", "2026-10-01T00:00:00Z".into()), ("not-after", end)];
        }
        service.verdicts = verdicts.into();
    }
    result
}

#[test]
fn the_metrics_give_the_golden_bytes() {
    let text = text(&with_certificates(golden()));
    let file = "src/report/tests/golden/run.prom".to_owned();
    xtask::assert_fresh([(file, text.as_bytes())]);
}

#[test]
fn any_result_is_well_formed_and_its_labels_are_ids() {
    let mut lost = result(2, 9, &HOSTILE);
    lost.run.vantage.ipv6 = VantageIpv6::Absent;
    lost.run.finished_at = None;
    for result in [golden(), result(3, 8, &HOSTILE), lost] {
        let text = text(&result);
        let (mut families, mut series) = (HashSet::new(), HashSet::new());
        let mut family = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                family = rest.split(' ').next().unwrap();
                assert!(families.insert(family), "{family} twice");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest, format!("{family} gauge"));
            } else {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert_eq!(name.split('{').next(), Some(family));
                assert!(series.insert(name), "{name} twice");
                assert!(value.parse::<f64>().unwrap().is_finite() && value != "-0", "{line}");
                let labels = name.split_once('{').map_or("", |(_, labels)| labels);
                let is_id = |c: char| c.is_ascii_alphanumeric() || "-_.{}=\",".contains(c);
                assert!(labels.chars().all(is_id), "{line}");
            }
        }
        let counted: f64 = text
            .lines()
            .filter(|line| line.starts_with("v6ready_services{"))
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
            .sum();
        assert_eq!(counted, result.services.len() as f64);
    }
}
