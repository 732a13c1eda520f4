//! The state that all parts of the daemon share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::task::AbortHandle;

use super::access::Access;
use super::access::table::StoreTable;
use super::config::ServeConfig;
use super::error::ServeError;
use super::jobs::state::Jobs;
use super::readers::{Reader, Readers};
use super::sole::Sole;
use super::tls::{self, OwnCertificate, Tls};
use crate::scan::{StopSignal, Stopper};
use crate::store::{Store, StoreError};
use crate::view::View;

/// What every handler gets.
pub type Shared = Arc<App>;

/// Tells the time; tests have one of their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where the daemon finds what it works with.
#[derive(Clone, Debug)]
pub struct Places {
    /// The evidence store.
    pub db: PathBuf,
    /// The configuration's file, where there is one.
    pub config: Option<PathBuf>,
}

/// The running daemon.
pub struct App {
    places: Places,
    config: RwLock<Arc<ServeConfig>>,
    config_fault: RwLock<Option<ConfigFault>>,
    tls: Tls,
    stop: (Stopper, StopSignal),
    running_jobs: OnceLock<AbortHandle>,
    view_is_ready: AtomicBool,
    _sole: Sole,
    readers: Readers,
    view: View,
    jobs: Jobs,
    access: Arc<Access>,
    clock: Clock,
}

/// Why the configuration that lies in the file is not the one that is in force.
#[derive(Clone, Debug)]
pub struct ConfigFault {
    /// When it was read.
    pub at: Timestamp,
    /// What is wrong with it, each with line and column where it has them.
    pub problems: Arc<[String]>,
}

impl App {
    /// Opens what the parts work with, for this process alone. The store is made when it is missing.
    ///
    /// # Errors
    /// When the store or what lies beside it can't be used, or another daemon serves it.
    pub fn open(places: Places, config: ServeConfig, clock: Clock) -> Result<Shared, ServeError> {
        let sole = Sole::take(&places.db)?;
        // Brings the store up to this version, or makes it.
        drop(Store::open(&places.db)?);
        let tls = Tls::default();
        if let Some(files) = &config.tls {
            let identity = tls::load(files)
                .map_err(|fault| ServeError::new(fault.message).help(fault.help))?;
            tls.replace(Some((files.clone(), identity)));
        }
        let view = View::open(&places.db)?;
        let sessions = Arc::new(StoreTable::of(&places.db));
        let access = Arc::new(Access::open(&config, sessions, Arc::clone(&clock))?);
        Ok(Arc::new(Self {
            readers: Readers::of(&places.db),
            config: RwLock::new(Arc::new(config)),
            config_fault: RwLock::default(),
            tls,
            stop: StopSignal::new(),
            running_jobs: OnceLock::new(),
            view_is_ready: AtomicBool::new(false),
            _sole: sole,
            view,
            jobs: Jobs::default(),
            access,
            clock,
            places,
        }))
    }

    /// The configuration in force. A reload replaces it whole: ask for it once a request.
    pub fn config(&self) -> Arc<ServeConfig> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is wrong with the configuration in the file, when it could not be taken.
    pub fn config_fault(&self) -> Option<ConfigFault> {
        self.config_fault.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A connection to read the store by, for work that may block. It goes back to the others when it is
    /// dropped.
    ///
    /// # Errors
    /// When the store can't be opened.
    pub fn store(&self) -> Result<Reader<'_>, StoreError> {
        self.readers.take()
    }

    /// The store's file.
    pub fn db(&self) -> &Path {
        &self.places.db
    }

    /// The judged view.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The scans and what else is done by itself.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Who may what.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Puts another configuration into force.
    ///
    /// # Errors
    /// When who may what can't be set up by it; the one in force stays then.
    pub fn reconfigure(&self, config: ServeConfig) -> Result<(), ServeError> {
        self.access.reconfigure(&config)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
        *self.config_fault.write().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Goes on with the configuration in force, and remembers what is wrong with the one in the file.
    pub fn refuse_config(&self, problems: Vec<String>) {
        let fault = ConfigFault { at: self.now(), problems: problems.into() };
        *self.config_fault.write().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// The configuration's file, where there is one.
    pub fn config_file(&self) -> Option<&Path> {
        self.places.config.as_deref()
    }

    /// The identity by which TLS is spoken.
    pub fn tls(&self) -> &Tls {
        &self.tls
    }

    /// The daemon's own certificate, and whether the files of a newer one can't be used.
    pub fn own_certificate(&self) -> Option<OwnCertificate> {
        self.tls.own_certificate()
    }

    /// What is raised when the daemon ends: what goes on listens to it and comes to its end.
    pub fn stop_signal(&self) -> StopSignal {
        self.stop.1.clone()
    }

    /// Tells everything that goes on that the daemon ends.
    pub fn stop(&self) {
        self.stop.0.stop();
    }

    /// Whether scans are begun at their time.
    pub fn jobs_are_running(&self) -> bool {
        self.running_jobs.get().is_some_and(|jobs| !jobs.is_finished())
    }

    /// Whether the judged view has been brought up to date since the daemon began.
    pub fn view_is_ready(&self) -> bool {
        self.view_is_ready.load(Ordering::Relaxed)
    }

    /// Brings the judged view up to date, for the first time.
    pub(super) fn begin_view(&self) {
        match self.view.refresh() {
            Ok(_) => self.view_is_ready.store(true, Ordering::Relaxed),
            Err(error) => tracing::error!(%error, "the judged view can't be brought up to date"),
        }
    }

    /// Takes what tells whether the jobs go on.
    pub(super) fn note_jobs(&self, jobs: AbortHandle) {
        // They are begun once.
        let _ = self.running_jobs.set(jobs);
    }
}
