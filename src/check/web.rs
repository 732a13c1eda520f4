//! Web sites.

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
