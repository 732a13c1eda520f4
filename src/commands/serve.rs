//! `v6ready serve`: the daemon.

mod hash;
mod token;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cli::{Global, ServeAction, ServeArgs};
use super::config::unusable_config;
use super::error::CliError;
use super::terminal;
use crate::serve::app::{App, Places};
use crate::serve::config::{self, ServeConfig};
use crate::serve::run;

/// Runs the daemon until it is told to end, or only checks its configuration.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(global: &Global, args: &ServeArgs) -> Result<ExitCode, CliError> {
    match &args.action {
        Some(ServeAction::Hash) => return hash::run(),
        Some(ServeAction::Token(args)) => return token::run(args),
        None => {}
    }
    if args.schema {
        terminal::print(config::schema())?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = read_config(global)?;
    if args.check_config {
        match &global.config {
            Some(file) => {
                let file = file.display();
                terminal::line(format_args!("{file}: the configuration can be used"))?;
            }
            None => terminal::line(
                "no configuration is named (`--config FILE`); the defaults can be used",
            )?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let places = Places { db: global.db.clone(), config: global.config.clone() };
    let app = App::open(places, config, Arc::new(Timestamp::now))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(run::run(app));
    // What still blocks is not waited for: everything that counts is committed.
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the daemon's configuration, and prints what is to be said of it.
///
/// # Errors
/// When it can't be read.
pub(super) fn read_config(global: &Global) -> Result<ServeConfig, CliError> {
    let Some(file) = &global.config else { return Ok(ServeConfig::default()) };
    let name = file.display().to_string();
    let text = std::fs::read(file)
        .map_err(|error| CliError::operator(format!("{name}: can't be read: {error}")))?;
    let (config, warnings) =
        config::read::read(&text, &name).map_err(|problems| unusable_config(&name, &problems))?;
    for warning in &warnings {
        terminal::note(terminal::render_diagnostic(warning));
    }
    Ok(config)
}
