//! Reading what was so at some time: a service over all runs, and two runs side by side.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::codes::{finding_of, root_of, standing_of};
use super::names::{NamedService, names_at, service_id};
use super::seen_run::SeenRun;
use crate::check::{CATALOGUE, Check};
use crate::judge::{
    Finding, Histories, History, Lineage, Look, Named, Root, SeenService, ServiceChange, Sight,
    Standing, seen_change,
};
use crate::model::{Service, ServiceId};
use crate::policy::Policy;
use crate::store::Scope;

/// A run of an edition at its position.
pub(super) struct PlacedRun {
    pub position: i64,
    pub seen: SeenRun,
}

/// An edition that is read, and the policy that it was judged under.
pub(super) struct EditionReader<'c> {
    pub connection: &'c Connection,
    pub edition: i64,
    pub policy: &'c Policy,
}

/// Something that holds from a position on, until before another.
struct Interval<T> {
    since: i64,
    until: Option<i64>,
    value: T,
}

impl<T> Interval<T> {
    fn holds_at(&self, position: i64) -> bool {
        self.since <= position && self.until.is_none_or(|until| position < until)
    }
}

/// The runs of an edition, the earliest first.
pub(super) fn runs(connection: &Connection, edition: i64) -> rusqlite::Result<Vec<PlacedRun>> {
    let mut query = connection
        .prepare_cached("SELECT position, seen FROM run WHERE edition = ?1 ORDER BY position")?;
    let rows = query.query_map([edition], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let runs = rows.map(|row| {
        let (position, seen) = row?;
        let seen = SeenRun::from_json(&seen).ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(PlacedRun { position, seen })
    });
    runs.collect()
}

/// From which positions on the newest ids follow how from those of then.
pub(super) fn lineages(
    connection: &Connection,
    edition: i64,
) -> rusqlite::Result<Vec<(i64, Lineage)>> {
    let mut query = connection
        .prepare_cached("SELECT position FROM names WHERE edition = ?1 ORDER BY position")?;
    let positions = query.query_map([edition], |row| row.get(0))?;
    let positions = positions.collect::<rusqlite::Result<Vec<i64>>>()?;
    let newest = names_at(connection, edition, i64::MAX)?.unwrap_or_default();
    let says_nothing = newest.iter().all(|(_, formerly)| formerly.is_empty());
    let lineage_from = |position: i64| {
        if says_nothing {
            return Ok((position, Lineage::default()));
        }
        let then = names_at(connection, edition, position)?.unwrap_or_default();
        Ok((position, lineage_of(&newest, &then)))
    };
    positions.into_iter().map(lineage_from).collect()
}

fn lineage_of(later: &[NamedService], earlier: &[NamedService]) -> Lineage {
    let named = later.iter().map(|(id, formerly)| Named { id, formerly });
    Lineage::of_names(named, earlier.iter().map(|(id, _)| id))
}

impl EditionReader<'_> {
    /// A service over all runs that looked at it, by the id that it has now.
    pub fn history(
        &self,
        id: &ServiceId,
        lineages: &[(i64, Lineage)],
    ) -> rusqlite::Result<Option<History>> {
        let then = |position: i64| -> Option<ServiceId> {
            let at = lineages.partition_point(|(from, _)| *from <= position);
            let lineage = at.checked_sub(1).and_then(|at| lineages.get(at));
            lineage.map_or(Some(id), |(_, lineage)| lineage.then(id)).cloned()
        };
        let mut known: HashMap<ServiceId, Option<PastService>> = HashMap::new();
        let mut histories = Histories::default();
        for PlacedRun { position, seen } in runs(self.connection, self.edition)? {
            let Some(then) = then(position) else { continue };
            if !known.contains_key(&then) {
                let past = self.past_service(&then)?;
                known.insert(then.clone(), past);
            }
            let Some(Some(past)) = known.get(&then) else { continue };
            if seen.scope == Scope::Part && !past.looks.contains(&position) {
                continue;
            }
            let Some(standing) = past.standing_at(position) else { continue };
            let findings = past.findings_at(position);
            let findings = findings.map(|(check, (finding, _))| (check, *finding)).collect();
            let look = Look { run: seen.id, at: seen.ended_at };
            histories.add(look, [(id.clone(), Sight { id: then, standing, findings })]);
        }
        Ok(histories.of(id).cloned())
    }

    /// What changed between two positions, in the order of the later inventory; then what is gone.
    pub fn changes(&self, before: i64, after: i64) -> rusqlite::Result<Vec<ServiceChange>> {
        let (lower, upper) = (before.min(after), before.max(after));
        let names = |position| -> rusqlite::Result<Vec<NamedService>> {
            Ok(names_at(self.connection, self.edition, position)?.unwrap_or_default())
        };
        let (names_before, names_after) = (names(before)?, names(after)?);
        let lineage = match before <= after {
            true => lineage_of(&names_after, &names_before),
            false => lineage_of(&names_before, &names_after).reversed(),
        };
        let mut now: HashSet<ServiceId> = HashSet::new();
        let mut gone: HashSet<ServiceId> = HashSet::new();
        for id in self.changed_between(lower, upper)? {
            if self.was_there(&id, after)? {
                now.insert(id.clone());
            }
            if self.was_there(&id, before)? {
                match lineage.now(&id) {
                    Some(later) => now.insert(later.clone()),
                    None => gone.insert(id),
                };
            }
        }
        let mut changes = Vec::new();
        for (id, _) in &names_after {
            if !now.remove(id) {
                continue;
            }
            let Some(later) = self.seen_at(id, after)? else {
                // It isn't there, so whatever it was is gone.
                gone.extend(lineage.then(id).cloned());
                continue;
            };
            let earlier = match lineage.then(id) {
                Some(then) => self.seen_at(then, before)?,
                None => None,
            };
            changes.push(seen_change(earlier.as_ref(), &later));
        }
        // What is left is in no inventory of the later side.
        gone.extend(now.iter().filter_map(|id| lineage.then(id).cloned()));
        for (id, _) in names_before.iter().filter(|(id, _)| gone.contains(id)) {
            if let Some(was) = self.seen_at(id, before)? {
                changes.push(ServiceChange::gone_from(&was.service, was.standing));
            }
        }
        changes.retain(ServiceChange::is_news);
        Ok(changes)
    }

    /// The services of which anything began or ended after one position and until another.
    fn changed_between(&self, lower: i64, upper: i64) -> rusqlite::Result<Vec<ServiceId>> {
        let mut query = self.connection.prepare_cached(
            "SELECT id FROM service WHERE number IN (
                 SELECT service FROM standing
                 WHERE edition = ?1 AND since > 0 AND since > ?2 AND since <= ?3
                 UNION SELECT service FROM standing
                 WHERE edition = ?1 AND until IS NOT NULL AND until > ?2 AND until <= ?3
                 UNION SELECT service FROM finding
                 WHERE edition = ?1 AND since > 0 AND since > ?2 AND since <= ?3)",
        )?;
        let rows = query.query_map(params![self.edition, lower, upper], |row| {
            let text = row.get_ref(0)?;
            service_id(text.as_str()?).ok_or(rusqlite::Error::QueryReturnedNoRows)
        })?;
        rows.collect()
    }

    fn number_of(&self, id: &ServiceId) -> rusqlite::Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT number FROM service WHERE edition = ?1 AND id = ?2")?
            .query_row(params![self.edition, id.to_string()], |row| row.get(0))
            .optional()
    }

    /// The standing that a service had at a position, if it was there.
    fn standing_at(&self, number: i64, position: i64) -> rusqlite::Result<Option<Standing>> {
        let mut query = self.connection.prepare_cached(
            "SELECT code FROM standing
             WHERE service = ?1 AND since <= ?2 AND (until IS NULL OR until > ?2)",
        )?;
        let code = query.query_row([number, position], |row| row.get(0)).optional()?;
        code.map(|code| standing_of(code).ok_or_else(bad)).transpose()
    }

    fn was_there(&self, id: &ServiceId, position: i64) -> rusqlite::Result<bool> {
        let Some(number) = self.number_of(id)? else { return Ok(false) };
        Ok(self.standing_at(number, position)?.is_some())
    }

    /// A service as it was at a position, if it was there: nothing of what it was before or later is read.
    fn seen_at(&self, id: &ServiceId, position: i64) -> rusqlite::Result<Option<SeenService>> {
        let Some(number) = self.number_of(id)? else { return Ok(None) };
        let Some(standing) = self.standing_at(number, position)? else { return Ok(None) };
        let mut query = self.connection.prepare_cached(
            "SELECT definition FROM definition
             WHERE service = ?1 AND since <= ?2 AND (until IS NULL OR until > ?2)",
        )?;
        let definition = query
            .query_row([number, position], |row| {
                serde_json::from_str::<Service>(row.get_ref(0)?.as_str()?).map_err(|_| bad())
            })
            .optional()?;
        let Some(service) = definition else { return Ok(None) };
        let mut query = self.connection.prepare_cached(
            "SELECT rule, code FROM finding
             WHERE service = ?1 AND since <= ?2 AND (until IS NULL OR until > ?2) ORDER BY rule",
        )?;
        let findings = query.query_map([number, position], |row| {
            let (_, check) = check_at(row.get(0)?)?;
            let (finding, root) = self.finding_and_root(check, row.get(1)?)?;
            Ok((check, finding, root))
        })?;
        let findings = findings.collect::<rusqlite::Result<_>>()?;
        Ok(Some(SeenService { service: Arc::new(service), standing, findings }))
    }

    fn finding_and_root(
        &self,
        check: &'static Check,
        code: i64,
    ) -> rusqlite::Result<(Finding, Root)> {
        finding_of(check, code, self.policy).zip(root_of(code)).ok_or_else(bad)
    }

    fn past_service(&self, id: &ServiceId) -> rusqlite::Result<Option<PastService>> {
        let Some(number) = self.number_of(id)? else { return Ok(None) };
        let mut past = PastService::default();
        let mut query = self
            .connection
            .prepare_cached("SELECT since, until, code FROM standing WHERE service = ?1")?;
        let mut rows = query.query([number])?;
        while let Some(row) = rows.next()? {
            let value = standing_of(row.get(2)?).ok_or_else(bad)?;
            past.standings.push(Interval { since: row.get(0)?, until: row.get(1)?, value });
        }
        let mut query = self.connection.prepare_cached(
            "SELECT rule, since, until, code FROM finding WHERE service = ?1 ORDER BY rule, since",
        )?;
        let mut rows = query.query([number])?;
        while let Some(row) = rows.next()? {
            let (place, check) = check_at(row.get(0)?)?;
            let value = self.finding_and_root(check, row.get(3)?)?;
            past.findings.entry(place).or_default().push(Interval {
                since: row.get(1)?,
                until: row.get(2)?,
                value,
            });
        }
        let mut query = self
            .connection
            .prepare_cached("SELECT position FROM look WHERE edition = ?1 AND service = ?2")?;
        let looks = query.query_map(params![self.edition, number], |row| row.get(0))?;
        past.looks = looks.collect::<rusqlite::Result<_>>()?;
        Ok(Some(past))
    }
}

/// A row that this program can't have written.
fn bad() -> rusqlite::Error {
    rusqlite::Error::QueryReturnedNoRows
}

/// The check at a place of the catalogue, with the place.
fn check_at(place: i64) -> rusqlite::Result<(usize, &'static Check)> {
    let place = usize::try_from(place).map_err(|_| bad())?;
    Ok((place, *CATALOGUE.get(place).ok_or_else(bad)?))
}

/// What is kept of all that had an id.
#[derive(Default)]
struct PastService {
    standings: Vec<Interval<Standing>>,
    /// By the place of the check in the catalogue.
    findings: BTreeMap<usize, Vec<Interval<(Finding, Root)>>>,
    looks: HashSet<i64>,
}

impl PastService {
    fn standing_at(&self, position: i64) -> Option<Standing> {
        self.standings.iter().find(|one| one.holds_at(position)).map(|one| one.value)
    }

    fn findings_at(
        &self,
        position: i64,
    ) -> impl Iterator<Item = (&'static Check, &(Finding, Root))> {
        self.findings.iter().filter_map(move |(place, intervals)| {
            let held = intervals.iter().find(|one| one.holds_at(position))?;
            Some((*CATALOGUE.get(*place)?, &held.value))
        })
    }
}
