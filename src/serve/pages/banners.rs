//! What every reader must know, whatever she looks at.

use super::frame::Banner;
use super::open_alerts::open_count;
use super::problem::store_words;
use crate::model::{Lang, Text, VantageIpv6};
use crate::report::texts;
use crate::serve::access::{Permission, PublicPage, Visitor};
use crate::serve::app::App;
use crate::view::Picture;

const REBUILT: Text = Text {
    vi: "Kết quả đang được tổng hợp lại; các trang hiển thị số liệu của lần tổng hợp trước.",
    en: "Results are being worked out again; pages show what was known before.",
};

/// How many alerts last that nobody has taken note of; 0 for whom alerts don't concern.
pub fn waiting_alerts(app: &App, visitor: &Visitor, picture: &Picture) -> usize {
    let may_view = visitor.may(Permission::ViewPage(PublicPage::Alerts));
    let store = may_view.then(|| app.store().ok()).flatten();
    store.and_then(|store| open_count(&store, picture).ok()).unwrap_or(0)
}

/// The banners over a page.
pub fn of(app: &App, visitor: &Visitor, picture: Option<&Picture>, lang: Lang) -> Vec<Banner> {
    let mut banners = Vec::new();
    if let Some(fault) = app.config_fault()
        && visitor.may(Permission::Operate(None))
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
                    "The configuration's file was not taken (faults in it: {count}); the one before is in force. The page About has them."
                ),
            },
        });
    }
    let now = app.now();
    if let Some(own) = app.own_certificate().filter(|own| own.expires_soon(now)) {
        let timezone = picture.map_or("UTC", |picture| &picture.result.inventory.timezone);
        let until = texts::moment(own.not_after, timezone, lang);
        banners.push(Banner {
            class: if own.not_after <= now { "bad" } else { "" },
            id: "certificate",
            text: match lang {
                Lang::Vi => format!(
                    "Chứng thư số của chính trang này hết hạn lúc {until}. Người quản trị cần gia hạn."
                ),
                Lang::En => format!(
                    "The certificate of this site itself ends on {until}. Its administrator should renew it."
                ),
            },
        });
    }
    if !app.view_is_ready() {
        banners.push(Banner { class: "told", id: "view", text: REBUILT.get(lang).to_owned() });
    }
    if let Err(error) = app.store() {
        let words = store_words(&error).map(|words| words.get(lang).to_owned());
        banners.extend(words.map(|text| Banner { class: "bad", id: "store", text }));
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
