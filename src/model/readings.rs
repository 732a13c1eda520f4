//! What has been worked out of a fact already.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Dear readings of one fact, such as the words of a page, so that each is made once however often
/// the planner and the checks ask for it.
///
/// They are no part of the fact: never stored, never compared, and a copy of the fact begins
/// without any. Whoever changes a fact makes a copy first.
#[derive(Default)]
pub struct Readings(Mutex<Vec<(String, Arc<dyn Any + Send + Sync>)>>);

/// Readings that are kept of one fact; further ones are made anew each time.
const READINGS_MAX: usize = 8;

impl Readings {
    /// The reading of this name, which is made when it is asked for first. One name always stands
    /// for one type.
    pub fn of<T: Any + Send + Sync>(&self, name: &str, read: impl FnOnce() -> T) -> Arc<T> {
        let known = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter().find(|(key, _)| key == name).map(|(_, reading)| Arc::clone(reading))
        };
        if let Some(reading) = known.and_then(|reading| reading.downcast().ok()) {
            return reading;
        }
        // Not under the lock: readings may lead to one another.
        let reading = Arc::new(read());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < READINGS_MAX {
            kept.push((name.to_owned(), Arc::clone(&reading) as _));
        }
        reading
    }

    /// Forgets them all.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Vec::new();
    }
}

impl Clone for Readings {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Readings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Readings {}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_made_once_and_not_copied() {
        let readings = Readings::default();
        assert_eq!(*readings.of("words", || 3), 3);
        assert_eq!(*readings.of("words", || 4), 3);
        assert_eq!(*readings.clone().of("words", || 4), 4);
        readings.clear();
        assert_eq!(*readings.of("words", || 5), 5);
        // Beyond the bound nothing is kept, and nothing is wrong.
        for number in 0..20 {
            assert_eq!(*readings.of(&format!("n{number}"), || number), number);
        }
    }
}
