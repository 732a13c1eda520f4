//! The example pipelines: they are YAML, and every `v6ready` command in them works, but the
//! scan itself, which needs the network.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The commands in the order of the file, which has to be YAML.
fn commands(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let document: Value = serde_saphyr::from_str(&text).unwrap();
    assert!(document.is_object());
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("- ").unwrap_or(line);
        line.strip_prefix("run: ").unwrap_or(line)
    });
    let ours = lines.filter(|line| line.starts_with("v6ready "));
    ours.map(|line| line.split(' ').skip(1).map(str::to_owned).collect()).collect()
}

#[test]
fn the_example_pipelines_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["github-actions.yml", "gitlab-ci.yml"] {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[String]| {
            Command::new(env!("CARGO_BIN_EXE_v6ready"))
                .args(arguments)
                .current_dir(folder.path())
                .output()
                .unwrap()
        };
        let made = root.join("reports/demo-run.v6ready").display().to_string();
        let import = ["--db", "v6ready.db", "runs", "import", &made].map(str::to_owned);
        assert!(run(&import).status.success());
        let commands = commands(file);
        assert!(commands.len() >= 5, "{commands:?}");
        for command in commands {
            let output = run(&command);
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            if command.contains(&"scan".to_owned()) {
                // There is no inventory here; a wrong option would have been reported first.
                assert!(
                    code == Some(2) && stderr.contains("inventory.yaml"),
                    "{command:?}: {stderr}"
                );
            } else if command.iter().any(|word| word.starts_with("--fail-")) {
                // The province is made to fail.
                assert_eq!(code, Some(1), "{command:?}: {stderr}");
            } else {
                assert_eq!(code, Some(0), "{command:?}: {stderr}");
            }
        }
        let reports = std::fs::read_dir(folder.path().join("reports/ci")).unwrap().count();
        assert!(reports >= 4, "{file}");
    }
}
