//! A scan that is killed: what it had stored stays readable, and blames no service for what no test of
//! the vantage point vouches for.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::RunningLab;
use crate::namespace;
use crate::program::{json, start, succeed, v6ready, wait_for_conversations};

#[test]
fn what_was_stored_before_a_kill_is_still_there() {
    if !namespace::enter(module_path!(), "what_was_stored_before_a_kill_is_still_there") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("killed.db");
    // The whole lab, whose silent hosts take longer than any wait for the first conversations.
    let mut scan = start(&mut v6ready(&db, &["scan", lab.inventory()]));
    wait_for_conversations(&db, &mut scan, 10);
    scan.kill().unwrap();
    scan.wait().unwrap();

    let result = json(&succeed(&mut v6ready(&db, &["judge", "--format", "json"])));
    assert_eq!(result["run"]["complete"], false);
    assert_eq!(result["run"]["finished_at"], Value::Null);
    for service in result["services"].as_array().unwrap() {
        for verdict in service["verdicts"].as_array().unwrap() {
            assert_ne!(verdict["outcome"], "fail", "{} {}", service["id"], verdict["check"]);
        }
    }
}

#[test]
fn a_scan_that_is_terminated_can_be_resumed() {
    if !namespace::enter(module_path!(), "a_scan_that_is_terminated_can_be_resumed") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("terminated.db");
    // A host that is silent over IPv6 keeps the scan from its end.
    let scan = ["scan", lab.inventory(), "--only", "so-a-vidu/im-lang", "--quick"];
    let mut scan = start(&mut v6ready(&db, &scan));
    wait_for_conversations(&db, &mut scan, 1);
    kill(Pid::from_raw(scan.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    assert_eq!(scan.wait().unwrap().code(), Some(130));
    let resumed = json(&succeed(&mut v6ready(&db, &["scan", "--resume", "--format", "json"])));
    assert_eq!(resumed["run"]["complete"], true);
}
