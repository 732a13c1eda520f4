//! By which rules something was judged.

use std::sync::LazyLock;

use crate::check::CATALOGUE;
use crate::model::{Digest, RunId};

/// What a figure rests on: a page shows none of other rules than it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunKey {
    /// The run.
    pub run: RunId,
    /// The digest of the policy's text.
    pub policy: Digest,
    /// The digest of the rules ([`rules_digest`]).
    pub rules: Digest,
}

/// The digest of the rules of this program: its version, and each check with its revision and reasons.
pub fn rules_digest() -> Digest {
    static RULES: LazyLock<Digest> = LazyLock::new(|| {
        let mut text = format!("v6ready {}\n", env!("CARGO_PKG_VERSION"));
        for check in CATALOGUE.iter() {
            text.push_str(&format!("{} {}", check.id, check.revision));
            for reason in check.reasons {
                text.push_str(&format!(" {}={}", reason.id, reason.outcome.id()));
            }
            text.push('\n');
        }
        Digest::of(text.as_bytes())
    });
    *RULES
}
