//! Names for a new run and for the machine that it is made from.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use jiff::Timestamp;

use crate::model::{InvalidRunId, RunId};

/// So many random letters. Without randomness they are all `a`, and a second name of that kind is
/// refused where it is used.
pub fn random_letters(count: usize) -> String {
    let mut octets = vec![0; count];
    let _ = SystemRandom::new().fill(&mut octets);
    octets.iter().map(|octet| char::from(b'a' + octet % 26)).collect()
}

/// The moment in UTC and four random letters, so that ids sort by time.
///
/// # Errors
/// When the clock shows a year that has more than four digits.
pub fn new_run_id() -> Result<RunId, InvalidRunId> {
    let letters = random_letters(4);
    RunId::parse(&format!("{}-{letters}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")))
}

/// The host's name, as that of the vantage point.
pub fn host_name() -> String {
    nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "vantage".to_owned())
}
