//! How the inventory's quarters are reported on.

use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::Word;
use crate::model::{ReportingPeriod, Text};

#[derive(Default)]
pub(super) struct ReportingDraft {
    pub(super) period: ReportingPeriod,
}

pub(super) static REPORTING: Section<ReportingDraft> = Section {
    any: "`reporting`",
    this: "the settings of reports",
    title: Text { en: "Reports", vi: "Báo cáo" },
    about: Text { en: "How quarters are reported on.", vi: "Quy định về báo cáo quý." },
    keys: &[Key::new(
        "period",
        &Word {
            words: &PERIODS,
            id: ReportingPeriod::id,
            default: Some(ReportingPeriod::default),
            set: |draft: &mut ReportingDraft, period| draft.period = period,
        },
        "decree-09-2019",
        Text {
            en: "Which days' runs count for a quarter: those of the calendar, or, as rules on periodic reports of state agencies close their figures, from the 15th of the month before the quarter to the 14th of its last month. Check it against the rules that bind you.",
            vi: "Kỳ số liệu của quý: theo lịch, hoặc theo quy định về chế độ báo cáo định kỳ của cơ quan hành chính nhà nước (từ ngày 15 của tháng trước quý báo cáo đến ngày 14 của tháng cuối quý). Cần đối chiếu với quy định áp dụng tại cơ quan, đơn vị.",
        },
    )],
    alternatives: &[],
    check: |_, _, _| {},
};

static PERIODS: [(ReportingPeriod, Text); 2] = [
    (ReportingPeriod::Calendar, Text { en: "calendar quarters", vi: "quý theo lịch" }),
    (
        ReportingPeriod::Decree092019,
        Text {
            en: "to the 14th of the last month (Decree 09/2019/NĐ-CP)",
            vi: "chốt số liệu ngày 14 của tháng cuối quý (Nghị định số 09/2019/NĐ-CP)",
        },
    ),
];
