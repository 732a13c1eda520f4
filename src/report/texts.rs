//! The words and number forms of reports, in both languages.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::{Category, Lang, Outcome, Severity, State, Text};

/// Declares the fixed words: name, Vietnamese, English.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $vi:literal $en:literal)*) => {
        $($(#[$doc])* pub const $name: Text = Text { vi: $vi, en: $en };)*
    };
}

words! {
    /// The report's kind.
    REPORT "Báo cáo mức độ sẵn sàng IPv6" "IPv6 readiness report"
    /// A heading.
    SUMMARY "Tóm tắt" "Summary"
    /// A column.
    ORGANISATION "Cơ quan, đơn vị" "Organisation"
    /// A column.
    SERVICE "Dịch vụ" "Service"
    /// A column.
    CATEGORY "Nhóm dịch vụ" "Category"
    /// A label and a column: whom to write to.
    CONTACT "Đầu mối liên hệ" "Contact"
    /// Where the inventory names no contact.
    NO_CONTACT "chưa khai báo trong danh mục dịch vụ" "none on record in the inventory"
    /// A label: what of a run is shown.
    SCOPE "Phạm vi" "Scope"
    /// A label.
    INVENTORY "Danh mục dịch vụ" "Inventory"
    /// A warning.
    NO_SERVICES "Danh mục dịch vụ không có dịch vụ nào của cơ quan, đơn vị này." "The inventory has no service of this organisation."
    /// A warning.
    NONE_SCANNED "Đợt đo không kiểm tra dịch vụ nào của cơ quan, đơn vị này." "The run looked at no service of this organisation."
    /// A heading.
    BY_CATEGORY "Theo nhóm dịch vụ" "By category"
    /// A heading.
    BY_ORGANISATION "Theo cơ quan, đơn vị" "By organisation"
    /// A heading.
    ALL_SERVICES "Từng dịch vụ" "Every service"
    /// A column.
    STAGE "Mức" "Stage"
    /// A column.
    SERVICES "Số dịch vụ" "Services"
    /// A column.
    BLOCKERS "Nguyên nhân cản trở" "Blockers"
    /// A heading.
    WORK_LIST "Danh mục nhiệm vụ cần thực hiện" "Work list"
    /// A heading.
    UNKNOWNS "Nội dung chưa xác định được" "Could not be determined"
    /// Before a remedy.
    REMEDY "Biện pháp khắc phục" "How to fix it"
    /// A standing.
    UNKNOWN "chưa xác định" "unknown"
    /// A standing.
    ABSENT "tên miền không tồn tại" "name does not exist"
    /// What that standing counts as.
    ABSENT_COUNTS "được tính là chưa đạt mức 1" "counted as below stage 1"
    /// What that standing means.
    ABSENT_NOTE "Tên miền không tồn tại: hệ thống tên miền (DNS) không có tên máy chủ, tên miền thư điện tử hoặc vùng (zone) của dịch vụ. Dịch vụ được tính là chưa đạt mức 1 trong mọi tỷ lệ và được thống kê riêng, không xếp vào nhóm chỉ có IPv4." "Name does not exist: the DNS does not have the service's host name, mail domain or zone. The service counts as below stage 1 in every share, and is listed apart from those with IPv4 only."
    /// A standing.
    RETIRED "đã ngừng hoạt động" "retired"
    /// A count.
    CRITICAL_SERVICES "dịch vụ có vấn đề rất nghiêm trọng" "services with critical failures"
    /// A count.
    ABSENT_SERVICES "dịch vụ có tên miền không tồn tại" "services whose name does not exist"
    /// Before a share's denominator.
    OF_KNOWN "trong số dịch vụ đã kết luận được" "of the services that could be assessed"
    /// A label.
    VANTAGE "Điểm đo" "Vantage point"
    /// A label.
    RESOLVER "Máy chủ phân giải tên miền" "Resolver"
    /// A label.
    POLICY "Bộ tiêu chí đánh giá" "Policy"
    /// A label.
    RUN "Đợt đo" "Run"
    /// A label.
    JUDGED_AT "Kết luận tại thời điểm" "Judged as of"
    /// A heading.
    EVIDENCE "Minh chứng" "Evidence"
    /// A warning.
    INCOMPLETE "Đợt đo chưa hoàn tất." "The run is incomplete."
    /// A warning.
    NO_IPV6 "Điểm đo không có IPv6: không kết luận về bất kỳ dịch vụ nào." "The vantage point had no IPv6: nothing is said of any service."
    /// A warning.
    IPV6_LOST "Điểm đo mất IPv6 trong một phần thời gian; dữ liệu đo trong thời gian đó không được dùng." "The vantage point lost IPv6 for a while; what was seen then is not used."
    /// A warning.
    WRONG_CLOCK "Đồng hồ của điểm đo sai: không kết luận theo ngày tháng (hiệu lực chứng thư số, chữ ký DNSSEC, thời hạn); xem tiêu chí vantage-clock." "The vantage point's clock was wrong: nothing is said that rests on dates (certificates, DNSSEC signatures, deadlines); see vantage-clock."
    /// Before the id that a service had.
    FORMERLY "trước đây là" "formerly"
    /// Before the moment and the run of a service that was looked at again.
    RESCANNED "Đã đo lại, kết quả tại thời điểm" "Rescanned, as of"
    /// Nothing to do.
    ALL_WELL "Không có nhiệm vụ cần thực hiện." "Nothing to do."
    /// Counts more.
    MORE "và thêm" "and more:"
}

