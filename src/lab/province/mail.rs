//! Mail domains: the exchangers' addresses, greetings, TLS, and who may send in their name.

use std::net::IpAddr;

use hickory_proto::rr::rdata::{MX, TXT};
use hickory_proto::rr::{Name, RData};

use super::{Door, Greeter, Manner, Site, ipv4, ipv6};
use crate::lab::authority::Certificate;
use crate::lab::dns::{address_data, name};
use crate::model::{Protocol, Security};

const SMTP: u16 = 25;

const SPF: &str = "v=spf1 ip6:2001:db8:100::/40 ip4:198.51.100.0/24 -all";

pub(super) fn sites() -> Vec<Site> {
    let over_ipv6 = |manner| move |greeter: Greeter| Greeter { manner, ..greeter };
    vec![
        healthy(160, "thu", "Thư điện tử", "thu.vidu.example", "mx.thu.vidu.example"),
        Site::bare(161, "thu-khong-nhan", "Tên miền không nhận thư", "khongthu.vidu.example")
            .target("mail: khongthu.vidu.example")
            .record(RData::MX(MX::new(0, Name::root())))
            .fails(&[("inventory-state", "active-but-gone")]),
        domain(162, "thu-chi-ipv4", "Thư chỉ có IPv4", "thu4.vidu.example", "mx.thu4.vidu.example")
            .exchanger(ipv4(162), friendly("mx.thu4.vidu.example"))
            .fails(&[("mail-mx-aaaa", "none")]),
        healthy(
            163,
            "thu-mot-nua",
            "Một máy chủ MX thiếu IPv6",
            "thu5.vidu.example",
            "mx.thu5.vidu.example",
        )
        .record(mx(20, "mx2.thu5.vidu.example"))
        .other("mx2.thu5.vidu.example", address_data(ipv4(164)))
        .door(ipv4(164), SMTP, Door::Greets(friendly("mx2.thu5.vidu.example")))
        .fails(&[("mail-mx-aaaa", "some-without")]),
        odd(
            165,
            "thu-hoan",
            "Thư hoãn nhận qua IPv6",
            "thu6.vidu.example",
            "mx.thu6.vidu.example",
            over_ipv6(Manner::Later),
        )
        .fails(&[("mail-banner", "later")]),
        odd(
            166,
            "thu-tu-choi",
            "Thư từ chối qua IPv6",
            "thu7.vidu.example",
            "mx.thu7.vidu.example",
            over_ipv6(Manner::Refuses),
        )
        .fails(&[("mail-banner", "refuses")]),
        odd(
            167,
            "thu-im-lang",
            "Thư không trả lời qua IPv6",
            "thu8.vidu.example",
            "mx.thu8.vidu.example",
            over_ipv6(Manner::Silent),
        )
        .fails(&[("mail-banner", "silent")]),
        odd(
            168,
            "thu-nho-giot",
            "Thư trả lời quá chậm qua IPv6",
            "thu9.vidu.example",
            "mx.thu9.vidu.example",
            over_ipv6(Manner::Tarpit),
        )
        .fails(&[("mail-banner", "tarpit")]),
        odd(
            169,
            "thu-ngat",
            "Thư ngắt kết nối qua IPv6",
            "thu10.vidu.example",
            "mx.thu10.vidu.example",
            over_ipv6(Manner::HangsUp),
        )
        .fails(&[("mail-banner", "broken-off")]),
        odd(
            170,
            "thu-la",
            "Cổng 25 qua IPv6 không phải SMTP",
            "thu11.vidu.example",
            "mx.thu11.vidu.example",
            over_ipv6(Manner::Stranger),
        )
        .fails(&[("mail-banner", "not-smtp")]),
        odd(
            171,
            "thu-khong-tls",
            "Thư không có TLS qua IPv6",
            "thu12.vidu.example",
            "mx.thu12.vidu.example",
            over_ipv6(Manner::NoTls),
        )
        .fails(&[("mail-starttls", "not-offered"), ("mail-starttls-parity", "different-offer")]),
        odd(
            172,
            "thu-hong-tls",
            "Thư hỏng TLS qua IPv6",
            "thu13.vidu.example",
            "mx.thu13.vidu.example",
            over_ipv6(Manner::BreaksTls),
        )
        .fails(&[("mail-starttls", "no-handshake")]),
        odd(
            173,
            "thu-khac-chung-thu",
            "Thư dùng chứng thư khác qua IPv6",
            "thu14.vidu.example",
            "mx.thu14.vidu.example",
            |greeter| Greeter { certificate: Certificate::Twin, ..greeter },
        )
        .fails(&[("mail-starttls-parity", "different-certificate")]),
        healthy(
            174,
            "thu-ptr",
            "Tên ngược của máy chủ thư sai",
            "thu15.vidu.example",
            "mx.thu15.vidu.example",
        )
        .fails(&[("mail-ptr", "other-address")]),
        Site {
            records: vec![mx(10, "mx.thu16.vidu.example"), txt("v=spf1 ip4:198.51.100.0/24 -all")],
            ..healthy(
                175,
                "thu-spf",
                "SPF chỉ cho phép IPv4",
                "thu16.vidu.example",
                "mx.thu16.vidu.example",
            )
        }
        .fails(&[("mail-spf-ipv6", "only-ipv4")]),
    ]
}

fn mx(preference: u16, exchanger: &str) -> RData {
    RData::MX(MX::new(preference, name(exchanger)))
}

fn txt(text: &str) -> RData {
    RData::TXT(TXT::new(vec![text.to_owned()]))
}

fn friendly(host: &'static str) -> Greeter {
    Greeter {
        protocol: Protocol::Smtp,
        security: Security::Starttls,
        host,
        certificate: Certificate::Good,
        manner: Manner::Friendly,
    }
}

/// A mail domain whose exchanger has no address yet.
fn domain(
    number: u8,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    exchanger: &'static str,
) -> Site {
    Site::bare(number, id, title, host)
        .target(format!("mail: {host}"))
        .record(mx(10, exchanger))
        .record(txt(SPF))
}

/// A mail domain with one dual-stack exchanger.
pub(super) fn healthy(
    number: u8,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    exchanger: &'static str,
) -> Site {
    odd(number, id, title, host, exchanger, |greeter| greeter)
}

/// A mail domain with one dual-stack exchanger, which is changed over IPv6.
fn odd(
    number: u8,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    exchanger: &'static str,
    change: impl FnOnce(Greeter) -> Greeter,
) -> Site {
    domain(number, id, title, host, exchanger)
        .exchanger(ipv6(number.into()), change(friendly(exchanger)))
        .exchanger(ipv4(number), friendly(exchanger))
}

impl Site {
    /// One more address of the exchanger that the greeter stands for.
    fn exchanger(self, address: IpAddr, greeter: Greeter) -> Self {
        self.other(greeter.host, address_data(address)).door(address, SMTP, Door::Greets(greeter))
    }
}
