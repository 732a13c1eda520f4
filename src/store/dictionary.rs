//! Trains a dictionary for documents as the shipped one was trained, from the documents of a run.
//!
//! The shipped dictionary can't be made again byte for byte: the run that it came from, a demo run
//! of 29 November 2026, was not kept. What can be repeated is how it was made: the documents of a
//! demo run, zstd's own training, 16 KiB, and the id below.

use std::io::{self, Read};

use super::compression::ZSTD_LEVEL;
use super::transfer::{TransferError, documents_of_export};

/// Octets of a dictionary.
pub const DICTIONARY_OCTETS: usize = 16 * 1024;

/// The id of the first dictionary: `v6` in ASCII and its number. A dictionary that replaces it takes
/// the next number, and a format of its own.
pub const DICTIONARY_ID: u32 = 0x7636_0001;

/// How well a dictionary compresses some documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DictionaryResult {
    /// Octets of the documents.
    pub plain_octets: usize,
    /// Octets of them compressed one by one, without a dictionary.
    pub without_octets: usize,
    /// Octets of them compressed one by one, with it.
    pub with_octets: usize,
}

/// The documents of a run's observations, out of the file that `v6ready runs export` wrote.
///
/// # Errors
/// When the file is not such a run, or is damaged.
pub fn documents_of_run(file: impl Read) -> Result<Vec<Vec<u8>>, TransferError> {
    documents_of_export(file)
}

/// Trains a dictionary from documents. The same documents in the same order give the same octets.
///
/// # Errors
/// When zstd finds too few documents to learn from.
pub fn train_dictionary(documents: impl Iterator<Item = Vec<u8>>) -> io::Result<Vec<u8>> {
    let documents: Vec<Vec<u8>> = documents.collect();
    let mut dictionary = zstd::dict::from_samples(&documents, DICTIONARY_OCTETS)?;
    // The id follows the magic number (RFC 8878 §5).
    if let Some(id) = dictionary.get_mut(4..8) {
        id.copy_from_slice(&DICTIONARY_ID.to_le_bytes());
    }
    Ok(dictionary)
}

/// Compresses documents with a dictionary and without one.
///
/// # Errors
/// When zstd can't use the dictionary.
pub fn try_dictionary(dictionary: &[u8], documents: &[Vec<u8>]) -> io::Result<DictionaryResult> {
    let mut with = zstd::bulk::Compressor::with_dictionary(ZSTD_LEVEL, dictionary)?;
    let mut without = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
    let mut result = DictionaryResult { plain_octets: 0, without_octets: 0, with_octets: 0 };
    for document in documents {
        result.plain_octets += document.len();
        result.without_octets += without.compress(document)?.len();
        result.with_octets += with.compress(document)?.len();
    }
    Ok(result)
}
