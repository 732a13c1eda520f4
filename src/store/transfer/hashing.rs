//! The digest of a file, worked out while it is read or written.

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};

use crate::model::Digest;

/// A file with the digest of what has gone through.
pub(super) struct Hashing<F> {
    file: F,
    context: Context,
    octets: u64,
}

impl<F> Hashing<F> {
    pub fn new(file: F) -> Self {
        Self { file, context: Context::new(&SHA256), octets: 0 }
    }

    /// How many octets have been read until now.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The SHA-256 of all octets until now.
    pub fn digest(&self) -> Digest {
        digest(&self.context)
    }
}

/// The SHA-256 of all octets until now.
pub(super) fn digest(context: &Context) -> Digest {
    let mut array = [0; 32];
    array.copy_from_slice(context.clone().finish().as_ref());
    Digest(array)
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.octets += count as u64;
        self.context.update(&buffer[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let count = self.file.write(octets)?;
        self.context.update(&octets[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
