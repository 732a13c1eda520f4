//! Messages that wait to be sent, and what became of those that were.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::sealed::{Change, Table};
use super::transaction::{time, time_if_any};
use crate::store::database::Store;
use crate::store::error::StoreError;

/// A message that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Names it on each try. One of a name that is known is not taken again.
    pub key: String,
    /// By which route it came.
    pub route: String,
    /// The channel that sends it.
    pub channel: String,
    /// To whom, where the channel doesn't say it.
    pub recipient: Option<String>,
    /// When it was decided.
    pub made_at: Timestamp,
    /// Before when it is not sent.
    pub not_before: Timestamp,
    /// The message, as JSON.
    pub document: String,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// It waits until then.
    Waiting(Timestamp),
    /// It was taken by the receiver.
    Sent(Timestamp),
    /// It was given up.
    GivenUp,
}

/// A message of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its row.
    pub number: i64,
    /// Names it on each try.
    pub key: String,
    /// By which route it came.
    pub route: String,
    /// The channel that sends it.
    pub channel: String,
    /// To whom, where the channel doesn't say it.
    pub recipient: Option<String>,
    /// When it was decided.
    pub made_at: Timestamp,
    /// What became of it.
    pub state: MessageState,
    /// How often it was tried.
    pub tries: u32,
    /// What the last try came to, where it failed.
    pub problem: Option<String>,
    /// The message, as JSON.
    pub document: String,
}

const COLUMNS: &str = "number, key, route, channel, recipient, made_at, next_at, sent_at, tries, \
    problem, document";

impl Store {
    /// Queues messages, each name once.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn queue_messages(&self, messages: &[NewMessage]) -> Result<(), StoreError> {
        self.write(|to| queue(to, messages))
    }

    /// The messages whose time to be tried has come, the oldest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn due_messages(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        self.read(|of| {
            of.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox WHERE next_at <= ?1 ORDER BY next_at, number LIMIT {limit}"
            ))?
            .query_map([now.as_microsecond()], stored_message)?
            .collect()
        })
    }

    /// When the next message is to be tried.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn next_message_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|of| {
            of.query_row("SELECT min(next_at) FROM outbox WHERE next_at IS NOT NULL", [], |row| {
                time_if_any(row, 0)
            })
        })
    }

    /// The newest messages.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn messages(&self, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        self.read(|of| {
            of.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox ORDER BY number DESC LIMIT {limit}"
            ))?
            .query_map([], stored_message)?
            .collect()
        })
    }

    /// How many messages of a route were decided since a moment.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn messages_since(&self, route: &str, since: Timestamp) -> Result<u32, StoreError> {
        self.read(|of| {
            of.prepare_cached("SELECT count(*) FROM outbox WHERE route = ?1 AND made_at > ?2")?
                .query_row(params![route, since.as_microsecond()], |row| row.get(0))
        })
    }

    /// Notes that a message was taken by its receiver.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn note_sent(&self, message: i64, at: Timestamp) -> Result<(), StoreError> {
        self.change_message(
            message,
            "UPDATE outbox SET next_at = NULL, sent_at = ?2, problem = NULL, tries = tries + 1
             WHERE number = ?1",
            params![message, at.as_microsecond()],
        )
    }

    /// Notes that a message could not be sent, why, and when it is tried again; without a time it is given
    /// up.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn note_not_sent(
        &self,
        message: i64,
        problem: &str,
        again_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.change_message(
            message,
            "UPDATE outbox SET next_at = ?2, problem = ?3, tries = tries + 1 WHERE number = ?1",
            params![message, again_at.map(Timestamp::as_microsecond), problem],
        )
    }

    fn change_message(
        &self,
        message: i64,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        self.write(|to| {
            let mut change = Change::of(to, Table::Outbox)?;
            change.leaves(message)?;
            to.execute(sql, values)?;
            change.added(message)?;
            change.finish()
        })
    }

    /// Forgets messages that no longer wait and were decided before a moment.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn forget_messages(&self, made_before: Timestamp) -> Result<(), StoreError> {
        self.write(|to| {
            let old: Vec<i64> = to
                .prepare("SELECT number FROM outbox WHERE next_at IS NULL AND made_at < ?1")?
                .query_map([made_before.as_microsecond()], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut change = Change::of(to, Table::Outbox)?;
            for message in old {
                change.leaves(message)?;
                to.execute("DELETE FROM outbox WHERE number = ?1", [message])?;
            }
            change.finish()
        })
    }
}

pub(super) fn queue(to: &Connection, messages: &[NewMessage]) -> rusqlite::Result<()> {
    let mut change = Change::of(to, Table::Outbox)?;
    for message in messages {
        let NewMessage { key, route, channel, recipient, made_at, not_before, document } = message;
        let times = [made_at, not_before].map(|time| time.as_microsecond());
        let added = to
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox
                     (key, route, channel, recipient, made_at, next_at, document)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![key, route, channel, recipient, times[0], times[1], document])?;
        if added == 1 {
            change.added(to.last_insert_rowid())?;
        }
    }
    change.finish()
}

fn stored_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let state = match (time_if_any(row, 6)?, time_if_any(row, 7)?) {
        (Some(next_at), _) => MessageState::Waiting(next_at),
        (None, Some(sent_at)) => MessageState::Sent(sent_at),
        (None, None) => MessageState::GivenUp,
    };
    Ok(StoredMessage {
        number: row.get(0)?,
        key: row.get(1)?,
        route: row.get(2)?,
        channel: row.get(3)?,
        recipient: row.get(4)?,
        made_at: time(row, 5)?,
        state,
        tries: row.get(8)?,
        problem: row.get(9)?,
        document: row.get(10)?,
    })
}
