//! What was read of a list so far, within bounds and each service once.

use std::collections::{BTreeMap, HashSet};

use crate::inventory::fault::Fault;
use crate::inventory::import::budget::Budget;
use crate::inventory::import::candidate::{Candidate, Problem, Reading};
use crate::inventory::targets;
use crate::model::Target;

/// Entries of a list; an inventory holds as many services.
const ENTRIES_MAX: usize = 100_000;

/// Entries that can't be read; nobody mends more by hand.
const PROBLEMS_MAX: usize = 10_000;

/// What a candidate takes beside its texts, in cells of a table.
const CELLS: usize = 8;

/// The services of a list, in its order.
pub(super) struct Collected<'b, 'c> {
    budget: &'b Budget<'c>,
    reading: Reading,
    known: HashSet<Target>,
    /// How many entries were passed over, by why.
    passed_over: BTreeMap<&'static str, usize>,
}

impl<'b, 'c> Collected<'b, 'c> {
    pub(super) fn new(budget: &'b Budget<'c>) -> Self {
        Self {
            budget,
            reading: Reading::default(),
            known: HashSet::new(),
            passed_over: BTreeMap::new(),
        }
    }

    /// Takes one step of work.
    pub(super) fn step(&self) -> Result<(), String> {
        self.budget.step()
    }

    /// Takes a service as people write it.
    pub(super) fn take(&mut self, place: String, text: &str) -> Result<(), String> {
        self.take_with(place, text, |candidate| candidate)
    }

    /// Takes a host or a domain as a service of a kind; a URL, and nothing, for what they are.
    pub(super) fn take_host(
        &mut self,
        place: String,
        kind: &str,
        name: &str,
    ) -> Result<(), String> {
        match name.is_empty() || name.contains("://") {
            true => self.take(place, name),
            false => self.take(place, &format!("{kind}:{name}")),
        }
    }

    /// Takes a service, with what else is said of it.
    pub(super) fn take_with(
        &mut self,
        place: String,
        text: &str,
        complete: impl FnOnce(Candidate) -> Candidate,
    ) -> Result<(), String> {
        match parsed(text) {
            Ok(target) => self.add(complete(Candidate::new(place, target))),
            Err(fault) => self.problem(place, fault),
        }
    }

    /// Takes a service that is known to be well written.
    pub(super) fn add(&mut self, candidate: Candidate) -> Result<(), String> {
        self.budget.step()?;
        if !self.known.insert(candidate.target.clone()) {
            return Ok(());
        }
        if self.known.len() > ENTRIES_MAX {
            return Err(format!("the list has more than {ENTRIES_MAX} services; split it"));
        }
        self.budget.row()?;
        self.budget.cells(CELLS, &candidate.place)?;
        self.reading.candidates.push(candidate);
        Ok(())
    }

    fn problem(&mut self, place: String, fault: Fault) -> Result<(), String> {
        self.budget.cells(CELLS, &fault.message)?;
        if self.reading.problems.len() >= PROBLEMS_MAX {
            return Err(format!(
                "more than {PROBLEMS_MAX} entries can't be read; is it such a list?"
            ));
        }
        let Fault { message, help } = fault;
        self.reading.problems.push(Problem { place, message, help });
        Ok(())
    }

    /// Counts an entry that is no service.
    pub(super) fn pass_over(&mut self, why: &'static str) {
        *self.passed_over.entry(why).or_default() += 1;
    }

    /// Says something of the list as a whole.
    pub(super) fn note(&mut self, note: String) {
        self.reading.notes.push(note);
    }

    /// The reading.
    ///
    /// # Errors
    /// When the list holds nothing at all.
    pub(super) fn finish(mut self) -> Result<Reading, String> {
        let passed_over = self.passed_over.iter();
        self.reading
            .notes
            .extend(passed_over.map(|(why, count)| format!("passed over, {why}: {count}")));
        let Reading { candidates, problems, notes } = &self.reading;
        match candidates.is_empty() && problems.is_empty() {
            true if notes.is_empty() => Err("the list holds no services".to_owned()),
            true => Err(format!("the list holds no services ({})", notes.join("; "))),
            false => Ok(self.reading),
        }
    }
}

/// A service as people write it, of bounded length.
pub(super) fn parsed(text: &str) -> Result<Target, Fault> {
    const OCTETS_MAX: usize = 4096;
    if text.len() > OCTETS_MAX {
        return Fault::err(
            format!("this is longer than {OCTETS_MAX} octets"),
            "write a host, a URL or `KIND:NAME`",
        );
    }
    if text.trim().is_empty() {
        return Fault::err("this is empty", "write a host, a URL or `KIND:NAME`");
    }
    if text.contains(char::is_control) {
        return Fault::err("this holds a control code", "write it without");
    }
    targets::target(text)
}
