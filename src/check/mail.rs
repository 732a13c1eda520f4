//! Checks of mail domains: their exchangers, how these greet, their TLS, and who may send.
//!
//! [`helpers`] joins the verdicts of a domain's exchangers. May import the helpers of every area but
//! [`service`](super::service) and [`inventory`](super::inventory).

pub(super) mod helpers;
mod refusals;

rules! {
    mod mail_mx_aaaa;
    mod mail_banner;
    mod mail_starttls;
    mod mail_starttls_parity;
    mod mail_spf_ipv6;
    mod mail_ptr;
}
