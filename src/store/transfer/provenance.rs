//! Where an imported run came from.

use serde::{Deserialize, Serialize};

use super::signature::PublicKey;
use crate::model::Digest;

/// The file that a run was imported from, and who vouched for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The SHA-256 of the file as it was.
    pub file: Digest,
    /// Whose signature it had; `None` when it was not signed.
    pub signer: Option<Signer>,
}

/// Who signed a run file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The key.
    pub key: PublicKey,
    /// What the trusted keys call it; `None` when it was compared with none.
    pub name: Option<String>,
}

impl Provenance {
    /// Who vouches for the run, in a few words.
    pub fn in_words(&self) -> String {
        match &self.signer {
            None => "unsigned".to_owned(),
            Some(Signer { key, name: None }) => {
                format!("signed by {key}, which was compared with no trusted key")
            }
            Some(Signer { key, name: Some(name) }) if name.is_empty() => {
                format!("signed by the trusted {key}")
            }
            Some(Signer { name: Some(name), .. }) => format!("signed by {name}"),
        }
    }
}
