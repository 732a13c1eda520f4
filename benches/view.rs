//! How fast the judged view answers, with readers at work while runs are added: `cargo bench --bench view`.
//!
//! `V6READY_VIEW_SERVICES` and `V6READY_VIEW_RUNS` change the size from 10,000 services and 400 runs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jiff::civil::date;
use v6ready::view::synthetic::Synthetic;
use v6ready::view::{Picture, ServiceFilter, ServiceOrder, Sorting, View};

/// Threads that read.
const READERS: usize = 20;

/// How often each of them asks everything.
const ROUNDS: usize = 30;

/// Runs that are added meanwhile at the most.
const ADDED_MAX: usize = 20;

/// How long a reader thinks between two questions: twenty people don't ask without a pause.
const PAUSE: Duration = Duration::from_millis(100);

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The variable that makes a process the one that writes, to this store.
const WRITES_TO: &str = "V6READY_VIEW_WRITES_TO";

type Ask = fn(&View, &Picture, usize);

/// What is asked, and in every how many rounds: nobody compares runs from morning to night.
const QUESTIONS: [(&str, Ask, usize); 11] = [
    ("overview", |_, picture, _| drop(picture.overview(date(2026, 11, 30))), 1),
    (
        "services, first page",
        |_, picture, _| {
            picture.services(&ServiceFilter::default(), Sorting::default(), 1, 100);
        },
        1,
    ),
    (
        "services, by text",
        |_, picture, at| {
            let filter =
                ServiceFilter { text: Some(format!("s{at}.o1")), ..ServiceFilter::default() };
            picture.services(&filter, Sorting::default(), 1, 100);
        },
        1,
    ),
    (
        "services, by check and outcome",
        |_, picture, at| {
            let checks = picture.checks();
            let check = Some(checks[at % checks.len()].check.id);
            let filter = ServiceFilter { check, ..ServiceFilter::default() };
            picture.services(&filter, Sorting::default(), 1, 100);
        },
        1,
    ),
    (
        "services, gravest first",
        |_, picture, _| {
            let sorting = Sorting { by: ServiceOrder::Severity, reversed: false };
            picture.services(&ServiceFilter::default(), sorting, 3, 100);
        },
        1,
    ),
    ("organisations", |_, picture, _| drop(picture.organisations(date(2026, 11, 30))), 1),
    (
        "checks",
        |_, picture, _| {
            picture.checks();
        },
        1,
    ),
    (
        "causes",
        |_, picture, _| {
            picture.remedies();
            picture.shared();
        },
        1,
    ),
    (
        "one service's history",
        |view, picture, at| {
            let services = &picture.result.services;
            let id = &services[at * 37 % services.len()].service.id;
            view.history(picture, id).unwrap();
        },
        1,
    ),
    (
        "comparison with the run before",
        |view, picture, at| {
            let runs: Vec<_> = picture.whole_runs().collect();
            let after = runs.len() - 1 - at % (runs.len() / 2);
            view.changes(picture, &runs[after - 1].id, &runs[after].id).unwrap();
        },
        5,
    ),
    (
        "comparison over 30 runs",
        |view, picture, at| {
            let runs: Vec<_> = picture.whole_runs().collect();
            let after = runs.len() - 1 - at % (runs.len() / 2);
            view.changes(picture, &runs[after.saturating_sub(30)].id, &runs[after].id).unwrap();
        },
        20,
    ),
];

fn main() {
    let number = |name: &str, otherwise: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let services = number("V6READY_VIEW_SERVICES", 10_000);
    let runs = number("V6READY_VIEW_RUNS", 400);
    if let Some(db) = std::env::var_os(WRITES_TO) {
        return write(Path::new(&db), services, runs);
    }
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("v6ready.db");
    let mut writer = Writer::start(&db);
    println!("{services} services, {runs} runs: {} to write a run", writer.told());
    let began = Instant::now();
    let view = View::open(&db).unwrap();
    println!("opened in {:.1?}, memory {}", began.elapsed(), peak_memory());
    let size = |path: &Path| path.metadata().map_or(0, |file| file.len()) / 1024;
    println!("size of the file: {} KiB", size(view.file()));
    let picture = view.picture("bench", None).unwrap();
    for (name, ask, _) in QUESTIONS {
        let began = Instant::now();
        ask(&view, &picture, 0);
        println!("first {name}: {:.1?}, memory {}", began.elapsed(), peak_memory());
    }
    drop(picture);

    let took: Vec<Mutex<Vec<Duration>>> = QUESTIONS.iter().map(|_| Mutex::default()).collect();
    let (is_over, added) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|reader| {
                let (view, took) = (&view, &took);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        for (at, (_, ask, each)) in QUESTIONS.iter().enumerate() {
                            if (reader + round) % each != 0 {
                                continue;
                            }
                            let began = Instant::now();
                            let picture: Arc<Picture> = view.picture("bench", None).unwrap();
                            ask(view, &picture, reader * ROUNDS + round);
                            took[at].lock().unwrap().push(began.elapsed());
                            thread::sleep(PAUSE);
                        }
                    }
                })
            })
            .collect();
        let (is_over, added, view) = (&is_over, &added, &view);
        scope.spawn(move || {
            while !is_over.load(Ordering::Relaxed) && added.load(Ordering::Relaxed) < ADDED_MAX {
                let written = writer.add_run();
                let began = Instant::now();
                view.reload().unwrap();
                println!("added a run in {written}, shown after {:.1?} more", began.elapsed());
                added.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_secs(5));
            }
            writer.end();
        });
        for reader in readers {
            reader.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    println!("{READERS} readers, {} runs added meanwhile", added.into_inner());
    println!("{:<34} {:>9} {:>9} {:>9}", "", "p50", "p99", "most");
    for ((name, ..), took) in QUESTIONS.iter().zip(took) {
        let mut took = took.into_inner().unwrap();
        took.sort_unstable();
        let at = |percent: usize| took[(took.len() - 1) * percent / 100];
        println!("{name:<34} {:>9.1?} {:>9.1?} {:>9.1?}", at(50), at(99), at(100));
    }
    println!("memory of the readers: {}", peak_memory());
}

/// The most memory that this process had.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    peak.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
}

/// A process of its own that writes the runs, so that what it takes isn't the readers'.
struct Writer {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Writer {
    fn start(db: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(WRITES_TO, db)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The time that it tells.
    fn told(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn add_run(&mut self) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "run").unwrap();
        self.told()
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// The other side of [`Writer`].
fn write(db: &Path, services: usize, runs: usize) {
    let began = Instant::now();
    let mut synthetic = Synthetic::begin(db, services).unwrap();
    for run in 0..runs {
        synthetic.add_run(run + 1 == runs).unwrap();
    }
    println!("{:.1?}", began.elapsed() / u32::try_from(runs).unwrap_or(1));
    for _ in std::io::stdin().lines() {
        let began = Instant::now();
        synthetic.add_run(true).unwrap();
        println!("{:.1?}", began.elapsed());
    }
}
