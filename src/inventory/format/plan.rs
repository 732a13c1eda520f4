//! What is planned for a service: its `target` and its `exemption`.

use jiff::civil::Date;

use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::{Number, Parsed};
use crate::model::{Exemption, Goal, Stage, Text};

#[derive(Default)]
pub(super) struct GoalDraft {
    stage: Option<u8>,
    by: Option<Date>,
}

pub(super) static GOAL: Section<GoalDraft> = Section {
    any: "`target`",
    this: "this target",
    title: Text { en: "The target of a service", vi: "Mục tiêu của dịch vụ" },
    about: Text {
        en: "The readiness stage that the service is to reach, and by when.",
        vi: "Mức độ sẵn sàng IPv6 mà dịch vụ phải đạt và thời hạn.",
    },
    keys: &[
        Key::new(
            "stage",
            &Number { range: 0..=4, field: |draft: &mut GoalDraft| &mut draft.stage },
            "3",
            Text { en: "The readiness stage to reach.", vi: "Mức phải đạt." },
        )
        .required(),
        Key::new(
            "by",
            &Parsed { form: &forms::DATE, field: |draft: &mut GoalDraft| &mut draft.by },
            "2026-12-31",
            Text { en: "By when.", vi: "Thời hạn hoàn thành." },
        )
        .required(),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

impl GoalDraft {
    pub(super) fn goal(self) -> Option<Goal> {
        let stage = self.stage.and_then(|number| Stage::try_from(number).ok())?;
        Some(Goal { stage, by: self.by? })
    }
}

#[derive(Default)]
pub(super) struct ExemptionDraft {
    reason: Option<String>,
    until: Option<Date>,
}

pub(super) static EXEMPTION: Section<ExemptionDraft> = Section {
    any: "`exemption`",
    this: "this exemption",
    title: Text { en: "An exemption", vi: "Trường hợp được miễn" },
    about: Text {
        en: "A recorded exemption of the service from its target.",
        vi: "Việc miễn thực hiện mục tiêu đã được ghi nhận đối với dịch vụ.",
    },
    keys: &[
        Key::new(
            "reason",
            &Parsed { form: &forms::LINE, field: |draft: &mut ExemptionDraft| &mut draft.reason },
            "replaced in 2027",
            Text { en: "Why.", vi: "Lý do." },
        )
        .example_vi("sẽ thay thế trong năm 2027")
        .required(),
        Key::new(
            "until",
            &Parsed { form: &forms::DATE, field: |draft: &mut ExemptionDraft| &mut draft.until },
            "2027-06-30",
            Text { en: "Until when.", vi: "Ngày cuối cùng được miễn." },
        )
        .required(),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

impl ExemptionDraft {
    pub(super) fn exemption(self) -> Option<Exemption> {
        Some(Exemption { reason: self.reason?, until: self.until? })
    }
}
