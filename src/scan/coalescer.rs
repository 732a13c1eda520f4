//! Which requests a run has come to, in little memory: a run has hundreds of thousands of them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use crate::model::{Observation, ObservationId, Reply};

/// DNS answers that are kept at hand for services that come to the same question a little later.
const AT_HAND_MAX: usize = 1024;

/// Answers whose place is kept while those who asked may still hold them.
const PLACES_MAX: usize = 4096;

/// Everything that a run has come to. Requests under way, and those answered lately, have a cell, in
/// which all who come to them meet. Of all others only a hash is left: who comes to one of them finds
/// its answer in the store.
#[derive(Default)]
pub(crate) struct RequestCoalescer(Mutex<Inner>);

/// Where those meet who come to the same request.
#[derive(Default)]
pub(crate) struct Cell {
    /// The answer, once it has come.
    pub seen: OnceCell<Seen>,
    /// Whether the store may hold the answer already. Two requests may have one hash, so it need not.
    pub may_be_stored: bool,
    /// Whether somebody came to it again since it was last to go.
    is_wanted: AtomicBool,
}

/// An answer that came.
pub(crate) struct Seen {
    /// Its name.
    pub id: ObservationId,
    /// Itself, as long as anybody holds it.
    pub observation: Weak<Observation>,
}

struct Inner {
    cells: HashMap<Arc<str>, Arc<Cell>>,
    at_hand: VecDeque<(Arc<str>, Arc<Observation>)>,
    places: VecDeque<Arc<str>>,
    /// Hashes of the keys that had a cell. The hash has a key of its own in every process, so nobody
    /// can choose names that have the same.
    past: HashSet<u64, foldhash::fast::RandomState>,
    hasher: RandomState,
    at_hand_max: usize,
    places_max: usize,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            cells: HashMap::new(),
            at_hand: VecDeque::new(),
            places: VecDeque::new(),
            past: HashSet::default(),
            hasher: RandomState::new(),
            at_hand_max: AT_HAND_MAX,
            places_max: PLACES_MAX,
        }
    }
}

impl RequestCoalescer {
    /// The cell of a request, by its key.
    pub(crate) fn cell(&self, key: &Arc<str>) -> Arc<Cell> {
        self.with(|inner| {
            if let Some(cell) = inner.cells.get(key) {
                cell.is_wanted.store(true, Ordering::Relaxed);
                return Arc::clone(cell);
            }
            let may_be_stored = inner.past.contains(&inner.hasher.hash_one(key));
            let cell = Arc::new(Cell { may_be_stored, ..Cell::default() });
            inner.cells.insert(Arc::clone(key), Arc::clone(&cell));
            cell
        })
    }

    /// Says that the answer to a request is in its cell, and was given to the store before: from now
    /// on its cell may go.
    pub(crate) fn answered(&self, key: &Arc<str>, observation: &Arc<Observation>) {
        self.with(|inner| {
            inner.past.insert(inner.hasher.hash_one(key));
            if matches!(observation.reply, Reply::Dns(_) | Reply::DnsFailed(_)) {
                inner.at_hand.push_back((Arc::clone(key), Arc::clone(observation)));
            } else {
                inner.places.push_back(Arc::clone(key));
            }
            while inner.at_hand.len() > inner.at_hand_max {
                let Some((key, observation)) = inner.at_hand.pop_front() else { break };
                let is_wanted = |cell: &Arc<Cell>| cell.is_wanted.swap(false, Ordering::Relaxed);
                // What many services come to, such as the servers of a large zone, stays.
                if inner.cells.get(&key).is_some_and(is_wanted) {
                    inner.at_hand.push_back((key, observation));
                } else {
                    inner.places.push_back(key);
                }
            }
            while inner.places.len() > inner.places_max {
                if let Some(oldest) = inner.places.pop_front() {
                    inner.cells.remove(&oldest);
                }
            }
        });
    }

    fn with<T>(&self, action: impl FnOnce(&mut Inner) -> T) -> T {
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
impl RequestCoalescer {
    /// One that keeps so many answers at hand, and as many places.
    pub(crate) fn keeping(max: usize) -> Self {
        Self(Mutex::new(Inner { at_hand_max: max, places_max: max, ..Inner::default() }))
    }

    /// As if another request had been asked that has the hash of this key.
    pub(crate) fn collide(&self, key: &str) {
        self.with(|inner| inner.past.insert(inner.hasher.hash_one(key)));
    }

    /// The number of cells.
    pub(crate) fn cells(&self) -> usize {
        self.with(|inner| inner.cells.len())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{NetFailure, Question, Request};

    #[test]
    fn what_is_wanted_again_and_again_stays() {
        let observation = Arc::new(Observation {
            request: Request::first(Question::Route([192, 0, 2, 1].into())),
            observed_at: Timestamp::UNIX_EPOCH,
            elapsed_us: 1,
            reply: Reply::DnsFailed(NetFailure::TimedOut),
        });
        let known = RequestCoalescer::keeping(2);
        let ask = |key: &str| {
            let key = Arc::from(key);
            let cell = known.cell(&key);
            known.answered(&key, &observation);
            Arc::as_ptr(&cell)
        };
        let hot = ask("hot");
        ask("cold");
        for number in 0..20 {
            ask(&number.to_string());
            assert_eq!(Arc::as_ptr(&known.cell(&"hot".into())), hot);
        }
        assert!(known.cell(&"cold".into()).may_be_stored, "it went, and came again");
        assert!(known.cells() <= 6);
    }
}
