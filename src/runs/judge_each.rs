//! Judging what lies in the store on all processors.

use std::path::Path;
use std::thread;

use super::error::RunsError;
use crate::store::Store;

/// Judges each of several things, in their order. Each thread has a connection to the store of its own.
///
/// # Errors
/// The first thing's that can't be judged, or when the store can't be opened.
pub fn judge_each<T: Sync, R: Send>(
    db: &Path,
    things: &[T],
    judge: impl Fn(&Store, &T) -> Result<R, RunsError> + Sync,
) -> Result<Vec<R>, RunsError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = things.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = things
            .chunks(share)
            .map(|things| {
                let judge = &judge;
                let judge_share = move || {
                    let store = Store::open_existing(db)?;
                    things.iter().map(|thing| judge(&store, thing)).collect::<Result<Vec<_>, _>>()
                };
                // Where no thread is to be had, this one does the work.
                thread::Builder::new().spawn_scoped(scope, judge_share).map_err(|_| judge_share)
            })
            .collect();
        let mut judged = Vec::new();
        for worker in workers {
            let share = match worker {
                Ok(thread) => {
                    thread.join().map_err(|_| RunsError::internal("a judging thread has died"))?
                }
                Err(judge_share) => judge_share(),
            };
            judged.extend(share?);
        }
        Ok(judged)
    })
}
