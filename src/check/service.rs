//! Checks of a service as a whole, whatever its kind: whether it answers in its own protocol, and
//! whether a client without IPv4 gets all of it.
//!
//! [`helpers`] has what each address answers. May import the helpers of every area but
//! [`inventory`](super::inventory).

pub(super) mod helpers;

rules! {
    mod service_answers;
    mod ipv6_only_usable;
}
