//! Takes each request to what is known already or to the network, so that a run makes it once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock_monitor::ClockMonitor;
use super::coalescer::{CellAnswer, RequestCoalescer};
use super::prober::Prober;
use crate::evidence::reach::is_later_round;
use crate::model::{
    Evidence, Family, Limit, Name, Observation, ObservationId, Request, RequestCounts, RequestKind,
    RunId, ServiceId, Settings, Timings,
};
use crate::plan;
use crate::probe::Tally;
use crate::store::{Asker, Recorder, Store, StoreError};

/// The one way from a service's request to its answer.
pub(super) struct Dispatcher {
    prober: Arc<dyn Prober>,
    settings: Settings,
    run: RunId,
    recorder: Recorder,
    /// A connection of its own, which sees what the recorder has committed.
    reader: Mutex<Store>,
    coalescer: RequestCoalescer,
    clock: ClockMonitor,
    /// Whether an earlier session of this run may have recorded answers.
    is_resumed: bool,
    sent: AtomicU64,
    timed_out: AtomicU64,
    began: Instant,
    tally: Tally,
}

/// An observation with its id.
pub(super) type RecordedObservation = (ObservationId, Arc<Observation>);

impl Dispatcher {
    pub(super) fn new(
        prober: Arc<dyn Prober>,
        settings: Settings,
        run: RunId,
        recorder: Recorder,
        reader: Store,
        is_resumed: bool,
    ) -> Self {
        let (reader, coalescer) = (Mutex::new(reader), RequestCoalescer::default());
        let (sent, timed_out) = (AtomicU64::new(0), AtomicU64::new(0));
        Self {
            prober,
            settings,
            run,
            recorder,
            reader,
            coalescer,
            clock: ClockMonitor::start(),
            is_resumed,
            sent,
            timed_out,
            began: Instant::now(),
            tally: Tally::default(),
        }
    }

    /// What the answers until now say of our own clock.
    pub(super) fn clock(&self) -> &ClockMonitor {
        &self.clock
    }

    /// What was sent until now.
    pub(super) fn request_counts(&self) -> RequestCounts {
        RequestCounts {
            sent: self.sent.load(Ordering::Relaxed),
            timed_out: self.timed_out.load(Ordering::Relaxed),
        }
    }

    /// Counts where the time goes.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Where the time went until now.
    pub(super) fn timings(&self) -> Timings {
        let mut timings = Timings { lasted: self.began.elapsed(), ..Timings::default() };
        self.tally.add_to(&mut timings);
        self.prober.add_timings(&mut timings);
        timings
    }

    /// Everything that was recorded and committed for a service.
    pub(super) fn stored_evidence(&self, service: &ServiceId) -> Result<Evidence, StoreError> {
        let evidence = self.reader().evidence_of(&self.run, service)?;
        if self.is_resumed {
            self.clock.hear_all(&evidence);
        }
        Ok(evidence)
    }

    /// Whether anything was recorded and committed for a service.
    pub(super) fn has_stored_evidence(&self, service: &ServiceId) -> Result<bool, StoreError> {
        self.reader().has_evidence_of(&self.run, service)
    }

    /// The tests of the vantage point before this session.
    pub(super) fn stored_vantage_tests(&self) -> Result<Evidence, StoreError> {
        self.reader().vantage_evidence(&self.run)
    }

    /// Answers a request of a service, from what is known or from the network, and records that the
    /// service has the answer.
    pub(super) async fn answer(
        &self,
        service: &ServiceId,
        request: &Request,
    ) -> Result<RecordedObservation, StoreError> {
        let key: Arc<str> = request.key().into();
        let cell = self.coalescer.cell(&key);
        // Set when it is this call that fills the cell.
        let mut found = None;
        let cell_answer = cell
            .answer
            .get_or_try_init(|| async {
                let ((id, observation), is_new) =
                    match self.stored_answer(&key, cell.may_be_stored)? {
                        Some(stored) => (stored, false),
                        None => {
                            let observation = self.ask_network(request).await;
                            // No await from here on: a caller that gives up leaves no answer behind
                            // that isn't recorded.
                            let asker = Asker::Service(service.clone());
                            let id = self.recorder.record_as(asker, &key, &observation);
                            self.clock.hear(id, &observation);
                            ((id, observation), true)
                        }
                    };
                self.coalescer.note_answer(&key, &observation);
                let cell_answer = CellAnswer { id, observation: Arc::downgrade(&observation) };
                found = Some(((id, observation), is_new));
                Ok::<_, StoreError>(cell_answer)
            })
            .await?;
        let known = match found {
            Some((answer, true)) => return Ok(answer),
            Some((answer, false)) => Some(answer),
            None => cell_answer.observation.upgrade().map(|known| (cell_answer.id, known)),
        };
        tracing::debug!(%request, "request shared: the run has its answer already");
        self.tally.answer_shared();
        self.recorder.share(service.clone(), Arc::clone(&key));
        let known = match known {
            Some(known) => Some(known),
            None => self.stored_answer(&key, true)?,
        };
        match known {
            Some(known) => Ok(known),
            // Not reached while the store keeps what it confirmed; asking again is always honest.
            None => {
                let observation = self.ask_network(request).await;
                Ok((observation.id(), observation))
            }
        }
    }

    /// Makes and records a request of a vantage test. Its answer is never shared: every test is new.
    pub(super) async fn test_vantage(&self, request: &Request) -> RecordedObservation {
        let observation = self.ask_network(request).await;
        let id = self.recorder.record(Asker::Vantage, &observation);
        self.clock.hear(id, &observation);
        (id, observation)
    }

    /// Tells the prober by which names it may introduce itself to mail servers.
    pub(super) fn introduce_as(&self, names: &[(Family, Name)]) {
        self.prober.introduce_as(names);
    }

    /// Returns when everything recorded until now is committed.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        self.recorder.flush()?;
        tracing::debug!("store flushed: everything recorded until now is committed");
        Ok(())
    }

    /// Whether what is recorded is still being written.
    ///
    /// # Errors
    /// The first failure of the store's writer: further answers would be lost.
    pub(super) fn check_recorder(&self) -> Result<(), StoreError> {
        match self.recorder.failure() {
            Some(failure) => Err(StoreError::Recording(failure.to_owned())),
            None => Ok(()),
        }
    }

    async fn ask_network(&self, request: &Request) -> Arc<Observation> {
        let pause = plan::pause(&self.settings, request);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
            let is_later = is_later_round(request);
            let limit = if is_later { Limit::RoundInterval } else { Limit::RetryInterval };
            self.tally.wait(limit, pause);
        }
        let observation = self.prober.ask(request).await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let took = Duration::from_micros(observation.elapsed_us);
        self.tally.request(RequestKind::of(&request.question), took);
        let timed_out = u64::from(observation.reply.timed_out());
        self.timed_out.fetch_add(timed_out, Ordering::Relaxed);
        tracing::debug!(%request, elapsed_us = observation.elapsed_us, "request answered");
        Arc::new(observation)
    }

    /// What the store holds of a request: from an earlier session, or from this one, where it may be
    /// so.
    fn stored_answer(
        &self,
        key: &str,
        in_this_session: bool,
    ) -> Result<Option<RecordedObservation>, StoreError> {
        if in_this_session {
            self.flush()?;
        } else if !self.is_resumed {
            return Ok(None);
        }
        self.reader().observation_of(&self.run, key)
    }

    fn reader(&self) -> MutexGuard<'_, Store> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
