//! The daemon from its start to its end.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::app::Shared;
use super::connections::{Connections, is_of_one_connection};
use super::error::ServeError;
use super::health;
use super::listener::{announce, listen};
use super::notify;
use super::reload::reload;
use super::server::router;
use super::tls::Looked;
use crate::runs::run_id::random_letters;

/// How often the files of the certificate are looked at, and whether the daemon is well.
const TICK: Duration = Duration::from_secs(1);

/// How long connections and jobs have to come to their end.
const END_WITHIN: Duration = Duration::from_secs(4);

/// How often it is said that the own certificate expires.
const SAY_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Listens and answers until SIGTERM or SIGINT. SIGHUP reads the configuration again.
///
/// # Errors
/// When nothing can be listened at, or signals can't be caught.
pub async fn run(app: Shared) -> Result<(), ServeError> {
    let listener = listen(app.config().listen).await?;
    run_at(app, listener).await
}

/// As [`run`], at a socket that listens already.
///
/// # Errors
/// When signals can't be caught.
pub async fn run_at(app: Shared, listener: TcpListener) -> Result<(), ServeError> {
    let mut signals = Signals::catch()?;
    let connections = Connections::new(router(app.clone(), &random_letters(6)));
    say_where(&app, &listener);
    let of_view = app.clone();
    tokio::task::spawn_blocking(move || of_view.begin_view());
    let jobs = tokio::spawn(super::jobs::run(app.clone()));
    app.note_jobs(jobs.abort_handle());
    notify::ready("answering");
    serve(&app, &mut signals, listener, &connections).await;
    notify::stopping();
    tracing::info!("ending");
    app.stop();
    let end = async { tokio::join!(connections.end(), jobs) };
    if tokio::time::timeout(END_WITHIN, end).await.is_err() {
        tracing::warn!("not everything came to its end in time; what was committed stays");
    }
    Ok(())
}

struct Signals {
    hang_up: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn catch() -> Result<Self, ServeError> {
        let catch = |kind| {
            signal(kind)
                .map_err(|error| ServeError::new(format!("signals can't be caught: {error}")))
        };
        Ok(Self {
            hang_up: catch(SignalKind::hangup())?,
            terminate: catch(SignalKind::terminate())?,
            interrupt: catch(SignalKind::interrupt())?,
        })
    }
}

fn say_where(app: &Shared, listener: &TcpListener) {
    let config = app.config();
    let address = listener.local_addr().unwrap_or(config.listen);
    announce(address, config.tls.is_some(), config.has_proxy());
}

async fn serve(
    app: &Shared,
    signals: &mut Signals,
    mut listener: TcpListener,
    connections: &Connections,
) {
    // As it is written: with port 0 the listener's own address says another.
    let mut listens_at: SocketAddr = app.config().listen;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut watch = Watch::begin();
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.hang_up.recv() => {
                notify::reloading();
                if let Some(other) = reload(app, listens_at).await {
                    listener = other;
                }
                if listens_at != app.config().listen {
                    listens_at = app.config().listen;
                    say_where(app, &listener);
                }
                notify::ready(match app.config_fault() {
                    None => "answering",
                    Some(_) => "answering; the configuration in the file can't be taken",
                });
            }
            _ = tick.tick() => watch.look(app).await,
            accepted = listener.accept(), if connections.have_room() => match accepted {
                Ok((stream, peer)) => connections.take(stream, peer, app.tls().identity()),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken now");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
}

/// What is looked at again and again.
struct Watch {
    every: Option<Duration>,
    said_well: Instant,
    said_expiry: Option<Timestamp>,
}

impl Watch {
    fn begin() -> Self {
        Self { every: notify::watchdog_interval(), said_well: Instant::now(), said_expiry: None }
    }

    async fn look(&mut self, app: &Shared) {
        match app.tls().look() {
            Looked::Unchanged => {}
            Looked::Renewed(not_after) => {
                tracing::info!(%not_after, "a new certificate is in force");
                self.said_expiry = None;
            }
            Looked::Faulty(fault) => {
                tracing::error!("the new certificate can't be used, the one before stays: {fault}");
            }
        }
        self.say_expiry(app);
        // The ping comes from the loop that takes connections, and only when work gets done.
        if let Some(every) = self.every
            && self.said_well.elapsed() + TICK >= every
        {
            self.said_well = Instant::now();
            match health::is_alive(app).await {
                true => notify::well(),
                false => {
                    tracing::error!("work does not get done; the watchdog is not told otherwise")
                }
            }
        }
    }

    fn say_expiry(&mut self, app: &Shared) {
        let now = app.now();
        let Some(own) = app.own_certificate().filter(|own| own.expires_soon(now)) else { return };
        if self.said_expiry.is_some_and(|said| now.duration_since(said) < SAY_AGAIN) {
            return;
        }
        self.said_expiry = Some(now);
        let not_after = own.not_after;
        if not_after <= now {
            tracing::error!(%not_after, "the daemon's own certificate has expired: browsers refuse it");
        } else {
            tracing::warn!(%not_after, "the daemon's own certificate expires soon: renew it");
        }
    }
}
