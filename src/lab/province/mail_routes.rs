//! Mail domains without exchangers, with odd ones, and with several that differ.

use hickory_proto::rr::rdata::{CNAME, MX};
use hickory_proto::rr::{Name, RData};

use super::mail::{SMTP, SPF, healthy, mx, smtp_server, txt};
use crate::lab::dns::zone::{address_data, name};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{GreetingBehaviour, GreetingServer, Listener};

pub(super) fn sites() -> Vec<Site> {
    [without_exchangers(), odd_ones(), several(), shared_exchanger()].concat()
}

fn without_exchangers() -> Vec<Site> {
    let smtp = |host| Listener::Greeting(smtp_server(host));
    vec![
        own(195, "thu-tu-nhan", "Tên miền tự nhận thư", "thu20.vidu.example")
            .record(address_data(ipv6(195)))
            .record(address_data(ipv4(195)))
            .listener(ipv6(195), SMTP, smtp("thu20.vidu.example"))
            .listener(ipv4(195), SMTP, smtp("thu20.vidu.example")),
        own(196, "thu-tu-nhan-ipv4", "Tên miền tự nhận thư chỉ qua IPv4", "thu21.vidu.example")
            .record(address_data(ipv4(196)))
            .listener(ipv4(196), SMTP, smtp("thu21.vidu.example"))
            .failing(&[("mail-mx-aaaa", "none")]),
        own(197, "thu-tu-nhan-dong", "Tên miền tự nhận thư đóng cổng", "thu22.vidu.example")
            .record(address_data(ipv6(197)))
            .record(address_data(ipv4(197)))
            .listener(ipv4(197), SMTP, smtp("thu22.vidu.example"))
            .failing(&[
                ("reach-port", "refused"),
                ("reach-parity", "closed-over-ipv6"),
                ("mail-starttls-parity", "fails-over-ipv6"),
            ]),
        own(198, "thu-khong-dau", "Thư không có nơi nhận", "thu23.vidu.example")
            .failing(&[("mail-mx-aaaa", "nowhere"), ("inventory-state", "active-but-gone")]),
        Site::unpublished(199, "thu-go-nham", "Tên miền không tồn tại", "thu-nham.vidu.example")
            .target("mail: thu-nham.vidu.example")
            .failing(&[("mail-mx-aaaa", "no-domain"), ("inventory-state", "active-but-gone")]),
    ]
}

/// Two mail domains whose mail the same exchangers take, as a provider's do for its customers.
fn shared_exchanger() -> Vec<Site> {
    let exchanger = "mx.chungmx.vidu.example";
    vec![
        healthy(264, "tot-mx-chung-1", "Thư tốt", "totthu1.vidu.example", exchanger),
        own(265, "tot-mx-chung-2", "Thư tốt", "totthu2.vidu.example").record(mx(10, exchanger)),
    ]
}

fn odd_ones() -> Vec<Site> {
    vec![
        own(207, "thu-mx-so", "Bản ghi MX là địa chỉ", "thu24.vidu.example")
            .record(mx(10, "198.51.100.207"))
            .failing(&[("mail-mx-aaaa", "none")]),
        healthy(
            208,
            "thu-mx-khong-co",
            "Một máy chủ MX không tồn tại",
            "thu25.vidu.example",
            "mx.thu25.vidu.example",
        )
        .record(mx(20, "mx2.thu25.vidu.example"))
        .failing(&[("mail-mx-aaaa", "some-without")]),
        healthy(
            209,
            "thu-mx-rong-thua",
            "MX rỗng bên cạnh máy chủ MX",
            "thu26.vidu.example",
            "mx.thu26.vidu.example",
        )
        .record(RData::MX(MX::new(0, Name::root()))),
        own(67, "thu-mx-bi-danh", "Máy chủ MX là bí danh", "thu27.vidu.example")
            .record(mx(10, "bidanh.thu27.vidu.example"))
            .other_record(
                "bidanh.thu27.vidu.example",
                RData::CNAME(CNAME(name("mx.thu27.vidu.example"))),
            )
            .exchanger(ipv6(67), smtp_server("mx.thu27.vidu.example"))
            .exchanger(ipv4(67), smtp_server("mx.thu27.vidu.example")),
    ]
}

/// Of two exchangers the second is broken over IPv6: mail gets through, and yet not as over IPv4.
fn several() -> Vec<Site> {
    let broken = |host, behaviour| GreetingServer { behaviour, ..smtp_server(host) };
    vec![
        healthy(
            215,
            "thu-hai-may-dong",
            "Một máy chủ MX đóng cổng qua IPv6",
            "thu28.vidu.example",
            "mx.thu28.vidu.example",
        )
        .record(mx(20, "mx2.thu28.vidu.example"))
        .other_record("mx2.thu28.vidu.example", address_data(ipv6(217)))
        .exchanger(ipv4(217), smtp_server("mx2.thu28.vidu.example"))
        .failing(&[
            ("reach-port", "some-fail"),
            ("reach-parity", "closed-over-ipv6"),
            ("mail-starttls-parity", "fails-over-ipv6"),
        ]),
        healthy(
            218,
            "thu-hai-may-tu-choi",
            "Một máy chủ MX từ chối qua IPv6",
            "thu29.vidu.example",
            "mx.thu29.vidu.example",
        )
        .record(mx(20, "mx2.thu29.vidu.example"))
        .exchanger(ipv6(219), broken("mx2.thu29.vidu.example", GreetingBehaviour::PermanentError))
        .exchanger(ipv4(219), smtp_server("mx2.thu29.vidu.example"))
        .failing(&[("mail-banner", "some-fail"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            65,
            "thu-hai-may-tls",
            "Một máy chủ MX hỏng TLS qua IPv6",
            "thu30.vidu.example",
            "mx.thu30.vidu.example",
        )
        .record(mx(20, "mx2.thu30.vidu.example"))
        .exchanger(ipv6(66), broken("mx2.thu30.vidu.example", GreetingBehaviour::NoHandshake))
        .exchanger(ipv4(66), smtp_server("mx2.thu30.vidu.example"))
        .failing(&[("mail-starttls", "some-fail"), ("mail-starttls-parity", "fails-over-ipv6")]),
    ]
}

/// A mail domain that may send, and of which nothing else is published yet.
fn own(number: u16, id: &'static str, title: &'static str, host: &'static str) -> Site {
    Site::unpublished(number, id, title, host).target(format!("mail: {host}")).record(txt(SPF))
}
