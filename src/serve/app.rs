//! The state that all parts of the daemon share.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::access::Access;
use super::access::table::StoreTable;
use super::config::ServeConfig;
use super::error::ServeError;
use super::jobs::Jobs;
use super::readers::{Reader, Readers};
use crate::inventory::Diagnostics;
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
    /// What is wrong with it, each with line and column.
    pub problems: Arc<Diagnostics>,
}

impl App {
    /// Opens what the parts work with. The store is made when it is missing.
    ///
    /// # Errors
    /// When the store or what lies beside it can't be used.
    pub fn open(places: Places, config: ServeConfig, clock: Clock) -> Result<Shared, ServeError> {
        // Brings the store up to this version, or makes it.
        drop(Store::open(&places.db)?);
        let view = View::open(&places.db)?;
        let sessions = Arc::new(StoreTable::of(&places.db));
        let access = Arc::new(Access::open(&config, sessions, Arc::clone(&clock))?);
        Ok(Arc::new(Self {
            readers: Readers::of(&places.db),
            config: RwLock::new(Arc::new(config)),
            config_fault: RwLock::default(),
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
    pub fn refuse_config(&self, problems: Diagnostics) {
        let fault = ConfigFault { at: self.now(), problems: Arc::new(problems) };
        *self.config_fault.write().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// The configuration's file, where there is one.
    pub fn config_file(&self) -> Option<&Path> {
        self.places.config.as_deref()
    }
}
