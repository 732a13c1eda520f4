//! When which scans are made, which runs are kept, and when the store is copied.

use std::path::PathBuf;
use std::time::Duration;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::values::Beside;
use crate::inventory::fault::Fault;
use crate::inventory::reader::Reader;
use crate::inventory::section::description::{Described, Fallback};
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::{Key, ValueType};
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Flag, Interval, Number, Parsed, ParsedList};
use crate::inventory::tree::NodeId;
use crate::model::{Lang, Selection, Text};

/// The time zone where none is named.
pub const TIMEZONE: &str = "Asia/Ho_Chi_Minh";

/// A scan that is made again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What it is called.
    pub name: String,
    /// The inventory; the first of the configuration where it names none.
    pub inventory: Option<PathBuf>,
    /// When: five fields, as crontab(5) has them.
    pub cron: CronText,
    /// The time zone of the times.
    pub timezone: Option<String>,
    /// Which services; empty = all.
    pub only: Vec<String>,
    /// By which policy; `None` = the inventory's.
    pub policy: Option<String>,
    /// The vantage point's name.
    pub vantage: Option<String>,
    /// One round of connections.
    pub quick: bool,
    /// How often it is looked whether anything changed meanwhile; zero = never.
    pub watch: Duration,
}

/// A cron expression that was read and found good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CronText(pub String);

impl CronText {
    /// The expression, as crontab(5) has it: five fields.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn cron(&self) -> Result<Cron, croner::errors::CronError> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed);
        parser.build().parse(&self.0)
    }
}

/// Which runs are kept. Without any of the first three all are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many whole runs of each store.
    pub keep_last: Option<u32>,
    /// Those of so many days.
    pub keep_days: Option<u32>,
    /// Days for which ended alerts and sent messages are kept.
    pub keep_alerts_days: u32,
    /// When: five fields, as crontab(5) has them.
    pub cron: CronText,
    /// The time zone of the times.
    pub timezone: Option<String>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            keep_last: None,
            keep_days: None,
            keep_alerts_days: 400,
            cron: CronText("15 4 * * *".to_owned()),
            timezone: None,
        }
    }
}

/// When the store is copied, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// The file of the newest copy; older ones are numbered.
    pub file: Option<PathBuf>,
    /// Copies that are kept, the newest included.
    pub keep: u32,
    /// When: five fields, as crontab(5) has them.
    pub cron: CronText,
    /// The time zone of the times.
    pub timezone: Option<String>,
}

impl Default for Backups {
    fn default() -> Self {
        Self { file: None, keep: 7, cron: CronText("45 3 * * *".to_owned()), timezone: None }
    }
}

