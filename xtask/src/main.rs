//! What developers run: `cargo xtask` lists it.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

mod book;
mod deb;
mod format;
mod fuzz;
mod generate;
mod newcomer;
mod scan_lab;

const HELP: &str = "\
cargo xtask generate         makes every generated file anew: the catalogue of checks, the schemas, the
                             documentation of the inventory, golden files, the sample reports
cargo xtask sample           scans the sample province for the runs that the sample reports are made of, then
                             generates; needs Debian's faketime
cargo xtask lab-run          scans the lab for the run that tests, a bench and the store's dictionary read
cargo xtask dictionary       trains a dictionary for the store's documents from that run, for comparison
cargo xtask fmt [--check]    formats every Rust file, those too that cargo fmt doesn't find
cargo xtask fuzz TARGET [SECONDS]
                             fuzzes a decoder of fuzz/targets.rs (`all`: one after the other), 600 seconds if nothing
                             is said; needs a C++ compiler for libFuzzer
cargo xtask book             makes the documentation's site in target/book, in both languages; needs mdbook
cargo xtask deb [OPTIONS]    makes the Debian package of profile `dist` (V6READY_PROFILE chooses another); needs cargo-deb,
                             which takes the options. `packaging/test` installs, upgrades and removes it in a clean root
cargo xtask newcomer         follows CONTRIBUTING.md in a copy of the tree and runs the tests there
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["generate"] => generate::run(),
        ["sample"] => scan_lab::sample_runs().and_then(|()| generate::run()),
        ["lab-run"] => scan_lab::lab_run(),
        ["dictionary"] => run(
            "cargo",
            &["run", "--quiet", "--features", "train-dictionary", "--example", "train_dictionary"],
        ),
        ["book"] => book::run(),
        ["deb", ref options @ ..] => deb::run_with(options),
        ["newcomer"] => newcomer::run(),
        ["fuzz", target] => fuzz::run(target, "600"),
        ["fuzz", target, seconds] => fuzz::run(target, seconds),
        ["fmt"] => format::run(false),
        ["fmt", "--check"] => format::run(true),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => Err(format!("`{}` is no task\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a program in the repository's root and says whether it succeeded.
fn succeeds(program: &str, arguments: &[&str]) -> Result<bool, String> {
    let mut command = Command::new(program);
    let status = command.args(arguments).current_dir(xtask::root()).status();
    let status = status.map_err(|error| format!("`{program}` can't be run: {error}"))?;
    Ok(status.success())
}

/// Runs a program in the repository's root.
fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    match succeeds(program, arguments)? {
        true => Ok(()),
        false => Err(format!("`{program} {}` failed", arguments.join(" "))),
    }
}

/// A function's error with the path that it is about.
fn at(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

/// Removes a folder with everything in it, if there is one.
fn remove_folder(path: &Path) -> Result<(), String> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}
