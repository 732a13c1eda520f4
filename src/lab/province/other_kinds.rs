//! Services that are neither web sites nor mail domains nor zones.

use crate::lab::dns::zone::address_data;
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{
    CertificateKind, Clock, GreetingBehaviour, GreetingServer, Listener, https,
};
use crate::lab::site::page::Page;
use crate::model::{Protocol, Security};

pub(super) fn sites() -> Vec<Site> {
    use Protocol::{Imap, Pop3, Smtp, Ssh};
    use Security::{Implicit, None, Starttls};
    let page = || https(Page::Status(200));
    vec![
        dual(176, "imap", "Truy cập thư IMAP", "imap.vidu.example", "imap: imap.vidu.example")
            .greeting_server(143, Imap, Starttls),
        dual(177, "imaps", "Truy cập thư IMAPS", "imaps.vidu.example", "imaps: imaps.vidu.example")
            .greeting_server(993, Imap, Implicit),
        dual(178, "pop3s", "Truy cập thư POP3S", "pop3s.vidu.example", "pop3s: pop3s.vidu.example")
            .greeting_server(995, Pop3, Implicit),
        dual(
            119,
            "pop3s-khong-capa",
            "POP3S không có CAPA",
            "pop3s3.vidu.example",
            "pop3s: pop3s3.vidu.example",
        )
        .greeting_server(995, Pop3, Implicit)
        .ipv6_greeting(GreetingBehaviour::NoCapabilities),
        dual(179, "gui-thu", "Gửi thư", "guithu.vidu.example", "submission: guithu.vidu.example")
            .greeting_server(587, Smtp, Starttls),
        dual(180, "ssh", "Quản trị SSH", "ssh.vidu.example", "ssh: ssh.vidu.example")
            .greeting_server(22, Ssh, None),
        dual(181, "tls", "Thư mục LDAPS", "ldap.vidu.example", "tls: \"ldap.vidu.example:636\"")
            .every_port(636, page()),
        dual(
            182,
            "tcp",
            "Ứng dụng cổng 8443",
            "ungdung.vidu.example",
            "tcp: \"ungdung.vidu.example:8443\"",
        )
        .every_port(8443, page()),
        dual(183, "ntp", "Máy chủ thời gian", "ntp.vidu.example", "ntp: ntp.vidu.example")
            .every_port(123, Listener::TimeServer(Clock::Correct)),
        dual(
            184,
            "phan-giai",
            "Máy chủ phân giải",
            "phangiai.vidu.example",
            "dns: phangiai.vidu.example",
        )
        .every_port(53, Listener::NameServer { udp: true, tcp: true }),
        dual(
            185,
            "ntp-lech",
            "Máy chủ thời gian chưa đồng bộ",
            "ntp2.vidu.example",
            "ntp: ntp2.vidu.example",
        )
        .every_port(123, Listener::TimeServer(Clock::NotSynchronised))
        .failing(&[("service-answers", "not-synchronised")]),
        dual(
            186,
            "ntp-im",
            "Máy chủ thời gian không trả lời",
            "ntp3.vidu.example",
            "ntp: ntp3.vidu.example",
        )
        .every_port(123, Listener::TimeServer(Clock::Silent))
        .failing(&[("service-answers", "no-answer")]),
        dual(
            187,
            "ntp-duoi",
            "Máy chủ thời gian từ chối",
            "ntp4.vidu.example",
            "ntp: ntp4.vidu.example",
        )
        .every_port(123, Listener::TimeServer(Clock::KissOfDeath))
        .failing(&[("service-answers", "kiss-of-death")]),
        dual(
            188,
            "phan-giai-udp",
            "Máy chủ phân giải chỉ UDP",
            "phangiai2.vidu.example",
            "dns: phangiai2.vidu.example",
        )
        .every_port(53, Listener::NameServer { udp: true, tcp: false })
        .failing(&[("service-answers", "only-udp")]),
        dual(
            189,
            "imap-la",
            "Cổng IMAP qua IPv6 là chương trình khác",
            "imap2.vidu.example",
            "imap: imap2.vidu.example",
        )
        .greeting_server(143, Imap, Starttls)
        .ipv6_greeting(GreetingBehaviour::OtherProtocol)
        .failing(&[("service-answers", "not-protocol")]),
        dual(
            190,
            "tcp-chap-chon",
            "Cổng lúc mở lúc đóng qua IPv6",
            "chapchon.vidu.example",
            "tcp: \"chapchon.vidu.example:8443\"",
        )
        .listener(ipv6(190), 8443, Listener::Flapping)
        .listener(ipv4(190), 8443, page())
        .failing(&[
            ("reach-port", "flapping"),
            ("reach-parity", "flapping-over-ipv6"),
            ("reach-stable", "flapping"),
            ("service-answers", "flapping"),
        ]),
        dual(
            191,
            "tcp-cham",
            "Cổng mở chậm qua IPv6",
            "cham.vidu.example",
            "tcp: \"cham.vidu.example:8443\"",
        )
        .listener(ipv6(191), 8443, Listener::SlowToAccept)
        .listener(ipv4(191), 8443, page())
        .failing(&[("reach-latency", "slower")]),
    ]
}

