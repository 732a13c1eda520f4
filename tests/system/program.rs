//! The program as a user runs it, and the facts in its store while it runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The check that compares how long connections took, which also depends on how busy the machine is.
pub const LATENCY: &str = "reach-latency";

/// How long something that has to happen may take on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// The program with this store.
pub fn v6ready(db: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command.arg("--quiet").arg("--db").arg(db).args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command that has to succeed.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", stderr(&output));
    output
}

/// Runs a command that has to end with this exit code; what it printed to stderr.
pub fn fail(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{command:?}: {}", stderr(&output));
    stderr(&output)
}

/// Starts a command whose output is not looked at.
pub fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// What a command printed to stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The result that a command printed as JSON.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A string of a result.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Every fact of a store: its request, and the digest of what was seen.
pub fn facts(db: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(store) = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return BTreeMap::new();
    };
    store
        .prepare(
            "SELECT answer.request, observation.digest FROM answer \
             JOIN observation ON observation.number = answer.observation",
        )
        .and_then(|mut rows| rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .unwrap_or_default()
}

/// How many of the facts are TCP conversations.
pub fn conversations(facts: &BTreeMap<String, Vec<u8>>) -> usize {
    facts.keys().filter(|request| request.starts_with("tcp ")).count()
}

/// Waits until a running scan has stored so many conversations.
pub fn wait_for_conversations(db: &Path, scan: &mut Child, least: usize) {
    let began = Instant::now();
    while conversations(&facts(db)) < least {
        assert!(scan.try_wait().unwrap().is_none(), "the scan has ended");
        assert!(began.elapsed() < PATIENCE, "the scan asks nothing");
        std::thread::sleep(Duration::from_millis(10));
    }
}
