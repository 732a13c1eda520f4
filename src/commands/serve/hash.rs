//! `v6ready serve hash`: the hash of a password, for the configuration.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::process::ExitCode;

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::serve::access::password::{PASSWORD_OCTETS_MAX, PasswordHash};

/// Characters that a password should have at least: NIST SP 800-63B, where nothing else is asked for.
const GOOD_LENGTH: usize = 15;

/// Asks for a password, twice at a terminal, or reads the first line of stdin, and prints its hash.
///
/// # Errors
/// When it can't be read, or the two are not the same.
pub(super) fn run() -> Result<ExitCode, CliError> {
    let password = match io::stdin().is_terminal() {
        true => asked()?,
        false => first_line()?,
    };
    let hash =
        PasswordHash::of(&password).map_err(|error| CliError::operator(error.to_string()))?;
    if password.chars().count() < GOOD_LENGTH {
        terminal::note(format_args!(
            "v6ready: a password of {GOOD_LENGTH} characters or more is safer; this one is shorter"
        ));
    }
    terminal::line(hash.as_str())?;
    Ok(ExitCode::SUCCESS)
}

fn asked() -> Result<String, CliError> {
    let password = without_echo("Password: ")?;
    if password != without_echo("Once more: ")? {
        return Err(CliError::operator("the two passwords are not the same").help("try again"));
    }
    Ok(password)
}

/// Gives the terminal its echo back, whatever happens.
struct Quiet(Termios);

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &self.0);
    }
}

fn without_echo(prompt: &str) -> Result<String, CliError> {
    let failed = |error: nix::Error| CliError::from(io::Error::from(error));
    write!(io::stderr(), "{prompt}")?;
    io::stderr().flush()?;
    let before = tcgetattr(io::stdin()).map_err(failed)?;
    let mut quiet = before.clone();
    quiet.local_flags.remove(LocalFlags::ECHO);
    quiet.local_flags.insert(LocalFlags::ECHONL);
    tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &quiet).map_err(failed)?;
    let _quiet = Quiet(before);
    first_line()
}

fn first_line() -> Result<String, CliError> {
    let mut line = Vec::new();
    // One more than is taken, so that a longer one is told and not cut.
    let most = PASSWORD_OCTETS_MAX as u64 + 2;
    io::stdin().lock().take(most).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8(line.to_vec())
        .map_err(|_| CliError::operator("the password is not UTF-8").help("use a UTF-8 terminal"))
}
