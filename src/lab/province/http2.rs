//! Sites that speak HTTP/2.

use crate::lab::network::addresses::ipv4;
use crate::lab::site::Site;
use crate::lab::site::listener::{Listener, https, https_redirect};
use crate::lab::site::page::{Page, article};

pub(super) fn sites() -> Vec<Site> {
    let page = || Page::Html(article("Trang thông tin của đơn vị", ""), Vec::new());
    vec![
        Site::new(243, "h2", "Trang dùng HTTP/2", "h2.vidu.example").every_listener(whole(page())),
        Site::new(244, "h2-gzip", "Trang HTTP/2 nén gzip", "h2gzip.vidu.example").every_listener(
            whole(Page::Html(
                article("Trang thông tin của đơn vị", ""),
                vec![("Content-Encoding", "gzip".to_owned())],
            )),
        ),
        Site::new(245, "h2-chuyen-huong", "HTTP/2 chuyển hướng", "h2chuyen.vidu.example")
            .every_listener(whole(Page::Redirect("https://h2.vidu.example/".to_owned()))),
        Site::new(246, "den-h2", "Chuyển hướng đến trang HTTP/2", "denh2.vidu.example")
            .every_listener(https_redirect("https://h2.vidu.example/")),
        Site::new(247, "h2-dut", "HTTP/2 qua IPv6 bị ngắt giữa chừng", "h2dut.vidu.example")
            .every_listener(whole(page()))
            .ipv6_listener(Listener::Http2 { page: page(), resets_streams: true })
            .failing(&[("web-answers", "not-http")]),
        Site::new(248, "h2-chi-ipv4", "HTTP/2 chỉ có qua IPv4", "h2ipv4.vidu.example")
            .every_listener(https(page()))
            .listener(ipv4(248), 443, whole(page()))
            .failing(&[("tls-parity", "different-alpn")]),
    ]
}

/// A page over HTTP/2.
fn whole(page: Page) -> Listener {
    Listener::Http2 { page, resets_streams: false }
}
