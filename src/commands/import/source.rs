//! What is imported: a file or standard input, and of what format it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::commands::cli::{ImportArgs, ImportFormat};
use crate::commands::error::CliError;
use crate::inventory::import::{
    self, Budget, FILE_OCTETS_MAX, ListFormat, ListOptions, Options, Reading, Words,
};
use crate::model::Name;

/// How long a table is read; one of 100,000 services takes some seconds.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Reads the services of the file that is named.
///
/// # Errors
/// When it can't be read at all; what is wrong with its rows is part of the reading.
pub(super) fn read(args: &ImportArgs, words: &Words) -> Result<Reading, CliError> {
    let octets = octets_of(&args.source)?;
    let faulty = |message: String| CliError::operator(format!("{}: {message}", name(&args.source)));
    let began = Instant::now();
    let is_late = || began.elapsed() > TIME_MAX;
    let budget = Budget::new(&is_late);
    let format = args.from.unwrap_or_else(|| guess_format(&args.source, &octets));
    if let Some(list) = list_of(format) {
        let options = ListOptions {
            origin: origin(args)?.or_else(|| name_of_file(&args.source)),
            words: words.clone(),
            now: Some(Timestamp::now()),
        };
        return import::list_candidates(list, &octets, &options, &budget).map_err(faulty);
    }
    let tables = match format {
        ImportFormat::Csv => vec![import::csv_table(&octets, &budget).map_err(faulty)?],
        ImportFormat::Xlsx => import::workbook_tables(&octets, &budget).map_err(faulty)?,
        ImportFormat::Zone => {
            let text = String::from_utf8(octets)
                .map_err(|_| faulty("the zone file is not UTF-8".to_owned()))?;
            return Ok(import::zone_candidates(&text, origin(args)?.as_ref()));
        }
        _ => Vec::new(),
    };
    let options =
        Options { words: words.clone(), sheet: args.sheet.clone(), fills_down: args.fill_down };
    Ok(import::candidates(&tables, &options))
}

fn origin(args: &ImportArgs) -> Result<Option<Name>, CliError> {
    let origin = args.origin.as_deref().map(Name::parse).transpose();
    origin.map_err(|error| CliError::operator(format!("--origin: {error}")))
}

/// The domain that a file is called after: `example.gov.vn.yml`.
fn name_of_file(file: &Path) -> Option<Name> {
    let stem = file.file_stem()?.to_str().filter(|stem| stem.contains('.'))?;
    Name::parse(stem).ok()
}

/// The list of another tool that a format is.
fn list_of(format: ImportFormat) -> Option<ListFormat> {
    match format {
        ImportFormat::Csv | ImportFormat::Xlsx | ImportFormat::Zone => None,
        ImportFormat::Names => Some(ListFormat::Names),
        ImportFormat::InternetNl => Some(ListFormat::InternetNl),
        ImportFormat::WhyNoIpv6 => Some(ListFormat::WhyNoIpv6),
        ImportFormat::Prometheus => Some(ListFormat::Prometheus),
        ImportFormat::Certificates => Some(ListFormat::Certificates),
        ImportFormat::Nmap => Some(ListFormat::Nmap),
    }
}

fn format_of(list: ListFormat) -> ImportFormat {
    match list {
        ListFormat::Names => ImportFormat::Names,
        ListFormat::InternetNl => ImportFormat::InternetNl,
        ListFormat::WhyNoIpv6 => ImportFormat::WhyNoIpv6,
        ListFormat::Prometheus => ImportFormat::Prometheus,
        ListFormat::Certificates => ImportFormat::Certificates,
        ListFormat::Nmap => ImportFormat::Nmap,
    }
}

/// A file's octets, or those of standard input.
///
/// # Errors
/// When they can't be read, or are too many.
pub(super) fn octets_of(file: &Path) -> Result<Vec<u8>, CliError> {
    let mut octets = Vec::new();
    let mut read = |from: &mut dyn Read| -> io::Result<usize> {
        from.take(FILE_OCTETS_MAX + 1).read_to_end(&mut octets)
    };
    let count = match file == Path::new("-") {
        true => read(&mut io::stdin()),
        false => File::open(file).and_then(|mut opened| read(&mut opened)),
    };
    let count = count
        .map_err(|error| CliError::operator(format!("{} can't be read: {error}", name(file))))?;
    match count as u64 > FILE_OCTETS_MAX {
        true => Err(CliError::operator(format!(
            "{} has more than {} MiB, which is no table of services",
            name(file),
            FILE_OCTETS_MAX >> 20
        ))
        .help("split it")),
        false => Ok(octets),
    }
}

/// What messages call a file.
pub(super) fn name(file: &Path) -> String {
    match file == Path::new("-") {
        true => "(stdin)".to_owned(),
        false => file.display().to_string(),
    }
}

/// The format by the first octets, then by the name, and on standard input by the first line.
fn guess_format(source: &Path, octets: &[u8]) -> ImportFormat {
    if import::is_workbook(octets) {
        return ImportFormat::Xlsx;
    }
    if let Some(list) = import::list_format(octets) {
        return format_of(list);
    }
    let ending = source.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => ImportFormat::Csv,
        "xlsx" | "xlsm" | "xls" | "ods" => ImportFormat::Xlsx,
        _ if octets.starts_with(b"\xff\xfe") || octets.starts_with(b"\xfe\xff") => {
            ImportFormat::Csv
        }
        _ if source == Path::new("-") => {
            let head = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
            let is_table = head.iter().any(|octet| matches!(octet, b',' | b';'))
                && !head.starts_with(b"$")
                && !head.starts_with(b";")
                || head.starts_with(b"sep=");
            if is_table { ImportFormat::Csv } else { ImportFormat::Zone }
        }
        _ => ImportFormat::Zone,
    }
}
