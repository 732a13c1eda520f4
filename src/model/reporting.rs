//! Which days' runs count for a quarter's report.

/// Which days' runs count for a quarter's report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportingPeriod {
    /// Those of the calendar quarter.
    #[default]
    Calendar,
    /// From the 15th of the month before the quarter to the 14th of its last month, as rules on periodic
    /// reports of state agencies close a quarter's figures (Decree 09/2019/NĐ-CP).
    Decree092019,
}

impl ReportingPeriod {
    /// The word of the inventory.
    pub fn id(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Decree092019 => "decree-09-2019",
        }
    }
}
