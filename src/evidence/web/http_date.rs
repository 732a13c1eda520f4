//! Dates as headers write them (RFC 6265bis §5.1.1, which takes those of RFC 9110 §5.6.7 too): in whatever
//! order, with whatever between the parts.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The moment that a date names; `None` where it names none.
pub(in crate::evidence) fn parse(text: &str) -> Option<Timestamp> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == ':' || !c.is_ascii();
    for token in text.split(|c| !is_part(c)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, 2..=4)
        {
            year = Some(found);
        }
    }
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    let date = Date::new(year, month?, i8::try_from(day?).ok()?).ok()?;
    let moment = Offset::UTC.to_timestamp(date.to_datetime(time?)).ok()?;
    (year >= 1601).then_some(moment)
}

/// Hours, minutes and seconds, of one or two digits each; what follows the last of them doesn't count.
fn time_of(token: &str) -> Option<Time> {
    let mut parts = token.splitn(3, ':').map(|part| number(part, 1..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let part = |number: i16| i8::try_from(number).ok();
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}

fn month_of(token: &str) -> Option<i8> {
    let head = token.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == head)?;
    i8::try_from(at + 1).ok()
}

/// A number that begins the token, of so many digits.
fn number(token: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let end = token.find(|c: char| !c.is_ascii_digit()).unwrap_or(token.len());
    if !digits.contains(&end) {
        return None;
    }
    token.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_that_cookies_have() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some("1970-01-01T00:00:00Z")),
            ("Thu, 01-Jan-70 00:00:01 GMT", Some("1970-01-01T00:00:01Z")),
            ("Sun Nov  6 08:49:37 1994", Some("1994-11-06T08:49:37Z")),
            ("1 December 2030 1:2:3", Some("2030-12-01T01:02:03Z")),
            ("Wed, 21 Oct 15 07:28:00 GMT", Some("2015-10-21T07:28:00Z")),
            ("31 Feb 2030 00:00:00", None),
            ("Thu, 01 Jan 1970", None),
            ("0", None),
            ("", None),
        ] {
            let expected = expected.map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9a-zA-Z:, á-]{0,40}") {
            parse(&text);
        }
    }
}
