//! The files that an inventory names, and the resolvers of the system.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::bounded_file;
use crate::evidence::dns::delegation::hints;
use crate::evidence::dns::dnssec::Anchors;
use crate::evidence::tls::TrustedRoots;
use crate::inventory::{Diagnostic, FileReference, FileReferences};
use crate::model::{OriginTable, Settings};
use crate::runs::error::RunsError;

/// Octets of certificates, root hints or trust anchors.
const OCTETS_MAX: usize = 16 << 20;

/// Octets of a table of routes or payloads; one of the whole Internet has some 100 MB.
const TABLE_OCTETS_MAX: usize = 1 << 30;

/// Puts what the files hold into the settings, and returns what is wrong with them.
pub(super) fn read_into(
    settings: &mut Settings,
    files: &FileReferences,
    folder: &Path,
) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    for reference in &files.extra_ca {
        match read_certificates(&folder.join(&reference.path)) {
            Ok(certificates) => settings.extra_ca.extend(certificates),
            Err(problem) => problems.push(reference.error(&problem, None)),
        }
    }
    let mut text_of = |reference: &Option<FileReference>| {
        let reference = reference.as_ref()?;
        bounded_file::read_text(&folder.join(&reference.path), OCTETS_MAX)
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
        bounded_file::read_text(&folder.join(&reference.path), TABLE_OCTETS_MAX)
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
fn read_certificates(path: &Path) -> Result<Vec<Vec<u8>>, String> {
    let octets =
        bounded_file::read(path, OCTETS_MAX).map_err(|error| format!("can't be read: {error}"))?;
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
pub(super) fn system_resolvers() -> Result<Vec<SocketAddr>, RunsError> {
    let (config, _) = hickory_resolver::system_conf::read_system_conf().map_err(|error| {
        RunsError::operator(format!("the system's resolvers can't be found out: {error}"))
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
