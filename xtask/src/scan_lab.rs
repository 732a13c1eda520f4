//! Scans the lab for the runs that are committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{at, remove_folder};

/// When the sample province is scanned, by the clock of libfaketime: the ends of three quarters, and three
/// weeks of the last one.
const MOMENTS: [&str; 6] = [
    "2026-03-28 02:00:00",
    "2026-06-27 02:00:00",
    "2026-09-26 02:00:00",
    "2026-12-05 02:00:00",
    "2026-12-12 02:00:00",
    "2026-12-19 02:00:00",
];

/// Writes `tests/data/lab-run.v6ready`: the run of the tests, of a bench and of the store's dictionary.
pub fn lab_run() -> Result<(), String> {
    let (folder, program) = prepare("lab-run")?;
    let db = folder.join("demo.db");
    run(program.command().args(["demo", "--quiet", "--out"]).arg(&folder))?;
    program.export(&db, "tests/data/lab-run.v6ready")
}

/// Writes `reports/sample-province/runs/`: what the sample reports are made of.
pub fn sample_runs() -> Result<(), String> {
    let library = faketime()?;
    let (folder, program) = prepare("sample-runs")?;
    let runs = xtask::root().join("reports/sample-province/runs");
    remove_folder(&runs)?;
    fs::create_dir_all(&runs).map_err(at(&runs))?;
    let db = folder.join("demo.db");
    for (number, moment) in MOMENTS.iter().enumerate() {
        let mut command = program.command();
        command.args(["demo", "--quiet", "--moment", &number.to_string(), "--out"]).arg(&folder);
        command.env("LD_PRELOAD", &library).env("FAKETIME", format!("@{moment}"));
        run(command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("TZ", "UTC"))?;
        program.export(&db, &format!("reports/sample-province/runs/{}.v6ready", &moment[..10]))?;
    }
    Ok(())
}

struct Program(PathBuf);

/// An empty folder to scan into, and the program as it is now.
fn prepare(name: &str) -> Result<(PathBuf, Program), String> {
    crate::run("cargo", &["build", "--quiet", "--package", "v6ready"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let target = xtask::root().join(target);
    let folder = target.join(name);
    remove_folder(&folder)?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok((folder, Program(target.join("debug/v6ready"))))
}

impl Program {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(xtask::root());
        command
    }

    fn export(&self, db: &Path, file: &str) -> Result<(), String> {
        run(self.command().arg("--db").arg(db).args(["runs", "export", "newest", file]))
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?} can't be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}

/// Where Debian installs libfaketime.
fn faketime() -> Result<PathBuf, String> {
    let folders = fs::read_dir("/usr/lib").map_err(at(Path::new("/usr/lib")))?;
    let found = folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|library| library.exists());
    found.ok_or_else(|| "Debian's package `faketime` is not installed".to_owned())
}
