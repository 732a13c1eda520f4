//! What docs/ tells people to run: the commands of the guides ([`guides`]), and, two nights in a row in the lab, the
//! second of which is worse and has to know of the first, the pipelines ([`pipelines`]), the systemd units
//! ([`units`]) and the cron script. Only what belongs to a CI service or to the host is imitated.

mod guides;
mod pipelines;
mod units;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::RunningLab;
use crate::namespace;
use crate::program::stderr;

/// A host on which the program is installed, with an inventory whose second service gets worse.
struct Host {
    lab: RunningLab,
}

impl Host {
    fn new() -> Self {
        let host = Self { lab: RunningLab::start() };
        for folder in ["bin", "home"] {
            fs::create_dir(host.path(folder)).unwrap();
        }
        let program = Path::new(env!("CARGO_BIN_EXE_v6ready"));
        std::os::unix::fs::symlink(program, host.path("bin/v6ready")).unwrap();
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.lab.path(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes the inventory of a night and the files that it names into a folder.
    fn write_inventory(&self, folder: &Path, night: usize) {
        let text = fs::read_to_string(&self.lab.inventory).unwrap();
        let head = text.split("organisations:\n").next().unwrap();
        let second = ["dichvucong", "tuchoi"][night];
        let services = format!(
            "organisations:\n  - id: vp\n    name: Văn phòng\n    services:\n      \
             - {{id: mot, category: portal, web: \"https://portal.vidu.example/\"}}\n      \
             - {{id: hai, category: portal, web: \"https://{second}.vidu.example/\"}}\n"
        );
        fs::write(folder.join("inventory.yaml"), format!("{head}{services}")).unwrap();
        for file in ["root.hints", "root.key", "ca.pem", "routes.txt", "vrps.json"] {
            fs::copy(self.path(file), folder.join(file)).unwrap();
        }
    }

    /// An example of docs/, with the folders of this host in place of those that it names.
    fn example(&self, file: &str) -> String {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let text = fs::read_to_string(docs.join(file)).unwrap();
        text.replace("/var/lib/v6ready", &self.text("state"))
            .replace("/srv/v6ready", &self.text("srv"))
            .replace("/etc/v6ready", &self.text("etc"))
            .replace("/usr/local/bin/v6ready", &self.text("bin/v6ready"))
            .replace("/usr/local/lib/v6ready", &self.text("lib"))
    }

    /// A command in a folder of this host. Of the environment it has what every shell has.
    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", self.text("bin"), std::env::var("PATH").unwrap());
        command.current_dir(folder).env_clear().env("PATH", path);
        command.env("HOME", self.path("home")).stdin(Stdio::null());
        command
    }

    /// A program of this host that is a shell script.
    fn install(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        make_executable(&file);
    }
}

fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a program printed, on both streams.
fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(output))
}

#[test]
fn the_cron_script_runs_night_after_night() {
    if !namespace::enter(module_path!(), "the_cron_script_runs_night_after_night") {
        return;
    }
    let host = Host::new();
    let folder = host.path("srv");
    fs::create_dir(&folder).unwrap();
    let script = folder.join("nightly.sh");
    fs::write(&script, host.example("ci/nightly.sh")).unwrap();
    let night = |night| {
        host.write_inventory(&folder, night);
        host.command("sh", &folder).arg(&script).output().unwrap()
    };
    // Nothing is printed, so nothing is mailed.
    let first = night(0);
    assert_eq!((first.status.code(), &*printed(&first)), (Some(0), ""));
    let second = night(1);
    let mail = printed(&second);
    assert_eq!(second.status.code(), Some(1), "{mail}");
    for part in ["exit code 1", "--fail-on-worse: 1 service is worse", "suy giảm: 1", "vp/hai"] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    let kept = files(&folder);
    assert!(kept.contains(&"backup.db.1".to_owned()), "{kept:?}");
    let reports = files(&folder.join("reports"));
    // Two runs as HTML and XLSX, and the quarter as HTML and PDF, which the second night replaced.
    assert_eq!(reports.len(), 6, "{reports:?}");
}
