//! `v6ready demo`, as a newcomer runs it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::namespace;
use crate::program::stderr;

/// The demo's deadlines are short. Where the machine is so busy that even the test of the vantage point
/// misses them, the demo says so, and a newcomer would try again.
const TRIES: usize = 5;

/// Its exit code then.
const NO_VANTAGE_POINT: i32 = 3;

#[test]
fn the_demo_scans_its_lab_and_writes_reports() {
    let _turn = namespace::turn();
    for tries_left in (0..TRIES).rev() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .args(["demo", "--quiet", "--out"])
            .arg(folder.path())
            .output()
            .unwrap();
        if demo.status.code() == Some(NO_VANTAGE_POINT) && tries_left > 0 {
            continue;
        }
        assert!(demo.status.success(), "{}", stderr(&demo));
        let stdout = String::from_utf8(demo.stdout).unwrap();
        let reports: Vec<&str> = stdout
            .lines()
            .filter(|line| line.starts_with(folder.path().to_str().unwrap()))
            .collect();
        let formats: BTreeSet<&str> =
            reports.iter().map(|path| path.rsplit_once('.').unwrap().1).collect();
        assert_eq!(formats, BTreeSet::from(["html", "json", "md", "pdf"]), "{stdout}");
        let json = reports.iter().find(|path| path.ends_with(".json")).unwrap();
        let result: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        assert_eq!(result["run"]["complete"], true);
        let services = result["services"].as_array().unwrap();
        assert_eq!(services.len(), v6ready::lab::sites().len());
        return;
    }
}

/// How long something that has to happen may take on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(300);

/// A program that ends with the test, however that ends.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.0.id().try_into().unwrap()), Signal::SIGTERM);
        let _ = self.0.wait();
    }
}

/// What the dashboard answers.
fn get(at: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(at)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_demo_shows_a_dashboard_that_goes_on_scanning() {
    let _turn = namespace::turn();
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .args(["demo", "--quiet", "--serve", "--listen", "127.0.0.1:0", "--out"])
        .arg(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stderr.take().unwrap()).lines();
    let demo = Ended(demo);
    let told = lines.find_map(|line| {
        let line = line.unwrap();
        let (_, rest) = line.split_once("The dashboard is at http://")?;
        rest.split_once('/')?.0.parse::<SocketAddr>().ok()
    });
    let at = told.unwrap();
    // It must not wait for a reader of what it logs.
    let rest = std::thread::spawn(move || lines.count());
    let began = Instant::now();
    // What is known is put together first.
    while !get(at, "/").unwrap().contains("Tỉnh Ví dụ") {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(200));
    }
    loop {
        let answer = get(at, "/api/v1/runs").unwrap();
        let runs: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let runs = runs["items"].as_array().unwrap();
        if runs.len() >= 3 && runs.iter().all(|run| run["complete"] == true) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{runs:?}");
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(demo);
    // What was started inside ends with it, and with it the reader.
    rest.join().unwrap();
    assert!(TcpStream::connect(at).is_err());
}
