//! One row of a table as services.

use super::candidate::{Candidate, Problem};
use super::cells;
use super::head::{Head, one_line};
use super::words::{Column, Words};
use crate::inventory::fault::Fault;
use crate::inventory::format::kinds;
use crate::inventory::targets;
use crate::inventory::values::text;
use crate::model::suggestion::list;
use crate::model::{Category, Exemption, ServiceId, State, Target};

/// A row, the headings above it and the words of the table.
pub(super) struct Row<'a> {
    pub(super) number: usize,
    pub(super) head: &'a Head,
    pub(super) words: &'a Words,
    pub(super) cells: &'a [String],
}

impl<'a> Row<'a> {
    /// Cells that hold anything, with their columns.
    pub(super) fn filled(
        &self,
    ) -> impl Iterator<Item = (usize, Option<Column>, &'a str)> + use<'a> {
        let columns =
            self.head.columns.iter().map(|(_, column)| *column).chain(std::iter::repeat(None));
        let cells = self.cells.iter().zip(columns).enumerate();
        cells
            .filter(|(_, (text, _))| !text.is_empty())
            .map(|(at, (text, column))| (at, column, &**text))
    }

    fn find(&self, wanted: Column) -> Option<(usize, &'a str)> {
        let mut filled = self.filled();
        filled.find(|(_, column, _)| *column == Some(wanted)).map(|(at, _, text)| (at, text))
    }

    /// What it says of the organisation.
    pub(super) fn has_organisation(&self) -> bool {
        self.find(Column::Organisation).or_else(|| self.find(Column::OrganisationId)).is_some()
            || self.find(Column::Id).is_some_and(|(_, id)| id.contains('/'))
    }

    /// Cells that say what is to be probed.
    pub(super) fn targets(
        &self,
    ) -> impl Iterator<Item = (usize, Option<&'static str>, &'a str)> + use<'a> {
        self.filled().filter_map(|(at, column, text)| match column? {
            Column::Target => Some((at, None, text)),
            Column::TargetOf(kind) => Some((at, Some(kind), text)),
            _ => None,
        })
    }

