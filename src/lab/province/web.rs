//! Sites that differ over IPv6.

use crate::lab::dns::zone::{Zone, address_data};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{Listener, https, https_html, https_redirect};
use crate::lab::site::page::{Guard, Page, article};

/// What a secure page names by http: some of it is blocked, some asked for by https, and an image at an
/// address is asked for as it is named.
const MIXED: &str = "<link rel=\"preload\" as=\"script\" href=\"http://portal.vidu.example/1.js\">\
    <link rel=\"stylesheet\" href=\"http://portal.vidu.example/2.css\">\
    <script src=\"http://portal.vidu.example/3.js\"></script>\
    <iframe src=\"http://portal.vidu.example/4\"></iframe>\
    <object data=\"http://portal.vidu.example/5\"></object>\
    <embed src=\"http://portal.vidu.example/6\">\
    <img srcset=\"http://portal.vidu.example/7.png 1x\">\
    <img src=\"http://portal.vidu.example/8.png\" srcset=\"http://portal.vidu.example/7.png 9x\">\
    <picture><source srcset=\"http://portal.vidu.example/9.png\"><img></picture>\
    <style>@font-face { font-family: f; src: url(http://portal.vidu.example/10.woff) } \
    p { font-family: f; background: url(http://dichvucong.vidu.example/11.png) }</style>\
    <img src=\"http://vanban.vidu.example/12.png\">\
    <img crossorigin src=\"http://h2.vidu.example/13.png\">\
    <video crossorigin src=\"http://tot1.vidu.example/14.mp4\"></video>\
    <audio src=\"http://tot2.vidu.example/15.mp3\"></audio>\
    <img src=\"http://[2001:db8:100:1::1]/16.png\">";

/// A site that is declared with the plain scheme, and answers so at port 80 of both families.
fn plain_site(
    number: u16,
    id: &'static str,
    name: &'static str,
    host: &'static str,
    answer: &Page,
) -> Site {
    let site = Site::new(number, id, name, host).target(format!("web: \"http://{host}/\""));
    site.listener(ipv6(number), 80, Listener::Http(answer.clone())).listener(
        ipv4(number),
        80,
        Listener::Http(answer.clone()),
    )
}

/// A site with a guard before its page over IPv6.
fn guarded(number: u16, id: &'static str, host: &'static str, guard: Guard) -> Site {
    let page = |guard| https(Page::Guarded(article("Trang chủ", ""), guard));
    Site::new(number, id, "Trang có tường lửa giới hạn qua IPv6", host)
        .every_listener(page(Guard::AllowsAll))
        .ipv6_listener(page(guard))
}

