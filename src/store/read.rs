//! Reading runs and their evidence back, every digest verified.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::de::DeserializeOwned;

use super::asker::Asker;
use super::compression::{self, decompress};
use super::database::{CheckedRun, Store, StoreVersion};
use super::error::StoreError;
use super::namesakes::number_namesakes;
use super::run::{ListedRun, Scope, StoredRun, to_json};
use super::seal;
use crate::model::{
    Digest, Evidence, Observation, ObservationId, Run, RunCounts, RunId, ServiceId,
};

impl Store {
    /// All runs, the newest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let _reading = self.list_of_runs()?;
        let mut query = self
            .connection
            .prepare("SELECT run FROM run ORDER BY started_at DESC, number DESC")
            .map_err(in_path)?;
        let rows = query.query_map([], |row| row.get::<_, String>(0)).map_err(in_path)?;
        rows.map(|row| self.parsed(&row.map_err(in_path)?).map(Run::in_order)).collect()
    }

    /// All runs with what they were made from, without reading all of it; the newest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn listed_runs(&self) -> Result<Vec<ListedRun>, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let _reading = self.list_of_runs()?;
        let mut query = self
            .connection
            .prepare(
                "SELECT run, inventory_file, inventory_id, policy, scope, counts, imported, number
                 FROM run ORDER BY started_at DESC, number DESC",
            )
            .map_err(in_path)?;
        let rows = query
            .query_map([], |row| {
                let texts: [String; 4] = [row.get(0)?, row.get(1)?, row.get(3)?, row.get(4)?];
                let jsons: [Option<String>; 2] = [row.get(5)?, row.get(6)?];
                Ok((texts, row.get(2)?, jsons, row.get(7)?))
            })
            .map_err(in_path)?;
        let listed = rows.map(|row| {
            let ([run, inventory_file, policy, scope], inventory_id, [counts, imported], number) =
                row.map_err(in_path)?;
            let listed = ListedRun {
                run: self.parsed::<Run>(&run)?.in_order(),
                inventory_file,
                inventory_id,
                policy,
                scope: Scope::of(&scope),
                counts: counts.map(|counts| self.parsed(&counts)).transpose()?,
                imported: imported.map(|imported| self.parsed(&imported)).transpose()?,
                namesake: 0,
            };
            Ok((number, listed))
        });
        let mut listed = listed.collect::<Result<Vec<(i64, ListedRun)>, StoreError>>()?;
        number_namesakes(&self.connection, &mut listed).map_err(in_path)?;
        Ok(listed.into_iter().map(|(_, run)| run).collect())
    }

    /// A transaction in which the list of runs can be read: it is the one that was written.
    fn list_of_runs(&self) -> Result<Transaction<'_>, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let reading = self.connection.unchecked_transaction().map_err(in_path)?;
        match seal::list_is_whole(&reading).map_err(in_path)? {
            true => Ok(reading),
            false => Err(StoreError::damaged(&self.path, "runs are missing or changed")),
        }
    }

    /// Notes how many services had which stage when a run ended, for lists of runs.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn note_counts(&self, run: &RunId, counts: &RunCounts) -> Result<(), StoreError> {
        let note = || {
            let transaction = self.connection.unchecked_transaction()?;
            let number = transaction.query_row(
                "UPDATE run SET counts = ?2 WHERE id = ?1 RETURNING number",
                params![run.as_str(), to_json(counts)],
                |row| row.get(0),
            )?;
            seal::seal_row(&transaction, number)?;
            transaction.commit()
        };
        note().map_err(|error| StoreError::from_sqlite(&self.path, error))
    }

    /// The counts that were noted of a run.
    pub(super) fn counts_of(&self, run: &RunId) -> Result<Option<RunCounts>, StoreError> {
        let counts: Option<String> = self
            .connection
            .query_row("SELECT counts FROM run WHERE id = ?1", [run.as_str()], |row| row.get(0))
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        counts.map(|counts| self.parsed(&counts)).transpose()
    }

    /// The run of this id, or the only one whose id begins so. Its rows are compared with its seal.
    ///
    /// # Errors
    /// When there is none, or more than one; when it is damaged, or a part of it was lost.
    pub fn run(&self, id: &RunId) -> Result<StoredRun, StoreError> {
        let (number, run) = self.sound_run(id)?;
        match self.loss_of(number)? {
            Some(loss) => Err(StoreError::Lost { path: self.path.clone(), run: run.run.id, loss }),
            None => Ok(run),
        }
    }

    /// As [`Store::run`], of a run that is to be resumed: what was lost of it is asked again then. Also
    /// says what was.
    ///
    /// # Errors
    /// When there is none, or more than one, or it is damaged.
    pub fn run_to_resume(&self, id: &RunId) -> Result<(StoredRun, Option<String>), StoreError> {
        let (number, run) = self.sound_run(id)?;
        Ok((run, self.loss_of(number)?))
    }

    fn loss_of(&self, run: i64) -> Result<Option<String>, StoreError> {
        let noted: Option<String> = self
            .connection
            .query_row("SELECT loss FROM seal WHERE run = ?1", [run], |row| row.get(0))
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        Ok(noted.or_else(|| self.unnoted_loss(run).map(str::to_owned)))
    }

    /// The run of this id with its number; its rows are those that were written.
    fn sound_run(&self, id: &RunId) -> Result<(i64, StoredRun), StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        // A scan may go on meanwhile.
        let reading = self.connection.unchecked_transaction().map_err(in_path)?;
        let (number, run) = self.found_run(id)?;
        let at = StoreVersion::of(&reading).map_err(in_path)?;
        // A large run takes seconds.
        if self.checked.borrow().get(&run.run.id).is_some_and(|checked| checked.at == at) {
            return Ok((number, run));
        }
        let uses = seal::checked_run(&reading, number).map_err(in_path)?.map_err(|what| {
            StoreError::damaged(&self.path, format!("run {}: {what}", run.run.id))
        })?;
        self.checked.borrow_mut().insert(run.run.id.clone(), CheckedRun { uses, at });
        Ok((number, run))
    }

    fn found_run(&self, id: &RunId) -> Result<(i64, StoredRun), StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let mut query = self
            .connection
            .prepare(
                "SELECT id, run, inputs, number FROM run WHERE substr(id, 1, length(?1)) = ?1
                 ORDER BY id != ?1 LIMIT 2",
            )
            .map_err(in_path)?;
        let rows: Vec<(String, String, String, i64)> = query
            .query_map([id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .and_then(Iterator::collect)
            .map_err(in_path)?;
        match rows.as_slice() {
            [] if !seal::list_is_whole(&self.connection).map_err(in_path)? => {
                Err(StoreError::damaged(&self.path, "runs are missing or changed"))
            }
            [] => Err(StoreError::NoSuchRun { run: id.clone() }),
            [(found, ..), _] if found != id.as_str() => {
                Err(StoreError::Ambiguous { run: id.clone() })
            }
            [(_, run, inputs, number), ..] => {
                let run = self.parsed::<Run>(run)?.in_order();
                Ok((*number, StoredRun { run, inputs: self.parsed(inputs)? }))
            }
        }
    }

    /// Everything that a service rests on in a run.
    ///
    /// # Errors
    /// When any of it can't be read or doesn't fit its digest.
    pub fn evidence_of(&self, run: &RunId, service: &ServiceId) -> Result<Evidence, StoreError> {
        self.evidence(run, &Asker::Service(service.clone()))
    }

    /// Whether anything was recorded for a service in a run.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn has_evidence_of(&self, run: &RunId, service: &ServiceId) -> Result<bool, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM use
                 WHERE run = (SELECT number FROM run WHERE id = ?1) AND asker = ?2 LIMIT 1",
            )
            .map_err(in_path)?;
        query.exists([run.as_str(), &Asker::Service(service.clone()).column()]).map_err(in_path)
    }

    /// The tests of the vantage point in a run.
    ///
    /// # Errors
    /// As [`Store::evidence_of`].
    pub fn vantage_evidence(&self, run: &RunId) -> Result<Evidence, StoreError> {
        self.evidence(run, &Asker::Vantage)
    }

    /// The answer to a request in a run, if it was asked.
    ///
    /// # Errors
    /// As [`Store::evidence_of`].
    pub fn observation_of(
        &self,
        run: &RunId,
        key: &str,
    ) -> Result<Option<(ObservationId, Arc<Observation>)>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT o.digest, o.document FROM answer a
                 JOIN observation o ON o.number = a.observation
                 WHERE a.run = (SELECT number FROM run WHERE id = ?1) AND a.request = ?2",
            )
            .and_then(|mut query| {
                query
                    .query_row(params![run.as_str(), key], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        found.map(|(digest, document)| self.observation_row(digest, document)).transpose()
    }

    /// An observation by its name.
    ///
    /// # Errors
    /// As [`Store::evidence_of`].
    pub fn observation(&self, id: ObservationId) -> Result<Option<Arc<Observation>>, StoreError> {
        let found: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT document FROM observation WHERE digest = ?1")
            .and_then(|mut query| query.query_row([&id.0.0[..]], |row| row.get(0)).optional())
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        let row = found.map(|document| self.observation_row(id.0.0, document)).transpose()?;
        Ok(row.map(|(_, observation)| observation))
    }

    /// An observation that a verdict rests on, and so must be there.
    ///
    /// # Errors
    /// As [`Store::evidence_of`]; also when it is missing.
    pub fn cited_observation(&self, id: ObservationId) -> Result<Arc<Observation>, StoreError> {
        self.observation(id)?.ok_or_else(|| StoreError::wrong_digest(&self.path, id.0))
    }

    fn evidence(&self, run: &RunId, asker: &Asker) -> Result<Evidence, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT o.digest, o.document FROM use u
                 JOIN answer a ON a.number = u.answer
                 JOIN observation o ON o.number = a.observation
                 WHERE u.run = (SELECT number FROM run WHERE id = ?1) AND u.asker = ?2",
            )
            .map_err(in_path)?;
        let rows = query
            .query_map(params![run.as_str(), asker.column()], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(in_path)?;
        let mut evidence = Evidence::new();
        let mut found = 0;
        for row in rows {
            let (digest, document) = row.map_err(in_path)?;
            let (id, observation) = self.observation_row(digest, document)?;
            evidence.insert(id, observation);
            found += 1;
        }
        // Rows that are there may still not be found, where what leads to them is damaged.
        let checked = self.checked.borrow();
        let known = checked.get(run).map(|checked| &checked.uses);
        match known.map(|uses| uses.get(&asker.column()).copied().unwrap_or(0)) {
            Some(known) if found < known => Err(StoreError::damaged(
                &self.path,
                format!("run {run}: {found} of {known} observations of a service are found"),
            )),
            _ => Ok(evidence),
        }
    }

    fn observation_row(
        &self,
        digest: [u8; 32],
        document: Vec<u8>,
    ) -> Result<(ObservationId, Arc<Observation>), StoreError> {
        let digest = Digest(digest);
        let document = self.verified(digest, &document)?;
        let mut observation = Observation::from_document(&document)
            .map_err(|error| StoreError::damaged(&self.path, format!("{digest}: {error}")))?;
        let mut problem = None;
        let attached = observation.attach(|blob| match self.blob(blob) {
            Ok(octets) => Some(octets),
            Err(error) => {
                problem = Some(error);
                None
            }
        });
        match (attached, problem) {
            (Ok(()), _) => Ok((ObservationId(digest), Arc::new(observation))),
            (Err(_), Some(problem)) => Err(problem),
            (Err(missing), None) => Err(StoreError::wrong_digest(&self.path, missing)),
        }
    }

    pub(super) fn blob(&self, digest: Digest) -> Result<Arc<[u8]>, StoreError> {
        let compressed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT octets FROM blob WHERE digest = ?1")
            .and_then(|mut query| query.query_row([&digest.0[..]], |row| row.get(0)).optional())
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        let compressed = compressed.ok_or_else(|| StoreError::wrong_digest(&self.path, digest))?;
        self.verified(digest, &compressed).map(Arc::from)
    }

    fn verified(&self, digest: Digest, compressed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let octets = decompress(compressed, compression::OCTETS_MAX)
            .ok_or_else(|| StoreError::wrong_digest(&self.path, digest))?;
        if Digest::of(&octets) != digest {
            return Err(StoreError::wrong_digest(&self.path, digest));
        }
        Ok(octets)
    }

    fn parsed<T: DeserializeOwned>(&self, json: &str) -> Result<T, StoreError> {
        serde_json::from_str(json)
            .map_err(|error| StoreError::damaged(&self.path, format!("a run's row: {error}")))
    }
}
