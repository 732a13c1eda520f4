//! Which interrupted run a scan goes on with: one of the inventory that was named, and one that was
//! imported only where it is named itself.

use std::path::Path;

use crate::model::RunId;
use crate::runs::error::RunsError;
use crate::runs::load;
use crate::runs::note::{Note, TakeNotes};
use crate::store::ListedRun;

/// An inventory that was named beside `--resume`.
pub struct NamedInventory {
    file: String,
    id: Option<String>,
    text: Vec<u8>,
}

impl NamedInventory {
    /// Reads what an inventory is known by.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(path: &Path) -> Result<Self, RunsError> {
        let (text, id) = load::text_and_id(path)?;
        Ok(Self { file: path.display().to_string(), id, text })
    }

    fn is_of(&self, run: &ListedRun) -> bool {
        run.is_of_inventory(&self.file, self.id.as_deref())
    }

    /// Says so where the file has changed since the run began: the run keeps to what it began with.
    pub fn note_changes(&self, of_run: &[u8], notes: TakeNotes<'_>) {
        if self.text != of_run {
            notes(Note::Text(format!(
                "{} has changed since the run began; the run goes on by what the inventory said then",
                self.file
            )));
        }
    }
}

/// The newest interrupted run, of the inventory where one is named. None that was imported.
///
/// # Errors
/// When there is none.
pub fn newest_interrupted<'a>(
    listed: &'a [ListedRun],
    inventory: Option<&NamedInventory>,
) -> Result<&'a ListedRun, RunsError> {
    let interrupted =
        || listed.iter().filter(|run| !run.run.complete && run.run.finished_at.is_none());
    let made_here = || interrupted().filter(|run| run.imported.is_none());
    let found = made_here().find(|run| inventory.is_none_or(|inventory| inventory.is_of(run)));
    if let Some(run) = found {
        return Ok(run);
    }
    Err(match (inventory, made_here().next(), interrupted().next()) {
        (Some(NamedInventory { file, .. }), Some(other), _) => RunsError::operator(format!(
            "there is no interrupted run of `{file}` to resume; the newest interrupted run, {}, is of {}",
            other.run.id,
            inventory_of(other)
        ))
        .help(format!(
            "`v6ready scan --resume {}` goes on with that one; `v6ready scan {file}` begins a new run",
            other.run.id
        )),
        (_, None, Some(imported)) => RunsError::operator(format!(
            "there is no interrupted run to resume that was made here; {} was imported",
            imported.run.id
        ))
        .help(format!(
            "`v6ready scan --resume {}` goes on with it, by the inventory and settings that came with it",
            imported.run.id
        )),
        _ => RunsError::operator("there is no interrupted run to resume")
            .help("`v6ready runs` lists the runs; `v6ready scan` begins a new one"),
    })
}

/// The run of this id, which has to be of the inventory where one is named.
///
/// # Errors
/// When it is another inventory's.
pub fn named<'a>(
    listed: &'a [ListedRun],
    id: &RunId,
    inventory: Option<&NamedInventory>,
    notes: TakeNotes<'_>,
) -> Result<&'a ListedRun, RunsError> {
    let run = listed.iter().find(|run| run.run.id == *id);
    let run = run.ok_or_else(|| RunsError::operator(format!("no run is called `{id}`")))?;
    match inventory {
        Some(inventory) if !inventory.is_of(run) => Err(RunsError::operator(format!(
            "run {id} is of {}, not of `{}`",
            inventory_of(run),
            inventory.file
        ))
        .help(format!(
            "`v6ready scan --resume {id}` goes on with it; `v6ready scan {}` begins a new run",
            inventory.file
        ))),
        _ => {
            if run.imported.is_some() {
                notes(Note::Text(format!(
                    "run {id} was imported; it goes on by the inventory and settings that came with it"
                )));
            }
            Ok(run)
        }
    }
}

fn inventory_of(run: &ListedRun) -> String {
    match &run.inventory_id {
        Some(id) => format!("`{}` (id `{id}`)", run.inventory_file),
        None => format!("`{}`", run.inventory_file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, Run};
    use crate::store::{Provenance, Scope};

    fn interrupted(id: &str, file: &str, inventory_id: Option<&str>) -> ListedRun {
        ListedRun {
            run: Run::of_tests(id),
            inventory_file: file.into(),
            inventory_id: inventory_id.map(str::to_owned),
            policy: "p".into(),
            scope: Scope::Whole,
            counts: None,
            imported: None,
            namesake: 0,
        }
    }

    fn inventory(file: &str, id: Option<&str>) -> NamedInventory {
        NamedInventory { file: file.into(), id: id.map(str::to_owned), text: Vec::new() }
    }

    #[test]
    fn a_run_is_resumed_for_its_own_inventory_only() {
        let mut listed = [
            interrupted("d", "/srv/b.yaml", None),
            interrupted("c", "a.yaml", Some("a")),
            interrupted("b", "old.yaml", Some("b")),
        ];
        let newest = |listed: &[ListedRun], inventory: Option<NamedInventory>| {
            let run = newest_interrupted(listed, inventory.as_ref());
            run.map(|run| run.run.id.to_string()).map_err(|error| error.text())
        };
        assert_eq!(newest(&listed, None).unwrap(), "d");
        assert_eq!(newest(&listed, Some(inventory("b.yaml", None))).unwrap(), "d");
        assert_eq!(newest(&listed, Some(inventory("new.yaml", Some("b")))).unwrap(), "b");
        assert_eq!(newest(&listed, Some(inventory("a.yaml", None))).unwrap(), "c");
        let error = newest(&listed, Some(inventory("a.yaml", Some("x")))).unwrap_err();
        assert!(error.contains("no interrupted run of `a.yaml`") && error.contains("d, is of"));
        let named = |id: &str, of: NamedInventory| {
            let run = named(&listed, &RunId::of_tests(id), Some(&of), &|_| ());
            run.map(|run| run.run.id.to_string()).map_err(|error| error.text())
        };
        assert_eq!(named("b", inventory("x.yaml", Some("b"))).unwrap(), "b");
        let error = named("b", inventory("b.yaml", Some("c"))).unwrap_err();
        assert!(error.contains("run b is of `old.yaml` (id `b`), not of `b.yaml`"), "{error}");
        // What was imported has to be named.
        for run in &mut listed {
            run.imported = Some(Provenance { file: Digest::of(b""), signer: None });
        }
        let error = newest(&listed, None).unwrap_err();
        assert!(error.contains("d was imported") && error.contains("--resume d"), "{error}");
        listed[1].imported = None;
        assert_eq!(newest(&listed, None).unwrap(), "c");
        listed[1].run.finished_at = Some(listed[1].run.started_at);
        assert!(newest(&listed[1..2], None).unwrap_err().contains("no interrupted run to resume"));
    }
}
