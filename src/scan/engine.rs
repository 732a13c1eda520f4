//! The run loop: passes over the services until every observation can be trusted, and the ending.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::dispatcher::Dispatcher;
use super::error::ScanError;
use super::events::{EventSink, ScanEvent};
use super::input::ScanInput;
use super::load::LoadLimits;
use super::outcome::{Ending, ScanOutcome};
use super::prober::Prober;
use super::service::{ScanContext, scan_service};
use super::stop::StopSignal;
use super::vantage_monitor::VantageTests;
use crate::evidence::vantage;
use crate::judge::ServiceResult;
use crate::model::{Outcome, Run, Service, ServiceId, Vantage, VantageIpv6};
use crate::store::{Recorder, StoreError};

/// Tests that a vantage point that was cut off gets to recover.
const RECOVERY_TESTS_MAX: u8 = 5;

/// Services that are being asked at once, for each conversation that may be open: most of them wait for
/// their turn at an address or a name server, or for an answer.
const AWAKE_PER_CONVERSATION: usize = 4;

/// Services that are being asked whatever they take of this machine.
const AWAKE_ALWAYS: usize = 16;

/// Services that begin together at the most.
const BEGIN_TOGETHER: usize = 8;

/// Services in memory for each conversation that may be open: most of them wait for their next round,
/// with little more than their verdicts.
const SERVICES_PER_CONVERSATION: usize = 64;

/// Carries a run to its end and writes the run to the store.
pub(super) async fn run(
    input: ScanInput,
    prober: Arc<dyn Prober>,
    stop: StopSignal,
    events: EventSink<'_>,
) -> Result<ScanOutcome, ScanError> {
    let ScanInput { inventory, services, mut run, recorder, reader, resumed, policy, trust } =
        input;
    let settings = inventory.settings.clone();
    let conversations_max = settings.concurrency.max(1);
    let dispatcher =
        Dispatcher::new(prober, settings, run.id.clone(), recorder.clone(), reader, resumed);
    let dispatcher = Arc::new(dispatcher);
    let mut tests = VantageTests::resume(&dispatcher, &inventory, &run, events)?;
    tracing::info!(services = services.len(), resumed, "scan started");
    events(ScanEvent::Started { services: services.len() });

    let first = tokio::select! {
        biased;
        () = stop_requested(&stop, events) => None,
        vantage = tests.make_test() => Some(vantage),
    };
    let Some(first) = first else {
        return Ok(write_end(recorder, run, Ending::Interrupted, &dispatcher, events)?);
    };
    if first.ipv6 == VantageIpv6::Absent || !tests.last_succeeded() {
        if !resumed {
            run = run.ended_at(Timestamp::now());
            run.vantage = Vantage { ipv6: VantageIpv6::Absent, ..first };
        }
        // What an earlier session saw still counts, and a later one goes on: the run stays as it was.
        return Ok(write_end(recorder, run, Ending::VantageAbsent, &dispatcher, events)?);
    }

    // The vantage point as the planner and the judge see it during a pass.
    let mut assumed = first;
    let mut pass = 0;
    let (results, as_of) = loop {
        let as_of = Timestamp::now();
        let (resting, mut rested) = mpsc::unbounded_channel();
        let context = ScanContext {
            dispatcher: Arc::clone(&dispatcher),
            inventory: Arc::clone(&inventory),
            policy: Arc::clone(&policy),
            trust: Arc::clone(&trust),
            vantage: Arc::new(assumed.clone()),
            as_of,
            stop: stop.clone(),
            load: Arc::default(),
            has_stored_evidence: resumed || pass > 0,
            resting,
        };
        // Beside the services, and never in their way: a stalled loop would look like slow targets.
        let testing = async {
            tests.make_tests_until(u8::MAX, |_| false).await;
            std::future::pending::<()>().await;
        };
        let results = tokio::select! {
            biased;
            () = stop_requested(&stop, events) => None,
            () = testing => None,
            scanned = scan_services(
                &context,
                conversations_max,
                services.clone(),
                &mut rested,
                events,
            ) => scanned?,
        };
        // This test ends the last window in which the vantage point may have been lost.
        run.vantage = tests.make_test().await;
        let is_settled = run.vantage.lost == assumed.lost;
        if results.is_none() || is_settled || pass == vantage::REPEATS_MAX {
            break (results, as_of);
        }
        if !tests.last_succeeded() {
            tracing::info!("waiting for the vantage point");
            events(ScanEvent::WaitingForVantage);
            let is_stopped = tokio::select! {
                biased;
                () = stop_requested(&stop, events) => true,
                () = tests.make_tests_until(
                    RECOVERY_TESTS_MAX,
                    VantageTests::last_succeeded,
                ) => false,
            };
            if is_stopped {
                break (None, as_of);
            }
            run.vantage = tests.vantage();
            if !tests.last_succeeded() {
                break (results, as_of);
            }
        }
        pass += 1;
        tracing::info!(pass = pass + 1, "asking again what was asked without a vantage point");
        events(ScanEvent::AskingAgain { pass: pass + 1 });
        dispatcher.flush()?;
        assumed = run.vantage.clone();
    };
    run.complete = results.is_some();
    let ending = if run.complete { Ending::Complete } else { Ending::Interrupted };
    let outcome = write_end(recorder, run, ending, &dispatcher, events)?;
    let still_hold = results_still_hold(&outcome.run, &assumed, as_of, &inventory.timezone);
    Ok(ScanOutcome { results: results.filter(|_| still_hold), ..outcome })
}

