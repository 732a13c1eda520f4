//! The documentation: every command that it shows is one of this program, every link leads somewhere, and both
//! languages have the same pages. `cargo xtask book` makes the site.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

/// The lines of the blocks of shell in a page.
fn shell_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut is_shell = false;
    for line in text.lines() {
        let bare = line.trim_start();
        match bare.strip_prefix("```") {
            Some(kind) => {
                is_shell = !is_shell && matches!(kind.trim(), "sh" | "bash" | "console" | "shell")
            }
            None if is_shell => lines.push(line),
            None => {}
        }
    }
    lines
}

/// The commands of a line of shell, each as its words. Quotes keep words together, `#` begins a remark, and a
/// redirection is no word.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    let mut is_quoted = false;
    let mut characters = line.trim_start_matches("$ ").chars().peekable();
    let end = |word: &mut String, is_quoted: &mut bool, commands: &mut Vec<Vec<String>>| {
        if !word.is_empty() || *is_quoted {
            commands.last_mut().unwrap().push(std::mem::take(word));
        }
        *is_quoted = false;
    };
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => word.push(character),
            (None, '\'' | '"') => (quote, is_quoted) = (Some(character), true),
            (None, '#') if word.is_empty() => break,
            (None, '|' | ';' | '&') => {
                end(&mut word, &mut is_quoted, &mut commands);
                commands.push(Vec::new());
            }
            (None, '>') => {
                // What it leads to is left out, and the number of what is led.
                word.clear();
                while characters.next_if(|next| matches!(next, '>' | ' ' | '&')).is_some() {}
                while characters.next_if(|next| *next != ' ').is_some() {}
            }
            (None, ' ') => end(&mut word, &mut is_quoted, &mut commands),
            (None, _) => word.push(character),
        }
    }
    end(&mut word, &mut is_quoted, &mut commands);
    commands.retain(|command| !command.is_empty());
    commands
}

/// The arguments of this program in a command, if it is one: behind settings of the environment, too.
fn own_arguments(command: &[String]) -> Option<&[String]> {
    let is_setting = |word: &&String| word.contains('=') && !word.starts_with('-');
    let at = command.iter().take_while(is_setting).count();
    match &command[at..] {
        [program, arguments @ ..] if program == "v6ready" => Some(arguments),
        [cargo, run, rest @ ..] if cargo == "cargo" && run == "run" => {
            let at = rest.iter().position(|word| word == "--")?;
            Some(&rest[at + 1..])
        }
        _ => None,
    }
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
        for line in shell_lines(&text) {
            for command in commands(line) {
                let Some(arguments) = own_arguments(&command) else { continue };
                count += 1;
                if let Err(error) = v6ready::commands::check_arguments(arguments) {
                    wrong.push(format!("{}: {line}\n{error}", page.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "only {count} commands were found");
}

#[test]
fn commands_are_told_from_what_is_around_them() {
    let words = |line: &str| commands(line).iter().map(|words| words.join("|")).collect::<Vec<_>>();
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

/// The pages that a summary lists.
fn listed(lang: &str) -> Vec<PathBuf> {
    let summary = fs::read_to_string(root().join(format!("docs/book/SUMMARY.{lang}.md"))).unwrap();
    links(&summary).map(|target| plain(&Path::new("docs/book").join(target))).collect()
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

/// What the site leads to is part of it, and pages of one language are there in the other.
#[test]
fn the_site_is_whole_in_both_languages() {
    for lang in ["en", "vi"] {
        let listed: BTreeSet<PathBuf> = listed(lang).into_iter().collect();
        assert!(listed.len() > 15, "{lang}");
        for page in &listed {
            assert!(root().join(page).exists(), "{lang}: {}", page.display());
        }
    }
    let guides: BTreeSet<PathBuf> =
        pages().into_keys().filter(|page| page.starts_with("docs/guide")).collect();
    let all: BTreeSet<PathBuf> = ["en", "vi"].into_iter().flat_map(listed).collect();
    for guide in &guides {
        assert!(all.contains(guide), "{} is in no summary", guide.display());
        let english = guide.to_str().unwrap().replace(".vi.md", ".en.md");
        // Their English is elsewhere in docs/.
        let elsewhere = ["systemd", "ci", "architecture"];
        let is_elsewhere = elsewhere.iter().any(|name| english.ends_with(&format!("{name}.en.md")));
        assert!(is_elsewhere || root().join(&english).exists(), "{english}");
        let vietnamese = guide.to_str().unwrap().replace(".en.md", ".vi.md");
        assert!(root().join(&vietnamese).exists(), "{vietnamese}");
    }
}

fn run(folder: &Path, arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("V6READY_DB")
        .output()
        .unwrap()
}

/// The commands of these pages are run one after the other, as their reader would: all that need no network.
#[test]
fn the_guides_commands_do_what_they_say() {
    let sample = tempfile::tempdir().unwrap();
    prepare(sample.path());
    for page in [
        "inventory",
        "reports",
        "operating",
        "security",
        "fleet",
        "verdicts",
        "promises",
        "first-scan",
    ] {
        for lang in ["en", "vi"] {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("backup")).unwrap();
            for file in fs::read_dir(sample.path()).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
            }
            let text =
                fs::read_to_string(root().join(format!("docs/guide/{page}.{lang}.md"))).unwrap();
            let backup = at("backup").display().to_string();
            for line in shell_lines(&text) {
                for command in commands(&line.replace("/backup/", &format!("{backup}/"))) {
                    let Some(arguments) = own_arguments(&command) else { continue };
                    // What comes out of git comes from a person's repository; the others ask the network.
                    let network = ["-", "scan", "check", "doctor", "demo", "serve"];
                    let is_left_out = |word: &String| network.contains(&&**word);
                    if arguments.iter().take(3).any(is_left_out)
                        && !arguments.contains(&"--schema".to_owned())
                    {
                        continue;
                    }
                    // The province's organisations have ids of their own.
                    let arguments: Vec<String> = match arguments.iter().any(|word| word == "import")
                    {
                        true => arguments.to_vec(),
                        false => arguments
                            .iter()
                            .map(|word| {
                                word.replace("so-y-te", "so-yt")
                                    .replace("vp-ubnd/portal", "vp-ubnd/*")
                            })
                            .collect(),
                    };
                    let output = run(folder.path(), &arguments);
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    let code = output.status.code();
                    // Whatever the example's services are like: it must not be a mistake of the example.
                    let is_difference =
                        arguments.iter().any(|word| word == "diff" || word == "--check");
                    let expected = code == Some(0) || code == Some(1) && is_difference;
                    assert!(expected, "{page}.{lang}: {line}\n{code:?}: {said}");
                }
            }
        }
    }
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
    fs::copy(root().join("inventory.yaml"), at("other.yaml")).unwrap();
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
