//! Writing runs into an edition: what is as it was costs nothing, what changed ends one interval and begins
//! another.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::facts::Facts;
use super::names::{NamedService, names_at, service_id};
use super::packed::compress;
use super::seen_run::SeenRun;
use crate::check::CATALOGUE;
use crate::model::ServiceId;
use crate::store::Scope;

/// An edition that is written to, with what holds of every service so far.
pub(super) struct EditionWriter {
    edition: i64,
    services: HashMap<ServiceId, OpenService>,
    /// The services with their former ids that the last whole run had.
    names: Vec<NamedService>,
}

/// What holds of a service: since which position, and what.
struct OpenService {
    number: i64,
    /// Whether the last whole run had it.
    is_there: bool,
    standing: (i64, i64),
    definition: (i64, String),
    /// By the place of the check in the catalogue; -1 where nothing holds.
    findings: Vec<(i64, i64)>,
}

impl OpenService {
    fn new(number: i64) -> Self {
        Self {
            number,
            is_there: false,
            standing: (-1, -1),
            definition: (-1, String::new()),
            findings: vec![(-1, -1); CATALOGUE.len()],
        }
    }
}

impl EditionWriter {
    /// Reads what holds in an edition.
    pub fn open(connection: &Connection, edition: i64) -> rusqlite::Result<Self> {
        let mut services = HashMap::new();
        let mut ids = HashMap::new();
        let mut query = connection.prepare("SELECT number, id FROM service WHERE edition = ?1")?;
        let mut rows = query.query([edition])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if let Some(id) = service_id(row.get_ref(1)?.as_str()?) {
                ids.insert(number, id.clone());
                services.insert(id, OpenService::new(number));
            }
        }
        let open = |services: &mut HashMap<ServiceId, OpenService>,
                    table: &str,
                    take: &dyn Fn(&mut OpenService, &rusqlite::Row<'_>) -> rusqlite::Result<()>| {
            let mut query = connection.prepare(&format!(
                "SELECT * FROM {table} WHERE edition = ?1 AND until IS NULL"
            ))?;
            let mut rows = query.query([edition])?;
            while let Some(row) = rows.next()? {
                let number: i64 = row.get(0)?;
                if let Some(service) = ids.get(&number).and_then(|id| services.get_mut(id)) {
                    take(service, row)?;
                }
            }
            Ok::<(), rusqlite::Error>(())
        };
        open(&mut services, "standing", &|service, row| {
            service.is_there = true;
            service.standing = (row.get("since")?, row.get("code")?);
            Ok(())
        })?;
        open(&mut services, "definition", &|service, row| {
            service.definition = (row.get("since")?, row.get("definition")?);
            Ok(())
        })?;
        open(&mut services, "finding", &|service, row| {
            let place: i64 = row.get("rule")?;
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            if let Some(open) = service.findings.get_mut(place) {
                *open = (row.get("since")?, row.get("code")?);
            }
            Ok(())
        })?;
        let names = names_at(connection, edition, i64::MAX)?.unwrap_or_default();
        Ok(Self { edition, services, names })
    }

    /// The number of the edition.
    pub fn edition(&self) -> i64 {
        self.edition
    }

    /// Begins a run.
    pub fn begin_run(
        &mut self,
        connection: &Connection,
        position: i64,
        seen: &SeenRun,
        names: Vec<NamedService>,
    ) -> rusqlite::Result<()> {
        self.note_run(connection, position, seen)?;
        if seen.scope != Scope::Whole || self.names == names {
            return Ok(());
        }
        let octets = serde_json::to_vec(&names).unwrap_or_default();
        connection.execute(
            "INSERT INTO names (edition, position, names) VALUES (?1, ?2, ?3)",
            params![self.edition, position, compress(&octets)],
        )?;
        self.names = names;
        Ok(())
    }

    /// Notes what is known of a run.
    pub fn note_run(
        &self,
        connection: &Connection,
        position: i64,
        seen: &SeenRun,
    ) -> rusqlite::Result<()> {
        connection.execute(
            "INSERT OR REPLACE INTO run (edition, position, id, seen) VALUES (?1, ?2, ?3, ?4)",
            params![self.edition, position, seen.id.as_str(), seen.to_json()],
        )?;
        Ok(())
    }

    /// Ends what holds of the services that a whole run doesn't have.
    pub fn end_whole_run(
        &mut self,
        connection: &Connection,
        position: i64,
        there: &HashSet<ServiceId>,
    ) -> rusqlite::Result<()> {
        for (id, service) in &mut self.services {
            if service.is_there && !there.contains(id) {
                for table in ["standing", "definition", "finding"] {
                    let mut end = connection.prepare_cached(&format!(
                        "UPDATE {table} SET until = ?2 WHERE service = ?1 AND until IS NULL"
                    ))?;
                    end.execute(params![service.number, position])?;
                }
                *service = OpenService::new(service.number);
            }
        }
        Ok(())
    }

    /// Adds what a run found of a service.
    pub fn add(
        &mut self,
        connection: &Connection,
        position: i64,
        scope: Scope,
        facts: &Facts,
    ) -> rusqlite::Result<()> {
        let edition = self.edition;
        if !self.services.contains_key(&facts.id) {
            connection
                .prepare_cached("INSERT INTO service (edition, id) VALUES (?1, ?2)")?
                .execute(params![edition, facts.id.to_string()])?;
            let number = connection.last_insert_rowid();
            self.services.insert(facts.id.clone(), OpenService::new(number));
        }
        let Some(open) = self.services.get_mut(&facts.id) else { return Ok(()) };
        let number = open.number;
        open.is_there = true;
        if scope == Scope::Part {
            connection
                .prepare_cached(
                    "INSERT INTO look (edition, position, service) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![edition, position, number])?;
        }
        if open.standing.1 != facts.standing {
            if open.standing.1 >= 0 {
                connection
                    .prepare_cached(
                        "UPDATE standing SET until = ?3 WHERE service = ?1 AND since = ?2",
                    )?
                    .execute(params![number, open.standing.0, position])?;
            }
            connection
                .prepare_cached(
                    "INSERT INTO standing (service, since, until, code, edition)
                     VALUES (?1, ?2, NULL, ?3, ?4)",
                )?
                .execute(params![number, position, facts.standing, edition])?;
            open.standing = (position, facts.standing);
        }
        if open.definition.1 != facts.definition {
            if open.definition.0 >= 0 {
                connection
                    .prepare_cached(
                        "UPDATE definition SET until = ?3 WHERE service = ?1 AND since = ?2",
                    )?
                    .execute(params![number, open.definition.0, position])?;
            }
            connection
                .prepare_cached(
                    "INSERT INTO definition (service, since, until, definition, edition)
                     VALUES (?1, ?2, NULL, ?3, ?4)",
                )?
                .execute(params![number, position, facts.definition, edition])?;
            open.definition = (position, facts.definition.clone());
        }
        for (place, code) in facts.findings.iter().enumerate() {
            let Some(so_far) = open.findings.get_mut(place) else { continue };
            if so_far.1 == *code {
                continue;
            }
            if so_far.1 >= 0 {
                connection
                    .prepare_cached(
                        "UPDATE finding SET until = ?4
                         WHERE service = ?1 AND rule = ?2 AND since = ?3",
                    )?
                    .execute(params![number, place as i64, so_far.0, position])?;
            }
            if *code >= 0 {
                connection
                    .prepare_cached(
                        "INSERT INTO finding (service, rule, since, until, code, edition)
                         VALUES (?1, ?2, ?3, NULL, ?4, ?5)",
                    )?
                    .execute(params![number, place as i64, position, code, edition])?;
            }
            *so_far = (position, *code);
        }
        Ok(())
    }
}

