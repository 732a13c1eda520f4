//! Makes every generated file anew, by the tests that hold them fresh.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{at, remove_folder, succeeds};

/// The tests that compare generated files, as arguments of `cargo test`.
const TESTS: [&[&str]; 3] = [
    &["test", "--quiet", "--lib", "golden"],
    &["test", "--quiet", "--test", "fuzz", "corpus"],
    &[
        "test",
        "--quiet",
        "--test",
        "catalogue",
        "--test",
        "schemas",
        "--test",
        "inventory",
        "--test",
        "reports",
    ],
];

/// Runs the tests, takes over what they found stale, and runs them once more.
pub fn run() -> Result<(), String> {
    let root = xtask::root();
    let waiting = root.join(xtask::WAITING);
    remove_folder(&waiting)?;
    if run_tests()? {
        println!("every generated file is fresh");
        return Ok(());
    }
    let mut taken = Vec::new();
    take_over(&waiting, &waiting, &root, &mut taken)?;
    if taken.is_empty() {
        return Err("a test failed, and not because of a stale file".to_owned());
    }
    for path in &taken {
        println!("made anew: {}", path.display());
    }
    match run_tests()? {
        true => Ok(()),
        false => Err("a test still fails".to_owned()),
    }
}

/// Whether all of them pass.
fn run_tests() -> Result<bool, String> {
    let mut all_pass = true;
    for arguments in TESTS {
        let arguments = [arguments, &["--no-fail-fast"]].concat();
        all_pass &= succeeds("cargo", &arguments)?;
    }
    Ok(all_pass)
}

/// Moves the fresh files below `folder` to their places.
fn take_over(
    folder: &Path,
    waiting: &Path,
    root: &Path,
    taken: &mut Vec<PathBuf>,
) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            take_over(&path, waiting, root, taken)?;
        } else if let Ok(place) = path.strip_prefix(waiting) {
            let target = root.join(place);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder).map_err(at(folder))?;
            }
            fs::copy(&path, &target).map_err(at(&target))?;
            taken.push(place.to_owned());
        }
    }
    Ok(())
}
