//! When a request may leave: how many are under way, and how fast they follow each other.
//!
//! Waiting happens here and nowhere else, before any clock of the request starts. Each address and each
//! name server has its own line, and only who is at its head takes one of the places that all share.

mod line;
mod pace;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use self::line::Line;
use self::pace::Departure;
pub(super) use self::pace::Sign;
use super::tally::Tally;
use crate::model::{Limit, Settings, Transport};

/// Between two conversations with an address that turns us away.
const SLOWED_INTERVAL: Duration = Duration::from_secs(1);

/// Hands out permits to requests.
pub(super) struct Pacing {
    conversations: Semaphore,
    per_host: usize,
    per_host_interval: Duration,
    hosts: StdMutex<IdleSwept<IpAddr, Arc<Host>>>,
    echoes: Semaphore,
    dns_over_udp: Semaphore,
    dns_over_tcp: Semaphore,
    unpaced: HashSet<IpAddr>,
    dns_ceiling: u32,
    servers: StdMutex<IdleSwept<IpAddr, Arc<Line>>>,
    tally: Arc<Tally>,
}

/// The right to have a request under way, until it is dropped.
pub(super) struct Permit<'a> {
    _slot: Option<SemaphorePermit<'a>>,
    _host: Option<(OwnedSemaphorePermit, Arc<Host>)>,
    line: Option<(Arc<Line>, Departure)>,
}

impl Permit<'_> {
    /// Tells the line of the server what came of the question after so long. Whether its pace may have
    /// been the reason, because the server was asked faster than at the beginning.
    pub fn hear(&self, elapsed: Duration, sign: Sign) -> bool {
        let Some((line, departure)) = &self.line else { return false };
        line.hear(departure, elapsed, sign);
        departure.is_raised() && matches!(sign, Sign::Lost | Sign::Limited)
    }

    /// From now on the server is asked no faster than at the beginning.
    pub fn go_back(&self) {
        if let Some((line, _)) = &self.line {
            line.go_back();
        }
    }
}

impl Pacing {
    pub fn new(settings: &Settings, tally: Arc<Tally>) -> Self {
        let limits = &settings.limits;
        Self {
            conversations: semaphore(settings.concurrency),
            per_host: settings.per_host,
            per_host_interval: settings.per_host_interval,
            hosts: StdMutex::default(),
            echoes: semaphore(limits.echoes_in_flight),
            dns_over_udp: semaphore(limits.dns_in_flight),
            // Each holds a descriptor, of which there are fewer than datagrams in flight.
            dns_over_tcp: semaphore(limits.dns_in_flight.min(settings.concurrency)),
            unpaced: settings.resolvers.iter().map(SocketAddr::ip).collect(),
            dns_ceiling: limits.dns_per_server_per_second,
            servers: StdMutex::default(),
            tally,
        }
    }

