//! SIGHUP: the configuration is read again, and taken whole or not at all.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::app::Shared;
use super::config::{self, ServeConfig};
use super::error::ServeError;
use super::listener::listen;
use super::tls;
use crate::inventory::Diagnostics;

/// Reads the configuration's file again. What is bad is logged and remembered, and the one in force goes on.
/// Returns a listener where the daemon is to listen elsewhere.
pub async fn reload(app: &Shared, listens_at: SocketAddr) -> Option<TcpListener> {
    match taken(app, listens_at).await {
        Ok(listener) => {
            tracing::info!("the configuration was read again and is in force");
            listener
        }
        Err(problems) => {
            for problem in &problems {
                tracing::error!(problem, "the configuration can't be taken");
            }
            tracing::error!(
                problems = problems.len(),
                "the configuration that was in force goes on; mend the file and reload again"
            );
            app.refuse_config(problems);
            None
        }
    }
}

async fn taken(app: &Shared, listens_at: SocketAddr) -> Result<Option<TcpListener>, Vec<String>> {
    let one = |error: &ServeError| vec![error.to_string()];
    let config = match app.config_file() {
        Some(file) => {
            let file = file.to_owned();
            let read = tokio::task::spawn_blocking(move || read_file(&file)).await;
            read.map_err(|_| {
                vec!["the configuration can't be read: an internal fault".to_owned()]
            })??
        }
        None => ServeConfig::default(),
    };
    let identity = match &config.tls {
        None => None,
        Some(files) => {
            let identity = tls::load(files).map_err(|fault| vec![fault.to_string()])?;
            Some((files.clone(), identity))
        }
    };
    let listener = match config.listen == listens_at {
        true => None,
        false => Some(listen(config.listen).await.map_err(|error| one(&error))?),
    };
    app.reconfigure(config).map_err(|error| one(&error))?;
    app.tls().replace(identity);
    Ok(listener)
}

fn read_file(file: &std::path::Path) -> Result<ServeConfig, Vec<String>> {
    let name = file.display().to_string();
    let text =
        std::fs::read(file).map_err(|error| vec![format!("{name}: can't be read: {error}")])?;
    let (config, warnings) = config::read::read(&text, &name).map_err(in_lines)?;
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

/// Each problem with its place.
fn in_lines(problems: Diagnostics) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
