//! `v6ready show`: one service with every verdict and its evidence.

use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;

use super::cli::{Global, ShowArgs};
use super::error::CliError;
use super::stored_run::{LoadedRun, judge_run, load_run, with_report_context};
use super::terminal;
use crate::evidence::dns::authority;
use crate::evidence::dns::delegation::Reach;
use crate::evidence::query::View;
use crate::judge::RunResult;
use crate::model::{Lang, Service, State};
use crate::report;
use crate::store::Store;

/// Prints one service of a run.
///
/// # Errors
/// When the run or the service doesn't exist, or the store can't be read.
pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    let mut run = load_run(&store, args.run.as_deref())?;
    let all = run.services.clone();
    run.services.retain(|service| service.id.to_string() == args.service);
    if run.services.is_empty() {
        let id = &run.stored.run.id;
        let error = CliError::operator(format!("run {id} has no service `{}`", args.service));
        let nearest = all.iter().map(|service| service.id.to_string()).max_by(|a, b| {
            let likeness = |id: &str| strsim::jaro_winkler(id, &args.service);
            likeness(a).total_cmp(&likeness(b))
        });
        return Err(match nearest {
            Some(id) => error.help(format!("did you mean `{id}`?")),
            None => error,
        });
    }
    let as_of = run.stored.run.finished_at.unwrap_or_else(Timestamp::now);
    let result = judge_run(&store, &run, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let (color, width) = terminal::stdout_style(global);
    let paths = run
        .services
        .iter()
        .map(|service| {
            Ok((service.id.clone(), resolution_path(&store, &run, &result, service, lang)?))
        })
        .collect::<Result<Vec<_>, CliError>>()?;
    with_report_context(&store, &result, lang, |context| {
        let mut out = terminal::results();
        for service in &result.services {
            report::terminal::write_service(context, service, true, color, width, &mut out)?;
            for line in paths.iter().filter(|(id, _)| *id == service.service.id).flat_map(|p| &p.1)
            {
                writeln!(out, "{line}")?;
            }
        }
        out.flush()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The path from the root to the service's name over IPv6 alone, as the run saw it.
fn resolution_path(
    store: &Store,
    run: &LoadedRun,
    result: &RunResult,
    service: &Service,
    lang: Lang,
) -> Result<Vec<String>, CliError> {
    if service.state == State::Retired {
        return Ok(Vec::new());
    }
    let evidence = store.evidence_of(&result.run.id, &service.id)?;
    let inventory = &run.loaded.inventory;
    let view =
        View::new(&evidence, &inventory.settings, &inventory.networks, &result.run.vantage.dns64);
    let path = authority::resolution_path(&view, service, Reach::Ipv6Only);
    Ok(path.map(|path| report::path::tree(&path, lang)).unwrap_or_default())
}
