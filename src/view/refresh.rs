//! Bringing the view up to the store: which runs are new, which are gone, and what has to be judged again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::ViewError;
use super::facts::Facts;
use super::file::{ViewFile, WriteLock};
use super::judging::{RunToJudge, ServiceToJudge};
use super::key::rules_digest;
use super::packed::{compress, pack};
use super::past;
use super::seen_run::SeenRun;
use super::tracks::{TrackOfRuns, tracks};
use super::writer::{EditionWriter, delete_edition, remove_run, truncate};
use crate::judge::{Counts, Rescan, ServiceResult, Summary};
use crate::model::{Category, Inventory, RunId, Service, ServiceId, Severity};
use crate::policy::Policy;
use crate::store::{ListedRun, Scope, Store};

/// What a refresh has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Runs that were judged and added.
    pub added: usize,
    /// Runs that were taken away: the store doesn't have them any more, or they are judged otherwise.
    pub removed: usize,
}

/// One refresh of the view.
pub(super) struct Refresh<'a> {
    pub file: &'a ViewFile,
    pub store: &'a Store,
    pub lock: &'a WriteLock,
    /// Called whenever there is something new to be shown.
    pub published: &'a mut dyn FnMut() -> Result<(), ViewError>,
    pub done: Refreshed,
}

/// An edition in the file.
struct Edition {
    number: i64,
    is_current: bool,
    policy: Vec<u8>,
    /// Its runs with their positions.
    runs: Vec<(i64, RunId)>,
}

/// The whole run that later parts are read against.
struct Whole {
    services: Vec<Arc<Service>>,
    inventory: Arc<Inventory>,
}

