//! Alerts from their trigger to their end, and who took note of them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use super::outbox::{NewMessage, queue};
use super::sealed::{Change, Table};
use super::transaction::{time, time_if_any};
use crate::model::RunId;
use crate::store::database::Store;
use crate::store::error::StoreError;

/// An alert as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAlert {
    /// Names it from its trigger to its end.
    pub id: String,
    /// What it is about. At most one alert of an inventory is open for each.
    pub key: String,
    /// The inventory's key; empty for what concerns the daemon itself.
    pub inventory: String,
    /// The organisation that it concerns, where it is one.
    pub organisation: Option<String>,
    /// The service that it concerns, within its organisation.
    pub service: Option<String>,
    /// Its kind, by its word.
    pub kind: String,
    /// How much it matters, by its word.
    pub severity: String,
    /// When it was triggered.
    pub began_at: Timestamp,
    /// When it was last found to last.
    pub seen_at: Timestamp,
    /// When a message about it was last decided.
    pub announced_at: Option<Timestamp>,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// Whatever else is kept of it, as JSON.
    pub document: String,
}

/// That somebody has taken note of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they say of it.
    pub note: String,
}

/// What was decided after a run: written whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct AlertDecision {
    /// The inventory's key.
    pub inventory: String,
    /// The run that the decision takes account of, in place of the one before.
    pub run: Option<RunId>,
    /// The run up to which the inventory had been looked at when this was decided.
    pub run_before: Option<RunId>,
    /// When it was decided.
    pub at: Timestamp,
    /// Alerts that are new or changed.
    pub alerts: Vec<StoredAlert>,
    /// Messages to send.
    pub messages: Vec<NewMessage>,
}

/// Which alerts are meant.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    /// Those of this inventory, and those of the daemon itself.
    pub inventory: Option<String>,
    /// Those of this organisation alone.
    pub organisation: Option<String>,
    /// Those of this service of it alone.
    pub service: Option<String>,
    /// Those that have not ended.
    pub is_open: bool,
    /// Those that began, or ended, after this moment.
    pub since: Option<Timestamp>,
    /// So many at the most; 0 = all.
    pub limit: usize,
    /// So many are left out first.
    pub offset: usize,
}

const COLUMNS: &str = "id, key, inventory, organisation, service, kind, severity, began_at, seen_at, \
    announced_at, resolved_at, document";

impl Store {
    /// The alerts that are meant: those that last first, then the newest.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn alerts(&self, filter: &AlertFilter) -> Result<Vec<StoredAlert>, StoreError> {
        let mut conditions = vec!["1".to_owned()];
        let mut values: Vec<rusqlite::types::Value> = Vec::new();
        let mut add = |condition: &str, value: rusqlite::types::Value| {
            values.push(value);
            conditions.push(condition.replace('?', &format!("?{}", values.len())));
        };
        if let Some(inventory) = &filter.inventory {
            add("inventory IN (?, '')", inventory.clone().into());
        }
        if let Some(organisation) = &filter.organisation {
            add("organisation = ?", organisation.clone().into());
        }
        if let Some(service) = &filter.service {
            add("service = ?", service.clone().into());
        }
        if let Some(since) = filter.since {
            add("max(began_at, coalesce(resolved_at, 0)) > ?", since.as_microsecond().into());
        }
        if filter.is_open {
            conditions.push("resolved_at IS NULL".to_owned());
        }
        let limit = match filter.limit {
            0 => -1,
            limit => i64::try_from(limit).unwrap_or(-1),
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM alert WHERE {} \
             ORDER BY resolved_at IS NOT NULL, began_at DESC, number DESC LIMIT {limit} OFFSET {}",
            conditions.join(" AND "),
            filter.offset
        );
        self.read(|of| {
            of.prepare_cached(&sql)?.query_map(params_from_iter(values), stored_alert)?.collect()
        })
    }

    /// The alert of this id.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn alert(&self, id: &str) -> Result<Option<StoredAlert>, StoreError> {
        self.read(|of| {
            of.prepare_cached(&format!("SELECT {COLUMNS} FROM alert WHERE id = ?1"))?
                .query_row([id], stored_alert)
                .optional()
        })
    }

    /// The run up to which an inventory was looked at for alerts.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn alert_mark(&self, inventory: &str) -> Result<Option<RunId>, StoreError> {
        let run = self.read(|of| mark(of, inventory))?;
        Ok(run.and_then(|run| RunId::parse(&run).ok()))
    }

    /// Keeps what was decided; `false`, and nothing is kept, when another decision came between.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn decide_alerts(&self, decision: &AlertDecision) -> Result<bool, StoreError> {
        self.write(|to| {
            let before = decision.run_before.as_ref().map(RunId::as_str);
            if decision.run.is_some() && mark(to, &decision.inventory)?.as_deref() != before {
                return Ok(false);
            }
            let mut change = Change::of(to, Table::Alert)?;
            for alert in &decision.alerts {
                put(to, &mut change, alert)?;
            }
            change.finish()?;
            queue(to, &decision.messages)?;
            if let Some(run) = &decision.run {
                put_mark(to, &decision.inventory, run, decision.at)?;
            }
            Ok(true)
        })
    }

    /// Notes that somebody has taken note of an alert; `false` when there is none of this id.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn acknowledge_alert(
        &self,
        id: &str,
        acknowledgement: &Acknowledgement,
    ) -> Result<bool, StoreError> {
        let Acknowledgement { by, at, note } = acknowledgement;
        self.write(|to| {
            let alert: Option<i64> = to
                .query_row("SELECT number FROM alert WHERE id = ?1", [id], |row| row.get(0))
                .optional()?;
            let Some(alert) = alert else { return Ok(false) };
            let mut change = Change::of(to, Table::Acknowledgement)?;
            to.execute(
                "INSERT INTO acknowledgement (alert, by, at, note) VALUES (?1, ?2, ?3, ?4)",
                params![alert, by, at.as_microsecond(), note],
            )?;
            change.added(to.last_insert_rowid())?;
            change.finish()?;
            Ok(true)
        })
    }

    /// Who has taken note of an alert, the newest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn acknowledgements(&self, id: &str) -> Result<Vec<Acknowledgement>, StoreError> {
        self.read(|of| {
            of.prepare_cached(
                "SELECT a.by, a.at, a.note FROM acknowledgement a JOIN alert ON alert.number = a.alert
                 WHERE alert.id = ?1 ORDER BY a.number DESC",
            )?
            .query_map([id], |row| {
                Ok(Acknowledgement { by: row.get(0)?, at: time(row, 1)?, note: row.get(2)? })
            })?
            .collect()
        })
    }

    /// The ids of open alerts that somebody has taken note of.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn acknowledged_alerts(&self) -> Result<Vec<String>, StoreError> {
        self.read(|of| {
            of.prepare_cached(
                "SELECT id FROM alert WHERE resolved_at IS NULL
                 AND number IN (SELECT alert FROM acknowledgement)",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
        })
    }

    /// Forgets alerts that ended before a moment, with what was noted of them, and returns how many.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn forget_alerts(&self, ended_before: Timestamp) -> Result<usize, StoreError> {
        self.write(|to| {
            let numbers = |sql: &str, value: i64| {
                to.prepare(sql)?
                    .query_map([value], |row| row.get::<_, i64>(0))?
                    .collect::<Result<Vec<_>, _>>()
            };
            let old = numbers(
                "SELECT number FROM alert WHERE resolved_at < ?1",
                ended_before.as_microsecond(),
            )?;
            let mut alerts = Change::of(to, Table::Alert)?;
            let mut notes = Change::of(to, Table::Acknowledgement)?;
            for alert in &old {
                for note in numbers("SELECT number FROM acknowledgement WHERE alert = ?1", *alert)?
                {
                    notes.leaves(note)?;
                    to.execute("DELETE FROM acknowledgement WHERE number = ?1", [note])?;
                }
                alerts.leaves(*alert)?;
                to.execute("DELETE FROM alert WHERE number = ?1", [alert])?;
            }
            alerts.finish()?;
            notes.finish()?;
            Ok(old.len())
        })
    }
}

