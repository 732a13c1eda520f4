//! The log: what the program does, on stderr.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::cli::{Global, LogFormat};
use super::terminal;

/// Starts the log: warnings; with `-v` the course of a scan, with `-vv` each request. That of the daemon
/// begins with its course, and `-v` says more. Libraries log their warnings only.
pub(super) fn start(global: &Global, is_daemon: bool) {
    let own = match global.verbose {
        0 if is_daemon && !global.quiet => LevelFilter::INFO,
        0 => LevelFilter::WARN,
        1 if !is_daemon => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let package = env!("CARGO_PKG_NAME");
    let mut levels = Targets::new().with_default(LevelFilter::WARN).with_target(package, own);
    if is_daemon && global.verbose == 0 {
        // It opens its store again and again, which is no news.
        levels = levels.with_target(format!("{package}::store"), LevelFilter::WARN);
    }
    // Colours are for a terminal: in a file they are octets between which nobody finds anything.
    let log = tracing_subscriber::fmt::layer()
        .with_writer(terminal::errors)
        .with_ansi(terminal::stderr_is_coloured());
    let registry = tracing_subscriber::registry().with(levels);
    // Only a second subscriber could be refused, and this is the first.
    let _ = match global.log_format {
        LogFormat::Text => registry.with(log).try_init(),
        LogFormat::Json => registry.with(log.json()).try_init(),
    };
}
