//! Files that people name, read up to a bound.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a regular file. What is none, such as a device or a pipe, may never end.
///
/// # Errors
/// When it can't be read, is no file, or has more octets than the bound.
pub(super) fn read(path: &Path, octets_max: usize) -> io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => read_any(path, octets_max),
        false => Err(io::Error::other("it is no regular file")),
    }
}

/// Reads a file or what stands for one, such as the pipe of a shell's `<(…)`.
///
/// # Errors
/// When it can't be read or has more octets than the bound.
pub(super) fn read_any(path: &Path, octets_max: usize) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    File::open(path)?.take(octets_max as u64 + 1).read_to_end(&mut octets)?;
    match octets.len() > octets_max {
        true => Err(io::Error::other(format!("it has more than {octets_max} octets"))),
        false => Ok(octets),
    }
}

/// Reads a regular file of text.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub(super) fn read_text(path: &Path, octets_max: usize) -> io::Result<String> {
    String::from_utf8(read(path, octets_max)?).map_err(|_| io::Error::other("it is not UTF-8"))
}
