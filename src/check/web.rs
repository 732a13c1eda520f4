//! Checks of web sites: what each address answers, where its redirects end, and whether both families
//! get the same.
//!
//! [`helpers`] has the redirect chains of a site and why their ends may be unknown. May import the
//! helpers of [`address`](super::address) and [`reach`](super::reach).

pub(super) mod helpers;

rules! {
    mod web_answers;
    mod web_status_parity;
    mod web_content_parity;
    mod web_redirects;
    mod web_https;
    mod web_headers_parity;
    mod web_apex_www;
    mod web_subresources;
    mod web_ipv4_literals;
    mod web_http3;
}
