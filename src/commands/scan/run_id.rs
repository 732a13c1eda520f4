//! Names for a new run and for the machine that it is made from.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use jiff::Timestamp;

use crate::model::RunId;

/// The moment in UTC and four random letters, so that ids sort by time.
pub(super) fn new_run_id() -> RunId {
    let mut octets = [0; 4];
    // Without randomness the letters are all `a`; the store refuses a second run of that id.
    let _ = SystemRandom::new().fill(&mut octets);
    let letters: String = octets.iter().map(|octet| char::from(b'a' + octet % 26)).collect();
    RunId(format!("{}-{letters}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")))
}

/// The host's name, as that of the vantage point.
pub(super) fn host_name() -> String {
    nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "vantage".to_owned())
}
