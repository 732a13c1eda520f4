//! The addresses that a service publishes.

pub(super) mod helpers;

rules! {
    mod address_global;
    mod address_owned;
    mod address_origin;
    mod address_ipv4_embedded;
}
