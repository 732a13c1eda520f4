//! `v6ready show`: one service with every verdict and its evidence.

mod history;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use super::cli::{Global, ResultFormat, ShowArgs};
use super::error::CliError;
use super::result_output::with_report_context;
use super::terminal;
use crate::evidence::dns::authority;
use crate::evidence::dns::delegation::Reach;
use crate::evidence::query::View;
use crate::judge::RunResult;
use crate::model::{Lang, Selection, Service, State};
use crate::report;
use crate::report::terminal::{Display, EvidenceBeside};
use crate::runs::stored_run::{LoadedRun, judge_run, load_run, load_run_by_id};
use crate::store::{Scope, Store};

/// Prints one service of a run.
///
/// # Errors
/// When the run or the service doesn't exist, or the store can't be read.
pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    if args.history {
        for service in services_of(&store, args)? {
            history::print(global, &store, &ShowArgs { service, ..args.clone() })?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut run = run_with_service(&store, args)?;
    let selection = Selection::parse([&args.service])?;
    run.services.retain(|service| selection.matches(service));
    let as_of = run.stored.run.finished_at.unwrap_or_else(Timestamp::now);
    let result = judge_run(&store, &run, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    if args.format == ResultFormat::Json {
        return print_document(&store, &result, lang);
    }
    let display = terminal::display(global);
    let evidence = match display.all {
        true => EvidenceBeside::Everything,
        false => EvidenceBeside::Causes,
    };
    let display = Display { all: args.all || display.all, evidence, ..display };
    let paths = run
        .services
        .iter()
        .map(|service| Ok((service.id.clone(), resolution_path(&store, &run, service, lang)?)))
        .collect::<Result<Vec<_>, CliError>>()?;
    with_report_context(&store, &result, lang, |context| {
        let mut out = terminal::results();
        for service in &result.services {
            report::terminal::write_service(context, service, display, &mut out)?;
            for line in paths.iter().filter(|(id, _)| *id == service.service.id).flat_map(|p| &p.1)
            {
                writeln!(out, "{line}")?;
            }
        }
        out.flush()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The services that are meant: the one that is named, whether a run still has it or not, or those that a
/// selection chooses in the newest run that has any.
fn services_of(store: &Store, args: &ShowArgs) -> Result<Vec<String>, CliError> {
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
    if args.service.chars().all(is_id) && args.service.contains('/') {
        return Ok(vec![args.service.clone()]);
    }
    let selection = Selection::parse([&args.service])?;
    let run = run_with_service(store, args)?;
    let chosen = run.services.iter().filter(|service| selection.matches(service));
    Ok(chosen.map(|service| service.id.to_string()).collect())
}

/// The result's document, with this service alone.
fn print_document(store: &Store, result: &RunResult, lang: Lang) -> Result<ExitCode, CliError> {
    with_report_context(store, result, lang, |context| {
        let mut out = terminal::results();
        report::json::write(context, &mut out)?;
        out.flush()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The run that is named, or the newest that looked at the service: of a whole inventory, filled in with
/// later parts, else of a part or of names.
fn run_with_service(store: &Store, args: &ShowArgs) -> Result<LoadedRun, CliError> {
    let selection = Selection::parse([&args.service])?;
    let has_it = |run: &LoadedRun| run.services.iter().any(|service| selection.matches(service));
    let run = load_run(store, args.run.as_deref(), &terminal::note_of_run);
    if let Ok(run) = &run
        && !has_it(run)
        && args.run.is_some()
    {
        return Err(no_such_service(run, &selection));
    }
    match run {
        Ok(run) if has_it(&run) => Ok(run),
        Err(error) if args.run.is_some() => Err(error.into()),
        other => {
            for part in store.listed_runs()?.iter().filter(|run| run.scope != Scope::Whole) {
                let part = load_run_by_id(store, &part.run.id)?;
                if has_it(&part) {
                    return Ok(part);
                }
            }
            Err(match other {
                Ok(run) => no_such_service(&run, &selection),
                Err(error) => error.into(),
            })
        }
    }
}

fn no_such_service(run: &LoadedRun, selection: &Selection) -> CliError {
    let id = &run.stored.run.id;
    if let Some(now) = history::successor(&run.services, &selection.to_string()) {
        return CliError::operator(format!("run {id} has no service `{selection}`"))
            .help(format!("it is `{}` now", now.id));
    }
    match selection.unmatched(&run.loaded.inventory).into_iter().next() {
        Some(unmatched) => {
            let error = CliError::operator(format!("run {id}: {unmatched}"));
            match &unmatched.help {
                Some(help) => error.help(help),
                None => error,
            }
        }
        // The inventory has it, and the run is of another part.
        None => CliError::operator(format!("run {id} did not look at `{selection}`"))
            .help("`v6ready runs` lists the runs; without `--run` the newest that did is shown"),
    }
}

/// The path from the root to the service's name over IPv6 alone, as the run saw it.
fn resolution_path(
    store: &Store,
    run: &LoadedRun,
    service: &Arc<Service>,
    lang: Lang,
) -> Result<Vec<String>, CliError> {
    let (run, service) = run.last_look(service);
    if service.state == State::Retired {
        return Ok(Vec::new());
    }
    let (stored, inventory) = (&run.stored.run, &run.loaded.inventory);
    let evidence = store.evidence_of(&stored.id, &service.id)?;
    let view =
        View::new(&evidence, &inventory.settings, &inventory.networks, &stored.vantage.dns64)
            .of_service(service)
            .by_clock(stored.vantage.has_wrong_clock());
    let path = authority::resolution_path(&view, service, Reach::Ipv6Only);
    Ok(path.map(|path| report::path::tree(&path, lang)).unwrap_or_default())
}
