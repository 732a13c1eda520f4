//! The examples of docs/ for machines, as far as they can be read without running them: pipelines, units,
//! configuration, alerts and metrics. `tests/system/lab/examples.rs` runs them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const UNITS: [&str; 6] = [
    "v6ready-serve.service",
    "v6ready.service",
    "v6ready.timer",
    "v6ready-quarter.service",
    "v6ready-quarter.timer",
    "v6ready-alert@.service",
];

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap()
}

/// A program of Debian's (`.ci/install-peers`). Where it is missing the test says so and passes, except in CI.
fn installed(program: &str) -> Option<Command> {
    let folders = ["/usr/bin", "/bin"].map(Path::new);
    let found = folders.iter().map(|folder| folder.join(program)).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs {program}");
        eprintln!("not run: {program} is not installed (see .ci/install-peers)");
    }
    found.map(Command::new)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn the_example_pipelines_are_yaml() {
    for file in ["github-actions.yml", "gitlab-ci.yml"] {
        let document: Value = serde_saphyr::from_str(&text(&format!("docs/ci/{file}"))).unwrap();
        assert!(document.is_object(), "{file}");
    }
}

/// The pipeline of this repository runs what developers run, and looks for advisories each day.
#[test]
fn the_own_pipeline_runs_ci_and_looks_for_advisories() {
    let pipeline: Value = serde_saphyr::from_str(&text(".github/workflows/ci.yml")).unwrap();
    for event in ["push", "pull_request", "schedule"] {
        assert!(pipeline["on"].get(event).is_some(), "{event}");
    }
    let runs = |job: &str| -> Vec<String> {
        let steps = pipeline["jobs"][job]["steps"].as_array().unwrap();
        steps.iter().filter_map(|step| step["run"].as_str().map(str::to_owned)).collect()
    };
    assert!(runs("test").contains(&"bash .ci/run".to_owned()) && at(".ci/run").exists());
    assert!(runs("advisories").iter().any(|run| run.contains("check advisories")));
    let never_scheduled = pipeline["jobs"]["advisories"].get("if").is_some();
    assert!(!never_scheduled && at("deny.toml").exists());
}