impl Refresh<'_> {
    /// Brings every track up to the store. `anew` judges all of it again.
    pub fn run(&mut self, anew: bool) -> Result<(), ViewError> {
        let mut connection = self.file.writer(self.lock)?;
        if !ViewFile::is_sound(&connection) {
            drop(connection);
            self.file.delete()?;
            connection = self.file.writer(self.lock)?;
        }
        let listed = self.store.listed_runs()?;
        let tracks = tracks(&listed);
        let rules = rules_digest().0.to_vec();
        let mut unused = self.editions(&connection, &rules)?;
        for track in &tracks {
            self.refresh_track(&mut connection, track, &mut unused, anew)?;
        }
        for edition in unused {
            self.in_transaction(&mut connection, |connection| {
                delete_edition(connection, edition.number)
            })?;
            self.done.removed += edition.runs.len();
        }
        (self.published)()
    }

    /// The editions by these rules. Those by others are deleted.
    fn editions(&self, connection: &Connection, rules: &[u8]) -> Result<Vec<Edition>, ViewError> {
        let read = || -> rusqlite::Result<Vec<Edition>> {
            let mut query = connection
                .prepare("SELECT number, is_current, policy, rules FROM edition ORDER BY number")?;
            let rows = query.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?))
            })?;
            let rows = rows.collect::<rusqlite::Result<Vec<(i64, bool, Vec<u8>, Vec<u8>)>>>()?;
            let mut editions = Vec::new();
            for (number, is_current, policy, of_rules) in rows {
                if of_rules != rules {
                    delete_edition(connection, number)?;
                    continue;
                }
                let runs = past::runs(connection, number)?.into_iter();
                let runs = runs.map(|run| (run.position, run.seen.id)).collect();
                editions.push(Edition { number, is_current, policy, runs });
            }
            Ok(editions)
        };
        read().map_err(|error| self.file.sqlite(&error))
    }

    fn refresh_track(
        &mut self,
        connection: &mut Connection,
        track: &TrackOfRuns<'_>,
        unused: &mut Vec<Edition>,
        anew: bool,
    ) -> Result<(), ViewError> {
        let wanted: HashSet<&RunId> = track.runs.iter().map(|run| &run.run.id).collect();
        let is_its = |edition: &Edition| edition.runs.iter().any(|(_, id)| wanted.contains(id));
        let mut take = |is_current: bool| {
            let at = unused.iter().position(|one| one.is_current == is_current && is_its(one))?;
            Some(unused.remove(at))
        };
        let (current, begun) = (take(true), take(false));
        let ids = |runs: &[(i64, RunId)]| runs.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
        let wanted: Vec<RunId> = track.runs.iter().map(|run| run.run.id.clone()).collect();
        if let Some(current) = &current
            && !anew
            && ids(&current.runs) == wanted
        {
            return self.drop_edition(connection, begun);
        }
        let newest = RunToJudge::load(self.store, &wanted[track.newest_whole()])?;
        let policy = newest.policy.sha256.0.to_vec();
        match current {
            Some(current) if !anew && current.policy == policy => {
                self.drop_edition(connection, begun)?;
                self.append(connection, track, &current, &newest)
            }
            current => {
                // Something is better than nothing, and soon.
                let mut shown = current;
                if shown.is_none() && track.newest_whole() > 0 {
                    let short = TrackOfRuns {
                        track: track.track.clone(),
                        runs: track.runs[track.newest_whole()..].to_vec(),
                    };
                    shown = Some(self.build(connection, &short, None, None, &newest)?);
                }
                let begun = match begun {
                    Some(begun)
                        if begun.policy == policy && wanted.starts_with(&ids(&begun.runs)) =>
                    {
                        Some(begun)
                    }
                    other => {
                        self.drop_edition(connection, other)?;
                        None
                    }
                };
                self.build(connection, track, shown, begun, &newest).map(|_| ())
            }
        }
    }

    fn drop_edition(
        &mut self,
        connection: &mut Connection,
        edition: Option<Edition>,
    ) -> Result<(), ViewError> {
        let Some(edition) = edition else { return Ok(()) };
        self.in_transaction(connection, |connection| delete_edition(connection, edition.number))
    }

    /// Judges all runs of a track into a new edition, and shows it in the place of another when it is
    /// whole. One that was begun is gone on with.
    fn build(
        &mut self,
        connection: &mut Connection,
        track: &TrackOfRuns<'_>,
        instead_of: Option<Edition>,
        begun: Option<Edition>,
        newest: &RunToJudge,
    ) -> Result<Edition, ViewError> {
        let edition = match begun {
            Some(begun) => begun,
            None => {
                let number = self.in_transaction(connection, |connection| {
                    connection.execute(
                        "INSERT INTO edition
                         (number, is_current, rules, policy, track, run, inputs, vantage)
                         VALUES (max(?3, (SELECT coalesce(max(number), 0) + 1 FROM edition)),
                                 0, ?1, ?2, '', '', x'', x'')",
                        // No number is ever given again, in a file that was made anew either.
                        params![
                            rules_digest().0,
                            newest.policy.sha256.0,
                            Timestamp::now().as_microsecond()
                        ],
                    )?;
                    Ok(connection.last_insert_rowid())
                })?;
                let policy = newest.policy.sha256.0.to_vec();
                Edition { number, is_current: false, policy, runs: Vec::new() }
            }
        };
        let policy = Arc::clone(&newest.policy);
        let from_whole = track.newest_whole();
        // What is shown at last has to be at hand with its verdicts.
        let done = edition.runs.len().min(from_whole);
        if edition.runs.len() > done {
            self.in_transaction(connection, |connection| {
                truncate(connection, edition.number, done as i64)
            })?;
        }
        let mut whole = self.whole_before(track, done)?;
        let mut writer = EditionWriter::open(connection, edition.number)
            .map_err(|error| self.file.sqlite(&error))?;
        for at in done..from_whole {
            let transaction = connection.transaction().map_err(|error| self.file.sqlite(&error))?;
            self.add_run(
                &transaction,
                &mut writer,
                at as i64,
                track.runs[at],
                &policy,
                &mut whole,
                None,
            )?;
            transaction.commit().map_err(|error| self.file.sqlite(&error))?;
        }
        let transaction = connection.transaction().map_err(|error| self.file.sqlite(&error))?;
        self.add_newest(&transaction, &mut writer, from_whole as i64, track, newest, &mut whole)?;
        let swap = || -> rusqlite::Result<()> {
            transaction
                .execute("UPDATE edition SET is_current = 1 WHERE number = ?1", [edition.number])?;
            if let Some(old) = &instead_of {
                delete_edition(&transaction, old.number)?;
            }
            Ok(())
        };
        swap().map_err(|error| self.file.sqlite(&error))?;
        transaction.commit().map_err(|error| self.file.sqlite(&error))?;
        (self.published)()?;
        let runs = track.runs.iter().enumerate();
        let runs = runs.map(|(at, run)| (at as i64, run.run.id.clone())).collect();
        Ok(Edition { is_current: true, runs, ..edition })
    }

    /// Takes runs that are gone out of an edition that is shown, and adds new ones, all or nothing.
    fn append(
        &mut self,
        connection: &mut Connection,
        track: &TrackOfRuns<'_>,
        edition: &Edition,
        newest: &RunToJudge,
    ) -> Result<(), ViewError> {
        let wanted: HashSet<&RunId> = track.runs.iter().map(|run| &run.run.id).collect();
        let (kept, gone): (Vec<_>, Vec<_>) =
            edition.runs.iter().partition(|(_, id)| wanted.contains(id));
        let same = kept.iter().zip(&track.runs).take_while(|((_, id), run)| *id == run.run.id);
        let mut common = same.count();
        let from_whole = track.newest_whole();
        let is_tail_touched = {
            let whole_position = kept.get(from_whole).map_or(i64::MAX, |(position, _)| *position);
            common < kept.len() || gone.iter().any(|(position, _)| *position > whole_position)
        };
        if is_tail_touched {
            common = common.min(from_whole);
        }
        let transaction = connection.transaction().map_err(|error| self.file.sqlite(&error))?;
        let shorten = || -> rusqlite::Result<()> {
            for (position, _) in &gone {
                remove_run(&transaction, edition.number, *position)?;
            }
            if let Some((position, _)) = kept.get(common) {
                truncate(&transaction, edition.number, *position)?;
            }
            Ok(())
        };
        shorten().map_err(|error| self.file.sqlite(&error))?;
        self.done.removed += gone.len();
        let position_of = |at: usize| -> i64 {
            let last = edition.runs.last().map_or(-1, |(position, _)| *position);
            match kept.get(at) {
                Some((position, _)) => *position,
                None => last + 1 + (at - kept.len().min(at)) as i64,
            }
        };
        let mut writer = EditionWriter::open(&transaction, edition.number)
            .map_err(|error| self.file.sqlite(&error))?;
        let mut whole = None;
        if common <= from_whole {
            for at in common..from_whole {
                if whole.is_none() {
                    whole = self.whole_before(track, at)?;
                }
                let position = position_of(at);
                self.add_run(
                    &transaction,
                    &mut writer,
                    position,
                    track.runs[at],
                    &newest.policy,
                    &mut whole,
                    None,
                )?;
            }
            let position = position_of(from_whole);
            // Positions of what follows count on from here.
            self.add_newest(&transaction, &mut writer, position, track, newest, &mut whole)?;
        } else {
            whole = Some(Whole {
                services: newest.services.clone(),
                inventory: Arc::clone(&newest.inventory),
            });
            let mut latest = BTreeMap::new();
            for at in common..track.runs.len() {
                let position = position_of(at);
                self.add_run(
                    &transaction,
                    &mut writer,
                    position,
                    track.runs[at],
                    &newest.policy,
                    &mut whole,
                    Some(&mut latest),
                )?;
            }
            self.write_track(&transaction, edition.number, track)?;
            self.write_latest(&transaction, edition.number, newest, latest, false)?;
        }
        transaction.commit().map_err(|error| self.file.sqlite(&error))
    }

    /// The whole run that the run at this place of a track follows.
    fn whole_before(&self, track: &TrackOfRuns<'_>, at: usize) -> Result<Option<Whole>, ViewError> {
        let before = track.runs[..at].iter().rev().find(|run| run.scope == Scope::Whole);
        let Some(before) = before else { return Ok(None) };
        let run = RunToJudge::load(self.store, &before.run.id)?;
        Ok(Some(Whole { services: run.services, inventory: run.inventory }))
    }

    /// Adds the newest whole run and the parts after it, with their verdicts.
    fn add_newest(
        &mut self,
        connection: &Connection,
        writer: &mut EditionWriter,
        position: i64,
        track: &TrackOfRuns<'_>,
        newest: &RunToJudge,
        whole: &mut Option<Whole>,
    ) -> Result<(), ViewError> {
        let mut latest = BTreeMap::new();
        for (after, listed) in track.runs[track.newest_whole()..].iter().enumerate() {
            let position = position + after as i64;
            self.add_run(
                connection,
                writer,
                position,
                listed,
                &newest.policy,
                whole,
                Some(&mut latest),
            )?;
        }
        self.write_track(connection, writer.edition(), track)?;
        self.write_latest(connection, writer.edition(), newest, latest, true)
    }

    /// Judges a run and adds it. What is newest is gathered by the id of the service.
    #[allow(clippy::too_many_arguments, reason = "each is one thing")]
    fn add_run(
        &mut self,
        connection: &Connection,
        writer: &mut EditionWriter,
        position: i64,
        listed: &ListedRun,
        policy: &Policy,
        whole: &mut Option<Whole>,
        mut latest: Option<&mut BTreeMap<ServiceId, LatestRow>>,
    ) -> Result<(), ViewError> {
        let run = RunToJudge::load(self.store, &listed.run.id)?;
        let in_file = |error: rusqlite::Error| self.file.sqlite(&error);
        let services: Vec<ServiceToJudge> = match (listed.scope, &*whole) {
            (Scope::Whole, _) => run.all(),
            (_, Some(whole)) => run.known_to(&whole.services, &whole.inventory),
            (_, None) => Vec::new(),
        };
        let mut seen = seen_run(listed);
        let names = run.inventory.services.iter();
        let names = names.map(|one| (one.id.clone(), one.formerly.clone())).collect();
        writer.begin_run(connection, position, &seen, names).map_err(in_file)?;
        let (mut there, mut figures) = (HashSet::new(), SummaryOfMany::default());
        let rescan = (listed.scope == Scope::Part)
            .then(|| Rescan { run: seen.id.clone(), ended_at: seen.ended_at });
        let db = self.store.path();
        run.judge_each(db, policy, &services, latest.is_some(), |result, facts| {
            figures.add(result);
            there.insert(facts.id.clone());
            writer.add(connection, position, listed.scope, &facts).map_err(in_file)?;
            if let Some(latest) = &mut latest {
                latest.insert(facts.id.clone(), LatestRow::of(facts, rescan.clone()));
            }
            Ok(())
        })?;
        if listed.scope == Scope::Whole {
            writer.end_whole_run(connection, position, &there).map_err(in_file)?;
            *whole = Some(Whole {
                services: run.services.clone(),
                inventory: Arc::clone(&run.inventory),
            });
        }
        seen.summary = figures.summary();
        writer.note_run(connection, position, &seen).map_err(in_file)?;
        self.done.added += 1;
        tracing::info!(run = %seen.id, services = services.len(), "added a run to the judged view");
        Ok(())
    }

    fn write_track(
        &self,
        connection: &Connection,
        edition: i64,
        track: &TrackOfRuns<'_>,
    ) -> Result<(), ViewError> {
        let text = track.track.to_json();
        connection
            .execute("UPDATE edition SET track = ?2 WHERE number = ?1", params![edition, text])
            .map(|_| ())
            .map_err(|error| self.file.sqlite(&error))
    }

    /// Writes what was found of the services of the newest whole run: of all of them, or of some again.
    fn write_latest(
        &self,
        connection: &Connection,
        edition: i64,
        newest: &RunToJudge,
        latest: BTreeMap<ServiceId, LatestRow>,
        of_all: bool,
    ) -> Result<(), ViewError> {
        let vantage = match of_all {
            true => Some(pack(&newest.judge_vantage(self.store, &newest.policy)?)),
            false => None,
        };
        let write = || -> rusqlite::Result<()> {
            if let Some(vantage) = vantage {
                let run = serde_json::to_string(&newest.run).unwrap_or_default();
                let inputs = serde_json::to_vec(&newest.inputs).unwrap_or_default();
                connection.execute(
                    "UPDATE edition SET run = ?2, inputs = ?3, vantage = ?4 WHERE number = ?1",
                    params![edition, run, compress(&inputs), vantage],
                )?;
                connection.execute("DELETE FROM latest WHERE edition = ?1", [edition])?;
            }
            let services = newest.services.iter().enumerate();
            let places: HashMap<&ServiceId, i64> =
                services.map(|(at, service)| (&service.id, at as i64)).collect();
            let mut insert = connection.prepare_cached(
                "INSERT OR REPLACE INTO latest
                 (edition, place, service, rescan, standing, blockers, verdicts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (id, row) in &latest {
                let Some(place) = places.get(id) else { continue };
                insert.execute(params![
                    edition,
                    place,
                    row.definition,
                    row.rescan,
                    row.standing,
                    row.blockers,
                    row.verdicts
                ])?;
            }
            Ok(())
        };
        write().map_err(|error| self.file.sqlite(&error))
    }

    fn in_transaction<T>(
        &self,
        connection: &mut Connection,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ViewError> {
        let all = || -> rusqlite::Result<T> {
            let transaction = connection.transaction()?;
            let result = write(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        all().map_err(|error| self.file.sqlite(&error))
    }
}

/// A service of the newest run, as it is written.
struct LatestRow {
    definition: String,
    rescan: Option<String>,
    standing: i64,
    blockers: String,
    verdicts: Vec<u8>,
}

impl LatestRow {
    fn of(facts: Facts, rescan: Option<Rescan>) -> Self {
        let Facts { definition, standing, latest, .. } = facts;
        let (blockers, verdicts) =
            latest.map(|latest| (latest.blockers, latest.verdicts)).unwrap_or_default();
        let rescan = rescan.map(|Rescan { run, ended_at }| {
            serde_json::to_string(&(run, ended_at)).unwrap_or_default()
        });
        Self { definition, rescan, standing, blockers, verdicts }
    }
}

fn seen_run(listed: &ListedRun) -> SeenRun {
    let run = &listed.run;
    SeenRun {
        id: run.id.clone(),
        started_at: run.started_at,
        ended_at: run.finished_at.unwrap_or(run.started_at),
        scope: listed.scope,
        ipv6: run.vantage.ipv6,
        summary: Summary { all: Counts::default(), categories: Vec::new(), critical: 0 },
    }
}

/// The figures of services that come one after the other.
#[derive(Default)]
struct SummaryOfMany {
    all: Counts,
    categories: HashMap<Category, Counts>,
    critical: usize,
}

impl SummaryOfMany {
    fn add(&mut self, result: &ServiceResult) {
        self.all.add(result.standing);
        self.categories.entry(result.service.category).or_default().add(result.standing);
        self.critical += usize::from(result.fails_at(Severity::Critical));
    }

    fn summary(mut self) -> Summary {
        let categories = Category::ALL
            .into_iter()
            .filter_map(|category| Some((category, self.categories.remove(&category)?)));
        Summary { categories: categories.collect(), all: self.all, critical: self.critical }
    }
}
