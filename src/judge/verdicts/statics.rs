//! Numbers for the words that the program itself contains: reasons, and the keys of particulars.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// More words than checks can say; those met after so many get no number.
const WORDS_MAX: usize = 2048;

/// The words by number. They are never removed, so a number that was given once stays good, and
/// reading takes no lock.
static WORDS: [OnceLock<&'static str>; WORDS_MAX] = [const { OnceLock::new() }; WORDS_MAX];

/// The numbers by word, each word once. As only text of the program is `'static`, targets can't make
/// it grow.
static NUMBERS: Mutex<Option<Map>> = Mutex::new(None);

type Map = HashMap<&'static str, usize, foldhash::fast::RandomState>;

/// Gives words their numbers; others wait meanwhile.
pub(super) struct Numbers(MutexGuard<'static, Option<Map>>);

impl Numbers {
    pub(super) fn lock() -> Self {
        Self(NUMBERS.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of a word, a new one when it was never met; `None` when all are given away.
    pub(super) fn of(&mut self, word: &'static str) -> Option<usize> {
        let numbers = self.0.get_or_insert_default();
        if let Some(number) = numbers.get(word) {
            return Some(*number);
        }
        let number = numbers.len();
        WORDS.get(number)?.set(word).ok()?;
        numbers.insert(word, number);
        Some(number)
    }
}

/// The word of a number that was given.
pub(super) fn word(number: usize) -> Option<&'static str> {
    WORDS.get(number)?.get().copied()
}
