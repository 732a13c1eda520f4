//! The files that an inventory names, and the resolvers of the system.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resolv_conf::ScopedIp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{bounded_file, private_file};
use crate::evidence::dns::delegation::hints;
use crate::evidence::dns::dnssec::Anchors;
use crate::evidence::tls::TrustedRoots;
use crate::inventory::{
    Diagnostic, FileReference, FileReferences, InterfaceReference, ScopedAddress,
};
use crate::model::{OriginTable, Settings};
use crate::runs::error::RunsError;

/// Octets of certificates, root hints or trust anchors.
const OCTETS_MAX: usize = 16 << 20;

/// Octets of a table of routes or payloads; one of the whole Internet has some 100 MB.
const TABLE_OCTETS_MAX: usize = 1 << 30;

/// The files that an inventory in `folder` names and may name.
pub(super) fn that_may_be_opened(files: &FileReferences, folder: &Path) -> Vec<PathBuf> {
    let FileReferences { extra_ca, root_hints, trust_anchors, routes, vrps, policy_file, .. } =
        files;
    let single = [root_hints, trust_anchors, routes, vrps, policy_file];
    let named = extra_ca.iter().chain(single.into_iter().flatten());
    named.filter_map(|reference| path_of(reference, folder).ok()).collect()
}

/// Where a file is that an inventory in `folder` names.
fn path_of(reference: &FileReference, folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join(&reference.path);
    private_file::refuse(&path, folder)?;
    Ok(path)
}

/// Puts what the files hold into the settings, and returns what is wrong with them.
pub(super) fn read_into(
    settings: &mut Settings,
    files: &FileReferences,
    folder: &Path,
) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    for reference in &files.extra_ca {
        match read_certificates(path_of(reference, folder)) {
            Ok(certificates) => settings.extra_ca.extend(certificates),
            Err(problem) => problems.push(reference.error(&problem, None)),
        }
    }
    let mut text_of = |reference: &Option<FileReference>| {
        let reference = reference.as_ref()?;
        path_of(reference, folder)
            .and_then(|path| bounded_file::read_text(&path, OCTETS_MAX))
            .map_err(|error| {
                problems.push(reference.error(&format!("can't be read: {error}"), None))
            })
            .ok()
    };
    settings.root_hints = text_of(&files.root_hints);
    settings.trust_anchors = text_of(&files.trust_anchors);
    match read_origin_table(files, folder) {
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
    problems
}

/// The tables of routes and of the RPKI that an inventory names; `None` when it names none.
pub(super) fn read_origin_table(
    files: &FileReferences,
    folder: &Path,
) -> Result<Option<Arc<OriginTable>>, Box<Diagnostic>> {
    let text_of = |reference: &FileReference| {
        path_of(reference, folder)
            .and_then(|path| bounded_file::read_text(&path, TABLE_OCTETS_MAX))
            .map_err(|error| Box::new(reference.error(&format!("can't be read: {error}"), None)))
    };
    let Some(named) = &files.routes else { return Ok(None) };
    let routes = text_of(named)?;
    // Each table is read by itself first, so that a mistake is reported where its file is named.
    let table =
        OriginTable::parse(&routes, None).map_err(|error| Box::new(named.error(&error, None)))?;
    let Some(named) = &files.vrps else { return Ok(Some(Arc::new(table))) };
    let payloads = text_of(named)?;
    let table = OriginTable::parse(&routes, Some(&payloads))
        .map_err(|error| Box::new(named.error(&error, None)))?;
    Ok(Some(Arc::new(table)))
}

/// Certificates from a PEM file with any number of them, or a DER file with one.
fn read_certificates(path: io::Result<PathBuf>) -> Result<Vec<Vec<u8>>, String> {
    let octets = path
        .and_then(|path| bounded_file::read(&path, OCTETS_MAX))
        .map_err(|error| format!("can't be read: {error}"))?;
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

/// Puts the numbers of the interfaces that an inventory names into the settings.
///
/// # Errors
/// When this machine has no such interface.
pub(super) fn number_interfaces(
    settings: &mut Settings,
    files: &FileReferences,
) -> Result<(), RunsError> {
    for InterfaceReference { of, name } in &files.interfaces {
        let address = match of {
            ScopedAddress::Resolver(at) => settings.resolvers.get_mut(*at),
            ScopedAddress::Validator => settings.rpki_validator.as_mut(),
        };
        if let Some(SocketAddr::V6(address)) = address {
            address.set_scope_id(interface_number(name, *address.ip())?);
        }
    }
    Ok(())
}

fn interface_number(name: &str, address: Ipv6Addr) -> Result<u32, RunsError> {
    nix::net::if_::if_nametoindex(name).map_err(|error| {
        RunsError::operator(format!(
            "`{address}%{name}`: this machine has no network interface `{name}`: {error}"
        ))
        .help("`ip link` lists the interfaces; name another one behind the `%`")
    })
}

/// The resolvers that the system is configured with, each once.
pub(super) fn system_resolvers() -> Result<Vec<SocketAddr>, RunsError> {
    let unknown = |why: String| {
        RunsError::operator(format!("the system's resolvers can't be found out: {why}"))
            .help("name some under `settings.resolvers` of the inventory")
    };
    let text = bounded_file::read(Path::new(SYSTEM_RESOLVERS), OCTETS_MAX)
        .map_err(|error| unknown(format!("{SYSTEM_RESOLVERS}: {error}")))?;
    // A line that can't be read leaves the others as they are.
    let (config, _) = resolv_conf::Config::parse_with_errors(&text);
    let mut resolvers = Vec::new();
    for server in &config.nameservers {
        let address = match server {
            ScopedIp::V4(address) => SocketAddr::from((*address, 53)),
            ScopedIp::V6(address, None) => SocketAddr::from((*address, 53)),
            ScopedIp::V6(address, Some(zone)) => {
                let number = match zone.parse() {
                    Ok(number) => number,
                    Err(_) => interface_number(zone, *address)?,
                };
                SocketAddrV6::new(*address, 53, 0, number).into()
            }
        };
        if !resolvers.contains(&address) {
            resolvers.push(address);
        }
    }
    match resolvers.is_empty() {
        true => Err(unknown(format!("{SYSTEM_RESOLVERS} names none"))),
        false => Ok(resolvers),
    }
}

/// Where the system's resolvers are named (resolv.conf(5)).
const SYSTEM_RESOLVERS: &str = "/etc/resolv.conf";
