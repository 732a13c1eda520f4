//! The sample province: sixty services of twelve made-up bodies as one finds them, at moments of a year in
//! which most of them move to IPv6 and some get worse for a while. `v6ready demo --serve` scans one moment
//! after another, and the sample reports are made of them.

mod condition;
mod services;
mod sites;

use crate::lab::dns::zone::Zone;
use crate::lab::inventory::{Heading, Organisation};
use crate::lab::site::Site;
use condition::Condition;
pub use services::MOMENTS;
use services::{SampleService, services};

/// What its inventory begins with.
pub(in crate::lab) const HEADING: Heading<'_> = Heading {
    remark: "The sample province of `v6ready demo --serve`, which exists in no network but its own.",
    title: "Tỉnh Ví dụ (dữ liệu mẫu)",
    organisations: &ORGANISATIONS,
};

/// The organisations, in the order of reports.
const ORGANISATIONS: [Organisation; 12] = [
    ("vp-ubnd", "Văn phòng UBND tỉnh (ví dụ)", Some("cntt@vp.vidu.example")),
    ("so-khcn", "Sở Khoa học và Công nghệ (ví dụ)", Some("cntt@sokhcn.vidu.example")),
    ("ttdl", "Trung tâm Dữ liệu tỉnh (ví dụ)", Some("truc@ttdl.vidu.example")),
    ("so-tc", "Sở Tài chính (ví dụ)", Some("cntt@sotc.vidu.example")),
    ("so-gd", "Sở Giáo dục và Đào tạo (ví dụ)", Some("cntt@giaoduc.example")),
    ("so-yt", "Sở Y tế (ví dụ)", Some("cntt@yte.example")),
    ("so-nnmt", "Sở Nông nghiệp và Môi trường (ví dụ)", Some("cntt@sonnmt.vidu.example")),
    ("so-xd", "Sở Xây dựng (ví dụ)", Some("cntt@soxd.vidu.example")),
    ("so-nv", "Sở Nội vụ (ví dụ)", None),
    ("so-vhttdl", "Sở Văn hóa, Thể thao và Du lịch (ví dụ)", Some("cntt@dulich.example")),
    ("xa-a", "Ủy ban nhân dân xã A (ví dụ)", None),
    ("phuong-b", "Ủy ban nhân dân phường B (ví dụ)", Some("vp@phuongb.vidu.example")),
];

/// Every service that the province has at a moment, from 0; later ones than the last are the last.
pub(in crate::lab) fn sites(moment: usize) -> Vec<Site> {
    let moment = moment.min(MOMENTS - 1);
    services().iter().filter_map(|service| site(service, moment)).collect()
}

/// The zones that sites of the province lie in, as they are at a moment.
pub(in crate::lab) fn zones(moment: usize) -> Vec<Zone> {
    // The data centre's second name server has had IPv6 since the second quarter.
    let own = Zone::new(3, "vidu.example").ipv6_at(if moment == 0 { 1 } else { 2 });
    // The provider of the schools' zone has had it since the last quarter.
    let schools = Zone::new(9, "giaoduc.example").ipv6_at(if moment < 3 { 0 } else { 2 });
    vec![own, schools, Zone::new(10, "yte.example"), Zone::new(11, "dulich.example")]
}

fn site(service: &SampleService, moment: usize) -> Option<Site> {
    let condition = *service.conditions.get(moment)?;
    if condition == Condition::NotYetThere {
        return None;
    }
    let SampleService { organisation, category, declared, .. } = *service;
    let site = Site { organisation, category, declared, ..sites::healthy(service) };
    Some(sites::in_condition(site, service, condition))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn services_are_told_apart_and_belong_to_someone() {
        let last = sites(MOMENTS);
        assert_eq!(last.len(), 60);
        let ids: BTreeSet<_> = last.iter().map(Site::full_id).collect();
        assert_eq!(ids.len(), 60);
        for (organisation, ..) in ORGANISATIONS {
            assert!(last.iter().any(|site| site.organisation == organisation), "{organisation}");
        }
        let is_known = |id| ORGANISATIONS.iter().any(|(known, ..)| *known == id);
        assert!(last.iter().all(|site| is_known(site.organisation)));
        assert!(sites(0).len() < 60);
    }
}
