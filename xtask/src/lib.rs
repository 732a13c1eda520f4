//! What the tests of the program share with the tasks: generated files, and the commands that the documentation
//! shows ([`shell`]).
//!
//! Generated files are compared by tests with what the program makes now; what is stale is left for `cargo xtask
//! generate` to take over. Tests never write into the tree. A test that finds a file stale writes the fresh one below
//! `target/generated/`, under the same path, and fails.

pub mod shell;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where fresh versions of stale files wait, from the repository's root.
pub const WAITING: &str = "target/generated";

/// The repository's root.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Says which of these generated files are stale: each a path from the repository's root, and the
/// bytes that it should have. The fresh ones are left for `cargo xtask generate`.
///
/// # Errors
/// When the fresh ones can't be written.
pub fn stale<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> io::Result<Vec<String>> {
    let root = root();
    let mut found = Vec::new();
    for (path, bytes) in files {
        let is_fresh = fs::read(root.join(&path)).is_ok_and(|kept| kept == bytes);
        if !is_fresh {
            let waiting = root.join(WAITING).join(&path);
            if let Some(folder) = waiting.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(waiting, bytes)?;
            found.push(path);
        }
    }
    Ok(found)
}

/// Fails a test when a generated file is stale, and says what makes it anew.
///
/// # Panics
/// When one is.
pub fn assert_fresh<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) {
    match stale(files) {
        Ok(stale) if stale.is_empty() => {}
        Ok(stale) => panic!(
            "stale: {}\n`cargo xtask generate` makes them anew; look at what changed before you commit it",
            stale.join(", ")
        ),
        Err(error) => panic!("the fresh files can't be written: {error}"),
    }
}

/// The files of a checkout that git tracks, and those that it would add, from `root`.
///
/// # Errors
/// When git can't be run.
pub fn tracked_files(root: &Path) -> Result<Vec<String>, String> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("`git` can't be run: {error}"))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    Ok(listed.lines().filter(|path| root.join(path).is_file()).map(str::to_owned).collect())
}
