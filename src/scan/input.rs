//! What a scan is made from.

use std::sync::Arc;

use crate::evidence::tls::TrustedRoots;
use crate::model::{Inventory, Run, Service};
use crate::policy::Policy;
use crate::store::{Recorder, Store};

/// The services to scan, what they are judged by, and the store that takes what is observed.
pub struct ScanInput {
    /// What is scanned, with the effective settings.
    pub inventory: Arc<Inventory>,
    /// The chosen services.
    pub services: Vec<Arc<Service>>,
    /// The run as it was begun or resumed.
    pub run: Run,
    /// Writes the run's observations to the store.
    pub recorder: Recorder,
    /// A second connection to the same store.
    pub reader: Store,
    /// Whether an earlier session of this run may have recorded answers.
    pub resumed: bool,
    /// The policy by which services are judged while their evidence is in memory.
    pub policy: Arc<Policy>,
    /// The trusted authorities.
    pub trust: Arc<TrustedRoots>,
}