    /// Waits for a permit to begin a conversation with `address`: fewer than `per_host` are under
    /// way with it, the last one began at least `per_host_interval` ago, and fewer than
    /// `concurrency` are under way in all. A task that waits for its host holds no permit that another
    /// host could use.
    pub async fn conversation_permit(&self, address: IpAddr) -> Permit<'_> {
        self.permit(address, 1, &self.conversations, Limit::Concurrency).await
    }

    /// As [`Pacing::conversation_permit`], and no other is under way with `address` at the same time: mail
    /// servers count a stranger's connections.
    pub async fn exclusive_permit(&self, address: IpAddr) -> Permit<'_> {
        let share = self.per_host.clamp(1, Semaphore::MAX_PERMITS);
        self.permit(address, share, &self.conversations, Limit::Concurrency).await
    }

    /// Waits for a permit to send an echo request: as [`Pacing::conversation_permit`] toward the host, and
    /// fewer than `echoes_in_flight` are under way in all.
    pub async fn echo_permit(&self, address: IpAddr) -> Permit<'_> {
        self.permit(address, 1, &self.echoes, Limit::EchoesInFlight).await
    }

    async fn permit<'a>(
        &'a self,
        address: IpAddr,
        share: usize,
        slots: &'a Semaphore,
        of_slots: Limit,
    ) -> Permit<'a> {
        let host = self.host(address);
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let mut since = Instant::now();
        let of_host = Arc::clone(&host.permits).acquire_many_owned(share).await.ok();
        self.waited(Limit::PerHost, &mut since);
        // Held until this conversation begins, so that starts follow one another.
        let mut last_start = host.last_start.lock().await;
        if let Some(last_start) = *last_start {
            sleep_until(last_start + host.interval(self.per_host_interval)).await;
        }
        self.waited(Limit::PerHostInterval, &mut since);
        let slot = slots.acquire().await.ok();
        self.waited(of_slots, &mut since);
        *last_start = Some(Instant::now());
        drop(last_start);
        Permit { _slot: slot, _host: of_host.map(|of_host| (of_host, host)), line: None }
    }

    /// Waits for a permit to send a DNS question: fewer than `dns_in_flight` are under way, and
    /// `server` is not asked faster than it bears nor more often than `dns_per_server_per_second`,
    /// unless it is one of our own resolvers.
    pub async fn dns_permit(&self, server: IpAddr, transport: Transport) -> Permit<'_> {
        let mut since = Instant::now();
        let line = if self.unpaced.contains(&server) {
            None
        } else {
            let line = self.line(server);
            let departure = line.turn().await;
            Some((line, departure))
        };
        self.waited(Limit::DnsPerSecond, &mut since);
        let slots = match transport {
            Transport::Udp => &self.dns_over_udp,
            Transport::Tcp => &self.dns_over_tcp,
        };
        let slot = slots.acquire().await.ok();
        self.waited(Limit::DnsInFlight, &mut since);
        Permit { _slot: slot, _host: None, line }
    }

    /// Counts how long something was waited for since then.
    fn waited(&self, limit: Limit, since: &mut Instant) {
        let now = Instant::now();
        // What takes less is no waiting, but how long it takes to find that out.
        const NOTHING: Duration = Duration::from_micros(100);
        let waited = now.duration_since(*since);
        if waited > NOTHING {
            self.tally.wait(limit, waited);
        }
        *since = now;
    }

    /// From now on an address that turns us away is asked slowly.
    pub fn slow_down(&self, address: IpAddr) {
        self.host(address).is_slowed.store(true, Ordering::Relaxed);
    }

    fn host(&self, address: IpAddr) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        hosts.sweep(|host| Host::is_busy(host, now, self.per_host_interval));
        Arc::clone(hosts.map.entry(address).or_insert_with(|| Arc::new(Host::new(self.per_host))))
    }

    fn line(&self, server: IpAddr) -> Arc<Line> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        servers.sweep(|line| Arc::strong_count(line) > 1 || line.is_busy(now));
        let entry = servers.map.entry(server);
        Arc::clone(entry.or_insert_with(|| Arc::new(Line::new(self.dns_ceiling))))
    }
}

/// A semaphore of at least one permit, so that a setting of 0 stops nothing for ever.
fn semaphore(permits: usize) -> Semaphore {
    Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS))
}

/// One address that conversations are held with.
struct Host {
    permits: Arc<Semaphore>,
    last_start: Mutex<Option<Instant>>,
    is_slowed: AtomicBool,
}

impl Host {
    fn new(per_host: usize) -> Self {
        Self {
            permits: Arc::new(semaphore(per_host)),
            last_start: Mutex::new(None),
            is_slowed: AtomicBool::new(false),
        }
    }

    /// Between the starts of two conversations.
    fn interval(&self, usual: Duration) -> Duration {
        let is_slowed = self.is_slowed.load(Ordering::Relaxed);
        if is_slowed { usual.max(SLOWED_INTERVAL) } else { usual }
    }

    /// Whether forgetting the host would let a conversation begin too early.
    fn is_busy(host: &Arc<Self>, now: Instant, interval: Duration) -> bool {
        Arc::strong_count(host) > 1
            || host.is_slowed.load(Ordering::Relaxed)
            || host.last_start.try_lock().map_or(true, |last_start| {
                last_start.is_some_and(|last_start| last_start + interval > now)
            })
    }
}

/// A table that forgets idle entries whenever it has doubled, so that it stays as small as what is
/// in use, at a constant cost per entry.
struct IdleSwept<K, V> {
    map: HashMap<K, V>,
    sweep_at: usize,
}

impl<K, V> Default for IdleSwept<K, V> {
    fn default() -> Self {
        Self { map: HashMap::new(), sweep_at: Self::SMALL }
    }
}

impl<K, V> IdleSwept<K, V> {
    const SMALL: usize = 1024;
}

