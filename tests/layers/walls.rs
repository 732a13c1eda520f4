//! Which arrows are allowed.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{File, Tree};

/// A room or an area, and those that it may import.
type MayImport = (&'static str, &'static [&'static str]);

/// Every room, and the rooms that it may import beside itself.
pub const ROOMS: [MayImport; 16] = [
    ("model", &[]),
    ("inventory", &["model"]),
    ("policy", &["model"]),
    ("evidence", &["model"]),
    ("plan", &["model", "evidence"]),
    ("check", &["model", "evidence"]),
    ("judge", &["model", "evidence", "check", "policy"]),
    ("probe", &["model"]),
    ("store", &["model"]),
    ("scan", &["model", "evidence", "plan", "check", "policy", "judge", "probe", "store"]),
    // `describe` reads certificates as the checks do.
    ("report", &["model", "evidence", "check", "policy", "judge"]),
    ("lab", &["model"]),
    (
        "runs",
        &[
            "model",
            "inventory",
            "policy",
            "evidence",
            "check",
            "judge",
            "probe",
            "store",
            "scan",
            "report",
        ],
    ),
    ("view", &["model", "policy", "evidence", "check", "judge", "store", "runs"]),
    (
        "serve",
        &[
            "model",
            "inventory",
            "policy",
            "evidence",
            "plan",
            "check",
            "judge",
            "probe",
            "store",
            "scan",
            "report",
            "runs",
            "view",
        ],
    ),
    (
        "commands",
        &[
            "model",
            "inventory",
            "policy",
            "evidence",
            "check",
            "judge",
            "probe",
            "store",
            "scan",
            "report",
            "lab",
            "runs",
            "view",
            "serve",
        ],
    ),
];

/// In rooms that are divided into areas: each area, and those that it may import. Files beside the
/// areas are free; areas may import the room's root and the files that are named here as areas.
const AREAS: [(&str, &[MayImport]); 3] = [
    (
        "evidence",
        &[
            ("query", &[]),
            ("dns", &["query"]),
            ("mail", &["query", "dns"]),
            ("service", &["query", "dns", "mail"]),
            ("reach", &["query", "dns", "service"]),
            ("tls", &["query", "dns", "service"]),
            ("web", &["query", "dns", "service"]),
            ("vantage", &["query"]),
            ("own_names", &["query", "dns", "vantage"]),
            ("discovered_names", &["query", "dns", "mail", "service", "tls", "web"]),
        ],
    ),
    (
        "check",
        &[
            ("address", &[]),
            ("reach", &["address"]),
            ("web", &["address", "reach"]),
            ("tls", &["address", "reach", "web"]),
            ("dns", &["address", "reach", "tls", "web"]),
            ("mail", &["address", "reach", "tls", "dns"]),
            ("service", &["address", "reach", "tls", "web", "dns", "mail"]),
            ("inventory", &["address", "reach", "web", "dns", "mail", "service"]),
            ("vantage", &[]),
        ],
    ),
    (
        "plan",
        &[
            ("dns", &[]),
            ("tls", &[]),
            ("web", &[]),
            ("mail", &[]),
            ("reach", &[]),
            ("service", &[]),
        ],
    ),
];

/// Rooms without network, disk and clock.
const PURE: [&str; 8] =
    ["model", "inventory", "policy", "evidence", "plan", "check", "judge", "report"];

/// What pure rooms may not name: path segments that follow each other.
const IMPURE: [(&str, &[&str]); 7] = [
    ("tokio", &["tokio"]),
    ("std::fs", &["std", "fs"]),
    ("now()", &["now"]),
    ("SystemTime", &["SystemTime"]),
    ("Instant", &["Instant"]),
    ("TcpStream", &["TcpStream"]),
    ("UdpSocket", &["UdpSocket"]),
];

/// Everything that is wrong with a tree, in one line each.
pub fn violations(tree: &Tree) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in tree.files() {
        found.extend(impure_words(file));
        for target in tree.targets(file) {
            if target != file.path {
                arrows.entry(&file.path).or_default().insert(target);
                found.extend(forbidden(&file.path, target));
            }
        }
    }
    let circles = circles(&arrows);
    let told =
        circles.iter().map(|files| format!("files import in a circle: {}", files.join(", ")));
    found.into_iter().chain(told).collect()
}

fn room(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The area of a file in a divided room.
fn area(path: &str) -> Option<&str> {
    path.split('/').nth(1).map(|name| name.trim_end_matches(".rs"))
}

fn forbidden(from: &str, to: &str) -> Option<String> {
    let (here, there) = (room(from), room(to));
    let allowed = ROOMS.iter().find(|(name, _)| *name == here).map(|(_, allowed)| *allowed);
    if here != there {
        let is_free = allowed.is_none_or(|allowed| allowed.contains(&there));
        let why = format!("{from} imports {to}: `{here}` may not import `{there}`");
        return (!is_free).then_some(why);
    }
    let (_, areas) = AREAS.iter().find(|(name, _)| *name == here)?;
    let (mine, other) = (area(from)?, area(to)?);
    let allowed = |name: &str| areas.iter().find(|(area, _)| *area == name).map(|(_, may)| *may);
    let (may, _) = (allowed(mine)?, allowed(other)?);
    let why = format!("{from} imports {to}: in `{here}`, `{mine}` may not import `{other}`");
    (mine != other && !may.contains(&other)).then_some(why)
}

fn impure_words(file: &File) -> Vec<String> {
    let room = room(&file.path);
    if !PURE.contains(&room) {
        return Vec::new();
    }
    let names = |words: &[&str]| {
        file.paths.iter().any(|path| path.windows(words.len()).any(|part| part == words))
    };
    let words = IMPURE.iter().filter(|(_, words)| names(words));
    let why = "is without network, disk and clock";
    words.map(|(word, _)| format!("{} contains `{word}`: `{room}` {why}", file.path)).collect()
}

/// The groups of files that reach each other.
fn circles(arrows: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Vec<String>> {
    let reaches = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for next in arrows.get(file).into_iter().flatten() {
                if seen.insert(*next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|file| (*file, reaches(file))).collect();
    let mut found = BTreeSet::new();
    for (file, reached) in all.iter().filter(|(file, reached)| reached.contains(*file)) {
        let back = reached.iter().filter(|other| all.get(*other).is_some_and(|r| r.contains(file)));
        found.insert(back.map(|file| (*file).to_owned()).collect::<Vec<_>>());
    }
    found.into_iter().collect()
}
