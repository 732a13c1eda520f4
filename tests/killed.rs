//! A scan that is killed: what it had stored stays readable, and blames nobody for what no test of
//! the vantage point vouches for.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_v6ready");

#[test]
fn what_was_stored_before_a_kill_is_still_there() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("demo.db");
    // A process group of its own, because the demo starts itself again inside its namespace.
    let mut demo = Command::new(PROGRAM)
        .args(["demo", "--quiet", "--out"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !db.exists() && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Into the scan, which takes seconds because of the lab's silent hosts.
    std::thread::sleep(Duration::from_millis(1500));
    killpg(Pid::from_raw(demo.id().try_into().unwrap()), Signal::SIGKILL).unwrap();
    demo.wait().unwrap();

    let output =
        Command::new(PROGRAM).arg("--db").arg(&db).args(["judge", "--format", "json"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["run"]["complete"], false);
    assert_eq!(result["run"]["finished_at"], Value::Null);
    for service in result["services"].as_array().unwrap() {
        for verdict in service["verdicts"].as_array().unwrap() {
            assert_ne!(verdict["outcome"], "fail", "{} {}", service["id"], verdict["check"]);
        }
    }
}
