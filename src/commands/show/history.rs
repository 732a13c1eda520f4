//! `v6ready show ORG/SERVICE --history`.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use crate::commands::cli::{Global, ShowArgs};
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::judge::{Histories, Lineage, Sight};
use crate::model::{Service, ServiceId};
use crate::report;
use crate::report::history::HowToPrint;
use crate::runs::histories::{judge_then, look};
use crate::runs::stored_run::{LoadedRun, load_run_by_id};
use crate::store::{ListedRun, Scope, Store};

/// Judges the service in every run that looked at it, by today's rules under the policy of the newest of
/// them, and prints what changed. Runs from before it was renamed or moved are among them.
pub(super) fn print(global: &Global, store: &Store, args: &ShowArgs) -> Result<ExitCode, CliError> {
    let listed = store.listed_runs()?;
    let newest = newest_with(store, &listed, &args.service)?;
    let (newest_listed, newest, service) = newest.ok_or_else(|| {
        CliError::operator(format!("no run of the store looked at a service `{}`", args.service))
            .help("`v6ready show` names a service as ORG/SERVICE; `v6ready runs` lists the runs")
    })?;
    let inventory = &newest.loaded.inventory;
    let mut histories = Histories::default();
    for run in listed.iter().rev().filter(|run| shows(run, newest_listed)) {
        let run = load_run_by_id(store, &run.run.id)?;
        let lineage = Lineage::of(inventory, &run.loaded.inventory);
        let then = lineage.then(&service.id).and_then(|then| find(&run, then));
        if let Some(then) = then {
            let result = judge_then(store, &run, &newest.loaded.policy, &then)?;
            histories.add(look(&run), [(service.id.clone(), Sight::of(&result))]);
        }
    }
    let lang = args.lang.unwrap_or(inventory.lang);
    let (color, _) = terminal::stdout_style(global);
    let mut out = terminal::results();
    if let Some(history) = histories.of(&service.id) {
        let timezone = &inventory.timezone;
        let how = HowToPrint { color, all: global.verbose > 0 };
        report::history::write(&service, history, timezone, lang, how, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a run shows something of the services of an inventory: one of names only for those names.
fn shows(run: &ListedRun, newest: &ListedRun) -> bool {
    run.shows_its_scope() && run.is_of_same_inventory(newest)
}

/// A run with one of its services.
type Found<'a> = (&'a ListedRun, LoadedRun, Arc<Service>);

/// The newest run that looked at the service, under its present id or a former one; one of names only
/// where no inventory has it.
fn newest_with<'a>(
    store: &Store,
    listed: &'a [ListedRun],
    wanted: &str,
) -> Result<Option<Found<'a>>, CliError> {
    let (names, inventories): (Vec<_>, Vec<_>) =
        listed.iter().partition(|run| run.scope == Scope::Names);
    for run in inventories.into_iter().chain(names).filter(|run| shows(run, run)) {
        let loaded = load_run_by_id(store, &run.run.id)?;
        let present = loaded.services.iter().find(|service| service.id.to_string() == wanted);
        let service = present.or_else(|| successor(&loaded.services, wanted)).cloned();
        if let Some(service) = service {
            if service.id.to_string() != wanted {
                terminal::note(format_args!("`{wanted}` is `{}` now", service.id));
            }
            return Ok(Some((run, loaded, service)));
        }
    }
    Ok(None)
}

/// The service that goes on with a former id.
pub(super) fn successor<'a>(
    services: &'a [Arc<Service>],
    wanted: &str,
) -> Option<&'a Arc<Service>> {
    services.iter().find(|service| service.formerly.iter().any(|id| id.to_string() == wanted))
}

fn find(run: &LoadedRun, wanted: &ServiceId) -> Option<Arc<Service>> {
    run.services.iter().find(|service| service.id == *wanted).cloned()
}
