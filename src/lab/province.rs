//! The made-up province: every site, what it publishes, how it behaves, and which checks fail
//! because of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::authority::Certificate;
use super::dns_server::{Entry, Zones};

/// What answers at a port.
#[derive(Clone, Debug)]
pub enum Door {
    /// A page over plain HTTP.
    Http(Page),
    /// A page over TLS.
    Https(Certificate, Page),
    /// Plain HTTP where TLS is expected.
    NotTls,
    /// The kernel drops every SYN.
    Silent,
}

/// What a web server says.
#[derive(Clone, Debug)]
pub enum Page {
    /// A page with this status.
    Status(u16),
    /// A redirect to this URL.
    Redirect(String),
    /// A redirect to the host's own https page.
    ToHttps,
}

/// A failure that the lab's scan has to find: check and reason.
pub type Expectation = (&'static str, &'static str);

/// A service of the province.
#[derive(Clone, Debug)]
pub struct Site {
    /// The organisation's id.
    pub organisation: &'static str,
    /// The service's id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its host name.
    pub host: &'static str,
    /// The inventory's category.
    pub category: &'static str,
    /// The inventory's state.
    pub state: &'static str,
    /// Every failure that the scan has to find, and no other.
    pub expected: &'static [Expectation],
    pub(super) entries: Vec<Entry>,
    pub(super) doors: Vec<(SocketAddr, Door)>,
}

/// The zone that most sites lie in.
const ZONE: &str = "vidu.example";

fn ipv6(number: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, number, 0, 0, 0, 1).into()
}

fn ipv4(number: u8) -> IpAddr {
    Ipv4Addr::new(198, 51, 100, number).into()
}

impl Site {
    /// A healthy dual-stack site.
    fn new(number: u8, id: &'static str, name: &'static str, host: &'static str) -> Self {
        let organisation = match number {
            0..10 => "vp-vidu",
            10..20 => "so-a-vidu",
            _ => "so-b-vidu",
        };
        let category = match number % 3 {
            0 => "portal",
            1 => "public-service",
            _ => "information-system",
        };
        Self {
            organisation,
            id,
            name,
            host,
            category,
            state: "active",
            expected: &[],
            entries: Vec::new(),
            doors: Vec::new(),
        }
        .at(ipv6(number.into()))
        .at(ipv4(number))
    }

    /// One more address, with a healthy server behind it.
    fn at(self, address: IpAddr) -> Self {
        let good = Door::Https(Certificate::Good, Page::Status(200));
        self.published(address).door(address, 443, good).door(
            address,
            80,
            Door::Http(Page::ToHttps),
        )
    }

    /// An address in the DNS with nothing behind it.
    fn published(mut self, address: IpAddr) -> Self {
        self.entries.push(Entry::Address(address));
        self
    }

    fn door(mut self, address: IpAddr, port: u16, door: Door) -> Self {
        let socket = SocketAddr::new(address, port);
        self.doors.retain(|(known, _)| *known != socket);
        self.doors.push((socket, door));
        self
    }

    /// What the first IPv6 address does on port 443, instead of being healthy.
    fn over_ipv6(self, door: Door) -> Self {
        match self.first_ipv6() {
            Some(address) => self.door(address, 443, door),
            None => self,
        }
    }

    /// What both families do on port 443.
    fn everywhere(mut self, door: Door) -> Self {
        for (socket, known) in &mut self.doors {
            if socket.port() == 443 {
                *known = door.clone();
            }
        }
        self
    }

    fn closed(mut self, address: IpAddr, port: u16) -> Self {
        self.doors.retain(|(socket, _)| *socket != SocketAddr::new(address, port));
        self
    }

    fn first_ipv6(&self) -> Option<IpAddr> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Address(address) if address.is_ipv6() => Some(*address),
            _ => None,
        })
    }

    /// Without any IPv6.
    fn ipv4_only(mut self) -> Self {
        self.entries.retain(|entry| !matches!(entry, Entry::Address(IpAddr::V6(_))));
        self.doors.retain(|(socket, _)| !socket.is_ipv6());
        self
    }

    /// Publishes this instead of addresses.
    fn only(mut self, entry: Entry) -> Self {
        self.entries = vec![entry];
        self.doors.clear();
        self
    }

    /// Published under another name; the servers stay where they are.
    fn alias(self, target: &'static str) -> Self {
        Self { entries: vec![Entry::Alias(target)], ..self }
    }

    fn gone(mut self) -> Self {
        self.entries.clear();
        self.doors.clear();
        self
    }

    fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    fn fails(self, expected: &'static [Expectation]) -> Self {
        Self { expected, ..self }
    }
}

