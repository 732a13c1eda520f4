//! The scans that go on, those that wait, and what is told of them while they do.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};

use crate::model::{RequestCounts, RunId, ServiceId, Timings};
use crate::runs::run_id::new_run_id;
use crate::scan::Stopper;
use crate::store::{RequestedScan, Store, StoreError};

/// Scans that wait at the most.
const QUEUE_MAX: usize = 32;

/// Events that a slow listener may be behind.
const EVENTS_KEPT: usize = 1024;

/// A scan that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScanRequest {
    /// The inventory's file, which is one of the configuration.
    pub inventory: PathBuf,
    /// The patterns that choose services; empty = all.
    pub only: Vec<String>,
    /// One round of connections.
    pub quick: bool,
    /// By which policy; `None` = the inventory's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The vantage point's name; `None` = the host's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vantage: Option<String>,
    /// Who asked, or the schedule.
    pub by: String,
    /// The schedule whose time it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// The time of the schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Whether a watch saw something change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_watch: bool,
}

impl ScanRequest {
    /// Whether it looks at the same of the same inventory in the same way.
    fn is_same(&self, other: &Self) -> bool {
        let key = |request: &Self| {
            (request.inventory.clone(), request.only.clone(), request.quick, request.policy.clone())
        };
        key(self) == key(other)
    }
}

/// Why a scan is not begun, cancelled or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// The daemon is starting, or ending.
    #[error("the daemon begins no scans now; it is starting or ending")]
    NotRunning,
    /// No such inventory.
    #[error("`{0}` is not among the inventories of the configuration")]
    NoSuchInventory(String),
    /// Too many wait.
    #[error("{QUEUE_MAX} scans wait already; wait until one of them has ended")]
    QueueFull,
    /// No scan of this id goes on or waits.
    #[error("no scan `{0}` goes on or waits")]
    NoSuchRun(RunId),
    /// The store can't be written.
    #[error("{0}")]
    Store(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// It waits for another.
    Queued,
    /// Services are asked.
    Running,
    /// It waits for the vantage point's IPv6.
    Waiting,
    /// It was told to end.
    Stopping,
}

/// A scan that goes on or waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveRun {
    /// Its run, which may not be in the store yet.
    pub run: RunId,
    /// What was asked for.
    pub request: ScanRequest,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When services began to be asked.
    pub began_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// The services that it looks at.
    pub services: usize,
    /// Those of them that are judged.
    pub finished: usize,
    /// Why it doesn't begin, where anything but its turn is in the way.
    pub waits_for: Option<String>,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum JobEvent {
    /// A scan was asked for, began, got on, or is to end.
    Run {
        /// The scan.
        live: Box<LiveRun>,
    },
    /// A service was judged.
    Service {
        /// The run.
        run: RunId,
        /// The service.
        service: ServiceId,
        /// The stage that it has reached, where it is known.
        stage: Option<u8>,
    },
    /// A run has ended, and can be looked at.
    Ended {
        /// The run.
        run: RunId,
        /// Whether it was carried to its end.
        complete: bool,
        /// Why not.
        problem: Option<String>,
    },
    /// What is told of alerts has changed.
    Alerts,
}

/// What is known of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleState {
    /// What it is called.
    pub name: String,
    /// The inventory's file.
    pub inventory: PathBuf,
    /// Its cron expression.
    pub cron: String,
    /// When it comes next.
    pub next: Option<Timestamp>,
    /// The last time that was acted on.
    pub last_due: Option<Timestamp>,
    /// When that began.
    pub last_began: Option<Timestamp>,
    /// When that ended.
    pub last_ended: Option<Timestamp>,
    /// The last run.
    pub last_run: Option<String>,
    /// Why the last run failed.
    pub problem: Option<String>,
    /// Why the run that is due doesn't go on yet.
    pub late: Option<String>,
    /// When the last watch ended, and the next begins, where there is one.
    pub watch: Option<WatchState>,
}

/// What is known of a schedule's watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WatchState {
    /// When it last ended.
    pub last: Option<Timestamp>,
    /// When it begins next.
    pub next: Option<Timestamp>,
    /// How many services it looked at.
    pub services: usize,
    /// Those of them whose answers were other than the last run's.
    pub changed: usize,
    /// Why it could not look.
    pub problem: Option<String>,
}

