//! Files that an inventory names. This module never opens them: its caller does.

use std::fmt::Display;

use super::diagnostic::{Diagnostic, Weight};
use super::reader::Reader;
use super::tree::NodeId;
use super::values::text;

/// The files that the caller reads, relative to the inventory's own folder, to fill in
/// [`crate::model::Settings`] and the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReferences {
    /// Certificates of further trusted authorities, for `Settings::extra_ca`.
    pub extra_ca: Vec<FileReference>,
    /// Root hints, for `Settings::root_hints`.
    pub root_hints: Option<FileReference>,
    /// DNSSEC trust anchors, for `Settings::trust_anchors`.
    pub trust_anchors: Option<FileReference>,
    /// The table of routes, for `Settings::origin_table`.
    pub routes: Option<FileReference>,
    /// The table of validated payloads, for `Settings::origin_table`.
    pub vrps: Option<FileReference>,
    /// The policy, when it is a file: its name holds a `.` or a `/`.
    pub policy_file: Option<FileReference>,
    /// The policy, when it is a name; here so that an unknown name can be reported at its place.
    pub policy_name: Option<FileReference>,
    /// The interfaces of addresses that hold on one link alone.
    pub interfaces: Vec<InterfaceReference>,
}

/// An interface that the inventory names; its number, which goes into the settings, is this machine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceReference {
    /// Whose it is.
    pub of: ScopedAddress,
    /// Its name.
    pub name: String,
}

/// An address of the settings that may be one of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopedAddress {
    /// That of `Settings::resolvers`.
    Resolver(usize),
    /// `Settings::rpki_validator`.
    Validator,
}

/// A file's name and its place in the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReference {
    /// The path as it is written, or the policy's name.
    pub path: String,
    place: Diagnostic,
}

impl FileReference {
    /// An error at the place where the file is named: it can't be read, or holds nothing usable.
    pub fn error(&self, message: &str, help: Option<&str>) -> Diagnostic {
        self.place.restated(Weight::Error, message, help)
    }

    pub(crate) fn read(
        reader: &mut Reader<'_, '_>,
        node: NodeId,
        what: impl Display,
    ) -> Option<Self> {
        let path = reader.value(node, what, text::one_line)?;
        let span = reader.tree.node(node).span;
        let place = Diagnostic::new(reader.source, Weight::Error, span, "", None);
        Some(Self { path, place })
    }
}
