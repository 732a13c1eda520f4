//! A UDP socket for QUIC's library that sends and receives no more than a budget allows.

use std::fmt;
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use tokio::sync::Notify;

use crate::probe::budget::{Budget, BudgetSpent};

/// A socket of one conversation. Once the budget is spent, nothing leaves it and nothing comes in.
pub(super) struct MeteredSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    /// The same socket: QUIC's library keeps to itself what the kernel says to a datagram.
    sender: UdpSocket,
    /// Whether our own kernel refused to send one.
    is_forbidden: AtomicBool,
    budget: Budget,
    spent: Notify,
}

impl MeteredSocket {
    /// Datagrams and their octets are taken from `budget`, both ways. `sender` is the same socket.
    pub fn new(socket: Arc<dyn AsyncUdpSocket>, sender: UdpSocket, budget: Budget) -> Self {
        Self { socket, sender, is_forbidden: AtomicBool::new(false), budget, spent: Notify::new() }
    }

    /// Whether our own firewall kept a datagram back.
    pub fn is_forbidden(&self) -> bool {
        self.is_forbidden.load(Ordering::Relaxed)
    }

    /// Waits until the budget is spent: for one task.
    pub async fn spent(&self) -> BudgetSpent {
        self.spent.notified().await;
        BudgetSpent
    }

    /// Whether so many datagrams may pass.
    fn admits(&self, datagrams: usize, octets: usize) -> bool {
        let admitted = self.budget.spend(datagrams, octets).is_ok();
        if !admitted {
            self.spent.notify_one();
        }
        admitted
    }
}

impl AsyncUdpSocket for MeteredSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.socket).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let octets = transmit.contents.len();
        let datagrams = transmit.segment_size.map_or(1, |size| octets.div_ceil(size.max(1)));
        // What is not sent is a loss to the library, which its timers bound.
        if !self.admits(datagrams, octets) {
            return Ok(());
        }
        match self.sender.send_to(transmit.contents, transmit.destination) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                self.is_forbidden.store(true, Ordering::Relaxed);
                Ok(())
            }
            // It knows how to wait for room, and what else there is to be done.
            Err(_) => self.socket.try_send(transmit),
        }
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        if self.budget.is_spent() {
            return Poll::Pending;
        }
        let messages = ready!(self.socket.poll_recv(context, buffers, meta))?;
        let octets: usize = meta[..messages].iter().map(|message| message.len).sum();
        let datagrams =
            meta[..messages].iter().map(|message| message.len.div_ceil(message.stride.max(1)));
        if self.admits(datagrams.sum(), octets) { Poll::Ready(Ok(messages)) } else { Poll::Pending }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn max_transmit_segments(&self) -> usize {
        1
    }

    fn max_receive_segments(&self) -> usize {
        self.socket.max_receive_segments()
    }

    fn may_fragment(&self) -> bool {
        self.socket.may_fragment()
    }
}

impl fmt::Debug for MeteredSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeteredSocket").field("budget", &self.budget).finish_non_exhaustive()
    }
}
