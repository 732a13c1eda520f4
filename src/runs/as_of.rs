//! The moment of a judgement.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The moment of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The end of a day, by the clocks of the inventory's time zone.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

impl AsOf {
    /// The moment. A day ends with its last second.
    pub fn moment(self, timezone: &str) -> Timestamp {
        match self {
            Self::Moment(moment) => moment,
            Self::Day(day) => {
                let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
                let end = day.at(23, 59, 59, 0);
                // Only the calendar's very last day can have no moment.
                zone.to_ambiguous_timestamp(end).compatible().unwrap_or(Timestamp::MAX)
            }
        }
    }
}
