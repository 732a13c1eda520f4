//! `v6ready demo`: the whole product in the built-in lab.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::cli::{DemoArgs, Global, ReportFormat, ResultFormat};
use super::confinement::{self, Reach};
use super::error::CliError;
use super::gate::Gate;
use super::report::{Dress, run_files};
use super::scan::network::Network;
use super::scan::print_scanned;
use super::scan::session::{HowToScan, start_run};
use super::{load, runtime, terminal};
use crate::lab;
use crate::lab::{Deadlines, Entered, Lab};

/// Scans the lab's province and writes its reports. Must be called before any thread exists.
///
/// # Errors
/// When the lab can't be built, with what would allow it.
pub(super) fn run(global: &Global, args: &DemoArgs) -> Result<ExitCode, CliError> {
    match lab::enter()? {
        Entered::Ran(code) => return Ok(code),
        Entered::Inside => {}
    }
    let folder: &Path = &args.out;
    fs::create_dir_all(folder).map_err(|error| {
        CliError::operator(format!("{} can't be made: {error}", folder.display()))
    })?;
    let runtime = runtime::with_workers(1)?;
    let lab = runtime.block_on(Lab::start(folder, Deadlines::Short))?;
    // The lab's threads go on as they were; what scans and reports from here on is confined as any scan is.
    let mut reach = Reach::default();
    reach.folder(folder);
    confinement::begin_scan(&reach);
    let read = load::read_inventory(&lab.inventory)?;
    reach.extend(read.files());
    let network = Network::open(&reach)?;
    let loaded = read.complete(None)?;
    let global = Global { db: folder.join("demo.db"), ..global.clone() };
    let how = HowToScan { vantage: Some("demo"), ..HowToScan::default() };
    let scanned = start_run(network, &global.db, &global, loaded, &how)?;
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
