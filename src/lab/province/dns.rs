//! Names and addresses: what is published, and what is wrong with it.

use std::net::{IpAddr, Ipv6Addr};

use hickory_proto::rr::RecordType;

use crate::lab::dns::zone::{Behaviour, Glue, ListedBy, Signing, Zone, address_data};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(10, "chi-ipv4", "Trang chỉ có IPv4", "chiipv4.vidu.example")
            .ipv4_only()
            .failing(&[("dns-aaaa", "no-data")]),
        Site::new(12, "loi-dns", "Máy chủ tên miền bị lỗi", "www.loi.example")
            .zone(Zone::new(12, "loi.example").all(Behaviour::ServFail))
            .failing(&[
                ("dns-aaaa", "servfail"),
                ("dns-ns-ipv6-answers", "servfail"),
                ("dns-ns-ipv4-answers", "servfail"),
                ("dns-ipv6-only-resolution", "servers-unusable"),
            ]),
        Site::new(9, "khong-tra-loi", "Tên miền không được trả lời", "www.imlang.example")
            .zone(Zone::new(9, "imlang.example").all(Behaviour::Silent))
            .failing(&[
                ("dns-aaaa", "no-answer"),
                ("dns-ns-ipv6-answers", "silent"),
                ("dns-ns-ipv4-answers", "silent"),
                ("dns-ipv6-only-resolution", "servers-silent"),
            ]),
        Site::new(13, "mot-ns", "Vùng chỉ có một máy chủ tên miền IPv6", "www.mot.example")
            .zone(Zone::new(13, "mot.example").ipv6_at(1))
            .failing(&[("dns-ns-aaaa", "only-one"), ("dns-ns-diversity", "one-address")]),
        Site::new(14, "khong-ns", "Vùng không có máy chủ tên miền IPv6", "www.khong.example")
            .zone(
                Zone::new(14, "khong.example")
                    .ipv6_at(0)
                    .record("rangoai.khong.example", address_data(ipv6(204)))
                    .record("rangoai.khong.example", address_data(ipv4(204))),
            )
            .failing(&[("dns-ns-aaaa", "none"), ("dns-ipv6-only-resolution", "no-ipv6-server")]),
        Site::new(15, "dia-chi-rieng", "Công bố địa chỉ ULA", "ula.vidu.example")
            .ipv4_only()
            .dead_address(IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1)))
            .failing(&[("address-global", "special-purpose"), ("address-owned", "undeclared")]),
        Site::new(16, "ngoai-mang", "Địa chỉ ngoài mạng đã khai báo", "ngoai.vidu.example")
            .ipv4_only()
            .address(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)))
            .closed_port(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)), 443)
            .closed_port(IpAddr::V6(Ipv6Addr::new(0x2002, 0xc633, 0x6410, 0, 0, 0, 0, 1)), 80)
            .failing(&[("address-global", "special-purpose"), ("address-owned", "undeclared")]),
        Site::new(
            40,
            "ns-im-lang",
            "Một máy chủ tên miền không trả lời qua IPv6",
            "www.imlang6.example",
        )
        .zone(Zone::new(40, "imlang6.example").over_ipv6(2, Behaviour::Silent))
        .failing(&[("dns-ns-ipv6-answers", "silent")]),
        Site::new(41, "ns-chi-udp", "Máy chủ tên miền chỉ có UDP", "www.chiudp.example")
            .zone(Zone::new(41, "chiudp.example").over_ipv6(1, Behaviour::UdpOnly))
            .failing(&[("dns-ns-ipv6-answers", "udp-only")]),
        Site::new(42, "ns-chi-tcp", "Máy chủ tên miền chỉ có TCP", "www.chitcp.example")
            .zone(Zone::new(42, "chitcp.example").over_ipv6(2, Behaviour::TcpOnly))
            .failing(&[("dns-ns-ipv6-answers", "tcp-only")]),
        Site::new(43, "ns-khong-quyen", "Máy chủ tên miền không có thẩm quyền", "www.lame.example")
            .zone(Zone::new(43, "lame.example").all(Behaviour::Lame))
            .failing(&[
                ("dns-aaaa", "lame"),
                ("dns-ns-ipv6-answers", "lame"),
                ("dns-ns-ipv4-answers", "lame"),
                ("dns-ipv6-only-resolution", "servers-unusable"),
            ]),
        Site::new(44, "ns-bo-aaaa", "Máy chủ tên miền bỏ qua AAAA", "www.boaaaa.example")
            .zone(Zone::new(44, "boaaaa.example").server(2, Behaviour::DropsAaaa))
            .failing(&[("dns-aaaa-answered", "dropped")]),
        Site::new(
            45,
            "ns-phu-nhan-aaaa",
            "Máy chủ tên miền phủ nhận tên khi hỏi AAAA",
            "www.phunhan.example",
        )
        .zone(Zone::new(45, "phunhan.example").server(2, Behaviour::NxDomainForAaaa))
        .failing(&[
            ("dns-aaaa-answered", "nxdomain"),
            ("dns-consistent", "different-aaaa"),
            ("dns-dnssec", "bad-denial"),
        ]),
        Site::new(46, "ns-cu", "Máy chủ tên miền còn bản cũ", "www.bancu.example")
            .zone(Zone::new(46, "bancu.example").server(2, Behaviour::Outdated))
            .failing(&[
                ("dns-consistent", "different-aaaa"),
                ("dns-dnssec", "bad-signature"),
                ("dns-ptr", "no-ptr"),
                // Nobody listens at the old address, to which chance leads some visitors.
                ("reach-parity", "closed-over-ipv6"),
                ("reach-port", "refused"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::new(35, "bo-het-aaaa", "Mọi máy chủ tên miền bỏ qua AAAA", "www.bohet.example")
            .zone(Zone::new(35, "bohet.example").all(Behaviour::DropsAaaa))
            .failing(&[
                ("dns-aaaa", "no-answer"),
                ("dns-aaaa-answered", "dropped"),
                ("dns-ipv6-only-resolution", "servers-unusable"),
            ]),
        Site::new(36, "tu-choi-aaaa", "Mọi máy chủ tên miền từ chối AAAA", "www.tuchoi.example")
            .zone(Zone::new(36, "tuchoi.example").all(Behaviour::RefusesAaaa))
            .failing(&[
                ("dns-aaaa", "refused"),
                ("dns-aaaa-answered", "refuses"),
                ("dns-ipv6-only-resolution", "servers-unusable"),
            ]),
        Site::new(
            37,
            "chi-biet-dia-chi",
            "Thiết bị cân bằng tải chỉ trả lời A và AAAA",
            "www.canbang.example",
        )
        .zone(
            Zone::new(37, "canbang.example")
                .signed(Signing::Unsigned)
                .all(Behaviour::AddressesOnly),
        )
        .failing(&[
            ("dns-dnssec", "insecure"),
            ("dns-ns-ipv6-answers", "servfail"),
            ("dns-ns-ipv4-answers", "servfail"),
        ]),
        Site::new(38, "khong-glue", "Vùng cha không có glue nào", "www.khongglue.example")
            .zone(Zone::new(38, "khongglue.example").glue(1, Glue::Missing).glue(2, Glue::Missing))
            .failing(&[
                ("dns-aaaa", "no-server"),
                ("dns-ns-aaaa", "none"),
                ("dns-ns-ipv4-answers", "no-ipv4-servers"),
                ("dns-ipv6-only-resolution", "no-ipv6-server"),
            ]),
        Site::new(
            39,
            "chung-may-chu",
            "Vùng cha và vùng con cùng máy chủ tên miền",
            "www.chung.vidu.example",
        )
        .zone(
            Zone::new(39, "chung.vidu.example")
                .served_by(&["ns1.vidu.example", "ns2.vidu.example"]),
        ),
        Site::new(58, "vung-khong-co", "Vùng không tồn tại", "khongcovung.vidu.example")
            .removed()
            .target("zone: khongcovung.vidu.example")
            .failing(&[("dns-ns-aaaa", "no-such-zone"), ("inventory-state", "active-but-gone")]),
        Site::new(59, "bi-danh-cut", "Bí danh trỏ đến tên không tồn tại", "www.danhcut.example")
            .zone(Zone::new(59, "danhcut.example"))
            .cname("khongco.danhcut.example")
            .failing(&[("dns-aaaa", "dangling-alias"), ("inventory-state", "active-but-gone")]),
        Site::new(
            68,
            "ns-dia-chi-rieng",
            "Một máy chủ tên miền có địa chỉ ULA",
            "www.nsrieng.example",
        )
        .zone(Zone::new(68, "nsrieng.example").change(2, |server| {
            for (address, behaviour) in &mut server.addresses {
                if address.is_ipv6() {
                    (*address, *behaviour) = (LOCAL, Behaviour::Closed);
                }
            }
        }))
        .failing(&[
            ("dns-ns-aaaa", "only-one"),
            ("dns-ns-diversity", "one-address"),
            ("dns-ns-ipv6-answers", "not-global"),
        ]),
        Site::new(69, "edns-cu", "Máy chủ tên miền không biết EDNS", "www.ednscu.example")
            .zone(
                Zone::new(69, "ednscu.example")
                    .signed(Signing::Unsigned)
                    .all(Behaviour::RefusesEdns),
            )
            .failing(&[("dns-dnssec", "insecure"), ("dns-large-answer", "edns-refused")]),
        Site::new(47, "thieu-glue", "Vùng cha không có glue IPv6", "www.thieuglue.example")
            .zone(
                Zone::new(47, "thieuglue.example")
                    .glue(1, Glue::WithoutIpv6)
                    .glue(2, Glue::WithoutIpv6),
            )
            .failing(&[("dns-glue", "missing"), ("dns-ipv6-only-resolution", "glue-missing")]),
        Site::new(48, "lech-ns", "Vùng cha còn máy chủ tên miền đã bỏ", "www.lechns.example")
            .zone(Zone::new(48, "lechns.example").listed(2, ListedBy::Parent))
            .failing(&[("dns-delegation", "only-in-parent"), ("dns-ns-aaaa", "only-one")]),
        Site::new(49, "mat-goi-lon", "Câu trả lời DNS lớn bị mất", "www.matlon.example")
            .zone(Zone::new(49, "matlon.example").over_ipv6(2, Behaviour::LosesLarge).text(
                "matlon.example",
                RecordType::TXT,
                &large_text(),
            ))
            .failing(&[("dns-ns-ipv6-answers", "udp-only"), ("dns-large-answer", "lost")]),
        Site::new(200, "mot-mang", "Máy chủ tên miền cùng một mạng", "www.motmang.example")
            .zone(Zone::new(200, "motmang.example").change(2, |server| {
                for (address, _) in &mut server.addresses {
                    if address.is_ipv6() {
                        *address = ONE_NETWORK;
                    }
                }
            }))
            .failing(&[("dns-ns-diversity", "one-prefix")]),
        Site::new(206, "mot-as", "Máy chủ tên miền cùng một hệ thống tự trị", "www.motas.example")
            .zone(Zone::new(206, "motas.example"))
            .failing(&[("dns-ns-diversity", "one-as")]),
        Site::new(
            201,
            "vung-khong-ipv4",
            "Vùng không có máy chủ tên miền IPv4",
            "www.khongipv4.example",
        )
        .zone(Zone::new(201, "khongipv4.example").ipv6_only())
        .failing(&[("dns-ns-ipv4-answers", "no-ipv4-servers")]),
        Site::new(202, "vung-tot", "Vùng tên miền tốt", "coquan.example")
            .removed()
            .target("zone: coquan.example"),
        Site::new(203, "vung-tu-choi", "Vùng bị từ chối qua IPv6", "tuchoi6.example")
            .zone(
                Zone::new(203, "tuchoi6.example")
                    .over_ipv6(1, Behaviour::Refused)
                    .over_ipv6(2, Behaviour::Refused),
            )
            .removed()
            .target("zone: tuchoi6.example")
            .failing(&[
                ("dns-ns-ipv6-answers", "refuses"),
                ("dns-ipv6-only-resolution", "servers-unusable"),
            ]),
        Site::new(205, "goi-lon", "Câu trả lời DNS lớn đến được qua TCP", "www.goilon.example")
            .zone(
                Zone::new(205, "goilon.example")
                    .text("goilon.example", RecordType::TXT, &large_text())
                    .text("goilon.example", RecordType::TXT, &large_text().replace('v', "w"))
                    .text("goilon.example", RecordType::TXT, &large_text().replace('v', "x")),
            ),
        Site::new(192, "mang-khac", "Địa chỉ do mạng khác quảng bá", "mangkhac.vidu.example")
            .failing(&[("address-origin", "another-as")]),
        Site::new(193, "sai-roa", "Tuyến không có ROA phù hợp", "sairoa.vidu.example")
            .failing(&[("address-origin", "rpki-invalid")]),
        Site::new(204, "bi-danh-ra-ngoai", "Bí danh đến vùng chỉ có IPv4", "www.rangoai.example")
            .zone(Zone::new(204, "rangoai.example"))
            .cname("rangoai.khong.example")
            .failing(&[("dns-ipv6-only-resolution", "no-ipv6-server")]),
    ]
}

/// A server's address that nobody outside gets to.
const LOCAL: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x53));

/// The second server of a zone, in the network of its first: see [`Zone::new`].
const ONE_NETWORK: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xd001, 200, 0, 0, 0, 0x54));

/// A text record of more than 512 octets.
fn large_text() -> String {
    let text = "v".repeat(200);
    format!("\"{text}\" \"{text}\" \"{text}\"")
}
