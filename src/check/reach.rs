//! Whether packets and connections come through.

pub(super) mod greetings;
pub(super) mod helpers;

rules! {
    mod reach_port;
    mod reach_parity;
    mod reach_stable;
    mod reach_latency;
    mod reach_pmtu;
    mod reach_echo;
}
