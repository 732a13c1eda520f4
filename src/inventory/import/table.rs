//! Rows of a table as services.

use jiff::civil::Date;

use super::candidate::{Candidate, Problem, Reading};
use super::headings::{self, Column};
use super::sheet::Table;
use crate::inventory::fault::Fault;
use crate::inventory::format::kinds;
use crate::inventory::suggestion::list;
use crate::inventory::targets;
use crate::inventory::values::{text, time};
use crate::model::{Category, Goal, Stage, State, Target};

/// Reads the rows below the first, whose headings say what the columns hold.
pub fn candidates(table: &Table) -> Reading {
    let mut reading = Reading::default();
    let Some(((_, head), rows)) = table.rows.split_first() else {
        reading.problems.push(Problem {
            place: "row 1".into(),
            message: "the table is empty".into(),
            help: Some("the first row holds the headings, such as `organisation,name,web`".into()),
        });
        return reading;
    };
    let columns: Vec<Option<Column>> = head.iter().map(|text| headings::column(text)).collect();
    for (heading, column) in head.iter().zip(&columns) {
        if column.is_none() && !heading.trim().is_empty() {
            reading.notes.push(format!("the column `{}` is passed over", heading.trim()));
        }
    }
    let is_target =
        |column: &Option<Column>| matches!(column, Some(Column::Target | Column::TargetOf(_)));
    if !columns.iter().any(is_target) {
        reading.problems.push(Problem {
            place: "row 1".into(),
            message: "no column says what is to be probed".into(),
            help: Some(format!(
                "head one with `address` (`địa chỉ`, `tên miền`), or with a kind: {}",
                list(Target::KINDS)
            )),
        });
        return reading;
    }
    for (number, cells) in rows {
        let row = Row { number: *number, head, columns: &columns, cells };
        match row.candidate() {
            Ok(candidate) => reading.candidates.push(candidate),
            Err(mut problems) => reading.problems.append(&mut problems),
        }
    }
    reading
}

struct Row<'a> {
    number: usize,
    head: &'a [String],
    columns: &'a [Option<Column>],
    cells: &'a [String],
}

impl Row<'_> {
    /// The first cell of a column that holds anything, with its place.
    fn find(&self, wanted: Column) -> Option<(usize, &str)> {
        self.filled().find(|(_, column, _)| *column == wanted).map(|(at, _, text)| (at, text))
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Column, &str)> {
        let cells = self.columns.iter().zip(self.cells).enumerate();
        cells.filter_map(|(at, (column, text))| {
            let text = text.trim();
            column.filter(|_| !text.is_empty()).map(|column| (at, column, text))
        })
    }

    fn problem(&self, at: usize, fault: Fault) -> Problem {
        let heading = self.head.get(at).map_or("", |heading| heading.trim());
        Problem {
            place: format!("row {}, column {} ({heading})", self.number, at + 1),
            message: fault.message,
            help: fault.help,
        }
    }

    fn read<T>(
        &self,
        wanted: Column,
        problems: &mut Vec<Problem>,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let (at, text) = self.find(wanted)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                problems.push(self.problem(at, fault));
                None
            }
        }
    }

    fn candidate(&self) -> Result<Candidate, Vec<Problem>> {
        let mut problems = Vec::new();
        let target = self.target(&mut problems);
        let organisation = self.read(Column::Organisation, &mut problems, text::one_line);
        let contact = self.read(Column::Contact, &mut problems, text::one_line);
        let name = self.read(Column::Name, &mut problems, text::one_line);
        let id = self.read(Column::Id, &mut problems, |text| text::id(text).map(ToOwned::to_owned));
        let category = self.read(Column::Category, &mut problems, |word| {
            headings::category(word)
                .ok_or_else(|| unknown(word, "a category", &Category::ALL.map(Category::id)))
        });
        let state = self.read(Column::State, &mut problems, |word| {
            headings::state(word)
                .ok_or_else(|| unknown(word, "a state", &State::ALL.map(State::id)))
        });
        let security_level = self.read(Column::SecurityLevel, &mut problems, |text| {
            text.parse().ok().filter(|level| (1..=5).contains(level)).ok_or_else(|| Fault {
                message: format!("`{text}` is no security level"),
                help: Some("levels are 1 to 5".into()),
            })
        });
        let goal = self.goal(&mut problems);
        match target {
            Some(target) if problems.is_empty() => Ok(Candidate {
                organisation,
                contact,
                id,
                name,
                category,
                state: state.unwrap_or_default(),
                security_level,
                goal,
                ..Candidate::new(format!("row {}", self.number), target)
            }),
            _ => Err(problems),
        }
    }

    fn target(&self, problems: &mut Vec<Problem>) -> Option<Target> {
        let kind = self.find(Column::Kind).map(|(_, kind)| text::slug(kind));
        let found = self.filled().find_map(|(at, column, text)| match column {
            Column::Target => Some((at, text, None)),
            Column::TargetOf(kind) => Some((at, text, Some(kind))),
            _ => None,
        });
        let Some((at, text, of)) = found else {
            problems.push(Problem {
                place: format!("row {}", self.number),
                message: "nothing is named that could be probed".into(),
                help: Some("fill in a host name, a domain or a URL, or delete the row".into()),
            });
            return None;
        };
        if text.bytes().all(|octet| octet.is_ascii_digit()) {
            let message = format!("`{text}` is a number, not a name");
            let help = Some("write a host name, a domain or a URL".to_owned());
            problems.push(self.problem(at, Fault { message, help }));
            return None;
        }
        let target = match of.map(ToOwned::to_owned).or(kind) {
            // A host name means its web site.
            Some(kind) if kind != "web" && kind != "http" && kind != "https" => {
                kinds::target(&kind, text)
            }
            _ => targets::web(text),
        };
        target.map_err(|fault| problems.push(self.problem(at, fault))).ok()
    }

    fn goal(&self, problems: &mut Vec<Problem>) -> Option<Goal> {
        let stage = self.read(Column::Stage, problems, |text| {
            let stage = text.parse::<u8>().ok().and_then(|number| Stage::try_from(number).ok());
            stage.ok_or_else(|| Fault {
                message: format!("`{text}` is no stage"),
                help: Some("stages are 0 to 4".into()),
            })
        });
        let by = self.read(Column::By, problems, date);
        match (stage, by) {
            (Some(stage), Some(by)) => Some(Goal { stage, by }),
            (None, None) => None,
            _ => {
                if problems.is_empty() {
                    problems.push(Problem {
                        place: format!("row {}", self.number),
                        message: "a target needs a stage and a date".into(),
                        help: Some("fill in both or neither".into()),
                    });
                }
                None
            }
        }
    }
}

fn unknown(word: &str, what: &str, known: &[&str]) -> Fault {
    Fault {
        message: format!("`{word}` is not {what}"),
        help: Some(format!("write one of {}", list(known.iter().copied()))),
    }
}

/// `2026-12-31`, or `31/12/2026` as Vietnamese offices write it.
fn date(text: &str) -> Result<Date, Fault> {
    let parts: Vec<&str> = text.split(['/', '.']).collect();
    if let [day, month, year] = parts[..]
        && let (Ok(day), Ok(month), Ok(year)) = (day.parse(), month.parse(), year.parse())
        && let Ok(date) = Date::new(year, month, day)
    {
        return Ok(date);
    }
    time::date(text)
}
