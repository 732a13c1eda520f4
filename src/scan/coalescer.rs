//! Which requests a run has made already, in little memory: a run has hundreds of thousands of them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use crate::model::{Observation, ObservationId, Reply};

/// DNS answers that are kept in memory for services that need the same one a little later.
const RECENT_ANSWERS_MAX: usize = 1024;

/// Further answered requests that keep their cell, because a service may still hold the answer.
const IDLE_CELLS_MAX: usize = 4096;

/// Every request that a run has made. Requests under way, and those answered lately, have a [`Cell`]
/// that all services share which need the answer. Of all others only a hash is left: their answers
/// are in the store.
#[derive(Default)]
pub(super) struct RequestCoalescer(Mutex<Inner>);

/// One request, shared by all services that need its answer.
#[derive(Default)]
pub(super) struct Cell {
    /// The answer, once there is one.
    pub answer: OnceCell<CellAnswer>,
    /// Whether the store may hold the answer already. Two requests may have one hash, so it need not.
    pub may_be_stored: bool,
    /// Whether the request was made again since its cell was last considered for removal.
    is_in_demand: AtomicBool,
}

/// The answer to a request.
pub(super) struct CellAnswer {
    /// Its id.
    pub id: ObservationId,
    /// The observation, as long as a service or the coalescer holds it.
    pub observation: Weak<Observation>,
}

struct Inner {
    cells: HashMap<Arc<str>, Arc<Cell>>,
    /// Answers in memory, the oldest first.
    recent_answers: VecDeque<(Arc<str>, Arc<Observation>)>,
    /// Keys of answered requests that only have a cell, the oldest first.
    idle_cells: VecDeque<Arc<str>>,
    /// Hashes of the keys of all answered requests. The hash has a key of its own in every process, so
    /// that a target can't choose names with equal hashes.
    answered: HashSet<u64, foldhash::fast::RandomState>,
    hasher: RandomState,
    recent_answers_max: usize,
    idle_cells_max: usize,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            cells: HashMap::new(),
            recent_answers: VecDeque::new(),
            idle_cells: VecDeque::new(),
            answered: HashSet::default(),
            hasher: RandomState::new(),
            recent_answers_max: RECENT_ANSWERS_MAX,
            idle_cells_max: IDLE_CELLS_MAX,
        }
    }
}

impl RequestCoalescer {
    /// The cell of a request, by its key.
    pub(super) fn cell(&self, key: &Arc<str>) -> Arc<Cell> {
        self.with(|inner| {
            if let Some(cell) = inner.cells.get(key) {
                cell.is_in_demand.store(true, Ordering::Relaxed);
                return Arc::clone(cell);
            }
            let may_be_stored = inner.answered.contains(&inner.hasher.hash_one(key));
            let cell = Arc::new(Cell { may_be_stored, ..Cell::default() });
            inner.cells.insert(Arc::clone(key), Arc::clone(&cell));
            cell
        })
    }

    /// Notes that the answer to a request is in its cell and was given to the store before: from now
    /// on its cell may be removed.
    pub(super) fn note_answer(&self, key: &Arc<str>, observation: &Arc<Observation>) {
        // What many services need, such as the servers of a large zone, gets another turn.
        let is_in_demand = |cell: &Arc<Cell>| cell.is_in_demand.swap(false, Ordering::Relaxed);
        self.with(|inner| {
            inner.answered.insert(inner.hasher.hash_one(key));
            if matches!(observation.reply, Reply::Dns(_) | Reply::DnsFailed(_)) {
                inner.recent_answers.push_back((Arc::clone(key), Arc::clone(observation)));
            } else {
                inner.idle_cells.push_back(Arc::clone(key));
            }
            while inner.recent_answers.len() > inner.recent_answers_max {
                let Some((key, observation)) = inner.recent_answers.pop_front() else { break };
                if inner.cells.get(&key).is_some_and(is_in_demand) {
                    inner.recent_answers.push_back((key, observation));
                } else {
                    inner.idle_cells.push_back(key);
                }
            }
            while inner.idle_cells.len() > inner.idle_cells_max {
                let Some(key) = inner.idle_cells.pop_front() else { break };
                if inner.cells.get(&key).is_some_and(is_in_demand) {
                    inner.idle_cells.push_back(key);
                } else {
                    inner.cells.remove(&key);
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
    /// One that keeps so many answers in memory, and as many idle cells.
    pub(super) fn keeping(max: usize) -> Self {
        let limits = Inner { recent_answers_max: max, idle_cells_max: max, ..Inner::default() };
        Self(Mutex::new(limits))
    }

    /// As if another request whose key has the same hash had been answered.
    pub(super) fn collide(&self, key: &str) {
        self.with(|inner| inner.answered.insert(inner.hasher.hash_one(key)));
    }

    /// The number of cells.
    pub(super) fn cells(&self) -> usize {
        self.with(|inner| inner.cells.len())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{NetFailure, Question, Request};

    #[test]
    fn what_is_in_demand_stays() {
        let observation = Arc::new(Observation {
            request: Request::first(Question::Route([192, 0, 2, 1].into())),
            observed_at: Timestamp::UNIX_EPOCH,
            elapsed_us: 1,
            reply: Reply::DnsFailed(NetFailure::TimedOut),
        });
        let coalescer = RequestCoalescer::keeping(2);
        let ask = |key: &str| {
            let key = Arc::from(key);
            let cell = coalescer.cell(&key);
            coalescer.note_answer(&key, &observation);
            cell
        };
        let hot = ask("hot");
        ask("cold");
        for number in 0..20 {
            ask(&number.to_string());
            assert!(Arc::ptr_eq(&coalescer.cell(&"hot".into()), &hot), "after {number}");
        }
        assert!(coalescer.cell(&"cold".into()).may_be_stored, "its cell was removed");
        assert!(coalescer.cells() <= 6);
    }
}
