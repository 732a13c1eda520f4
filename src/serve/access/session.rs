//! Log-in sessions: what the browser's cookie stands for.
//!
//! The cookie has a [`Secret`] of which only the digest is kept. It is replaced by a new one every
//! [quarter of an hour](ROTATION); the one before stays good until the new one has been seen, and a moment
//! longer for requests that were under way, so that an answer that got lost logs nobody out.
//!
//! All sessions are in memory; what changes is written to the [store](SessionTable), so that a restart
//! logs nobody out. When the store can't be written, what is to be written is kept for the next time.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::proof::Proof;
use super::role::{Organisations, Role};
use super::secret::{NoRandomness, Secret};
use crate::model::Digest;
use crate::store::{SavedSession, StoreError};

/// How long a cookie's secret is used.
const ROTATION: SignedDuration = SignedDuration::from_mins(15);

/// How long the secret before stays good once the new one was seen.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// How exactly it is written when a session was last used.
const SEEN_EACH: SignedDuration = SignedDuration::from_mins(1);

/// Sessions of all users, and of one.
const SESSIONS_MAX: usize = 10_000;
const SESSIONS_OF_USER_MAX: usize = 50;

/// Whom a session is for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// Her name.
    pub name: Arc<str>,
    /// How she showed it.
    pub proof: Proof,
    /// Her role at the log-in; that of a user with a password is in the configuration.
    pub role: Role,
    /// For whom she acts.
    pub organisations: Organisations,
    /// The digest of what the log-in rested on (the password's hash, the provider's settings). When
    /// that changes, the session ends.
    pub credential: Digest,
}

/// A session that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whom it is for.
    pub owner: Owner,
    /// What its forms are bound to; other than the cookie's secret it stays the same, so that a form
    /// outlives a rotation.
    pub form_key: Secret,
    /// When she logged in.
    pub started: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    key: Digest,
    previous: Option<Digest>,
    rotated: Timestamp,
    /// When the present secret was first seen.
    confirmed: Option<Timestamp>,
}

/// As the store has it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Document {
    owner: Owner,
    form_key: String,
    started: Timestamp,
    seen: Timestamp,
    rotated: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<Timestamp>,
}

/// When sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// Without being used.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

impl Default for SessionTimes {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Self { idle: hours(8), absolute: hours(7 * 24) }
    }
}

/// Where sessions are kept.
pub trait SessionTable: Send + Sync {
    /// All that are kept.
    ///
    /// # Errors
    /// When they can't be read.
    fn load(&self) -> Result<Vec<SavedSession>, StoreError>;

    /// Keeps some and forgets others, all of it or nothing.
    ///
    /// # Errors
    /// When that can't be written.
    fn save(&self, kept: &[SavedSession], ended: &[Digest]) -> Result<(), StoreError>;
}

/// The sessions of all users.
pub struct Sessions {
    inner: Mutex<Inner>,
    table: Arc<dyn SessionTable>,
    /// One writes at a time, so that an older state never follows a newer one.
    writing: Mutex<()>,
}

#[derive(Default)]
struct Inner {
    /// By the digest of the present secret.
    sessions: HashMap<Digest, Session>,
    /// From the secret before to the present one.
    previous: HashMap<Digest, Digest>,
    /// Keys whose state isn't written yet.
    unwritten: BTreeSet<Digest>,
}

/// A session that was found by its cookie.
#[derive(Clone, Debug)]
pub struct Found {
    /// The session.
    pub session: Session,
    /// The cookie's new secret, which goes out with the answer.
    pub renewed: Option<Secret>,
}

impl Sessions {
    /// Those of a table. A session that can't be read is left out: its user logs in again.
    ///
    /// # Errors
    /// When the table can't be read.
    pub fn load(table: Arc<dyn SessionTable>) -> Result<Self, StoreError> {
        let mut inner = Inner::default();
        for saved in table.load()? {
            match Session::read(&saved) {
                Some(session) => inner.insert(session),
                None => {
                    tracing::warn!("a stored log-in session can't be read, and is dropped");
                    inner.unwritten.insert(saved.key);
                }
            }
        }
        Ok(Self { inner: Mutex::new(inner), table, writing: Mutex::default() })
    }

