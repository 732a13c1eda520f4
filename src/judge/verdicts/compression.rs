//! zstd, with what it works with kept for the next time: making that takes longer than using it.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// 1 is the fastest level that compresses well.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Octets in fewer octets.
#[derive(Clone)]
pub(super) struct Compressed {
    octets: Box<[u8]>,
    /// Of what was compressed.
    length: u32,
}

impl Compressed {
    /// The octets compressed; `None` when zstd can't.
    pub fn of(octets: &[u8]) -> Option<Self> {
        let length = octets.len().try_into().ok()?;
        let compressed = COMPRESSOR.with_borrow_mut(|kept| {
            let compressor = match kept {
                Some(compressor) => compressor,
                None => kept.insert(Compressor::new(LEVEL).ok()?),
            };
            compressor.compress(octets).ok()
        })?;
        // A copy of its own size: shrunk in place, it would keep the room in which it grew.
        Some(Self { octets: Box::from(&compressed[..]), length })
    }

    /// What was compressed.
    pub fn decompressed(&self) -> Option<Vec<u8>> {
        DECOMPRESSOR.with_borrow_mut(|kept| {
            let decompressor = match kept {
                Some(decompressor) => decompressor,
                None => kept.insert(Decompressor::new().ok()?),
            };
            decompressor.decompress(&self.octets, usize::try_from(self.length).ok()?).ok()
        })
    }

    #[cfg(test)]
    pub fn octets(&self) -> usize {
        self.octets.len()
    }
}