/// Sites at which plain HTTP leads to where it shouldn't, or to where it should.
pub(super) fn plain_sites() -> Vec<Site> {
    let to = |url: &str| Page::Redirect(url.to_owned());
    vec![
        plain_site(132, "http-tot", "HTTP dẫn đến HTTPS", "http1.vidu.example", &Page::ToHttps),
        plain_site(133, "http-503", "HTTP dẫn đến lỗi 503", "http2.vidu.example", &Page::ToHttps)
            .every_listener(https(Page::Status(503)))
            .failing(&[("web-answers", "error-over-both")]),
        plain_site(134, "http-404", "HTTP dẫn đến lỗi 404", "http3.vidu.example", &Page::ToHttps)
            .ipv6_listener(https(Page::Status(404)))
            .failing(&[("web-answers", "error-status"), ("web-status-parity", "different-status")]),
        plain_site(
            135,
            "http-chi-ipv4",
            "HTTP dẫn đến máy chủ không có IPv6",
            "http4.vidu.example",
            &to("https://chiipv4.vidu.example/"),
        )
        .failing(&[
            ("web-answers", "leads-nowhere"),
            ("web-https", "leads-nowhere"),
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "target-without-ipv6"),
        ]),
        plain_site(
            136,
            "http-chet",
            "HTTP dẫn đến máy chủ không trả lời",
            "http5.vidu.example",
            &to("https://chet.vidu.example/"),
        )
        .other_record("chet.vidu.example", address_data(ipv6(0x1136)))
        .other_record("chet.vidu.example", address_data(ipv4(98)))
        .failing(&[
            ("web-answers", "leads-nowhere"),
            ("web-https", "leads-nowhere"),
            ("web-redirects", "target-unreachable"),
        ]),
        Site::new(137, "http-lac", "HTTP dẫn đến máy chủ không trả lời", "http6.vidu.example")
            .listener(ipv6(137), 80, Listener::Http(to("https://chet.vidu.example/")))
            .listener(ipv4(137), 80, Listener::Http(to("https://chet.vidu.example/")))
            .failing(&[("web-https", "leads-nowhere")]),
    ]
}

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(27, "loi-503", "IPv6 trả lời lỗi 503", "loi503.vidu.example")
            .ipv6_listener(https(Page::Status(503)))
            .failing(&[("web-answers", "error-status"), ("web-status-parity", "different-status")]),
        Site::new(
            28,
            "dich-khong-ipv6",
            "Chuyển hướng đến máy chủ không có IPv6",
            "dich.vidu.example",
        )
        .every_listener(https_redirect("https://chiipv4.vidu.example/"))
        .failing(&[
            ("web-answers", "leads-nowhere"),
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "target-without-ipv6"),
        ]),
        Site::new(29, "lap-vong", "Chuyển hướng lặp vòng", "lapvong.vidu.example")
            .ipv6_listener(https_redirect("https://lapvong.vidu.example/"))
            .failing(&[
                ("web-answers", "leads-nowhere"),
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "loop"),
            ]),
        Site::new(30, "dia-chi-noi-bo", "Chuyển hướng đến địa chỉ nội bộ", "noibo.vidu.example")
            .ipv6_listener(https_redirect("http://[fe80::1]/"))
            .failing(&[
                ("web-answers", "leads-nowhere"),
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "to-private-address"),
            ]),
        Site::new(31, "http-thuong", "IPv6 không chuyển sang HTTPS", "http.vidu.example")
            .listener(ipv6(31), 80, Listener::Http(Page::Status(200)))
            .failing(&[("web-https", "plain-only-over-ipv6")]),
        Site::new(120, "khac-noi-dung", "Nội dung khác qua IPv6", "khacnoidung.vidu.example")
            .every_listener(https_html(article("Trang chủ", ""), &[]))
            .ipv6_listener(https_html(
                "<title>Welcome to nginx!</title><p>If you see this page, the web server is \
                 successfully installed and working. Further configuration is required."
                    .to_owned(),
                &[],
            ))
            .failing(&[("web-content-parity", "another-page")]),
        Site::new(
            220,
            "mot-dia-chi-khac",
            "Một địa chỉ IPv6 có trang khác",
            "diachikhac.vidu.example",
        )
        .address(ipv6(0x1220))
        .every_listener(https_html(article("Trang chủ", ""), &[]))
        .listener(
            ipv6(0x1220),
            443,
            https_html(
                "<title>It works!</title><p>This is the default page of a server that nobody \
                     has set up yet. Nothing else is to be seen here until somebody does."
                    .to_owned(),
                &[],
            ),
        )
        .failing(&[("web-content-parity", "another-page")]),
        Site::new(138, "trang-trong", "Trang trống qua IPv6", "trangtrong.vidu.example")
            .every_listener(https_html(article("Trang chủ", ""), &[]))
            .ipv6_listener(https_html(String::new(), &[]))
            .failing(&[("web-content-parity", "another-page")]),
        Site::new(139, "ban-cu", "Bản cũ của trang qua IPv6", "bancu.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", "<p>Khai mạc lễ hội mùa xuân trên địa bàn các xã miền núi."),
                &[],
            ))
            .ipv6_listener(https_html(
                article("Trang chủ", "<p>Hội nghị tổng kết công tác và biểu dương khen thưởng."),
                &[],
            ))
            .failing(&[("web-content-parity", "different")]),
        Site::new(222, "than-trang-cham", "Nội dung đến nhỏ giọt qua IPv6", "nhogiot.vidu.example")
            .ipv6_listener(https(Page::SlowBody))
            .failing(&[("web-content-parity", "unreadable-over-ipv6")]),
        Site::new(223, "tieu-de-vo-tan", "Phần đầu trả lời không dứt", "votan.vidu.example")
            .ipv6_listener(https(Page::EndlessHead))
            .failing(&[("web-answers", "no-response")]),
        Site::new(122, "tuong-lua", "Tường lửa kiểm tra người máy", "tuonglua.vidu.example")
            .every_listener(https_html(article("Trang chủ", ""), &[]))
            .ipv6_listener(https_html(
                "<script src=\"/_Incapsula_Resource?{n}\"></script>".to_owned(),
                &[],
            )),
        Site::new(123, "thieu-hsts", "Thiếu HSTS qua IPv6", "thieuhsts.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", ""),
                &[("Strict-Transport-Security", "max-age=31536000")],
            ))
            .ipv6_listener(https_html(article("Trang chủ", ""), &[]))
            .failing(&[("web-headers-parity", "missing-over-ipv6")]),
        Site::new(124, "dia-chi-trong-csp", "Địa chỉ IPv4 trong CSP", "csp.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", ""),
                &[("Content-Security-Policy", "default-src 'self'; img-src http://198.51.100.10")],
            ))
            .failing(&[("web-ipv4-literals", "in-csp")]),
        Site::new(125, "lien-ket-ipv4", "Liên kết đến địa chỉ IPv4", "lienket.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", "<a href=\"http://198.51.100.10:8080/\">Hệ thống cũ</a>"),
                &[],
            ))
            .failing(&[("web-ipv4-literals", "in-page")]),
        Site::new(126, "tai-nguyen-rieng", "Mã lệnh của đơn vị chỉ có IPv4", "taings.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", "<script src=\"https://chiipv4.vidu.example/a.js\"></script>"),
                &[],
            ))
            .failing(&[
                ("web-subresources", "own-without-ipv6"),
                ("ipv6-only-usable", "resource-blocked"),
            ]),
        Site::new(127, "ben-thu-ba", "Mã lệnh của bên thứ ba chỉ có IPv4", "ben3.vidu.example")
            .zone(
                Zone::new(127, "benba.example").record("cdn.benba.example", address_data(ipv4(10))),
            )
            .every_listener(https_html(
                article("Trang chủ", "<script src=\"https://cdn.benba.example/a.js\"></script>"),
                &[],
            ))
            .failing(&[("web-subresources", "third-party-without-ipv6")]),
        Site::new(128, "anh-chet-ipv6", "Ảnh từ máy chủ hỏng IPv6", "anh.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", "<img src=\"https://tuchoi.vidu.example/a.png\">"),
                &[],
            ))
            .failing(&[("web-subresources", "own-unreachable")]),
        Site::new(129, "ten-goc-ipv4", "Tên gốc không có IPv6", "www.tengoc.example")
            .zone(
                Zone::new(129, "tengoc.example").record("tengoc.example", address_data(ipv4(129))),
            )
            .failing(&[("web-apex-www", "counterpart-without-ipv6")]),
        Site::new(130, "hai-ten", "Hai tên đều tốt", "www.haiten.example").zone(
            Zone::new(130, "haiten.example")
                .record("haiten.example", address_data(ipv4(130)))
                .record("haiten.example", address_data(ipv6(130))),
        ),
        Site::new(
            131,
            "css-nap-tiep",
            "Tệp CSS nạp tiếp từ máy chủ chỉ có IPv4",
            "css.vidu.example",
        )
        .every_listener(https_html(
            article("Trang chủ", "<style>@import url(https://chiipv4.vidu.example/b.css);</style>"),
            &[],
        ))
        .failing(&[
            ("web-subresources", "own-without-ipv6"),
            ("ipv6-only-usable", "resource-blocked"),
        ]),
        Site::new(99, "anh-http", "Ảnh http trên trang https", "anhhttp.vidu.example")
            .every_listener(https_html(
                article("Trang chủ", "<img src=\"http://chiipv4.vidu.example/a.png\">"),
                &[],
            ))
            .failing(&[("web-subresources", "own-without-ipv6")]),
        Site::new(
            237,
            "nang-cap-http",
            "Mọi tài nguyên http được nâng cấp",
            "nangcap.vidu.example",
        )
        .every_listener(https_html(
            article("Trang chủ", "<script src=\"http://chiipv4.vidu.example/a.js\"></script>"),
            &[("Content-Security-Policy", "upgrade-insecure-requests")],
        ))
        .failing(&[
            ("web-subresources", "own-without-ipv6"),
            ("ipv6-only-usable", "resource-blocked"),
        ]),
        // A guard that has had enough after one answer says nothing of the site: it is not known.
        guarded(257, "gioi-han-403", "gioihan403.vidu.example", Guard::AllowsOne(403)),
        guarded(258, "gioi-han-503", "gioihan503.vidu.example", Guard::AllowsOne(503)),
        guarded(259, "gioi-han-ngat", "gioihanngat.vidu.example", Guard::AllowsOneThenResets),
        guarded(260, "cam-trang", "camtrang.vidu.example", Guard::ForbidsPage)
            .failing(&[("web-answers", "error-status"), ("web-status-parity", "different-status")]),
        Site::new(256, "tron-http", "Trang https gọi tài nguyên http", "tronhttp.vidu.example")
            .every_listener(https_html(article("Trang chủ", MIXED), &[])),
        Site::new(
            97,
            "dich-khong-tls",
            "Chuyển hướng đến máy chủ hỏng TLS",
            "dichkhongtls.vidu.example",
        )
        .every_listener(https_redirect("https://khongtls.vidu.example/"))
        .failing(&[
            ("tls-handshake", "not-tls"),
            ("web-answers", "leads-nowhere"),
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "target-tls-failed"),
        ]),
    ]
}
