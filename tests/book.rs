//! The documentation: every command that it shows is one of this program, every link leads somewhere, and both
//! languages have the same pages. `cargo xtask book` makes the site.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use xtask::shell;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Pages by their path below the root, with their text: README, CONTRIBUTING and everything in docs/.
fn pages() -> BTreeMap<PathBuf, String> {
    fn collect(folder: &Path, pages: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, pages);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(root()).unwrap().to_owned();
                pages.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut pages = BTreeMap::new();
    collect(&root().join("docs"), &mut pages);
    for name in ["README.md", "CONTRIBUTING.md"] {
        pages.insert(name.into(), fs::read_to_string(root().join(name)).unwrap());
    }
    pages
}

#[test]
fn every_command_in_the_documentation_is_one_of_the_program() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        // What was decided once may name what is no more.
        if page.starts_with("docs/decisions") {
            continue;
        }
        for (line, arguments) in shell::own_commands(&text) {
            count += 1;
            if let Err(error) = v6ready::commands::check_arguments(&arguments) {
                wrong.push(format!("{}: {line}\n{error}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "only {count} commands were found");
}

#[test]
fn commands_are_told_from_what_is_around_them() {
    let words =
        |line: &str| shell::commands(line).iter().map(|words| words.join("|")).collect::<Vec<_>>();
    assert_eq!(words("v6ready explain dns-aaaa   # why"), ["v6ready|explain|dns-aaaa"]);
    assert_eq!(
        words("A=1 v6ready --quiet scan a.yaml > out.txt 2>&1"),
        ["A=1|v6ready|--quiet|scan|a.yaml"]
    );
    assert_eq!(
        words("git show a | v6ready inventory diff - b && true"),
        ["git|show|a", "v6ready|inventory|diff|-|b", "true"]
    );
    assert_eq!(
        words("v6ready runs keygen k --name 'NOC | x'"),
        ["v6ready|runs|keygen|k|--name|NOC | x"]
    );
    assert!(v6ready::commands::check_arguments(&["scna".to_owned()]).is_err());
}

/// The pages that a summary lists, each with how deep it is below others.
fn listed(lang: &str) -> Vec<(usize, PathBuf)> {
    let summary = fs::read_to_string(root().join(format!("docs/book/SUMMARY.{lang}.md"))).unwrap();
    let entries = summary.lines().filter_map(|line| {
        let depth = line.find("- [")?;
        Some((depth, plain(&Path::new("docs/book").join(links(line).next()?))))
    });
    entries.collect()
}

/// The targets of the links in a text, those in blocks of code left out.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    let lines = text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        let folder = page.parent().unwrap();
        for target in links(text) {
            if target.contains("://") || target.starts_with("mailto:") || target.contains(' ') {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let found = if file.is_empty() { page.clone() } else { plain(&folder.join(file)) };
            if !root().join(&found).exists() {
                broken.push(format!("{}: {target}", page.display()));
            } else if let Some(text) = pages.get(&found)
                && !fragment.is_empty()
                && !anchors(text).contains(fragment)
            {
                broken.push(format!("{}: {target} (there is no such heading)", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

/// What fragments may name: headings as GitHub and mdBook call them, and ids.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let mut anchors: BTreeSet<String> = headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept =
                heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect();
    let ids = text.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    anchors.extend(ids.map(str::to_owned));
    anchors
}

/// What a page is divided into: the depth of each heading, `code` for a block, `table` for a table.
fn outline(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut parts = Vec::new();
    for line in text.lines() {
        let mark = line.split(' ').next().unwrap_or_default();
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            parts.extend(is_code.then_some("code"));
        } else if !is_code && !mark.is_empty() && mark.bytes().all(|octet| octet == b'#') {
            parts.push(mark);
        } else if !is_code && line.starts_with("|--") {
            parts.push("table");
        }
    }
    parts
}

/// Both books have the same pages in the same order, and a page has the same parts in both. Decisions are in English.
#[test]
fn the_site_is_the_same_in_both_languages() {
    let pages = pages();
    let (english, vietnamese) = (listed("en"), listed("vi"));
    assert!(english.len() > 25, "{english:?}");
    assert_eq!(english.len(), vietnamese.len());
    for ((depth, one), (other_depth, other)) in english.iter().zip(&vietnamese) {
        let both = format!("{} and {}", one.display(), other.display());
        assert_eq!(depth, other_depth, "{both}");
        assert!(pages.contains_key(one) && pages.contains_key(other), "{both}");
        if one.starts_with("docs/decisions") {
            assert_eq!(one, other);
            continue;
        }
        assert_ne!(one, other);
        // The catalogue of checks and the tables of keys are generated from what has both languages.
        assert_eq!(outline(&pages[one]), outline(&pages[other]), "{both}");
    }
    let all: BTreeSet<&PathBuf> = english.iter().chain(&vietnamese).map(|(_, page)| page).collect();
    for guide in pages.keys().filter(|page| page.starts_with("docs/guide")) {
        assert!(all.contains(guide), "{} is in no summary", guide.display());
    }
}

/// Runs the program in a folder, with an inventory on stdin.
fn run(folder: &Path, arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("V6READY_DB")
        .stdin(Stdio::from(fs::File::open(root().join("inventory.yaml")).unwrap()))
        .output()
        .unwrap()
}

/// Where a command of the documentation is run that needs more than a folder.
fn run_elsewhere(arguments: &[String]) -> Option<&'static str> {
    let has = |option: &str| arguments.iter().any(|word| word == option);
    match shell::subcommand(arguments)? {
        // They ask the network: in the lab, with its names.
        "scan" | "check" | "doctor" => Some("tests/system/lab/examples/guides.rs"),
        // It makes a network of its own.
        "demo" => Some("tests/system/lab/demo.rs"),
        // It ends when it is told to.
        "serve" if !has("--check-config") && !has("--schema") && !has("token") => {
            Some("tests/serve/start.rs")
        }
        _ => None,
    }
}

/// The commands of each page are run one after the other, as their reader would.
#[test]
fn the_documented_commands_do_what_they_say() {
    let sample = tempfile::tempdir().unwrap();
    prepare(sample.path());
    let (mut count, mut done) = (0, HashSet::new());
    for (page, text) in pages() {
        if page.starts_with("docs/decisions") {
            continue;
        }
        let own = shell::own_commands(&text);
        // A page in the other language has the same commands.
        let words: Vec<_> = own.iter().map(|(_, words)| words.clone()).collect();
        if own.is_empty() || !done.insert(words) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("backup")).unwrap();
        for file in fs::read_dir(sample.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        for (line, arguments) in own {
            if let Some(test) = run_elsewhere(&arguments) {
                assert!(root().join(test).exists(), "{test}");
                continue;
            }
            count += 1;
            let arguments = here(&arguments, folder.path());
            let output = run(folder.path(), &arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            // Whatever the example's services are like: it must not be a mistake of the example.
            let is_difference = arguments.iter().any(|word| word == "diff" || word == "--check");
            let expected = code == Some(0) || code == Some(1) && is_difference;
            assert!(expected, "{}: {line}\n{code:?}: {said}", page.display());
        }
    }
    assert!(count > 60, "only {count} commands were run");
}

/// Arguments with the folders and the province of this test in place of those that the documentation names.
fn here(arguments: &[String], folder: &Path) -> Vec<String> {
    let of_folder = |name: &str| format!("{}/", folder.join(name).display());
    let is_import = arguments.iter().any(|word| word == "import");
    let words = arguments.iter().map(|word| {
        let word = word.replace("/backup/", &of_folder("backup"));
        let word = word.replace("/etc/v6ready/", &of_folder(""));
        // The province's organisations have ids of their own.
        match is_import {
            true => word,
            false => word
                .replace("so-y-te", "so-yt")
                .replace("vp-ubnd/portal", "vp-ubnd/*")
                .replace("ORG/SERVICE", "vp-ubnd/*"),
        }
    });
    words.collect()
}

/// Runs and files of the names that the guides use.
fn prepare(folder: &Path) {
    let at = |name: &str| folder.join(name);
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let succeed = |line: &str| {
        let output = run(folder, &words(line));
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    // Four quarters of a province.
    for run in fs::read_dir(root().join("reports/sample-province/runs")).unwrap() {
        succeed(&format!("runs import {}", run.unwrap().path().display()));
    }
    fs::write(at("services.xlsx"), table()).unwrap();
    fs::write(
        at("example.gov.vn.zone"),
        "$ORIGIN example.gov.vn.\n$TTL 300\n@ IN SOA ns.example.gov.vn. noc.example.gov.vn. 1 2 3 4 5\n@ IN NS ns.example.gov.vn.\n\
         ns IN AAAA 2001:db8::53\nwww IN AAAA 2001:db8::80\n",
    )
    .unwrap();
    fs::write(
        at("targets.yml"),
        "- targets: ['https://app.example.gov.vn/']\n  labels: {module: http_2xx}\n",
    )
    .unwrap();
    for name in ["inventory.yaml", "other.yaml"] {
        fs::copy(root().join("inventory.yaml"), at(name)).unwrap();
    }
    fs::copy(root().join("docs/serve/config.yaml"), at("serve.yaml")).unwrap();
    fs::copy(root().join("docs/letterhead.yaml"), at("letterhead.yaml")).unwrap();
}

fn table() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        (0..).zip([["organisation", "web"], ["Sở Y tế", "https://syt.example.gov.vn/"]])
    {
        for (column, text) in (0..).zip(cells) {
            sheet.write(row, column, text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}
