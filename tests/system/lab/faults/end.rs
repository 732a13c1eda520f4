//! How a scan ended in which something failed, and what would be dishonest about it.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use v6ready::store::Store;

use super::calls::{Fault, Injected};
use crate::program::{LATENCY, json, stderr, text, v6ready};

/// What holds where nothing fails.
pub struct Baseline {
    run: String,
    observations: usize,
    /// Service, check and reason of what fails.
    failures: BTreeSet<Failure>,
}

type Failure = (String, String, String);

impl Baseline {
    /// Reads it from a store with one run.
    pub fn of(db: &Path) -> Self {
        let result = json(&v6ready(db, &["judge", "--format", "json"]).output().unwrap());
        let observations = Store::open_existing(db).unwrap().verify().unwrap().observations;
        Self {
            run: text(&result["run"]["id"]).to_owned(),
            observations: usize::try_from(observations).unwrap(),
            failures: failures(&result),
        }
    }
}

fn failures(result: &Value) -> BTreeSet<Failure> {
    let mut found = BTreeSet::new();
    for service in result["services"].as_array().into_iter().flatten() {
        for verdict in service["verdicts"].as_array().into_iter().flatten() {
            if verdict["outcome"] == "fail" && verdict["check"] != LATENCY {
                let of = [&service["id"], &verdict["check"], &verdict["reason"]];
                let [service, check, reason] = of.map(|value| text(value).to_owned());
                found.insert((service, check, reason));
            }
        }
    }
    found
}

/// How a scan ended.
pub struct End {
    /// What it printed; nothing when it had to be killed.
    output: Option<Output>,
    /// How often the error was met.
    pub injected: Injected,
    /// What verifying the store said, and how many observations it holds.
    verified: Result<usize, String>,
    /// The runs of the store, each with what fails in it.
    runs: Vec<(String, BTreeSet<Failure>)>,
}

impl End {
    /// Looks at what was printed and at the store.
    pub fn of(output: Option<Output>, db: &Path, injected: Injected) -> Self {
        let store = Store::open_existing(db);
        let verified = store.as_ref().map_err(ToString::to_string).and_then(|store| {
            let held = store.verify().map_err(|error| error.to_string())?;
            Ok(usize::try_from(held.observations).unwrap())
        });
        let runs = store.and_then(|store| store.runs()).unwrap_or_default();
        let judged = |id: &str| {
            let output = v6ready(db, &["judge", "--run", id, "--format", "json"]).output().unwrap();
            match serde_json::from_slice(&output.stdout) {
                Ok(result) => failures(&result),
                Err(_) => [("?".into(), "not judged".into(), stderr(&output))].into(),
            }
        };
        let runs = runs.iter().map(|run| (run.id.to_string(), judged(run.id.as_str()))).collect();
        Self { output, injected, verified, runs }
    }

    /// The exit code, or the signal.
    pub fn code(&self) -> String {
        match self.output.as_ref().map(|output| output.status) {
            None => "none".to_owned(),
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => code.to_string(),
                (None, signal) => format!("signal {}", signal.unwrap_or_default()),
            },
        }
    }

    /// One line.
    pub fn summary(&self, baseline: &Baseline) -> String {
        let said = self.output.as_ref().map(stderr).unwrap_or_default();
        let said = said.lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let said: String = said.chars().take(300).collect();
        let new: Vec<_> = self
            .runs
            .iter()
            .flat_map(|(_, failures)| failures.difference(&baseline.failures))
            .collect();
        let Injected { times, into_wake_up } = self.injected;
        let wake_up = if into_wake_up { " (a wake-up)" } else { "" };
        format!("met {times}{wake_up}, exit {}, {said} {new:?}", self.code())
    }

    /// What is wrong with it.
    pub fn faults(&self, fault: &Fault, baseline: &Baseline) -> Vec<String> {
        let mut found = Vec::new();
        let Some(output) = &self.output else { return vec!["it never ends".to_owned()] };
        let said = stderr(output);
        if said.contains("panicked at") {
            found.push(format!("it panics: {said}"));
        }
        match output.status.code() {
            Some(0) => {
                if serde_json::from_slice::<Value>(&output.stdout).is_err() {
                    found.push("exit code 0, and what it printed is no result".to_owned());
                }
            }
            Some(2 | 3) => {
                if !said.lines().any(names_what_failed) {
                    found
                        .push(format!("exit code {}, and it doesn't say why: {said}", self.code()));
                }
            }
            // Who has no memory has no way to go on.
            None if is_about_memory(fault) && said.contains("memory allocation") => {}
            _ => found.push(format!("exit code {}: {said}", self.code())),
        }
        match &self.verified {
            Err(error) => found.push(format!("the store: {error}")),
            Ok(observations) if *observations < baseline.observations => {
                found.push(format!("{observations} of {} observations", baseline.observations));
            }
            Ok(_) => {}
        }
        if !self.runs.iter().any(|(run, _)| *run == baseline.run) {
            found.push("the earlier run is gone".to_owned());
        }
        for (run, failures) in &self.runs {
            for failure in failures.difference(&baseline.failures) {
                found.push(format!("run {run} blames a service: {failure:?}"));
            }
        }
        found
    }
}

/// Whether a line says what went wrong, and not only how the system calls it.
fn names_what_failed(line: &str) -> bool {
    line.strip_prefix("v6ready: ").is_some_and(|text| {
        text.split_once(" (os error").is_none_or(|(before, _)| before.contains(": "))
    })
}

/// Whether a failing call means that there is no memory, of which a program can't even say so.
fn is_about_memory(fault: &Fault) -> bool {
    ["mmap", "mremap"].contains(&fault.call.as_str())
}
