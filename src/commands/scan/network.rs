//! The network of a scan: the threads that ask, and the sockets for echo, which may take a privilege that nothing else
//! has.

use std::panic;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::commands::confinement::{self, RawSockets, Reach};
use crate::commands::error::CliError;
use crate::commands::exit_code::OPERATOR_ERROR;
use crate::commands::runtime;
use crate::probe::EchoSockets;

/// How long threads may take to start on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same where the kernel doesn't have so many threads of ours.
const LITTLE_PATIENCE: Duration = Duration::from_secs(3);

/// What a scan asks through.
pub(in crate::commands) struct Network {
    /// Its threads.
    pub runtime: Runtime,
    /// The sockets, opened within it.
    pub echo: EchoSockets,
}

impl Network {
    /// Opens it and leaves the process as it is.
    ///
    /// # Errors
    /// When the system allows too few threads or descriptors.
    pub(in crate::commands) fn unconfined() -> Result<Self, CliError> {
        let runtime = runtime::new()?;
        let entered = runtime.enter();
        let echo = EchoSockets::open();
        drop(entered);
        Ok(Self { runtime, echo })
    }

    /// Opens it, and leaves this process no files but these, and no privilege. To be called before any other thread is
    /// started.
    ///
    /// # Errors
    /// When the system allows too few threads or descriptors.
    pub(in crate::commands) fn open(reach: &Reach) -> Result<Self, CliError> {
        confinement::restrict_scan(reach);
        let raw = RawSockets::left();
        let workers = raw.workers();
        let started = Arc::new((Mutex::new(0), Condvar::new()));
        let start = Arc::clone(&started);
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(runtime::workers(runtime::processors())?);
        builder.enable_all().on_thread_start(move || {
            workers.apply();
            *start.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            start.1.notify_one();
        });
        let before = own_threads();
        let runtime = build(&mut builder)?;
        // A worker that can't be started is put off by tokio, and is waited for without end by the others.
        let wanted = runtime.metrics().num_workers();
        let are_there = before == 0 || own_threads() >= before + wanted;
        let patience = if are_there { PATIENCE } else { LITTLE_PATIENCE };
        let (count, changed) = &*started;
        let count = count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(count, patience, |count| *count < wanted);
        let (count, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *count < wanted {
            runtime.shutdown_background();
            return Err(too_few(format_args!("{} of {wanted} could be started", *count)));
        }
        let entered = runtime.enter();
        let echo = raw.while_allowed(EchoSockets::open);
        drop(entered);
        Ok(Self { runtime, echo })
    }
}

/// Builds the runtime. Where the system has no thread for it, tokio panics, and would then wait for those that it has
/// started: the process ends before that, as with any error.
fn build(builder: &mut Builder) -> Result<Runtime, CliError> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {
        too_few(format_args!("some could not be started")).print();
        std::process::exit(OPERATOR_ERROR.into());
    }));
    let built = builder.build();
    panic::set_hook(hook);
    built.map_err(|error| {
        CliError::operator(format!("the network can't be asked: epoll: {error}")).help(
            "the system allows this process too few open files (ulimit -n) or too little memory",
        )
    })
}

/// The threads of this process, or none where they can't be counted.
fn own_threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

fn too_few(how_many: std::fmt::Arguments<'_>) -> CliError {
    CliError::operator(format!("a scan needs threads, and {how_many}"))
        .help("the system allows this user or unit too few (ulimit -u, TasksMax=)")
}
