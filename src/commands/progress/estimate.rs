//! How long a scan will still take: what is left to be asked at the pace until now, and the pauses
//! between the rounds of the last services, which no pace shortens.

use std::time::{Duration, Instant};

/// What is known of a scan's course.
#[derive(Clone, Debug)]
pub(super) struct Estimate {
    began: Instant,
    services: u32,
    /// Services of which only later rounds are missing, or nothing.
    asked: u32,
    finished: u32,
    /// When the last service was asked everything but later rounds.
    last_rest: Option<Instant>,
    /// All pauses of one service together.
    pauses: Duration,
}

impl Estimate {
    /// A scan that begins now. A service is connected to in so many rounds.
    pub(super) fn new(now: Instant, services: usize, rounds: u8, interval: Duration) -> Self {
        Self {
            began: now,
            services: u32::try_from(services).unwrap_or(u32::MAX),
            asked: 0,
            finished: 0,
            last_rest: None,
            pauses: interval * u32::from(rounds.saturating_sub(1)),
        }
    }

    /// Only later rounds of a service are missing.
    pub(super) fn service_rests(&mut self, now: Instant) {
        self.asked = (self.asked + 1).min(self.services);
        self.last_rest = Some(now);
    }

    /// A service is finished.
    pub(super) fn service_finished(&mut self) {
        self.finished = (self.finished + 1).min(self.services);
        // One that never rested has been asked everything all the same.
        self.asked = self.asked.max(self.finished);
    }

    /// The services are gone through once more.
    pub(super) fn begin_again(&mut self, now: Instant) {
        (self.began, self.asked, self.finished, self.last_rest) = (now, 0, 0, None);
    }

    /// How many services are finished, of how many.
    pub(super) fn services(&self) -> (u32, u32) {
        (self.finished, self.services)
    }

    /// How much is done, in halves of services: asked, finished.
    pub(super) fn halves(&self) -> u64 {
        u64::from(self.asked) + u64::from(self.finished)
    }

    /// How long it will still take; `None` before anything is known of the pace.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        if self.finished == self.services {
            return Some(Duration::ZERO);
        }
        let unasked = self.services - self.asked;
        let pace = now.duration_since(self.began).checked_div(self.asked)?;
        let pauses = match self.last_rest {
            Some(_) if unasked > 0 => self.pauses,
            Some(last) => self.pauses.saturating_sub(now.duration_since(last)),
            None => Duration::ZERO,
        };
        Some(pace * unasked + pauses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_count_once_and_pace_for_what_is_left() {
        let began = Instant::now();
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        let left = |estimate: &Estimate, seconds: u64| {
            estimate.left(at(seconds)).map(|left| left.as_secs())
        };
        let mut scan = Estimate::new(began, 4, 3, Duration::from_secs(10));
        assert_eq!(left(&scan, 1), None);
        scan.service_rests(at(2));
        // Three more at two seconds each, then two pauses.
        assert_eq!(left(&scan, 2), Some(26));
        (3..=5).for_each(|second| scan.service_rests(at(second)));
        assert_eq!(left(&scan, 5), Some(20));
        assert_eq!(left(&scan, 15), Some(10));
        assert_eq!(left(&scan, 60), Some(0));
        (0..4).for_each(|_| scan.service_finished());
        assert_eq!((left(&scan, 61), scan.services(), scan.halves()), (Some(0), (4, 4), 8));
        scan.begin_again(at(70));
        assert_eq!((left(&scan, 71), scan.halves()), (None, 0));
        // In one round there is nothing to wait for.
        let mut quick = Estimate::new(began, 2, 1, Duration::from_secs(10));
        quick.service_finished();
        assert_eq!(left(&quick, 3), Some(3));
    }
}
