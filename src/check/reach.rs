//! Checks of whether packets and connections arrive: ports, rounds, latency, echoes and large packets.
//!
//! [`helpers`] has the contacts of a service, for a mail domain those of its exchangers, or the early
//! verdict that there are none; [`greetings`] reads how a server greets;
//! [`senders`] says what senders get where exchangers differ. May import the helpers of
//! [`address`](super::address).

pub(super) mod greetings;
pub(super) mod helpers;
pub(super) mod senders;

rules! {
    mod reach_port;
    mod reach_parity;
    mod reach_stable;
    mod reach_latency;
    mod reach_pmtu;
    mod reach_echo;
}
