//! When which scans are made.

use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::Parsed;
use crate::model::Text;

/// A scan that is made again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What it is called.
    pub name: Option<String>,
}

pub(super) static SCHEDULE: Section<Schedule> = Section {
    any: "a schedule",
    this: "this schedule",
    title: Text { en: "Schedules", vi: "Lịch quét" },
    about: Text {
        en: "When an inventory is scanned, and what of it.",
        vi: "Thời điểm quét danh mục và phạm vi quét.",
    },
    keys: &[Key::new(
        "name",
        &Parsed { form: &forms::LINE, field: |schedule: &mut Schedule| &mut schedule.name },
        "nightly",
        Text { en: "What the schedule is called.", vi: "Tên của lịch quét." },
    )
    .required()],
    alternatives: &[],
    check: |_, _, _| {},
};
