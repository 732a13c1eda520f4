//! `v6ready show`: one service with every verdict and its evidence.

use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;

use super::cli::{Global, ShowArgs};
use super::error::CliError;
use super::{stored_run, terminal};
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
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let mut case = stored_run::open(&store, args.run.as_deref())?;
    let known = case.services.clone();
    case.services.retain(|service| service.id.to_string() == args.service);
    if case.services.is_empty() {
        let stop =
            CliError::mend(format!("run {} has no service `{}`", case.stored.run.id, args.service));
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
    let result = stored_run::judge(&store, &case, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let (color, width) = terminal::of_stdout(global);
    let ways = case
        .services
        .iter()
        .map(|service| Ok((service.id.clone(), way(&store, &case, &result, service, lang)?)))
        .collect::<Result<Vec<_>, CliError>>()?;
    stored_run::with_context(&store, &result, lang, |context| {
        let mut out = terminal::results();
        for service in &result.services {
            report::terminal::write_service(context, service, true, color, width, &mut out)?;
            for line in ways.iter().filter(|(id, _)| *id == service.service.id).flat_map(|w| &w.1) {
                writeln!(out, "{line}")?;
            }
        }
        out.flush()
    })
    .map_err(CliError::of_error)?;
    Ok(ExitCode::SUCCESS)
}

/// The way from the root to the service's name over IPv6 alone, as the run saw it.
fn way(
    store: &Store,
    case: &stored_run::LoadedRun,
    result: &RunResult,
    service: &Service,
    lang: Lang,
) -> Result<Vec<String>, CliError> {
    if service.state == State::Retired {
        return Ok(Vec::new());
    }
    let evidence = store.evidence_of(&result.run.id, &service.id).map_err(CliError::of_error)?;
    let inventory = &case.loaded.inventory;
    let view =
        View::new(&evidence, &inventory.settings, &inventory.networks, &result.run.vantage.dns64);
    let way = authority::resolution_path(&view, service, Reach::Ipv6Only);
    Ok(way.map(|way| report::path::tree(&way, lang)).unwrap_or_default())
}
