//! The program, run files to change, and interrupted runs.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use v6ready::model::{Digest, Run, Settings};
use v6ready::store::{RunInputs, Store};

/// A run of the lab, with all its evidence.
pub const DEMO_RUN: &str = "tests/data/lab-run.v6ready";

/// Runs the program with this store.
pub fn v6ready(db: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .arg("--quiet")
        .arg("--db")
        .arg(db)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What a command printed that had to succeed.
pub fn succeed(db: &Path, arguments: &[&str]) -> String {
    let output = v6ready(db, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command said that had to end with this exit code.
pub fn fail(db: &Path, arguments: &[&str], code: i32) -> String {
    let output = v6ready(db, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

/// What a command printed to stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of a run file.
pub fn lines(file: &str) -> String {
    let packed = std::fs::read(file).unwrap();
    String::from_utf8(zstd::stream::decode_all(&packed[..]).unwrap()).unwrap()
}

/// Writes a run file of changed lines, with an end that fits them.
pub fn write_run_file(lines: &str, file: &Path) {
    let (lines, _end) = lines.trim_end().rsplit_once('\n').unwrap();
    let digest = Digest::of(format!("{lines}\n").as_bytes());
    let text = format!("{lines}\n{{\"end\":{{\"sha256\":\"{digest}\"}}}}\n");
    std::fs::write(file, zstd::bulk::compress(text.as_bytes(), 1).unwrap()).unwrap();
}

/// An inventory whose resolver and control targets are closed ports of this machine.
pub const UNREACHABLE: &str = "version: 1
settings: {resolvers: [\"[::1]:9\"], control_targets: [\"[::1]:9\", \"[::1]:11\"], attempts: 1}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}]
organisations:
  - id: o
    services: [{id: a, category: portal, tls: \"[2001:db8::10]:636\"}]
";

/// A run that a kill interrupted before it asked anything, of an inventory of this name and text.
pub fn interrupted_run(db: &Path, id: &str, file: &str, text: &str) {
    let run: Run = serde_json::from_value(serde_json::json!({
        "id": id, "started_at": "2026-11-24T00:00:00Z", "finished_at": null, "version": "0",
        "vantage": {"name": "v", "ipv6": "working", "resolver": null}, "complete": false,
    }))
    .unwrap();
    let parsed = v6ready::inventory::parse(text.as_bytes(), file).ok().unwrap();
    let settings: Settings = parsed.inventory.settings;
    let inputs = RunInputs {
        inventory_file: file.to_owned(),
        inventory_id: parsed.inventory.id.as_deref().map(str::to_owned),
        inventory: text.into(),
        only: Vec::new(),
        settings,
        policy_name: "ipv6-only".into(),
        policy_yaml: v6ready::policy::built_in("ipv6-only").unwrap().into(),
    };
    drop(Store::open(db).unwrap().begin(&run, &inputs).unwrap());
}
