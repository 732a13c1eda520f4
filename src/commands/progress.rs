//! How far a scan is, on stderr and only to a terminal.

mod estimate;

use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use estimate::Estimate;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::cli::Global;
use super::terminal;
use crate::model::Settings;
use crate::scan::ScanEvent;

/// How often the time that is left is shown anew.
const TICK: Duration = Duration::from_millis(500);

/// The bar of a running scan; hidden where stderr is no terminal, with `--quiet`, and with `-v`, whose
/// log says more.
pub(super) struct Progress {
    bar: ProgressBar,
    estimate: Arc<Mutex<Estimate>>,
}

impl Progress {
    /// A bar over so many services.
    pub(super) fn new(services: usize, settings: &Settings, global: &Global) -> Self {
        let is_shown = !global.quiet && global.verbose == 0 && terminal::stderr_shows_progress();
        let target =
            if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        // A service counts half when only its later rounds are missing.
        let bar = ProgressBar::with_draw_target(Some(2 * services as u64), target);
        let (rounds, interval) = (settings.rounds, settings.round_interval);
        let estimate = Estimate::new(Instant::now(), services, rounds, interval);
        let estimate = Arc::new(Mutex::new(estimate));
        if let Ok(style) = ProgressStyle::with_template("{bar:32.cyan/dim} {course}") {
            let shown = Arc::clone(&estimate);
            let course = move |_: &ProgressState, out: &mut dyn Write| {
                // A line that can't be written is not shown.
                let _ = write_course(&lock(&shown), out);
            };
            bar.set_style(style.with_key("course", course));
        }
        if is_shown {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, estimate }
    }

    /// Shows an event of the scan.
    pub(super) fn show(&self, event: &ScanEvent) {
        match event {
            ScanEvent::ServiceRests { .. } => self.note_course(|e| e.service_rests(Instant::now())),
            ScanEvent::ServiceFinished { .. } => self.note_course(Estimate::service_finished),
            ScanEvent::WaitingForVantage => {
                self.note("IPv6 or the resolver stopped answering; waiting until they do again");
            }
            ScanEvent::AskingAgain { .. } => {
                self.note("asking again what was asked while IPv6 or the resolver did not answer");
                self.note_course(|estimate| estimate.begin_again(Instant::now()));
            }
            ScanEvent::Stopping => self.note("stopping: what is known is being committed"),
            ScanEvent::Started { .. }
            | ScanEvent::VantageTested { .. }
            | ScanEvent::Finished { .. } => {}
        }
    }

    fn note_course(&self, note: impl FnOnce(&mut Estimate)) {
        let mut estimate = lock(&self.estimate);
        note(&mut estimate);
        let halves = estimate.halves();
        // The bar draws itself by the estimate.
        drop(estimate);
        self.bar.set_position(halves);
    }

    /// Prints a line above the bar.
    fn note(&self, text: &str) {
        self.bar.suspend(|| terminal::note(text));
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn write_course(estimate: &Estimate, out: &mut dyn Write) -> std::fmt::Result {
    let (finished, services) = estimate.services();
    write!(out, "{finished}/{services} services")?;
    match estimate.left(Instant::now()) {
        Some(left) => write!(out, " · {} left", HumanDuration(left)),
        None => Ok(()),
    }
}

fn lock(estimate: &Mutex<Estimate>) -> MutexGuard<'_, Estimate> {
    estimate.lock().unwrap_or_else(PoisonError::into_inner)
}
