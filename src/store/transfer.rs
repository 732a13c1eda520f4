//! A run as one file: JSON lines in a zstd frame, and the digest of all of them as the last line.
//!
//! The first line holds the run and what it was made from; then come the long byte strings, the
//! observations and who rests on which. Nothing is taken from a file whose end does not fit.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::lock::Lock;
use super::packing::{pack_blob, pack_document};
use super::{RunInputs, Store, StoreError, StoredRun, json};
use crate::model::{Digest, Observation, Run, RunId};

/// The schema's name.
pub const SCHEMA: &str = "v6ready/run/1";

/// Octets of one line at the most: a guard against a damaged or hostile file.
const LINE_MAX: u64 = 128 * 1024 * 1024;

/// zstd's level for files: written once, moved often.
const LEVEL: i32 = 9;

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The run is in the store now.
    Taken(RunId),
    /// The same run was there already.
    Known(RunId),
}

/// Why a file is no exported run, or can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The store's own problem.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file can't be read or written.
    #[error("the file can't be read or written")]
    File(#[from] io::Error),
    /// A newer v6ready has written it.
    #[error("it was written as `{found}`, and this v6ready knows `{SCHEMA}`; use a newer v6ready")]
    Newer {
        /// What it says of itself.
        found: String,
    },
    /// It is something else, is cut off, or has been changed.
    #[error("line {line}: {what}; export the run again")]
    Damaged {
        /// Which line of the unpacked file; 0 when it can't be unpacked.
        line: u64,
        /// What doesn't fit.
        what: String,
    },
    /// Another run of the same id is in the store.
    #[error("the store holds another run that is called `{run}` too")]
    Taken {
        /// The id.
        run: RunId,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Run(Box<Head>),
    /// Base64.
    Blob(String),
    /// The canonical document, as text, so that not an octet of it can change on the way.
    Observation(String),
    Answer(AnswerLine),
    End(End),
}

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    run: Run,
    inputs: RunInputs,
}

#[derive(Serialize, Deserialize)]
struct AnswerLine {
    request: String,
    observation: Digest,
    /// `ORG/SERVICE`; empty for the vantage point's own tests.
    askers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    /// Of all lines before this one, with their line ends.
    sha256: Digest,
}