pub(super) static SCHEDULE: Section<Schedule> = Section {
    any: "a schedule",
    this: "this schedule",
    title: Text { en: "Schedules", vi: "Lịch đo" },
    about: Text {
        en: "When an inventory is scanned, and what of it. The inventory's file is read again for each run. A run \
             that was missed while the daemon was down is made up once.",
        vi: "Thời điểm đo và phạm vi đo. Tệp danh mục được đọc lại ở mỗi đợt đo. Đợt đo bị lỡ khi \
             dịch vụ không chạy được thực hiện bù một lần.",
    },
    keys: &[
        Key::new(
            "name",
            &Filled { form: &forms::LINE, set: |draft: &mut Schedule, name| draft.name = name },
            "nightly",
            Text { en: "What the schedule is called.", vi: "Tên của lịch đo." },
        )
        .required(),
        Key::new(
            "inventory",
            &Beside { field: |draft: &mut Schedule| &mut draft.inventory },
            "inventory.yaml",
            Text { en: "The inventory.", vi: "Tệp danh mục." },
        )
        .or(Fallback::Words(Text {
            en: "the first of `inventories`",
            vi: "danh mục đầu tiên trong `inventories`",
        })),
        Key::new(
            "cron",
            &Filled { form: &CRON, set: |draft: &mut Schedule, cron| draft.cron = cron },
            "\"30 1 * * *\"",
            Text {
                en: "When: minute, hour, day of the month, month, day of the week.",
                vi: "Thời điểm: phút, giờ, ngày trong tháng, tháng, thứ trong tuần.",
            },
        )
        .required(),
        Key::new(
            "timezone",
            &Parsed { form: &forms::TIME_ZONE, field: |draft: &mut Schedule| &mut draft.timezone },
            "Asia/Ho_Chi_Minh",
            Text { en: "The time zone.", vi: "Múi giờ." },
        )
        .or(Fallback::Value(Text { en: TIMEZONE, vi: TIMEZONE })),
        Key::new(
            "only",
            &ParsedList {
                item: "a pattern",
                form: &PATTERN,
                field: |draft: &mut Schedule| &mut draft.only,
            },
            "[\"tag:pilot\"]",
            Text {
                en: "Which services, as for `scan --only`; without it all.",
                vi: "Dịch vụ nào, theo cách viết của `scan --only`; nếu không có: tất cả.",
            },
        ),
        Key::new(
            "policy",
            &Parsed { form: &forms::LINE, field: |draft: &mut Schedule| &mut draft.policy },
            "vn-2030",
            Text {
                en: "By which policy, as for `scan --policy`.",
                vi: "Bộ tiêu chí đánh giá, như `scan --policy`.",
            },
        )
        .or(Fallback::Words(Text { en: "the inventory's", vi: "theo danh mục" })),
        Key::new(
            "vantage",
            &Parsed { form: &forms::LINE, field: |draft: &mut Schedule| &mut draft.vantage },
            "noc",
            Text { en: "The vantage point's name.", vi: "Tên điểm đo." },
        )
        .or(Fallback::Words(Text { en: "the host's name", vi: "tên máy chủ" })),
        Key::new(
            "quick",
            &Flag { field: |draft: &mut Schedule| &mut draft.quick },
            "false",
            Text {
                en: "One round of connections, as for `scan --quick`.",
                vi: "Chỉ một vòng kết nối, như `scan --quick`.",
            },
        ),
        Key::new(
            "watch",
            &Interval {
                range: Duration::ZERO..=Duration::from_secs(86_400),
                field: |draft: &mut Schedule| &mut draft.watch,
            },
            "15m",
            Text {
                en: "How often it is looked whether addresses and connections are still as the last run found \
                     them. What changed is scanned again. `0s` = never, and never more often than each minute.",
                vi: "Bao lâu kiểm tra một lần xem địa chỉ và kết nối có còn như đợt đo trước. Dịch vụ có thay đổi \
                     được đo lại. `0s` = không kiểm tra; không dày hơn mỗi phút một lần.",
            },
        ),
    ],
    alternatives: &[],
    check: |draft: &mut Schedule, fields: &Fields<Schedule>, reader: &mut Reader<'_, '_>| {
        if draft.watch != Duration::ZERO && draft.watch < Duration::from_secs(60) {
            let span = fields.entry("watch").map_or(fields.span, |(span, _)| span);
            reader.error(
                span,
                "`watch` is shorter than a minute",
                Some("write `watch: 1m` or more"),
            );
        }
    },
};

