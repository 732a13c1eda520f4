//! The file: JSON lines in a zstd frame, and the digest of all of them as the last line.
//!
//! The first line holds the run and what it was made from; then come the long byte strings, the
//! observations and who rests on which. Nothing is taken from a file whose end does not fit. The last
//! line may hold a signature of that digest.

use std::io::{self, BufRead, BufReader, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::hashing::{Hashing, digest};
use super::signature::{PublicKey, Signature, SigningKey};
use crate::model::{Digest, Run, RunCounts, RunId};
use crate::store::error::StoreError;
use crate::store::run::{RunInputs, to_json};

/// The schema's name.
pub const RUN_SCHEMA: &str = "v6ready/run/1";

/// Octets of one line at the most: a guard against a damaged or hostile file. The longest is the first, which
/// holds the inventory; one of 100,000 services has some 12 to 16 MB.
const LINE_MAX: u64 = 20 * 1024 * 1024;

/// The window that unpacking may take, as a power of two: what our own files need.
const WINDOW_LOG_MAX: u32 = 23;

/// How many times its own size a file may unpack to, and how much in any case. Real runs are packed to a tenth.
const UNPACKED_TIMES_MAX: u64 = 128;
const UNPACKED_OCTETS_FREE: u64 = 64 * 1024 * 1024;

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
    #[error(
        "it was written as `{found}`, and this v6ready knows `{RUN_SCHEMA}`; use a newer v6ready"
    )]
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
    /// Only signed files are taken, and this one is not.
    #[error(
        "the file is not signed, and only files with a trusted signature are to be taken; nothing was taken"
    )]
    Unsigned,
    /// Only files of trusted keys are taken, and this one is another's.
    #[error("the file is signed by {key}, which is none of the trusted keys; nothing was taken")]
    Untrusted {
        /// Whose signature it has.
        key: PublicKey,
    },
    /// Another run of the same id is in the store.
    #[error("the store holds another run that is called `{run}` too")]
    Taken {
        /// The id.
        run: RunId,
    },
}

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Run(Box<Head>),
    /// Base64.
    Blob(String),
    /// The canonical document, as text, so that not an octet of it can change on the way.
    Observation(String),
    Answer(AnswerLine),
    End(End),
}

/// The first line: the run and what it was made from.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub schema: String,
    pub run: Run,
    pub inputs: RunInputs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<RunCounts>,
}

/// Which observation answered a request, and who rests on it.
#[derive(Serialize, Deserialize)]
pub(super) struct AnswerLine {
    pub request: String,
    pub observation: Digest,
    /// `ORG/SERVICE`; empty for the vantage point's own tests.
    pub askers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct End {
    /// Of all lines before this one, with their line ends.
    sha256: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// Writes lines, with the digest of all of them at the end.
pub(super) struct LineWriter<W> {
    out: W,
    digest: Context,
}

impl<W: Write> LineWriter<W> {
    pub fn new(out: W) -> Self {
        Self { out, digest: Context::new(&SHA256) }
    }

    pub fn write(&mut self, line: &Line) -> io::Result<()> {
        let text = to_json(line) + "\n";
        self.digest.update(text.as_bytes());
        self.out.write_all(text.as_bytes())
    }

    /// Writes the last line, signed where there is a key, and gives the file back.
    pub fn end(mut self, key: Option<&SigningKey>) -> io::Result<W> {
        let sha256 = digest(&self.digest);
        let signature = key.map(|key| key.sign(sha256));
        self.out.write_all((to_json(&Line::End(End { sha256, signature })) + "\n").as_bytes())?;
        Ok(self.out)
    }
}

/// Reads lines. The last one is checked and not handed out.
pub(super) struct LineReader<R: Read> {
    file: BufReader<Unpacking<R>>,
    digest: Context,
    line: u64,
    /// Octets of all lines until now.
    unpacked: u64,
    ended: bool,
    signer: Option<PublicKey>,
}

type Unpacking<R> = zstd::stream::Decoder<'static, BufReader<Hashing<R>>>;

impl<R: Read> LineReader<R> {
    pub fn new(file: R) -> Result<Self, TransferError> {
        let mut unpacking = zstd::stream::Decoder::new(Hashing::new(file))?;
        unpacking.window_log_max(WINDOW_LOG_MAX)?;
        Ok(Self {
            file: BufReader::new(unpacking),
            digest: Context::new(&SHA256),
            line: 0,
            unpacked: 0,
            ended: false,
            signer: None,
        })
    }

    /// The SHA-256 of the file as it is, packed; of all of it once [`LineReader::next`] has given `None`.
    pub fn file_digest(&self) -> Digest {
        self.file.get_ref().get_ref().get_ref().digest()
    }

    /// Whose signature the file has, once [`LineReader::next`] has given `None`.
    pub fn signer(&self) -> Option<PublicKey> {
        self.signer
    }

    /// The next line; `None` when the file has ended as it should.
    ///
    /// # Errors
    /// When the file is cut off or has been changed.
    pub fn next(&mut self) -> Result<Option<Line>, TransferError> {
        if self.ended {
            return Ok(None);
        }
        let mut text = Vec::new();
        // A frame that is cut off or changed is noticed while it is unpacked.
        let read = (&mut self.file).take(LINE_MAX).read_until(b'\n', &mut text);
        read.map_err(|error| self.damaged(format!("it can't be unpacked ({error})")))?;
        self.line += 1;
        self.unpacked += text.len() as u64;
        let packed = self.file.get_ref().get_ref().get_ref().octets();
        if self.unpacked > UNPACKED_OCTETS_FREE.max(packed.saturating_mul(UNPACKED_TIMES_MAX)) {
            return Err(self.damaged(format!(
                "it unpacks to more than {UNPACKED_TIMES_MAX} times its size, which no run does"
            )));
        }
        if text.len() as u64 == LINE_MAX {
            let most = LINE_MAX >> 20;
            return Err(self.damaged(format!("this line has more than {most} MiB")));
        }
        if text.last() != Some(&b'\n') {
            return Err(self.damaged("the file ends too early"));
        }
        let line = serde_json::from_slice(&text).map_err(|error| {
            self.damaged(format!("this is no line of an exported run: {error}"))
        })?;
        if let Line::End(end) = line {
            self.ended = true;
            let read = digest(&self.digest);
            let is_last = self.file.fill_buf().map(<[u8]>::is_empty);
            if !is_last.map_err(|error| self.damaged(error.to_string()))? {
                return Err(self.damaged("something follows the end"));
            }
            if read != end.sha256 {
                return Err(self.damaged("the digest at the end doesn't fit"));
            }
            if let Some(signature) = end.signature {
                let signer = signature.verified(read);
                self.signer =
                    Some(signer.ok_or_else(|| self.damaged("the signature doesn't fit"))?);
            }
            return Ok(None);
        }
        self.digest.update(&text);
        Ok(Some(line))
    }

    /// The error of the line that was read last.
    pub fn damaged(&self, what: impl Into<String>) -> TransferError {
        TransferError::Damaged { line: self.line, what: what.into() }
    }
}