impl Store {
    /// Writes a run to a file that another store can import.
    ///
    /// # Errors
    /// When there is no such run, any of its evidence is damaged, or the file can't be written.
    pub fn export(&self, id: &RunId, out: impl Write) -> Result<RunId, TransferError> {
        let StoredRun { run, inputs } = self.run(id)?;
        let id = run.id.clone();
        let mut out = Lines::new(zstd::stream::Encoder::new(out, LEVEL)?);
        let schema = SCHEMA.to_owned();
        out.write(&Line::Run(Box::new(Head { schema, run, inputs })))?;
        let in_path = |error| StoreError::of(&self.path, error);
        let mut query = self
            .connection
            .prepare(
                "SELECT a.number, a.request, o.digest FROM answer a
                 JOIN observation o ON o.number = a.observation
                 WHERE a.run = (SELECT number FROM run WHERE id = ?1) ORDER BY a.request",
            )
            .map_err(in_path)?;
        let answers: Vec<(i64, String, [u8; 32])> = query
            .query_map([&id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .and_then(Iterator::collect)
            .map_err(in_path)?;
        let mut written = std::collections::HashSet::new();
        for (number, request, digest) in answers {
            let digest = Digest(digest);
            if written.insert(digest) {
                self.write_observation(digest, &mut written, &mut out)?;
            }
            let askers = self.askers(number).map_err(in_path)?;
            out.write(&Line::Answer(AnswerLine { request, observation: digest, askers }))?;
        }
        let mut encoder = out.end()?;
        encoder.flush()?;
        encoder.finish()?;
        Ok(id)
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
        written: &mut std::collections::HashSet<Digest>,
        out: &mut Lines<impl Write>,
    ) -> Result<(), TransferError> {
        let id = crate::model::ObservationId(digest);
        let observation =
            self.observation(id)?.ok_or_else(|| StoreError::digest(&self.path, digest))?;
        for blob in observation.blobs() {
            if blob.is_external() && written.insert(blob.digest()) {
                out.write(&Line::Blob(STANDARD.encode(blob.bytes())))?;
            }
        }
        let document = String::from_utf8(observation.document())
            .map_err(|_| StoreError::damaged(&self.path, format!("{digest} is no text")))?;
        if Digest::of(document.as_bytes()) != digest {
            return Err(StoreError::digest(&self.path, digest).into());
        }
        Ok(out.write(&Line::Observation(document))?)
    }

    /// Takes a run from a file that [`Store::export`] wrote: all of it or nothing.
    ///
    /// # Errors
    /// When the file is not such a run, is damaged or newer, when another run has the same id, or
    /// when a scan is writing to the store.
    pub fn import(&mut self, file: impl Read) -> Result<Imported, TransferError> {
        let _lock = Lock::take(&self.path)?;
        let path = self.path.clone();
        let mut lines = Reading::new(file)?;
        let Some(Line::Run(head)) = lines.next()? else {
            return Err(lines.damaged("this is no exported run"));
        };
        if head.schema != SCHEMA {
            return Err(TransferError::Newer { found: head.schema });
        }
        let id = head.run.id.clone();
        if let Some(known) = self.known(&id)? {
            // The end has to fit before it can be said that it is the same.
            while lines.next()?.is_some() {}
            let same = known.run == head.run && known.inputs == head.inputs;
            return if same {
                Ok(Imported::Known(id))
            } else {
                Err(TransferError::Taken { run: id })
            };
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| StoreError::of(&path, error))?;
        take(&transaction, &path, &head, &mut lines)?;
        transaction.commit().map_err(|error| StoreError::of(&path, error))?;
        Ok(Imported::Taken(id))
    }

    fn known(&self, id: &RunId) -> Result<Option<StoredRun>, StoreError> {
        let whole: Option<bool> = self
            .connection
            .query_row("SELECT 1 FROM run WHERE id = ?1", [&id.0], |row| row.get(0))
            .optional()
            .map_err(|error| StoreError::of(&self.path, error))?;
        whole.map(|_| self.run(id)).transpose()
    }
}

fn take(
    to: &rusqlite::Transaction<'_>,
    path: &Path,
    head: &Head,
    lines: &mut Reading<impl BufRead>,
) -> Result<(), TransferError> {
    let in_path = |error| TransferError::Store(StoreError::of(path, error));
    to.execute(
        "INSERT INTO run (id, started_at, run, inputs) VALUES (?1, ?2, ?3, ?4)",
        params![
            head.run.id.0,
            head.run.started_at.as_microsecond(),
            json(&head.run),
            json(&head.inputs)
        ],
    )
    .map_err(in_path)?;
    let run = to.last_insert_rowid();
    let mut blobs: HashMap<Digest, bool> = HashMap::new();
    let mut observations: HashMap<Digest, i64> = HashMap::new();
    while let Some(line) = lines.next()? {
        match line {
            Line::Blob(text) => {
                let octets =
                    STANDARD.decode(text).map_err(|_| lines.damaged("a blob is not base64"))?;
                let digest = Digest::of(&octets);
                to.prepare_cached("INSERT OR IGNORE INTO blob (digest, octets) VALUES (?1, ?2)")
                    .and_then(|mut insert| {
                        insert.execute(params![&digest.0[..], pack_blob(&octets)?])
                    })
                    .map_err(in_path)?;
                blobs.insert(digest, true);
            }
            Line::Observation(document) => {
                let observation = Observation::from_document(document.as_bytes())
                    .map_err(|error| lines.damaged(format!("no observation: {error}")))?;
                let missing = observation
                    .blobs()
                    .into_iter()
                    .find(|blob| blob.is_external() && !blobs.contains_key(&blob.digest()));
                if let Some(blob) = missing {
                    return Err(lines.damaged(format!("{} is missing", blob.digest())));
                }
                let digest = Digest::of(document.as_bytes());
                let number = observation_row(to, digest, document.as_bytes()).map_err(in_path)?;
                observations.insert(digest, number);
            }
            Line::Answer(answer) => {
                let Some(number) = observations.get(&answer.observation) else {
                    return Err(lines.damaged(format!("{} is missing", answer.observation)));
                };
                to.prepare_cached(
                    "INSERT INTO answer (run, request, observation) VALUES (?1, ?2, ?3)",
                )
                .and_then(|mut insert| insert.execute(params![run, answer.request, number]))
                .map_err(in_path)?;
                let row = to.last_insert_rowid();
                for asker in &answer.askers {
                    to.prepare_cached("INSERT INTO use (run, asker, answer) VALUES (?1, ?2, ?3)")
                        .and_then(|mut insert| insert.execute(params![run, asker, row]))
                        .map_err(in_path)?;
                }
            }
            Line::Run(_) | Line::End(_) => return Err(lines.damaged("a line out of its place")),
        }
    }
    Ok(())
}

fn observation_row(
    to: &rusqlite::Transaction<'_>,
    digest: Digest,
    document: &[u8],
) -> rusqlite::Result<i64> {
    let known = to
        .prepare_cached("SELECT number FROM observation WHERE digest = ?1")?
        .query_row([&digest.0[..]], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    to.prepare_cached("INSERT INTO observation (digest, document) VALUES (?1, ?2)")?
        .execute(params![&digest.0[..], pack_document(document)?])?;
    Ok(to.last_insert_rowid())
}

/// Lines on their way out, with the digest of all of them.
struct Lines<W> {
    out: W,
    digest: Context,
}

impl<W: Write> Lines<W> {
    fn new(out: W) -> Self {
        Self { out, digest: Context::new(&SHA256) }
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let text = json(line) + "\n";
        self.digest.update(text.as_bytes());
        self.out.write_all(text.as_bytes())
    }

    fn end(mut self) -> io::Result<W> {
        let sha256 = digest(self.digest);
        self.out.write_all((json(&Line::End(End { sha256 })) + "\n").as_bytes())?;
        Ok(self.out)
    }
}

fn digest(context: Context) -> Digest {
    let mut array = [0; 32];
    array.copy_from_slice(context.finish().as_ref());
    Digest(array)
}

/// Lines on their way in. The last one is checked and not given out.
struct Reading<R> {
    file: R,
    digest: Context,
    line: u64,
    ended: bool,
}

impl<R: Read> Reading<BufReader<zstd::stream::Decoder<'static, BufReader<R>>>> {
    fn new(file: R) -> Result<Self, TransferError> {
        let file = BufReader::new(zstd::stream::Decoder::new(file)?);
        Ok(Self { file, digest: Context::new(&SHA256), line: 0, ended: false })
    }
}

impl<R: BufRead> Reading<R> {
    fn next(&mut self) -> Result<Option<Line>, TransferError> {
        if self.ended {
            return Ok(None);
        }
        let mut text = Vec::new();
        // A frame that is cut off or changed is noticed while it is unpacked.
        let read = (&mut self.file).take(LINE_MAX).read_until(b'\n', &mut text);
        read.map_err(|error| self.damaged(format!("it can't be unpacked ({error})")))?;
        self.line += 1;
        if text.last() != Some(&b'\n') {
            return Err(self.damaged("the file ends too early"));
        }
        let line = serde_json::from_slice(&text)
            .map_err(|_| self.damaged("this is no line of an exported run"))?;
        if let Line::End(end) = line {
            self.ended = true;
            let read = digest(self.digest.clone());
            let is_last = self.file.fill_buf().map(<[u8]>::is_empty);
            if !is_last.map_err(|error| self.damaged(error.to_string()))? {
                return Err(self.damaged("something follows the end"));
            }
            return match read == end.sha256 {
                true => Ok(None),
                false => Err(self.damaged("the digest at the end doesn't fit")),
            };
        }
        self.digest.update(&text);
        Ok(Some(line))
    }

    fn damaged(&self, what: impl Into<String>) -> TransferError {
        TransferError::Damaged { line: self.line, what: what.into() }
    }
}
