//! A machine whose clock is wrong, or is set back while it scans: the lab's clock is right.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde_json::Value;

use super::RunningLab;
use crate::program::{json, start, succeed, text, v6ready, wait_for_conversations};
use crate::{clock, namespace};

/// Healthy services.
const SERVICES: &str = "so-b-vidu/tot-*";

/// The command under a clock that differs as libfaketime reads it.
fn by_clock(command: &mut Command, faketime: &str) {
    command
        .env("LD_PRELOAD", clock::library())
        .env("FAKETIME", faketime)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

fn scan_by_clock(lab: &RunningLab, db: &Path, faketime: Option<&str>) -> Value {
    let arguments = ["scan", lab.inventory(), "--format", "json", "--quick", "--only", SERVICES];
    let mut scan = v6ready(db, &arguments);
    if let Some(faketime) = faketime {
        by_clock(&mut scan, faketime);
    }
    json(&succeed(&mut scan))
}

/// What the run says of its clock.
fn clock_of(result: &Value) -> (String, String) {
    let verdicts = result["vantage"].as_array().unwrap();
    let found = verdicts.iter().find(|verdict| verdict["check"] == "vantage-clock").unwrap();
    (text(&found["outcome"]).to_owned(), text(&found["reason"]).to_owned())
}

/// Service, check and reason of everything with this outcome.
fn verdicts(result: &Value, outcome: &str) -> BTreeSet<(String, String, String)> {
    let services = result["services"].as_array().unwrap().iter();
    let all = services.flat_map(|service| {
        let verdicts = service["verdicts"].as_array().unwrap().iter();
        verdicts.filter(|verdict| verdict["outcome"] == outcome).map(|verdict| {
            let word = |value: &Value| text(value).to_owned();
            (word(&service["id"]), word(&verdict["check"]), word(&verdict["reason"]))
        })
    });
    all.collect()
}

fn moment(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

#[test]
fn by_a_wrong_clock_dates_judge_nobody() {
    let needed = namespace::is_inside() || namespace::has_all(&["faketime"]);
    if !needed || !namespace::enter(module_path!(), "by_a_wrong_clock_dates_judge_nobody") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("clock.db");
    let right = scan_by_clock(&lab, &db, None);
    assert_eq!(clock_of(&right), ("pass".to_owned(), "agrees".to_owned()));
    let failures = verdicts(&right, "fail");
    for faketime in ["@1970-02-01 00:00:00", "@2046-06-01 00:00:00"] {
        let wrong = scan_by_clock(&lab, &db, Some(faketime));
        assert_eq!(clock_of(&wrong), ("fail".to_owned(), "wrong".to_owned()), "{faketime}");
        let invented: Vec<_> = verdicts(&wrong, "fail").difference(&failures).cloned().collect();
        assert!(invented.is_empty(), "{faketime}: {invented:#?}");
        let unknown = verdicts(&wrong, "inconclusive");
        for check in ["tls-validity", "dns-dnssec", "ipv6-only-usable"] {
            let is_ours =
                |(_, of, reason): &(String, String, String)| of == check && reason == "our-clock";
            assert!(unknown.iter().any(is_ours), "{faketime} {check}: {unknown:#?}");
        }
        let run = text(&wrong["run"]["id"]).to_owned();
        // Judged again by a right clock it is the same: it was seen by a wrong one.
        let judged = v6ready(&db, &["judge", "--run", &run, "--format", "json"]).output().unwrap();
        assert_eq!(verdicts(&json(&judged), "fail"), verdicts(&wrong, "fail"), "{faketime}");
    }
}

#[test]
fn a_run_never_ends_before_it_began() {
    let needed = namespace::is_inside() || namespace::has_all(&["faketime"]);
    if !needed || !namespace::enter(module_path!(), "a_run_never_ends_before_it_began") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("back.db");
    let offset = lab.path("offset");
    std::fs::write(&offset, "+0\n").unwrap();
    let mut scan =
        v6ready(&db, &["scan", lab.inventory(), "--only", "so-a-vidu/im-lang", "--quick"]);
    scan.env("LD_PRELOAD", clock::library())
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_CACHE_DURATION", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut scan = start(&mut scan);
    wait_for_conversations(&db, &mut scan, 1);
    std::fs::write(&offset, "-259200\n").unwrap();
    assert!(scan.wait().unwrap().success());
    let listed = json(&succeed(&mut v6ready(&db, &["runs", "--format", "json"])));
    let id = text(&listed[0]["id"]);
    assert_eq!(listed[0]["finished_at"], listed[0]["started_at"]);
    let judge = ["judge", "--run", id, "--format", "json"];
    let result = json(&succeed(&mut v6ready(&db, &judge)));
    let run = &result["run"];
    assert_eq!(moment(&run["finished_at"]), moment(&run["started_at"]));
    assert_eq!(clock_of(&result), ("fail".to_owned(), "changed".to_owned()));
    let out = lab.path("reports");
    let out = out.to_str().unwrap();
    let report = ["report", "--run", id, "--format", "html,markdown,json,csv", "--out", out];
    succeed(&mut v6ready(&db, &report));
}
