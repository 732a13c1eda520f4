//! One run: tests the vantage point, asks what the planner names, and ends at any instant with
//! everything that was seen in the store.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::dispatcher::Dispatcher;
use super::service::{ScanContext, visit};
use crate::commands::error::CliError;
use crate::commands::progress::Progress;
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::judge::ServiceResult;
use crate::model::{Evidence, Inventory, Run, Service, Vantage, VantageIpv6};
use crate::policy::Policy;
use crate::probe::Live;
use crate::store::{Recorder, Store};

/// What a run is made from.
pub(crate) struct ScanInput {
    /// What is scanned, with the effective settings.
    pub inventory: Arc<Inventory>,
    /// The chosen services.
    pub services: Vec<Arc<Service>>,
    /// The run as it was begun (or resumed).
    pub run: Run,
    /// Where facts go.
    pub recorder: Recorder,
    /// A second connection to the same store.
    pub reader: Store,
    /// Whether an earlier session of this run has asked already.
    pub resumed: bool,
    /// What services are judged by while their evidence is at hand.
    pub policy: Arc<Policy>,
    /// The trusted authorities.
    pub trust: Arc<TrustedRoots>,
}

/// A run that has ended.
pub(crate) struct ScanEnd {
    /// The run as it was written to the store.
    pub run: Run,
    /// How it ended.
    pub ending: Ending,
    /// Every service's result, in the order of the services, when what they were judged by still
    /// holds at the end of the run; otherwise the store's evidence is to be judged.
    pub judged: Option<Vec<ServiceResult>>,
}

/// How asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything that the planner named was asked.
    Complete,
    /// Somebody stopped it; it can be resumed.
    Interrupted,
    /// The vantage point had no IPv6 or no resolver, so no service was asked.
    Absent,
}

/// Asks everything, and judges each service as soon as it has been asked everything. The run that
/// comes back has been written to the store.
///
/// # Errors
/// What the operator must mend: sockets that can't be opened, a store that can't be written.
pub(crate) async fn scan(setup: ScanInput, progress: &Progress) -> Result<ScanEnd, CliError> {
    let ScanInput { inventory, services, mut run, recorder, reader, resumed, policy, trust } =
        setup;
    let settings = inventory.settings.clone();
    let live = Live::new(&settings).map_err(CliError::of_error)?;
    let asking = Dispatcher::new(live, settings, run.id.clone(), recorder.clone(), reader, resumed);
    let asking = Arc::new(asking);
    let mut tests = Tests::begin(&asking, &inventory, &run).map_err(CliError::of_error)?;
    let vantage = tests.next().await;
    if vantage.ipv6 == VantageIpv6::Absent || !tests.last_works() {
        // What an earlier session saw while the vantage point worked still counts.
        let ipv6 = if resumed { vantage.ipv6 } else { VantageIpv6::Absent };
        run.vantage = Vantage { ipv6, ..vantage };
        return close(recorder, run, Ending::Absent);
    }
    let (stopping, stop) = watch::channel(false);
    // As many services are under way as conversations may be: each has several addresses.
    let places = inventory.settings.concurrency.max(1);
    // What the planner and the judge know of the vantage point.
    let mut known = vantage;
    let mut pass = 0;
    let (judged, as_of) = loop {
        let as_of = Timestamp::now();
        let scene = ScanContext {
            asking: Arc::clone(&asking),
            inventory: Arc::clone(&inventory),
            policy: Arc::clone(&policy),
            trust: Arc::clone(&trust),
            vantage: Arc::new(known.clone()),
            as_of,
            stop: stop.clone(),
            places: Arc::new(Semaphore::new(places)),
            goes_on: resumed || pass > 0,
        };
        let all = ask_all(&scene, services.clone(), progress);
        // Beside the asking, and never in its way: a stalled loop would look like slow targets.
        let watching = async {
            tests.repeat(u8::MAX, |_| false).await;
            std::future::pending::<()>().await;
        };
        let judged = tokio::select! {
            ended = all => ended?,
            () = watching => None,
            () = interrupted(&stopping, progress) => None,
        };
        // The last test closes the last stretch.
        run.vantage = tests.next().await;
        let is_settled = run.vantage.lost == known.lost;
        if judged.is_none() || is_settled || pass == vantage::REPEATS_MAX {
            break (judged, as_of);
        }
        // Something was observed while the vantage point was cut off: it is asked again.
        if !tests.last_works() {
            progress.note("IPv6 or the resolver stopped answering; waiting until they do again");
            tokio::select! {
                () = tests.repeat(RETURN_TESTS, Tests::last_works) => {}
                () = interrupted(&stopping, progress) => break (None, as_of),
            }
            run.vantage = tests.state();
            if !tests.last_works() {
                break (judged, as_of);
            }
        }
        progress.again("asking again what was asked while IPv6 or the resolver did not answer");
        asking.recorder().flush().map_err(CliError::of_error)?;
        known = run.vantage.clone();
        pass += 1;
    };
    run.complete = judged.is_some();
    let ending = if run.complete { Ending::Complete } else { Ending::Interrupted };
    let asked = close(recorder, run, ending)?;
    // Verdicts know dates, and nothing finer, of the moment at which they are made.
    let zone = TimeZone::get(&inventory.timezone).unwrap_or(TimeZone::UTC);
    let date = |moment: Timestamp| zone.to_datetime(moment).date();
    let holds = asked.run.vantage.ipv6 == known.ipv6
        && asked.run.vantage.dns64 == known.dns64
        && asked.run.vantage.lost == known.lost
        && asked.run.finished_at.is_some_and(|finished| date(finished) == date(as_of));
    Ok(ScanEnd { judged: judged.filter(|_| holds), ..asked })
}

