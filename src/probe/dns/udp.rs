//! DNS over UDP: a few sockets carry every question.
//!
//! A socket per question would cost five times as much and exhaust descriptors. Against forged
//! answers (RFC 5452) each question draws one of several sockets, each with a random port of the
//! kernel's, and a random id. The sockets are not connected, so ICMP errors come through their
//! error queues and are led back to their questions.

use std::io;
use std::iter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::socket::{SockaddrStorage, recvfrom};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::in_flight::{DropCounters, DroppedAnswers, InFlight, Key, Outcome};
use super::query::Query;
use crate::model::{Family, NetFailure};
use crate::probe::errors::{self, Carrier};
use crate::probe::random::random_u64;
use crate::probe::{error_queue, kernel};

/// Sockets of each family: three further bits for a forger to guess.
const SOCKETS_PER_FAMILY: usize = 8;

/// What each socket may hold for us while we are busy; the kernel grants what its limits allow.
const RECEIVE_BUFFER_OCTETS: usize = 4 * 1024 * 1024;

/// The sockets of both families. Dropping them ends their receiving tasks.
pub(super) struct Sockets {
    ipv6: Result<Vec<Arc<Shared>>, NetFailure>,
    ipv4: Result<Vec<Arc<Shared>>, NetFailure>,
    dropped: Arc<DropCounters>,
    _receivers: JoinSet<()>,
}

impl Sockets {
    /// Opens the sockets and starts to receive; must be called within a tokio runtime.
    ///
    /// # Errors
    /// When a socket can't be opened or registered, for another reason than a family that the
    /// kernel doesn't have.
    pub fn open() -> io::Result<Self> {
        let dropped = Arc::new(DropCounters::default());
        let mut receivers = JoinSet::new();
        let mut open = |family| {
            let sockets: io::Result<Vec<_>> = iter::repeat_with(|| Shared::open(family, &dropped))
                .take(SOCKETS_PER_FAMILY)
                .collect();
            match sockets {
                Ok(sockets) => {
                    for socket in &sockets {
                        receivers.spawn(Arc::clone(socket).receive());
                    }
                    Ok(Ok(sockets))
                }
                Err(error) if is_family_absent(&error) => Ok(Err(NetFailure::NoRoute)),
                Err(error) => Err(error),
            }
        };
        let (ipv6, ipv4) = (open(Family::Ipv6)?, open(Family::Ipv4)?);
        Ok(Self { ipv6, ipv4, dropped, _receivers: receivers })
    }

    /// Sends the query once and waits for its answer. Dropping the future gives it up.
    ///
    /// # Errors
    /// What the server, a router or our own machine did; [`NetFailure::TimedOut`] after `deadline`.
    pub async fn exchange(
        &self,
        mut query: Query,
        server: SocketAddr,
        deadline: Duration,
    ) -> Outcome {
        let sockets = match Family::of(server.ip()) {
            Family::Ipv6 => self.ipv6.as_ref(),
            Family::Ipv4 => self.ipv4.as_ref(),
        }
        .map_err(NetFailure::clone)?;
        let random = random_u64()?;
        let socket = &sockets[random as usize % sockets.len()];
        // Should the first id be taken, its successors in a fixed walk are as unpredictable.
        let first = (random >> 32) as u16;
        let stride = (random >> 48) as u16 | 1;
        let ids = iter::successors(Some(first), |id| Some(id.wrapping_add(stride))).take(1 << 12);
        let entered = socket.lock().enter(kernel::canonical(server), query.question(), ids);
        let Some((key, outcome)) = entered else {
            return Err(NetFailure::Exhausted { errno: "every DNS id is in use".to_owned() });
        };
        let _ends = EndOnDrop { socket, key };
        let until = Instant::now() + deadline;
        // What never left can't have been dropped by the server.
        match timeout_at(until, socket.send(query.with_id(key.1), server)).await {
            Ok(sent) => sent?,
            Err(_) => return Err(NetFailure::Exhausted { errno: "EAGAIN".to_owned() }),
        }
        // The sender lives in the table until the question has ended.
        match timeout_at(until, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(NetFailure::TimedOut),
        }
    }

    /// The messages dropped until now.
    pub fn dropped(&self) -> DroppedAnswers {
        self.dropped.read()
    }

