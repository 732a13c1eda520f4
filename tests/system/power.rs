//! What a running scan may do: nothing that it doesn't need.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::lab::RunningLab;
use crate::namespace::{self, program_path};
use crate::program::{fail, json, start, stderr, succeed, text, v6ready, wait_for_conversations};

/// A user without privileges, who is on every system.
const NOBODY: &str = "65534";

/// A run of the lab, with all its evidence.
const DEMO_RUN: &str = "tests/data/lab-run.v6ready";

/// How long something that has to happen may take on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// What `/proc` says of each thread of a process that has to do with privileges.
fn privileges(process: &Child) -> Vec<BTreeMap<String, String>> {
    let threads = fs::read_dir(format!("/proc/{}/task", process.id())).unwrap();
    let of_thread = |folder: fs::DirEntry| {
        let status = fs::read_to_string(folder.path().join("status")).unwrap_or_default();
        let fields = status.lines().filter_map(|line| line.split_once(":\t"));
        let about = |key: &str| key.starts_with("Cap") || key == "NoNewPrivs";
        fields.filter(|(key, _)| about(key)).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    threads.map(|folder| of_thread(folder.unwrap())).collect()
}

fn has_none(thread: &BTreeMap<String, String>) -> bool {
    let none = |key: &str| u64::from_str_radix(&thread[key], 16) == Ok(0);
    thread["NoNewPrivs"] == "1"
        && ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].iter().all(|key| none(key))
}

