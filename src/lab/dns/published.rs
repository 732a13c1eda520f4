//! A zone as its servers publish it, ready to be signed and to be asked.

use std::collections::BTreeMap;

use hickory_proto::rr::{Name, RData, Record, RecordType};

/// How long everything in the lab may be remembered.
pub(super) const TTL_S: u32 = 300;

/// The records of one name, by type.
pub(super) type Node = BTreeMap<RecordType, Vec<Record>>;

/// A zone's authoritative records and its cuts, in canonical order (RFC 4034 §6.1).
#[derive(Clone, Debug)]
pub(in crate::lab) struct PublishedZone {
    /// The apex.
    pub apex: Name,
    /// The authoritative records. Whoever signs the zone adds to them.
    pub nodes: BTreeMap<Name, Node>,
    /// The proofs that nothing lies between two names, by the first of them (RFC 4034 §4).
    pub denials: BTreeMap<Name, Vec<Record>>,
    /// The delegations, by the child's apex.
    pub cuts: BTreeMap<Name, Cut>,
}

/// A delegation.
#[derive(Clone, Debug, Default)]
pub(in crate::lab) struct Cut {
    /// The child's NS records as the parent has them: not authoritative, never signed.
    pub ns: Vec<Record>,
    /// The child's DS records and what covers them: authoritative here (RFC 4035 §2.4).
    pub ds: Vec<Record>,
    /// Addresses of the child's servers: not authoritative either.
    pub glue: Vec<Record>,
}

impl PublishedZone {
    pub fn new(apex: Name) -> Self {
        Self { apex, nodes: BTreeMap::new(), denials: BTreeMap::new(), cuts: BTreeMap::new() }
    }

    /// Whether a name is one of the zone's own name servers'.
    pub fn names_server(&self, name: &Name) -> bool {
        let servers = self.nodes.get(&self.apex).and_then(|node| node.get(&RecordType::NS));
        let mut servers = servers.into_iter().flatten();
        servers.any(|record| matches!(&record.data, RData::NS(server) if server.0 == *name))
    }

    /// Adds an authoritative record.
    pub fn add(&mut self, owner: Name, data: RData) {
        let records = self.nodes.entry(owner.clone()).or_default();
        let records = records.entry(data.record_type()).or_default();
        let record = Record::from_rdata(owner, TTL_S, data);
        if !records.contains(&record) {
            records.push(record);
        }
    }

    /// The cut at or above a name, if it lies below one.
    pub fn cut_above(&self, name: &Name) -> Option<(&Name, &Cut)> {
        self.cuts.iter().find(|(apex, _)| apex.zone_of(name))
    }

    /// Whether a name exists, itself or because others lie below it (RFC 4592 §2.2.2).
    pub fn exists(&self, name: &Name) -> bool {
        let below = |other: &Name| name.zone_of(other);
        self.nodes.keys().any(below) || self.cuts.keys().any(below)
    }

    /// The records of a name: its own, or those of the wildcard that matches it (RFC 4592 §3.3).
    pub fn node(&self, name: &Name) -> Option<&Node> {
        if self.exists(name) {
            return self.nodes.get(name);
        }
        let mut encloser = name.base_name();
        while encloser != self.apex && !encloser.is_root() && !self.exists(&encloser) {
            encloser = encloser.base_name();
        }
        self.nodes.get(&encloser.prepend_label("*").ok()?)
    }

    /// The deepest name at or above this one that exists.
    pub fn encloser(&self, name: &Name) -> Name {
        let mut encloser = name.clone();
        while encloser != self.apex && !encloser.is_root() && !self.exists(&encloser) {
            encloser = encloser.base_name();
        }
        encloser
    }

    /// What proves that a name does not exist, or which types it has: its own NSEC, or the one
    /// into whose gap it falls.
    pub fn denial(&self, name: &Name) -> &[Record] {
        self.denials.range(..=name).next_back().map_or(&[], |(_, records)| records)
    }
}
