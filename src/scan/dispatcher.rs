//! Asks each question of a run once, however many services lead to it.

use std::sync::{Arc, Mutex, PoisonError};

use super::coalescer::{RequestCoalescer, Seen};
use crate::model::{Evidence, Observation, ObservationId, Request, RunId, ServiceId, Settings};
use crate::plan;
use crate::probe::Live;
use crate::store::{Asker, Recorder, Store, StoreError};

/// Where a run's questions go: to what is already known, or to the network.
pub(crate) struct Dispatcher {
    live: Live,
    settings: Settings,
    run: RunId,
    recorder: Recorder,
    /// A connection of its own, which sees what the recorder has committed.
    reader: Mutex<Store>,
    known: RequestCoalescer,
    /// Whether an earlier session of this run may have asked already.
    resumed: bool,
}

/// An observation and its name.
pub(crate) type Fact = (ObservationId, Arc<Observation>);

impl Dispatcher {
    pub(crate) fn new(
        live: Live,
        settings: Settings,
        run: RunId,
        recorder: Recorder,
        reader: Store,
        resumed: bool,
    ) -> Self {
        let (reader, known) = (Mutex::new(reader), RequestCoalescer::default());
        Self { live, settings, run, recorder, reader, known, resumed }
    }

    /// Everything that was recorded and committed for a service.
    pub(crate) fn recorded(&self, service: &ServiceId) -> Result<Evidence, StoreError> {
        self.reader().evidence_of(&self.run, service)
    }

    /// The tests of the vantage point before this session.
    pub(crate) fn recorded_tests(&self) -> Result<Evidence, StoreError> {
        self.reader().vantage_evidence(&self.run)
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Asks, unless the run has asked before, and records the answer for the service.
    pub(crate) async fn ask(
        &self,
        service: &ServiceId,
        request: &Request,
    ) -> Result<Fact, StoreError> {
        self.ask_by(service, request, || self.ask_network(request)).await
    }

    /// As [`Dispatcher::ask`], with the network to ask.
    async fn ask_by<F: Future<Output = Arc<Observation>>>(
        &self,
        service: &ServiceId,
        request: &Request,
        network: impl Fn() -> F,
    ) -> Result<Fact, StoreError> {
        let key: Arc<str> = request.key().into();
        let cell = self.known.cell(&key);
        // What this call has found itself, and whether by asking.
        let mut found = None;
        let seen = cell
            .seen
            .get_or_try_init(|| async {
                let ((id, observation), is_new) = match self.stored(&key, cell.may_be_stored)? {
                    Some(fact) => (fact, false),
                    None => {
                        let observation = network().await;
                        // From here on nothing is awaited, so nobody who gives up leaves an answer
                        // behind that isn't recorded.
                        let asker = Asker::Service(service.clone());
                        ((self.recorder.record_as(asker, &key, &observation), observation), true)
                    }
                };
                self.known.answered(&key, &observation);
                let seen = Seen { id, observation: Arc::downgrade(&observation) };
                found = Some(((id, observation), is_new));
                Ok::<_, StoreError>(seen)
            })
            .await?;
        let fact = match found {
            Some((fact, true)) => return Ok(fact),
            Some((fact, false)) => Some(fact),
            None => seen.observation.upgrade().map(|observation| (seen.id, observation)),
        };
        self.recorder.share(service.clone(), Arc::clone(&key));
        let fact = match fact {
            Some(fact) => Some(fact),
            None => self.stored(&key, true)?,
        };
        match fact {
            Some(fact) => Ok(fact),
            // Not reached while the store keeps what it confirmed; asking again is always honest.
            None => {
                let observation = network().await;
                Ok((observation.id(), observation))
            }
        }
    }

    /// Asks for the vantage point itself; nothing is shared, every test is new.
    pub(crate) async fn test(&self, request: &Request) -> Fact {
        let observation = self.ask_network(request).await;
        (self.recorder.record(Asker::Vantage, &observation), observation)
    }

    async fn ask_network(&self, request: &Request) -> Arc<Observation> {
        let pause = plan::pause(&self.settings, request);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        // Boxed, so that what waits for its round takes no memory for what follows.
        Arc::new(Box::pin(self.live.ask(request)).await)
    }

    /// What the store holds of a request: from an earlier session, or from this one, where it may be
    /// so.
    fn stored(&self, key: &str, in_this_session: bool) -> Result<Option<Fact>, StoreError> {
        if in_this_session {
            self.recorder.flush()?;
        } else if !self.resumed {
            return Ok(None);
        }
        self.reader().observation_of(&self.run, key)
    }

    fn reader(&self) -> std::sync::MutexGuard<'_, Store> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
