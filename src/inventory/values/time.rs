//! Dates, durations and time zones.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::civil::Date;

use crate::inventory::fault::Fault;
use crate::model::suggestion::nearest;

/// `2026-12-31`.
pub(crate) fn date(text: &str) -> Result<Date, Fault> {
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, octet)| match at {
            4 | 7 => octet == b'-',
            _ => octet.is_ascii_digit(),
        });
    if !has_form {
        return Fault::err(
            format!("`{text}` is not a date"),
            "write year-month-day, such as `2026-12-31`",
        );
    }
    text.parse().or_else(|_| {
        Fault::err(format!("`{text}` is not a day of the calendar"), "write a day that exists")
    })
}

/// `250ms`, `3s`, `2m` or `1h`, within a range.
pub(crate) fn duration(text: &str, range: &RangeInclusive<Duration>) -> Result<Duration, Fault> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit.trim_start() {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let (Ok(count), Some(unit_ms)) = (number.parse::<u64>(), unit_ms) else {
        let help = match unit.is_empty() {
            true => format!("write its unit too: `{text}s` or `{text}ms`"),
            false => "write a whole number and a unit: `250ms`, `3s`, `2m`".into(),
        };
        return Fault::err(format!("`{text}` is not a duration"), help);
    };
    let duration = Duration::from_millis(count.saturating_mul(unit_ms));
    if range.contains(&duration) {
        return Ok(duration);
    }
    Fault::err(
        format!("`{text}` is out of range"),
        format!("write a duration from {} to {}", show(*range.start()), show(*range.end())),
    )
}

/// A duration as an inventory writes it.
pub(crate) fn show(duration: Duration) -> String {
    match duration.as_millis() {
        ms if ms != 0 && ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        ms if ms.is_multiple_of(1000) => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}

/// A time zone of the IANA database, in its proper spelling. The database in the program counts,
/// not the machine's, so that an inventory is good or bad everywhere alike.
pub(crate) fn zone(text: &str) -> Result<String, Fault> {
    let database = jiff::tz::TimeZoneDatabase::bundled();
    if let Ok(zone) = database.get(text)
        && let Some(name) = zone.iana_name()
    {
        return Ok(name.to_owned());
    }
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let help = match nearest(text, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "write an IANA name, such as `Asia/Ho_Chi_Minh`".into(),
    };
    Fault::err(format!("`{text}` is not a time zone"), help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn dates_and_durations() {
        assert_eq!(date("2028-02-29").unwrap().to_string(), "2028-02-29");
        for (text, expected) in [
            ("2027-02-29", "not a day of the calendar"),
            ("31/12/2026", "year-month-day"),
            ("2026-1-1", "year-month-day"),
            ("20261231", "year-month-day"),
        ] {
            assert!(refusal(date(text)).contains(expected), "{text}");
        }
        let range = Duration::from_millis(10)..=Duration::from_secs(300);
        assert_eq!(duration("250ms", &range), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m", &range), Ok(Duration::from_secs(120)));
        for (text, expected) in [
            ("3", "`3s` or `3ms`"),
            ("1.5s", "whole number"),
            ("-3s", "whole number"),
            ("1h", "from 10ms to 5m"),
            ("99999999999999999999s", "whole number"),
            ("18446744073709551615h", "from 10ms to 5m"),
        ] {
            assert!(refusal(duration(text, &range)).contains(expected), "{text}");
        }
    }

    #[test]
    fn time_zones() {
        assert_eq!(zone("Asia/Ho_Chi_Minh").unwrap(), "Asia/Ho_Chi_Minh");
        assert_eq!(zone("asia/ho_chi_minh").unwrap(), "Asia/Ho_Chi_Minh");
        assert_eq!(zone("UTC").unwrap(), "UTC");
        assert!(refusal(zone("Asia/Ho_Chi_Min")).contains("did you mean `Asia/Ho_Chi_Minh`?"));
        assert!(refusal(zone("Asia/Hanoi/../x")).contains("is not a time zone"));
    }
}
