//! `v6ready inventory import`: services from a table, a zone file or the list of another tool.

mod output;
mod questions;
mod source;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::atomic_file::{RewriteRight, unwritable, write_atomically};
use super::cli::ImportArgs;
use super::error::CliError;
use super::terminal;
use crate::inventory;
use crate::inventory::import::{self, Base, MergeError, Reading, Terms, Words};
use crate::runs::load;

/// Reads the rows, prints what is added, changed and known already, and writes the inventory.
///
/// # Errors
/// Everything that is wrong with the rows; nothing is written then.
pub(super) fn run(args: &ImportArgs) -> Result<ExitCode, CliError> {
    let words = words(args)?;
    let reading = source::read(args, &words)?;
    refuse_bad_rows(args, &reading)?;
    // Held until the end: what another import puts into it meanwhile would be lost.
    let _right = match args.dry_run {
        true => None,
        false => Some(take_rewrite_right(&args.into)?),
    };
    let text = read_inventory(&args.into)?;
    let is_new = text.is_none();
    let text = text.unwrap_or_else(|| inventory::scaffold_head(args.lang, args.title.as_deref()));
    let file = args.into.display().to_string();
    let base = Base { text: &text, file: &file, is_new };
    let mut terms = Terms {
        organisation: args.organisation.clone(),
        category: args.category,
        stage: args.stage,
        goal: None,
        updates: args.update,
        answers: HashMap::new(),
        words,
    };
    questions::take_answers(args, &mut terms)?;
    let faulty = |error: MergeError| match error {
        MergeError::Inventory(problems) => {
            terminal::print_diagnostics(&problems);
            CliError::operator(format!("{file}: {problems}"))
        }
        other => other.into(),
    };
    // Of a new one only the head is known, and its policy is the default.
    let example =
        format!("{text}  - {{id: o, services: [{{id: s, category: portal, zone: s.example}}]}}\n");
    let parsed = inventory::parse(if is_new { &example } else { &text }.as_bytes(), &file)
        .map_err(|problems| faulty(MergeError::Inventory(problems)))?;
    terms.goal = load::goal_of_policy(&parsed, args.into.parent().unwrap_or(Path::new("")));
    questions::ask(args, &base, &reading.candidates, &mut terms)?;
    let merged = import::merge(&base, &reading.candidates, &terms).map_err(faulty)?;
    output::print_changes(&merged, args.update)?;
    if args.dry_run || merged.text == text || is_new && merged.added.is_empty() {
        terminal::note(format_args!("{file} is left as it is"));
        return Ok(ExitCode::SUCCESS);
    }
    if read_inventory(&args.into)?.unwrap_or_default() != if is_new { "" } else { &*text } {
        return Err(CliError::operator(format!(
            "{file} was changed while this import was at work; nothing is written"
        ))
        .help("import again, into the inventory as it is now"));
    }
    write_atomically(&args.into, |out| out.write_all(merged.text.as_bytes()))
        .map_err(|error| unwritable(&args.into, &error))?;
    terminal::note(format_args!("{file} is written"));
    Ok(ExitCode::SUCCESS)
}

/// The built-in words and those of the files that are named.
fn words(args: &ImportArgs) -> Result<Words, CliError> {
    let mut words = Words::built_in();
    for file in &args.words {
        let octets = source::octets_of(file)?;
        words.extend(&octets).map_err(|problems| {
            CliError::operator(format!("{}: {problems}", file.display()))
                .help("`v6ready inventory words` prints such a table")
        })?;
    }
    Ok(words)
}

fn refuse_bad_rows(args: &ImportArgs, reading: &Reading) -> Result<(), CliError> {
    output::print_reading(reading);
    let bad = reading.problems.len();
    if bad == 0 || args.keep_going && !reading.candidates.is_empty() {
        return Ok(());
    }
    let source = source::name(&args.source);
    let error = CliError::operator(format!(
        "{source}: {}; nothing is written",
        crate::inventory::problems(bad)
    ));
    Err(match reading.candidates.is_empty() {
        true => error,
        false => error.help("`--keep-going` takes the good rows alone"),
    })
}

fn take_rewrite_right(file: &Path) -> Result<RewriteRight, CliError> {
    let tell = || {
        terminal::note(format_args!(
            "another import writes beside {} now; waiting for it",
            file.display()
        ));
    };
    RewriteRight::take(file, tell).map_err(|error| unwritable(file, &error))
}

/// The inventory's text; `None` when there is none yet.
fn read_inventory(file: &Path) -> Result<Option<String>, CliError> {
    if fs::metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let octets = load::inventory_text(file)?;
    String::from_utf8(octets).map(Some).map_err(|_| {
        CliError::operator(format!("{} is not UTF-8", file.display())).help("save it in UTF-8")
    })
}