/// The scans of the daemon.
pub struct Jobs {
    place: OnceLock<PathBuf>,
    inventories: RwLock<Vec<PathBuf>>,
    inner: Mutex<Inner>,
    wake: Notify,
    wake_sender: Notify,
    events: broadcast::Sender<JobEvent>,
    /// Requests of scans since the daemon began: those that were sent, and those that a deadline ended.
    requests: [AtomicU64; 2],
}

#[derive(Default)]
struct Inner {
    queue: VecDeque<LiveRun>,
    running: Option<Running>,
    schedules: Vec<ScheduleState>,
    watches: BTreeMap<String, WatchState>,
    is_ending: bool,
    /// The addresses of organisations' contacts, by inventory and organisation.
    contacts: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// When it was last looked whether time brings anything to tell, and whether there are new runs.
    looked_at: Option<(Timestamp, Timestamp)>,
    /// Where the time of the last scan of each inventory went, since the daemon began.
    timings: BTreeMap<PathBuf, (RunId, Arc<Timings>)>,
}

/// What it is time for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlertsDue {
    /// To look whether time brings anything to tell.
    pub time: bool,
    /// To look whether there are runs that nobody has looked at.
    pub runs: bool,
}

/// How often it is looked whether time brings anything to tell.
const TIME_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// How often it is looked whether there are runs that nobody has looked at.
const RUNS_INTERVAL: SignedDuration = SignedDuration::from_mins(5);

struct Running {
    live: LiveRun,
    stopper: Stopper,
    is_cancelled: bool,
}

/// A scan whose turn it is.
pub(super) struct Turn {
    pub run: RunId,
    pub request: ScanRequest,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            place: OnceLock::new(),
            inventories: RwLock::default(),
            inner: Mutex::default(),
            wake: Notify::new(),
            wake_sender: Notify::new(),
            events: broadcast::channel(EVENTS_KEPT).0,
            requests: Default::default(),
        }
    }
}

