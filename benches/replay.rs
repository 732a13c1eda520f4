//! What planning and judging cost without a network: `cargo bench --bench replay`.
//!
//! The services of a run are scanned once more, with its stored answers in the place of the network. It is the run
//! of `tests/data/lab-run.v6ready`, unless another store is named: `cargo bench --bench replay -- STORE`. What is
//! printed is CPU work of one thread, so a profile of it (`valgrind --tool=callgrind`) is the same each time.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use v6ready::evidence::query::Memory;
use v6ready::evidence::vantage;
use v6ready::judge::{self, JudgeContext};
use v6ready::model::{Evidence, Observation, ObservationId, Request, Service};
use v6ready::plan;
use v6ready::runs::load::restored_inventory;
use v6ready::store::Store;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each service is scanned again.
const TIMES: u32 = 5;

/// Answers that arrive together: as many as a scan gathers on average.
const TOGETHER: usize = 4;

#[derive(Default)]
struct Took {
    plans: usize,
    answers: usize,
    planning: Duration,
    learning: Duration,
    judging: Duration,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let db = named.map_or_else(|| imported(folder.path()), PathBuf::from);
    let store = Store::open_existing(&db).unwrap();
    let id = store.runs().unwrap()[0].id.clone();
    let stored = store.run(&id).unwrap();
    let restored = restored_inventory(&stored.inputs).unwrap();
    let context = JudgeContext {
        inventory: &restored.inventory,
        vantage: &stored.run.vantage,
        policy: &restored.policy,
        trust: &restored.trust,
        as_of: stored.run.finished_at.unwrap_or(stored.run.started_at),
        is_day_given: false,
    };
    let services = &restored.inventory.services;
    let mut took = Took::default();
    for service in services {
        let all = store.evidence_of(&id, &service.id).unwrap();
        for _ in 0..TIMES {
            replay(&context, service, &all, &mut took);
        }
    }
    let scans = services.len() as u32 * TIMES;
    println!(
        "{} services: {:.1} answers and {:.1} plans a service; planning {:?}, learning {:?}, judging {:?} a service",
        services.len(),
        took.answers as f64 / f64::from(scans),
        took.plans as f64 / f64::from(scans),
        took.planning / scans,
        took.learning / scans,
        took.judging / scans,
    );
}

fn imported(folder: &Path) -> PathBuf {
    let db = folder.join("lab.db");
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lab-run.v6ready");
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    let status = command.arg("--quiet").arg("--db").arg(&db).args(["runs", "import"]).arg(run);
    assert!(status.status().unwrap().success());
    db
}

/// Scans a service whose every answer is known.
fn replay(context: &JudgeContext<'_>, service: &Arc<Service>, all: &Evidence, took: &mut Took) {
    let (mut known, memory) = (Evidence::new(), Memory::default());
    let mut requested: HashSet<Request> = HashSet::new();
    let mut coming: Vec<(ObservationId, Arc<Observation>)> = Vec::new();
    loop {
        let began = Instant::now();
        let trusted = vantage::trusted(&known, context.vantage);
        let view = context.view(service, &trusted).remembering(&memory);
        let next = plan::next(&view, service);
        took.planning += began.elapsed();
        took.plans += 1;
        drop(trusted);
        for request in next {
            let mut answers = all.attempts(&request.question);
            let answer = answers.find(|(seen, _)| seen.request == request);
            if let Some((seen, id)) = answer
                && requested.insert(request)
            {
                coming.push((id, Arc::clone(seen)));
            }
        }
        if coming.is_empty() {
            break;
        }
        let began = Instant::now();
        for (id, observation) in coming.drain(..coming.len().min(TOGETHER)) {
            memory.invalidate(&observation.request.question);
            known.insert(id, observation);
            took.answers += 1;
        }
        took.learning += began.elapsed();
    }
    let began = Instant::now();
    drop(judge::judge_with_memory(context, service, &known, &memory));
    took.judging += began.elapsed();
}
