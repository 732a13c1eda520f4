//! `v6ready runs export|import|prune|backup|restore|verify`: the history of runs and its keeping.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};

use super::cli::{Global, PruneArgs, RunsCommand};
use super::error::CliError;
use super::report::write_whole;
use super::{quarter, runs};
use crate::model::{Run, RunId};
use crate::store::{Imported, Store, StoreError, TransferError};

/// Stands for the newest run.
const NEWEST: &str = "newest";

/// Does what the subcommand says.
///
/// # Errors
/// What the operator must mend.
pub(super) fn run(global: &Global, command: &RunsCommand) -> Result<ExitCode, CliError> {
    match command {
        RunsCommand::Export { run, file } => export(&global.db, run, file)?,
        RunsCommand::Import { files } => import(&global.db, files)?,
        RunsCommand::Prune(args) => prune(&global.db, args)?,
        RunsCommand::Backup { file } => {
            let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
            copy(&store, file)?;
            println!("{}", file.display());
        }
        RunsCommand::Restore { file, replace } => restore(&global.db, file, *replace)?,
        RunsCommand::Verify => {
            let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
            let held = store.verify().map_err(CliError::of_error)?;
            println!(
                "{}: whole; runs: {}, observations: {}, long byte strings: {}",
                global.db.display(),
                held.runs,
                held.observations,
                held.blobs
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn export(db: &Path, run: &str, file: &Path) -> Result<(), CliError> {
    let store = Store::open_existing(db).map_err(CliError::of_error)?;
    let id = match run {
        NEWEST => match store.runs().map_err(CliError::of_error)?.into_iter().next() {
            Some(run) => run.id,
            None => {
                return Err(
                    CliError::mend("the store holds no run yet").help("`v6ready scan` makes one")
                );
            }
        },
        id => RunId(id.to_owned()),
    };
    if file == Path::new("-") {
        store.export(&id, io::stdout().lock()).map_err(CliError::of_error)?;
        return Ok(());
    }
    // Looked for before the file is touched.
    store.run(&id).map_err(CliError::of_error)?;
    let mut failure = None;
    let written = write_whole(file, |out| match store.export(&id, out) {
        Ok(_) => Ok(()),
        Err(TransferError::File(error)) => Err(error),
        Err(error) => {
            failure = Some(error);
            Err(io::Error::other("the run can't be exported"))
        }
    });
    match (failure, written) {
        (Some(error), _) => return Err(CliError::of_error(error)),
        (None, Err(error)) => return Err(unwritable(file, &error)),
        (None, Ok(())) => {}
    }
    println!("{}", file.display());
    Ok(())
}

fn unwritable(file: &Path, error: &io::Error) -> CliError {
    CliError::mend(format!("{} can't be written: {error}", file.display()))
}

fn import(db: &Path, files: &[PathBuf]) -> Result<(), CliError> {
    let mut store = Store::open(db).map_err(CliError::of_error)?;
    for file in files {
        let source: Box<dyn Read> = if file == Path::new("-") {
            Box::new(io::stdin())
        } else {
            let opened = File::open(file).map_err(|error| {
                CliError::mend(format!("{} can't be read: {error}", file.display()))
            })?;
            Box::new(BufReader::new(opened))
        };
        let imported = store.import(source).map_err(|error| match error {
            TransferError::Store(error) => CliError::of_error(error),
            other => CliError::mend(format!("{}: {}", file.display(), chain(&other))),
        })?;
        match imported {
            Imported::Taken(id) => println!("{id}"),
            Imported::Known(id) => println!("{id} (known already)"),
        }
    }
    Ok(())
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn prune(db: &Path, args: &PruneArgs) -> Result<(), CliError> {
    let mut store = Store::open_existing(db).map_err(CliError::of_error)?;
    let runs = store.runs().map_err(CliError::of_error)?;
    let quarterly = match args.keep_quarterly {
        true => quarter::closings(&store)?,
        false => HashSet::new(),
    };
    let removed = no_longer_kept(&runs, args, &quarterly, Timestamp::now());
    let mut out = super::terminal::results();
    for run in &removed {
        writeln!(out, "{}", runs::line(run)).map_err(CliError::of_error)?;
    }
    out.flush().map_err(CliError::of_error)?;
    if args.dry_run {
        eprintln!("{} of {} runs would be removed", removed.len(), runs.len());
        return Ok(());
    }
    let ids: Vec<RunId> = removed.iter().map(|run| run.id.clone()).collect();
    if !ids.is_empty() {
        store.prune(&ids).map_err(CliError::of_error)?;
    }
    eprintln!("{} of {} runs were removed", ids.len(), runs.len());
    Ok(())
}

/// The runs that nothing keeps; `runs` has the newest first.
fn no_longer_kept<'a>(
    runs: &'a [Run],
    args: &PruneArgs,
    quarterly: &HashSet<RunId>,
    now: Timestamp,
) -> Vec<&'a Run> {
    let since = args
        .keep_days
        .map(|days| now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))))
        .and_then(Result::ok);
    let last = args.keep_last.unwrap_or(0);
    let is_kept = |(at, run): &(usize, &Run)| {
        *at < last
            || since.is_some_and(|since| run.started_at >= since)
            || quarterly.contains(&run.id)
    };
    runs.iter().enumerate().filter(|run| !is_kept(run)).map(|(_, run)| run).collect()
}

