//! `timeouts` of the settings. Defaults are those of [`Timeouts`].

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::Interval;
use crate::model::{Text, Timeouts};

const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(300);

pub(super) static TIMEOUTS: Section<Timeouts> = Section {
    any: "`timeouts`",
    this: "`timeouts`",
    title: Text { en: "Deadlines of single steps", vi: "Thời gian chờ của từng bước" },
    about: Text {
        en: "How long an answer is waited for.",
        vi: "Thời gian chờ phản hồi tối đa của từng bước đo.",
    },
    keys: &[
        Key::new(
            "dns",
            &Interval { range: TIMEOUT, field: |timeouts: &mut Timeouts| &mut timeouts.dns },
            "5s",
            Text { en: "For a DNS answer.", vi: "Phản hồi DNS." },
        ),
        Key::new(
            "connect",
            &Interval { range: TIMEOUT, field: |timeouts: &mut Timeouts| &mut timeouts.connect },
            "10s",
            Text { en: "For a TCP handshake.", vi: "Bắt tay TCP." },
        ),
        Key::new(
            "tls",
            &Interval { range: TIMEOUT, field: |timeouts: &mut Timeouts| &mut timeouts.tls },
            "10s",
            Text { en: "For a TLS handshake.", vi: "Bắt tay TLS." },
        ),
        Key::new(
            "http",
            &Interval { range: TIMEOUT, field: |timeouts: &mut Timeouts| &mut timeouts.http },
            "20s",
            Text { en: "For an HTTP exchange.", vi: "Yêu cầu và phản hồi HTTP." },
        ),
        Key::new(
            "greeting",
            &Interval { range: TIMEOUT, field: |timeouts: &mut Timeouts| &mut timeouts.greeting },
            "30s",
            Text {
                en: "For a mail server's or another protocol's greeting.",
                vi: "Lời chào của máy chủ thư hoặc giao thức khác.",
            },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};
