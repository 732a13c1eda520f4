//! The words of messages, in both languages.

use jiff::civil::Date;

use super::alert::{Alert, Kind};
use super::message::{Group, Heading};
use crate::model::{Lang, Stage, Text};
use crate::report::texts;

/// Declares the fixed words: name, Vietnamese, English.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $vi:literal $en:literal)*) => {
        $($(#[$doc])* pub const $name: Text = Text { vi: $vi, en: $en };)*
    };
}

words! {
    /// A heading.
    BEGUN "Sự cố mới hoặc trầm trọng hơn" "New, or worse than before"
    /// A heading.
    LASTS "Vẫn chưa khắc phục" "Still lasting"
    /// A heading.
    ENDED "Đã khắc phục" "Over"
    /// Before a remedy.
    REMEDY "Biện pháp khắc phục" "How to fix it"
    /// Before the day on which something began.
    SINCE "từ" "since"
    /// A link.
    OPEN "Mở trang giám sát" "Open the dashboard"
    /// A link.
    UNSUBSCRIBE "Ngừng nhận thông báo này" "Get no more of these messages"
    /// Why a contact gets a message.
    WHY_CONTACT "Thư này được gửi vì địa chỉ của quý cơ quan là đầu mối liên hệ của các dịch vụ nêu trên trong danh mục dịch vụ." "You get this because the inventory names this address as the contact of these services."
    /// Who sends it.
    SENDER "Thư được gửi tự động từ hệ thống giám sát mức độ sẵn sàng IPv6 (v6ready)." "Sent by v6ready, which watches the IPv6 readiness of services."
    /// A test.
    TEST "Đây là thông báo thử: kênh này hoạt động." "This is a test: the channel works."
    /// The subject of a test.
    TEST_SUBJECT "[v6ready] Thông báo thử" "[v6ready] A test"
    /// Whoever has no IPv6.
    OWN_OUTAGE "Điểm đo không có IPv6 hoặc không có máy chủ phân giải tên miền, nên không kết luận được về dịch vụ nào. Các cảnh báo khác được giữ lại cho đến khi kết nối trở lại." "The scanner has no IPv6 or no resolver, so nothing can be said of any service. All other alerts are held until it is back."
    /// When it is back.
    OWN_OUTAGE_OVER "Điểm đo đã có lại IPv6." "The scanner has IPv6 again."
    /// A run failed.
    RUN_FAILED "Một đợt đo không thực hiện được" "A scan failed"
    /// Messages can't be delivered.
    DELIVERY "Không gửi được thông báo" "Messages could not be delivered"
    /// Something of the daemon's own.
    OWN "Sự cố của hệ thống giám sát" "Trouble of the monitoring itself"
    /// A certificate.
    CERTIFICATE "Chứng thư số sắp hết hạn hoặc đã hết hạn" "A certificate is about to end, or has ended"
    /// A target.
    TARGET "Mục tiêu sắp đến hạn nhưng chưa đạt" "A target is due soon, and not reached"
    /// A target.
    TARGET_MISSED "Mục tiêu đã quá hạn nhưng chưa đạt" "A target was missed"
    /// Something comes and goes.
    FLAPS "không ổn định: lặp lại nhiều lần, chỉ thông báo tiếp khi kéo dài" "comes and goes; told again only when it lasts"
    /// A stage fell.
    FELL "Mức sẵn sàng của dịch vụ giảm" "The service fell to a lower stage"
    /// A question.
    ASK_END "Ngừng nhận thông báo về các dịch vụ của cơ quan, đơn vị này?" "Get no more messages about the services of this organisation?"
    /// An answer.
    HAS_ENDED "Địa chỉ này sẽ không nhận thêm thông báo." "This address gets no more of these messages."
    /// An answer.
    GOES_ON "Địa chỉ này tiếp tục nhận thông báo." "This address goes on getting these messages."
    /// A link that was changed.
    BAD_LINK "Liên kết không hợp lệ. Hãy mở lại liên kết trong thư." "This link is not valid. Open the link in the mail again."
    /// The store can't be written.
    NOT_KEPT "Hiện chưa lưu được yêu cầu. Vui lòng thử lại sau." "Your wish can't be kept just now. Please try again later."
    /// A button.
    SUBSCRIBE_AGAIN "Tiếp tục nhận thông báo" "Get these messages again"
    /// More of a list.
    MORE "và nhiều dịch vụ khác" "and more"
}

/// The heading of a group.
pub fn heading(heading: Heading, lang: Lang) -> &'static str {
    match heading {
        Heading::Begun => BEGUN,
        Heading::Lasts => LASTS,
        Heading::Ended | Heading::Silent => ENDED,
    }
    .get(lang)
}

