//! Mail domains and their exchangers.

pub(super) mod helpers;

rules! {
    mod mail_mx_aaaa;
    mod mail_banner;
    mod mail_starttls;
    mod mail_starttls_parity;
    mod mail_spf_ipv6;
    mod mail_ptr;
}