/// An outcome's word.
pub fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Pass => Text { vi: "đạt", en: "pass" },
        Outcome::Fail => Text { vi: "không đạt", en: "fail" },
        Outcome::NotApplicable => Text { vi: "không áp dụng", en: "not applicable" },
        Outcome::Inconclusive => Text { vi: "chưa xác định", en: "inconclusive" },
    }
}

/// A sign beside the word, so that nothing depends on colour alone.
pub fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✓",
        Outcome::Fail => "✗",
        Outcome::NotApplicable => "–",
        Outcome::Inconclusive => "?",
    }
}

/// A severity's word.
pub fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Critical => Text { vi: "rất nghiêm trọng", en: "critical" },
        Severity::Error => Text { vi: "nghiêm trọng", en: "error" },
        Severity::Warning => Text { vi: "cảnh báo", en: "warning" },
        Severity::Info => Text { vi: "thông tin", en: "info" },
    }
}

/// What an owner declares of a service.
pub fn state(state: State) -> Text {
    match state {
        State::Active => Text { vi: "đang hoạt động", en: "active" },
        State::Retired => Text { vi: "đã ngừng hoạt động", en: "retired" },
        State::Internal => Text { vi: "nội bộ", en: "internal" },
        State::Redirected => Text { vi: "chuyển hướng", en: "redirected" },
        State::Ipv6Only => Text { vi: "thuần IPv6", en: "IPv6-only" },
    }
}

/// The text with a capital first letter, as headings have it.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// A category's name.
pub fn category(category: Category) -> Text {
    match category {
        Category::Portal => Text { vi: "Cổng thông tin điện tử", en: "Portals" },
        Category::PublicService => {
            Text { vi: "Cổng dịch vụ công trực tuyến", en: "Public-service portals" }
        }
        Category::InformationSystem => {
            Text { vi: "Hệ thống thông tin", en: "Information systems" }
        }
        Category::Infrastructure => Text { vi: "Hạ tầng", en: "Infrastructure" },
        Category::InternetService => {
            Text { vi: "Dịch vụ Internet cơ bản", en: "Basic internet services" }
        }
    }
}