pub(super) static RETENTION: Section<Retention> = Section {
    any: "`retention`",
    this: "`retention`",
    title: Text { en: "Retention", vi: "Lưu giữ" },
    about: Text {
        en: "Which runs are kept, as by `runs prune`. The closing run of each quarter always is. Without \
             `keep_last` and `keep_days` every run is kept.",
        vi: "Lưu giữ các đợt đo nào, như `runs prune`. Đợt đo chốt của mỗi quý luôn được giữ. Nếu không có \
             `keep_last` và `keep_days`, mọi đợt đo đều được giữ.",
    },
    keys: &[
        Key::new(
            "keep_last",
            &Number { range: 1..=100_000, field: |draft: &mut Retention| &mut draft.keep_last },
            "400",
            Text {
                en: "So many whole runs are kept.", vi: "Số đợt đo toàn bộ được giữ."
            },
        ),
        Key::new(
            "keep_days",
            &Number { range: 1..=36_600, field: |draft: &mut Retention| &mut draft.keep_days },
            "400",
            Text {
                en: "The runs of so many days are kept.",
                vi: "Giữ các đợt đo trong chừng ấy ngày.",
            },
        ),
        Key::new(
            "keep_alerts_days",
            &Number {
                range: 30..=36_600,
                field: |draft: &mut Retention| &mut draft.keep_alerts_days,
            },
            "400",
            Text {
                en: "Alerts that ended, and messages that were sent, are kept so many days.",
                vi: "Số ngày giữ cảnh báo đã kết thúc và thông báo đã gửi.",
            },
        ),
        Key::new(
            "cron",
            &Filled { form: &CRON, set: |draft: &mut Retention, cron| draft.cron = cron },
            "\"15 4 * * *\"",
            Text { en: "When what is not kept goes.", vi: "Thời điểm dọn dẹp." },
        )
        .or(Fallback::Value(Text { en: "15 4 * * *", vi: "15 4 * * *" })),
        Key::new(
            "timezone",
            &Parsed { form: &forms::TIME_ZONE, field: |draft: &mut Retention| &mut draft.timezone },
            "Asia/Ho_Chi_Minh",
            Text { en: "The time zone.", vi: "Múi giờ." },
        )
        .or(Fallback::Value(Text { en: TIMEZONE, vi: TIMEZONE })),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

pub(super) static BACKUPS: Section<Backups> = Section {
    any: "`backups`",
    this: "`backups`",
    title: Text { en: "Backups", vi: "Sao lưu" },
    about: Text {
        en: "Copies of the store, as by `runs backup --keep`.",
        vi: "Bản sao của kho dữ liệu, như `runs backup --keep`.",
    },
    keys: &[
        Key::new(
            "file",
            &Beside { field: |draft: &mut Backups| &mut draft.file },
            "/var/backups/v6ready.db",
            Text {
                en: "The file of the newest copy; older ones end in `.1`, `.2` and so on.",
                vi: "Tệp của bản sao mới nhất; các bản cũ có đuôi `.1`, `.2`…",
            },
        )
        .required(),
        Key::new(
            "keep",
            &Number { range: 1..=1000, field: |draft: &mut Backups| &mut draft.keep },
            "7",
            Text { en: "Copies that are kept.", vi: "Số bản sao được giữ." },
        ),
        Key::new(
            "cron",
            &Filled { form: &CRON, set: |draft: &mut Backups, cron| draft.cron = cron },
            "\"45 3 * * *\"",
            Text { en: "When.", vi: "Thời điểm." },
        )
        .or(Fallback::Value(Text { en: "45 3 * * *", vi: "45 3 * * *" })),
        Key::new(
            "timezone",
            &Parsed { form: &forms::TIME_ZONE, field: |draft: &mut Backups| &mut draft.timezone },
            "Asia/Ho_Chi_Minh",
            Text { en: "The time zone.", vi: "Múi giờ." },
        )
        .or(Fallback::Value(Text { en: TIMEZONE, vi: TIMEZONE })),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

/// A text that is a field of the draft itself.
struct Filled<D, T: 'static> {
    form: &'static Form<T>,
    set: fn(&mut D, T),
}

impl<D, T> ValueType<D> for Filled<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(value) = reader.value(node, format_args!("`{name}`"), self.form.parse) {
            (self.set)(draft, value);
        }
    }
}

impl<D, T> Described for Filled<D, T> {
    fn schema(&self) -> serde_json::Value {
        (self.form.schema)()
    }

    fn label(&self, lang: Lang) -> String {
        self.form.label.get(lang).to_owned()
    }
}

static CRON: Form<CronText> = Form::new(cron, Text { en: "cron expression", vi: "biểu thức cron" });

static PATTERN: Form<String> =
    Form::new(pattern, Text { en: "pattern of services", vi: "mẫu chọn dịch vụ" });

fn cron(text: &str) -> Result<CronText, Fault> {
    let read = CronText(text.to_owned());
    match read.cron() {
        Ok(_) => Ok(read),
        Err(error) => Fault::err(
            format!("`{text}` is not a cron expression: {error}"),
            "write minute, hour, day of the month, month and day of the week: `\"30 1 * * *\"`",
        ),
    }
}

fn pattern(text: &str) -> Result<String, Fault> {
    Selection::parse([text]).map(|_| text.to_owned()).map_err(Fault::plain)
}
