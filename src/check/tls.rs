//! Handshakes and certificates.

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
