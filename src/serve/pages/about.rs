//! About this installation: its version, its rules, its configuration's faults.

use askama::Template;
use axum::response::Response;

use super::frame::Frame;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::ABOUT;
use super::words::words;
use crate::check::CATALOGUE;
use crate::model::{Stage, Text};
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::{Permission, PublicPage};
use crate::view::rules_digest;

/// Faults that are shown.
const FAULTS_SHOWN: usize = 50;

words! {
    /// The words of the page.
    AboutWords {
        what: "Hệ thống này đo và đánh giá mức độ sẵn sàng IPv6 của dịch vụ: dịch vụ có hoạt động với IPv6 và trên mạng thuần IPv6 hay không. Mọi kết luận đều kèm dữ liệu đo làm minh chứng.", "This installation measures and judges how ready services are for IPv6: whether they work over IPv6, and over IPv6 alone. Every verdict has the measurements that it rests on.";
        stages: "Ý nghĩa các mức", "What the stages mean";
        version: "Phiên bản", "Version";
        rules: "Bộ quy tắc", "Rules";
        checks: "Số tiêu chí", "Checks";
        reader: "Người dùng", "You are";
        guest: "khách, chưa đăng nhập", "a guest, not logged in";
        account: "Tài khoản", "Your account";
        api: "Giao diện lập trình (API)", "For programs (API)";
        faults: "Lỗi của tệp cấu hình mới", "Faults of the new configuration";
        faults_about: "Tệp cấu hình đã thay đổi nhưng có lỗi nên chưa được áp dụng. Đọc lúc", "The configuration's file has changed, but has faults and was not taken. It was read at";
        license: "Giấy phép: MIT hoặc Apache-2.0.", "Licence: MIT or Apache-2.0.";
    }
}

#[derive(Template)]
#[template(path = "serve/about.html")]
struct AboutPage {
    frame: Frame,
    w: &'static AboutWords,
    meta: Vec<(&'static str, String)>,
    stages: Vec<String>,
    read_at: String,
    faults: Vec<String>,
    has_api: bool,
    has_account: bool,
}

/// Hands out the page.
pub async fn about(request: PageRequest) -> Response {
    request.show(PublicPage::About, page).await
}

fn page(request: &PageRequest) -> Result<AboutPage, Problem> {
    const UTC: &str = "UTC";
    let lang = request.lang;
    let w = AboutWords::of(lang);
    let picture = request.picture().ok();
    let timezone = picture.as_ref().map_or(UTC, |picture| &picture.result.inventory.timezone);
    let fault = request.app.config_fault();
    // What is in the configuration concerns those who run this.
    let fault = fault.filter(|_| request.visitor.may(Permission::Administer));
    let faults = fault.iter().flat_map(|fault| fault.problems.iter().take(FAULTS_SHOWN));
    let reader = request.visitor.name().map_or_else(|| w.guest.to_owned(), clean);
    let stage = |stage: Stage| format!("{}: {}", stage.number(), stage.name().get(lang));
    let note: Text = texts::ABSENT_NOTE;
    Ok(AboutPage {
        meta: vec![
            (w.version, format!("v6ready {}", env!("CARGO_PKG_VERSION"))),
            (w.rules, rules_digest().to_string()),
            (w.checks, texts::number(CATALOGUE.len(), lang)),
            (w.reader, reader),
        ],
        stages: Stage::ALL.into_iter().map(stage).chain([note.get(lang).to_owned()]).collect(),
        read_at: fault
            .as_ref()
            .map(|fault| texts::moment(fault.at, timezone, lang))
            .unwrap_or_default(),
        faults: faults.map(|fault| clean(fault)).collect(),
        has_api: request.may_view(PublicPage::Api),
        has_account: request.visitor.name().is_some(),
        frame: request.frame(&ABOUT, ABOUT.name.get(lang), picture.as_deref()),
        w,
    })
}