/// A whole number, its digits grouped in threes in the language's form.
pub fn number(value: usize, lang: Lang) -> String {
    let digits = value.to_string();
    let separator = match lang {
        Lang::Vi => '.',
        Lang::En => ',',
    };
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A percentage with one decimal, in the language's form.
pub fn percent(value: f64, lang: Lang) -> String {
    format!("{}%", decimal(value, lang))
}

/// A number with one decimal, in the language's form.
pub fn decimal(value: f64, lang: Lang) -> String {
    let text = format!("{value:.1}");
    match lang {
        Lang::En => text,
        Lang::Vi => text.replace('.', ","),
    }
}

/// A moment in the inventory's time zone, in the language's form.
pub fn moment(at: Timestamp, timezone: &str, lang: Lang) -> String {
    moment_of(at, timezone, lang, ["%H:%M ngày %d/%m/%Y", "%-d %B %Y, %H:%M"])
}

/// The same with seconds, for moments of one minute.
pub fn exact_moment(at: Timestamp, timezone: &str, lang: Lang) -> String {
    moment_of(at, timezone, lang, ["%H:%M:%S ngày %d/%m/%Y", "%-d %B %Y, %H:%M:%S"])
}

fn moment_of(at: Timestamp, timezone: &str, lang: Lang, [vi, en]: [&str; 2]) -> String {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let local = zone.to_datetime(at);
    match lang {
        Lang::Vi => local.strftime(vi).to_string(),
        Lang::En => format!("{} (UTC{})", local.strftime(en), zone.to_offset(at)),
    }
}

/// The time of day by the clocks of a time zone.
pub fn time(at: Timestamp, timezone: &str) -> String {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// The same with seconds.
pub fn exact_time(at: Timestamp, timezone: &str) -> String {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(at).strftime("%H:%M:%S").to_string()
}

/// The minutes that several of some moments are of: to be told apart, they need their seconds.
pub fn shared_minutes(ats: impl IntoIterator<Item = Timestamp>) -> HashSet<i64> {
    let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
    for at in ats {
        let minute = minute(at);
        if !seen.insert(minute) {
            shared.insert(minute);
        }
    }
    shared
}

/// The minute of a moment, as [`shared_minutes`] counts them.
pub fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// How long something lasted, in its two largest units.
pub fn duration(lasted: SignedDuration, lang: Lang) -> String {
    let minutes = usize::try_from(lasted.as_mins()).unwrap_or(0);
    let units = [
        (minutes / 1440, ("ngày", "day", "days")),
        (minutes / 60 % 24, ("giờ", "hour", "hours")),
        (minutes % 60, ("phút", "minute", "minutes")),
    ];
    let named = |(count, (vi, one, many)): (usize, (&str, &str, &str))| match lang {
        Lang::Vi => format!("{} {vi}", number(count, lang)),
        Lang::En => format!("{} {}", number(count, lang), if count == 1 { one } else { many }),
    };
    let largest = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let shown = units[largest..].iter().take(2).enumerate();
    let shown = shown.filter(|(at, (count, _))| *at == 0 || *count > 0);
    shown.map(|(_, unit)| named(*unit)).collect::<Vec<_>>().join(" ")
}

/// The days to a deadline, or since it passed.
pub fn days_left(days: i32, lang: Lang) -> String {
    let count = usize::try_from(days.unsigned_abs()).unwrap_or(usize::MAX);
    let words = number(count, lang);
    let noun = if count == 1 { "day" } else { "days" };
    match (lang, days) {
        (Lang::Vi, ..0) => format!("quá hạn {words} ngày"),
        (Lang::Vi, _) => format!("còn {words} ngày"),
        (Lang::En, ..0) => format!("{words} {noun} overdue"),
        (Lang::En, _) => format!("{words} {noun} left"),
    }
}

/// A quarter as tables have it: `quý IV/2026`.
pub fn quarter_short(quarter: i8, year: i16, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("quý {}/{year}", roman_quarter(quarter)),
        Lang::En => format!("Q{quarter}/{year}"),
    }
}

/// The number of a quarter as Vietnamese documents have it.
pub fn roman_quarter(quarter: i8) -> &'static str {
    match quarter {
        1 => "I",
        2 => "II",
        3 => "III",
        _ => "IV",
    }
}

/// A day in the language's form.
pub fn day(date: Date, lang: Lang) -> String {
    let form = match lang {
        Lang::Vi => "%d/%m/%Y",
        Lang::En => "%-d %B %Y",
    };
    date.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_the_languages() {
        let at: Timestamp = "2026-11-26T20:08:00Z".parse().unwrap();
        assert_eq!(moment(at, "Asia/Ho_Chi_Minh", Lang::Vi), "03:08 ngày 27/11/2026");
        assert_eq!(moment(at, "Asia/Ho_Chi_Minh", Lang::En), "27 November 2026, 03:08 (UTC+07)");
        let lasted = |minutes, lang| duration(SignedDuration::from_mins(minutes), lang);
        assert_eq!(lasted(24 * 60, Lang::Vi), "1 ngày");
        assert_eq!(lasted(49 * 60 + 30, Lang::En), "2 days 1 hour");
        assert_eq!(lasted(61, Lang::Vi), "1 giờ 1 phút");
        assert_eq!(lasted(0, Lang::En), "0 minutes");
        assert_eq!(number(1_234_567, Lang::Vi), "1.234.567");
        assert_eq!(number(1_234, Lang::En), "1,234");
        assert_eq!(number(999, Lang::En), "999");
        assert_eq!(days_left(-365, Lang::Vi), "quá hạn 365 ngày");
        assert_eq!(days_left(1, Lang::En), "1 day left");
        assert_eq!(quarter_short(4, 2026, Lang::Vi), "quý IV/2026");
        assert_eq!(percent(66.666, Lang::Vi), "66,7%");
        assert_eq!(percent(66.666, Lang::En), "66.7%");
    }
}
