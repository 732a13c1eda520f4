//! A service as a whole, whatever its kind.

rules! {
    mod service_answers;
    mod ipv6_only_usable;
}
