//! Fuzzes decoders with libFuzzer, which sees which code an input reaches. Stable Rust can do that: LLVM's
//! own pass counts, and libFuzzer is a crate.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::at;

/// What LLVM does to the program: it counts the edges that are taken and notes what is compared.
const COVERAGE: [&str; 9] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=16",
    "-Clink-dead-code",
    "-Ctarget-cpu=native",
    "-Cstrip=none",
];

/// The machine's own target triple, so that build scripts aren't instrumented.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Fuzzes one target, or all of them one after the other, for so many seconds each.
pub fn run(target: &str, seconds: &str) -> Result<(), String> {
    let seconds: u32 =
        seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?;
    let root = xtask::root();
    let all = fs::read_dir(root.join("fuzz/corpus")).map_err(at(&root.join("fuzz/corpus")))?;
    let mut names: Vec<String> = all
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    if target != "all" {
        if !names.iter().any(|name| name == target) {
            return Err(format!("`{target}` is no target; there are {}", names.join(", ")));
        }
        names = vec![target.to_owned()];
    }
    build(&root)?;
    let failed: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| !fuzz(&root, name, seconds)).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(format!("found something: {}", failed.join(", "))),
    }
}

fn build(root: &Path) -> Result<(), String> {
    // The versions that the program is built with.
    let lock = root.join("fuzz/Cargo.lock");
    if !lock.exists() {
        fs::copy(root.join("Cargo.lock"), &lock).map_err(at(&lock))?;
    }
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", TRIPLE])
        .args(["--target-dir", "target/libfuzzer"])
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"))
        .env("V6READY_FUZZ_OPTIMISED", "1")
        .current_dir(root);
    let status = cargo.status().map_err(|error| format!("`cargo` can't be run: {error}"))?;
    if status.success() { Ok(()) } else { Err("the targets can't be built".to_owned()) }
}

/// Whether nothing was found.
fn fuzz(root: &Path, target: &str, seconds: u32) -> bool {
    let folder = root.join("target/libfuzzer");
    let program = folder.join(TRIPLE).join("release/libfuzzer");
    let (words, learnt) =
        (folder.join(format!("{target}.dict")), folder.join("learnt").join(target));
    let found = folder.join("found").join(target);
    for folder in [&learnt, &found] {
        if let Err(error) = fs::create_dir_all(folder) {
            eprintln!("{}: {error}", folder.display());
            return false;
        }
    }
    let libfuzzer = || {
        let mut command = Command::new(&program);
        command.env("V6READY_FUZZ_TARGET", target).current_dir(root);
        command
    };
    // What it found before is no reason to end; what it knows is kept.
    let _ = libfuzzer().env("V6READY_FUZZ_WORDS", &words).status();
    let mut command = libfuzzer();
    command
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1"])
        .args(["-max_len=65536", "-len_control=20"])
        .arg(format!("-dict={}", words.display()))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(&learnt)
        .arg(root.join("fuzz/corpus").join(target));
    let earlier = root.join("fuzz/found").join(target);
    if earlier.is_dir() {
        command.arg(earlier);
    }
    println!("== {target}");
    command.status().is_ok_and(|status| status.success())
}
