//! Writes a run to a file.

use std::collections::HashSet;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::{AnswerLine, Head, Line, LineWriter, RUN_SCHEMA, TransferError};
use super::hashing::Hashing;
use super::signature::SigningKey;
use crate::model::{Digest, ObservationId, RunId};
use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::run::StoredRun;

/// zstd's level for files: written once, moved often.
const LEVEL: i32 = 9;

/// A run that was written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The run.
    pub run: RunId,
    /// The SHA-256 of the file.
    pub file: Digest,
}

impl Store {
    /// Writes a run to a file that another store can import, signed where there is a key.
    ///
    /// # Errors
    /// When there is no such run, any of its evidence is damaged, or the file can't be written.
    pub fn export(
        &self,
        id: &RunId,
        out: impl Write,
        key: Option<&SigningKey>,
    ) -> Result<Exported, TransferError> {
        let StoredRun { run, inputs } = self.run(id)?;
        let inputs = inputs.for_others();
        let id = run.id.clone();
        let mut out = LineWriter::new(zstd::stream::Encoder::new(Hashing::new(out), LEVEL)?);
        let schema = RUN_SCHEMA.to_owned();
        let counts = self.counts_of(&id)?;
        out.write(&Line::Run(Box::new(Head { schema, run, inputs, counts })))?;
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let mut query = self
            .connection
            .prepare(
                "SELECT a.number, a.request, o.number, o.digest FROM answer a
                 JOIN observation o ON o.number = a.observation
                 WHERE a.run = (SELECT number FROM run WHERE id = ?1) ORDER BY a.request",
            )
            .map_err(in_path)?;
        // Answers are written as they are read: a large run has millions. What is remembered of an observation is
        // its number alone.
        let mut answers = query.query([id.as_str()]).map_err(in_path)?;
        let (mut observations, mut blobs) = (HashSet::<i64>::new(), HashSet::new());
        while let Some(answer) = answers.next().map_err(in_path)? {
            let read = || -> rusqlite::Result<(i64, String, i64, [u8; 32])> {
                Ok((answer.get(0)?, answer.get(1)?, answer.get(2)?, answer.get(3)?))
            };
            let (number, request, observation, digest) = read().map_err(in_path)?;
            let digest = Digest(digest);
            if observations.insert(observation) {
                self.write_observation(digest, &mut blobs, &mut out)?;
            }
            let askers = self.askers(number).map_err(in_path)?;
            out.write(&Line::Answer(AnswerLine { request, observation: digest, askers }))?;
        }
        let mut out = out.end(key)?.finish()?;
        out.flush()?;
        tracing::info!(run = %id, "exported a run");
        Ok(Exported { run: id, file: out.digest() })
    }

    fn askers(&self, answer: i64) -> rusqlite::Result<Vec<String>> {
        let mut query = self.connection.prepare_cached(
            "SELECT u.asker FROM answer a JOIN use u ON u.run = a.run AND u.answer = a.number
             WHERE a.number = ?1 ORDER BY u.asker",
        )?;
        query.query_map([answer], |row| row.get(0))?.collect()
    }

    fn write_observation(
        &self,
        digest: Digest,
        blobs: &mut HashSet<Digest>,
        out: &mut LineWriter<impl Write>,
    ) -> Result<(), TransferError> {
        let id = ObservationId(digest);
        let observation =
            self.observation(id)?.ok_or_else(|| StoreError::wrong_digest(&self.path, digest))?;
        for blob in observation.blobs() {
            if blob.is_external() && blobs.insert(blob.digest()) {
                out.write(&Line::Blob(STANDARD.encode(blob.bytes())))?;
            }
        }
        let document = String::from_utf8(observation.document())
            .map_err(|_| StoreError::damaged(&self.path, format!("{digest} is no text")))?;
        if Digest::of(document.as_bytes()) != digest {
            return Err(StoreError::wrong_digest(&self.path, digest).into());
        }
        Ok(out.write(&Line::Observation(document))?)
    }
}
