//! Who is told what, when, and when services are worked on.

use std::time::Duration;

use globset::{Glob, GlobMatcher};
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use super::channels::MAILBOX;
use crate::inventory::fault::Fault;
use crate::inventory::reader::Reader;
use crate::inventory::section::description::{Described, Fallback};
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::{Key, ValueType};
use crate::inventory::section::nested::Within;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Interval, Number, Parsed, ParsedList, Word};
use crate::inventory::tree::NodeId;
use crate::model::{Lang, Selection, Severity, Text};

/// The time zone where none is named.
const TIMEZONE: &str = "Asia/Ho_Chi_Minh";

/// A day.
const DAY: Duration = Duration::from_secs(86_400);

/// Who is told what.
#[derive(Clone, Debug)]
pub struct Route {
    /// What it is called.
    pub name: String,
    /// By which channels.
    pub channels: Vec<String>,
    /// Mail addresses.
    pub to: Vec<String>,
    /// What is milder is not told.
    pub severity: Severity,
    /// Which services; empty = all, and the daemon's own troubles.
    pub only: Selection,
    /// Which checks; empty = all, and whatever is no check's.
    pub checks: Vec<GlobMatcher>,
    /// In which language.
    pub lang: Lang,
    /// After how long what lasts is told again; zero = never.
    pub remind: Duration,
    /// Messages an hour at the most; what comes beyond waits.
    pub per_hour: u16,
    /// When it is told.
    pub hours: Option<Hours>,
    pub(in crate::serve) patterns: Vec<String>,
    pub(in crate::serve) hours_draft: HoursDraft,
}

impl Default for Route {
    fn default() -> Self {
        Self {
            name: String::new(),
            channels: Vec::new(),
            to: Vec::new(),
            severity: Severity::Error,
            only: Selection::default(),
            checks: Vec::new(),
            lang: Lang::default(),
            remind: DAY,
            per_hour: 12,
            hours: None,
            patterns: Vec::new(),
            hours_draft: HoursDraft::default(),
        }
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        let key = |route: &Self| format!("{route:?}");
        key(self) == key(other)
    }
}

impl Eq for Route {}

/// Working hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The days.
    pub days: Vec<Weekday>,
    /// From when on.
    pub from: Time,
    /// Until when, which may be on the next day.
    pub to: Time,
    /// Where.
    pub timezone: TimeZone,
    /// What is told outside of them.
    pub outside: Outside,
}

/// What is told outside of working hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outside {
    /// What is critical; all else waits.
    #[default]
    Critical,
    /// Nothing: everything waits.
    Nothing,
}

