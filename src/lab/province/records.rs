//! DNSSEC, and the records beside the addresses.

use std::net::Ipv6Addr;

use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::svcb::{IpHint, SVCB, SvcParamKey, SvcParamValue};
use hickory_proto::rr::rdata::{AAAA, CAA, HTTPS};

use crate::lab::dns::zone::{Signing, Zone, name};
use crate::lab::site::Site;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(50, "chua-ky", "Vùng chưa ký DNSSEC", "www.chuaky.example")
            .zone(Zone::new(50, "chuaky.example").signed(Signing::Unsigned))
            .failing(&[("dns-dnssec", "insecure")]),
        Site::new(51, "chu-ky-het-han", "Chữ ký DNSSEC hết hạn", "www.kyhethan.example")
            .zone(Zone::new(51, "kyhethan.example").signed(Signing::Expired))
            .failing(&[("dns-aaaa", "bogus"), ("dns-dnssec", "expired")]),
        Site::new(52, "sai-ds", "Bản ghi DS không khớp khóa", "www.saids.example")
            .zone(Zone::new(52, "saids.example").signed(Signing::WrongDs))
            .failing(&[("dns-aaaa", "bogus"), ("dns-dnssec", "no-matching-key")]),
        Site::new(53, "thieu-chu-ky", "Bản ghi AAAA thiếu chữ ký", "www.thieuky.example")
            .zone(Zone::new(57, "thieuky.example").signed(Signing::Incomplete))
            .failing(&[("dns-aaaa", "bogus"), ("dns-dnssec", "missing-signature")]),
        Site::new(54, "nhung-ipv4", "Địa chỉ IPv6 chứa địa chỉ IPv4", "nhung.vidu.example")
            .ipv4_only()
            .address(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 54, 0, 0, 0xc633, 0x6436).into())
            .failing(&[("address-ipv4-embedded", "ipv4-embedded")]),
        Site::new(55, "nhung-mac", "Địa chỉ IPv6 sinh từ địa chỉ MAC", "mac.vidu.example")
            .ipv4_only()
            .address(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 55, 0x5054, 0x00ff, 0xfe12, 0x3456).into())
            .failing(&[("address-ipv4-embedded", "mac-embedded")]),
        Site::new(56, "ptr-sai", "Tên ngược dẫn đến máy chủ khác", "ptrsai.vidu.example")
            .failing(&[("dns-ptr", "other-address")]),
        Site::new(60, "caa-khac", "CAA chỉ cho phép tổ chức khác", "caakhac.vidu.example")
            .record(RData::CAA(CAA::new_issue(false, Some(name("letsencrypt.org")), Vec::new())))
            .failing(&[("dns-caa", "forbidden")]),
        Site::new(61, "caa-rong", "CAA không giới hạn tổ chức nào", "caarong.vidu.example")
            .record(reports("mailto:noc@vidu.example"))
            .failing(&[("dns-caa", "unrestricted")]),
        Site::new(70, "dane-tot", "TLSA khớp chứng thư số", "danetot.vidu.example"),
        Site::new(71, "dane-sai", "TLSA không khớp chứng thư số", "danesai.vidu.example")
            .failing(&[("tls-dane", "mismatch")]),
        Site::new(62, "https-tot", "Bản ghi HTTPS đúng", "httpstot.vidu.example").record(https(
            1,
            "",
            &[Ipv6Addr::new(0x2001, 0xdb8, 0x100, 62, 0, 0, 0, 1)],
        )),
        Site::new(63, "https-goi-y-sai", "Bản ghi HTTPS gợi ý sai", "httpssai.vidu.example")
            .record(https(1, "", &[Ipv6Addr::new(0x2001, 0xdb8, 0x100, 62, 0, 0, 0, 1)]))
            .failing(&[("dns-https-record", "hint-differs")]),
        Site::new(64, "https-ipv4", "Bản ghi HTTPS dẫn đến IPv4", "httpsipv4.vidu.example")
            .record(https(0, "chiipv4.vidu.example", &[]))
            .failing(&[("dns-https-record", "target-without-ipv6")]),
    ]
}

/// An HTTPS record; without a target it is for its own owner.
fn https(priority: u16, target: &str, hints: &[Ipv6Addr]) -> RData {
    let hints: Vec<AAAA> = hints.iter().map(|hint| AAAA(*hint)).collect();
    let params = match hints.is_empty() {
        true => Vec::new(),
        false => vec![(SvcParamKey::Ipv6Hint, SvcParamValue::Ipv6Hint(IpHint(hints)))],
    };
    RData::HTTPS(HTTPS(SVCB::new(priority, name(target), params)))
}

/// A CAA record that only tells where to report to.
fn reports(url: &str) -> RData {
    let mut caa = CAA::new_issue(false, None, Vec::new());
    caa.tag = "iodef".to_owned();
    caa.value = url.as_bytes().to_vec();
    RData::CAA(caa)
}
