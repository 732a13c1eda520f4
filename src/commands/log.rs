//! The log: what the program does, on stderr.

use tracing_subscriber::EnvFilter;

use super::cli::{Global, LogFormat};

/// Starts the log: warnings; with `-v` the course of a scan, with `-vv` each request. Libraries log
/// their warnings only.
pub(super) fn start(global: &Global) {
    let directives = match global.verbose {
        0 => "warn",
        1 => "warn,v6ready=info",
        _ => "warn,v6ready=debug",
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives))
        .with_writer(std::io::stderr);
    // Only a second subscriber could be refused, and this is the first.
    let _ = match global.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
