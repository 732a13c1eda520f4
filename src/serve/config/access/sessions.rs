//! When sessions end.

use std::time::Duration;

use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::Interval;
use crate::model::Text;
use crate::serve::access::session::SessionTimes;

pub(in crate::serve::config) static SESSIONS: Section<SessionTimes> = Section {
    any: "`sessions`",
    this: "`sessions`",
    title: Text { en: "Sessions", vi: "Phiên đăng nhập" },
    about: Text {
        en: "When somebody who has logged in has to do so again.",
        vi: "Thời điểm người đã đăng nhập phải đăng nhập lại.",
    },
    keys: &[
        Key::new(
            "idle",
            &Interval {
                range: Duration::from_secs(300)..=Duration::from_secs(30 * 86_400),
                field: |times: &mut SessionTimes| &mut times.idle,
            },
            "2h",
            Text {
                en: "After so long without a request.",
                vi: "Sau khoảng thời gian không có yêu cầu nào.",
            },
        ),
        Key::new(
            "absolute",
            &Interval {
                range: Duration::from_secs(300)..=Duration::from_secs(90 * 86_400),
                field: |times: &mut SessionTimes| &mut times.absolute,
            },
            "24h",
            Text {
                en: "So long after the log-in, in any case.",
                vi: "Sau khoảng thời gian kể từ khi đăng nhập.",
            },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};
