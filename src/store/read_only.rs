//! Stores that can only be read here: on a read-only medium, or another's.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use nix::unistd::{AccessFlags, access};
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::lock::beside;
use super::schema;
use super::scratch::Scratch;
use super::state;

/// Whether a store can be written here. SQLite also makes and removes files beside it.
pub(super) fn can_write(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let writable = |path: &Path| access(path, AccessFlags::W_OK).is_ok();
    writable(path) && writable(folder)
}

/// Opens a store without writing anything beside it. Where SQLite can't (it would have to take in a log, or
/// the format is an older one), a copy is opened.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<Scratch>), StoreError> {
    // The files beside it may be those of a scan that goes on under another user.
    let as_it_is = format!("file:{}?mode=ro", escaped(path));
    if let Some(connection) = opened(&as_it_is, path)? {
        return Ok((connection, None));
    }
    if !state::has_log(path) {
        let unchanging = format!("file:{}?mode=ro&immutable=1", escaped(path));
        if let Some(connection) = opened(&unchanging, path)? {
            return Ok((connection, None));
        }
    }
    let scratch = Scratch::make()?;
    let copy = scratch.file("store.db");
    for ending in ["", "-wal"] {
        let (from, to) = (beside(path, ending), beside(&copy, ending));
        if from.exists() {
            std::fs::copy(&from, &to).map_err(|error| StoreError::Other {
                path: path.to_owned(),
                detail: format!("can't be copied to {} to be read there: {error}", to.display()),
            })?;
        }
    }
    let in_path = |error| StoreError::from_sqlite(path, error);
    let mut connection = Connection::open(&copy).map_err(in_path)?;
    schema::prepare(&mut connection, path)?;
    Ok((connection, Some(scratch)))
}

/// A connection to a store of this format; `None` when SQLite can't read it like this.
fn opened(uri: &str, path: &Path) -> Result<Option<Connection>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(uri, flags) else { return Ok(None) };
    match schema::is_current(&connection, path) {
        Ok(true) => Ok(Some(connection)),
        Ok(false) | Err(StoreError::Other { .. } | StoreError::ReadOnly { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A path as the path of a URI.
fn escaped(path: &Path) -> String {
    let mut escaped = String::new();
    for octet in OsStr::as_bytes(path.as_os_str()) {
        match octet {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                escaped.push(char::from(*octet));
            }
            _ => escaped.push_str(&format!("%{octet:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_itself_in_a_uri() {
        assert_eq!(escaped(Path::new("/a-b/c_d.db")), "/a-b/c_d.db");
        assert_eq!(escaped(Path::new("a b?c#d%e/ộ")), "a%20b%3Fc%23d%25e/%E1%BB%99");
    }
}