impl Jobs {
    /// Counts what a scan has sent.
    pub fn count_requests(&self, counts: RequestCounts) {
        for (total, more) in self.requests.iter().zip([counts.sent, counts.timed_out]) {
            total.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// What scans have sent since the daemon began.
    pub fn requests(&self) -> RequestCounts {
        let [sent, timed_out] = &self.requests;
        let read = |total: &AtomicU64| total.load(Ordering::Relaxed);
        RequestCounts { sent: read(sent), timed_out: read(timed_out) }
    }

    /// Asks for a scan, and returns the id that its run will have. One that asks for the same as one that waits
    /// is that one. What was asked for survives the daemon's end.
    ///
    /// # Errors
    /// When too many wait, the inventory is not one of the configuration, or the store can't be written.
    pub fn start(&self, request: ScanRequest) -> Result<RunId, JobError> {
        let db = self.place.get().ok_or(JobError::NotRunning)?;
        let known = self.inventories.read().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(&request.inventory) {
            return Err(JobError::NoSuchInventory(request.inventory.display().to_string()));
        }
        drop(known);
        let mut inner = self.lock();
        if inner.is_ending {
            return Err(JobError::NotRunning);
        }
        if let Some(same) = inner.queue.iter().find(|live| live.request.is_same(&request)) {
            return Ok(same.run.clone());
        }
        if inner.queue.len() >= QUEUE_MAX {
            return Err(JobError::QueueFull);
        }
        let run = new_run_id().map_err(|error| JobError::Store(error.to_string()))?;
        let asked_at = Timestamp::now();
        let document = serde_json::to_string(&request).unwrap_or_default();
        let kept = RequestedScan { run: run.clone(), asked_at, document };
        Store::open_existing(db)?.request_scan(&kept)?;
        let live = LiveRun::queued(run.clone(), request, asked_at);
        inner.queue.push_back(live.clone());
        drop(inner);
        self.tell(JobEvent::Run { live: Box::new(live) });
        self.wake.notify_one();
        Ok(run)
    }

    /// Has a scan that goes on end, or takes one back that waits. What was asked until then stays in the
    /// store.
    ///
    /// # Errors
    /// When no such scan goes on or waits, or the store can't be written.
    pub fn cancel(&self, run: &RunId) -> Result<(), JobError> {
        let db = self.place.get().ok_or(JobError::NotRunning)?;
        let mut inner = self.lock();
        if let Some(running) = inner.running.as_mut().filter(|running| running.live.run == *run) {
            running.is_cancelled = true;
            running.live.progress = Progress::Stopping;
            running.stopper.stop();
            let live = running.live.clone();
            drop(inner);
            self.tell(JobEvent::Run { live: Box::new(live) });
            return Ok(());
        }
        let place = inner.queue.iter().position(|live| live.run == *run);
        let place = place.ok_or_else(|| JobError::NoSuchRun(run.clone()))?;
        Store::open_existing(db)?.end_requested_scan(run)?;
        inner.queue.remove(place);
        drop(inner);
        let problem = Some("cancelled".to_owned());
        self.tell(JobEvent::Ended { run: run.clone(), complete: false, problem });
        Ok(())
    }

    /// Keeps where the time of an inventory's last scan went, until its next one ends.
    pub(super) fn keep_timings(&self, inventory: &Path, run: &RunId, timings: Timings) {
        let kept = (run.clone(), Arc::new(timings));
        self.lock().timings.insert(inventory.to_owned(), kept);
    }

    /// Where the time of a run went, as long as it is its inventory's last one since the daemon began.
    pub fn timings(&self, run: &RunId) -> Option<Arc<Timings>> {
        let inner = self.lock();
        let mut kept = inner.timings.values();
        kept.find(|(of, _)| of == run).map(|(_, timings)| Arc::clone(timings))
    }

    /// The scan that goes on, then those that wait in their order.
    pub fn live(&self) -> Vec<LiveRun> {
        let inner = self.lock();
        let running = inner.running.iter().map(|running| &running.live);
        running.chain(&inner.queue).cloned().collect()
    }

    /// The events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<JobEvent> {
        self.events.subscribe()
    }

    /// What is known of each schedule.
    pub fn schedules(&self) -> Vec<ScheduleState> {
        let inner = self.lock();
        let with_watch = |state: &ScheduleState| ScheduleState {
            watch: inner.watches.get(&state.name).cloned(),
            late: state.late.clone().or_else(|| inner.why_late(state)),
            ..state.clone()
        };
        inner.schedules.iter().map(with_watch).collect()
    }

    /// Has whatever goes on end, so that the daemon can: the run is resumed at its next start.
    pub fn stop(&self) {
        let mut inner = self.lock();
        inner.is_ending = true;
        if let Some(running) = &mut inner.running {
            running.live.progress = Progress::Stopping;
            running.stopper.stop();
        }
        drop(inner);
        self.wake.notify_one();
    }

    /// Whether a scan goes on.
    pub fn is_scanning(&self) -> bool {
        self.lock().running.is_some()
    }

    /// Tells whoever listens.
    pub fn tell(&self, event: JobEvent) {
        // That nobody listens is no failure.
        let _ = self.events.send(event);
    }

    /// Whether it is time to look at alerts.
    pub fn alerts_due(&self, now: Timestamp) -> AlertsDue {
        let mut inner = self.lock();
        let (time, runs) = *inner.looked_at.get_or_insert((now, now));
        // A clock that was set back is no reason to be silent until it has caught up.
        let is_due = |last: Timestamp, interval| now < last || now.duration_since(last) >= interval;
        let due =
            AlertsDue { time: is_due(time, TIME_INTERVAL), runs: is_due(runs, RUNS_INTERVAL) };
        let time = if due.time { now } else { time };
        inner.looked_at = Some((time, if due.runs { now } else { runs }));
        due
    }

    /// Remembers the addresses of the contacts of an inventory's organisations.
    pub fn set_contacts(&self, inventory: &str, contacts: BTreeMap<String, Vec<String>>) {
        self.lock().contacts.insert(inventory.to_owned(), contacts);
    }

    /// Whether the contacts of an inventory are known.
    pub fn has_contacts_of(&self, inventory: &str) -> bool {
        self.lock().contacts.contains_key(inventory)
    }

    /// The addresses of contacts by the organisation's id.
    pub fn contacts(&self) -> BTreeMap<String, Vec<String>> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (organisation, addresses) in self.lock().contacts.values().flatten() {
            let known = all.entry(organisation.clone()).or_default();
            for address in addresses {
                if !known.contains(address) {
                    known.push(address.clone());
                }
            }
        }
        all
    }

