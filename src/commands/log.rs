//! The log: what the program does, on stderr.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::cli::{Global, LogFormat};
use super::terminal;

/// Starts the log: warnings; with `-v` the course of a scan, with `-vv` each request. Libraries log
/// their warnings only.
pub(super) fn start(global: &Global) {
    let own = match global.verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let levels =
        Targets::new().with_default(LevelFilter::WARN).with_target(env!("CARGO_PKG_NAME"), own);
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
