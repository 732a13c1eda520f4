//! What a session's requests took, counted as they go.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::timing::micros;
use crate::model::{Limit, RequestKind, ServerTime, Spent, Timings, Work};

/// Addresses that are told apart: some octets each.
const SERVERS_MAX: usize = 1 << 16;

/// Addresses that are shown.
const SERVERS_SHOWN: usize = 10;

/// Counts what requests, waits and work take. Many tasks share one.
#[derive(Default)]
pub struct Tally {
    kinds: [Counter; RequestKind::ALL.len()],
    limits: [Counter; Limit::ALL.len()],
    work: [Counter; Work::ALL.len()],
    shared: AtomicU64,
    slowed: AtomicU64,
    servers: Mutex<HashMap<IpAddr, ServerCount>>,
}

#[derive(Default)]
struct Counter {
    times: AtomicU64,
    total_us: AtomicU64,
    longest_us: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct ServerCount {
    requests: u64,
    under_way_us: u64,
    waited_us: u64,
}

impl Counter {
    fn add(&self, took: Duration) {
        let took = micros(took);
        self.times.fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add(took, Ordering::Relaxed);
        self.longest_us.fetch_max(took, Ordering::Relaxed);
    }

    fn spent(&self) -> Spent {
        Spent {
            times: self.times.load(Ordering::Relaxed),
            total: Duration::from_micros(self.total_us.load(Ordering::Relaxed)),
            longest: Duration::from_micros(self.longest_us.load(Ordering::Relaxed)),
        }
    }
}

impl Tally {
    /// A request ended after so long.
    pub fn request(&self, kind: RequestKind, took: Duration) {
        self.kinds[kind as usize].add(took);
    }

    /// A request waited for so long; no time at all isn't counted.
    pub fn wait(&self, limit: Limit, waited: Duration) {
        if micros(waited) > 0 {
            self.limits[limit as usize].add(waited);
        }
    }

    /// A piece of work took so long.
    pub fn work(&self, work: Work, took: Duration) {
        self.work[work as usize].add(took);
    }

    /// An answer was there already.
    pub fn answer_shared(&self) {
        self.shared.fetch_add(1, Ordering::Relaxed);
    }

    /// A question is asked again, more slowly.
    pub(super) fn slowed(&self) {
        self.slowed.fetch_add(1, Ordering::Relaxed);
    }

    /// A request to an address waited and was under way for so long.
    pub(super) fn server(&self, address: IpAddr, waited: Duration, under_way: Duration) {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.len() >= SERVERS_MAX && !servers.contains_key(&address) {
            return;
        }
        let count = servers.entry(address).or_default();
        count.requests += 1;
        count.waited_us += micros(waited);
        count.under_way_us += micros(under_way);
    }

    /// Adds what was counted to the timings.
    pub fn add_to(&self, timings: &mut Timings) {
        let kinds = RequestKind::ALL.into_iter().zip(&self.kinds);
        add(&mut timings.kinds, kinds);
        add(&mut timings.limits, Limit::ALL.into_iter().zip(&self.limits));
        add(&mut timings.work, Work::ALL.into_iter().zip(&self.work));
        timings.limits.sort_by_key(|(_, spent)| std::cmp::Reverse(spent.total));
        timings.shared += self.shared.load(Ordering::Relaxed);
        timings.slowed += self.slowed.load(Ordering::Relaxed);
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        timings.servers.extend(servers.iter().map(|(address, count)| ServerTime {
            address: *address,
            requests: count.requests,
            under_way: Duration::from_micros(count.under_way_us),
            waited: Duration::from_micros(count.waited_us),
        }));
        drop(servers);
        timings.servers.sort_by_key(|server| {
            (std::cmp::Reverse(server.under_way + server.waited), server.address)
        });
        timings.servers.truncate(SERVERS_SHOWN);
    }
}

/// Adds what was counted of each to the list, where anything was.
fn add<'a, T: Copy + PartialEq>(
    list: &mut Vec<(T, Spent)>,
    counters: impl IntoIterator<Item = (T, &'a Counter)>,
) {
    for (what, counter) in counters {
        let spent = counter.spent();
        if spent.times == 0 {
            continue;
        }
        match list.iter_mut().find(|(known, _)| *known == what) {
            Some((_, known)) => {
                known.times += spent.times;
                known.total += spent.total;
                known.longest = known.longest.max(spent.longest);
            }
            None => list.push((what, spent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tallies_are_added_up() {
        let [first, second] = [Tally::default(), Tally::default()];
        let second_address = IpAddr::from([192, 0, 2, 2]);
        let ms = Duration::from_millis;
        first.request(RequestKind::Quic, ms(5));
        first.request(RequestKind::Quic, ms(7));
        second.request(RequestKind::Quic, ms(6));
        first.wait(Limit::PerHost, Duration::ZERO);
        first.wait(Limit::RetryInterval, ms(1));
        second.wait(Limit::DnsPerSecond, ms(9));
        first.server([192, 0, 2, 1].into(), ms(1), ms(1));
        second.server(second_address, ms(1), ms(2));
        let mut timings = Timings::default();
        first.add_to(&mut timings);
        second.add_to(&mut timings);
        let quic = Spent { times: 3, total: ms(18), longest: ms(7) };
        assert_eq!(timings.kinds, [(RequestKind::Quic, quic)]);
        let limits: Vec<Limit> = timings.limits.iter().map(|(limit, _)| *limit).collect();
        assert_eq!(limits, [Limit::DnsPerSecond, Limit::RetryInterval]);
        assert_eq!(timings.servers.len(), 2);
        assert_eq!(timings.servers[0].address, second_address);
    }

    #[test]
    fn there_are_never_too_many_servers() {
        let tally = Tally::default();
        for number in 0..2 * SERVERS_MAX as u32 {
            let address = IpAddr::V4(number.into());
            tally.server(address, Duration::ZERO, Duration::from_micros(u64::from(number)));
        }
        assert_eq!(tally.servers.lock().unwrap().len(), SERVERS_MAX);
        let mut timings = Timings::default();
        tally.add_to(&mut timings);
        assert_eq!(timings.servers.len(), SERVERS_SHOWN);
    }
}
