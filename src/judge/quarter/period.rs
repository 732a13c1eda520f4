//! A quarter of a year.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::ReportingPeriod;

/// A calendar quarter, written `2026Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter {
    /// The year, 1 to 9998.
    pub year: i16,
    /// 1 to 4.
    pub number: i8,
}

/// The day of a quarter's last month on which its figures close (Decree 09/2019/NĐ-CP).
const CLOSES_ON: i8 = 14;

/// Why a text names no quarter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no quarter; write it as `2026Q4`")]
pub struct InvalidQuarter(String);

impl Quarter {
    /// The quarter that a day lies in.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }

    /// The quarter for whose report a day's runs count.
    pub fn counting(day: Date, period: ReportingPeriod) -> Self {
        let calendar = Self::of(day);
        match period {
            ReportingPeriod::Decree092019 if day.month() % 3 == 0 && day.day() > CLOSES_ON => {
                calendar.next()
            }
            _ => calendar,
        }
    }

    /// The quarter before.
    pub fn previous(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { year: self.year, number: number - 1 },
        }
    }

    /// The quarter after.
    pub fn next(self) -> Self {
        match self.number {
            4 => Self { year: self.year + 1, number: 1 },
            number => Self { year: self.year, number: number + 1 },
        }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::constant(self.year, (self.number - 1) * 3 + 1, 1)
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        let month = Date::constant(self.year, self.number * 3, 1);
        month.last_of_month()
    }

    /// The first day whose runs count for its report.
    pub fn first_counting_day(self, period: ReportingPeriod) -> Date {
        match period {
            ReportingPeriod::Calendar => self.first_day(),
            ReportingPeriod::Decree092019 => {
                let before = self.previous();
                Date::constant(before.year, before.number * 3, CLOSES_ON + 1)
            }
        }
    }

    /// The last day whose runs count for its report.
    pub fn last_counting_day(self, period: ReportingPeriod) -> Date {
        match period {
            ReportingPeriod::Calendar => self.last_day(),
            ReportingPeriod::Decree092019 => Date::constant(self.year, self.number * 3, CLOSES_ON),
        }
    }

    /// Whether a moment lies in it, by the clocks of a time zone.
    pub fn contains(self, at: Timestamp, zone: &TimeZone) -> bool {
        Self::of(zone.to_datetime(at).date()) == self
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = InvalidQuarter;

    fn from_str(text: &str) -> Result<Self, InvalidQuarter> {
        let invalid = || InvalidQuarter(text.to_owned());
        let (year, number) = text.split_once(['Q', 'q']).ok_or_else(invalid)?;
        if year.len() != 4 || !year.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(invalid());
        }
        let year = year.parse().map_err(|_| invalid())?;
        let number = match number {
            "1" => 1,
            "2" => 2,
            "3" => 3,
            "4" => 4,
            _ => return Err(invalid()),
        };
        // The quarters on both sides have to be dates too.
        if (1..=9998).contains(&year) { Ok(Self { year, number }) } else { Err(invalid()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_close_on_the_fourteenth_where_the_inventory_says_so() {
        let period = ReportingPeriod::Decree092019;
        let quarter: Quarter = "2026Q4".parse().unwrap();
        let (first, last) = (quarter.first_counting_day(period), quarter.last_counting_day(period));
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2026-09-15".into(), "2026-12-14".into())
        );
        for (day, expected) in [
            (first.yesterday().unwrap(), "2026Q3"),
            (first, "2026Q4"),
            (last, "2026Q4"),
            (last.tomorrow().unwrap(), "2027Q1"),
        ] {
            assert_eq!(Quarter::counting(day, period).to_string(), expected);
            assert_eq!(Quarter::counting(day, ReportingPeriod::Calendar), Quarter::of(day));
        }
        assert_eq!(quarter.last_counting_day(ReportingPeriod::Calendar), quarter.last_day());
    }
}
