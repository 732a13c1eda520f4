//! How far a scan is, on stderr and only to a terminal.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar of a running scan; silent where nobody looks.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar over so many services. `quiet` hides it even from a terminal.
    pub(crate) fn new(services: usize, quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(services as u64), target);
        let template = "{bar:32.cyan/dim} {pos}/{len} services · {per_sec} · {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// One more service is finished.
    pub(crate) fn service_done(&self) {
        self.0.inc(1);
    }

    /// All services are gone through once more.
    pub(crate) fn again(&self, why: &str) {
        self.note(why);
        self.0.reset();
    }

    /// A line above the bar.
    pub(crate) fn note(&self, text: &str) {
        self.0.suspend(|| eprintln!("{text}"));
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