/// Mail boxes and submission that are as they should be over IPv4, and whose TLS is broken over IPv6.
pub(super) fn broken_boxes() -> Vec<Site> {
    use Protocol::{Imap, Pop3, Smtp};
    use Security::{Implicit, Starttls};
    // What begins in the clear where TLS is expected.
    let in_the_clear = |protocol, host, behaviour| {
        Listener::Greeting(GreetingServer {
            protocol,
            security: Security::None,
            host,
            certificate: CertificateKind::Trusted,
            behaviour,
        })
    };
    vec![
        dual(
            250,
            "imaps-ngat",
            "IMAPS ngắt kết nối qua IPv6",
            "imaps2.vidu.example",
            "imaps: imaps2.vidu.example",
        )
        .greeting_server(993, Imap, Implicit)
        .listener(ipv6(250), 993, Listener::Resetting)
        .failing(&[("service-answers", "no-handshake"), ("tls-handshake", "reset")]),
        dual(
            251,
            "pop3s-tran",
            "POP3S không có TLS qua IPv6",
            "pop3s2.vidu.example",
            "pop3s: pop3s2.vidu.example",
        )
        .greeting_server(995, Pop3, Implicit)
        .listener(
            ipv6(251),
            995,
            in_the_clear(Pop3, "pop3s2.vidu.example", GreetingBehaviour::Conformant),
        )
        .failing(&[("service-answers", "no-handshake"), ("tls-handshake", "not-tls")]),
        dual(
            252,
            "gui-thu-treo",
            "Gửi thư qua TLS bị treo qua IPv6",
            "guithu2.vidu.example",
            "submission: \"guithu2.vidu.example:465\"",
        )
        .greeting_server(465, Smtp, Implicit)
        .listener(
            ipv6(252),
            465,
            in_the_clear(Smtp, "guithu2.vidu.example", GreetingBehaviour::Silent),
        )
        .failing(&[("service-answers", "no-handshake"), ("tls-handshake", "timed-out")]),
        dual(
            253,
            "gui-thu-hong-tls",
            "Gửi thư hỏng STARTTLS qua IPv6",
            "guithu3.vidu.example",
            "submission: guithu3.vidu.example",
        )
        .greeting_server(587, Smtp, Starttls)
        .ipv6_greeting(GreetingBehaviour::NoHandshake)
        .failing(&[("tls-handshake", "closed")]),
        dual(
            254,
            "imap-khong-tls",
            "IMAP không có STARTTLS qua IPv6",
            "imap3.vidu.example",
            "imap: imap3.vidu.example",
        )
        .greeting_server(143, Imap, Starttls)
        .ipv6_greeting(GreetingBehaviour::NoStarttls)
        .failing(&[("tls-handshake", "starttls-not-offered")]),
    ]
}

/// A dual-stack host of another kind, with nothing behind its port yet.
pub(super) fn dual(
    number: u16,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    target: impl Into<String>,
) -> Site {
    let site = Site::unpublished(number, id, title, host).target(target);
    site.record(address_data(ipv6(number))).record(address_data(ipv4(number)))
}

impl Site {
    /// The same listener at every address.
    pub(super) fn every_port(self, port: u16, listener: Listener) -> Self {
        let addresses: Vec<_> = self.records.iter().filter_map(|data| data.ip_addr()).collect();
        let add = |site: Self, address| site.listener(address, port, listener.clone());
        addresses.into_iter().fold(self, add)
    }

    /// A server that speaks first at every address.
    pub(super) fn greeting_server(self, port: u16, protocol: Protocol, security: Security) -> Self {
        let server = GreetingServer {
            protocol,
            security,
            host: self.host,
            certificate: CertificateKind::Trusted,
            behaviour: GreetingBehaviour::Conformant,
        };
        self.every_port(port, Listener::Greeting(server))
    }
}
