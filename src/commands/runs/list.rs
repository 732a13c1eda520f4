//! `v6ready runs`: the list of runs.

use std::io::Write as _;
use std::path::Path;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::commands::cli::ResultFormat;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::model::{Run, RunCounts, VantageIpv6};
use crate::report::describe::clean;
use crate::runs::named_run;
use crate::runs::stored_run::load_run_by_id;
use crate::store::{ListedRun, Provenance, Scope, Store};

/// Prints the runs, the newest first.
pub(super) fn print_runs(db: &Path, format: ResultFormat) -> Result<(), CliError> {
    let store = Store::open_existing(db)?;
    let runs = store.listed_runs()?;
    let mut out = terminal::results();
    match format {
        ResultFormat::Json => {
            let documents: Vec<_> = runs.iter().map(RunDocument::of).collect();
            serde_json::to_writer_pretty(&mut out, &documents)?;
            writeln!(out)?;
        }
        ResultFormat::Text => {
            for line in run_lines(&store, &runs.iter().collect::<Vec<_>>()) {
                writeln!(out, "{line}")?;
            }
            if runs.is_empty() {
                terminal::note("the store holds no run yet; `v6ready scan` makes one");
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// A run as JSON: as it is stored, and what it was made from.
#[derive(Serialize)]
struct RunDocument<'a> {
    #[serde(flatten)]
    run: &'a Run,
    inventory: &'a str,
    inventory_id: Option<&'a str>,
    scope: Scope,
    policy: &'a str,
    /// As judged when it ended; null where that was not noted.
    counts: Option<&'a RunCounts>,
    state: &'static str,
    /// Null for a run that was made here.
    imported: Option<&'a Provenance>,
}

impl<'a> RunDocument<'a> {
    fn of(listed: &'a ListedRun) -> Self {
        Self {
            run: &listed.run,
            inventory: &listed.inventory_file,
            inventory_id: listed.inventory_id.as_deref(),
            scope: listed.scope,
            policy: &listed.policy,
            counts: listed.counts.as_ref(),
            state: state(&listed.run),
            imported: listed.imported.as_ref(),
        }
    }
}

fn state(run: &Run) -> &'static str {
    if run.finished_at.is_some() && run.vantage.has_wrong_clock() {
        return "made by a wrong clock: dates judge nothing";
    }
    match (run.complete, run.finished_at, run.vantage.ipv6) {
        (false, None, _) => "interrupted or under way",
        (_, _, VantageIpv6::Absent) => "vantage point without IPv6",
        (true, _, VantageIpv6::Lost) => "complete, IPv6 lost for a while",
        (true, _, VantageIpv6::Working) => "complete",
        (false, Some(_), _) => "incomplete",
    }
}

/// The lines of a list of runs, in columns under a heading; none where there is no run.
pub(super) fn run_lines(store: &Store, runs: &[&ListedRun]) -> Vec<String> {
    if runs.is_empty() {
        return Vec::new();
    }
    let (zone, zone_name) = local_zone(store);
    let heading = [
        "run",
        &format!("began ({zone_name})"),
        "inventory",
        "scope",
        "policy",
        "vantage point",
        "stages 0/1/2/3/4",
        "state",
    ]
    .map(str::to_owned);
    let rows: Vec<_> =
        [heading].into_iter().chain(runs.iter().map(|run| cells(run, &zone))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..rows[0].len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn cells(listed: &ListedRun, zone: &TimeZone) -> [String; 8] {
    let run = &listed.run;
    [
        run.id.to_string(),
        zone.to_datetime(run.started_at).strftime("%Y-%m-%d %H:%M").to_string(),
        clean(listed.inventory_id.as_deref().unwrap_or(&listed.inventory_file)),
        listed.scope.id().to_owned(),
        clean(&listed.policy),
        clean(&run.vantage.name),
        listed.counts.as_ref().map_or_else(|| "–".to_owned(), stages),
        match &listed.imported {
            None => state(run).to_owned(),
            Some(from) => clean(&format!("{}; imported, {}", state(run), from.in_words())),
        },
    ]
}

/// The services at each stage; those whose name doesn't exist are counted at 0, as everywhere.
fn stages(counts: &RunCounts) -> String {
    let [first, rest @ ..] = counts.stages;
    let numbers = std::iter::once(first + counts.absent).chain(rest);
    let numbers = numbers.map(|number| number.to_string()).collect::<Vec<_>>().join("/");
    match counts.unknown {
        0 => numbers,
        unknown => format!("{numbers} + {unknown} unknown"),
    }
}

/// The clocks of the newest inventory, else of this machine.
fn local_zone(store: &Store) -> (TimeZone, String) {
    let of_inventory = || {
        let listed = store.listed_runs().ok()?;
        let whole = listed.iter().find(|run| named_run::shows_whole_inventory(run))?;
        let name = load_run_by_id(store, &whole.run.id).ok()?.loaded.inventory.timezone.clone();
        Some((TimeZone::get(&name).ok()?, name))
    };
    of_inventory().unwrap_or_else(|| {
        let zone = TimeZone::system();
        let name = zone.iana_name().unwrap_or("local time").to_owned();
        (zone, name)
    })
}
