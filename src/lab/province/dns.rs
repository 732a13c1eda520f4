//! Names and addresses: what is published, and what is wrong with it.

use std::net::{IpAddr, Ipv6Addr};

use super::Site;
use crate::lab::dns::{Behaviour, Zone};

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(10, "chi-ipv4", "Trang chỉ có IPv4", "chiipv4.vidu.example")
            .ipv4_only()
            .fails(&[("dns-aaaa", "no-data")]),
        Site::new(12, "loi-dns", "Máy chủ tên miền bị lỗi", "www.loi.example")
            .zone(Zone::new(12, "loi.example").all(Behaviour::ServFail)),
        Site::new(9, "khong-tra-loi", "Tên miền không được trả lời", "www.imlang.example")
            .zone(Zone::new(9, "imlang.example").all(Behaviour::Silent)),
        Site::new(13, "mot-ns", "Vùng chỉ có một máy chủ tên miền IPv6", "www.mot.example")
            .zone(Zone::new(13, "mot.example").ipv6_at(1))
            .fails(&[("dns-ns-aaaa", "only-one")]),
        Site::new(14, "khong-ns", "Vùng không có máy chủ tên miền IPv6", "www.khong.example")
            .zone(Zone::new(14, "khong.example").ipv6_at(0))
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
    ]
}
