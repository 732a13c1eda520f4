//! `v6ready runs keygen`, and the keys that `export --sign` and `import --trusted` name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::commands::atomic_file;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::store::{SigningKey, TrustedKeys};

/// Octets of a file of keys at the most.
const OCTETS_MAX: u64 = 1024 * 1024;

/// Makes a key pair: the private key in the file, the public one beside it.
pub(super) fn make_keys(file: &Path, name: Option<&str>) -> Result<(), CliError> {
    let name = name.unwrap_or_default().trim();
    if name.contains(char::is_control) {
        return Err(CliError::operator("--name: a name is one line, without control codes"));
    }
    let unusable = |error| CliError::operator(format!("no key can be made: {error}"));
    let key = SigningKey::generate().map_err(unusable)?;
    let private = key.to_pem().map_err(unusable)?;
    let public_file = public_file(file);
    // The public one first: a private key is never left without it.
    let public = format!("{} {name}", key.public());
    write_new(&public_file, 0o644, &format!("{}\n", public.trim_end()))?;
    if let Err(error) = write_new(file, 0o600, &private) {
        let _ = fs::remove_file(&public_file);
        return Err(error);
    }
    terminal::line(format_args!("{}\n{}", file.display(), public_file.display()))?;
    terminal::note(format_args!(
        "{} signs (`runs export --sign`) and stays here; give {} to those who import (`runs import \
         --trusted`)",
        file.display(),
        public_file.display()
    ));
    Ok(())
}

fn public_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn write_new(file: &Path, mode: u32, text: &str) -> Result<(), CliError> {
    atomic_file::write_new(file, mode, text.as_bytes()).map_err(|error| {
        let fault = CliError::operator(format!("{} can't be written: {error}", file.display()));
        match error.kind() {
            io::ErrorKind::AlreadyExists => fault.help("name a new file; no key is written over"),
            _ => fault,
        }
    })
}

/// The key that signs.
pub(super) fn signing_key(file: &Path) -> Result<SigningKey, CliError> {
    SigningKey::from_pem(&read(file)?).map_err(|error| in_file(file, &error))
}

/// The keys that are trusted.
pub(super) fn trusted_keys(file: &Path) -> Result<TrustedKeys, CliError> {
    let text = String::from_utf8(read(file)?).map_err(|error| in_file(file, &error))?;
    TrustedKeys::parse(&text).map_err(|error| {
        in_file(file, &error).help("`v6ready runs keygen` writes such a line into FILE.pub")
    })
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    use io::Read as _;
    let mut octets = Vec::new();
    File::open(file).and_then(|opened| opened.take(OCTETS_MAX).read_to_end(&mut octets)).map_err(
        |error| CliError::operator(format!("{} can't be read: {error}", file.display())),
    )?;
    Ok(octets)
}

fn in_file(file: &Path, error: &dyn std::error::Error) -> CliError {
    CliError::operator(format!("{}: {error}", file.display()))
}
