//! DNSSEC, and the records beside the addresses.

use std::net::Ipv6Addr;

use super::Site;
use crate::lab::dns::{Signing, Zone};

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(50, "chua-ky", "Vùng chưa ký DNSSEC", "www.chuaky.example")
            .zone(Zone::new(50, "chuaky.example").signed(Signing::Unsigned))
            .fails(&[("dns-dnssec", "insecure")]),
        Site::new(51, "chu-ky-het-han", "Chữ ký DNSSEC hết hạn", "www.kyhethan.example")
            .zone(Zone::new(51, "kyhethan.example").signed(Signing::Expired))
            .fails(&[("dns-dnssec", "expired")]),
        Site::new(52, "sai-ds", "Bản ghi DS không khớp khóa", "www.saids.example")
            .zone(Zone::new(52, "saids.example").signed(Signing::WrongDs))
            .fails(&[("dns-dnssec", "no-matching-key")]),
        Site::new(53, "thieu-chu-ky", "Bản ghi AAAA thiếu chữ ký", "www.thieuky.example")
            .zone(Zone::new(57, "thieuky.example").signed(Signing::Incomplete))
            .fails(&[("dns-dnssec", "missing-signature")]),
        Site::new(54, "nhung-ipv4", "Địa chỉ IPv6 chứa địa chỉ IPv4", "nhung.vidu.example")
            .ipv4_only()
            .at(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 54, 0, 0, 0xc633, 0x6436).into())
            .fails(&[("address-ipv4-embedded", "ipv4-embedded")]),
        Site::new(55, "nhung-mac", "Địa chỉ IPv6 sinh từ địa chỉ MAC", "mac.vidu.example")
            .ipv4_only()
            .at(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 55, 0x5054, 0x00ff, 0xfe12, 0x3456).into())
            .fails(&[("address-ipv4-embedded", "mac-embedded")]),
        Site::new(56, "ptr-sai", "Tên ngược dẫn đến máy chủ khác", "ptrsai.vidu.example")
            .fails(&[("dns-ptr", "other-address")]),
    ]
}
