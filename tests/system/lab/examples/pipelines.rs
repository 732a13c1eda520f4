//! The pipelines: their jobs as a CI service runs them, with `git clean -ffdx` before each, artifacts between
//! them, and a new machine for the job that needs no IPv6.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{Host, files, make_executable, printed};
use crate::namespace::{self, has_all};
use crate::program::stderr;

/// A CI service: its workspaces and artifacts.
struct Service<'a> {
    host: &'a Host,
    /// By the name of the artifact.
    artifacts: BTreeMap<String, PathBuf>,
    /// How many machines there have been.
    machines: usize,
}

/// How a job ended.
struct Job {
    /// Of the first step that failed.
    code: i32,
    /// What its steps printed.
    log: String,
    workspace: PathBuf,
}

type Environment = BTreeMap<String, String>;

impl Service<'_> {
    /// A workspace with the repository checked out: that of the host's own runner, or of a new machine.
    fn checkout(&mut self, is_own_runner: bool, night: usize) -> PathBuf {
        let name = if is_own_runner {
            "runner".to_owned()
        } else {
            self.machines += 1;
            format!("machine-{}", self.machines)
        };
        let workspace = self.host.path(&name);
        let git = |arguments: &[&str]| {
            let mut git = self.host.command("git", &workspace);
            let done = git.args(["-c", "init.defaultBranch=main"]).args(arguments).output();
            let done = done.unwrap();
            assert!(done.status.success(), "git {arguments:?}: {}", stderr(&done));
        };
        if !workspace.exists() {
            fs::create_dir(&workspace).unwrap();
            git(&["init", "-q"]);
        }
        self.host.write_inventory(&workspace, night);
        git(&["add", "inventory.yaml", "*.hints", "*.key", "*.pem", "routes.txt", "vrps.json"]);
        git(&["clean", "-ffdxq"]);
        workspace
    }

    /// The environment of a job or a step, over that of what it is part of. Where the program is
    /// fetched from, and what it must be, is each office's own.
    fn environment(&self, of: &Value, key: &str, beneath: &Environment) -> Environment {
        let mut all = beneath.clone();
        for (name, value) in of[key].as_object().into_iter().flatten() {
            let value = match &**name {
                "V6READY_URL" => format!("file://{}", self.host.text("download")),
                "V6READY_SHA256" => sha256(&self.host.path("download")),
                _ => value.as_str().unwrap().to_owned(),
            };
            all.insert(name.clone(), value);
        }
        all
    }

    fn shell(&self, flags: &[&str], script: &str, workspace: &Path) -> Command {
        let file = self.host.path("step.sh");
        fs::write(&file, script).unwrap();
        let mut bash = self.host.command("bash", workspace);
        bash.args(flags).arg(file);
        bash
    }

    fn upload(&mut self, name: &str, from: &Path) {
        assert!(from.exists(), "{}", from.display());
        let to = self.host.path(&format!("artifact-{name}"));
        // What an earlier pipeline uploaded is another artifact.
        let _ = fs::remove_dir_all(&to);
        copy(from, &to);
        self.artifacts.insert(name.to_owned(), to);
    }

    fn download(&self, name: &str, to: &Path) {
        fs::create_dir_all(to).unwrap();
        copy(&self.artifacts[name], to);
    }

    fn github_job(&mut self, workflow: &Value, name: &str, night: usize) -> Job {
        let job = &workflow["jobs"][name];
        let is_own_runner = job["runs-on"].is_array();
        let environment = self.environment(workflow, "env", &Environment::new());
        let environment = self.environment(job, "env", &environment);
        let mut done = Job { code: 0, log: String::new(), workspace: PathBuf::new() };
        let (summary, path) = (self.host.path("summary.md"), self.host.path("path"));
        fs::write(&path, "").unwrap();
        for step in job["steps"].as_array().unwrap() {
            let is_always = match step["if"].as_str() {
                None => false,
                Some("${{ !cancelled() }}") => true,
                Some(other) => panic!("{other}"),
            };
            if done.code != 0 && !is_always {
                continue;
            }
            let with = |key: &str| step["with"][key].as_str().unwrap();
            match step["uses"].as_str() {
                Some("actions/checkout@v4") => {
                    done.workspace = self.checkout(is_own_runner, night);
                }
                Some("actions/upload-artifact@v4") => {
                    self.upload(with("name"), &done.workspace.join(with("path")));
                }
                Some("actions/download-artifact@v4") => {
                    self.download(with("name"), &done.workspace.join(with("path")));
                }
                Some(other) => panic!("{other}"),
                None => {
                    let script = step["run"].as_str().unwrap();
                    let mut bash = self.shell(&["-e"], script, &done.workspace);
                    let added =
                        fs::read_to_string(&path).unwrap().lines().collect::<Vec<_>>().join(":");
                    // The program is installed on the host's own runner alone.
                    let installed = if is_own_runner { self.host.text("bin") } else { added };
                    bash.env("PATH", format!("{installed}:{}", std::env::var("PATH").unwrap()));
                    bash.envs(&environment);
                    bash.env("GITHUB_PATH", &path).env("GITHUB_STEP_SUMMARY", &summary);
                    let output = bash.output().unwrap();
                    done.log.push_str(&printed(&output));
                    if done.code == 0 {
                        done.code = output.status.code().unwrap();
                    }
                }
            }
        }
        done
    }

    fn gitlab_job(&mut self, pipeline: &Value, name: &str, night: usize) -> Job {
        let job = &pipeline[name];
        let is_own_runner = job["tags"].is_array();
        let workspace = self.checkout(is_own_runner, night);
        for needed in job["needs"].as_array().into_iter().flatten() {
            let paths = pipeline[needed.as_str().unwrap()]["artifacts"]["paths"].as_array();
            for path in paths.into_iter().flatten() {
                let path = path.as_str().unwrap();
                self.download(&path.replace('/', "-"), &workspace.join(path));
            }
        }
        let environment = self.environment(pipeline, "variables", &Environment::new());
        let environment = self.environment(job, "variables", &environment);
        let lines = |key: &str| job[key].as_array().cloned().unwrap_or_default();
        let lines = [lines("before_script"), lines("script")].concat();
        let lines: Vec<_> = lines.iter().map(|line| line.as_str().unwrap()).collect();
        let mut bash = self.shell(&["-eo", "pipefail"], &lines.join("\n"), &workspace);
        let installed = if is_own_runner { self.host.text("bin") } else { String::new() };
        bash.env("PATH", format!("{installed}:{}", std::env::var("PATH").unwrap()));
        let output = bash.envs(&environment).output().unwrap();
        assert_eq!(job["artifacts"]["when"], "always");
        for path in job["artifacts"]["paths"].as_array().unwrap() {
            let path = path.as_str().unwrap();
            self.upload(&path.replace('/', "-"), &workspace.join(path));
        }
        Job { code: output.status.code().unwrap(), log: printed(&output), workspace }
    }
}

