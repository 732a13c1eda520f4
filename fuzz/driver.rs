//! Fuzzing as tests, with nothing but the compiler that the program needs: every target reads its seeds
//! (`corpus/`) and what was found before (`found/`), and then, for `V6READY_FUZZ_SECONDS` seconds,
//! mutations of both.
//!
//! `cargo xtask fuzz` tries longer, with libFuzzer and its view of which code an input reaches.

#![allow(clippy::unwrap_used)]

mod bombs;
mod corpus;
mod cost;
mod mutation;
#[macro_use]
mod targets;

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cost::Cost;
use mutation::Mutator;
use targets::{TARGETS, Target};

/// Processor time after which an input that is still being decoded counts as endless.
const PATIENCE: Duration = Duration::from_secs(300);

macro_rules! tests {
    ($($name:ident)*) => { $(#[test] fn $name() { fuzz(stringify!($name)); })* };
}

for_each_target!(tests);

/// A target whose seeds are all refused at the door tries nothing.
#[test]
fn seeds_are_decoded() {
    use v6ready::model::{Meaning, Protocol};
    use v6ready::probe::decoders;
    let seed = |name: &str| fs::read(root().join("corpus").join(name)).unwrap();
    for (target, is_http2) in [("http1", false), ("http2", true)] {
        let kept = files(&root().join("corpus").join(target));
        let read = |path: &PathBuf| decoders::http(&fs::read(path).unwrap(), is_http2);
        let refused = kept.iter().find_map(|path| read(path).err());
        let count = kept.iter().filter(|path| read(path).is_ok()).count();
        assert!(count > 10, "{target}: {refused:?}");
    }
    let greeting = decoders::greeting(&seed("pop3/00"), Protocol::Pop3);
    assert!(greeting.hello.is_some_and(|hello| hello.is_ok_and(|h| h.meaning == Meaning::Yes)));
    assert!(greeting.starttls.is_some());
}

/// Replays what is known of a target, and tries what is new where that is asked for.
fn fuzz(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let trial = Trial::begin(target);
    if let Some(path) = std::env::var_os("V6READY_FUZZ_INPUT") {
        return trial.decode(&fs::read(path).unwrap(), "V6READY_FUZZ_INPUT");
    }
    trial.decode(b"", "nothing");
    let mut seeds = Vec::new();
    for folder in ["corpus", "found"] {
        for path in files(&root().join(folder).join(name)) {
            let octets = fs::read(&path).unwrap();
            trial.decode(&octets, &path.display().to_string());
            seeds.push(octets);
        }
    }
    assert!(!seeds.is_empty(), "fuzz/corpus/{name} holds no seed");
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let Some(seconds) = number("V6READY_FUZZ_SECONDS") else { return };
    let seed = number("V6READY_FUZZ_SEED").unwrap_or_else(mutation::random_seed);
    let mut mutator = Mutator::new(seed, seeds, target.words);
    let (began, mut tries) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(seconds) {
        tries += 1;
        let input = mutator.next();
        trial.decode(&input, &format!("input {tries} of V6READY_FUZZ_SEED={seed}"));
    }
    println!("{name}: {tries} inputs of seed {seed}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The trial of a target. The input at hand is always in a file: whatever becomes of this process, it stays.
struct Trial {
    target: &'static Target,
    path: PathBuf,
    file: File,
    tries: Arc<AtomicU64>,
}

impl Trial {
    fn begin(target: &'static Target) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}.input", target.name));
        let file = File::create(&path).unwrap();
        let tries = Arc::new(AtomicU64::new(0));
        let watched = Arc::downgrade(&tries);
        let (name, shown) = (target.name, path.display().to_string());
        std::thread::spawn(move || {
            let (mut last, mut since) = (0, cost::process_time());
            while let Some(tries) = watched.upgrade() {
                let now = tries.load(Ordering::Relaxed);
                drop(tries);
                if now != last {
                    (last, since) = (now, cost::process_time());
                }
                if cost::process_time().saturating_sub(since) > PATIENCE {
                    let mut stderr = std::io::stderr().lock();
                    let _ = writeln!(stderr, "{name}: {shown} is decoded without end");
                    std::process::abort();
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        Self { target, path, file, tries }
    }

    fn decode(&self, input: &[u8], what: &str) {
        self.tries.fetch_add(1, Ordering::Relaxed);
        self.file.set_len(input.len() as u64).unwrap();
        self.file.write_all_at(input, 0).unwrap();
        let decoded = catch_unwind(AssertUnwindSafe(|| Cost::of(self.target.decode, input)));
        let fault = match decoded {
            Ok(cost) => cost.excess(self.target, input),
            Err(_) => Some("it panics".to_owned()),
        };
        if let Some(fault) = fault {
            let (name, path) = (self.target.name, self.path.display());
            let kept = self.path.with_extension(format!("{:016x}", mutation::digest(input)));
            fs::write(&kept, input).unwrap();
            let kept = kept.display();
            panic!(
                "{name}: {what} takes too much or breaks it: {fault}\nthe input is in {path} and {kept}; again:\n\
                 V6READY_FUZZ_INPUT={kept} cargo test --test fuzz {name}\n\
                 once it is mended, it belongs into fuzz/found/{name}/"
            );
        }
    }
}
