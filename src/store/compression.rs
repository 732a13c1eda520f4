//! How documents and blobs are compressed, by zstd.
//!
//! Most documents are a few hundred octets, too few to compress one by one, and all are much alike. So
//! they are compressed with a dictionary, made once by `zstd --train` from the documents of a demo run
//! (`cargo xtask dictionary` repeats that on the committed run). It is a part of the store's format: a
//! store can only be read with the dictionary that it was written with. What was compressed without one, as in stores of the first format, is read all the same.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;
use std::thread::LocalKey;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// zstd's level: 1 is the fastest one that compresses well.
pub(super) const ZSTD_LEVEL: i32 = 1;

/// Octets of one document or blob, decompressed: a guard against a damaged file, far above what the
/// limits of a run let through.
pub(super) const OCTETS_MAX: usize = 64 * 1024 * 1024;

/// The dictionary of format 2 and all later ones until now.
pub const DICTIONARY: &[u8] = include_bytes!("documents.dict");

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, ZSTD_LEVEL));

static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

// Kept by each thread: making one takes longer than most documents take.
thread_local! {
    static OF_DOCUMENTS: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static OF_BLOBS: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static OF_BOTH: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses an observation's document.
pub(super) fn compress_document(document: &[u8]) -> rusqlite::Result<Vec<u8>> {
    compress(document, &OF_DOCUMENTS, || Compressor::with_prepared_dictionary(&ENCODER))
}

/// Compresses a long byte string.
pub(super) fn compress_blob(octets: &[u8]) -> rusqlite::Result<Vec<u8>> {
    compress(octets, &OF_BLOBS, || Compressor::new(ZSTD_LEVEL))
}

fn compress(
    octets: &[u8],
    kept: &'static LocalKey<RefCell<Option<Compressor<'static>>>>,
    make: impl FnOnce() -> io::Result<Compressor<'static>>,
) -> rusqlite::Result<Vec<u8>> {
    let compressed = kept.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(octets),
        None => kept.insert(make()?).compress(octets),
    });
    compressed.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The octets that were compressed; `None` when they are damaged, or would be more than `octets_max`.
pub(super) fn decompress(compressed: &[u8], octets_max: usize) -> Option<Vec<u8>> {
    let octets = Decompressor::upper_bound(compressed).filter(|octets| *octets <= octets_max)?;
    OF_BOTH.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::with_prepared_dictionary(&DECODER).ok()?),
        };
        decompressor.decompress(compressed, octets).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    #[test]
    fn the_dictionary_never_changes() {
        // Another one would make every store unreadable that was written until now.
        assert_eq!(
            Digest::of(DICTIONARY).hex(),
            "6a457f7b89e74325c86f92e7379c5aa1782e694d221b1dde13cf753f0de02500"
        );
    }

    #[test]
    fn documents_and_blobs_come_back_with_and_without_a_dictionary() {
        let document = br#"{"request":{"question":{"dns":{"server":"[2001:db8::53]:53"#;
        let compressed = compress_document(document).unwrap();
        assert!(compressed.len() < zstd::bulk::compress(document, ZSTD_LEVEL).unwrap().len());
        assert_eq!(decompress(&compressed, 1000).unwrap(), document);
        for octets in [&b""[..], document, &[7; 5000]] {
            assert_eq!(decompress(&compress_blob(octets).unwrap(), 5000).unwrap(), octets);
            assert_eq!(decompress(&compress_document(octets).unwrap(), 5000).unwrap(), octets);
            let first_format = zstd::bulk::compress(octets, ZSTD_LEVEL).unwrap();
            assert_eq!(decompress(&first_format, 5000).unwrap(), octets);
        }
    }

    #[test]
    fn what_is_damaged_or_too_long_is_refused() {
        let compressed = compress_document(&[7; 5000]).unwrap();
        assert_eq!(decompress(&compressed, 4999), None);
        assert_eq!(decompress(&compressed[..compressed.len() - 1], 5000), None);
        assert_eq!(decompress(b"no frame of zstd", 5000), None);
    }
}
