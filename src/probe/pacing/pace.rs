//! How fast one name server is asked: faster while its answers come fast and whole, and at half the
//! pace as soon as they don't, as TCP does (RFC 5681).

use std::time::Duration;

use tokio::time::Instant;

/// Questions a second at the beginning: what response rate limiting allows where it is strict.
pub(super) const START: f64 = 20.0;

/// Questions a second to a server that loses questions even at [`START`].
const LEAST: f64 = 10.0;

/// Beyond twice the time of the fastest answer, an answer that took so much longer was slow.
const SLACK: Duration = Duration::from_millis(50);

/// What an answer, or its absence, says of the pace of the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Sign {
    /// An answer, whatever it says.
    Whole,
    /// None came.
    Lost,
    /// The answer was cut off or refused, which may be what limits the rate.
    Limited,
    /// It says nothing of the server's pace: our own machine couldn't ask.
    Nothing,
}

/// A question that left.
#[derive(Clone, Copy, Debug)]
pub(in crate::probe) struct Departure {
    pub(super) at: Instant,
    /// Questions a second at that moment.
    pub(super) rate: f64,
    /// Whether it had to wait for its turn.
    pub(super) waited: bool,
}

/// The pace of the questions to one server.
#[derive(Debug)]
pub(super) struct Pace {
    rate: f64,
    ceiling: f64,
    /// Until the first bad sign, the pace doubles each second; then it grows by [`START`].
    is_beginning: bool,
    halved_at: Option<Instant>,
    fastest: Option<Duration>,
}

impl Pace {
    /// The pace at the beginning, which never goes beyond the ceiling.
    pub fn new(ceiling: u32) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        Self {
            rate: START.min(ceiling),
            ceiling,
            is_beginning: true,
            halved_at: None,
            fastest: None,
        }
    }

    /// Questions a second.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether the server was found to need a slower pace than others, which must not be forgotten.
    pub fn is_slowed(&self) -> bool {
        self.rate < START.min(self.ceiling)
    }

    /// Learns what came of a question after so long.
    pub fn hear(&mut self, departure: &Departure, elapsed: Duration, sign: Sign) {
        match sign {
            Sign::Whole => self.hear_answer(departure, elapsed),
            Sign::Lost => self.halve(departure, LEAST),
            Sign::Limited => self.halve(departure, START),
            Sign::Nothing => {}
        }
    }

    fn hear_answer(&mut self, departure: &Departure, elapsed: Duration) {
        let fastest = self.fastest.map_or(elapsed, |fastest| fastest.min(elapsed));
        self.fastest = Some(fastest);
        // A server that isn't asked as often as it may be shows nothing of what it bears.
        if departure.waited && elapsed <= 2 * fastest + SLACK {
            let rise = if self.is_beginning { 1.0 } else { START / self.rate };
            self.rate = (self.rate + rise).min(self.ceiling);
        }
    }

    /// Halves the pace, once for all that left before it was halved, but not below `least`.
    fn halve(&mut self, departure: &Departure, least: f64) {
        // Silence of a server that never spoke has nothing to do with its pace.
        if self.fastest.is_none() || self.halved_at.is_some_and(|at| departure.at <= at) {
            return;
        }
        self.is_beginning = false;
        self.halved_at = Some(Instant::now());
        self.rate = self.rate.min((self.rate / 2.0).max(least.min(self.ceiling)));
    }

    /// Goes back to the pace of the beginning, where it is faster.
    pub fn go_back(&mut self) {
        self.is_beginning = false;
        self.rate = self.rate.min(START);
    }
}

impl Departure {
    /// Whether the server was being asked faster than at the beginning, so that a bad sign may be our
    /// own doing.
    pub fn is_raised(&self) -> bool {
        self.rate > START
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST: Duration = Duration::from_millis(5);

    fn departure(pace: &Pace) -> Departure {
        Departure { at: Instant::now(), rate: pace.rate(), waited: true }
    }

    /// A second at the pace, of whole answers.
    async fn a_good_second(pace: &mut Pace) {
        for _ in 0..pace.rate() as usize {
            let departure = departure(pace);
            pace.hear(&departure, FAST, Sign::Whole);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn it_rises_to_the_ceiling_and_halves_at_a_loss() {
        let mut pace = Pace::new(100);
        for expected in [20.0, 40.0, 80.0, 100.0, 100.0] {
            assert_eq!(pace.rate(), expected);
            a_good_second(&mut pace).await;
        }
        let late = departure(&pace);
        tokio::time::advance(FAST).await;
        let lost = departure(&pace);
        pace.hear(&lost, FAST, Sign::Lost);
        assert_eq!(pace.rate(), 50.0);
        pace.hear(&late, FAST, Sign::Lost);
        assert_eq!(pace.rate(), 50.0, "it left before, and says the same");
        a_good_second(&mut pace).await;
        assert!(pace.rate() > 60.0 && pace.rate() < 71.0, "{}", pace.rate());
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_tells_of_the_pace_changes_it() {
        let mut pace = Pace::new(100);
        let first = departure(&pace);
        pace.hear(&first, FAST, Sign::Lost);
        assert_eq!(pace.rate(), 20.0, "it never answered");
        let unhurried = Departure { waited: false, ..first };
        pace.hear(&unhurried, FAST, Sign::Whole);
        assert_eq!(pace.rate(), 20.0, "nothing waited");
        pace.hear(&first, Duration::from_millis(500), Sign::Whole);
        assert_eq!(pace.rate(), 20.0, "it was slow");
        pace.hear(&first, FAST, Sign::Nothing);
        pace.hear(&first, FAST, Sign::Limited);
        assert_eq!(pace.rate(), 20.0, "a refusal at the first pace is only a refusal");
        assert!(!pace.is_slowed());
    }

    #[tokio::test(start_paused = true)]
    async fn it_falls_below_the_beginning_at_losses_alone() {
        let mut pace = Pace::new(100);
        a_good_second(&mut pace).await;
        for (sign, expected) in
            [(Sign::Limited, 20.0), (Sign::Limited, 20.0), (Sign::Lost, 10.0), (Sign::Lost, 10.0)]
        {
            tokio::time::advance(FAST).await;
            let departure = departure(&pace);
            pace.hear(&departure, FAST, sign);
            assert_eq!(pace.rate(), expected);
        }
        assert!(pace.is_slowed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_low_ceiling_is_never_passed() {
        let mut pace = Pace::new(5);
        for _ in 0..4 {
            assert_eq!(pace.rate(), 5.0);
            a_good_second(&mut pace).await;
        }
        let lost = departure(&pace);
        tokio::time::advance(FAST).await;
        pace.hear(&lost, FAST, Sign::Lost);
        assert_eq!(pace.rate(), 5.0);
        pace.go_back();
        assert_eq!(pace.rate(), 5.0);
        assert!(!lost.is_raised());
    }
}
