//! An inventory with everything that it takes to scan or judge: the files that it names, the
//! policy, the trusted authorities, the system's resolvers.

mod bounded_file;
mod policy;
mod private_file;
mod referenced_files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use policy::named_policy;

use super::error::RunsError;
use super::note::{Note, TakeNotes};
use crate::evidence::tls::TrustedRoots;
use crate::inventory;
use crate::inventory::{Diagnostic, Diagnostics, FileReferences, INVENTORY_OCTETS_MAX, Parsed};
use crate::model::{Goal, Inventory};
use crate::policy::{DEFAULT, Policy};
use crate::store::{COMMAND_LINE, RunInputs};

/// A usable inventory.
#[derive(Clone)]
pub struct LoadedInventory {
    /// What it says, its settings complete.
    pub inventory: Arc<Inventory>,
    /// The policy to judge by.
    pub policy: Arc<Policy>,
    /// The trusted authorities.
    pub trust: Arc<TrustedRoots>,
    /// Its name as given.
    pub file: String,
    /// Its text as read.
    pub text: Vec<u8>,
    /// The policy's name as given.
    pub policy_name: String,
    /// The policy's text.
    pub policy_yaml: String,
}

/// An inventory that has been read, while none of the files that it names has been opened.
pub struct ReadInventory {
    text: Vec<u8>,
    file: String,
    folder: PathBuf,
    parsed: Parsed,
}

/// Reads an inventory's own file.
///
/// # Errors
/// All that is wrong with it, with file, line and column.
pub fn read_inventory(path: &Path) -> Result<ReadInventory, RunsError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    ReadInventory::parse(inventory_text(path)?, &path.display().to_string(), folder)
}

impl ReadInventory {
    fn parse(text: Vec<u8>, file: &str, folder: &Path) -> Result<Self, RunsError> {
        let parsed = inventory::parse(&text, file).map_err(unusable)?;
        Ok(Self { text, file: file.to_owned(), folder: folder.to_owned(), parsed })
    }

    /// The files that it names and may name.
    pub fn files(&self) -> Vec<PathBuf> {
        referenced_files::that_may_be_opened(&self.parsed.files, &self.folder)
    }

    /// Reads everything that it names.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn complete(
        self,
        policy: Option<&str>,
        notes: TakeNotes<'_>,
    ) -> Result<LoadedInventory, RunsError> {
        load_inventory(self, policy, notes)
    }
}

