//! `v6ready demo`: the whole product in the built-in lab.

mod sample;
mod serve;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::cli::{DemoArgs, Global, ReportFormat, ResultFormat};
use super::confinement::{self, Reach};
use super::error::CliError;
use super::gate::Gate;
use super::report::{Dress, run_files};
use super::scan::network;
use super::scan::{carried_out, print_scanned};
use super::terminal;
use crate::lab;
use crate::lab::{Deadlines, Entered, Lab};
use crate::probe;
use crate::runs::load;
use crate::runs::session::{HowToScan, Session};

/// Scans the lab's province and writes its reports. Must be called before any thread exists.
///
/// # Errors
/// When the lab can't be built, with what would allow it.
pub(super) fn run(global: &Global, args: &DemoArgs) -> Result<ExitCode, CliError> {
    let (entered, socket) = match args.serve {
        true => lab::enter_with_socket(|| serve::listen(args.listen))?,
        false => (lab::enter()?, None),
    };
    if let Entered::Ran(code) = entered {
        return Ok(code);
    }
    let folder: &Path = &args.out;
    fs::create_dir_all(folder).map_err(|error| {
        CliError::operator(format!("{} can't be made: {error}", folder.display()))
    })?;
    if let Some(socket) = socket {
        return serve::run(global, &folder.join("sample"), socket);
    }
    match args.moment {
        Some(moment) => sample::run(global, folder, moment),
        None => scan_and_report(global, folder),
    }
}

fn scan_and_report(global: &Global, folder: &Path) -> Result<ExitCode, CliError> {
    let runtime = probe::runtime(1, || {})?;
    let lab = runtime.block_on(Lab::start(folder, Deadlines::Short))?;
    // The lab's threads go on as they were; what scans and reports from here on is confined as any scan is.
    let mut reach = Reach::default();
    reach.folder(folder);
    confinement::begin_scan(&reach);
    let read = load::read_inventory(&lab.inventory)?;
    reach.extend(read.files());
    let network = network::open(&reach)?;
    let loaded = read.complete(None, &terminal::note_of_run)?;
    let global = Global { db: folder.join("demo.db"), ..global.clone() };
    let how = HowToScan { vantage: Some("demo"), ..HowToScan::default() };
    let session = Session::begin(&global.db, loaded, &how, &terminal::note_of_run)?;
    let scanned = carried_out(&global, network, session)?;
    let lang = scanned.result.inventory.lang;
    let formats =
        [ReportFormat::Html, ReportFormat::Pdf, ReportFormat::Markdown, ReportFormat::Json];
    let dress = Dress::default();
    let (store, result) = (&scanned.store, &scanned.result);
    let content = run_files::Content { result, since: None, lang };
    let files = run_files::write_files(store, content, &formats, &dress, folder)?;
    let code = print_scanned(&global, &scanned, None, ResultFormat::Text, &Gate::default())?;
    for file in files {
        terminal::line(file.display())?;
    }
    Ok(code)
}
