//! Checks of the addresses that a service publishes: whether packets reach them, whose they are, who
//! announces them, and what they give away.
//!
//! [`helpers`] has the addresses of a service, or the early verdict that there are none. The first
//! area: it imports no other one's helpers.

pub(super) mod helpers;

rules! {
    mod address_global;
    mod address_owned;
    mod address_origin;
    mod address_ipv4_embedded;
}
