//! Services that pass everything.

use crate::lab::dns::zone::Zone;
use crate::lab::network::addresses::ipv6;
use crate::lab::site::Site;
use crate::lab::site::listener::https_redirect;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(1, "portal", "Cổng thông tin điện tử", "portal.vidu.example"),
        Site::new(2, "dichvucong", "Cổng dịch vụ công", "dichvucong.vidu.example")
            .address(ipv6(0x202)),
        Site::new(3, "congbao", "Công báo điện tử", "congbao.vidu.example")
            .every_listener(https_redirect("https://portal.vidu.example/")),
        Site::new(4, "vanban", "Hệ thống quản lý văn bản", "vanban.vidu.example"),
        Site::new(5, "thuan-ipv6", "Trang thuần IPv6", "v6.vidu.example")
            .removed()
            .address(ipv6(5))
            .state("ipv6-only"),
        Site::new(34, "xa-mot", "Xã Một (vùng của vùng)", "www.xamot.coquan.example")
            .zone(Zone::new(34, "xamot.coquan.example")),
        Site::new(6, "bi-danh", "Trang dùng bí danh CNAME", "bidanh.vidu.example")
            .cname("bidanh-host.vidu.example"),
    ]
}
