//! Sends what waits, as long as the daemon runs, and tells when a channel takes nothing.

use std::time::Duration;

use super::after_run::tell_own;
use super::alert::Kind;
use super::decide::OwnTrouble;
use super::delivery::{Turn, deliver};
use crate::model::Severity;
use crate::serve::app::Shared;
use crate::store::Store;

/// How often it is looked whether a message waits, when nothing says so.
const INTERVAL: Duration = Duration::from_secs(20);

/// Tries that fail before it is told that a channel takes nothing.
const TRIES_BEFORE_TOLD: u32 = 3;

/// Sends what waits until it is ended. A try that is ended is made again, under the same name.
pub async fn run(app: Shared) {
    loop {
        let config = app.config();
        let clock_of = std::sync::Arc::clone(&app);
        let clock = move || clock_of.now();
        match deliver(app.db(), &config.alerts, &clock).await {
            Ok(turn) => tell_troubles(&app, turn).await,
            Err(error) => tracing::error!(%error, "messages can't be sent"),
        }
        tokio::select! {
            () = app.jobs().sender_woken() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

/// Tells what is wrong with channels, by the others and on the pages.
async fn tell_troubles(app: &Shared, turn: Turn) {
    if turn.channels.is_empty() {
        return;
    }
    let app = std::sync::Arc::clone(app);
    let told = tokio::task::spawn_blocking(move || {
        for (channel, outcome) in turn.channels {
            let problem = outcome.err();
            if problem.is_some() && !has_failed_often(&app, &channel) {
                continue;
            }
            tell_own(
                &app,
                OwnTrouble {
                    key: format!("delivery:{channel}"),
                    kind: Kind::Delivery,
                    severity: Severity::Error,
                    problem: problem.map(|problem| format!("{channel}: {problem}")),
                },
            );
        }
    });
    if let Err(error) = told.await {
        tracing::error!(%error, "what is wrong with a channel can't be told");
    }
}

fn has_failed_often(app: &Shared, channel: &str) -> bool {
    const LOOKED_AT: usize = 200;
    let messages = Store::open_existing(app.db()).and_then(|store| store.messages(LOOKED_AT));
    messages.is_ok_and(|messages| {
        let of_channel = |tries: u32| tries >= TRIES_BEFORE_TOLD;
        messages.iter().any(|message| {
            message.channel == channel && message.problem.is_some() && of_channel(message.tries)
        })
    })
}