    /// Begins a session, and gives the secret for its cookie. Those that are over go.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn begin(
        &self,
        owner: Owner,
        times: SessionTimes,
        now: Timestamp,
    ) -> Result<Secret, NoRandomness> {
        let (secret, form_key) = (Secret::random()?, Secret::random()?);
        self.end_all(|session| session.is_over(times, now));
        let mut inner = self.inner();
        inner.make_room(&owner);
        inner.insert(Session {
            owner,
            form_key,
            started: now,
            seen: now,
            key: secret.digest(),
            previous: None,
            rotated: now,
            confirmed: None,
        });
        inner.unwritten.insert(secret.digest());
        Ok(secret)
    }

    /// The session of a cookie, if it still goes on. It is used by that, and its secret may be replaced.
    pub fn find(&self, cookie: &str, times: SessionTimes, now: Timestamp) -> Option<Found> {
        let digest = Secret::parse(cookie)?.digest();
        let mut guard = self.inner();
        let inner = &mut *guard;
        let key = inner.key_of(digest, now)?;
        let session = inner.sessions.get_mut(&key)?;
        if session.is_over(times, now) {
            inner.remove(key);
            return None;
        }
        if now.duration_since(session.seen) >= SEEN_EACH {
            session.seen = now;
            inner.unwritten.insert(key);
        }
        if digest == key && session.confirmed.is_none() {
            session.confirmed = Some(now);
        }
        let is_due = match digest == key {
            true => now.duration_since(session.rotated) >= ROTATION,
            // The new secret was sent and never came back: another one is.
            false => session.confirmed.is_none() && now.duration_since(session.rotated) >= GRACE,
        };
        let renewed = if is_due { inner.renew(key, digest, now) } else { None };
        let key = renewed.as_ref().map_or(key, Secret::digest);
        Some(Found { session: inner.sessions.get(&key)?.clone(), renewed })
    }

    /// Ends a session.
    pub fn end(&self, session: &Session) {
        let mut inner = self.inner();
        let key = inner.previous.get(&session.key).copied().unwrap_or(session.key);
        inner.remove(key);
    }

    /// Ends those of which this holds, and tells how many there were.
    pub fn end_all(&self, mut is_meant: impl FnMut(&Session) -> bool) -> usize {
        let mut inner = self.inner();
        let meant: Vec<_> =
            inner.sessions.values().filter(|session| is_meant(session)).map(|s| s.key).collect();
        meant.iter().for_each(|key| inner.remove(*key));
        meant.len()
    }

    /// How many sessions somebody has.
    pub fn count_of(&self, name: &str, proof: Proof) -> usize {
        let inner = self.inner();
        inner.sessions.values().filter(|session| session.owner.is(name, proof)).count()
    }

    /// Whether something waits to be written.
    pub fn is_unwritten(&self) -> bool {
        !self.inner().unwritten.is_empty()
    }

    /// Writes what has changed. Blocks for as long as the store does.
    ///
    /// # Errors
    /// When the store can't be written; the changes then wait for the next time.
    pub fn write(&self, times: SessionTimes) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut kept, mut ended) = (Vec::new(), Vec::new());
        let keys = {
            let mut inner = self.inner();
            for key in &inner.unwritten {
                match inner.sessions.get(key) {
                    Some(session) => kept.push(session.saved(times)),
                    None => ended.push(*key),
                }
            }
            std::mem::take(&mut inner.unwritten)
        };
        if keys.is_empty() {
            return Ok(());
        }
        let written = self.table.save(&kept, &ended);
        if written.is_err() {
            self.inner().unwritten.extend(keys);
        }
        written
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here is left half done by a panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Owner {
    /// Whether it is she.
    pub fn is(&self, name: &str, proof: Proof) -> bool {
        &*self.name == name && self.proof == proof
    }
}

impl Session {
    fn is_over(&self, times: SessionTimes, now: Timestamp) -> bool {
        let is_longer = |since: Timestamp, most: Duration| {
            SignedDuration::try_from(most).is_ok_and(|most| now.duration_since(since) >= most)
        };
        is_longer(self.seen, times.idle) || is_longer(self.started, times.absolute)
    }

    fn read(saved: &SavedSession) -> Option<Self> {
        let document: Document = serde_json::from_str(&saved.document).ok()?;
        Some(Self {
            owner: document.owner,
            form_key: Secret::parse(&document.form_key)?,
            started: document.started,
            seen: document.seen,
            key: saved.key,
            previous: document.previous,
            rotated: document.rotated,
            confirmed: document.confirmed,
        })
    }

    fn saved(&self, times: SessionTimes) -> SavedSession {
        let absolute = i64::try_from(times.absolute.as_secs()).unwrap_or(i64::MAX);
        let document = Document {
            owner: self.owner.clone(),
            form_key: self.form_key.text(),
            started: self.started,
            seen: self.seen,
            rotated: self.rotated,
            previous: self.previous,
            confirmed: self.confirmed,
        };
        SavedSession {
            key: self.key,
            until: self.started.as_second().saturating_add(absolute),
            // Plain data with names as keys: it always has a JSON form.
            document: serde_json::to_string(&document).unwrap_or_default(),
        }
    }
}

impl Inner {
    fn insert(&mut self, session: Session) {
        if let Some(previous) = session.previous {
            self.previous.insert(previous, session.key);
        }
        self.sessions.insert(session.key, session);
    }

    fn remove(&mut self, key: Digest) {
        if let Some(session) = self.sessions.remove(&key) {
            session.previous.and_then(|previous| self.previous.remove(&previous));
            self.unwritten.insert(key);
        }
    }

    /// The key of the session whose present secret this is, or whose secret before it still is.
    fn key_of(&self, digest: Digest, now: Timestamp) -> Option<Digest> {
        if self.sessions.contains_key(&digest) {
            return Some(digest);
        }
        let key = *self.previous.get(&digest)?;
        let confirmed = self.sessions.get(&key)?.confirmed;
        confirmed.is_none_or(|at| now.duration_since(at) < GRACE).then_some(key)
    }

    /// Gives a session another secret; the one that was `used` stays good for now.
    fn renew(&mut self, key: Digest, used: Digest, now: Timestamp) -> Option<Secret> {
        // Without random numbers it goes on with the secret that it has.
        let secret = Secret::random().ok()?;
        let mut session = self.sessions.get(&key)?.clone();
        self.remove(key);
        session.key = secret.digest();
        session.previous = Some(used);
        session.rotated = now;
        session.confirmed = None;
        self.insert(session);
        self.unwritten.insert(secret.digest());
        Some(secret)
    }

    /// Ends the session that was longest not used: of this user, if she has too many, or of all.
    fn make_room(&mut self, owner: &Owner) {
        let hers = |session: &&Session| session.owner.is(&owner.name, owner.proof);
        let is_full = self.sessions.len() >= SESSIONS_MAX;
        let has_too_many = self.sessions.values().filter(hers).count() >= SESSIONS_OF_USER_MAX;
        if is_full || has_too_many {
            let oldest = self
                .sessions
                .values()
                .filter(|session| !has_too_many || hers(session))
                .min_by_key(|session| session.seen)
                .map(|session| session.key);
            oldest.into_iter().for_each(|key| self.remove(key));
        }
    }
}

#[cfg(test)]
mod tests;
