//! `v6ready show`: one service with every verdict and its evidence.

use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;

use super::cli::{Global, ShowArgs};
use super::stop::Stop;
use super::{judging, terminal};
use crate::report;
use crate::store::Store;

/// Prints one service of a run.
///
/// # Errors
/// When the run or the service doesn't exist, or the store can't be read.
pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, Stop> {
    let store = Store::open_existing(&global.db).map_err(Stop::of_error)?;
    let mut case = judging::open(&store, args.run.as_deref())?;
    let known = case.services.clone();
    case.services.retain(|service| service.id.to_string() == args.service);
    if case.services.is_empty() {
        let stop =
            Stop::mend(format!("run {} has no service `{}`", case.stored.run.id, args.service));
        let nearest = known.iter().map(|service| service.id.to_string()).max_by(|a, b| {
            let likeness = |id: &str| strsim::jaro_winkler(id, &args.service);
            likeness(a).total_cmp(&likeness(b))
        });
        return Err(match nearest {
            Some(id) => stop.help(format!("did you mean `{id}`?")),
            None => stop,
        });
    }
    let as_of = case.stored.run.finished_at.unwrap_or_else(Timestamp::now);
    let result = judging::judge(&store, &case, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let (color, width) = terminal::of_stdout(global);
    judging::with_sheet(&store, &result, lang, |sheet| {
        let mut out = std::io::stdout().lock();
        for service in &result.services {
            report::terminal::write_service(sheet, service, true, color, width, &mut out)?;
        }
        out.flush()
    })
    .map_err(Stop::of_error)?;
    Ok(ExitCode::SUCCESS)
}
