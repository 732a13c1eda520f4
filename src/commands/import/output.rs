//! What an import says: of the rows that it read, and of what it does to the inventory.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use crate::commands::terminal;
use crate::inventory::import::{Merged, Reading};
use crate::report::describe::clean;

/// Problems that are printed; a person fixes the first ones and runs it again.
const SHOWN_MAX: usize = 100;

/// Prints what was passed over and what is wrong.
pub(super) fn print_reading(reading: &Reading) {
    for note in &reading.notes {
        terminal::note(format_args!("note: {}", clean(note)));
    }
    for problem in reading.problems.iter().take(SHOWN_MAX) {
        let (place, message) = (clean(&problem.place), clean(&problem.message));
        terminal::note(format_args!("error: {place}: {message}"));
        if let Some(help) = &problem.help {
            terminal::note(format_args!("  help: {}", clean(help)));
        }
    }
    let bad = reading.problems.len();
    if bad > SHOWN_MAX {
        terminal::note(format_args!("… and {} more", bad - SHOWN_MAX));
    }
}

/// Prints what comes, what changes and what is known.
pub(super) fn print_changes(merged: &Merged, updates: bool) -> io::Result<()> {
    for note in &merged.notes {
        terminal::note(format_args!("note: {}", clean(note)));
    }
    let mut out = terminal::results();
    for added in &merged.added {
        let guess = if added.candidate.guess.is_some() { "  (a guess)" } else { "" };
        writeln!(
            out,
            "+ {}  {}  from {}{guess}",
            added.id,
            clean(&added.candidate.target.to_string()),
            clean(&added.candidate.place)
        )?;
    }
    for changed in &merged.changed {
        let from = changed.from.as_deref().map_or("(not said)".into(), clean);
        writeln!(
            out,
            "~ {}  {}: {from} → {}  from {}",
            changed.id,
            changed.key,
            clean(&changed.to),
            clean(&changed.place)
        )?;
    }
    let changed: BTreeSet<&str> = merged.changed.iter().map(|changed| &*changed.id).collect();
    for (candidate, id) in &merged.known {
        if !changed.contains(&**id) {
            writeln!(
                out,
                "= {id}  {}  from {}: known already",
                clean(&candidate.target.to_string()),
                clean(&candidate.place)
            )?;
        }
    }
    let organisations: BTreeSet<&str> = merged
        .added
        .iter()
        .filter(|added| added.is_new_organisation)
        .filter_map(|added| added.id.split('/').next())
        .collect();
    let changes = match (merged.changed.len(), updates) {
        (0, _) => String::new(),
        (1, true) => "; 1 value changes".to_owned(),
        (count, true) => format!("; {count} values change"),
        (1, false) => "; 1 value differs, which `--update` takes over".to_owned(),
        (count, false) => format!("; {count} values differ, which `--update` takes over"),
    };
    writeln!(
        out,
        "{} to add, in {} new {}; {} known already{changes}",
        merged.added.len(),
        organisations.len(),
        if organisations.len() == 1 { "organisation" } else { "organisations" },
        merged.known.len(),
    )?;
    out.flush()
}