    /// Has messages that wait be sent at once.
    pub fn wake_sender(&self) {
        self.wake_sender.notify_one();
    }

    /// Returns when there may be a message to send.
    pub async fn sender_woken(&self) {
        self.wake_sender.notified().await;
    }

    /// Begins to take requests for a store.
    pub(in crate::serve) fn open(&self, db: &Path) {
        let _ = self.place.set(db.to_owned());
    }

    /// The inventories of the configuration in force.
    pub(in crate::serve) fn set_inventories(&self, inventories: Vec<PathBuf>) {
        *self.inventories.write().unwrap_or_else(PoisonError::into_inner) = inventories;
    }

    /// Puts scans back that were asked for before the daemon was started.
    pub(super) fn put_back(&self, scans: impl IntoIterator<Item = (RequestedScan, ScanRequest)>) {
        let mut inner = self.lock();
        for (kept, request) in scans {
            inner.queue.push_back(LiveRun::queued(kept.run, request, kept.asked_at));
        }
        drop(inner);
        self.wake.notify_one();
    }

    /// Whether the daemon is ending.
    pub(super) fn is_ending(&self) -> bool {
        self.lock().is_ending
    }

    /// Whether a whole scan of an inventory goes on or waits.
    pub(super) fn has_scan_of(&self, inventory: &Path, schedule: &str) -> bool {
        let is_it = |live: &LiveRun| {
            live.request.inventory == inventory
                && (live.request.only.is_empty()
                    || live.request.schedule.as_deref() == Some(schedule))
        };
        let inner = self.lock();
        inner.running.iter().any(|running| is_it(&running.live)) || inner.queue.iter().any(is_it)
    }

    /// The scan whose turn it is, which then goes on.
    pub(super) fn take_turn(&self, stopper: Stopper, now: Timestamp) -> Option<Turn> {
        let mut inner = self.lock();
        if inner.running.is_some() || inner.is_ending {
            return None;
        }
        let mut live = inner.queue.pop_front()?;
        live.progress = Progress::Running;
        live.began_at = Some(now);
        live.waits_for = None;
        let turn = Turn { run: live.run.clone(), request: live.request.clone() };
        inner.running = Some(Running { live: live.clone(), stopper, is_cancelled: false });
        drop(inner);
        self.tell(JobEvent::Run { live: Box::new(live) });
        Some(turn)
    }

    /// Notes what is in the way of the next scan.
    pub(super) fn note_waiting(&self, why: &str) {
        if let Some(live) = self.lock().queue.front_mut() {
            live.waits_for = Some(why.to_owned());
        }
    }

    /// Changes what is known of the scan that goes on, and tells it.
    pub(super) fn change_running(&self, change: impl FnOnce(&mut LiveRun)) {
        let mut inner = self.lock();
        let Some(running) = &mut inner.running else { return };
        change(&mut running.live);
        let live = running.live.clone();
        drop(inner);
        self.tell(JobEvent::Run { live: Box::new(live) });
    }

    /// Notes that the scan that went on has ended; whether somebody cancelled it.
    pub(super) fn end_turn(&self) -> bool {
        let ended = self.lock().running.take();
        self.wake.notify_one();
        ended.is_some_and(|running| running.is_cancelled)
    }

    /// Notes what is known of the schedules.
    pub(super) fn set_schedules(&self, schedules: Vec<ScheduleState>) {
        self.lock().schedules = schedules;
    }

    /// What is known of a schedule's watch.
    pub(super) fn watch(&self, schedule: &str) -> Option<WatchState> {
        self.lock().watches.get(schedule).cloned()
    }

    /// Notes what is known of a schedule's watch.
    pub(super) fn set_watch(&self, schedule: &str, state: WatchState) {
        self.lock().watches.insert(schedule.to_owned(), state);
    }

    /// Returns when there may be something to do.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Why a scan that a schedule has asked for doesn't go on yet.
    fn why_late(&self, state: &ScheduleState) -> Option<String> {
        let is_its = |live: &&LiveRun| live.request.schedule.as_deref() == Some(&*state.name);
        let waiting = self.queue.iter().find(is_its)?;
        Some(waiting.waits_for.clone().unwrap_or_else(|| match &self.running {
            Some(running) => format!("run {} goes on", running.live.run),
            None => "its turn comes next".to_owned(),
        }))
    }
}