/// Every command of the examples is one of this program; what they do is tried elsewhere.
#[test]
fn the_example_configuration_names_real_options() {
    let output = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .args(["--config", at("docs/systemd/config.yaml").to_str().unwrap(), "man"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn systemd_can_read_the_units() {
    if installed("systemd-analyze").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for unit in UNITS {
        let unit_text = text(&format!("docs/systemd/{unit}"))
            .replace("/usr/local/bin/v6ready", env!("CARGO_BIN_EXE_v6ready"))
            .replace("/usr/local/lib/v6ready/alert", at("docs/systemd/alert").to_str().unwrap());
        fs::write(folder.path().join(unit), unit_text).unwrap();
    }
    let verify = || {
        let mut verify = installed("systemd-analyze").unwrap();
        verify.args(["verify", "--man=no"]).args(UNITS.map(|unit| folder.path().join(unit)));
        let output = verify.output().unwrap();
        let about_ours = said(&output).lines().filter(|line| line.contains("v6ready")).count();
        (about_ours, said(&output))
    };
    let (problems, output) = verify();
    assert_eq!(problems, 0, "{output}");
    // It would say so if it couldn't.
    let file = folder.path().join("v6ready.service");
    let wrong = fs::read_to_string(&file).unwrap().replace("ExecStopPost=", "ExecStopPast=");
    fs::write(&file, wrong).unwrap();
    let (_, output) = verify();
    assert!(output.contains("ExecStopPast"), "{output}");
}

/// How much a unit leaves open, by systemd's own measure, is what docs/systemd.md says, or less.
#[test]
fn the_units_leave_little_open() {
    if installed("systemd-analyze").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = ["docs/systemd.md", "docs/guide/systemd.vi.md"].map(text);
    for unit in UNITS.iter().filter(|unit| unit.ends_with(".service")) {
        // A template is measured as one of its instances.
        let file = folder.path().join(unit.replace('@', "@one"));
        fs::write(&file, text(&format!("docs/systemd/{unit}"))).unwrap();
        let mut security = installed("systemd-analyze").unwrap();
        let output = security
            .args(["security", "--offline=true", "--no-pager"])
            .arg(&file)
            .output()
            .unwrap();
        let said = said(&output);
        let measured = said
            .split_once("exposure level for ")
            .and_then(|(_, rest)| rest.split_once(": ")?.1.split(' ').next()?.parse::<f64>().ok());
        let Some(measured) = measured else {
            assert!(!said.contains("exposure level"), "{said}");
            eprintln!("not run: this systemd can't measure units offline: {said}");
            return;
        };
        for page in &pages {
            let documented = page.lines().find_map(|line| {
                let value = line.strip_prefix(&format!("| `{unit}` | "))?.split(' ').next()?;
                value.replace(',', ".").parse::<f64>().ok()
            });
            let documented = documented.unwrap_or_else(|| panic!("{unit} is not in the table"));
            assert!(measured <= documented, "{unit}: {measured}");
        }
    }
}

/// A tag of somebody else's repository can be moved; a commit can't.
#[test]
fn foreign_actions_are_named_by_their_commits() {
    for file in ["ci.yml", "release.yml"] {
        let workflow: Value =
            serde_saphyr::from_str(&text(&format!(".github/workflows/{file}"))).unwrap();
        let jobs = workflow["jobs"].as_object().unwrap().values();
        let steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
        let actions: Vec<&str> = steps.filter_map(|step| step["uses"].as_str()).collect();
        assert!(!actions.is_empty(), "{file}");
        for action in actions {
            let (_, version) = action.split_once('@').unwrap();
            let is_commit = version.len() == 40 && version.bytes().all(|c| c.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {action}");
        }
    }
}

/// A release is signed by a job that runs nothing of the repository.
#[test]
fn the_release_is_signed_apart_from_what_builds_it() {
    let release = text(".github/workflows/release.yml");
    let workflow: Value = serde_saphyr::from_str(&release).unwrap();
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let steps = job["steps"].as_array().unwrap();
        let runs: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
        let has_sources = steps.iter().any(|step| {
            step["uses"].as_str().is_some_and(|action| action.starts_with("actions/checkout@"))
        });
        let permissions = job["permissions"].as_object().unwrap();
        let may_write = permissions.values().any(|permission| permission == "write");
        assert_eq!(may_write, name == "publish", "{name}");
        assert!(!(may_write && has_sources), "{name}");
        // What the steps call is there and can be run.
        for script in runs.iter().flat_map(|run| run.split_whitespace()) {
            if script.starts_with("packaging/") && !script.starts_with("packaging/container") {
                assert!(mode(&at(script)) & 0o111 != 0, "{script}");
            }
        }
    }
}

fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        .permissions()
        .mode()
}

#[test]
fn every_metric_is_documented() {
    let metrics = text("src/report/tests/golden/run.prom");
    let written: BTreeSet<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let page = text("docs/monitoring/README.md");
    let (of_scan, _) = page.split_once("## The metrics of the daemon").unwrap();
    let documented: BTreeSet<&str> =
        of_scan.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(written, documented);
    let rows = |page: &str| -> Vec<String> {
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        // The name of the metric and its labels.
        rows.map(|row| row.split('|').skip(1).take(2).collect::<String>()).collect()
    };
    assert_eq!(rows(&page), rows(&text("docs/guide/monitoring.vi.md")));
    let alerts = text("docs/monitoring/alerts.yml");
    let (of_scan, _) = alerts.split_once("name: v6ready-serve").unwrap();
    for word in of_scan.split(|c: char| !c.is_alphanumeric() && c != '_') {
        assert!(!word.starts_with("v6ready_") || written.contains(word), "{word}");
    }
}

/// The rules and the dashboard of the daemon speak of metrics that there are.
#[test]
fn the_daemons_alerts_and_dashboard_know_their_metrics() {
    let documented = |page: &str| -> BTreeSet<String> {
        let page = text(page);
        let names = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        names.map(str::to_owned).collect()
    };
    let known = documented("docs/monitoring/README.md");
    for file in ["docs/monitoring/alerts.yml", "docs/monitoring/grafana.json"] {
        let text = text(file);
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let metrics: Vec<&str> = words.filter(|word| word.starts_with("v6ready_")).collect();
        assert!(!metrics.is_empty(), "{file}");
        for metric in metrics {
            assert!(known.contains(metric), "{file}: {metric}");
        }
    }
    let dashboard = text("docs/monitoring/grafana.json");
    serde_json::from_str::<serde_json::Value>(&dashboard).unwrap();
}

#[test]
fn prometheus_can_read_the_metrics_and_the_alerts() {
    let Some(mut check) = installed("promtool") else { return };
    let golden = fs::File::open(at("src/report/tests/golden/run.prom")).unwrap();
    let output = check.args(["check", "metrics"]).stdin(Stdio::from(golden)).output().unwrap();
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    let mut check = installed("promtool").unwrap();
    let output =
        check.args(["check", "rules"]).arg(at("docs/monitoring/alerts.yml")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// The help and the documentation name the same exit codes.
#[test]
fn every_exit_code_is_documented() {
    let help = Command::new(env!("CARGO_BIN_EXE_v6ready")).arg("--help").output().unwrap();
    let help = said(&help).replace('\n', " ");
    let listed = help.split_once("Exit codes: ").unwrap().1;
    let codes: Vec<_> = listed.split(" · ").map(|code| code.split(' ').next().unwrap()).collect();
    for page in ["docs/exit-codes.md", "docs/exit-codes.vi.md"] {
        let page = text(page);
        let documented: Vec<_> = page
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
            .filter(|code| code.parse::<u8>().is_ok())
            .collect();
        assert_eq!(codes, documented, "{help}");
    }
}