#[test]
fn no_thread_of_a_scan_has_a_privilege_while_it_asks() {
    if !namespace::enter(module_path!(), "no_thread_of_a_scan_has_a_privilege_while_it_asks") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("t.db");
    // A host that is silent over IPv6 keeps the scan from its end.
    let scan = ["scan", lab.inventory(), "--only", "so-a-vidu/im-lang", "--quick"];
    let mut scan = start(&mut v6ready(&db, &scan));
    wait_for_conversations(&db, &mut scan, 1);
    let threads = privileges(&scan);
    kill(Pid::from_raw(scan.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    scan.wait().unwrap();
    assert!(threads.len() >= 3, "{threads:?}");
    assert!(threads.iter().all(has_none), "{threads:#?}");
}

#[test]
fn what_asks_nothing_has_no_privilege_from_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    succeed(&mut v6ready(&db, &["runs", "import", DEMO_RUN]));
    // It waits for whoever reads what it writes.
    let mut export = v6ready(&db, &["runs", "export", "newest", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !privileges(&export).iter().all(has_none) {
        assert!(export.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(10));
    }
    export.kill().unwrap();
    export.wait().unwrap();
}

/// What echo requests have come to in a scan by a user without privileges, who is given these ones.
fn echoes(lab: &RunningLab, name: &str, privileges: &[&str]) -> Vec<Value> {
    let folder = lab.path(name);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    let db = folder.join("t.db");
    let program = lab.path("v6ready");
    let scan = ["--quiet", "--db", db.to_str().unwrap(), "scan", lab.inventory(), "--quick"];
    let mut scan_as_nobody = Command::new(program_path("setpriv").unwrap());
    scan_as_nobody
        .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"])
        .args(privileges)
        .arg("--")
        .arg(program)
        .args(scan)
        .args(["--only", "so-b-vidu/tot-don-gian", "--format", "json"])
        .stdin(Stdio::null());
    let result = json(&succeed(&mut scan_as_nobody));
    assert_eq!(result["run"]["complete"], true);
    let export = ["runs", "export", text(&result["run"]["id"]), "-"];
    let packed = succeed(&mut v6ready(&db, &export)).stdout;
    let lines = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
    let echo_of = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let observation: Value = serde_json::from_str(line["observation"].as_str()?).unwrap();
        observation["reply"].get("echo").cloned()
    };
    lines.lines().filter_map(echo_of).collect()
}

#[test]
fn echo_takes_a_group_or_one_privilege() {
    if !namespace::has_all(&["setpriv"]) {
        return;
    }
    if !namespace::enter(module_path!(), "echo_takes_a_group_or_one_privilege") {
        return;
    }
    if fs::read_to_string("/proc/self/uid_map").unwrap().split_whitespace().last() == Some("1") {
        eprintln!("not run: there is no second user in this namespace");
        return;
    }
    let lab = RunningLab::start();
    fs::set_permissions(lab.path(""), Permissions::from_mode(0o755)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_v6ready"), lab.path("v6ready")).unwrap();
    let range = "/proc/sys/net/ipv4/ping_group_range";
    let answered = |echoes: &[Value]| echoes.iter().filter(|echo| echo.get("Ok").is_some()).count();

    fs::write(range, "1 0").unwrap();
    let none = echoes(&lab, "none", &[]);
    assert!(!none.is_empty() && answered(&none) == 0, "{none:?}");
    let raw = ["--inh-caps", "+net_raw", "--ambient-caps", "+net_raw"];
    let raw = echoes(&lab, "raw", &raw);
    assert!(!raw.is_empty() && answered(&raw) == raw.len(), "{raw:?}");
    fs::write(range, format!("{NOBODY} {NOBODY}")).unwrap();
    let group = echoes(&lab, "group", &[]);
    assert!(!group.is_empty() && answered(&group) == group.len(), "{group:?}");
}

/// An inventory that names a file as its root hints.
fn naming(file: &Path) -> String {
    format!(
        "version: 1\nsettings: {{resolvers: [\"[::1]:9\"], root_hints: \"{}\"}}\norganisations:\n  - id: o\n    \
         services: [{{id: a, category: portal, web: \"https://a.example/\"}}]\n",
        file.display()
    )
}

#[test]
fn an_inventory_opens_no_private_file_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("own")).unwrap();
    fs::write(at("secret"), "a.example. 1 A 192.0.2.1\n").unwrap();
    fs::set_permissions(at("secret"), Permissions::from_mode(0o600)).unwrap();
    symlink(at("secret"), at("own/link")).unwrap();
    let inventory = at("own/inventory.yaml");
    let mut planted = vec![at("secret"), at("own/../secret"), at("own/link")];
    planted.extend(Some("/etc/shadow".into()).filter(|file: &std::path::PathBuf| file.exists()));
    for file in planted {
        fs::write(&inventory, naming(&file)).unwrap();
        for command in [&["scan"][..], &["inventory", "validate"]] {
            let mut command = v6ready(&at("t.db"), command);
            let said = fail(command.arg(&inventory), 2);
            assert!(said.contains("is private and outside of the inventory's folder"), "{said}");
            assert!(said.contains("inventory.yaml:2:"), "{said}");
        }
    }
    assert!(!at("t.db").exists());
}

#[test]
fn what_was_planted_beside_a_store_leads_nowhere() {
    let folder = tempfile::tempdir_in("target").unwrap();
    let at = |name: &str| folder.path().canonicalize().unwrap().join(name);
    fs::create_dir(at("store")).unwrap();
    fs::write(at("other"), "what is somebody else's").unwrap();
    let db = at("store/t.db");
    let said =
        stderr(&succeed(v6ready(&db, &["-v", "runs", "import", DEMO_RUN]).env("NO_COLOR", "1")));
    if !said.contains("restricted files and network (Landlock)") {
        eprintln!("not run: this kernel has no Landlock: {said}");
        return;
    }
    assert!(said.contains(&format!("writes={}", at("store").display())), "{said}");
    fs::remove_file(at("store/t.db.lock")).unwrap();
    symlink(at("other"), at("store/t.db.lock")).unwrap();
    let said = fail(&mut v6ready(&db, &["runs", "prune", "--keep-last", "0"]), 2);
    assert!(said.contains("t.db: the store can only be read here"), "{said}");
    assert_eq!(fs::read_to_string(at("other")).unwrap(), "what is somebody else's");
}
