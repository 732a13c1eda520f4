//! `v6ready show ORG/SERVICE --history`.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use crate::commands::cli::{Global, ShowArgs};
use crate::commands::error::CliError;
use crate::commands::stored_run::{LoadedRun, load_run_by_id};
use crate::commands::terminal;
use crate::judge::{self, History, Look};
use crate::model::Service;
use crate::report;
use crate::store::{ListedRun, Scope, Store};

/// Judges the service in every run that looked at it, by today's rules under the policy of the newest of
/// them, and prints what changed.
pub(super) fn print(global: &Global, store: &Store, args: &ShowArgs) -> Result<ExitCode, CliError> {
    let listed = store.listed_runs()?;
    let newest = newest_with(store, &listed, &args.service)?;
    let (newest_listed, newest, service) = newest.ok_or_else(|| {
        CliError::operator(format!("no run of the store looked at a service `{}`", args.service))
            .help("`v6ready show` names a service as ORG/SERVICE; `v6ready runs` lists the runs")
    })?;
    let mut looks = Vec::new();
    for run in listed.iter().rev().filter(|run| shows(run, newest_listed)) {
        let run = load_run_by_id(store, &run.run.id)?;
        if let Some(service) = find(&run, &args.service) {
            looks.push(look(store, &run, &newest, &service)?);
        }
    }
    let inventory = &newest.loaded.inventory;
    let lang = args.lang.unwrap_or(inventory.lang);
    let (color, _) = terminal::stdout_style(global);
    let mut out = terminal::results();
    let history = History { service, looks };
    report::history::write(&history, &inventory.timezone, lang, color, &mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a run shows something of the services of an inventory: one of names only for those names.
fn shows(run: &ListedRun, newest: &ListedRun) -> bool {
    run.shows_its_scope() && run.is_of_same_inventory(newest)
}

/// A run with one of its services.
type Found<'a> = (&'a ListedRun, LoadedRun, Arc<Service>);

/// The newest run that looked at the service; one of names only where no inventory has it.
fn newest_with<'a>(
    store: &Store,
    listed: &'a [ListedRun],
    wanted: &str,
) -> Result<Option<Found<'a>>, CliError> {
    let (names, inventories): (Vec<_>, Vec<_>) =
        listed.iter().partition(|run| run.scope == Scope::Names);
    for run in inventories.into_iter().chain(names).filter(|run| shows(run, run)) {
        let loaded = load_run_by_id(store, &run.run.id)?;
        if let Some(service) = find(&loaded, wanted) {
            return Ok(Some((run, loaded, service)));
        }
    }
    Ok(None)
}

fn find(run: &LoadedRun, wanted: &str) -> Option<Arc<Service>> {
    run.services.iter().find(|service| service.id.to_string() == wanted).cloned()
}

fn look(
    store: &Store,
    run: &LoadedRun,
    newest: &LoadedRun,
    service: &Arc<Service>,
) -> Result<Look, CliError> {
    let id = &run.stored.run.id;
    let context = run.context_at_its_end(&newest.loaded.policy);
    let evidence = store.evidence_of(id, &service.id)?;
    let result = judge::judge_service(&context, service, &evidence);
    Ok(Look::of(id.clone(), context.as_of, &result))
}