impl LiveRun {
    fn queued(run: RunId, request: ScanRequest, asked_at: Timestamp) -> Self {
        Self {
            run,
            request,
            asked_at,
            began_at: None,
            progress: Progress::Queued,
            services: 0,
            finished: 0,
            waits_for: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::StopSignal;

    fn opened() -> (tempfile::TempDir, Jobs) {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("v6ready.db");
        drop(Store::open(&db).unwrap());
        let jobs = Jobs::default();
        jobs.open(&db);
        jobs.set_inventories(vec!["a.yaml".into()]);
        (folder, jobs)
    }

    fn request(only: &str) -> ScanRequest {
        let only = if only.is_empty() { Vec::new() } else { vec![only.to_owned()] };
        ScanRequest { inventory: "a.yaml".into(), only, by: "an".into(), ..ScanRequest::default() }
    }

    #[test]
    fn the_same_request_is_one_and_the_queue_has_an_end() {
        let (folder, jobs) = opened();
        let first = jobs.start(request("org")).unwrap();
        assert_eq!(jobs.start(ScanRequest { by: "ba".into(), ..request("org") }).unwrap(), first);
        assert_eq!(jobs.live().len(), 1);
        for number in 1..QUEUE_MAX {
            jobs.start(request(&format!("org-{number}"))).unwrap();
        }
        assert_eq!(jobs.start(request("more")), Err(JobError::QueueFull));
        let other = ScanRequest { inventory: "b.yaml".into(), ..request("") };
        assert!(matches!(jobs.start(other), Err(JobError::NoSuchInventory(_))));
        let store = Store::open_existing(&folder.path().join("v6ready.db")).unwrap();
        assert_eq!(store.requested_scans().unwrap().len(), QUEUE_MAX);
        jobs.cancel(&first).unwrap();
        assert_eq!(store.requested_scans().unwrap().len(), QUEUE_MAX - 1);
        assert!(matches!(jobs.cancel(&first), Err(JobError::NoSuchRun(_))));
    }

    #[test]
    fn one_scan_goes_on_and_is_told_of() {
        let (_folder, jobs) = opened();
        let mut events = jobs.subscribe();
        let run = jobs.start(request("")).unwrap();
        let (stopper, signal) = StopSignal::new();
        let turn = jobs.take_turn(stopper, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(turn.run, run);
        assert!(jobs.has_scan_of(Path::new("a.yaml"), "nightly"));
        let (second, _) = StopSignal::new();
        assert!(jobs.take_turn(second, Timestamp::UNIX_EPOCH).is_none());
        jobs.change_running(|live| live.finished = 3);
        let JobEvent::Run { live } = events.try_recv().unwrap() else { panic!() };
        assert_eq!(live.progress, Progress::Queued);
        let JobEvent::Run { live } = events.try_recv().unwrap() else { panic!() };
        assert_eq!(live.progress, Progress::Running);
        let JobEvent::Run { live } = events.try_recv().unwrap() else { panic!() };
        assert_eq!(live.finished, 3);
        jobs.cancel(&run).unwrap();
        assert!(signal.is_raised());
        assert!(jobs.end_turn());
        assert!(jobs.live().is_empty());
        jobs.stop();
        assert_eq!(jobs.start(request("")), Err(JobError::NotRunning));
    }

    #[test]
    fn a_scan_that_can_not_begin_waits_and_says_why() {
        let (_folder, jobs) = opened();
        jobs.set_schedules(vec![ScheduleState {
            name: "nightly".into(),
            inventory: "a.yaml".into(),
            cron: "* * * * *".into(),
            next: None,
            last_due: None,
            last_began: None,
            last_ended: None,
            last_run: None,
            problem: None,
            late: None,
            watch: None,
        }]);
        let scheduled = ScanRequest { schedule: Some("nightly".into()), ..request("") };
        jobs.start(scheduled).unwrap();
        jobs.note_waiting("another scan writes to the store");
        let late = jobs.schedules()[0].late.clone();
        assert_eq!(late.as_deref(), Some("another scan writes to the store"));
        assert_eq!(jobs.live()[0].progress, Progress::Queued);
    }
}
