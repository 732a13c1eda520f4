//! `v6ready demo --moment`: the sample province as it is at one moment. The sample reports are made of such
//! runs (`cargo xtask sample`).

use std::path::Path;
use std::process::ExitCode;

use crate::commands::cli::Global;
use crate::commands::confinement::{self, Reach};
use crate::commands::error::CliError;
use crate::commands::scan::carried_out;
use crate::commands::scan::network;
use crate::commands::terminal;
use crate::lab::{Deadlines, SampleGround};
use crate::probe;
use crate::runs::load;
use crate::runs::session::{HowToScan, Session};

/// Scans the sample province as it is at a moment into a store in the folder.
///
/// # Errors
/// When the lab can't be built, or the store can't be written.
pub(super) fn run(global: &Global, folder: &Path, moment: usize) -> Result<ExitCode, CliError> {
    let runtime = probe::runtime(1, || {})?;
    let ground = runtime.block_on(SampleGround::set_up())?;
    let inside = runtime.enter();
    let lab = ground.start(folder, Deadlines::Short, moment)?;
    drop(inside);
    let mut reach = Reach::default();
    reach.folder(folder);
    confinement::begin_scan(&reach);
    let read = load::read_inventory(&lab.inventory)?;
    reach.extend(read.files());
    let network = network::open(&reach)?;
    let loaded = read.complete(None, &terminal::note_of_run)?;
    let how = HowToScan { vantage: Some("sample"), ..HowToScan::default() };
    let db = folder.join("demo.db");
    let session = Session::begin(&db, loaded, &how, &terminal::note_of_run)?;
    carried_out(global, network, session)?;
    Ok(ExitCode::SUCCESS)
}
