//! The program's own words by number, and back: checks, their reasons, the keys of particulars.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use crate::check::{CATALOGUE, COMMON_REASONS, Check};

/// A check by its place in the catalogue.
#[derive(Clone, Copy)]
pub(super) struct CheckNumber(u8);

/// A reason by its place in its check's list, behind which the common reasons come.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct ReasonNumber(u8);

impl CheckNumber {
    /// The number of a check; `None` for one that isn't in the catalogue. Verdicts are in its order,
    /// so the check is looked for behind the one before.
    pub fn of(check: &'static Check, before: Option<Self>) -> Option<Self> {
        let first = before.map_or(0, |Self(number)| usize::from(number) + 1);
        let numbers = (first..CATALOGUE.len()).chain(0..first);
        let mut numbers = numbers.filter(|number| std::ptr::eq(CATALOGUE[*number], check));
        numbers.next()?.try_into().ok().map(Self)
    }

    pub fn check(self) -> Option<&'static Check> {
        CATALOGUE.get(usize::from(self.0)).copied()
    }
}

impl ReasonNumber {
    /// The number of a reason; `None` for one that the check doesn't declare.
    pub fn of(check: &Check, reason: &str) -> Option<Self> {
        reasons(check).position(|known| known == reason)?.try_into().ok().map(Self)
    }

    pub fn reason(self, check: &Check) -> Option<&'static str> {
        let number = usize::from(self.0);
        match check.reasons.get(number) {
            Some(own) => Some(own.id),
            None => COMMON_REASONS.get(number - check.reasons.len()).map(|common| common.id),
        }
    }
}

/// The reasons that a check can give, its own ones first.
fn reasons(check: &Check) -> impl Iterator<Item = &'static str> {
    let own = check.reasons.iter().map(|reason| reason.id);
    own.chain(COMMON_REASONS.iter().map(|common| common.id))
}

/// The keys of particulars that were packed. As only the program's own text is `'static`, targets
/// can't make it grow.
static KEYS: RwLock<Option<HashSet<&'static str, foldhash::fast::RandomState>>> = RwLock::new(None);

/// Notes a key, so that [`known_key`] finds it.
pub(super) fn note_key(key: &'static str) {
    if known_key(key).is_none() {
        let mut keys = KEYS.write().unwrap_or_else(PoisonError::into_inner);
        keys.get_or_insert_default().insert(key);
    }
}

/// The key of this text that was noted.
pub(super) fn known_key(text: &str) -> Option<&'static str> {
    let keys = KEYS.read().unwrap_or_else(PoisonError::into_inner);
    keys.as_ref()?.get(text).copied()
}
