//! The headings and words of tables, in both languages.

use crate::inventory::values::text::slug;
use crate::model::{Category, State, Target};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Organisation,
    Contact,
    Id,
    Name,
    Category,
    State,
    SecurityLevel,
    Stage,
    By,
    /// The kind, for [`Column::Target`].
    Kind,
    /// A host, an endpoint, a domain or a URL.
    Target,
    /// A target of this kind.
    TargetOf(&'static str),
}

/// The column that a heading means; `None` when it means none.
pub(super) fn column(heading: &str) -> Option<Column> {
    let slug = slug(heading);
    if let Some(kind) = Target::KINDS.into_iter().find(|kind| *kind == slug) {
        return Some(Column::TargetOf(kind));
    }
    Some(match &*slug {
        "organisation" | "organization" | "organisation-id" | "organisation-name" | "agency"
        | "don-vi" | "co-quan" | "ma-don-vi" | "ma-co-quan" | "ten-don-vi" | "ten-co-quan"
        | "co-quan-don-vi" | "don-vi-chu-quan" | "co-quan-chu-quan" => Column::Organisation,
        "contact" | "lien-he" | "dau-moi" | "dau-moi-lien-he" | "email" => Column::Contact,
        "id" | "service-id" | "ma" | "ma-dich-vu" | "ma-he-thong" => Column::Id,
        "name" | "service" | "ten" | "ten-dich-vu" | "ten-he-thong" | "dich-vu" | "he-thong" => {
            Column::Name
        }
        "category" | "loai" | "loai-hinh" | "nhom" | "phan-loai" | "loai-dich-vu" => {
            Column::Category
        }
        "state" | "status" | "trang-thai" | "tinh-trang" => Column::State,
        "security-level" | "cap-do" | "cap-do-an-toan" => Column::SecurityLevel,
        "stage" | "target-stage" | "muc" | "muc-tieu" | "chi-tieu" => Column::Stage,
        "by" | "deadline" | "due" | "thoi-han" | "han" | "han-hoan-thanh" => Column::By,
        "kind" | "type" | "protocol" | "kieu" | "giao-thuc" => Column::Kind,
        "target" | "address" | "url" | "website" | "host" | "hostname" | "domain" | "dia-chi"
        | "ten-mien" | "duong-dan" | "trang-web" | "may-chu" => Column::Target,
        _ => return None,
    })
}

/// The category that a word means.
pub(super) fn category(word: &str) -> Option<Category> {
    let slug = slug(word);
    let known = Category::ALL.into_iter().find(|category| category.id() == slug);
    known.or(match &*slug {
        "cong-thong-tin-dien-tu" | "cong-thong-tin" | "trang-thong-tin-dien-tu" => {
            Some(Category::Portal)
        }
        "cong-dich-vu-cong" | "dich-vu-cong" | "dich-vu-cong-truc-tuyen" => {
            Some(Category::PublicService)
        }
        "he-thong-thong-tin" | "he-thong" => Some(Category::InformationSystem),
        "ha-tang" | "ha-tang-ky-thuat" => Some(Category::Infrastructure),
        "dich-vu-internet" | "dich-vu-internet-co-ban" => Some(Category::InternetService),
        _ => None,
    })
}

/// The state that a word means.
pub(super) fn state(word: &str) -> Option<State> {
    let slug = slug(word);
    let known = State::ALL.into_iter().find(|state| state.id() == slug);
    known.or(match &*slug {
        "dang-hoat-dong" | "hoat-dong" | "dang-su-dung" => Some(State::Active),
        "ngung-hoat-dong" | "da-ngung-hoat-dong" | "ngung" | "dung-hoat-dong" => {
            Some(State::Retired)
        }
        "noi-bo" => Some(State::Internal),
        "chuyen-huong" => Some(State::Redirected),
        "thuan-ipv6" | "chi-ipv6" => Some(State::Ipv6Only),
        _ => None,
    })
}
