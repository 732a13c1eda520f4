//! Whether our own firewall drops the packets of a TCP connection that gets no answer.
//!
//! A datagram that our own firewall drops is an error of `sendto`. A SYN that it drops is none: the kernel goes
//! on as if it had been lost on the way. It only counts those that it could not even repeat, for all
//! connections of the machine together (`TcpExt: TCPRetransFail`). A connection whose every repetition is
//! accompanied by such a count never left the machine, as far as can be told.

use std::time::Duration;

/// When the counter is read, after the SYN: around the first repetition, which comes after a second, and after
/// the next ones, be they a second apart or twice as far each time.
const READ_AFTER: [Duration; 3] =
    [Duration::from_millis(850), Duration::from_millis(1350), Duration::from_millis(3600)];

/// What the counter showed while a connection waited for its answer.
#[derive(Default)]
pub(super) struct OwnDrops {
    readings: Vec<u64>,
}

impl OwnDrops {
    /// Reads the counter now and then; never returns.
    pub(super) async fn watch(&mut self) -> ! {
        let started = tokio::time::Instant::now();
        for after in READ_AFTER {
            tokio::time::sleep_until(started + after).await;
            self.readings.extend(repetitions_that_failed());
        }
        std::future::pending().await
    }

    /// Whether every repetition that there has been was dropped on this machine.
    pub(super) fn are_ours(mut self) -> bool {
        if self.readings.len() < READ_AFTER.len() {
            self.readings.extend(repetitions_that_failed());
        }
        self.readings.len() == READ_AFTER.len()
            && self.readings.windows(2).all(|pair| pair[0] < pair[1])
    }
}

/// How many repetitions of this machine's TCP could not be sent; `None` where the kernel doesn't tell.
fn repetitions_that_failed() -> Option<u64> {
    counter(&std::fs::read_to_string("/proc/self/net/netstat").ok()?)
}

fn counter(netstat: &str) -> Option<u64> {
    let mut lines = netstat.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let mut pairs = names.split(' ').zip(values.split(' '));
    pairs.find(|(name, _)| *name == "TCPRetransFail")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_found_by_its_name() {
        let text = "TcpExt: SyncookiesSent TCPRetransFail TCPRcvCoalesce\nTcpExt: 1 7 3\nIpExt: A\nIpExt: 2\n";
        assert_eq!(counter(text), Some(7));
        assert_eq!(counter("TcpExt: A\nTcpExt: 1\n"), None);
        assert_eq!(counter(""), None);
        assert!(repetitions_that_failed().is_some());
    }

    #[test]
    fn every_repetition_has_to_be_accompanied() {
        for (readings, expected) in [
            (&[5, 6, 8][..], true),
            (&[5, 6, 6], false),
            (&[5, 5, 6], false),
            // It ended before there was any.
            (&[], false),
        ] {
            assert_eq!(OwnDrops { readings: readings.to_vec() }.are_ours(), expected);
        }
    }
}
