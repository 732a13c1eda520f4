//! An inventory with everything that it takes to scan or judge: the files that it names, the
//! policy, the trusted authorities, the system's resolvers.

mod policy;
mod referenced_files;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use policy::named_policy;

use super::error::CliError;
use super::terminal;
use crate::evidence::tls::TrustedRoots;
use crate::inventory;
use crate::inventory::{Diagnostics, Parsed};
use crate::model::{Inventory, Settings};
use crate::policy::{DEFAULT, Policy};

/// A usable inventory.
pub(super) struct LoadedInventory {
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

/// Reads an inventory and the files that it names.
///
/// # Errors
/// All that is wrong with it, with file, line and column.
pub(super) fn inventory_from_file(
    path: &Path,
    policy: Option<&str>,
) -> Result<LoadedInventory, CliError> {
    let text = fs::read(path).map_err(|error| {
        CliError::operator(format!("{}: the inventory can't be read: {error}", path.display()))
            .help("`v6ready inventory init` writes one to start from")
    })?;
    load_inventory(
        text,
        &path.display().to_string(),
        path.parent().unwrap_or(Path::new("")),
        policy,
    )
}

/// Takes an inventory's text that is in no file.
///
/// # Errors
/// As [`inventory_from_file`].
pub(super) fn inventory_from_text(
    text: Vec<u8>,
    name: &str,
    policy: Option<&str>,
) -> Result<LoadedInventory, CliError> {
    load_inventory(text, name, Path::new(""), policy)
}

/// A stored run's inventory, with the settings and the policy that it was scanned with. Opens no
/// file.
///
/// # Errors
/// When this version can't read it any more.
pub(super) fn restored_inventory(
    file: &str,
    text: &[u8],
    settings: Settings,
    policy_name: &str,
    policy_yaml: &str,
) -> Result<LoadedInventory, CliError> {
    let parsed = inventory::parse(text, file).map_err(|problems| unusable(&problems))?;
    let policy = policy::parse_policy(policy_name, policy_yaml)?;
    let trust = TrustedRoots::new(&settings.extra_ca).map_err(|_| {
        CliError::operator("the run's `extra_ca` holds something that is no certificate")
    })?;
    Ok(LoadedInventory {
        inventory: Arc::new(Inventory { settings, ..parsed.inventory }),
        policy,
        trust: Arc::new(trust),
        file: file.to_owned(),
        text: text.to_vec(),
        policy_name: policy_name.to_owned(),
        policy_yaml: policy_yaml.to_owned(),
    })
}

/// Reads the tables again that a stored run's inventory names: the run itself holds only what was
/// found in them. Where they are gone, what is still missing stays unknown.
pub(super) fn reread_origin_table(loaded: &mut LoadedInventory) {
    if !loaded.inventory.settings.has_origin_data {
        return;
    }
    let Ok(Parsed { files, .. }) = inventory::parse(&loaded.text, &loaded.file) else { return };
    let folder = Path::new(&loaded.file).parent().unwrap_or(Path::new(""));
    match referenced_files::read_origin_table(&files, folder) {
        Ok(table) => Arc::make_mut(&mut loaded.inventory).settings.origin_table = table,
        Err(problem) => terminal::note(terminal::render_diagnostic(&problem)),
    }
}

/// Reads everything that an inventory's text names, and reports all that is wrong at once.
fn load_inventory(
    text: Vec<u8>,
    file: &str,
    folder: &Path,
    policy_override: Option<&str>,
) -> Result<LoadedInventory, CliError> {
    let Parsed { mut inventory, files, warnings } =
        inventory::parse(&text, file).map_err(|problems| unusable(&problems))?;
    for warning in &warnings {
        terminal::note(terminal::render_diagnostic(warning));
    }
    let settings = &mut inventory.settings;
    let mut problems = referenced_files::read_into(settings, &files, folder);
    if settings.resolvers.is_empty() {
        settings.resolvers = referenced_files::system_resolvers()?;
    }
    let place = files.policy_file.as_ref().or(files.policy_name.as_ref());
    let (policy_name, from): (String, PathBuf) = match (policy_override, &inventory.policy) {
        (Some(name), _) => (name.to_owned(), PathBuf::from(name)),
        (None, Some(name)) if files.policy_file.is_some() => (name.clone(), folder.join(name)),
        (None, Some(name)) => (name.clone(), PathBuf::from(name)),
        (None, None) => (DEFAULT.to_owned(), PathBuf::from(DEFAULT)),
    };
    let policy = match (named_policy(&from.display().to_string()), place) {
        (Ok(policy), _) => Some(policy),
        (Err(error), Some(place)) if policy_override.is_none() => {
            problems.push(place.error(&error.text(), None));
            None
        }
        (Err(error), _) => return Err(error),
    };
    let (Some((policy, policy_yaml)), true) = (policy, problems.is_empty()) else {
        return Err(unusable(&Diagnostics::from(problems)));
    };
    let trust = TrustedRoots::new(&inventory.settings.extra_ca).map_err(|index| {
        CliError::operator(format!("certificate {} of `extra_ca` can't be used", index + 1))
    })?;
    let file = file.to_owned();
    let (inventory, trust) = (Arc::new(inventory), Arc::new(trust));
    Ok(LoadedInventory { inventory, policy, trust, file, text, policy_name, policy_yaml })
}

fn unusable(problems: &Diagnostics) -> CliError {
    let problems = terminal::render_diagnostics(problems);
    CliError::operator(format!("the inventory can't be used:\n{problems}"))
}
