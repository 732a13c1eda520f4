//! Asks each question of a run once, however many services lead to it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use crate::model::{
    Digest, Evidence, Observation, ObservationId, Reply, Request, RunId, ServiceId, Settings,
};
use crate::plan;
use crate::probe::Live;
use crate::store::{Asker, Recorder, Store, StoreError};

/// DNS answers that are kept at hand for services that come to the same question a little later;
/// older ones, and whole conversations, are read back from the store.
const AT_HAND_MAX: usize = 4096;

/// Where a run's questions go: to what is already known, or to the network.
pub(super) struct Asking {
    live: Live,
    settings: Settings,
    run: RunId,
    recorder: Recorder,
    /// A connection of its own, which sees what the recorder has committed.
    reader: Mutex<Store>,
    known: Mutex<Known>,
    /// Whether an earlier session of this run may have asked already.
    resumed: bool,
}

#[derive(Default)]
struct Known {
    // By the digest of the request's key, which is shorter than the key.
    cells: HashMap<Digest, Arc<OnceCell<Seen>>>,
    at_hand: VecDeque<Arc<Observation>>,
}

struct Seen {
    id: ObservationId,
    observation: Weak<Observation>,
}

/// An observation and its name.
pub(super) type Fact = (ObservationId, Arc<Observation>);

impl Asking {
    pub(super) fn new(
        live: Live,
        settings: Settings,
        run: RunId,
        recorder: Recorder,
        reader: Store,
        resumed: bool,
    ) -> Self {
        let (reader, known) = (Mutex::new(reader), Mutex::default());
        Self { live, settings, run, recorder, reader, known, resumed }
    }

    /// Everything that was recorded and committed for a service.
    pub(super) fn recorded(&self, service: &ServiceId) -> Result<Evidence, StoreError> {
        self.reader().evidence_of(&self.run, service)
    }

    /// The tests of the vantage point before this session.
    pub(super) fn recorded_tests(&self) -> Result<Evidence, StoreError> {
        self.reader().vantage_evidence(&self.run)
    }

    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Asks, unless the run has asked before, and records the answer for the service.
    pub(super) async fn ask(
        &self,
        service: &ServiceId,
        request: &Request,
    ) -> Result<Fact, StoreError> {
        let key = request.key();
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.cells.entry(Digest::of(key.as_bytes())).or_default())
        };
        let mut asked = None;
        let seen = cell
            .get_or_try_init(|| async {
                let (id, observation) = match self.earlier_session(&key)? {
                    Some(fact) => fact,
                    None => {
                        let fact = self.record(request, Asker::Service(service.clone())).await;
                        asked = Some(fact.clone());
                        fact
                    }
                };
                self.keep_at_hand(&observation);
                Ok::<_, StoreError>(Seen { id, observation: Arc::downgrade(&observation) })
            })
            .await?;
        if let Some(fact) = asked {
            return Ok(fact);
        }
        self.recorder.share(service.clone(), key.clone());
        if let Some(observation) = seen.observation.upgrade() {
            return Ok((seen.id, observation));
        }
        self.recorder.flush()?;
        let stored = self.reader().observation_of(&self.run, &key)?;
        match stored {
            Some(fact) => Ok(fact),
            // Not reached while the store keeps what it confirmed; asking again is always honest.
            None => {
                let observation = self.ask_network(request).await;
                Ok((observation.id(), observation))
            }
        }
    }

    /// Asks for the vantage point itself; nothing is shared, every test is new.
    pub(super) async fn test(&self, request: &Request) -> Fact {
        self.record(request, Asker::Vantage).await
    }

    async fn record(&self, request: &Request, asker: Asker) -> Fact {
        let observation = self.ask_network(request).await;
        (self.recorder.record(asker, &observation), observation)
    }

    async fn ask_network(&self, request: &Request) -> Arc<Observation> {
        let pause = plan::pause(&self.settings, request);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        // A conversation's state is large, and would be copied with each future around it.
        Arc::new(Box::pin(self.live.ask(request)).await)
    }

    fn earlier_session(&self, key: &str) -> Result<Option<Fact>, StoreError> {
        if self.resumed { self.reader().observation_of(&self.run, key) } else { Ok(None) }
    }

    fn keep_at_hand(&self, observation: &Arc<Observation>) {
        if !matches!(observation.reply, Reply::Dns(_) | Reply::DnsFailed(_)) {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.at_hand.push_back(Arc::clone(observation));
        if known.at_hand.len() > AT_HAND_MAX {
            known.at_hand.pop_front();
        }
    }

    fn reader(&self) -> std::sync::MutexGuard<'_, Store> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