    /// Every local address, for tests that forge answers.
    #[cfg(test)]
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        let all = [&self.ipv6, &self.ipv4].into_iter().flatten().flatten();
        all.map(|socket| socket.socket.local_addr().unwrap()).collect()
    }
}

/// One socket that serves many questions.
struct Shared {
    socket: UdpSocket,
    in_flight: Mutex<InFlight>,
    dropped: Arc<DropCounters>,
}

/// Takes a question off the table when the asking task stops waiting.
struct EndOnDrop<'a> {
    socket: &'a Shared,
    key: Key,
}

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.socket.lock().end(self.key, None);
    }
}

impl Shared {
    fn open(family: Family, dropped: &Arc<DropCounters>) -> io::Result<Arc<Self>> {
        let (domain, unspecified) = match family {
            Family::Ipv6 => (Domain::IPV6, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
            Family::Ipv4 => (Domain::IPV4, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        };
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        if family == Family::Ipv6 {
            socket.set_only_v6(true)?;
        }
        error_queue::queue_errors(&socket, family, true)?;
        // A smaller buffer only costs retries.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER_OCTETS);
        socket.bind(&SocketAddr::new(unspecified, 0).into())?;
        Ok(Arc::new(Self {
            socket: UdpSocket::from_std(socket.into())?,
            in_flight: Mutex::default(),
            dropped: Arc::clone(dropped),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, InFlight> {
        // No code panics while it holds the lock; if some did, the table would still be whole.
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a datagram. On a socket that many share, the kernel may report here what befell an
    /// earlier datagram of another question; so errors are first led to where they belong, and the
    /// sending is tried again. An error that stays is this datagram's.
    async fn send(&self, query: &[u8], server: SocketAddr) -> Result<(), NetFailure> {
        const TRIES: usize = 4;
        let mut tries = 0;
        loop {
            match self.socket.send_to(query, server).await {
                Ok(_) => return Ok(()),
                Err(error) => {
                    self.receive_errors();
                    tries += 1;
                    if tries == TRIES {
                        return Err(errors::io_failure(&error, server.ip()));
                    }
                }
            }
        }
    }

    /// Receives for ever.
    async fn receive(self: Arc<Self>) {
        /// Datagrams taken before other tasks get their turn.
        const BATCH: usize = 128;
        // The largest UDP payload; a longer one can't come.
        let mut buffer = vec![0; 65_535];
        loop {
            let awake = self.socket.async_io(Interest::READABLE | Interest::ERROR, || {
                for _ in 0..BATCH {
                    self.receive_one(&mut buffer)?;
                }
                Ok(())
            });
            if awake.await.is_err() {
                // Only a runtime that shuts down gets here: other errors are dealt with inside.
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Takes one datagram; `WouldBlock` when there is none.
    fn receive_one(&self, buffer: &mut [u8]) -> io::Result<()> {
        match recvfrom::<SockaddrStorage>(self.socket.as_raw_fd(), buffer) {
            Ok((octets, Some(from))) => {
                if let Some(from) = kernel::socket_addr(&from) {
                    let answered = self.lock().answer(kernel::canonical(from), &buffer[..octets]);
                    if let Err(dropped) = answered {
                        self.dropped.count(dropped);
                    }
                }
                Ok(())
            }
            Ok((_, None)) => Ok(()),
            Err(Errno::EAGAIN) => Err(io::ErrorKind::WouldBlock.into()),
            // The kernel reports an error once, before any datagram; the error queue holds what it
            // was.
            Err(_) => {
                self.receive_errors();
                Ok(())
            }
        }
    }

    /// Leads what the error queue holds to the questions that it is about.
    fn receive_errors(&self) {
        while let Some(queued) = error_queue::read_error_queue(&self.socket) {
            let Some(server) = queued.destination else { continue };
            let server = kernel::canonical(server);
            let Some(key) = self.lock().find(&queued, server) else { continue };
            // Outside the lock, because it may ask the kernel for a route.
            if let Some(failure) = errors::queued_failure(&queued, Carrier::Udp, server.ip()) {
                self.lock().end(key, Some(Err(failure)));
            }
        }
    }
}

fn is_family_absent(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error().map(Errno::from_raw),
        Some(Errno::EAFNOSUPPORT | Errno::EADDRNOTAVAIL)
    )
}
