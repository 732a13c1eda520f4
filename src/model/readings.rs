//! What has been worked out of a fact already.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Readings of one fact that take long, such as the words of a page, so that each is made once
/// however often the planner and the checks ask for it.
///
/// They are no part of the fact: never stored, never compared, and a copy of the fact begins
/// without any. Whoever changes a fact makes a copy first.
#[derive(Default)]
pub struct Readings(Mutex<Vec<Box<dyn Any + Send>>>);

/// What a reading of one fact is of: a small key, defined beside the function that makes the
/// reading. The key's type decides the reading's type.
pub trait FactTopic: Eq + Send + 'static {
    /// What is read.
    type Reading: Send + Sync + 'static;
}

struct Kept<T: FactTopic> {
    topic: T,
    reading: Arc<T::Reading>,
}

/// Readings that are kept of one fact; further ones are made anew each time.
const READINGS_MAX: usize = 8;

impl Readings {
    /// The reading of this topic, which is made when it is asked for first.
    pub fn reading_of<T: FactTopic>(
        &self,
        topic: T,
        read: impl FnOnce() -> T::Reading,
    ) -> Arc<T::Reading> {
        let known = {
            let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = all.iter().filter_map(|kept| kept.downcast_ref::<Kept<T>>());
            kept.into_iter().find(|kept| kept.topic == topic).map(|kept| Arc::clone(&kept.reading))
        };
        if let Some(reading) = known {
            return reading;
        }
        // Not under the lock: readings may lead to one another.
        let reading = Arc::new(read());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < READINGS_MAX {
            all.push(Box::new(Kept { topic, reading: Arc::clone(&reading) }));
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

    #[derive(PartialEq, Eq)]
    struct Words(u8);

    impl FactTopic for Words {
        type Reading = u8;
    }

    #[derive(PartialEq, Eq)]
    struct Title(u8);

    impl FactTopic for Title {
        type Reading = &'static str;
    }

    #[test]
    fn a_reading_is_made_once_and_not_copied() {
        let readings = Readings::default();
        assert_eq!(*readings.reading_of(Words(1), || 3), 3);
        assert_eq!(*readings.reading_of(Words(1), || 4), 3);
        assert_eq!(*readings.reading_of(Title(1), || "another type"), "another type");
        assert_eq!(*readings.clone().reading_of(Words(1), || 4), 4);
        readings.clear();
        assert_eq!(*readings.reading_of(Words(1), || 5), 5);
        // Beyond the bound nothing is kept, and nothing is wrong.
        for number in 0..20 {
            assert_eq!(*readings.reading_of(Words(number + 2), || number), number);
        }
    }
}
