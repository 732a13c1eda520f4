//! Services that are neither web sites nor mail domains nor zones.

use super::{Clock, Door, Greeter, Manner, Site, ipv4, ipv6};
use crate::lab::authority::Certificate;
use crate::lab::dns::address_data;
use crate::model::{Protocol, Security};

pub(super) fn sites() -> Vec<Site> {
    use Protocol::{Imap, Pop3, Smtp, Ssh};
    use Security::{Implicit, None, Starttls};
    let page = || super::good(super::Page::Status(200));
    vec![
        dual(176, "imap", "Truy cập thư IMAP", "imap.vidu.example", "imap: imap.vidu.example")
            .greeter(143, Imap, Starttls),
        dual(177, "imaps", "Truy cập thư IMAPS", "imaps.vidu.example", "imaps: imaps.vidu.example")
            .greeter(993, Imap, Implicit),
        dual(178, "pop3s", "Truy cập thư POP3S", "pop3s.vidu.example", "pop3s: pop3s.vidu.example")
            .greeter(995, Pop3, Implicit),
        dual(179, "gui-thu", "Gửi thư", "guithu.vidu.example", "submission: guithu.vidu.example")
            .greeter(587, Smtp, Starttls),
        dual(180, "ssh", "Quản trị SSH", "ssh.vidu.example", "ssh: ssh.vidu.example")
            .greeter(22, Ssh, None),
        dual(181, "tls", "Thư mục LDAPS", "ldap.vidu.example", "tls: \"ldap.vidu.example:636\"")
            .both(636, page()),
        dual(
            182,
            "tcp",
            "Ứng dụng cổng 8443",
            "ungdung.vidu.example",
            "tcp: \"ungdung.vidu.example:8443\"",
        )
        .both(8443, page()),
        dual(183, "ntp", "Máy chủ thời gian", "ntp.vidu.example", "ntp: ntp.vidu.example")
            .both(123, Door::Time(Clock::Right)),
        dual(
            184,
            "phan-giai",
            "Máy chủ phân giải",
            "phangiai.vidu.example",
            "dns: phangiai.vidu.example",
        )
        .both(53, Door::Names { udp: true, tcp: true }),
        dual(
            185,
            "ntp-lech",
            "Máy chủ thời gian chưa đồng bộ",
            "ntp2.vidu.example",
            "ntp: ntp2.vidu.example",
        )
        .both(123, Door::Time(Clock::NotSynchronised))
        .fails(&[("service-answers", "not-synchronised")]),
        dual(
            186,
            "ntp-im",
            "Máy chủ thời gian không trả lời",
            "ntp3.vidu.example",
            "ntp: ntp3.vidu.example",
        )
        .both(123, Door::Time(Clock::Silent))
        .fails(&[("service-answers", "no-answer")]),
        dual(
            187,
            "ntp-duoi",
            "Máy chủ thời gian từ chối",
            "ntp4.vidu.example",
            "ntp: ntp4.vidu.example",
        )
        .both(123, Door::Time(Clock::KissOfDeath))
        .fails(&[("service-answers", "kiss-of-death")]),
        dual(
            188,
            "phan-giai-udp",
            "Máy chủ phân giải chỉ UDP",
            "phangiai2.vidu.example",
            "dns: phangiai2.vidu.example",
        )
        .both(53, Door::Names { udp: true, tcp: false })
        .fails(&[("service-answers", "only-udp")]),
        dual(
            189,
            "imap-la",
            "Cổng IMAP qua IPv6 là chương trình khác",
            "imap2.vidu.example",
            "imap: imap2.vidu.example",
        )
        .greeter(143, Imap, Starttls)
        .stranger(143, Imap)
        .fails(&[("service-answers", "not-protocol")]),
        dual(
            190,
            "tcp-chap-chon",
            "Cổng lúc mở lúc đóng qua IPv6",
            "chapchon.vidu.example",
            "tcp: \"chapchon.vidu.example:8443\"",
        )
        .door(ipv6(190), 8443, Door::Flaps)
        .door(ipv4(190), 8443, page())
        .fails(&[("reach-stable", "flapping")]),
        dual(
            191,
            "tcp-cham",
            "Cổng mở chậm qua IPv6",
            "cham.vidu.example",
            "tcp: \"cham.vidu.example:8443\"",
        )
        .door(ipv6(191), 8443, Door::Slow)
        .door(ipv4(191), 8443, page())
        .fails(&[("reach-latency", "slower")]),
    ]
}

/// A dual-stack host of another kind, with nothing behind its port yet.
fn dual(
    number: u8,
    id: &'static str,
    title: &'static str,
    host: &'static str,
    target: &'static str,
) -> Site {
    let site = Site::bare(number, id, title, host).target(target);
    site.record(address_data(ipv6(number.into()))).record(address_data(ipv4(number)))
}

impl Site {
    /// The same door at every address.
    fn both(self, port: u16, door: Door) -> Self {
        let addresses: Vec<_> = self.records.iter().filter_map(|data| data.ip_addr()).collect();
        addresses.into_iter().fold(self, |site, address| site.door(address, port, door.clone()))
    }

    fn greeter(self, port: u16, protocol: Protocol, security: Security) -> Self {
        let door = Door::Greets(greeter(self.host, protocol, security, Manner::Friendly));
        self.both(port, door)
    }

    /// Another protocol over IPv6.
    fn stranger(self, port: u16, protocol: Protocol) -> Self {
        let door = Door::Greets(greeter(self.host, protocol, Security::None, Manner::Stranger));
        match self.first_ipv6() {
            Some(address) => self.door(address, port, door),
            None => self,
        }
    }
}

fn greeter(host: &'static str, protocol: Protocol, security: Security, manner: Manner) -> Greeter {
    Greeter { protocol, security, host, certificate: Certificate::Good, manner }
}
