//! Formats every Rust file. `cargo fmt` follows `mod` lines, and doesn't see those within the lists of
//! checks in `src/check/`.

/// Formats, or only checks.
///
/// # Errors
/// When a file is not formatted, or can't be.
pub fn run(check: bool) -> Result<(), String> {
    let files = xtask::tracked_files(&xtask::root())?;
    let files: Vec<&str> =
        files.iter().map(String::as_str).filter(|path| path.ends_with(".rs")).collect();
    let mode: &[&str] = if check { &["--check"] } else { &[] };
    crate::run("rustfmt", &[&["--edition", "2024"], mode, &files].concat())
}