    fn problem(&self, at: usize, fault: Fault) -> Problem {
        Problem {
            place: format!("row {}, {}", self.number, self.head.column(at)),
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
        // Cells are broken into lines to make them fit, not because it means anything.
        match read(&one_line(text)) {
            Ok(value) => Some(value),
            Err(fault) => {
                problems.push(self.problem(at, fault));
                None
            }
        }
    }

    /// A service for each cell that says what to probe.
    pub(super) fn candidates(&self) -> Result<Vec<Candidate>, Vec<Problem>> {
        let mut problems = Vec::new();
        let targets: Vec<Target> = self
            .targets()
            .filter_map(|(at, kind, text)| match self.target(kind, text) {
                Ok(target) => Some(target),
                Err(fault) => {
                    problems.push(self.problem(at, fault));
                    None
                }
            })
            .collect();
        if targets.is_empty() && problems.is_empty() {
            problems.push(Problem {
                place: format!("row {}", self.number),
                message: "nothing is named that could be probed".into(),
                help: Some("fill in a host name, a domain or a URL, or delete the row".into()),
            });
        }
        let place = format!("row {}", self.number);
        let ids = self.read(Column::Id, &mut problems, ids);
        let (of, id) = ids.map_or((None, None), |(of, id)| (of, Some(id)));
        let organisation_id = self
            .read(Column::OrganisationId, &mut problems, |id| text::id(id).map(ToOwned::to_owned));
        let organisation = self.read(Column::Organisation, &mut problems, text::one_line);
        let contact = self.read(Column::Contact, &mut problems, text::one_line);
        let name = self.read(Column::Name, &mut problems, text::one_line);
        let category = self.read(Column::Category, &mut problems, |word| {
            let ids = Category::ALL.map(Category::id);
            self.words.category(word).ok_or_else(|| unknown(word, "a category", &ids))
        });
        let tags = self.read(Column::Tags, &mut problems, cells::tags);
        let state = self.read(Column::State, &mut problems, |word| {
            let ids = State::ALL.map(State::id);
            self.words.state(word).ok_or_else(|| unknown(word, "a state", &ids))
        });
        let security_level = self.read(Column::SecurityLevel, &mut problems, cells::security_level);
        let stage = self.read(Column::Stage, &mut problems, cells::stage);
        let deadline = self.read(Column::Deadline, &mut problems, cells::deadline);
        let exemption = self.exemption(&mut problems);
        let formerly = self.read(Column::Formerly, &mut problems, former_ids).unwrap_or_default();
        if !problems.is_empty() {
            return Err(problems);
        }
        let each = |(at, target): (usize, Target)| Candidate {
            organisation: organisation.clone(),
            organisation_id: organisation_id.clone().or(of.clone()),
            contact: contact.clone(),
            // An id names one service.
            id: id.clone().filter(|_| at == 0),
            name: name.clone(),
            category,
            tags: tags.clone(),
            state,
            security_level,
            stage,
            deadline,
            exemption: exemption.clone(),
            // The history goes on with one service.
            formerly: if at == 0 { formerly.clone() } else { Vec::new() },
            ..Candidate::new(place.clone(), target)
        };
        Ok(targets.into_iter().enumerate().map(each).collect())
    }

    fn exemption(&self, problems: &mut Vec<Problem>) -> Option<Exemption> {
        let until = self.read(Column::ExemptUntil, problems, cells::deadline);
        let reason = self.read(Column::ExemptReason, problems, text::one_line);
        match (reason, until) {
            (Some(reason), Some(until)) => Some(Exemption { reason, until }),
            (None, None) => None,
            _ => {
                if problems.is_empty() {
                    problems.push(Problem {
                        place: format!("row {}", self.number),
                        message: "an exemption needs a reason and a date".into(),
                        help: Some("fill in both or neither".into()),
                    });
                }
                None
            }
        }
    }

    fn target(&self, of: Option<&'static str>, cell: &str) -> Result<Target, Fault> {
        let mut parts =
            cell.split(['\n', '\r', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
        if let (Some(first), Some(second)) = (parts.next(), parts.next())
            && looks_like_target(first)
            && looks_like_target(second)
        {
            return Fault::err(
                format!("`{}` names more than one service", one_line(cell)),
                "give each a row of its own",
            );
        }
        if cell.bytes().all(|octet| octet.is_ascii_digit()) {
            return Fault::err(
                format!("`{cell}` is a number, not a name"),
                "write a host name, a domain or a URL",
            );
        }
        let cell = &with_port(cell, self.find(Column::Port).map(|(_, port)| port));
        let kind = match (of, self.find(Column::Kind)) {
            (Some(kind), _) => Some(kind),
            (None, Some((_, word))) => match self.words.kind(word) {
                Some(kind) => Some(kind),
                None if cell.contains("://") => None,
                None => return Err(unknown(word, "a kind of service", &Target::KINDS)),
            },
            (None, None) => None,
        };
        match kind {
            // A host name means its web site, and what is written out says its kind itself.
            None | Some("web") => targets::target(cell),
            Some(kind) => targets::of_kind(kind, cell).unwrap_or_else(|| kinds::target(kind, cell)),
        }
    }
}

/// `SERVICE`, or `ORG/SERVICE` as reports write it.
fn ids(text: &str) -> Result<(Option<String>, String), Fault> {
    let (organisation, service) = match text.split_once('/') {
        Some((organisation, service)) => (Some(text::id(organisation)?.to_owned()), service),
        None => (None, text),
    };
    Ok((organisation, text::id(service)?.to_owned()))
}

/// `ORG/SERVICE`, or several of them.
fn former_ids(text: &str) -> Result<Vec<ServiceId>, Fault> {
    let parts = text.split([',', ';', ' ']).filter(|part| !part.is_empty());
    parts.map(text::service_id).collect()
}

fn looks_like_target(part: &str) -> bool {
    part.contains('.') && !part.ends_with('.') || part.contains("://")
}

/// A host with the port that another column has.
fn with_port(host: &str, port: Option<&str>) -> String {
    let has_port = host.contains("://") || host.contains('/') || host.contains(':');
    match port.filter(|_| !has_port) {
        Some(port) => format!("{host}:{}", port.trim()),
        None => host.to_owned(),
    }
}

fn unknown(word: &str, what: &str, known: &[&str]) -> Fault {
    Fault {
        message: format!("`{word}` is not {what}"),
        help: Some(format!(
            "write one of {}; a table of words (`--words`) adds others",
            list(known.iter().copied())
        )),
    }
}
