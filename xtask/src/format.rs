//! Formats every Rust file. `cargo fmt` follows `mod` lines, and doesn't see those within the lists of
//! rules in `src/check/`.

use std::process::Command;

/// Formats, or only checks.
pub fn run(check: bool) -> Result<(), String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .current_dir(xtask::root())
        .output()
        .map_err(|error| format!("`git` can't be run: {error}"))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let exists = |path: &&str| xtask::root().join(path).exists();
    let files: Vec<&str> = listed.lines().filter(exists).collect();
    let mode: &[&str] = if check { &["--check"] } else { &[] };
    crate::run("rustfmt", &[&["--edition", "2024"], mode, &files].concat())
}