/// Ends when somebody asks the program to stop, and tells every task so.
async fn interrupted(stopping: &watch::Sender<bool>, progress: &Progress) {
    // Without a handler for the signal, the process ends by it; nothing is lost then either.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    progress.note("stopping: what is known is being committed");
    let _ = stopping.send(true);
}

fn close(recorder: Recorder, mut run: Run, ending: Ending) -> Result<ScanEnd, CliError> {
    if ending != Ending::Interrupted {
        run.finished_at = Some(Timestamp::now());
    }
    recorder.finish(&run).map_err(CliError::of_error)?;
    Ok(ScanEnd { run, ending, judged: None })
}

/// How many tests are waited for a vantage point that was cut off to come back.
const RETURN_TESTS: u8 = 5;

/// Services at hand for each of those that are under way: most wait for their next round, with little
/// more than their verdicts in memory.
const AT_HAND_PER_PLACE: usize = 8;

/// Returns the result of every service, or none when not everything was asked. Each service is a
/// task of its own, so that handshakes use every core.
async fn ask_all(
    scene: &ScanContext,
    services: Vec<Arc<Service>>,
    progress: &Progress,
) -> Result<Option<Vec<ServiceResult>>, CliError> {
    let at_hand = scene.places.available_permits() * AT_HAND_PER_PLACE;
    let mut results: Vec<Option<ServiceResult>> = services.iter().map(|_| None).collect();
    let mut waiting = services.into_iter().enumerate();
    // Dropped with this future, it ends the tasks.
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < at_hand
            && let Some((place, service)) = waiting.next()
        {
            let scene = scene.clone();
            under_way.spawn(async move { (place, visit(scene, service).await) });
        }
        match under_way.join_next().await {
            None => return Ok(results.into_iter().collect()),
            Some(Ok((place, asked))) => results[place] = asked?,
            Some(Err(ended)) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Nobody else ends these tasks.
                Err(_) => continue,
            },
        }
        progress.service_done();
    }
}

/// The tests of the vantage point.
struct Tests<'a> {
    asking: &'a Dispatcher,
    inventory: &'a Inventory,
    evidence: Evidence,
    name: String,
    number: u8,
}

impl<'a> Tests<'a> {
    fn begin(
        asking: &'a Dispatcher,
        inventory: &'a Inventory,
        run: &Run,
    ) -> Result<Self, crate::store::StoreError> {
        let evidence = asking.recorded_tests()?;
        let made = (1..=u8::MAX)
            .take_while(|test| vantage::read(&evidence, &inventory.settings, *test).is_some())
            .last()
            .unwrap_or(0);
        Ok(Self { asking, inventory, evidence, name: run.vantage.name.clone(), number: made })
    }

    /// Makes one more test and says how the vantage point stands after it. The 255th is the last:
    /// at the default interval that is after eight hours.
    async fn next(&mut self) -> Vantage {
        if let Some(number) = self.number.checked_add(1) {
            let mut requests = vantage::questions(&self.inventory.settings, number);
            // A test that was broken off is finished under its own number.
            requests.retain(|request| !self.evidence.contains(request));
            let mut answers: FuturesUnordered<_> =
                requests.iter().map(|request| self.asking.test(request)).collect();
            while let Some((id, observation)) = answers.next().await {
                self.evidence.insert(id, observation);
            }
            self.number = number;
        }
        self.state()
    }

    /// How the vantage point stands after the tests so far.
    fn state(&self) -> Vantage {
        vantage::state(&self.name, &self.evidence, &self.inventory.settings)
    }

    /// Makes so many tests, an interval before each, unless one of them is enough.
    async fn repeat(&mut self, tests: u8, enough: impl Fn(&Self) -> bool) {
        for _ in 0..tests {
            tokio::time::sleep(self.inventory.settings.vantage_interval).await;
            self.next().await;
            if enough(self) {
                return;
            }
        }
    }

    fn last_works(&self) -> bool {
        vantage::read(&self.evidence, &self.inventory.settings, self.number)
            .is_some_and(|reading| reading.works())
    }
}
