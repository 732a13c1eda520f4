//! The tables, and how an older file becomes one of this version.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::error::StoreError;
use super::seal;
use crate::model::{Digest, RunId};

/// `v6rd` in ASCII: says whose file this is (`PRAGMA application_id`).
const APPLICATION_ID: u32 = 0x7636_7264;

/// Each step leads from one format to the next; the first one from an empty file.
const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
];

/// The format from which on every run's id is one: see [`RunId`].
const CHECKED_IDS: usize = 4;

/// The format from which on every run is sealed.
const SEALS: usize = 5;

/// The newest format, which every open store has.
pub(super) const FORMAT: u32 = MIGRATIONS.len() as u32;

/// How a connection works: a checkpoint each 4 MB of WAL.
const CONNECTION: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA wal_autocheckpoint = 1000;";

/// How long a reader waits for a writer's commit.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Checks whose file it is, sets the connection up, and migrates.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let in_path = |error| StoreError::from_sqlite(path, error);
    connection.busy_timeout(BUSY_TIMEOUT).map_err(in_path)?;
    let (is_new, found) = format_of(connection, path)?;
    if is_new {
        // Before there is a log, so that the file by itself is a store from its first moment on.
        migrate(connection).map_err(in_path)?;
    }
    connection.execute_batch(CONNECTION).map_err(in_path)?;
    if found < FORMAT {
        migrate(connection).map_err(in_path)?;
        if is_new {
            tracing::info!(?path, format = FORMAT, "made a new evidence store");
        } else {
            tracing::info!(?path, from = found, to = FORMAT, "migrated the evidence store");
        }
    }
    Ok(())
}

/// Whether a store that can only be read has this format.
pub(super) fn is_current(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| StoreError::from_sqlite(path, error))?;
    let (is_new, found) = format_of(connection, path)?;
    Ok(!is_new && found == FORMAT)
}

/// Whether the file is new and empty, and otherwise the format of the store in it.
fn format_of(connection: &Connection, path: &Path) -> Result<(bool, u32), StoreError> {
    let in_path = |error| StoreError::from_sqlite(path, error);
    let (application, found) = identity(connection).map_err(in_path)?;
    let count = |sql| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).map_err(in_path);
    let objects = count("SELECT count(*) FROM sqlite_schema")?;
    let is_empty = objects == 0 && application == 0;
    if is_empty && count("PRAGMA page_count")? > 0 {
        return Err(StoreError::Emptied { path: path.to_owned() });
    }
    if !is_empty && application != APPLICATION_ID {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    if found > FORMAT {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    Ok((is_empty, found))
}

fn identity(connection: &Connection) -> rusqlite::Result<(u32, u32)> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    Ok((pragma("application_id")?, pragma("user_version")?))
}

/// In one transaction, and looking again inside it, because two processes may open a new file.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (_, found) = identity(&transaction)?;
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        transaction.execute_batch(sql)?;
        if step + 1 == CHECKED_IDS {
            rename_runs_without_id(&transaction)?;
        }
        if step + 1 == SEALS {
            seal::seal_all(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", step as u32 + 1)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()
}

/// Earlier versions took any text for an id from a file. Whatever is none gets one, by which the run can
/// be looked at and removed.
fn rename_runs_without_id(of: &Connection) -> rusqlite::Result<()> {
    let ids: Vec<(i64, String)> = of
        .prepare("SELECT number, id FROM run")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (number, id) in ids {
        if RunId::parse(&id).is_err() {
            let new_id = format!("renamed-{}", &Digest::of(id.as_bytes()).hex()[..16]);
            of.execute(
                "UPDATE run SET id = ?2, run = json_set(run, '$.id', ?2) WHERE number = ?1",
                params![number, new_id],
            )?;
            tracing::warn!(?id, new_id, "a run had no usable id and was renamed");
        }
    }
    Ok(())
}
