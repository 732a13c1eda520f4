//! An inventory with everything that it takes to scan or judge: the files that it names, the
//! policy, the trusted authorities, the system's resolvers.

use std::fs;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::CliError;
use crate::evidence::dns::delegation::hints;
use crate::evidence::dns::dnssec::Anchors;
use crate::evidence::tls::TrustedRoots;
use crate::inventory::{Diagnostic, Diagnostics, FileReference, FileReferences, Parsed};
use crate::model::{Inventory, OriginTable, Settings, Stage, Target};
use crate::policy::Policy;
use crate::{check, inventory, policy};

/// A usable inventory.
pub(super) struct Loaded {
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

/// Stands for the inventory's file where names were given on the command line.
pub(super) const COMMAND_LINE: &str = "(command line)";

/// Reads an inventory and the files that it names.
///
/// # Errors
/// All that is wrong with it, with file, line and column.
pub(super) fn from_file(path: &Path, policy: Option<&str>) -> Result<Loaded, CliError> {
    let text = fs::read(path).map_err(|error| {
        CliError::mend(format!("{}: the inventory can't be read: {error}", path.display()))
            .help("`v6ready inventory init` writes one to start from")
    })?;
    complete(text, &path.display().to_string(), path.parent().unwrap_or(Path::new("")), policy)
}

/// Takes an inventory's text that stands in no file.
///
/// # Errors
/// As [`from_file`].
pub(super) fn from_text(
    text: Vec<u8>,
    name: &str,
    policy: Option<&str>,
) -> Result<Loaded, CliError> {
    complete(text, name, Path::new(""), policy)
}

/// A stored run's inventory, with the settings and the policy that it was scanned with. Opens no
/// file.
///
/// # Errors
/// When this version can't read it any more.
pub(super) fn restored(
    file: &str,
    text: &[u8],
    settings: Settings,
    policy_name: &str,
    policy_yaml: &str,
) -> Result<Loaded, CliError> {
    let parsed = inventory::parse(text, file).map_err(|problems| refused(&problems))?;
    let policy = parse_policy(policy_name, policy_yaml)?;
    let trust = TrustedRoots::new(&settings.extra_ca).map_err(|_| {
        CliError::mend("the run's `extra_ca` holds something that is no certificate")
    })?;
    Ok(Loaded {
        inventory: Arc::new(Inventory { settings, ..parsed.inventory }),
        policy,
        trust: Arc::new(trust),
        file: file.to_owned(),
        text: text.to_vec(),
        policy_name: policy_name.to_owned(),
        policy_yaml: policy_yaml.to_owned(),
    })
}

/// A policy by its built-in name, or from a file, with its text.
///
/// # Errors
/// When there is no such policy or its text is none.
pub(super) fn policy(name: &str) -> Result<(Arc<Policy>, String), CliError> {
    if let Some(yaml) = policy::built_in(name) {
        return Ok((parse_policy(name, yaml)?, yaml.to_owned()));
    }
    let yaml = fs::read_to_string(name).map_err(|error| {
        let known: Vec<_> = policy::BUILT_IN.iter().map(|(name, _)| *name).collect();
        CliError::mend(format!(
            "`{name}` is no built-in policy, and no file that can be read: {error}"
        ))
        .help(format!("built in are {}", known.join(" and ")))
    })?;
    Ok((parse_policy(name, &yaml)?, yaml))
}

/// The tables of routes and of the RPKI that an inventory names; `None` when it names none.
fn origin_table(
    files: &FileReferences,
    folder: &Path,
) -> Result<Option<Arc<OriginTable>>, Box<Diagnostic>> {
    let text_of = |reference: &FileReference| {
        fs::read_to_string(folder.join(&reference.path))
            .map_err(|error| Box::new(reference.error(&format!("can't be read: {error}"), None)))
    };
    let Some(named) = &files.routes else { return Ok(None) };
    let routes = text_of(named)?;
    // Each table is read by itself first, so that a mistake is told where its file is named.
    let table =
        OriginTable::parse(&routes, None).map_err(|error| Box::new(named.error(&error, None)))?;
    let Some(named) = &files.vrps else { return Ok(Some(Arc::new(table))) };
    let payloads = text_of(named)?;
    let table = OriginTable::parse(&routes, Some(&payloads))
        .map_err(|error| Box::new(named.error(&error, None)))?;
    Ok(Some(Arc::new(table)))
}

/// Reads the tables again that a stored run's inventory names: the run itself holds only what was
/// found in them. Where they are gone, what is still missing stays unknown.
pub(super) fn reread_origin_table(loaded: &mut Loaded) {
    if !loaded.inventory.settings.has_origin_data {
        return;
    }
    let Ok(Parsed { files, .. }) = inventory::parse(&loaded.text, &loaded.file) else { return };
    let folder = Path::new(&loaded.file).parent().unwrap_or(Path::new(""));
    match origin_table(&files, folder) {
        Ok(table) => Arc::make_mut(&mut loaded.inventory).settings.origin_table = table,
        Err(problem) => eprintln!("{}", problem.render(std::io::stderr().is_terminal())),
    }
}

fn complete(
    text: Vec<u8>,
    file: &str,
    folder: &Path,
    policy_override: Option<&str>,
) -> Result<Loaded, CliError> {
    let Parsed { mut inventory, files, warnings } =
        inventory::parse(&text, file).map_err(|problems| refused(&problems))?;
    for warning in &warnings {
        eprintln!("{}", warning.render(std::io::stderr().is_terminal()));
    }
    let mut problems: Vec<Diagnostic> = Vec::new();
    let settings = &mut inventory.settings;
    for reference in &files.extra_ca {
        match certificates(&folder.join(&reference.path)) {
            Ok(certificates) => settings.extra_ca.extend(certificates),
            Err(problem) => problems.push(reference.error(&problem, None)),
        }
    }
    let mut text_of = |reference: &Option<FileReference>| {
        let reference = reference.as_ref()?;
        fs::read_to_string(folder.join(&reference.path))
            .map_err(|error| {
                problems.push(reference.error(&format!("can't be read: {error}"), None))
            })
            .ok()
    };
    settings.root_hints = text_of(&files.root_hints);
    settings.trust_anchors = text_of(&files.trust_anchors);
    match origin_table(&files, folder) {
        Ok(table) => {
            settings.has_origin_data = table.is_some();
            settings.origin_table = table;
        }
        Err(problem) => problems.push(*problem),
    }
    if let (Some(text), Some(reference)) = (&settings.root_hints, &files.root_hints)
        && hints::addresses(text) == 0
    {
        problems.push(reference.error("names no address of a root server", None));
    }
    if let (Some(text), Some(reference)) = (&settings.trust_anchors, &files.trust_anchors)
        && let Err(error) = Anchors::read(Some(text))
    {
        problems.push(reference.error(&format!("{}: {error}", reference.path), None));
    }
    if settings.resolvers.is_empty() {
        settings.resolvers = system_resolvers()?;
    }
    let place = files.policy_file.as_ref().or(files.policy_name.as_ref());
    let (policy_name, from): (String, PathBuf) = match (policy_override, &inventory.policy) {
        (Some(name), _) => (name.to_owned(), PathBuf::from(name)),
        (None, Some(name)) if files.policy_file.is_some() => (name.clone(), folder.join(name)),
        (None, Some(name)) => (name.clone(), PathBuf::from(name)),
        (None, None) => (policy::DEFAULT.to_owned(), PathBuf::from(policy::DEFAULT)),
    };
    let policy = match (policy(&from.display().to_string()), place) {
        (Ok(policy), _) => Some(policy),
        (Err(stop), Some(place)) if policy_override.is_none() => {
            problems.push(place.error(&stop.message(), None));
            None
        }
        (Err(stop), _) => return Err(stop),
    };
    let (Some((policy, policy_yaml)), true) = (policy, problems.is_empty()) else {
        return Err(refused(&Diagnostics::from(problems)));
    };
    let trust = TrustedRoots::new(&inventory.settings.extra_ca).map_err(|index| {
        CliError::mend(format!("certificate {} of `extra_ca` can't be used", index + 1))
    })?;
    let file = file.to_owned();
    let (inventory, trust) = (Arc::new(inventory), Arc::new(trust));
    Ok(Loaded { inventory, policy, trust, file, text, policy_name, policy_yaml })
}

fn refused(problems: &Diagnostics) -> CliError {
    let color = std::io::stderr().is_terminal();
    CliError::mend(format!("the inventory can't be used:\n{}", problems.render(color)))
}

fn parse_policy(name: &str, yaml: &str) -> Result<Arc<Policy>, CliError> {
    let knows = |id: &str, reason: Option<&str>| {
        check::find(id).is_some_and(|check| {
            reason.is_none_or(|reason| check.reasons.iter().any(|known| known.id == reason))
        })
    };
    let policy = Policy::parse(name, yaml, knows).map_err(CliError::of_error)?;
    // A stage can't depend on what is said of the stage.
    let gates = |kind: &str| {
        Stage::ALL.into_iter().filter_map(|stage| policy.gates_of(kind, stage)).flatten().find(
            |id| {
                check::find(id).is_some_and(|check| !check.may_gate() && check.is_about_services())
            },
        )
    };
    if let Some(id) = Target::KINDS.into_iter().find_map(gates) {
        return Err(CliError::mend(format!(
            "the policy `{name}` gates a stage by `{id}`, which is about the stage itself"
        ))
        .help(format!("delete `{id}` from `stages` and `kinds`; its severity can be set")));
    }
    Ok(Arc::new(policy))
}

/// Certificates from a PEM file with any number of them, or a DER file with one.
fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, String> {
    let octets = fs::read(path).map_err(|error| format!("can't be read: {error}"))?;
    let found: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(&octets)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("is no PEM file: {error}"))?;
    let found = if found.is_empty() { vec![octets] } else { found };
    match TrustedRoots::new(&found) {
        Ok(_) => Ok(found),
        Err(index) => Err(format!("certificate {} in it can't be used", index + 1)),
    }
}

/// The resolvers that the system is configured with, each once.
fn system_resolvers() -> Result<Vec<SocketAddr>, CliError> {
    let (config, _) = hickory_resolver::system_conf::read_system_conf().map_err(|error| {
        CliError::mend(format!("the system's resolvers can't be found out: {error}"))
            .help("name some under `settings.resolvers` of the inventory")
    })?;
    let mut resolvers = Vec::new();
    for server in config.name_servers() {
        let address = SocketAddr::new(server.ip, 53);
        if !resolvers.contains(&address) {
            resolvers.push(address);
        }
    }
    Ok(resolvers)
}