/// Copies a store: to another name first, so that no half of a copy ever has the wanted one.
fn copy(store: &Store, file: &Path) -> Result<(), CliError> {
    if file.exists() {
        return Err(CliError::mend(format!("{} is there already", file.display()))
            .help("name a new file, or remove the old one"));
    }
    let part = with_ending(file, ".part");
    if part.exists() {
        fs::remove_file(&part).map_err(|error| unwritable(&part, &error))?;
    }
    store.copy_to(&part).map_err(CliError::of_error)?;
    fs::rename(&part, file).map_err(|error| unwritable(file, &error))
}

fn restore(db: &Path, file: &Path, replace: bool) -> Result<(), CliError> {
    let backup = Store::open_existing(file).map_err(CliError::of_error)?;
    backup.verify().map_err(CliError::of_error)?;
    if db.exists() {
        if !replace {
            return Err(CliError::mend(format!("{} is there already", db.display()))
                .help("`--replace` puts the copy in its place and keeps the old store beside it"));
        }
        // Nobody may be writing to what is about to be put aside.
        let old = Store::open_existing(db).and_then(|store| store.close_and_lock());
        let old = old.map(Some).or_else(|error| match error {
            StoreError::Busy { .. } => Err(error),
            // What is damaged can be put aside as it is.
            _ => Ok(None),
        });
        let _held = old.map_err(CliError::of_error)?;
        let aside = with_ending(db, ".replaced");
        fs::rename(db, &aside).map_err(|error| unwritable(&aside, &error))?;
        for ending in ["-wal", "-shm"] {
            let (beside, to) = (with_ending(db, ending), with_ending(&aside, ending));
            if beside.exists() {
                fs::rename(&beside, &to).map_err(|error| unwritable(&to, &error))?;
            }
        }
    }
    copy(&backup, db)?;
    println!("{}", db.display());
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str, day: &str) -> Run {
        Run {
            started_at: format!("{day}T00:00:00Z").parse().unwrap(),
            complete: true,
            ..Run::of_tests(id)
        }
    }

    #[test]
    fn a_run_goes_when_nothing_keeps_it() {
        let runs = [
            made("d", "2026-11-20"),
            made("c", "2026-11-01"),
            made("b", "2026-09-30"),
            made("a", "2026-01-01"),
        ];
        let now = "2026-11-27T00:00:00Z".parse().unwrap();
        let args = |keep_last, keep_days| PruneArgs {
            keep_last,
            keep_days,
            keep_quarterly: true,
            dry_run: true,
        };
        let quarterly = HashSet::from([RunId("b".into())]);
        for (args, quarterly, expected) in [
            (args(Some(1), None), HashSet::new(), vec!["c", "b", "a"]),
            (args(None, Some(30)), HashSet::new(), vec!["b", "a"]),
            (args(None, Some(30)), quarterly.clone(), vec!["a"]),
            (args(Some(4), None), HashSet::new(), vec![]),
            (args(None, Some(u32::MAX)), HashSet::new(), vec![]),
            (args(None, None), quarterly, vec!["d", "c", "a"]),
        ] {
            let gone = no_longer_kept(&runs, &args, &quarterly, now);
            let gone: Vec<_> = gone.iter().map(|run| &*run.id.0).collect();
            assert_eq!(gone, expected, "{args:?}");
        }
    }
}
