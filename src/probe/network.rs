//! What a scan asks through: its threads, and its sockets for echo.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::panic;
use std::process;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::echo::EchoSockets;

/// Threads beside the workers: the store's writer and the progress bar.
const BESIDE_WORKERS: usize = 2;

/// How long threads may take to start on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same where the kernel doesn't have so many threads of ours.
const LITTLE_PATIENCE: Duration = Duration::from_secs(3);

/// How often, and after how long each time, it is looked whether threads that were tried out are gone.
const PARTING_LOOKS: usize = 1000;
const PARTING_LOOK: Duration = Duration::from_millis(1);

/// The exit code of a process whose runtime lost a thread while it was built, which no caller can be told.
const EXIT_CODE: i32 = 2;

/// What a scan asks through.
pub struct Network {
    /// Its threads.
    pub runtime: Runtime,
    /// The sockets, opened within it.
    pub echo: EchoSockets,
}

impl Network {
    /// Opens it, with a worker for each processor, or as many as the machine lets it have. To be opened before a store
    /// is locked: what lacks threads must leave nothing behind.
    ///
    /// # Errors
    /// When the system allows too few threads or descriptors.
    pub fn open() -> Result<Self, NetworkError> {
        Self::open_with(|| {}, |open| open())
    }

    /// As [`Network::open`]; `on_start` is called by each worker as it starts, and `for_echo` has the sockets opened.
    ///
    /// # Errors
    /// As [`Network::open`].
    pub fn open_with(
        on_start: impl Fn() + Send + Sync + 'static,
        for_echo: impl FnOnce(fn() -> EchoSockets) -> EchoSockets,
    ) -> Result<Self, NetworkError> {
        let runtime = runtime(processors(), on_start)?;
        let entered = runtime.enter();
        let echo = for_echo(EchoSockets::open);
        drop(entered);
        Ok(Self { runtime, echo })
    }
}

/// Why the network can't be asked: the system allows too few threads or descriptors.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct NetworkError {
    /// What happened.
    pub message: String,
    /// What would mend it.
    pub help: &'static str,
}

impl NetworkError {
    fn too_few(how_many: impl Display) -> Self {
        Self {
            message: format!("a scan needs threads, and {how_many}"),
            help: "raise the limit on processes: `ulimit -u` of the user, `TasksMax=` of the service, `pids.max` of \
                   the container",
        }
    }

    fn too_few_files(why: impl Display) -> Self {
        Self {
            message: format!("the network can't be asked: {why}"),
            help: "the system allows this process too few open files (`ulimit -n`) or too little memory",
        }
    }
}

/// A runtime with so many workers, or with as many as the machine lets it have. Each calls `on_start` as it starts,
/// and all have done so when this returns.
///
/// # Errors
/// When the limits of the user, the service or the container leave too few threads, or too few descriptors.
pub fn runtime(
    workers_max: usize,
    on_start: impl Fn() + Send + Sync + 'static,
) -> Result<Runtime, NetworkError> {
    let wanted = workers_to_be_had(workers_max)?;
    let started = Arc::new((Mutex::new(0), Condvar::new()));
    let start = Arc::clone(&started);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(wanted).enable_all().on_thread_start(move || {
        on_start();
        *start.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        start.1.notify_one();
    });
    let before = own_threads();
    let runtime = build(&mut builder)?;
    // A worker that can't be started is put off by tokio, and is waited for without end by the others.
    let are_there = before == 0 || own_threads() >= before + wanted;
    let patience = if are_there { PATIENCE } else { LITTLE_PATIENCE };
    let (count, changed) = &*started;
    let count = count.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = changed.wait_timeout_while(count, patience, |count| *count < wanted);
    let (count, _) = waited.unwrap_or_else(PoisonError::into_inner);
    if *count < wanted {
        runtime.shutdown_background();
        return Err(NetworkError::too_few(format_args!("{} of {wanted} could be started", *count)));
    }
    Ok(runtime)
}

/// How many workers a scan gets here: one for each processor, or as many as the machine lets it have.
///
/// # Errors
/// When the limits of the user, the service or the container leave too few threads.
pub fn workers() -> Result<usize, NetworkError> {
    workers_to_be_had(processors())
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// How many workers the machine lets a runtime have, of so many that are wanted: tried out, because what follows could
/// only wait for the threads that it can't have.
fn workers_to_be_had(workers_max: usize) -> Result<usize, NetworkError> {
    let before = own_threads();
    let (threads, refusal) = threads_to_be_had(workers_max.max(1) + BESIDE_WORKERS);
    // A thread that has ended counts until the kernel has let go of it.
    for _ in 0..PARTING_LOOKS {
        if own_threads() <= before {
            break;
        }
        thread::sleep(PARTING_LOOK);
    }
    let workers = threads.saturating_sub(BESIDE_WORKERS);
    if workers == 0 {
        let needed = 1 + BESIDE_WORKERS;
        let why = refusal.map_or_else(String::new, |error| format!(": {error}"));
        let how_many = format!("only {threads} of {needed} could be started{why}");
        return Err(NetworkError::too_few(how_many));
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

/// Builds the runtime. Should the system, since threads were tried out, have none for it any more, tokio panics, and would
/// then wait for those that it has started: the process ends before that.
fn build(builder: &mut Builder) -> Result<Runtime, NetworkError> {
    let builder_thread = thread::current().id();
    let previous = Arc::new(panic::take_hook());
    let others = Arc::clone(&previous);
    panic::set_hook(Box::new(move |panicked| {
        if thread::current().id() != builder_thread {
            return others(panicked);
        }
        let why = panicked.payload_as_str().unwrap_or_default();
        end(&match why.contains("thread") {
            true => NetworkError::too_few("some could not be started"),
            false => NetworkError::too_few_files(why),
        })
    }));
    let built = builder.build();
    panic::set_hook(Box::new(move |panicked| previous(panicked)));
    built.map_err(|error| NetworkError::too_few_files(format_args!("epoll: {error}")))
}

fn end(error: &NetworkError) -> ! {
    // Where stderr can't be written there is nobody to be told.
    let _ = writeln!(io::stderr(), "v6ready: {error}\n  help: {}", error.help);
    process::exit(EXIT_CODE)
}

/// The threads of this process, or none where they can't be counted.
fn own_threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn where_threads_are_to_be_had_there_is_a_runtime_whose_workers_have_all_started() {
        assert_eq!(threads_to_be_had(3).0, 3);
        let started = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&started);
        let runtime = runtime(2, move || _ = counted.fetch_add(1, Ordering::SeqCst)).unwrap();
        assert!(started.load(Ordering::SeqCst) >= 2);
        assert_eq!(runtime.block_on(async { 7 }), 7);
    }
}
