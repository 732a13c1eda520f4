//! Mail domains: the exchangers' addresses, greetings, TLS, and who may send in their name.

use std::net::IpAddr;

use hickory_proto::rr::rdata::{MX, TXT};
use hickory_proto::rr::{Name, RData};

use crate::lab::dns::zone::{address_data, name};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{CertificateKind, GreetingBehaviour, GreetingServer, Listener};
use crate::model::{Protocol, Security};

pub(super) const SMTP: u16 = 25;

pub(super) const SPF: &str = "v=spf1 ip6:2001:db8:100::/40 ip4:198.51.100.0/24 -all";

pub(super) fn sites() -> Vec<Site> {
    vec![
        healthy(160, "thu", "Thư điện tử", "thu.vidu.example", "mx.thu.vidu.example"),
        Site::unpublished(
            161,
            "thu-khong-nhan",
            "Tên miền không nhận thư",
            "khongthu.vidu.example",
        )
        .target("mail: khongthu.vidu.example")
        .record(RData::MX(MX::new(0, Name::root())))
        .failing(&[("inventory-state", "active-but-gone")]),
        domain(162, "thu-chi-ipv4", "Thư chỉ có IPv4", "thu4.vidu.example", "mx.thu4.vidu.example")
            .exchanger(ipv4(162), smtp_server("mx.thu4.vidu.example"))
            .failing(&[("mail-mx-aaaa", "none")]),
        healthy(
            163,
            "thu-mot-nua",
            "Một máy chủ MX thiếu IPv6",
            "thu5.vidu.example",
            "mx.thu5.vidu.example",
        )
        .record(mx(20, "mx2.thu5.vidu.example"))
        .other_record("mx2.thu5.vidu.example", address_data(ipv4(164)))
        .listener(ipv4(164), SMTP, Listener::Greeting(smtp_server("mx2.thu5.vidu.example")))
        .failing(&[("mail-mx-aaaa", "some-without")]),
        healthy(
            165,
            "thu-hoan",
            "Thư hoãn nhận qua IPv6",
            "thu6.vidu.example",
            "mx.thu6.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::TemporaryError)
        .failing(&[("mail-banner", "later"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            166,
            "thu-tu-choi",
            "Thư từ chối qua IPv6",
            "thu7.vidu.example",
            "mx.thu7.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::PermanentError)
        .failing(&[("mail-banner", "refuses"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            77,
            "thu-tu-choi-diem-do",
            "Thư từ chối điểm đo qua IPv6",
            "thu31.vidu.example",
            "mx.thu31.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::RefusesClient),
        healthy(
            167,
            "thu-im-lang",
            "Thư không trả lời qua IPv6",
            "thu8.vidu.example",
            "mx.thu8.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::Silent)
        .failing(&[("mail-banner", "silent"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            168,
            "thu-nho-giot",
            "Thư trả lời quá chậm qua IPv6",
            "thu9.vidu.example",
            "mx.thu9.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::Tarpit)
        .failing(&[("mail-banner", "tarpit"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            169,
            "thu-ngat",
            "Thư ngắt kết nối qua IPv6",
            "thu10.vidu.example",
            "mx.thu10.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::Closes)
        .failing(&[("mail-banner", "broken-off"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            170,
            "thu-la",
            "Cổng 25 qua IPv6 không phải SMTP",
            "thu11.vidu.example",
            "mx.thu11.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::OtherProtocol)
        .failing(&[("mail-banner", "not-smtp"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            171,
            "thu-khong-tls",
            "Thư không có TLS qua IPv6",
            "thu12.vidu.example",
            "mx.thu12.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::NoStarttls)
        .failing(&[
            ("mail-starttls", "not-offered"),
            ("mail-starttls-parity", "not-offered-over-ipv6"),
        ]),
        healthy(
            172,
            "thu-hong-tls",
            "Thư hỏng TLS qua IPv6",
            "thu13.vidu.example",
            "mx.thu13.vidu.example",
        )
        .ipv6_greeting(GreetingBehaviour::NoHandshake)
        .failing(&[("mail-starttls", "no-handshake"), ("mail-starttls-parity", "fails-over-ipv6")]),
        healthy(
            173,
            "thu-khac-chung-thu",
            "Thư dùng chứng thư khác qua IPv6",
            "thu14.vidu.example",
            "mx.thu14.vidu.example",
        )
        .ipv6_greeting_certificate(CertificateKind::Twin)
        .failing(&[("mail-starttls-parity", "different-certificate")]),
        healthy(
            174,
            "thu-ptr",
            "Tên ngược của máy chủ thư sai",
            "thu15.vidu.example",
            "mx.thu15.vidu.example",
        )
        .failing(&[("mail-ptr", "other-address")]),
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
        .failing(&[("mail-spf-ipv6", "only-ipv4")]),
    ]
}

pub(super) fn mx(preference: u16, exchanger: &str) -> RData {
    RData::MX(MX::new(preference, name(exchanger)))
}

pub(super) fn txt(text: &str) -> RData {
    RData::TXT(TXT::new(vec![text.to_owned()]))
}

pub(super) fn smtp_server(host: &'static str) -> GreetingServer {
    GreetingServer {
        protocol: Protocol::Smtp,
        security: Security::Starttls,
        host,
        certificate: CertificateKind::Trusted,
        behaviour: GreetingBehaviour::Conformant,
    }
}

/// A mail domain whose exchanger has no address yet.
fn domain(
    number: u16,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    exchanger: &'static str,
) -> Site {
    Site::unpublished(number, id, title, host)
        .target(format!("mail: {host}"))
        .record(mx(10, exchanger))
        .record(txt(SPF))
}

/// A mail domain with one dual-stack exchanger.
pub(super) fn healthy(
    number: u16,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    exchanger: &'static str,
) -> Site {
    domain(number, id, title, host, exchanger)
        .exchanger(ipv6(number), smtp_server(exchanger))
        .exchanger(ipv4(number), smtp_server(exchanger))
}

impl Site {
    /// One more address of an exchanger.
    pub(super) fn exchanger(self, address: IpAddr, server: GreetingServer) -> Self {
        self.other_record(server.host, address_data(address)).listener(
            address,
            SMTP,
            Listener::Greeting(server),
        )
    }
}