impl<K: Eq + Hash, V> IdleSwept<K, V> {
    fn sweep(&mut self, is_busy: impl Fn(&V) -> bool) {
        if self.map.len() >= self.sweep_at {
            self.map.retain(|_, value| is_busy(value));
            self.sweep_at = (self.map.len() * 2).max(Self::SMALL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::sync::atomic::AtomicUsize;

    use tokio::time::sleep;

    use super::*;
    use crate::model::Limits;

    const HOST: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    fn settings() -> Settings {
        Settings { concurrency: 4, per_host: 2, ..Settings::default() }
    }

    fn pacing(settings: &Settings) -> Pacing {
        Pacing::new(settings, Arc::default())
    }

    // The tests run on tokio's paused clock: time passes only when every task waits for it.

    #[tokio::test(start_paused = true)]
    async fn one_host_is_approached_slowly_and_by_few() {
        let pacing = Arc::new(pacing(&settings()));
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let starts = Arc::new(StdMutex::new(Vec::new()));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (pacing, under_way, most, starts) =
                (pacing.clone(), under_way.clone(), most.clone(), starts.clone());
            tasks.spawn(async move {
                let _permit = pacing.conversation_permit(HOST).await;
                starts.lock().unwrap().push(Instant::now());
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(Duration::from_millis(1000)).await;
                under_way.fetch_sub(1, Ordering::SeqCst);
            });
        }
        while tasks.join_next().await.is_some() {}
        assert_eq!(most.load(Ordering::SeqCst), 2);
        let starts = starts.lock().unwrap();
        for pair in starts.windows(2) {
            assert!(pair[1] - pair[0] >= Duration::from_millis(100));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_turns_us_away_is_approached_more_slowly() {
        let pacing = pacing(&settings());
        drop(pacing.conversation_permit(HOST).await);
        pacing.slow_down(HOST);
        let began = Instant::now();
        for _ in 0..3 {
            drop(pacing.conversation_permit(HOST).await);
        }
        assert_eq!(began.elapsed(), 3 * SLOWED_INTERVAL);
        let began = Instant::now();
        drop(pacing.conversation_permit(OTHER).await);
        assert_eq!(began, Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_for_one_host_holds_up_no_other() {
        let pacing = Arc::new(pacing(&settings()));
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let pacing = pacing.clone();
            crowd.spawn(async move {
                let _permit = pacing.conversation_permit(HOST).await;
                std::future::pending::<()>().await;
            });
        }
        sleep(Duration::from_secs(1)).await;
        let before = Instant::now();
        let _permit = pacing.conversation_permit(OTHER).await;
        assert_eq!(before, Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_concurrency_are_under_way() {
        let pacing = pacing(&settings());
        let mut permits = Vec::new();
        for last in 1..=4 {
            permits.push(pacing.conversation_permit(IpAddr::from([192, 0, 2, last])).await);
        }
        let fifth = pacing.conversation_permit(IpAddr::from([192, 0, 2, 5]));
        let mut fifth = std::pin::pin!(fifth);
        let patience = Duration::from_secs(60);
        assert!(tokio::time::timeout(patience, fifth.as_mut()).await.is_err());
        permits.pop();
        assert!(tokio::time::timeout(patience, fifth).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn name_servers_are_asked_gently_and_our_resolvers_at_will() {
        let resolver = SocketAddr::new(OTHER, 53);
        let limits = Limits { dns_per_server_per_second: 20, ..Limits::default() };
        let pacing = pacing(&Settings { resolvers: vec![resolver], limits, ..settings() });
        let began = Instant::now();
        for _ in 0..1000 {
            drop(pacing.dns_permit(resolver.ip(), Transport::Udp).await);
        }
        for _ in 0..20 {
            drop(pacing.dns_permit(HOST, Transport::Udp).await);
        }
        assert_eq!(Instant::now(), began);
        for _ in 0..60 {
            drop(pacing.dns_permit(HOST, Transport::Tcp).await);
        }
        assert!(Instant::now() - began >= Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten_and_busy_ones_are_not() {
        let pacing = pacing(&settings());
        let _permit = pacing.conversation_permit(HOST).await;
        for number in 0..20_000u32 {
            let address = IpAddr::from(Ipv4Addr::from(0x0a00_0000 + number));
            drop(pacing.conversation_permit(address).await);
            drop(pacing.dns_permit(address, Transport::Udp).await);
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        let small = 2 * IdleSwept::<(), ()>::SMALL;
        let hosts = pacing.hosts.lock().unwrap();
        assert!(hosts.map.len() <= small && hosts.map.contains_key(&HOST));
        assert!(pacing.servers.lock().unwrap().map.len() <= small);
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_frees_the_permit() {
        let pacing = pacing(&Settings { per_host: 1, ..settings() });
        let first = pacing.conversation_permit(HOST).await;
        let second = pacing.conversation_permit(HOST);
        assert!(tokio::time::timeout(Duration::from_secs(1), second).await.is_err());
        drop(first);
        drop(pacing.conversation_permit(HOST).await);
    }
}
