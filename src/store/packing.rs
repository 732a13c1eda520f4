//! How documents and blobs are compressed.

use std::cell::RefCell;

/// zstd's level: 1 is the fastest one that compresses well.
const ZSTD_LEVEL: i32 = 1;

thread_local! {
    /// Making one takes longer than most documents take to be compressed.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn compress(octets: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let compressed = COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => compressor.compress(octets),
        None => compressor.insert(zstd::bulk::Compressor::new(ZSTD_LEVEL)?).compress(octets),
    });
    compressed.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
