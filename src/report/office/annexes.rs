//! The annexes: everything by service, long tables under the names of organisations.

mod method;
mod services;
mod targets;
mod work;

use super::matter::Matter;
use super::paper::Annex;
use crate::model::Text;

const SERVICES: Text =
    Text { vi: "Kết quả của từng dịch vụ", en: "Results by service" };
const WORK: Text = Text {
    vi: "Danh mục nhiệm vụ cần thực hiện và biện pháp khắc phục",
    en: "Work list and remedies",
};
const TARGETS: Text = Text {
    vi: "Mục tiêu, trường hợp được miễn và thay đổi",
    en: "Targets, exemptions and changes",
};
const METHOD: Text =
    Text { vi: "Phương pháp và tham số đo", en: "Method and measurement settings" };

pub(super) fn annexes(matter: &Matter<'_>) -> Vec<Annex> {
    let lang = matter.lang;
    vec![
        Annex { title: SERVICES.get(lang), blocks: services::blocks(matter) },
        Annex { title: WORK.get(lang), blocks: work::blocks(matter) },
        Annex { title: TARGETS.get(lang), blocks: targets::blocks(matter) },
        Annex { title: METHOD.get(lang), blocks: method::blocks(matter) },
    ]
}
