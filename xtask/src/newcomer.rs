//! The newcomer's exercise: follows `CONTRIBUTING.md` to the letter in a copy of the tree, and runs the
//! tests there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{at, remove_folder};

/// What a change of the example consists of.
#[derive(Default)]
struct Change {
    /// New files: path and text.
    files: Vec<(String, String)>,
    /// Lines that are added: path, the line before, and the line itself.
    lines: Vec<(String, String, String)>,
}

/// Follows the example and runs every test that doesn't need the lab or other people's servers.
///
/// # Errors
/// When the example is not one file, two pages and one line, or a test fails.
pub fn run() -> Result<(), String> {
    let root = xtask::root();
    let guide = root.join("CONTRIBUTING.md");
    let text = fs::read_to_string(&guide).map_err(at(&guide))?;
    let change = read_example(&text)?;
    let (rules, pages): (Vec<_>, Vec<_>) =
        change.files.iter().partition(|(path, _)| path.ends_with(".rs"));
    let counts = (rules.len(), pages.len(), change.lines.len());
    if counts != (1, 2, 1) {
        return Err(format!("a check costs 1 file, 2 pages and 1 line, not {counts:?}"));
    }
    let copy = root.join("target/newcomer");
    copy_tree(&root, &copy)?;
    share_dependencies(&root, &copy)?;
    for (path, text) in &change.files {
        let path = copy.join(path);
        fs::write(&path, text).map_err(at(&path))?;
    }
    for (path, before, line) in &change.lines {
        add_line(&copy.join(path), before, line)?;
    }
    cargo(&copy, &["run", "--quiet", "--package", "xtask", "--", "fmt", "--check"])?;
    cargo(&copy, &["run", "--quiet", "--package", "xtask", "--", "generate"])?;
    let tests = ["--lib", "--test", "catalogue", "--test", "inventory", "--test", "layers", "--"];
    // In the rooms that can't import a check nothing changes.
    let elsewhere = ["probe::", "lab::", "store::", "scan::", "serve::access::"];
    let skipped = elsewhere.iter().flat_map(|room| ["--skip", room]);
    cargo(&copy, &["test", "--quiet"].into_iter().chain(tests).chain(skipped).collect::<Vec<_>>())?;
    remove_folder(&copy)
}

/// Reads the code blocks that follow a path.
fn read_example(guide: &str) -> Result<Change, String> {
    let mut change = Change::default();
    let mut lines = guide.lines();
    let mut path = None;
    while let Some(line) = lines.next() {
        if let Some(named) = line.strip_prefix("`src/").and_then(|rest| rest.strip_suffix('`')) {
            path = Some(format!("src/{named}"));
            continue;
        }
        let (Some(language), Some(path)) = (line.strip_prefix("```"), path.take()) else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if language != "diff" {
            change.files.push((path, block.join("\n") + "\n"));
            continue;
        }
        let (before, added) = match block[..] {
            [before, added] => (before.strip_prefix(' '), added.strip_prefix('+')),
            _ => (None, None),
        };
        let (Some(before), Some(added)) = (before, added) else {
            return Err(format!("{path}: the example adds one line after one that is there"));
        };
        change.lines.push((path, before.to_owned(), added.to_owned()));
    }
    Ok(change)
}

fn add_line(path: &Path, before: &str, line: &str) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(at(path))?;
    let place = format!("{before}\n");
    if text.matches(&place).count() != 1 {
        return Err(format!("{}: no single line `{}`", path.display(), before.trim()));
    }
    let text = text.replace(&place, &format!("{place}{line}\n"));
    fs::write(path, text).map_err(at(path))
}

/// Copies what git knows of the tree, and what it would add.
fn copy_tree(root: &Path, copy: &Path) -> Result<(), String> {
    remove_folder(copy)?;
    for path in xtask::tracked_files(root)? {
        let (from, to) = (root.join(&path), copy.join(&path));
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        fs::copy(&from, &to).map_err(at(&from))?;
    }
    // `cargo xtask fmt` asks git which files there are.
    git(copy, &["init", "--quiet"])
}

/// Gives the copy the dependencies as the tree has them built, without the tree's own packages: they take minutes.
/// What cargo doesn't find fresh there it builds.
fn share_dependencies(root: &Path, copy: &Path) -> Result<(), String> {
    let built = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |dir| root.join(dir));
    let (built, shared) = (built.join("debug"), copy.join("target/debug"));
    for folder in ["deps", "build", ".fingerprint"] {
        if built.join(folder).is_dir() {
            share_folder(&built.join(folder), &shared.join(folder))?;
        }
    }
    Ok(())
}

fn share_folder(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (name, path) = (entry.file_name(), entry.path());
        let own = name.to_string_lossy();
        let own = own.strip_prefix("lib").unwrap_or(&own);
        if own.starts_with("v6ready") || own.starts_with("xtask") {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            share_folder(&path, &target)?;
            continue;
        }
        // Programs among the dependencies are the tree's own tests.
        let kind = path.extension().unwrap_or_default();
        if kind == "o" || kind.is_empty() && from.ends_with("deps") {
            continue;
        }
        // Libraries are large and are replaced, never rewritten, so both trees may hold them.
        let is_library = ["rlib", "rmeta", "so", "a"].iter().any(|end| kind == *end);
        if !is_library || fs::hard_link(&path, &target).is_err() {
            copy_with_time(&path, &target)?;
        }
    }
    Ok(())
}

/// Cargo compares the times of files.
fn copy_with_time(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map_err(at(from))?;
    let time = fs::metadata(from).and_then(|data| data.modified()).map_err(at(from))?;
    let file = fs::File::options().append(true).open(to).map_err(at(to))?;
    file.set_modified(time).map_err(at(to))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let done = Command::new("git").args(arguments).current_dir(folder).status();
    match done.map_err(|error| format!("`git` can't be run: {error}"))?.success() {
        true => Ok(()),
        false => Err(format!("`git {}` failed", arguments.join(" "))),
    }
}

/// Runs cargo in the copy, which builds into a folder of its own: artifacts of two trees of one package
/// can't be told apart in one.
fn cargo(copy: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(arguments)
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .status()
        .map_err(|error| format!("`cargo` can't be run: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`cargo {}` failed in {}", arguments.join(" "), copy.display())),
    }
}
