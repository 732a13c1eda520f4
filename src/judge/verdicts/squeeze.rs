//! zstd, with what it works with kept for the next time: making that takes longer than using it.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// 1 is the fastest level that compresses well.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The octets compressed; `None` when zstd can't.
pub(super) fn compress(octets: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(LEVEL).ok()?),
        };
        compressor.compress(octets).ok()
    })
}

/// What was compressed, which had so many octets; `None` when it isn't that.
pub(super) fn decompress(octets: &[u8], length: usize) -> Option<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new().ok()?),
        };
        decompressor.decompress(octets, length).ok()
    })
}
