//! `scan --metrics FILE`: what the scan found, for Prometheus.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::report::metrics::{self, MetricsContext};
use crate::runs::named_run::shows_whole_inventory;
use crate::runs::session::ScannedRun;
use crate::runs::since_last::since_last;
use crate::runs::stored_run::{filled_in, judge_run};
use crate::store::{ListedRun, Scope};

/// Writes the metrics of the whole inventory, so that no series ends because only a part was looked at
/// again: after a scan of a part those of the newest whole run, filled in as `report` does. A run that has yet
/// to be resumed leaves the file as it is.
///
/// # Errors
/// When the store can't be read or the file can't be written.
pub(super) fn write_metrics(file: &Path, scanned: &ScannedRun) -> Result<(), CliError> {
    let ScannedRun { store, result, since, requests, timings, .. } = scanned;
    let listed = store.listed_runs()?;
    let Some(own) = listed.iter().find(|run| run.run.id == result.run.id) else { return Ok(()) };
    if result.run.finished_at.is_none() {
        return Ok(());
    }
    let is_of_same = |run: &&ListedRun| run.is_of_same_inventory(own);
    let last_complete =
        listed.iter().filter(is_of_same).find(|run| shows_whole_inventory(run)).map(|run| &run.run);
    if own.scope == Scope::Whole {
        let (since, requests) = (since.as_ref(), Some(*requests));
        let timings = Some(timings);
        return write(file, &MetricsContext { result, since, last_complete, requests, timings });
    }
    let mut whole = listed.iter().filter(is_of_same).filter(|run| run.scope == Scope::Whole);
    let Some(whole) = whole.find(|run| run.run.finished_at.is_some()) else {
        terminal::note(format_args!(
            "--metrics: {} is left as it is; there is no run of the whole inventory that this part could \
             fill in",
            file.display()
        ));
        return Ok(());
    };
    let whole = filled_in(store, &listed, whole)?;
    let result = judge_run(store, &whole, Timestamp::now())?;
    let since = since_last(store, &result)?;
    let context = MetricsContext {
        result: &result,
        since: since.as_ref(),
        last_complete,
        requests: None,
        timings: None,
    };
    write(file, &context)
}

fn write(file: &Path, context: &MetricsContext<'_>) -> Result<(), CliError> {
    write_atomically(file, |out| metrics::write(context, out))
        .map_err(|error| unwritable(file, &error))
}
