//! Checks of what the DNS holds of a service: its addresses, its zone, the name servers of the zone, and
//! the records beside the addresses.
//!
//! [`helpers`] has the zone with its name servers, or the early verdict that it isn't known. Records
//! that speak of certificates or pages are compared with them, so it may import the helpers of
//! [`address`](super::address), [`reach`](super::reach), [`tls`](super::tls) and [`web`](super::web).

pub(super) mod helpers;

rules! {
    mod dns_aaaa;
    mod dns_aaaa_answered;
    mod dns_ns_aaaa;
    mod dns_ns_ipv6_answers;
    mod dns_ns_ipv4_answers;
    mod dns_ipv6_only_resolution;
    mod dns_glue;
    mod dns_consistent;
    mod dns_delegation;
    mod dns_ns_diversity;
    mod dns_large_answer;
    mod dns_dnssec;
    mod dns_caa;
    mod dns_ptr;
    mod dns_https_record;
}
