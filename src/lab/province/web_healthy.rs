//! Healthy services, each built in another way: none of them may fail anything.

use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::CNAME;

use crate::lab::dns::zone::{Behaviour, Signing, Zone, address_data, name};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{Listener, https, https_html, https_redirect};
use crate::lab::site::page::{Page, article};

/// A page whose markup, tokens and dates are new at each visit.
const MOVING: &str = "<form method=\"post\"><input type=\"hidden\" name=\"__VIEWSTATE\" \
    value=\"{n}\"></form><p>Cập nhật lúc 08:15 Thứ Hai, ngày 23/11/2026. Lượt truy cập: {n}</p>\
    <script nonce=\"{n}\">var token = '{n}';</script>";

fn alias(target: &str) -> RData {
    RData::CNAME(CNAME(name(target)))
}

pub(super) fn sites() -> Vec<Site> {
    let new = |number: u16, id, host| Site::new(number, id, "Trang tốt", host);
    let page = |more: &str| article("Trang thông tin của đơn vị", more);
    let text = || article("Trang thông tin của đơn vị", "");
    vec![
        new(117, "tot-cookie", "tot21.vidu.example")
            .every_listener(https(Page::CookieWall(text()))),
        new(118, "tot-phien", "tot22.vidu.example").every_listener(https(Page::SessionUrl(text()))),
        new(121, "tot-thieu-ket", "tot23.vidu.example")
            .every_listener(https(Page::Unmarked(text()))),
        // A balancer in front of several servers, each with a name and a cookie of its own.
        new(261, "tot-can-bang", "tot24.vidu.example").every_listener(https_html(
            page(MOVING),
            &[("Set-Cookie", "SERVERID=may{n}; Path=/"), ("X-Served-By", "may{n}")],
        )),
        // Names of a network that delivers pages for others, two aliases away in another zone.
        new(262, "tot-cdn", "tot25.vidu.example")
            .zone(
                Zone::new(150, "phanphoi.example")
                    .record("tot25.phanphoi.example", alias("bien.phanphoi.example"))
                    .record("bien.phanphoi.example", address_data(ipv6(262)))
                    .record("bien.phanphoi.example", address_data(ipv4(262))),
            )
            .cname("tot25.phanphoi.example"),
        // A balancer that is the name server of its own zone and gives each visitor one of its sites.
        new(263, "tot-gslb", "tot26.vidu.example")
            .address(ipv6(0x1263))
            .address(ipv4(300))
            .every_listener(https_html(page(MOVING), &[]))
            .zone(
                [ipv6(263), ipv6(0x1263), ipv4(263), ipv4(300)].into_iter().fold(
                    Zone::new(151, "diaban.vidu.example")
                        .signed(Signing::Unsigned)
                        .all(Behaviour::OneAddress),
                    |zone, at| zone.record("tot26.diaban.vidu.example", address_data(at)),
                ),
            )
            .cname("tot26.diaban.vidu.example")
            .failing(&[("dns-dnssec", "insecure")]),
        new(140, "tot-don-gian", "tot1.vidu.example").every_listener(https_html(page(""), &[])),
        new(141, "tot-nonce", "tot2.vidu.example").every_listener(https_html(
            page(MOVING),
            &[("Content-Security-Policy", "script-src 'nonce-{n}' 'self'; img-src *")],
        )),
        new(142, "tot-gzip", "tot3.vidu.example")
            .every_listener(https_html(page(MOVING), &[("Content-Encoding", "gzip")])),
        new(143, "tot-chunked", "tot4.vidu.example")
            .every_listener(https_html(page(""), &[("Transfer-Encoding", "chunked")])),
        new(144, "tot-gzip-chunked", "tot5.vidu.example").every_listener(https_html(
            page(MOVING),
            &[("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
        )),
        new(145, "tot-chuyen-huong", "tot6.vidu.example")
            .every_listener(https_redirect("https://tot1.vidu.example/")),
        new(146, "tot-hai-chang", "tot7.vidu.example")
            .every_listener(https_redirect("https://tot6.vidu.example/")),
        new(147, "tot-nhieu-dia-chi", "tot8.vidu.example")
            .address(ipv6(0x1147))
            .address(ipv6(0x2147))
            .address(ipv4(240))
            .every_listener(https_html(page(MOVING), &[])),
        new(148, "tot-nhieu-ipv6", "tot9.vidu.example").address(ipv6(0x1148)).address(ipv6(0x2148)),
        new(149, "tot-nhieu-ipv4", "tot10.vidu.example").address(ipv4(241)).address(ipv4(242)),
        new(150, "tot-iframe", "tot11.vidu.example").every_listener(https_html(
            page("<iframe src=\"https://tot1.vidu.example/\"></iframe>"),
            &[("X-Frame-Options", "SAMEORIGIN")],
        )),
        new(151, "tot-tai-nguyen", "tot12.vidu.example").every_listener(https_html(
            page(
                "<link rel=\"stylesheet\" href=\"https://tot1.vidu.example/a.css\">\
                 <script src=\"//portal.vidu.example/a.js?{n}\"></script>\
                 <img src=\"/logo.png\" srcset=\"/logo2.png 2x\">\
                 <script src=\"http://chiipv4.vidu.example/a.js\"></script>\
                 <template><script src=\"https://chiipv4.vidu.example/a.js\"></script></template>\
                 <script type=\"text/template\" src=\"https://chiipv4.vidu.example/a.js\"></script>",
            ),
            &[],
        )),
        new(152, "tot-base", "tot13.vidu.example").every_listener(https_html(
            page("<base href=\"https://tot1.vidu.example/\"><img src=\"logo.png\">"),
            &[],
        )),
        new(153, "tot-hsts", "tot14.vidu.example").every_listener(https_html(
            page(""),
            &[
                ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "strict-origin"),
            ],
        )),
        new(154, "tot-khong-http", "tot15.vidu.example")
            .closed_port(ipv6(154), 80)
            .closed_port(ipv4(154), 80),
        new(155, "tot-bao-mat", "tot16.vidu.example").every_listener(https_html(
            page("<meta http-equiv=\"Content-Security-Policy\" content=\"img-src 'self'\">"),
            &[
                ("Content-Security-Policy", "script-src 'sha256-{n}='; report-uri /bao-cao?{n}"),
                ("Permissions-Policy", "geolocation=()"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ],
        )),
        new(156, "tot-nhieu-chu", "tot17.vidu.example")
            .every_listener(https_html(page(&MOVING.repeat(50)), &[])),
        new(157, "tot-trong", "tot18.vidu.example").every_listener(https_html(String::new(), &[])),
        new(158, "tot-bi-danh", "tot19.vidu.example").listener(
            ipv6(158),
            80,
            Listener::Http(Page::Redirect("https://tot19.vidu.example/".into())),
        ),
        new(159, "tot-utf8", "tot20.vidu.example").every_listener(https_html(
            page("<p>Đường dây nóng: &#49;&#57;&#48;&#48; &amp; hộp thư góp ý</p>"),
            &[("Vary", "Accept-Encoding"), ("Cache-Control", "no-store")],
        )),
    ]
}
