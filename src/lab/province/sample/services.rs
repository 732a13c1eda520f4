//! The table of the sample province's services.

use super::condition::Condition;

/// The moments: the ends of the first three quarters, and three scans of the last one.
pub const MOMENTS: usize = 6;

/// The table: a line for each service.
const TABLE: &str = include_str!("services.txt");

/// What kind of service one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Web,
    Mail,
    Zone,
    Resolver,
    Time,
    Directory,
    MailBox,
    Submission,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "web" => Self::Web,
            "mail" => Self::Mail,
            "zone" => Self::Zone,
            "dns" => Self::Resolver,
            "ntp" => Self::Time,
            "ldaps" => Self::Directory,
            "imaps" => Self::MailBox,
            "submission" => Self::Submission,
            _ => return None,
        })
    }
}

/// A service over the year.
#[derive(Clone, Debug)]
pub(super) struct SampleService {
    /// Its number in the address plan.
    pub number: u16,
    pub organisation: &'static str,
    pub id: &'static str,
    /// The inventory's category.
    pub category: &'static str,
    pub kind: Kind,
    pub host: &'static str,
    pub name: &'static str,
    /// In which condition it is at each moment.
    pub conditions: [Condition; MOMENTS],
    /// What else its inventory entry declares.
    pub declared: &'static str,
}

/// Every service, in the order of the table. A line that can't be read is left out; a test counts them.
pub(super) fn services() -> Vec<SampleService> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.zip(1..).filter_map(|(line, number)| service(line, number)).collect()
}

fn service(line: &'static str, number: u16) -> Option<SampleService> {
    let mut columns = line.split('|').map(str::trim);
    let (organisation, id) = columns.next()?.split_once('/')?;
    let category = columns.next()?;
    let kind = Kind::of(columns.next()?)?;
    let (host, name) = (columns.next()?, columns.next()?);
    let mut conditions = [Condition::Good; MOMENTS];
    for condition in &mut conditions {
        *condition = Condition::of(columns.next()?)?;
    }
    let declared = columns.next().unwrap_or_default();
    Some(SampleService {
        number,
        organisation,
        id,
        category,
        kind,
        host,
        name,
        conditions,
        declared,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((lines, services().len()), (60, 60));
    }
}
