//! Checks of handshakes and certificates.
//!
//! [`helpers`] has the TLS sessions of a service, or what is to be concluded without one. May import the
//! helpers of [`address`](super::address), [`reach`](super::reach) and [`web`](super::web).

pub(super) mod helpers;

rules! {
    mod tls_handshake;
    mod tls_trusted;
    mod tls_name;
    mod tls_validity;
    mod tls_version;
    mod tls_key;
    mod tls_parity;
    mod tls_key_exchange;
    mod tls_dane;
}
