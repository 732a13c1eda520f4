//! How far a scan is, on stderr and only to a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::cli::Global;
use super::terminal;
use crate::scan::ScanEvent;

/// The bar of a running scan; hidden where stderr is no terminal, with `--quiet`, and with `-v`, whose
/// log says more.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar over so many services.
    pub(super) fn new(services: usize, global: &Global) -> Self {
        let is_shown = !global.quiet && global.verbose == 0 && terminal::stderr_shows_progress();
        let target =
            if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(services as u64), target);
        let template = "{bar:32.cyan/dim} {pos}/{len} services · {per_sec} · {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows an event of the scan.
    pub(super) fn show(&self, event: &ScanEvent) {
        match event {
            ScanEvent::ServiceFinished { .. } => self.0.inc(1),
            ScanEvent::WaitingForVantage => {
                self.note("IPv6 or the resolver stopped answering; waiting until they do again");
            }
            ScanEvent::AskingAgain { .. } => {
                self.note("asking again what was asked while IPv6 or the resolver did not answer");
                self.0.reset();
            }
            ScanEvent::Stopping => self.note("stopping: what is known is being committed"),
            ScanEvent::Started { .. }
            | ScanEvent::VantageTested { .. }
            | ScanEvent::Finished { .. } => {}
        }
    }

    /// Prints a line above the bar.
    fn note(&self, text: &str) {
        self.0.suspend(|| terminal::note(text));
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