/// Reads an inventory and the files that it names.
///
/// # Errors
/// As [`read_inventory`] and [`ReadInventory::complete`].
pub fn inventory_from_file(
    path: &Path,
    policy: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<LoadedInventory, RunsError> {
    read_inventory(path)?.complete(policy, notes)
}

/// Takes an inventory's text that is in no file.
///
/// # Errors
/// As [`inventory_from_file`].
pub fn inventory_from_text(
    text: Vec<u8>,
    name: &str,
    policy: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<LoadedInventory, RunsError> {
    ReadInventory::parse(text, name, Path::new(""))?.complete(policy, notes)
}

/// Takes names of the command line for services, and all else from an inventory: its settings with the files
/// that they name, networks, policy, language and time zone.
///
/// # Errors
/// As [`ReadInventory::complete`], and what is wrong with the names.
pub fn targets_with_inventory(
    targets: &[String],
    like: ReadInventory,
    policy: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<LoadedInventory, RunsError> {
    let like = like.complete(policy, notes)?;
    let text = inventory::for_targets(targets, Some(&like.inventory))?.into_bytes();
    let parsed = inventory::parse(&text, COMMAND_LINE).map_err(unusable)?;
    let settings = like.inventory.settings.clone();
    let inventory = Arc::new(Inventory { settings, ..parsed.inventory });
    Ok(LoadedInventory { inventory, text, file: COMMAND_LINE.to_owned(), ..like })
}

/// A stored run's inventory, with the settings and the policy that it was scanned with. Opens no
/// file.
///
/// # Errors
/// When this version can't read it any more.
pub fn restored_inventory(inputs: &RunInputs) -> Result<LoadedInventory, RunsError> {
    let RunInputs { inventory_file, inventory: text, policy_name, policy_yaml, .. } = inputs;
    let settings = inputs.settings.clone();
    let parsed = inventory::parse(text, inventory_file).map_err(unusable)?;
    let policy = policy::parse_policy(policy_name, policy_yaml)?;
    let trust = TrustedRoots::new(&settings.extra_ca).map_err(|_| {
        RunsError::operator("the run's `extra_ca` holds something that is no certificate")
    })?;
    Ok(LoadedInventory {
        inventory: Arc::new(Inventory { settings, ..parsed.inventory }),
        policy,
        trust: Arc::new(trust),
        file: inventory_file.clone(),
        text: text.clone(),
        policy_name: policy_name.clone(),
        policy_yaml: policy_yaml.clone(),
    })
}

/// The tables that a stored run's inventory names and may name.
pub fn origin_files(loaded: &LoadedInventory) -> Vec<PathBuf> {
    let Ok(Parsed { files, .. }) = inventory::parse(&loaded.text, &loaded.file) else {
        return Vec::new();
    };
    let FileReferences { routes, vrps, .. } = files;
    let folder = Path::new(&loaded.file).parent().unwrap_or(Path::new(""));
    let tables = FileReferences { routes, vrps, ..FileReferences::default() };
    referenced_files::that_may_be_opened(&tables, folder)
}

/// Looks again for what a stored run's inventory names on this machine: interfaces, which may have other
/// numbers now, and tables, of which the run itself holds only what was found in them. Where they are gone,
/// what is still missing stays unknown.
pub fn reread_what_is_named(loaded: &mut LoadedInventory, notes: TakeNotes<'_>) {
    let Ok(Parsed { files, .. }) = inventory::parse(&loaded.text, &loaded.file) else { return };
    if !files.interfaces.is_empty() {
        // After a restart an interface may have another number.
        let settings = &mut Arc::make_mut(&mut loaded.inventory).settings;
        if let Err(error) = referenced_files::number_interfaces(settings, &files) {
            notes(Note::Text(error.text()));
        }
    }
    if !loaded.inventory.settings.has_origin_data {
        return;
    }
    let folder = Path::new(&loaded.file).parent().unwrap_or(Path::new(""));
    match referenced_files::read_origin_table(&files, folder) {
        Ok(table) => Arc::make_mut(&mut loaded.inventory).settings.origin_table = table,
        Err(problem) => notes(Note::Diagnostic(problem)),
    }
}

/// Reads everything that an inventory's text names, and reports all that is wrong at once.
fn load_inventory(
    read: ReadInventory,
    policy_override: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<LoadedInventory, RunsError> {
    let ReadInventory { text, file, folder, parsed } = read;
    let Parsed { mut inventory, files, warnings, .. } = parsed;
    let folder = &*folder;
    for warning in warnings {
        notes(Note::Diagnostic(Box::new(warning)));
    }
    let settings = &mut inventory.settings;
    let mut problems = referenced_files::read_into(settings, &files, folder);
    referenced_files::number_interfaces(settings, &files)?;
    if settings.resolvers.is_empty() {
        settings.resolvers = referenced_files::system_resolvers()?;
    }
    let policy_name = match (policy_override, &inventory.policy) {
        (Some(name), _) => name.to_owned(),
        (None, name) => name.clone().unwrap_or_else(|| DEFAULT.to_owned()),
    };
    let policy = match policy_override {
        Some(name) => Some(named_policy(name)?),
        None => own_policy(&inventory, &files, folder, &mut problems)?,
    };
    let (Some((policy, policy_yaml)), true) = (policy, problems.is_empty()) else {
        return Err(unusable(Diagnostics::from(problems)));
    };
    if let Some(error) = policy::gate_without_services(&policy, &inventory)
        && file != COMMAND_LINE
    {
        return Err(error);
    }
    let trust = TrustedRoots::new(&inventory.settings.extra_ca).map_err(|index| {
        RunsError::operator(format!("certificate {} of `extra_ca` can't be used", index + 1))
    })?;
    let (inventory, trust) = (Arc::new(inventory), Arc::new(trust));
    Ok(LoadedInventory { inventory, policy, trust, file, text, policy_name, policy_yaml })
}

/// The policy that an inventory names, or a diagnostic where it names it.
fn own_policy(
    inventory: &Inventory,
    files: &FileReferences,
    folder: &Path,
    problems: &mut Vec<Diagnostic>,
) -> Result<Option<(Arc<Policy>, String)>, RunsError> {
    let name = inventory.policy.as_deref();
    let from = match name {
        Some(name) if files.policy_file.is_some() => folder.join(name),
        name => PathBuf::from(name.unwrap_or(DEFAULT)),
    };
    if let Some(place) = &files.policy_file
        && let Err(error) = private_file::refuse(&from, folder)
    {
        problems.push(place.error(&format!("can't be read: {error}"), None));
        return Ok(None);
    }
    match (
        named_policy(&from.display().to_string()),
        files.policy_file.as_ref().or(files.policy_name.as_ref()),
    ) {
        (Ok(policy), Some(place)) => {
            let fault = policy::gate_without_services(&policy.0, inventory);
            problems.extend(fault.map(|error| place.error(&error.text(), None)));
            Ok(Some(policy))
        }
        (Ok(policy), None) => Ok(Some(policy)),
        (Err(error), Some(place)) => {
            problems.push(place.error(&error.text(), None));
            Ok(None)
        }
        (Err(error), None) => Err(error),
    }
}

/// What is wrong with the files that an inventory in `folder` names. Each is opened and read, within its bounds.
///
/// # Errors
/// When the default policy can't be read.
pub fn problems_of_files(parsed: &Parsed, folder: &Path) -> Result<Vec<Diagnostic>, RunsError> {
    let mut settings = parsed.inventory.settings.clone();
    let mut problems = referenced_files::read_into(&mut settings, &parsed.files, folder);
    own_policy(&parsed.inventory, &parsed.files, folder, &mut problems)?;
    Ok(problems)
}

/// What the policy of an inventory demands of every service; nothing when it can't be read, which scans report.
pub fn goal_of_policy(parsed: &Parsed, folder: &Path) -> Option<Goal> {
    let policy = own_policy(&parsed.inventory, &parsed.files, folder, &mut Vec::new()).ok()??;
    policy.0.goal().cloned()
}

/// Reads an inventory's file, whose size is bounded as it is when it is read.
///
/// # Errors
/// When it can't be read.
pub fn inventory_text(path: &Path) -> Result<Vec<u8>, RunsError> {
    bounded_file::read_any(path, INVENTORY_OCTETS_MAX).map_err(|error| {
        RunsError::operator(format!("{}: the inventory can't be read: {error}", path.display()))
            .help("`v6ready inventory init` writes one to start from")
    })
}

/// An inventory's text, and the `id` that it gives itself. Opens no other file.
///
/// # Errors
/// When it can't be read.
pub fn text_and_id(path: &Path) -> Result<(Vec<u8>, Option<String>), RunsError> {
    let text = inventory_text(path)?;
    let parsed = inventory::parse(&text, &path.display().to_string());
    let id = parsed.map_err(unusable)?.inventory.id;
    Ok((text, id.as_deref().map(str::to_owned)))
}

fn unusable(problems: Diagnostics) -> RunsError {
    RunsError::operator("the inventory can't be used").problems(problems)
}