impl Outside {
    fn id(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Nothing => "nothing",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(in crate::serve) struct HoursDraft {
    days: Vec<Weekday>,
    from: Option<Time>,
    to: Option<Time>,
    timezone: Option<String>,
    outside: Outside,
}

/// A time at which services are worked on.
#[derive(Clone, Debug, Default)]
pub struct Maintenance {
    /// From when on, in its time zone.
    pub from: Option<DateTime>,
    /// Until when.
    pub to: Option<DateTime>,
    /// The time zone.
    pub timezone: Option<String>,
    /// Which services; empty = all.
    pub only: Selection,
    /// What is done.
    pub note: Option<String>,
    patterns: Vec<String>,
}

impl PartialEq for Maintenance {
    fn eq(&self, other: &Self) -> bool {
        let key = |window: &Self| format!("{window:?}");
        key(self) == key(other)
    }
}

impl Eq for Maintenance {}

/// What each organisation's contact is told of its own services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// By which channel, which sends mail.
    pub channel: String,
    /// What is milder is not told.
    pub severity: Severity,
    /// In which language.
    pub lang: Lang,
    /// After how long what lasts is told again; zero = never.
    pub remind: Duration,
    /// Messages an hour at the most to one organisation.
    pub per_hour: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) struct ContactsDraft {
    channel: Option<String>,
    severity: Severity,
    lang: Lang,
    remind: Duration,
    per_hour: u16,
}

impl Default for ContactsDraft {
    fn default() -> Self {
        Self {
            channel: None,
            severity: Severity::Error,
            lang: Lang::default(),
            remind: 7 * DAY,
            per_hour: 4,
        }
    }
}

impl ContactsDraft {
    pub(super) fn contacts(&self) -> Option<Contacts> {
        let Self { channel, severity, lang, remind, per_hour } = self.clone();
        Some(Contacts { channel: channel?, severity, lang, remind, per_hour })
    }
}

static SEVERITIES: [(Severity, Text); 4] = [
    (Severity::Critical, Text { en: "not usable over IPv6", vi: "không dùng được qua IPv6" }),
    (Severity::Error, Text { en: "users can notice it", vi: "người dùng có thể nhận thấy" }),
    (
        Severity::Warning,
        Text {
            en: "it will be noticed sooner or later", vi: "sớm muộn sẽ bị nhận thấy"
        },
    ),
    (Severity::Info, Text { en: "worth knowing", vi: "để biết" }),
];

static LANGS: [(Lang, Text); 2] = [
    (Lang::Vi, Text { en: "Vietnamese", vi: "tiếng Việt" }),
    (Lang::En, Text { en: "English", vi: "tiếng Anh" }),
];

pub(super) static ROUTE: Section<Route> = Section {
    any: "a route",
    this: "this route",
    title: Text { en: "Routes", vi: "Tuyến thông báo" },
    about: Text {
        en: "Who is told what. After a run each route has one message at the most by each of its channels.",
        vi: "Thông báo cho ai, về việc gì. Sau mỗi đợt đo, mỗi tuyến gửi nhiều nhất một thông báo qua mỗi kênh.",
    },
    keys: &[
        Key::new(
            "name",
            &ParsedInto { form: &forms::LINE, set: |draft: &mut Route, name| draft.name = name },
            "team",
            Text { en: "What it is called.", vi: "Tên của tuyến." },
        )
        .required(),
        Key::new(
            "channels",
            &ParsedList {
                item: "a channel",
                form: &forms::LINE,
                field: |draft: &mut Route| &mut draft.channels,
            },
            "[mail]",
            Text { en: "By which channels.", vi: "Gửi qua các kênh nào." },
        )
        .required(),
        Key::new(
            "to",
            &ParsedList {
                item: "a mail address",
                form: &MAILBOX,
                field: |draft: &mut Route| &mut draft.to,
            },
            "[noc@example.gov.vn]",
            Text {
                en: "To whom, where a channel sends mail.",
                vi: "Người nhận, với kênh gửi thư.",
            },
        ),
        Key::new(
            "severity",
            &Word {
                words: &SEVERITIES,
                id: Severity::id,
                default: Some(|| Severity::Error),
                set: |draft: &mut Route, severity| draft.severity = severity,
            },
            "error",
            Text {
                en: "What is milder is not told.", vi: "Mức nhẹ hơn thì không thông báo."
            },
        ),
        Key::new(
            "only",
            &ParsedList {
                item: "a pattern",
                form: &PATTERN,
                field: |draft: &mut Route| &mut draft.patterns,
            },
            "[\"org:vp-ubnd\", \"tag:pilot\"]",
            Text {
                en: "Which services, as for `scan --only`. Without it all of them, and the daemon's own troubles.",
                vi: "Dịch vụ nào, theo cách viết của `scan --only`. Nếu không có: mọi dịch vụ và cả sự cố của chính \
                     hệ thống giám sát.",
            },
        ),
        Key::new(
            "checks",
            &ParsedList {
                item: "a check",
                form: &CHECKS,
                field: |draft: &mut Route| &mut draft.checks,
            },
            "[\"tls-*\"]",
            Text {
                en: "Which checks. Without it all of them, and what is no check's.",
                vi: "Kiểm tra nào. Nếu không có: mọi kiểm tra và các việc khác.",
            },
        ),
        Key::new(
            "lang",
            &Word {
                words: &LANGS,
                id: Lang::tag,
                default: Some(Lang::default),
                set: |draft: &mut Route, lang| draft.lang = lang,
            },
            "vi",
            Text { en: "The language.", vi: "Ngôn ngữ." },
        ),
        Key::new(
            "remind",
            &Interval {
                range: Duration::ZERO..=Duration::from_secs(90 * 86_400),
                field: |draft: &mut Route| &mut draft.remind,
            },
            "24h",
            Text {
                en: "After how long what lasts, and nobody has taken note of, is told again; `0s` = never.",
                vi: "Sau bao lâu thì nhắc lại sự cố còn kéo dài mà chưa ai xác nhận; `0s` = không nhắc.",
            },
        ),
        Key::new(
            "per_hour",
            &Number { range: 1..=1000, field: |draft: &mut Route| &mut draft.per_hour },
            "12",
            Text {
                en: "Messages an hour at the most. What comes beyond is told together later.",
                vi: "Số thông báo tối đa mỗi giờ; phần vượt quá được gộp và gửi sau.",
            },
        ),
        Key::section(
            "hours",
            &Within { section: &HOURS, field: |draft: &mut Route| &mut draft.hours_draft },
            "{days: [mon, tue, wed, thu, fri], from: \"07:30\", to: \"17:00\"}",
        ),
    ],
    alternatives: &[],
    check: |draft: &mut Route, fields: &Fields<Route>, _| {
        draft.only = Selection::parse(&draft.patterns).unwrap_or_default();
        if fields.entry("hours").is_some() {
            draft.hours = draft.hours_draft.hours();
        }
    },
};

static HOURS: Section<HoursDraft> = Section {
    any: "`hours`",
    this: "`hours`",
    title: Text { en: "Working hours", vi: "Giờ làm việc" },
    about: Text {
        en: "When a route is told. What comes at other times is told together when they begin.",
        vi: "Thời gian nhận thông báo. Việc phát sinh ngoài giờ được gộp và gửi khi bắt đầu giờ làm việc.",
    },
    keys: &[
        Key::new(
            "days",
            &ParsedList {
                item: "a day",
                form: &WEEKDAY,
                field: |draft: &mut HoursDraft| &mut draft.days,
            },
            "[mon, tue, wed, thu, fri]",
            Text {
                en: "The days; without them every day.",
                vi: "Các ngày; nếu không có: mọi ngày.",
            },
        ),
        Key::new(
            "from",
            &Parsed { form: &TIME, field: |draft: &mut HoursDraft| &mut draft.from },
            "\"07:30\"",
            Text { en: "From when on.", vi: "Từ giờ nào." },
        )
        .required(),
        Key::new(
            "to",
            &Parsed { form: &TIME, field: |draft: &mut HoursDraft| &mut draft.to },
            "\"17:00\"",
            Text {
                en: "Until when; earlier than `from` means on the next day.",
                vi: "Đến giờ nào; nhỏ hơn `from` nghĩa là ngày hôm sau.",
            },
        )
        .required(),
        Key::new(
            "timezone",
            &Parsed {
                form: &forms::TIME_ZONE,
                field: |draft: &mut HoursDraft| &mut draft.timezone,
            },
            "Asia/Ho_Chi_Minh",
            Text { en: "The time zone.", vi: "Múi giờ." },
        )
        .or(Fallback::Value(Text { en: "Asia/Ho_Chi_Minh", vi: "Asia/Ho_Chi_Minh" })),
        Key::new(
            "outside",
            &Word {
                words: &OUTSIDE,
                id: Outside::id,
                default: Some(Outside::default),
                set: |draft: &mut HoursDraft, outside| draft.outside = outside,
            },
            "critical",
            Text { en: "What is told at other times.", vi: "Ngoài giờ thì thông báo gì." },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

static OUTSIDE: [(Outside, Text); 2] = [
    (Outside::Critical, Text { en: "what is critical", vi: "chỉ việc đặc biệt nghiêm trọng" }),
    (Outside::Nothing, Text { en: "nothing", vi: "không thông báo" }),
];

impl HoursDraft {
    fn hours(&self) -> Option<Hours> {
        Some(Hours {
            days: self.days.clone(),
            from: self.from?,
            to: self.to?,
            timezone: zone(self.timezone.as_deref()),
            outside: self.outside,
        })
    }
}

/// A time zone by its name, which was read before.
fn zone(name: Option<&str>) -> TimeZone {
    let name = name.unwrap_or(TIMEZONE);
    jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

pub(super) static MAINTENANCE: Section<Maintenance> = Section {
    any: "a maintenance window",
    this: "this maintenance window",
    title: Text { en: "Maintenance", vi: "Bảo trì" },
    about: Text {
        en: "When services are worked on. Nobody is told of them meanwhile; what still lasts afterwards is told \
             then.",
        vi: "Thời gian bảo trì dịch vụ. Trong thời gian này không thông báo; sự cố còn kéo dài sau đó mới được \
             thông báo.",
    },
    keys: &[
        Key::new(
            "from",
            &Parsed { form: &MOMENT, field: |draft: &mut Maintenance| &mut draft.from },
            "2026-12-05T22:00",
            Text { en: "From when on.", vi: "Từ thời điểm nào." },
        )
        .required(),
        Key::new(
            "to",
            &Parsed { form: &MOMENT, field: |draft: &mut Maintenance| &mut draft.to },
            "2026-12-06T04:00",
            Text { en: "Until when.", vi: "Đến thời điểm nào." },
        )
        .required(),
        Key::new(
            "timezone",
            &Parsed {
                form: &forms::TIME_ZONE,
                field: |draft: &mut Maintenance| &mut draft.timezone,
            },
            "Asia/Ho_Chi_Minh",
            Text { en: "The time zone.", vi: "Múi giờ." },
        )
        .or(Fallback::Value(Text { en: "Asia/Ho_Chi_Minh", vi: "Asia/Ho_Chi_Minh" })),
        Key::new(
            "only",
            &ParsedList {
                item: "a pattern",
                form: &PATTERN,
                field: |draft: &mut Maintenance| &mut draft.patterns,
            },
            "[\"org:vp-ubnd\"]",
            Text {
                en: "Which services; without it all.",
                vi: "Dịch vụ nào; nếu không có: tất cả.",
            },
        ),
        Key::new(
            "note",
            &Parsed { form: &forms::LINE, field: |draft: &mut Maintenance| &mut draft.note },
            "New firewall",
            Text { en: "What is done.", vi: "Nội dung công việc." },
        )
        .example_vi("Thay tường lửa"),
    ],
    alternatives: &[],
    check: |draft: &mut Maintenance, fields: &Fields<Maintenance>, reader: &mut Reader<'_, '_>| {
        draft.only = Selection::parse(&draft.patterns).unwrap_or_default();
        if let (Some(from), Some(to)) = (draft.from, draft.to)
            && from >= to
        {
            let help = "`to` is later than `from`";
            reader.error(fields.span, "this window ends before it begins", Some(help));
        }
    },
};

impl Maintenance {
    /// Which services, as it is written; empty = all.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// From when until when; a moment that a change of the clock leaves out, or has twice, is the
    /// earlier one.
    pub fn span(&self) -> Option<(jiff::Timestamp, jiff::Timestamp)> {
        let zone = zone(self.timezone.as_deref());
        let moment = |at: DateTime| zone.to_ambiguous_timestamp(at).earlier().ok();
        Some((moment(self.from?)?, moment(self.to?)?))
    }
}

pub(super) static CONTACTS: Section<ContactsDraft> = Section {
    any: "`contacts`",
    this: "`contacts`",
    title: Text {
        en: "Contacts of organisations", vi: "Đầu mối của các cơ quan, đơn vị"
    },
    about: Text {
        en: "Sends each organisation's `contact` what concerns its own services, with a link that ends it.",
        vi: "Gửi cho đầu mối (`contact`) của mỗi cơ quan, đơn vị thông báo về dịch vụ của chính đơn vị đó, kèm liên \
             kết để ngừng nhận.",
    },
    keys: &[
        Key::new(
            "channel",
            &Parsed { form: &forms::LINE, field: |draft: &mut ContactsDraft| &mut draft.channel },
            "mail",
            Text {
                en: "By which channel; it sends mail.", vi: "Qua kênh nào; là kênh gửi thư."
            },
        )
        .required(),
        Key::new(
            "severity",
            &Word {
                words: &SEVERITIES,
                id: Severity::id,
                default: Some(|| Severity::Error),
                set: |draft: &mut ContactsDraft, severity| draft.severity = severity,
            },
            "error",
            Text {
                en: "What is milder is not told.", vi: "Mức nhẹ hơn thì không thông báo."
            },
        ),
        Key::new(
            "lang",
            &Word {
                words: &LANGS,
                id: Lang::tag,
                default: Some(Lang::default),
                set: |draft: &mut ContactsDraft, lang| draft.lang = lang,
            },
            "vi",
            Text { en: "The language.", vi: "Ngôn ngữ." },
        ),
        Key::new(
            "remind",
            &Interval {
                range: Duration::ZERO..=Duration::from_secs(90 * 86_400),
                field: |draft: &mut ContactsDraft| &mut draft.remind,
            },
            "168h",
            Text {
                en: "After how long what lasts is told again; `0s` = never.",
                vi: "Sau bao lâu thì nhắc lại; `0s` = không nhắc.",
            },
        ),
        Key::new(
            "per_hour",
            &Number { range: 1..=1000, field: |draft: &mut ContactsDraft| &mut draft.per_hour },
            "4",
            Text {
                en: "Messages an hour at the most to one organisation.",
                vi: "Số thông báo tối đa mỗi giờ cho một cơ quan, đơn vị.",
            },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

/// A text that is a field of the draft itself.
struct ParsedInto<D, T: 'static> {
    form: &'static Form<T>,
    set: fn(&mut D, T),
}

impl<D, T> ValueType<D> for ParsedInto<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(value) = reader.value(node, format_args!("`{name}`"), self.form.parse) {
            (self.set)(draft, value);
        }
    }
}

impl<D, T> Described for ParsedInto<D, T> {
    fn schema(&self) -> serde_json::Value {
        (self.form.schema)()
    }

    fn label(&self, lang: Lang) -> String {
        self.form.label.get(lang).to_owned()
    }
}

/// A pattern that chooses services, in its own words.
pub(in crate::serve::config) static PATTERN: Form<String> =
    Form::new(pattern, Text { en: "pattern of services", vi: "mẫu chọn dịch vụ" });

static CHECKS: Form<GlobMatcher> =
    Form::new(checks, Text { en: "pattern of checks", vi: "mẫu chọn kiểm tra" });

static WEEKDAY: Form<Weekday> =
    Form::new(weekday, Text { en: "day of the week (`mon`)", vi: "thứ trong tuần (`mon`)" });

static TIME: Form<Time> =
    Form::new(time, Text { en: "time of day (`07:30`)", vi: "giờ (`07:30`)" });

static MOMENT: Form<DateTime> = Form::new(
    moment,
    Text { en: "day and time (`2026-12-05T22:00`)", vi: "ngày và giờ (`2026-12-05T22:00`)" },
);

fn pattern(text: &str) -> Result<String, Fault> {
    Selection::parse([text]).map(|_| text.to_owned()).map_err(Fault::plain)
}

fn checks(text: &str) -> Result<GlobMatcher, Fault> {
    let glob = match Glob::new(text) {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => return Err(Fault::plain(error)),
    };
    let ids = || crate::check::CATALOGUE.iter().map(|check| check.id);
    if ids().any(|id| glob.is_match(id)) {
        return Ok(glob);
    }
    let help = match crate::model::suggestion::nearest(text, ids()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`v6ready explain` lists the checks".to_owned(),
    };
    Fault::err(format!("no check is called `{text}`"), help)
}

fn weekday(text: &str) -> Result<Weekday, Fault> {
    const DAYS: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    match DAYS.iter().find(|(word, _)| *word == text) {
        Some((_, day)) => Ok(*day),
        None => Fault::err(
            format!("`{text}` is not a day of the week"),
            "write mon, tue, wed, thu, fri, sat or sun",
        ),
    }
}

fn time(text: &str) -> Result<Time, Fault> {
    let parsed = text.split_once(':').and_then(|(hour, minute)| {
        let is_short = hour.len() <= 2 && minute.len() == 2;
        is_short.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok())?
    });
    match parsed {
        Some(time) => Ok(time),
        None => Fault::err(
            format!("`{text}` is not a time of day"),
            "write hour and minute in quotes: `\"07:30\"`",
        ),
    }
}

fn moment(text: &str) -> Result<DateTime, Fault> {
    match text.replacen(' ', "T", 1).parse::<DateTime>() {
        Ok(moment) => Ok(moment),
        Err(_) => Fault::err(
            format!("`{text}` is not a day and time"),
            "write it as `2026-12-05T22:00`; the time zone has a key of its own",
        ),
    }
}
