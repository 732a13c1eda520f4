//! The commands of README and guides that ask the network, with the lab's names in place of theirs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use xtask::shell;

use super::Host;
use crate::namespace;
use crate::program::stderr;

/// What the documentation names, and what is there in the lab.
const NAMES: [(&str, &str); 4] = [
    ("www.example.gov.vn", "portal.vidu.example"),
    ("example.gov.vn", "portal.vidu.example"),
    ("www.example", "dichvucong.vidu.example"),
    ("vp-ubnd/portal", "vp/mot"),
];

const PAGES: [&str; 7] = [
    "README.md",
    "docs/guide/first-scan.en.md",
    "docs/guide/first-scan.vi.md",
    "docs/guide/operating.en.md",
    "docs/guide/operating.vi.md",
    "docs/guide/vantage-point.en.md",
    "docs/guide/vantage-point.vi.md",
];

#[test]
fn the_commands_of_the_guides_that_ask_the_network() {
    if !namespace::enter(module_path!(), "the_commands_of_the_guides_that_ask_the_network") {
        return;
    }
    let host = Host::new();
    let folder = host.path("here");
    fs::create_dir(&folder).unwrap();
    host.write_inventory(&folder, 0);
    fs::rename(folder.join("inventory.yaml"), folder.join("my.yaml")).unwrap();
    let mut done = BTreeSet::new();
    for page in PAGES {
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = fs::read_to_string(text).unwrap();
        for (line, arguments) in shell::own_commands(&text) {
            let command = shell::subcommand(&arguments).unwrap_or_default().to_owned();
            if !matches!(&*command, "scan" | "check" | "doctor") {
                continue;
            }
            let arguments = in_the_lab(&command, arguments);
            if !done.insert(arguments.clone()) {
                continue;
            }
            let output = host.command("v6ready", &folder).args(&arguments).output().unwrap();
            let code = output.status.code();
            // What a host of the lab lacks is no mistake of the guide.
            let expected = code == Some(0) || code == Some(1) && command == "doctor";
            assert!(expected, "{page}: {line}\n{code:?}: {}", stderr(&output));
            assert!(!output.stdout.is_empty(), "{page}: {line}");
        }
    }
    assert!(done.len() >= 8, "{done:?}");
}

/// The arguments with the lab's names. A name by itself is asked of the system's resolver; here of the lab's.
fn in_the_lab(command: &str, arguments: Vec<String>) -> Vec<String> {
    let other = |word: String| match NAMES.iter().find(|(name, _)| *name == word) {
        Some((_, name)) => (*name).to_owned(),
        None => word,
    };
    let mut arguments: Vec<String> = arguments.into_iter().map(other).collect();
    if command != "scan" && !arguments.iter().any(|word| word == "--inventory") {
        arguments.extend(["--inventory", "my.yaml"].map(str::to_owned));
    }
    arguments
}
