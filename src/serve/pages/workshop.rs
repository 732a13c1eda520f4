//! What takes longer than a page may: made once, by one worker at a time, kept for whoever asks next. A page
//! that doesn't find it yet says so and looks again.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::problem::Problem;

/// Pieces of work that are kept.
const KEPT_MAX: usize = 24;
/// Pieces that may wait for their turn.
const WAITING_MAX: usize = 8;
/// How long a page waits before it says that the work goes on.
const PATIENCE: Duration = Duration::from_secs(6);

/// A piece of work.
type Piece = Arc<dyn Any + Send + Sync>;

/// The work of the pages.
#[derive(Clone, Default)]
pub struct Workshop(Arc<Shop>);

#[derive(Default)]
struct Shop {
    shelf: Mutex<Shelf>,
    news: Condvar,
    /// Held by the one that works.
    bench: Mutex<()>,
}

#[derive(Default)]
struct Shelf {
    pieces: HashMap<String, State>,
    /// Counts uses, so that what was used longest ago makes room.
    uses: u64,
}

enum State {
    Working,
    Done(Piece, u64),
    Failed(Problem),
}

/// What came of asking.
pub enum Work<T> {
    /// It is there.
    Done(Arc<T>),
    /// It is being made.
    GoesOn,
}

impl Workshop {
    /// The piece of this name, which `make` makes where it is missing. Blocks for a few seconds at the most.
    ///
    /// # Errors
    /// Why it could not be made: told once, then it is tried again. Or that too much waits.
    pub fn get<T: Any + Send + Sync>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<Work<T>, Problem> {
        let mut shelf = self.0.lock();
        if !shelf.pieces.contains_key(name) {
            let waiting = shelf.pieces.values().filter(|state| matches!(state, State::Working));
            if waiting.count() >= WAITING_MAX {
                return Err(Problem::plain(axum::http::StatusCode::SERVICE_UNAVAILABLE));
            }
            shelf.pieces.insert(name.to_owned(), State::Working);
            let (shop, owned) = (Arc::clone(&self.0), name.to_owned());
            let started = std::thread::Builder::new().name("pages".to_owned()).spawn(move || {
                shop.work(owned, move || make().map(|made| Arc::new(made) as Piece))
            });
            if let Err(error) = started {
                shelf.pieces.remove(name);
                return Err(Problem::internal(&error));
            }
        }
        let is_working = |shelf: &mut Shelf| matches!(shelf.pieces.get(name), Some(State::Working));
        let waited = self.0.news.wait_timeout_while(shelf, PATIENCE, is_working);
        let mut shelf = waited.unwrap_or_else(PoisonError::into_inner).0;
        shelf.uses += 1;
        let uses = shelf.uses;
        match shelf.pieces.get_mut(name) {
            Some(State::Done(piece, used)) => {
                *used = uses;
                match Arc::clone(piece).downcast::<T>() {
                    Ok(piece) => Ok(Work::Done(piece)),
                    Err(_) => Err(Problem::internal(&"two kinds of work have one name")),
                }
            }
            Some(State::Failed(problem)) => {
                let problem = problem.clone();
                shelf.pieces.remove(name);
                Err(problem)
            }
            Some(State::Working) | None => Ok(Work::GoesOn),
        }
    }
}

impl Shop {
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, name: String, make: impl FnOnce() -> Result<Piece, Problem>) {
        let bench = self.bench.lock().unwrap_or_else(PoisonError::into_inner);
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(make));
        drop(bench);
        let mut shelf = self.lock();
        let uses = shelf.uses;
        let state = match made {
            Ok(Ok(piece)) => State::Done(piece, uses),
            Ok(Err(problem)) => State::Failed(problem),
            Err(_) => State::Failed(Problem::internal(&format_args!("{name}: the work panicked"))),
        };
        shelf.pieces.insert(name, state);
        while shelf.pieces.len() > KEPT_MAX {
            let used = |state: &State| match state {
                State::Working => u64::MAX,
                State::Failed(_) => 0,
                State::Done(_, used) => *used,
            };
            let oldest = shelf.pieces.iter().min_by_key(|(_, state)| used(state));
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { break };
            shelf.pieces.remove(&oldest);
        }
        drop(shelf);
        self.news.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done<T>(work: Result<Work<T>, Problem>) -> Arc<T> {
        match work {
            Ok(Work::Done(piece)) => piece,
            Ok(Work::GoesOn) => panic!("not done"),
            Err(problem) => panic!("{problem:?}"),
        }
    }

    #[test]
    fn work_is_done_once_and_a_failure_is_told_and_tried_again() {
        let shop = Workshop::default();
        assert_eq!(*done(shop.get("a", || Ok(1_u8))), 1);
        assert_eq!(*done(shop.get("a", || Ok(2_u8))), 1);
        let fails = || Err::<u8, _>(Problem::conflict("no".to_owned()));
        assert!(shop.get("b", fails).is_err());
        assert_eq!(*done(shop.get("b", || Ok(3_u8))), 3);
        assert!(shop.get::<u8>("c", || panic!("as a test has it")).is_err());
        for number in 0..2 * KEPT_MAX {
            let _ = done(shop.get(&number.to_string(), move || Ok(number)));
        }
        assert!(shop.0.lock().pieces.len() <= KEPT_MAX);
    }
}
