//! Sites that speak HTTP/2.

use crate::lab::network::addresses::ipv4;
use crate::lab::site::Site;
use crate::lab::site::listener::{Http2Behaviour, Listener, https, https_redirect};
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
            .ipv6_listener(http2(page(), Http2Behaviour::Resets))
            .failing(&[("web-answers", "resets-stream")]),
        Site::new(248, "h2-chi-ipv4", "HTTP/2 chỉ có qua IPv4", "h2ipv4.vidu.example")
            .every_listener(https(page()))
            .listener(ipv4(248), 443, whole(page()))
            .failing(&[("tls-parity", "different-alpn")]),
        // What clients ask again for, unseen by those who use them.
        Site::new(114, "h2-doi-http1", "HTTP/2 đòi hỏi HTTP/1.1", "h2doi.vidu.example")
            .every_listener(http2(page(), Http2Behaviour::DemandsHttp1)),
        Site::new(115, "h2-tu-choi", "HTTP/2 từ chối luồng đầu", "h2tuchoi.vidu.example")
            .every_listener(http2(page(), Http2Behaviour::RefusesFirst)),
        Site::new(116, "h2-goaway", "HTTP/2 kết thúc kết nối đầu", "h2goaway.vidu.example")
            .every_listener(http2(page(), Http2Behaviour::GoesAwayFirst)),
    ]
}

/// A page over HTTP/2.
fn whole(page: Page) -> Listener {
    http2(page, Http2Behaviour::Answers)
}

fn http2(page: Page, behaviour: Http2Behaviour) -> Listener {
    Listener::Http2 { page, behaviour }
}
