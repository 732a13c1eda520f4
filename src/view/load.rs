//! Pictures from the view's file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::changes::Moved;
use super::codes::standing_of;
use super::error::ViewError;
use super::file::ViewFile;
use super::key::{RunKey, rules_digest};
use super::names::service_id;
use super::packed::{decompress, unpack};
use super::past::{EditionReader, PlacedRun, lineages, runs};
use super::picture::{EditionOfPicture, Made, Picture, Track};
use super::seen_run::SeenRun;
use crate::check::CATALOGUE;
use crate::judge::quarter::Quarter;
use crate::judge::{Blocker, Look, Rescan, RunResult, ServiceResult, day_of};
use crate::model::{Outcome, RunId, Service, ServiceId};
use crate::policy::Policy;
use crate::runs::load::{LoadedInventory, restored_inventory};
use crate::store::{RunInputs, Scope};

/// All pictures of the file by these rules, the one with the newest run first.
pub(super) fn pictures(file: &ViewFile) -> Result<Vec<Arc<Picture>>, ViewError> {
    let rules = rules_digest().0;
    let read = file.read(|connection| {
        let mut query =
            connection.prepare("SELECT number FROM edition WHERE is_current = 1 AND rules = ?1")?;
        let numbers = query.query_map(params![rules], |row| row.get(0))?;
        let numbers = numbers.collect::<rusqlite::Result<Vec<i64>>>()?;
        numbers.into_iter().map(|number| picture(connection, number)).collect()
    })?;
    let mut pictures: Vec<Arc<Picture>> =
        read.map(|all: Vec<Picture>| all.into_iter().map(Arc::new).collect()).unwrap_or_default();
    pictures.sort_by(|a, b| {
        b.runs.last().map(|run| run.started_at).cmp(&a.runs.last().map(|run| run.started_at))
    });
    Ok(pictures)
}

/// What is damaged ends the reading: the file is made anew by the next refresh.
fn damaged() -> rusqlite::Error {
    rusqlite::Error::QueryReturnedNoRows
}