/// Takes away all runs of an edition from a position on.
pub(super) fn truncate(connection: &Connection, edition: i64, from: i64) -> rusqlite::Result<()> {
    for table in ["run", "names", "look"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE edition = ?1 AND position >= ?2"),
            params![edition, from],
        )?;
    }
    for table in ["standing", "definition", "finding"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE edition = ?1 AND since >= ?2"),
            params![edition, from],
        )?;
        connection.execute(
            &format!("UPDATE {table} SET until = NULL WHERE edition = ?1 AND until >= ?2"),
            params![edition, from],
        )?;
    }
    Ok(())
}

/// Takes a run out of an edition that the store doesn't have any more. What began with it began, as far as
/// anybody knows, with the next one.
pub(super) fn remove_run(
    connection: &Connection,
    edition: i64,
    position: i64,
) -> rusqlite::Result<()> {
    for table in ["run", "look"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE edition = ?1 AND position = ?2"),
            params![edition, position],
        )?;
    }
    Ok(())
}

/// Deletes an edition.
pub(super) fn delete_edition(connection: &Connection, edition: i64) -> rusqlite::Result<()> {
    for table in ["run", "names", "look", "standing", "definition", "finding", "latest", "service"]
    {
        connection.execute(&format!("DELETE FROM {table} WHERE edition = ?1"), [edition])?;
    }
    connection.execute("DELETE FROM edition WHERE number = ?1", [edition])?;
    Ok(())
}
