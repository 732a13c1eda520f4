//! What has to hold of every result, whatever was scanned.

use serde_json::Value;
use v6ready::check::common;
use v6ready::judge::is_cause_of_unknown;

use crate::program::{LATENCY, text};

/// A stage is unknown only for a cause that is ours, a limit, a challenge, or because something was not
/// observed.
pub fn stages_are_founded(result: &Value) {
    for service in result["services"].as_array().unwrap() {
        if service["standing"] != "unknown" {
            continue;
        }
        let blockers = service["stage_blockers"].as_array().unwrap();
        let unknown = service["verdicts"].as_array().unwrap().iter().filter(|verdict| {
            verdict["outcome"] == "inconclusive" && blockers.contains(&verdict["check"])
        });
        let reasons: Vec<&str> = unknown.map(|verdict| text(&verdict["reason"])).collect();
        // A service of which no gate speaks is unknown without a blocker. What is beneath a failure says
        // so; the cause is another gate's.
        let is_founded = reasons.is_empty()
            || reasons.iter().any(|reason| is_cause_of_unknown(reason))
                && reasons
                    .iter()
                    .all(|reason| is_cause_of_unknown(reason) || *reason == common::LOWER_LAYER);
        assert!(is_founded, "{} is unknown: {reasons:?}", text(&service["id"]));
    }
}

/// Two scans of the same things say the same, but for how long connecting took.
pub fn verdicts_are_equal(one: &Value, other: &Value) {
    let all = |result: &Value| {
        let mut lines = Vec::new();
        for service in result["services"].as_array().unwrap() {
            lines.push(format!("{} {} {}", service["id"], service["standing"], service["stage"]));
            for verdict in service["verdicts"].as_array().unwrap() {
                if verdict["check"] != LATENCY {
                    let [check, outcome, reason] =
                        ["check", "outcome", "reason"].map(|key| text(&verdict[key]));
                    lines.push(format!("{} {check} {outcome} {reason}", service["id"]));
                }
            }
        }
        lines
    };
    let (one, other) = (all(one), all(other));
    let differing: Vec<_> = one.iter().zip(&other).filter(|(one, other)| one != other).collect();
    assert!(differing.is_empty() && one.len() == other.len(), "{differing:#?}");
}