/// Every site of the province.
pub fn sites() -> Vec<Site> {
    let good = |page| Door::Https(Certificate::Good, page);
    let bad = |certificate| Door::Https(certificate, Page::Status(200));
    let redirect = |to: &str| good(Page::Redirect(to.to_owned()));
    vec![
        Site::new(1, "portal", "Cổng thông tin điện tử", "portal.vidu.example"),
        Site::new(2, "dichvucong", "Cổng dịch vụ công", "dichvucong.vidu.example").at(ipv6(0x202)),
        Site::new(3, "congbao", "Công báo điện tử", "congbao.vidu.example")
            .everywhere(redirect("https://portal.vidu.example/")),
        Site::new(4, "vanban", "Hệ thống quản lý văn bản", "vanban.vidu.example"),
        Site::new(5, "thuan-ipv6", "Trang thuần IPv6", "v6.vidu.example")
            .gone()
            .at(ipv6(5))
            .state("ipv6-only"),
        Site::new(6, "bi-danh", "Trang dùng bí danh CNAME", "bidanh.vidu.example")
            .alias("bidanh-host.vidu.example"),
        Site::new(7, "chuyen-huong", "Trang đã chuyển hướng", "cu.vidu.example")
            .everywhere(redirect("https://portal.vidu.example/"))
            .state("redirected"),
        Site::new(8, "da-ngung", "Trang đã ngừng hoạt động", "danguong.vidu.example")
            .gone()
            .state("retired"),
        Site::new(10, "chi-ipv4", "Trang chỉ có IPv4", "chiipv4.vidu.example")
            .ipv4_only()
            .fails(&[("dns-aaaa", "no-data")]),
        Site::new(11, "khong-ton-tai", "Tên miền không tồn tại", "khongtontai.vidu.example")
            .gone()
            .fails(&[("dns-aaaa", "nxdomain"), ("inventory-state", "active-but-gone")]),
        Site::new(12, "loi-dns", "Máy chủ tên miền bị lỗi", "servfail.vidu.example")
            .only(Entry::ServFail),
        Site::new(9, "khong-tra-loi", "Tên miền không được trả lời", "imlang-dns.vidu.example")
            .only(Entry::Silence),
        Site::new(13, "mot-ns", "Vùng chỉ có một máy chủ tên miền IPv6", "www.mot.example")
            .fails(&[("dns-ns-aaaa", "only-one")]),
        Site::new(14, "khong-ns", "Vùng không có máy chủ tên miền IPv6", "www.khong.example")
            .fails(&[("dns-ns-aaaa", "none")]),
        Site::new(15, "dia-chi-rieng", "Công bố địa chỉ ULA", "ula.vidu.example")
            .ipv4_only()
            .published(IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1)))
            .fails(&[("address-global", "special-purpose"), ("address-owned", "undeclared")]),
        Site::new(16, "ngoai-mang", "Địa chỉ ngoài mạng đã khai báo", "ngoai.vidu.example")
            .ipv4_only()
            .at(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)))
            .closed(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)), 443)
            .closed(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)), 80)
            .fails(&[("address-global", "special-purpose"), ("address-owned", "undeclared")]),
        Site::new(17, "tu-choi", "IPv6 từ chối kết nối", "tuchoi.vidu.example")
            .closed(ipv6(17), 443)
            .fails(&[("reach-port", "refused"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(18, "im-lang", "IPv6 không phản hồi", "imlang.vidu.example")
            .over_ipv6(Door::Silent)
            .fails(&[("reach-port", "timed-out"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(19, "mot-nua", "Một trong hai địa chỉ hỏng", "motnua.vidu.example")
            .published(ipv6(0x219))
            .fails(&[
                ("reach-port", "refused"),
                ("reach-parity", "closed-over-ipv6"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::new(20, "khong-tls", "IPv6 không có TLS", "khongtls.vidu.example")
            .over_ipv6(Door::NotTls)
            .fails(&[("tls-handshake", "not-tls")]),
        Site::new(21, "tu-ky", "Chứng thư số tự ký", "tuky.vidu.example")
            .over_ipv6(bad(Certificate::SelfSigned))
            .fails(&[("tls-trusted", "self-signed")]),
        Site::new(22, "goc-la", "Chứng thư gốc không tin cậy", "gocla.vidu.example")
            .over_ipv6(bad(Certificate::UnknownRoot))
            .fails(&[("tls-trusted", "unknown-root")]),
        Site::new(23, "thieu-trung-gian", "Thiếu chứng thư trung gian", "thieu.vidu.example")
            .over_ipv6(bad(Certificate::MissingIntermediate))
            .fails(&[("tls-trusted", "missing-intermediate")]),
        Site::new(24, "sai-ten", "Chứng thư số sai tên", "saiten.vidu.example")
            .over_ipv6(bad(Certificate::WrongName))
            .fails(&[("tls-name", "name-mismatch")]),
        Site::new(25, "het-han", "Chứng thư số hết hạn", "hethan.vidu.example")
            .over_ipv6(bad(Certificate::Expired))
            .fails(&[("tls-validity", "expired")]),
        Site::new(26, "sap-het-han", "Chứng thư số sắp hết hạn", "saphethan.vidu.example")
            .everywhere(bad(Certificate::ExpiresSoon))
            .fails(&[("tls-validity", "expires-in-7-days")]),
        Site::new(27, "loi-503", "IPv6 trả lời lỗi 503", "loi503.vidu.example")
            .over_ipv6(good(Page::Status(503)))
            .fails(&[("web-answers", "error-status"), ("web-status-parity", "different-status")]),
        Site::new(
            28,
            "dich-khong-ipv6",
            "Chuyển hướng đến máy chủ không có IPv6",
            "dich.vidu.example",
        )
        .everywhere(redirect("https://chiipv4.vidu.example/"))
        .fails(&[
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "target-without-ipv6"),
        ]),
        Site::new(29, "lap-vong", "Chuyển hướng lặp vòng", "lapvong.vidu.example")
            .over_ipv6(redirect("https://lapvong.vidu.example/"))
            .fails(&[("web-status-parity", "only-over-ipv4"), ("web-redirects", "loop")]),
        Site::new(30, "dia-chi-noi-bo", "Chuyển hướng đến địa chỉ nội bộ", "noibo.vidu.example")
            .over_ipv6(redirect("http://[fe80::1]/"))
            .fails(&[
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "to-private-address"),
            ]),
        Site::new(31, "http-thuong", "IPv6 không chuyển sang HTTPS", "http.vidu.example")
            .door(ipv6(31), 80, Door::Http(Page::Status(200)))
            .fails(&[("web-https", "plain-only-over-ipv6")]),
        Site::new(
            32,
            "van-tra-loi",
            "Khai báo đã ngừng nhưng vẫn trả lời",
            "vantraloi.vidu.example",
        )
        .state("retired")
        .fails(&[("inventory-state", "retired-but-answers")]),
        Site::new(33, "dai-dien", "Bản ghi đại diện", "ten.daidien.example")
            .fails(&[("inventory-state", "wildcard")]),
    ]
}

/// What the lab's name servers know.
pub(super) fn zones(sites: &[Site]) -> Zones {
    let mut zones: Zones = vec![
        (String::new(), Entry::NameServer("ns1.goc.example")),
        ("ns1.goc.example".to_owned(), Entry::Address(ipv6(0x901))),
        // RFC 7050 §8.1: there are A records and no AAAA.
        ("ipv4only.arpa".to_owned(), Entry::Address(Ipv4Addr::new(192, 0, 0, 170).into())),
        ("ipv4only.arpa".to_owned(), Entry::Address(Ipv4Addr::new(192, 0, 0, 171).into())),
        ("bidanh-host.vidu.example".to_owned(), Entry::Address(ipv6(6))),
        ("bidanh-host.vidu.example".to_owned(), Entry::Address(ipv4(6))),
    ];
    for (zone, first, second, addresses) in [
        (ZONE, "ns1.vidu.example", "ns2.vidu.example", 2),
        ("mot.example", "ns1.mot.example", "ns2.mot.example", 1),
        ("khong.example", "ns1.khong.example", "ns2.khong.example", 0),
        ("daidien.example", "ns1.vidu.example", "ns2.vidu.example", 0),
    ] {
        for (at, server) in [first, second].into_iter().enumerate() {
            zones.push((zone.to_owned(), Entry::NameServer(server)));
            if zone == ZONE || !server.ends_with(ZONE) {
                zones.push((server.to_owned(), Entry::Address(ipv4(201 + at as u8))));
            }
            if at < addresses {
                zones.push((server.to_owned(), Entry::Address(ipv6(0x53 + at as u16))));
            }
        }
    }
    for site in sites {
        for entry in &site.entries {
            zones.push((site.host.to_owned(), entry.clone()));
            if site.host.ends_with(".daidien.example") {
                zones.push(("*.daidien.example".to_owned(), entry.clone()));
            }
        }
    }
    zones
}
