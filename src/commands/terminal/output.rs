//! Stdout and stderr where they can't be written: a reader that went away, a full disk.

use std::io::{self, ErrorKind, Write};

/// Stdout. When its reader has gone away (`v6ready report | head -1`) the rest is dropped: what a command
/// was to do is done all the same, and it ends as it would have ended. Any other failure is an error that
/// names stdout.
pub(in crate::commands) struct Output {
    out: io::StdoutLock<'static>,
}

impl Output {
    pub(in crate::commands) fn stdout() -> Self {
        Self { out: io::stdout().lock() }
    }
}

impl Write for Output {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        outcome(self.out.write(octets), octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        outcome(self.out.flush(), ())
    }
}

/// What becomes of a write; `dropped` stands for one that nobody reads.
fn outcome<T>(written: io::Result<T>, dropped: T) -> io::Result<T> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(dropped),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
        Err(error) => {
            Err(io::Error::new(error.kind(), format!("stdout can't be written: {error}")))
        }
        written => written,
    }
}

/// Stderr. What can't be written there is dropped, whatever the cause: nobody could be told of it.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Errors;

impl Write for Errors {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        // One call for a line, so that the lines of several threads stay whole.
        let _ = io::stderr().write_all(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_error_and_a_full_disk_is_one() {
        let failed = |kind: ErrorKind| Err(io::Error::from(kind));
        assert_eq!(outcome(Ok(3), 9).unwrap(), 3);
        assert_eq!(outcome(failed(ErrorKind::BrokenPipe), 9).unwrap(), 9);
        let full = outcome(failed(ErrorKind::StorageFull), 9).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        assert!(full.to_string().starts_with("stdout can't be written: "), "{full}");
        assert_eq!(Errors.write(b"").unwrap(), 0);
    }
}
