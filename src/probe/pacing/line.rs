//! The line of questions that wait for one name server.

use std::collections::VecDeque;
use std::sync::{Mutex as StdMutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::pace::{Departure, Pace, Sign};

const SECOND: Duration = Duration::from_secs(1);

/// The time in which no more questions leave than the pace allows in a second: what leaves in a second
/// may arrive closer together.
const WINDOW: Duration = Duration::from_millis(1150);

/// Questions that may follow one another at once, where the pace allows as many in a second.
const BURST: f64 = 20.0;

/// One name server: who is asked next, and how fast.
pub(super) struct Line {
    /// Held by the question whose turn is next, so that they leave in the order in which they came.
    turns: Mutex<Turns>,
    pace: StdMutex<Pace>,
}

/// When the next question may leave.
struct Turns {
    /// Those of the last window.
    lately: VecDeque<Instant>,
    /// When all of them would be over at an even pace.
    full_until: Instant,
}

impl Line {
    /// The line for a server that is never asked faster than this a second.
    pub fn new(ceiling: u32) -> Self {
        let turns = Turns { lately: VecDeque::new(), full_until: Instant::now() };
        Self { turns: Mutex::new(turns), pace: StdMutex::new(Pace::new(ceiling)) }
    }

    /// Waits for the turn of a question. Giving up leaves it to the next in line.
    pub async fn turn(&self) -> Departure {
        let began = Instant::now();
        let mut turns = self.turns.lock().await;
        loop {
            let (now, rate) = (Instant::now(), self.pace().rate());
            let wait = turns.wait(now, rate);
            if wait.is_zero() {
                turns.take(now, rate);
                return Departure { at: now, rate, waited: now > began };
            }
            sleep(wait).await;
        }
    }

    /// Learns what came of a question after so long.
    pub fn hear(&self, departure: &Departure, elapsed: Duration, sign: Sign) {
        self.pace().hear(departure, elapsed, sign);
    }

    /// Goes back to the pace of the beginning.
    pub fn go_back(&self) {
        self.pace().go_back();
    }

    /// Whether forgetting the server would let it be asked faster than it may.
    pub fn is_busy(&self, now: Instant) -> bool {
        self.pace().is_slowed()
            || self
                .turns
                .try_lock()
                .map_or(true, |turns| turns.lately.back().is_some_and(|last| *last + WINDOW > now))
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turns {
    /// How long the next question has to wait: no second sees more than `rate` of them, and they follow
    /// one another evenly but for a few.
    fn wait(&mut self, now: Instant, rate: f64) -> Duration {
        while self.lately.front().is_some_and(|oldest| *oldest + WINDOW <= now) {
            self.lately.pop_front();
        }
        let most = (rate as usize).max(1);
        let until_fewer = match self.lately.len().checked_sub(most) {
            Some(beyond) => (self.lately[beyond] + WINDOW).saturating_duration_since(now),
            None => Duration::ZERO,
        };
        let interval = SECOND.div_f64(rate.max(1.0));
        let burst = interval.mul_f64((BURST.min(rate) - 1.0).max(0.0));
        let until_even = self.full_until.saturating_duration_since(now).saturating_sub(burst);
        until_fewer.max(until_even)
    }

    fn take(&mut self, now: Instant, rate: f64) {
        self.lately.push_back(now);
        self.full_until = self.full_until.max(now) + SECOND.div_f64(rate.max(1.0));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// The most of these in any second.
    fn most_in_a_second(times: &[Instant]) -> usize {
        let in_second = |start: &Instant| {
            times.iter().filter(|at| *at >= start && **at < *start + SECOND).count()
        };
        times.iter().map(in_second).max().unwrap_or_default()
    }

    /// Asks as often as the line lets, of a server that answers as it is told to, and returns when.
    async fn ask(
        line: &Arc<Line>,
        times: usize,
        answer: impl Fn(usize) -> Sign + Send + Sync + 'static,
    ) -> Vec<Instant> {
        let answer = Arc::new(answer);
        let mut asking = tokio::task::JoinSet::new();
        for number in 0..times {
            let (line, answer) = (Arc::clone(line), Arc::clone(&answer));
            asking.spawn(async move {
                let departure = line.turn().await;
                let took = Duration::from_millis(20);
                sleep(took).await;
                line.hear(&departure, took, answer(number));
                departure.at
            });
        }
        let mut left = asking.join_all().await;
        left.sort();
        left
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_the_ceiling() {
        for ceiling in [1, 7, 20, 50, 300] {
            let line = Arc::new(Line::new(ceiling));
            let began = Instant::now();
            let left = ask(&line, 3000, |_| Sign::Whole).await;
            assert!(most_in_a_second(&left) <= ceiling as usize, "{ceiling}");
            let least = 3000.0 / f64::from(ceiling) - 1.0;
            let took = began.elapsed().as_secs_f64();
            assert!(took >= least && took <= 1.2 * least + 6.0, "{ceiling}: {took}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_loses_questions_is_asked_slowly() {
        let line = Arc::new(Line::new(300));
        let answer = |number: usize| if number < 600 { Sign::Whole } else { Sign::Lost };
        let left = ask(&line, 700, answer).await;
        let last = *left.last().unwrap();
        let in_the_end = left.iter().filter(|at| **at + 2 * SECOND > last).count();
        assert!(in_the_end <= 42, "{in_the_end}");
        assert!(line.is_busy(last + 60 * SECOND), "what was learnt is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_takes_no_turn() {
        let line = Line::new(1);
        line.turn().await;
        for _ in 0..5 {
            let given_up = tokio::time::timeout(Duration::from_millis(100), line.turn());
            assert!(given_up.await.is_err());
        }
        let began = Instant::now();
        line.turn().await;
        assert!(began.elapsed() <= SECOND);
    }
}
