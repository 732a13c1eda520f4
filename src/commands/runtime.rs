//! The threads that a scan runs on, where the machine lets it have them.

use std::io;
use std::sync::RwLock;
use std::thread;

use tokio::runtime::{Builder, Runtime};

use super::error::CliError;

/// Threads beside the workers: the store's writer and the progress bar.
const BESIDE_WORKERS: usize = 2;

/// A runtime with a worker for each processor, or with as many as the machine lets it have. Built before
/// a store is locked: what lacks threads must leave nothing behind.
///
/// # Errors
/// When the limits of the user, the service or the container leave too few threads.
pub(super) fn new() -> Result<Runtime, CliError> {
    with_workers(processors())
}

/// A worker for each processor.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// As [`new`], with this many workers at the most.
///
/// # Errors
/// As [`new`].
pub(super) fn with_workers(workers_max: usize) -> Result<Runtime, CliError> {
    let workers = workers(workers_max)?;
    Ok(Builder::new_multi_thread().worker_threads(workers).enable_all().build()?)
}

/// How many workers the machine lets a runtime have, of so many that are wanted.
///
/// # Errors
/// As [`new`].
pub(super) fn workers(workers_max: usize) -> Result<usize, CliError> {
    // Tokio panics at a thread that can't be started, and then waits for ever for those that were.
    let (threads, refusal) = threads_to_be_had(workers_max.max(1) + BESIDE_WORKERS);
    let workers = threads.saturating_sub(BESIDE_WORKERS);
    if workers == 0 {
        let why = refusal.map_or_else(String::new, |error| format!(": {error}"));
        return Err(CliError::operator(format!(
            "this machine lets the program start {threads} more thread(s), and a scan needs {}{why}",
            1 + BESIDE_WORKERS
        ))
        .help(
            "raise the limit on processes: `ulimit -u` of the user, `TasksMax=` of the service, \
             `pids.max` of the container",
        ));
    }
    Ok(workers)
}

/// How many of the wanted threads can be had at once, and why no more.
fn threads_to_be_had(wanted: usize) -> (usize, Option<io::Error>) {
    // Held while they are started: none of them ends before the last is there.
    let start = RwLock::new(());
    thread::scope(|scope| {
        let starting = start.write();
        for started in 0..wanted {
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, || drop(start.read())) {
                return (started, Some(error));
            }
        }
        drop(starting);
        (wanted, None)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_threads_are_to_be_had_there_is_a_runtime() {
        assert_eq!(threads_to_be_had(3).0, 3);
        assert_eq!(with_workers(1).unwrap().block_on(async { 7 }), 7);
    }
}