fn mark(of: &Connection, inventory: &str) -> rusqlite::Result<Option<String>> {
    of.prepare_cached("SELECT run FROM alert_mark WHERE inventory = ?1")?
        .query_row([inventory], |row| row.get(0))
        .optional()
}

fn put_mark(to: &Connection, inventory: &str, run: &RunId, at: Timestamp) -> rusqlite::Result<()> {
    let mut change = Change::of(to, Table::AlertMark)?;
    let known: Option<i64> = to
        .query_row("SELECT number FROM alert_mark WHERE inventory = ?1", [inventory], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(number) = known {
        change.leaves(number)?;
    }
    let number = to.query_row(
        "INSERT INTO alert_mark (inventory, run, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (inventory) DO UPDATE SET run = excluded.run, at = excluded.at
         RETURNING number",
        params![inventory, run.as_str(), at.as_microsecond()],
        |row| row.get(0),
    )?;
    change.added(number)?;
    change.finish()
}

fn put(to: &Connection, change: &mut Change<'_>, alert: &StoredAlert) -> rusqlite::Result<()> {
    let known: Option<i64> = to
        .prepare_cached("SELECT number FROM alert WHERE id = ?1")?
        .query_row([&alert.id], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        change.leaves(number)?;
    }
    let microseconds = |time: Option<Timestamp>| time.map(Timestamp::as_microsecond);
    let number = to
        .prepare_cached(
            "INSERT INTO alert (id, key, inventory, organisation, service, kind, severity, began_at,
                 seen_at, announced_at, resolved_at, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (id) DO UPDATE SET severity = excluded.severity,
                 seen_at = excluded.seen_at, announced_at = excluded.announced_at,
                 resolved_at = excluded.resolved_at, document = excluded.document
             RETURNING number",
        )?
        .query_row(
            params![
                alert.id,
                alert.key,
                alert.inventory,
                alert.organisation,
                alert.service,
                alert.kind,
                alert.severity,
                alert.began_at.as_microsecond(),
                alert.seen_at.as_microsecond(),
                microseconds(alert.announced_at),
                microseconds(alert.resolved_at),
                alert.document,
            ],
            |row| row.get(0),
        )?;
    change.added(number)
}

fn stored_alert(row: &Row<'_>) -> rusqlite::Result<StoredAlert> {
    Ok(StoredAlert {
        id: row.get(0)?,
        key: row.get(1)?,
        inventory: row.get(2)?,
        organisation: row.get(3)?,
        service: row.get(4)?,
        kind: row.get(5)?,
        severity: row.get(6)?,
        began_at: time(row, 7)?,
        seen_at: time(row, 8)?,
        announced_at: time_if_any(row, 9)?,
        resolved_at: time_if_any(row, 10)?,
        document: row.get(11)?,
    })
}
