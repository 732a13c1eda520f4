//! What every reader must know, whatever she looks at.

use super::frame::Banner;
use super::request::PageRequest;
use crate::model::{Lang, VantageIpv6};
use crate::report::texts;
use crate::serve::access::Permission;
use crate::view::Picture;

/// The banners over a page.
pub fn of(request: &PageRequest, picture: Option<&Picture>) -> Vec<Banner> {
    let lang = request.lang;
    let mut banners = Vec::new();
    if let Some(fault) = request.app.config_fault()
        && request.visitor.may(Permission::Operate(None))
    {
        let count = texts::number(fault.problems.len(), lang);
        banners.push(Banner {
            class: "bad",
            id: "configuration",
            text: match lang {
                Lang::Vi => format!(
                    "Tệp cấu hình mới có {count} lỗi nên chưa được áp dụng; hệ thống vẫn chạy với cấu hình cũ. Xem trang Giới thiệu."
                ),
                Lang::En => format!(
                    "The configuration's file has {count} fault(s) and was not taken; the one before is in force. The page About has them."
                ),
            },
        });
    }
    if let Some(picture) = picture {
        let ipv6 = match picture.result.run.vantage.ipv6 {
            VantageIpv6::Absent => Some(texts::NO_IPV6),
            VantageIpv6::Lost => Some(texts::IPV6_LOST),
            VantageIpv6::Working => None,
        };
        banners.extend(ipv6.map(|text| Banner {
            class: "",
            id: "vantage",
            text: text.get(lang).to_owned(),
        }));
    }
    banners
}