/// Returns once the caller wants the scan to stop.
async fn stop_requested(stop: &StopSignal, events: EventSink<'_>) {
    stop.raised().await;
    tracing::info!("stopping: no further request is sent");
    events(ScanEvent::Stopping);
}

/// Scans every service, each in a task of its own so that handshakes use every core. Returns the
/// results in the order of the services, or `None` when the scan was stopped.
async fn scan_services(
    context: &ScanContext,
    conversations_max: usize,
    services: Vec<Arc<Service>>,
    rested: &mut mpsc::UnboundedReceiver<ServiceId>,
    events: EventSink<'_>,
) -> Result<Option<Vec<ServiceResult>>, ScanError> {
    let in_memory_max = conversations_max.saturating_mul(SERVICES_PER_CONVERSATION);
    let limits = LoadLimits {
        awake_always: conversations_max.min(AWAKE_ALWAYS),
        awake_max: conversations_max.saturating_mul(AWAKE_PER_CONVERSATION),
    };
    let mut results: Vec<Option<ServiceResult>> = services.iter().map(|_| None).collect();
    let mut waiting = in_turn(context, services)?.into_iter();
    // Dropped with this future, it ends the tasks.
    let mut tasks = JoinSet::new();
    let (sender, mut pulses) = mpsc::channel(1);
    let mut pulse = JoinSet::new();
    pulse.spawn(Arc::clone(&context.load).pulse(Arc::clone(&context.dispatcher), sender));
    while waiting.len() > 0 || !tasks.is_empty() {
        let joined = tokio::select! {
            biased;
            Some(()) = pulses.recv(), if waiting.len() > 0 => None,
            Some(service) = rested.recv() => {
                events(ScanEvent::ServiceRests { service });
                continue;
            }
            joined = tasks.join_next(), if !tasks.is_empty() => joined,
        };
        let mut begun = 0;
        while joined.is_none()
            && begun < BEGIN_TOGETHER
            && tasks.len() < in_memory_max
            && context.load.has_room(limits)
            && let Some((index, service)) = waiting.next()
        {
            begun += 1;
            let span = tracing::info_span!("service", id = %service.id);
            let (context, share) = (context.clone(), context.load.enter());
            let task = async move { (index, scan_service(context, service, share).await) };
            tasks.spawn(task.instrument(span));
        }
        match joined {
            None => {}
            Some(Ok((index, result))) => {
                let result = result?;
                if let Some(result) = &result {
                    report_finished(result, events);
                }
                results[index] = result;
            }
            Some(Err(error)) => {
                // A task ends early by a panic only: it is cancelled with this future alone.
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    Ok(results.into_iter().collect())
}

/// The services with their places, in the order in which they begin: first those of which nothing is known.
/// Of the others most is known already, and reading it again takes time in which nobody would be asked.
fn in_turn(
    context: &ScanContext,
    services: Vec<Arc<Service>>,
) -> Result<Vec<(usize, Arc<Service>)>, ScanError> {
    let mut turns: [Vec<(usize, Arc<Service>)>; 2] = Default::default();
    for (place, service) in services.into_iter().enumerate() {
        let is_known =
            context.has_stored_evidence && context.dispatcher.has_stored_evidence(&service.id)?;
        turns[usize::from(is_known)].push((place, service));
    }
    let [unknown, known] = turns;
    Ok([unknown, known].concat())
}

fn report_finished(result: &ServiceResult, events: EventSink<'_>) {
    let count = |outcome: Outcome| {
        let findings = result.verdicts.findings();
        findings.iter().filter(|(_, finding)| finding.outcome == outcome).count()
    };
    tracing::info!(
        service = %result.service.id,
        standing = result.standing.id(),
        stage = result.standing.stage().map(|stage| stage.number()),
        passed = count(Outcome::Pass),
        failed = count(Outcome::Fail),
        inconclusive = count(Outcome::Inconclusive),
        "service finished"
    );
    let service = result.service.id.clone();
    events(ScanEvent::ServiceFinished { service, standing: result.standing });
}

/// Writes the run to the store for the last time in this session. Of itself only a complete run has
/// finished.
fn write_end(
    recorder: Recorder,
    mut run: Run,
    ending: Ending,
    dispatcher: &Dispatcher,
    events: EventSink<'_>,
) -> Result<ScanOutcome, StoreError> {
    if ending == Ending::Complete {
        run = run.ended_at(Timestamp::now());
    }
    recorder.finish(&run)?;
    tracing::info!(?ending, "scan finished");
    events(ScanEvent::Finished { ending });
    let (requests, timings) = (dispatcher.request_counts(), dispatcher.timings());
    Ok(ScanOutcome { run, ending, results: None, requests, timings })
}

/// Whether verdicts of a pass are those that the end of the run would give: they depend on the
/// vantage point, its clock and the date, on nothing finer.
fn results_still_hold(run: &Run, assumed: &Vantage, as_of: Timestamp, timezone: &str) -> bool {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let date = |moment: Timestamp| zone.to_datetime(moment).date();
    run.vantage.ipv6 == assumed.ipv6
        && run.vantage.has_wrong_clock() == assumed.has_wrong_clock()
        && run.vantage.dns64 == assumed.dns64
        && run.vantage.lost == assumed.lost
        && run.finished_at.is_some_and(|finished| date(finished) == date(as_of))
}

#[cfg(test)]
mod tests;