/// Copies what is in a folder into another.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-rT").arg(from).arg(to).status().unwrap();
    assert!(copied.success(), "{}", from.display());
}

fn sha256(file: &Path) -> String {
    let output = Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// Runs both jobs of an example two nights in a row.
fn two_nights(file: &str, run: for<'a> fn(&mut Service<'a>, &Value, &str, usize) -> Job) {
    let host = Host::new();
    fs::create_dir(host.path("state")).unwrap();
    // What an office would have to fetch: here a script that starts the program.
    let program = host.path("download");
    let exec = format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_v6ready"));
    fs::write(&program, exec).unwrap();
    make_executable(&program);
    let text = host.example(&format!("ci/{file}"));
    let example: Value = serde_saphyr::from_str(&text).unwrap();
    let mut service = Service { host: &host, artifacts: BTreeMap::new(), machines: 0 };
    for night in 0..2 {
        let scan = run(&mut service, &example, "scan", night);
        // The second night has seen the first, although the workspace was emptied, and fails for what is worse.
        assert_eq!(scan.code, i32::try_from(night).unwrap(), "{}", scan.log);
        let told = ["no earlier complete run", "--fail-on-worse: 1 service is worse"][night];
        assert!(scan.log.contains(told), "{}", scan.log);
        let report = run(&mut service, &example, "report", night);
        assert_eq!(report.code, 0, "{}", report.log);
        let imported = report.log.lines().filter(|line| line.as_bytes().get(8) == Some(&b'T'));
        assert_eq!(imported.count(), night + 1, "{}", report.log);
        let reports = files(&report.workspace.join("reports/ci"));
        for ending in [".html", ".pdf", ".xlsx", ".junit.xml", ".json"] {
            let with = reports.iter().filter(|name| name.ends_with(ending)).count();
            assert!(with >= 1, "{ending} in {reports:?}");
        }
        assert!(reports.iter().any(|name| name[4..].starts_with('Q')), "{reports:?}");
    }
    assert_eq!(
        files(&host.path("state")).iter().filter(|name| name.starts_with("backup.db")).count(),
        2
    );
}

#[test]
fn the_github_workflow_runs_night_after_night() {
    let name = "the_github_workflow_runs_night_after_night";
    if has_all(&["git", "curl"]) && namespace::enter(module_path!(), name) {
        two_nights("github-actions.yml", |service, example, job, night| {
            service.github_job(example, job, night)
        });
    }
}

#[test]
fn the_gitlab_pipeline_runs_night_after_night() {
    let name = "the_gitlab_pipeline_runs_night_after_night";
    if has_all(&["git", "curl"]) && namespace::enter(module_path!(), name) {
        two_nights("gitlab-ci.yml", |service, example, job, night| {
            service.gitlab_job(example, job, night)
        });
    }
}
