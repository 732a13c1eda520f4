//! Each system call of a scan, made to fail (strace injects the error): whatever fails, the scan ends, says what it was,
//! blames no service for it and loses nothing that was stored.
//!
//! By default a selection is tried. `V6READY_FAULTS=all cargo test --test system lab::faults -- --nocapture` tries every
//! call that a scan makes, at several places, with several errors.

mod calls;
mod end;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use calls::{Count, Fault};
use end::{Baseline, End};

use super::{RunningLab, few};
use crate::namespace;
use crate::program::{succeed, v6ready};

/// How long a scan may take that has met an error. One that nothing ends is killed and counts as a fault.
const PATIENCE: Duration = Duration::from_secs(300);

/// Scans that are tried beside each other.
const BESIDE: usize = 3;

/// The scan of every try.
struct Scene {
    lab: RunningLab,
    inventory: PathBuf,
    /// A store with a whole run in it, which each try has a copy of.
    store: PathBuf,
}

impl Scene {
    fn start() -> Self {
        let lab = RunningLab::start();
        let inventory = few::write_inventory(&lab);
        let store = lab.path("whole.db");
        let scene = Self { lab, inventory, store };
        succeed(&mut v6ready(&scene.store, &scene.scan()));
        scene
    }

    fn scan(&self) -> Vec<&str> {
        vec!["scan", self.inventory.to_str().unwrap(), "--quick", "--format", "json"]
    }

    /// How often a scan makes each call.
    fn counts(&self) -> BTreeMap<String, Count> {
        let trace = self.lab.path("trace");
        let db = self.lab.path("traced.db");
        std::fs::copy(&self.store, &db).unwrap();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o"]).arg(&trace);
        let output = self.run(strace, &db).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        calls::counts(&std::fs::read_to_string(&trace).unwrap())
    }

    /// Scans while a fault is injected, with a store of its own.
    fn try_fault(&self, number: usize, fault: &Fault) -> End {
        let folder = self.lab.path(&format!("try-{number}"));
        std::fs::create_dir(&folder).unwrap();
        let db = folder.join("t.db");
        std::fs::copy(&self.store, &db).unwrap();
        let trace = folder.join("trace");
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-y", "--seccomp-bpf", "-o"]).arg(&trace);
        strace.arg(format!("--trace={}", fault.call));
        strace.arg(format!(
            "--inject={}:error={}:when={}",
            fault.call, fault.errno, fault.occurrence
        ));
        let output = self.run(strace, &db);
        let trace = std::fs::read_to_string(&trace).unwrap_or_default();
        let end = End::of(output, &db, calls::injected(&trace));
        let _ = std::fs::remove_dir_all(&folder);
        end
    }

    /// Runs the scan under a tracer; nothing when it doesn't end.
    fn run(&self, mut strace: Command, db: &Path) -> Option<Output> {
        let scan = v6ready(db, &self.scan());
        let files = ["stdout", "stderr"].map(|name| db.with_extension(name));
        let [stdout, stderr] = [0, 1].map(|at| std::fs::File::create(&files[at]).unwrap());
        let mut tracer = strace
            .arg("--")
            .arg(scan.get_program())
            .args(scan.get_args())
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .unwrap();
        let began = Instant::now();
        let status = loop {
            if let Some(status) = tracer.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > PATIENCE {
                end_traced(tracer.id());
                tracer.wait().unwrap();
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let [stdout, stderr] = files.map(|file| std::fs::read(file).unwrap());
        Some(Output { status, stdout, stderr })
    }
}

/// Kills what a tracer started, which else would go on without it.
fn end_traced(tracer: u32) {
    let children = format!("/proc/{tracer}/task/{tracer}/children");
    for child in std::fs::read_to_string(children).unwrap_or_default().split_whitespace() {
        let Ok(child) = child.parse() else { continue };
        let _ = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(child),
            nix::sys::signal::Signal::SIGKILL,
        );
    }
}

/// Whether processes can be traced here; says so where they can't.
fn can_trace() -> bool {
    if !namespace::has_all(&["strace"]) {
        return false;
    }
    let traced = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status();
    let can = traced.is_ok_and(|status| status.success());
    if !can {
        eprintln!("not run: no process can be traced here (ptrace is not allowed)");
    }
    can
}

#[test]
fn no_call_that_fails_makes_a_scan_dishonest() {
    if !can_trace() {
        return;
    }
    if !namespace::enter(module_path!(), "no_call_that_fails_makes_a_scan_dishonest") {
        return;
    }
    let scene = Scene::start();
    let baseline = Baseline::of(&scene.store);
    let counts = scene.counts();
    let faults = match std::env::var("V6READY_FAULTS") {
        Err(_) => calls::selection(&counts),
        Ok(which) if which == "all" => calls::all(&counts),
        // One of them: `CALL:ERROR:NUMBER`; or all of some calls: `CALL,CALL`.
        Ok(which) if which.contains(':') => vec![which.parse().unwrap()],
        Ok(which) => {
            let calls: Vec<_> = which.split(',').collect();
            let mut faults = calls::all(&counts);
            faults.retain(|fault| calls.contains(&&*fault.call));
            faults
        }
    };
    let (next, tried) = (Mutex::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..BESIDE {
            scope.spawn(|| {
                loop {
                    let number = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(fault) = faults.get(number) else { return };
                    let end = scene.try_fault(number, fault);
                    eprintln!("{fault}: {}", end.summary(&baseline));
                    tried.lock().unwrap().push((fault, end));
                }
            });
        }
    });
    let tried = tried.into_inner().unwrap();
    let met = tried.iter().filter(|(_, end)| end.injected.times > 0).count();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for (_, end) in &tried {
        *codes.entry(end.code()).or_default() += 1;
    }
    eprintln!(
        "{} system calls, {} tries, {met} of which met their error; ends: {codes:?}",
        faults.iter().map(|fault| &fault.call).collect::<std::collections::BTreeSet<_>>().len(),
        tried.len(),
    );
    let dishonest: Vec<String> = tried
        .iter()
        .filter(|(_, end)| !end.injected.into_wake_up)
        .flat_map(|(fault, end)| {
            end.faults(fault, &baseline).into_iter().map(move |what| format!("{fault}: {what}"))
        })
        .collect();
    assert!(dishonest.is_empty(), "{} faults:\n{}", dishonest.len(), dishonest.join("\n"));
    assert!(met > 0);
}