fn picture(connection: &Connection, edition: i64) -> rusqlite::Result<Picture> {
    let (track, run, inputs, vantage): (String, String, Vec<u8>, Vec<u8>) = connection.query_row(
        "SELECT track, run, inputs, vantage FROM edition WHERE number = ?1",
        [edition],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let track: Track = serde_json::from_str(&track).map_err(|_| damaged())?;
    let run: crate::model::Run = serde_json::from_str(&run).map_err(|_| damaged())?;
    let inputs = decompress(&inputs).ok_or_else(damaged)?;
    let inputs: RunInputs = serde_json::from_slice(&inputs).map_err(|_| damaged())?;
    let LoadedInventory { inventory, policy, .. } =
        restored_inventory(&inputs).map_err(|_| damaged())?;
    let vantage = unpack(&vantage, &policy).ok_or_else(damaged)?;
    let (services, rescans) = latest(connection, edition, &policy)?;
    let placed = runs(connection, edition)?;
    let reader = EditionReader { connection, edition, policy: &policy };
    let lineages = lineages(connection, edition)?;
    let ended_at = run.finished_at.unwrap_or(run.started_at);
    let since = |before: Option<&PlacedRun>| -> rusqlite::Result<Option<Moved>> {
        let (Some(before), Some(last)) = (before, placed.last()) else { return Ok(None) };
        let changes = reader.changes(before.position, last.position)?;
        Ok(Some(Moved::new(before.seen.clone(), changes)))
    };
    let whole = || placed.iter().rev().filter(|one| one.seen.scope == Scope::Whole);
    let since_last = since(whole().nth(1))?;
    let quarter =
        |at: Timestamp| Quarter::counting(day_of(at, &inventory.timezone), inventory.reporting);
    let is_earlier = |one: &&PlacedRun| quarter(one.seen.ended_at) < quarter(ended_at);
    let since_quarter = since(whole().find(is_earlier))?;
    let standing_since = standing_since(&reader, &services, &placed, &lineages)?;
    let key = RunKey { run: run.id.clone(), policy: policy.sha256, rules: rules_digest() };
    let positions = placed.iter().map(|one| one.position).collect();
    let result = RunResult {
        run,
        inventory,
        policy: Arc::clone(&policy),
        as_of: ended_at,
        is_day_given: false,
        vantage,
        services,
        rescans,
        excerpt: None,
    };
    Ok(Picture {
        key,
        track,
        result,
        runs: placed.into_iter().map(|one| one.seen).collect(),
        since_last,
        since_quarter,
        standing_since,
        edition: EditionOfPicture { number: edition, positions, lineages },
        made: Made::default(),
    })
}

/// A row of the newest services as it is read.
struct Row {
    service: String,
    rescan: Option<String>,
    standing: i64,
    blockers: String,
    verdicts: Vec<u8>,
}

type Latest = (Vec<ServiceResult>, BTreeMap<ServiceId, Rescan>);

fn latest(connection: &Connection, edition: i64, policy: &Policy) -> rusqlite::Result<Latest> {
    let mut query = connection.prepare(
        "SELECT service, rescan, standing, blockers, verdicts FROM latest
         WHERE edition = ?1 ORDER BY place",
    )?;
    let rows = query.query_map([edition], |row| {
        Ok(Row {
            service: row.get(0)?,
            rescan: row.get(1)?,
            standing: row.get(2)?,
            blockers: row.get(3)?,
            verdicts: row.get(4)?,
        })
    })?;
    let rows = rows.collect::<rusqlite::Result<Vec<Row>>>()?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = rows.len().div_ceil(threads).max(1);
    let read: Option<Vec<(ServiceResult, Option<Rescan>)>> = thread::scope(|scope| {
        let workers: Vec<_> = rows
            .chunks(share)
            .map(|rows| {
                scope.spawn(move || {
                    rows.iter().map(|row| service(row, policy)).collect::<Option<Vec<_>>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(rows.len());
        for worker in workers {
            all.extend(worker.join().ok()??);
        }
        Some(all)
    });
    let (mut services, mut rescans) = (Vec::with_capacity(rows.len()), BTreeMap::new());
    for (service, rescan) in read.ok_or_else(damaged)? {
        if let Some(rescan) = rescan {
            rescans.insert(service.service.id.clone(), rescan);
        }
        services.push(service);
    }
    Ok((services, rescans))
}

fn service(row: &Row, policy: &Policy) -> Option<(ServiceResult, Option<Rescan>)> {
    let service: Service = serde_json::from_str(&row.service).ok()?;
    let rescan = match &row.rescan {
        None => None,
        Some(text) => {
            let (run, ended_at): (RunId, Timestamp) = serde_json::from_str(text).ok()?;
            Some(Rescan { run, ended_at })
        }
    };
    let blockers: Vec<(String, String, Outcome)> = serde_json::from_str(&row.blockers).ok()?;
    let verdicts = unpack(&row.verdicts, policy)?;
    let blocker = |(check, reason, outcome): &(String, String, Outcome)| {
        let check = CATALOGUE.iter().find(|one| one.id == *check)?;
        let code = super::codes::reason_code(check, reason)?;
        let reason = super::codes::reason_of(check, code)?;
        Some(Blocker { check: check.id, reason, outcome: *outcome })
    };
    let result = ServiceResult {
        service: Arc::new(service),
        standing: standing_of(row.standing)?,
        blockers: blockers.iter().map(blocker).collect::<Option<_>>()?,
        verdicts: verdicts.into(),
    };
    Some((result, rescan))
}

/// For each service the run since which it has had its standing, also under a former id.
fn standing_since(
    reader: &EditionReader<'_>,
    services: &[ServiceResult],
    placed: &[PlacedRun],
    lineages: &[(i64, crate::judge::Lineage)],
) -> rusqlite::Result<Vec<Arc<Look>>> {
    let look = |run: &SeenRun| Arc::new(Look { run: run.id.clone(), at: run.ended_at });
    let looks: Vec<(i64, Arc<Look>)> =
        placed.iter().map(|one| (one.position, look(&one.seen))).collect();
    let mut query = reader.connection.prepare(
        "SELECT s.id, st.since FROM standing st JOIN service s ON s.number = st.service
         WHERE s.edition = ?1 AND st.until IS NULL",
    )?;
    let rows = query.query_map([reader.edition], |row| {
        let id = service_id(row.get_ref(0)?.as_str()?).ok_or_else(damaged)?;
        Ok((id, row.get::<_, i64>(1)?))
    })?;
    let since: HashMap<ServiceId, i64> = rows.collect::<rusqlite::Result<_>>()?;
    let one = |service: &ServiceResult| -> rusqlite::Result<Arc<Look>> {
        let id = &service.service.id;
        let was_renamed = lineages.iter().any(|(_, lineage)| lineage.then(id) != Some(id));
        if was_renamed
            && let Some(history) = reader.history(id, lineages)?
            && let Some(step) = history.standings.last()
        {
            return Ok(Arc::clone(&step.look));
        }
        let since = since.get(id).copied().unwrap_or(i64::MAX);
        let at = looks.partition_point(|(position, _)| *position < since);
        let look = looks.get(at).or(looks.last()).ok_or_else(damaged)?;
        Ok(Arc::clone(&look.1))
    };
    services.iter().map(one).collect()
}