/// What an alert is, in one sentence.
pub fn title(alert: &Alert, lang: Lang) -> String {
    let fixed = |text: Text| text.get(lang).to_owned();
    match alert.kind {
        Kind::Certificate => fixed(CERTIFICATE),
        Kind::Target if alert.detail.days_left.is_some_and(|days| days < 0) => fixed(TARGET_MISSED),
        Kind::Target => fixed(TARGET),
        Kind::RunFailed => fixed(RUN_FAILED),
        Kind::OwnOutage if alert.is_open() => fixed(OWN_OUTAGE),
        Kind::OwnOutage => fixed(OWN_OUTAGE_OVER),
        Kind::Delivery => fixed(DELIVERY),
        Kind::Own => fixed(OWN),
        Kind::Worse | Kind::Unknown => {
            let reason = alert.detail.reason.as_deref().unwrap_or_default();
            let message = alert.check().map(|check| check.message(reason, lang));
            match message {
                Some(message) if !message.is_empty() => message.to_owned(),
                _ => fixed(FELL),
            }
        }
    }
}

/// The particulars of an alert, in one line.
pub fn particulars(alert: &Alert, lang: Lang) -> String {
    let detail = &alert.detail;
    let mut parts = Vec::new();
    if let Some(problem) = &detail.problem {
        parts.push(problem.clone());
    }
    let stage = |number: u8| Stage::try_from(number).map_or("", |stage| stage.name().get(lang));
    match (alert.kind, detail.stages) {
        (Kind::Target, Some((_, wanted))) => {
            let until = detail.until.as_deref().map(|day| shown_day(day, lang)).unwrap_or_default();
            parts.push(match lang {
                Lang::Vi => {
                    format!("phải đạt mức {wanted} ({}) trước hết ngày {until}", stage(wanted))
                }
                Lang::En => format!("stage {wanted} ({}) is due by {until}", stage(wanted)),
            });
        }
        (Kind::Worse | Kind::Certificate, Some((before, after))) if after < before => {
            parts.push(match lang {
                Lang::Vi => format!("giảm từ mức {before} xuống mức {after} ({})", stage(after)),
                Lang::En => format!("from stage {before} to stage {after} ({})", stage(after)),
            })
        }
        _ => {}
    }
    if alert.kind == Kind::Certificate
        && let Some(until) = &detail.until
    {
        let day = shown_day(until, lang);
        parts.push(match lang {
            Lang::Vi => format!("hết hạn ngày {day}"),
            Lang::En => format!("ends on {day}"),
        });
    }
    if let Some(days) = detail.days_left {
        parts.push(days_left(days, lang));
    }
    if !detail.subjects.is_empty() {
        parts.push(detail.subjects.join(", "));
    }
    if detail.flaps {
        parts.push(FLAPS.get(lang).to_owned());
    }
    parts.join("; ")
}

fn shown_day(day: &str, lang: Lang) -> String {
    day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| texts::day(day, lang))
}

fn days_left(days: i32, lang: Lang) -> String {
    match (days, lang) {
        (0, Lang::Vi) => "hôm nay".to_owned(),
        (0, Lang::En) => "today".to_owned(),
        (..0, Lang::Vi) => format!("quá hạn {} ngày", days.unsigned_abs()),
        (-1, Lang::En) => "1 day ago".to_owned(),
        (..0, Lang::En) => format!("{} days ago", days.unsigned_abs()),
        (_, Lang::Vi) => format!("còn {days} ngày"),
        (1, Lang::En) => "1 day left".to_owned(),
        (_, Lang::En) => format!("{days} days left"),
    }
}

/// How many services or things a group is about.
pub fn count(group: &Group) -> usize {
    group.entries.len() + group.more
}

/// The subject of a message.
pub fn subject(groups: &[Group], lang: Lang) -> String {
    let of = |heading: Heading| -> usize {
        groups.iter().filter(|group| group.heading == heading).map(count).sum()
    };
    let mut parts = Vec::new();
    for (heading, vi, en) in [
        (Heading::Begun, "sự cố mới", "new"),
        (Heading::Lasts, "chưa khắc phục", "still lasting"),
        (Heading::Ended, "đã khắc phục", "over"),
    ] {
        let count = of(heading);
        if count > 0 {
            let word = if lang == Lang::Vi { vi } else { en };
            parts.push(format!("{} {word}", texts::number(count, lang)));
        }
    }
    let first = groups.first().map(|group| {
        let only = groups.len() == 1 && count(group) == 1;
        let name = group.entries.first().and_then(|entry| entry.service_name.as_deref());
        match name.filter(|_| only) {
            Some(name) => format!("{name}: {}", group.title),
            None => group.title.clone(),
        }
    });
    format!("[v6ready] {} – {}", parts.join(", "), first.unwrap_or_default())
}
