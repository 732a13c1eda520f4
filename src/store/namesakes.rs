//! Tells inventories apart that go by the same file name and have no `id`: those that have no service in
//! common are two, whatever they are called.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Statement, params};

use super::run::{ListedRun, Scope, file_name};

/// What the text of an inventory holds where a service of it had another id.
const FORMERLY: &str = "formerly";

/// Numbers the inventories of each file name, from 0. The runs are the newest first, each with the number
/// of its row.
pub(super) fn number_namesakes(
    connection: &Connection,
    runs: &mut [(i64, ListedRun)],
) -> rusqlite::Result<()> {
    let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, (_, run)) in runs.iter().enumerate().rev() {
        if run.scope != Scope::Names {
            by_name.entry(file_name(&run.inventory_file)).or_default().push(at);
        }
    }
    let mut queries = Queries::prepare(connection)?;
    let mut numbers = Vec::new();
    for of_name in by_name.into_values() {
        // Where each says its id, nobody asks for more.
        if of_name.len() < 2 || of_name.iter().all(|at| runs[*at].1.inventory_id.is_some()) {
            continue;
        }
        // The inventories so far, each with its newest whole run that asked for a service, where it has one; the
        // one that was seen last at the end.
        let mut known: Vec<(u32, i64)> = Vec::new();
        for at in of_name {
            let (row, run) = &runs[at];
            let place = queries.place(*row, run.scope, &known)?;
            let (number, newest) = match place {
                Some(place) => known.remove(place),
                None => (u32::try_from(known.len()).unwrap_or(u32::MAX), *row),
            };
            // A run that asked nobody, since our own side was cut off, tells no inventory from another.
            let asked = run.scope == Scope::Whole && queries.next_service(*row, "")?.is_some();
            let newest = if asked { *row } else { newest };
            known.push((number, newest));
            numbers.push((at, number));
        }
    }
    for (at, number) in numbers {
        runs[at].1.namesake = number;
    }
    Ok(())
}

struct Queries<'c> {
    /// The next asker of a run.
    next: Statement<'c>,
    /// Whether a run has an asker.
    has: Statement<'c>,
    /// What a run was made from, where a service of it had another id.
    inputs: Statement<'c>,
}

impl<'c> Queries<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            next: connection.prepare(
                "SELECT asker FROM use WHERE run = ?1 AND asker > ?2 ORDER BY asker LIMIT 1",
            )?,
            has: connection.prepare("SELECT 1 FROM use WHERE run = ?1 AND asker = ?2 LIMIT 1")?,
            inputs: connection
                .prepare("SELECT inputs FROM run WHERE number = ?1 AND instr(inputs, ?2) > 0")?,
        })
    }

    /// The place of the inventory that a run is of. Only a whole run that asked something can be of one that
    /// is not known yet.
    fn place(
        &mut self,
        row: i64,
        scope: Scope,
        known: &[(u32, i64)],
    ) -> rusqlite::Result<Option<usize>> {
        let last = known.len().checked_sub(1);
        for (place, (_, earlier)) in known.iter().enumerate().rev() {
            if self.goes_on(row, *earlier)? {
                return Ok(Some(place));
            }
        }
        let asked_nothing = self.next_service(row, "")?.is_none();
        Ok(last.filter(|_| asked_nothing || scope != Scope::Whole))
    }

    /// Whether an earlier run asked for nothing yet, or a run asked for a service of it, under its id or, by what its inventory says of
    /// former ids, under another.
    fn goes_on(&mut self, row: i64, earlier: i64) -> rusqlite::Result<bool> {
        if self.next_service(earlier, "")?.is_none() {
            return Ok(true);
        }
        let mut service = String::new();
        while let Some(next) = self.next_service(earlier, &service)? {
            service = next;
            if self.has.exists(params![row, service])? {
                return Ok(true);
            }
        }
        let inputs: Option<String> =
            self.inputs.query_row(params![row, FORMERLY], |row| row.get(0)).optional()?;
        let Some(inputs) = inputs else { return Ok(false) };
        let mut service = String::new();
        while let Some(next) = self.next_service(earlier, &service)? {
            service = next;
            if inputs.contains(&service) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first service of a run behind another one. The vantage point's own tests have the empty asker.
    fn next_service(&mut self, row: i64, behind: &str) -> rusqlite::Result<Option<String>> {
        self.next.query_row(params![row, behind], |row| row.get(0)).optional()
    }
}
