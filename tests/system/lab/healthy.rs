//! Healthy services, each built in another way, scanned again and again: nothing of theirs
//! may ever fail, and the same network gives the same verdicts.

use std::collections::BTreeMap;

use super::RunningLab;
use crate::namespace;
use crate::program::{LATENCY, json, succeed, text, v6ready};

/// Scans of the same network.
const RUNS: usize = 10;

/// The healthy services of the lab.
const HEALTHY: &str = "so-b-vidu/tot-*";

/// How many there are.
const HEALTHY_SERVICES: usize = 28;

/// By service and check: outcome and reason.
type Verdicts = BTreeMap<(String, String), (String, String)>;

#[test]
fn healthy_services_never_fail() {
    if !namespace::enter(module_path!(), "healthy_services_never_fail") {
        return;
    }
    let lab = RunningLab::start();
    let mut first: Option<Verdicts> = None;
    for run in 1..=RUNS {
        let verdicts = scan(&lab);
        let unhappy: Vec<_> = verdicts
            .iter()
            .filter(|(_, (outcome, _))| !matches!(outcome.as_str(), "pass" | "not-applicable"))
            .filter(|(at, (_, reason))| !is_built_so(at, reason))
            .collect();
        assert!(unhappy.is_empty(), "run {run}: {unhappy:#?}");
        match &first {
            None => first = Some(verdicts),
            Some(first) => assert_eq!(*first, verdicts, "run {run} differs from the first"),
        }
    }
}

/// Whether the site was built to fail a check for this reason: a balancer doesn't sign its zone.
fn is_built_so((service, check): &(String, String), reason: &str) -> bool {
    let sites = v6ready::lab::sites();
    let site = sites.iter().find(|site| site.full_id() == *service).unwrap();
    site.expected.contains(&(check.as_str(), reason))
}

/// Every verdict of one more scan, but for how long connecting took.
fn scan(lab: &RunningLab) -> Verdicts {
    let arguments = ["scan", lab.inventory(), "--format", "json", "--only", HEALTHY];
    let result = json(&succeed(&mut v6ready(&lab.path("runs.db"), &arguments)));
    let services = result["services"].as_array().unwrap();
    assert_eq!(services.len(), HEALTHY_SERVICES);
    let text = |value| text(value).to_owned();
    services
        .iter()
        .flat_map(|service| {
            let verdicts = service["verdicts"].as_array().unwrap().iter();
            verdicts.map(move |verdict| {
                (
                    (text(&service["id"]), text(&verdict["check"])),
                    (text(&verdict["outcome"]), text(&verdict["reason"])),
                )
            })
        })
        .filter(|((_, check), _)| check != LATENCY)
        .collect()
}
