//! `v6ready inventory import`: services from a table or a zone file.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::atomic_file::{unwritable, write_atomically};
use super::cli::{ImportArgs, ImportFormat};
use super::error::CliError;
use super::terminal;
use crate::inventory::import::{self, Defaults, EMPTY, MergeError, Merged, Reading};
use crate::model::Name;
use crate::report::describe::clean;

/// Octets of a table or zone file that are read.
const OCTETS_MAX: u64 = 256 * 1024 * 1024;

/// Problems that are printed; a person fixes the first ones and runs it again.
const SHOWN_MAX: usize = 100;

/// Reads the rows, prints what is added and what is known already, and writes the inventory.
///
/// # Errors
/// Everything that is wrong with the rows; nothing is written then.
pub(super) fn run(args: &ImportArgs) -> Result<ExitCode, CliError> {
    let reading = read_source(args)?;
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
    if bad > 0 && (!args.keep_going || reading.candidates.is_empty()) {
        let source = source_name(args);
        let error = CliError::operator(format!("{source}: {bad} problem(s); nothing is written"));
        return Err(match reading.candidates.is_empty() {
            true => error,
            false => error.help("`--keep-going` adds the good rows alone"),
        });
    }
    let text = read_inventory(&args.into)?;
    let defaults = Defaults { organisation: args.organisation.clone(), category: args.category };
    let merged =
        import::merge(&text, &args.into.display().to_string(), &reading.candidates, &defaults)
            .map_err(|error| match error {
                MergeError::Inventory(problems) => {
                    terminal::print_diagnostics(&problems);
                    CliError::operator(format!("{}: {problems}", args.into.display()))
                }
                other => other.into(),
            })?;
    print_changes(&merged)?;
    if args.dry_run || merged.added.is_empty() {
        terminal::note(format_args!("{} is left as it is", args.into.display()));
        return Ok(ExitCode::SUCCESS);
    }
    write_atomically(&args.into, |out| out.write_all(merged.text.as_bytes()))
        .map_err(|error| unwritable(&args.into, &error))?;
    terminal::note(format_args!("{} is written", args.into.display()));
    Ok(ExitCode::SUCCESS)
}

fn source_name(args: &ImportArgs) -> String {
    match args.source == Path::new("-") {
        true => "(stdin)".to_owned(),
        false => args.source.display().to_string(),
    }
}

fn read_source(args: &ImportArgs) -> Result<Reading, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::operator(format!("{} can't be read: {error}", source_name(args)))
    };
    let mut octets = Vec::new();
    if args.source == Path::new("-") {
        std::io::stdin().take(OCTETS_MAX).read_to_end(&mut octets).map_err(unreadable)?;
    } else {
        let file = fs::File::open(&args.source).map_err(unreadable)?;
        file.take(OCTETS_MAX).read_to_end(&mut octets).map_err(unreadable)?;
    }
    let faulty = |message: String| CliError::operator(format!("{}: {message}", source_name(args)));
    match args.from.unwrap_or_else(|| guess_format(&args.source, &octets)) {
        ImportFormat::Csv => {
            import::csv_table(&octets).map(|table| import::candidates(&table)).map_err(faulty)
        }
        ImportFormat::Xlsx => {
            import::xlsx_table(&octets).map(|table| import::candidates(&table)).map_err(faulty)
        }
        ImportFormat::Zone => {
            let text = String::from_utf8(octets)
                .map_err(|_| faulty("the zone file is not UTF-8".to_owned()))?;
            let origin = args.origin.as_deref().map(Name::parse).transpose();
            let origin = origin.map_err(|error| faulty(format!("--origin: {error}")))?;
            Ok(import::zone_candidates(&text, origin.as_ref()))
        }
    }
}

/// The format by the name, and on standard input by the first octets.
fn guess_format(source: &Path, octets: &[u8]) -> ImportFormat {
    let ending = source.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => ImportFormat::Csv,
        "xlsx" | "xlsm" => ImportFormat::Xlsx,
        // A ZIP archive, which a workbook is.
        _ if octets.starts_with(b"PK\x03\x04") => ImportFormat::Xlsx,
        _ if source == Path::new("-") => {
            let head = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
            let is_table = head.iter().any(|octet| matches!(octet, b',' | b';'))
                && !head.starts_with(b"$")
                && !head.starts_with(b";");
            if is_table { ImportFormat::Csv } else { ImportFormat::Zone }
        }
        _ => ImportFormat::Zone,
    }
}

fn read_inventory(file: &Path) -> Result<String, CliError> {
    match fs::read(file) {
        Ok(octets) => String::from_utf8(octets).map_err(|_| {
            CliError::operator(format!("{} is not UTF-8", file.display())).help("save it in UTF-8")
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(EMPTY.to_owned()),
        Err(error) => Err(CliError::operator(format!("{} can't be read: {error}", file.display()))),
    }
}

fn print_changes(merged: &Merged) -> std::io::Result<()> {
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
    for (candidate, id) in &merged.known {
        writeln!(
            out,
            "= {id}  {}  from {}: known already",
            clean(&candidate.target.to_string()),
            clean(&candidate.place)
        )?;
    }
    let new: std::collections::BTreeSet<&str> = merged
        .added
        .iter()
        .filter(|added| added.is_new_organisation)
        .filter_map(|added| added.id.split('/').next())
        .collect();
    writeln!(
        out,
        "{} to add, in {} new organisation(s); {} known already",
        merged.added.len(),
        new.len(),
        merged.known.len()
    )?;
    out.flush()
}
