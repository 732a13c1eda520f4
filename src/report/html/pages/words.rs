//! What pages say beside their content.

use crate::model::{Lang, Text};
use crate::report::texts;

/// Words of the templates.
pub(super) struct PageWords {
    pub(super) crumbs: &'static str,
    pub(super) turn: &'static str,
    pub(super) previous: &'static str,
    pub(super) next: &'static str,
    pub(super) concerned: &'static str,
    pub(super) organisations: &'static str,
    pub(super) organisation: &'static str,
    pub(super) contact: &'static str,
    pub(super) all_services: &'static str,
}

impl PageWords {
    pub(super) fn of(lang: Lang) -> Self {
        const CRUMBS: Text = Text { vi: "Vị trí của trang", en: "Where this page is" };
        const TURN: Text = Text { vi: "Chuyển trang", en: "Other pages of the list" };
        const PREVIOUS: Text = Text { vi: "Trang trước", en: "Previous page" };
        const NEXT: Text = Text { vi: "Trang sau", en: "Next page" };
        const CONCERNED: Text = Text { vi: "Dịch vụ liên quan", en: "Services concerned" };
        Self {
            crumbs: CRUMBS.get(lang),
            turn: TURN.get(lang),
            previous: PREVIOUS.get(lang),
            next: NEXT.get(lang),
            concerned: CONCERNED.get(lang),
            organisations: texts::BY_ORGANISATION.get(lang),
            organisation: texts::ORGANISATION.get(lang),
            contact: texts::CONTACT.get(lang),
            all_services: texts::ALL_SERVICES.get(lang),
        }
    }
}

/// How many services; the number is never alone at the end of a line.
pub(super) fn services(count: usize, lang: Lang) -> String {
    let number = texts::number(count, lang);
    match (lang, count) {
        (Lang::Vi, _) => format!("{number}\u{a0}dịch vụ"),
        (Lang::En, 1) => format!("{number}\u{a0}service"),
        (Lang::En, _) => format!("{number}\u{a0}services"),
    }
}

/// Which page of a list.
pub(super) fn place(number: usize, of: usize, lang: Lang) -> String {
    let (number, of) = (texts::number(number, lang), texts::number(of, lang));
    match lang {
        Lang::Vi => format!("Trang {number}/{of}"),
        Lang::En => format!("Page {number} of {of}"),
    }
}

/// A link to all causes of a kind.
pub(super) fn all_causes(count: usize, lang: Lang) -> String {
    let number = texts::number(count, lang);
    match lang {
        Lang::Vi => format!("Xem toàn bộ {number} nguyên nhân"),
        Lang::En => format!("See all {number} causes"),
    }
}

/// A link to all organisations.
pub(super) fn all_organisations(count: usize, lang: Lang) -> String {
    let number = texts::number(count, lang);
    match lang {
        Lang::Vi => format!("Xem toàn bộ {number} cơ quan, đơn vị"),
        Lang::En => format!("See all {number} organisations"),
    }
}

/// A link to all rows of a table.
pub(super) fn all_rows(title: &str, count: usize, lang: Lang) -> String {
    let number = texts::number(count, lang);
    match lang {
        Lang::Vi => format!("{title}: xem toàn bộ {number} dòng"),
        Lang::En => format!("{title}: see all {number} rows"),
    }
}
