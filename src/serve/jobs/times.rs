//! The times of a schedule: a cron expression in a time zone.
//!
//! Where the clock is set forward, a time that doesn't exist that day falls on the first moment after the gap;
//! where it is set back, a fixed time comes once, at its first half. So a nightly scan is made once a night,
//! also in those two.

use std::cmp::Ordering;

use croner::Cron;
use croner::errors::CronError;
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use crate::serve::config::schedules::{CronText, TIMEZONE};

/// The times of a schedule.
#[derive(Clone, Debug)]
pub struct Times {
    cron: Cron,
    zone: TimeZone,
}

impl Times {
    /// The times that an expression means in a time zone; `None` when it can't be read, which the
    /// configuration has ruled out.
    pub fn of(cron: &CronText, timezone: Option<&str>) -> Option<Self> {
        let zone = TimeZoneDatabase::bundled().get(timezone.unwrap_or(TIMEZONE)).ok()?;
        Some(Self { cron: cron.cron().ok()?, zone })
    }

    /// The first time after a moment.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let from = LocalTime { at: moment, zone: &self.zone };
        self.cron.find_next_occurrence(&from, false).ok().map(|found| found.at)
    }

    /// The last time until a moment, that moment included.
    pub fn last_until(&self, moment: Timestamp) -> Option<Timestamp> {
        let from = LocalTime { at: moment, zone: &self.zone };
        self.cron.find_previous_occurrence(&from, true).ok().map(|found| found.at)
    }

    /// The time that is to be acted on now, when all until `acted_on` have been: the last of those that have
    /// come since, so that however many were missed are made up once.
    pub fn due(&self, acted_on: Timestamp, now: Timestamp) -> Option<Timestamp> {
        self.last_until(now).filter(|time| *time > acted_on)
    }
}

/// A moment in a time zone, as croner searches it.
#[derive(Clone)]
struct LocalTime<'z> {
    at: Timestamp,
    zone: &'z TimeZone,
}

impl LocalTime<'_> {
    fn local(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }
}

impl CronDateTime for LocalTime<'_> {
    fn to_civil(&self) -> CivilDateTime {
        let at = self.local();
        let part = |part: i8| u32::try_from(part).unwrap_or_default();
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(i32::from(at.year()), part(at.month()), part(at.day())),
            CivilTime::from_parts_unchecked(part(at.hour()), part(at.minute()), part(at.second())),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.local().weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::try_from(days).unwrap_or_default())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil_of(civil)?);
        let is = |at: Result<Timestamp, jiff::Error>| {
            at.map(|at| Self { at, zone: self.zone }).map_err(|_| CronError::InvalidTime)
        };
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(is(ambiguous.unambiguous())?),
            AmbiguousOffset::Fold { .. } => {
                let earlier = is(ambiguous.earlier())?;
                Resolution::Ambiguous(earlier, is(ambiguous.later())?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let at = self.at.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(Self { at, zone: self.zone })
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

fn civil_of(civil: CivilDateTime) -> Result<DateTime, CronError> {
    let part = |part: u32| i8::try_from(part).map_err(|_| CronError::InvalidDate);
    let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
    DateTime::new(
        year,
        part(civil.month())?,
        part(civil.day())?,
        part(civil.hour())?,
        part(civil.minute())?,
        part(civil.second())?,
        0,
    )
    .map_err(|_| CronError::InvalidDate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(cron: &str, timezone: &str) -> Times {
        Times::of(&CronText(cron.to_owned()), Some(timezone)).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_come_in_their_zone() {
        for (cron, timezone, after, expected) in [
            ("30 1 * * *", "Asia/Ho_Chi_Minh", "2026-12-01T00:00:00Z", "2026-12-01T18:30:00Z"),
            ("30 1 * * *", "UTC", "2026-12-01T01:30:00Z", "2026-12-02T01:30:00Z"),
            ("0 6 * * 1", "Asia/Ho_Chi_Minh", "2026-12-01T00:00:00Z", "2026-12-06T23:00:00Z"),
            ("*/15 * * * *", "UTC", "2026-12-01T00:14:59Z", "2026-12-01T00:15:00Z"),
            ("0 0 29 2 *", "UTC", "2026-12-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            // The clock is set forward from 2:00 to 3:00 on 29 March: the night has its scan all the same.
            ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
            // It is set back from 3:00 to 2:00 on 25 October: the night has one scan.
            ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ] {
            let next = times(cron, timezone).next_after(at(after));
            assert_eq!(next, Some(at(expected)), "{cron} in {timezone} after {after}");
        }
    }

    #[test]
    fn what_was_missed_is_made_up_once() {
        let nightly = times("30 1 * * *", "UTC");
        let acted_on = at("2026-12-01T01:30:00Z");
        for (now, expected) in [
            ("2026-12-01T23:00:00Z", None),
            ("2026-12-02T01:29:59Z", None),
            ("2026-12-02T01:30:00Z", Some("2026-12-02T01:30:00Z")),
            ("2026-12-09T12:00:00Z", Some("2026-12-09T01:30:00Z")),
            // The clock went back: nothing is made twice.
            ("2026-11-20T12:00:00Z", None),
        ] {
            assert_eq!(nightly.due(acted_on, at(now)), expected.map(at), "{now}");
        }
    }

    #[test]
    fn an_expression_has_five_fields() {
        for bad in ["", "x", "0 30 1 * * *", "61 * * * *", "* * * *", "0 0 1 1 * 2027"] {
            assert!(CronText(bad.to_owned()).cron().is_err(), "{bad}");
        }
    }
}
