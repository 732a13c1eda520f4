//! Sends what waits in the outbox: each message until its receiver has taken it, or it is given up.
//!
//! A message has one name on each try (a mail's Message-ID, a webhook's Idempotency-Key), and is marked as sent
//! in the store right after its receiver took it. A kill between those two has it sent once more, under the
//! same name.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::mail::{self, Mail};
use super::message::Message;
use super::sending::NotSent;
use super::webhook;
use crate::serve::config::alerts::{AlertsConfig, Channel, ChannelKind};
use crate::store::{Store, StoreError, StoredMessage};

/// Messages that are tried in one turn.
const TURN_MAX: usize = 100;

/// The first pause after a try that failed; each later one is twice as long.
const PAUSE_FIRST: SignedDuration = SignedDuration::from_secs(15);

/// The longest pause between two tries.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(60);

/// How long a message is tried whose receiver is out of reach.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);

/// How long a message is tried that is refused.
const PATIENCE_WHEN_REFUSED: SignedDuration = SignedDuration::from_hours(24);

/// How long one try may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a turn came to, by channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages that were taken.
    pub sent: usize,
    /// Channels that took a message, and those that didn't, with why.
    pub channels: BTreeMap<String, Result<(), String>>,
}

/// Tries every message whose time has come: channels beside each other, the messages of one after the other.
///
/// # Errors
/// When the store can't be read or written. What was not marked is tried again.
pub async fn deliver(
    db: &Path,
    config: &AlertsConfig,
    clock: &(dyn Fn() -> Timestamp + Sync),
) -> Result<Turn, StoreError> {
    let now = clock();
    let due = with_store(db, move |store| store.due_messages(now, TURN_MAX)).await?;
    let mut by_channel: BTreeMap<String, Vec<StoredMessage>> = BTreeMap::new();
    for message in due {
        by_channel.entry(message.channel.clone()).or_default().push(message);
    }
    let channels = by_channel.into_iter().map(|(name, messages)| async move {
        let channel = config.channel(&name);
        let told = deliver_by(db, channel, &messages, clock).await?;
        Ok::<_, StoreError>((name, told))
    });
    let mut turn = Turn::default();
    for told in futures_util::future::join_all(channels).await {
        let (name, (sent, outcome)) = told?;
        turn.sent += sent;
        turn.channels.insert(name, outcome);
    }
    Ok(turn)
}

async fn deliver_by(
    db: &Path,
    channel: Option<&Channel>,
    messages: &[StoredMessage],
    clock: &(dyn Fn() -> Timestamp + Sync),
) -> Result<(usize, Result<(), String>), StoreError> {
    let mut sent = 0;
    for message in messages {
        let tried = match channel {
            Some(channel) => {
                let sending = send(channel, message, clock());
                tokio::time::timeout(DEADLINE, sending)
                    .await
                    .unwrap_or_else(|_| Err(NotSent::for_now("it took too long")))
            }
            None => Err(NotSent::for_good("the configuration has no such channel any more")),
        };
        let (now, number) = (clock(), message.number);
        match tried {
            Ok(()) => {
                with_store(db, move |store| store.note_sent(number, now)).await?;
                tracing::info!(channel = message.channel, key = message.key, "sent a message");
                sent += 1;
            }
            Err(not_sent) => {
                let again_at = again_at(message, &not_sent, now);
                let problem = not_sent.problem.clone();
                with_store(db, move |store| store.note_not_sent(number, &problem, again_at))
                    .await?;
                tracing::warn!(
                    channel = message.channel,
                    key = message.key,
                    problem = not_sent.problem,
                    given_up = again_at.is_none(),
                    "a message was not taken"
                );
                // The others would meet the same; they wait for the next turn.
                return Ok((sent, Err(not_sent.problem)));
            }
        }
    }
    Ok((sent, Ok(())))
}

/// Work with the store, which may have to wait its turn.
async fn with_store<T: Send + 'static>(
    db: &Path,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let path = db.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&Store::open_existing(&path)?));
    done.await.unwrap_or_else(|error| Err(StoreError::Recording(error.to_string())))
}

/// When a message is tried again; `None` when it is given up.
pub fn again_at(message: &StoredMessage, not_sent: &NotSent, now: Timestamp) -> Option<Timestamp> {
    let age = now.duration_since(message.made_at);
    let patience = if not_sent.is_permanent { PATIENCE_WHEN_REFUSED } else { PATIENCE };
    if age >= patience {
        return None;
    }
    let doublings = message.tries.min(12);
    let pause = PAUSE_FIRST.checked_mul(1 << doublings).unwrap_or(PAUSE_MAX).min(PAUSE_MAX);
    Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX))
}

/// Sends one message.
async fn send(channel: &Channel, stored: &StoredMessage, now: Timestamp) -> Result<(), NotSent> {
    let message: Message = serde_json::from_str(&stored.document)
        .map_err(|error| NotSent::for_good(format!("the message can't be read: {error}")))?;
    let to: Vec<String> = stored
        .recipient
        .as_deref()
        .map(|all| all.split(',').map(|one| one.trim().to_owned()).collect())
        .unwrap_or_default();
    send_by(channel, &stored.key, &stored.route, &to, &message, now).await
}

/// Sends a message by a channel.
///
/// # Errors
/// Why it was not taken.
pub async fn send_by(
    channel: &Channel,
    key: &str,
    route: &str,
    to: &[String],
    message: &Message,
    now: Timestamp,
) -> Result<(), NotSent> {
    match &channel.kind {
        ChannelKind::Smtp(smtp) if to.is_empty() => {
            Err(NotSent::for_good(format!("{}: there is nobody to send it to", smtp.host)))
        }
        ChannelKind::Smtp(smtp) => mail::send(smtp, &Mail { key, to, message }).await,
        ChannelKind::Webhook(hook) => webhook::send(hook, key, route, message, now).await,
        ChannelKind::Template(hook) => webhook::send_by_template(hook, key, route, message).await,
    }
}

#[cfg(test)]
mod tests;
