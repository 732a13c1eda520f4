//! Validates the chain from a trust anchor down to a name, zone cut by zone cut.

use std::sync::Arc;

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::anchors::{Anchor, Anchors, SignedZone};
use super::answer::{Answer, Citations, NoAnswer, ask};
use super::denial::{Denials, Denied};
use super::signatures::{Budget, Unproven, ZoneKeys, rrset, signatures};
use super::{Bogus, Dnssec, Insecure, Link, Security, Unknown};
use crate::evidence::dns::LookupFailure;
use crate::evidence::query::{Gap, Topic, View};
use crate::model;

/// What DNSSEC says of a name's records.
#[derive(PartialEq, Eq)]
struct DnssecOf(model::Name, model::RecordType);

impl Topic for DnssecOf {
    type Reading = Dnssec;
}

/// Reads what DNSSEC says of a name and type, following aliases.
pub fn dnssec(view: &View<'_>, name: &model::Name, record_type: model::RecordType) -> Arc<Dnssec> {
    view.remembered(DnssecOf(name.clone(), record_type), || find(view, name, record_type))
}

fn find(view: &View<'_>, name: &model::Name, record_type: model::RecordType) -> Dnssec {
    let mut found = Dnssec {
        links: Vec::new(),
        records: Vec::new(),
        signed_zone: None,
        observations: Vec::new(),
        is_pending: false,
    };
    let mut citations = Citations::default();
    let budget = Budget::default();
    let mut next = wire(name);
    // One turn for each alias; the number of links is bounded.
    while let Some(current) = next.take() {
        let text = model::Name::from_labels(current.iter());
        if found.links.iter().any(|link| link.name == text) {
            break;
        }
        if found.links.len() > view.settings.limits.cname_links {
            let security = Security::Unknown(Unknown::Gap(Gap::Limit));
            found.links.push(Link { zone: text.clone(), name: text, security });
            break;
        }
        let mut validator = ChainValidator::new(view, record_type, &budget);
        let mut end = validator.link(&current, &mut citations);
        if found.links.is_empty() && !matches!(end.security, Security::Insecure(_)) {
            found.signed_zone = validator.signed_zone.take();
        }
        if matches!(end.security, Security::Bogus(_)) {
            validator.confirm(&current, &mut end, &mut citations);
        }
        found.links.push(Link {
            name: text,
            zone: model::Name::from_labels(end.zone.iter()),
            security: end.security,
        });
        found.records = end.records;
        next = end.alias;
    }
    found.observations = citations.observations;
    found.is_pending = citations.is_pending;
    found
}

/// `None` for what can't be a name on the wire.
pub(super) fn wire(name: &model::Name) -> Option<Name> {
    let mut name = Name::from_labels(name.labels()?.iter().map(Vec::as_slice)).ok()?;
    name.set_fqdn(true);
    Some(name)
}

pub(super) struct ChainValidator<'v> {
    view: &'v View<'v>,
    kind: RecordType,
    budget: &'v Budget,
    /// The last signed zone on the way down.
    signed_zone: Option<SignedZone>,
}

/// How far one name was followed, and what came of it.
struct ChainLink {
    zone: Name,
    security: Security,
    records: Vec<Record>,
    alias: Option<Name>,
}

/// The keys in force below the last zone cut; else what is known of everything below it.
type Reached = Result<ZoneKeys, (Name, Security)>;

impl<'v> ChainValidator<'v> {
    pub(super) fn new(
        view: &'v View<'v>,
        record_type: model::RecordType,
        budget: &'v Budget,
    ) -> Self {
        Self { view, kind: RecordType::from(record_type.0), budget, signed_zone: None }
    }

    fn link(&mut self, name: &Name, citations: &mut Citations) -> ChainLink {
        let reached = self.descend(name, citations);
        let (zone, keys, mut security) = match reached {
            Ok(keys) => (keys.zone.clone(), Some(keys), Security::Secure),
            Err((zone, security)) => (zone, None, security),
        };
        let unknown =
            |security| ChainLink { zone: zone.clone(), security, records: Vec::new(), alias: None };
        // What is asked for is read whether it is authentic or not.
        let answer = match ask(self.view, name, self.kind, true, citations) {
            Ok(answer) => answer,
            Err(_) if security != Security::Secure => return unknown(security),
            Err(NoAnswer::NotObserved) => {
                return unknown(Security::Unknown(Unknown::Gap(Gap::NotObserved)));
            }
            Err(NoAnswer::Failed(failure)) => {
                return unknown(Security::Unknown(Unknown::Gap(failure.gap())));
            }
        };
        if let Some(keys) = &keys {
            security = self.judge(keys, name, &answer);
        }
        let records = rrset(&answer.wire.answers, name, self.kind);
        let alias = alias(&answer.wire.answers, name, self.kind);
        ChainLink { zone, security, records: records.into_iter().cloned().collect(), alias }
    }

    /// Goes from the anchor to the zone that holds `name`.
    fn descend(&mut self, name: &Name, citations: &mut Citations) -> Reached {
        let unknown = |zone: &Name, why| Err((zone.clone(), Security::Unknown(why)));
        let anchors = Anchors::of_view(self.view);
        let Some((anchors, zone)) =
            (*anchors).as_ref().and_then(|anchors| Some((anchors, anchors.zone_of(name)?)))
        else {
            return unknown(&Name::root(), Unknown::NoAnchor);
        };
        let trusted = anchors.of(&zone).into_iter().cloned().collect();
        self.signed_zone = Some(SignedZone { apex: zone.clone(), trusted });
        let mut keys = self.keys(&zone, &anchors.of(&zone), true, citations)?;
        // One turn for each label of the name, at most 127.
        for labels in usize::from(zone.num_labels()) + 1..=label_count(name) {
            let cut = name.trim_to(labels);
            let answer = match ask(self.view, &cut, RecordType::DS, true, citations) {
                Ok(answer) => answer,
                Err(NoAnswer::NotObserved) => {
                    return unknown(&keys.zone, Unknown::Gap(Gap::NotObserved));
                }
                Err(NoAnswer::Failed(failure)) => {
                    return unknown(&keys.zone, Unknown::Gap(failure.gap()));
                }
            };
            match self.cut(&keys, &cut, &answer) {
                Cut::None => {}
                Cut::NothingBelow => break,
                Cut::Signed(digests) => {
                    let trusted: Vec<&Anchor> = digests.iter().collect();
                    let reached = self.keys(&cut, &trusted, false, citations);
                    self.signed_zone = Some(SignedZone { apex: cut, trusted: digests });
                    keys = reached?;
                }
                Cut::End(security) => return Err((cut, security)),
            }
        }
        Ok(keys)
    }

    fn keys(
        &self,
        zone: &Name,
        trusted: &[&Anchor],
        anchored: bool,
        citations: &mut Citations,
    ) -> Reached {
        let fail = |security| Err((zone.clone(), security));
        let answer = match ask(self.view, zone, RecordType::DNSKEY, true, citations) {
            Ok(answer) => answer,
            Err(NoAnswer::NotObserved) => {
                return fail(Security::Unknown(Unknown::Gap(Gap::NotObserved)));
            }
            Err(NoAnswer::Failed(failure)) => {
                return fail(Security::Unknown(Unknown::Gap(failure.gap())));
            }
        };
        let answers = &answer.wire.answers;
        // The anchored zone is known to be signed: it is the resolver that leaves this out.
        if anchored && signatures(answers, zone, RecordType::DNSKEY).is_empty() {
            return fail(Security::Unknown(Unknown::ResolverStrips));
        }
        match ZoneKeys::authenticate(zone, answers, trusted, answer.at, self.budget) {
            Ok(keys) if keys.is_supported() => Ok(keys),
            Ok(_) => fail(Security::Insecure(Insecure::UnsupportedAlgorithm)),
            Err(unproven) => fail(security(unproven)),
        }
    }

    /// Reads a DS look-up.
    fn cut(&self, keys: &ZoneKeys, name: &Name, answer: &Answer) -> Cut {
        let answers = &answer.wire.answers;
        let found = rrset(answers, name, RecordType::DS);
        if found.len() > super::DNSSEC_KEYS_MAX {
            return Cut::End(Security::Unknown(Unknown::Gap(Gap::Limit)));
        }
        if !found.is_empty() {
            let verified = keys.verify(answers, name, RecordType::DS, answer.at, self.budget);
            return match verified {
                Ok(labels) if labels == name.num_labels() => Cut::Signed(digests(&found)),
                Ok(_) => Cut::End(Security::Bogus(Bogus::BadSignature)),
                Err(unproven) => Cut::End(security(unproven)),
            };
        }
        // A name with an alias has no other records, so there is no cut at it (RFC 1034 §3.6.2).
        if alias(answers, name, RecordType::DS).is_some() {
            return match keys.verify(answers, name, RecordType::CNAME, answer.at, self.budget) {
                Ok(_) => Cut::None,
                Err(unproven) => Cut::End(security(unproven)),
            };
        }
        let denials = match self.denials(keys, answer) {
            Ok(denials) => denials,
            Err(security) => return Cut::End(security),
        };
        match denials.of_ds(name) {
            Denied::InsecureDelegation | Denied::OptOut => {
                Cut::End(Security::Insecure(Insecure::NoDs))
            }
            Denied::TooManyIterations => Cut::End(Security::Insecure(Insecure::Nsec3Iterations)),
            Denied::Nothing => Cut::End(Security::Bogus(Bogus::BadDenial)),
            Denied::Absent if answer.wire.metadata.response_code == ResponseCode::NXDomain => {
                Cut::NothingBelow
            }
            Denied::Absent => Cut::None,
        }
    }

    fn denials<'r>(&self, keys: &'r ZoneKeys, answer: &'r Answer) -> Result<Denials<'r>, Security> {
        let section = &answer.wire.authorities;
        Denials::authenticate(keys, section, answer.at, self.budget).map_err(security)
    }

    /// Judges the final answer by the keys of its zone.
    pub(super) fn judge(&self, keys: &ZoneKeys, name: &Name, answer: &Answer) -> Security {
        let answers = &answer.wire.answers;
        let kind =
            if rrset(answers, name, self.kind).is_empty() { RecordType::CNAME } else { self.kind };
        if rrset(answers, name, kind).is_empty() {
            let exists = answer.wire.metadata.response_code == ResponseCode::NoError;
            let denials = match self.denials(keys, answer) {
                Ok(denials) => denials,
                Err(security) => return security,
            };
            return match denials.of_type(name, self.kind, exists) {
                Denied::Absent => Security::Secure,
                Denied::OptOut | Denied::InsecureDelegation => Security::Insecure(Insecure::NoDs),
                Denied::TooManyIterations => Security::Insecure(Insecure::Nsec3Iterations),
                Denied::Nothing => Security::Bogus(Bogus::BadDenial),
            };
        }
        let labels = match keys.verify(answers, name, kind, answer.at, self.budget) {
            Ok(labels) => labels,
            Err(unproven) => {
                return self.synthesised(keys, name, answer).unwrap_or(security(unproven));
            }
        };
        if labels == name.num_labels() {
            return Security::Secure;
        }
        match self.denials(keys, answer).map(|denials| denials.of_expansion(name, labels)) {
            Ok(Denied::Absent) => Security::Secure,
            Ok(Denied::OptOut) => Security::Insecure(Insecure::NoDs),
            Ok(Denied::TooManyIterations) => Security::Insecure(Insecure::Nsec3Iterations),
            Ok(_) => Security::Bogus(Bogus::BadDenial),
            Err(security) => security,
        }
    }

    /// A CNAME that follows from a signed DNAME has no signature of its own (RFC 6672 §5.3.1).
    fn synthesised(&self, keys: &ZoneKeys, name: &Name, answer: &Answer) -> Option<Security> {
        let answers = &answer.wire.answers;
        let target = alias(answers, name, self.kind)?;
        let dname = answers.iter().find(|record| {
            record.record_type() == RecordType::DNAME
                && record.name != *name
                && record.name.zone_of(name)
        })?;
        let RData::Unknown { rdata, .. } = &dname.data else { return None };
        let (to, rest) = read_name(&rdata.anything)?;
        let own = usize::from(name.num_labels()) - usize::from(dname.name.num_labels());
        let prefix = Name::from_labels(name.iter().take(own)).ok()?;
        let expected = prefix.append_name(&to).ok()?;
        if !rest.is_empty() || expected.to_lowercase() != target.to_lowercase() {
            return None;
        }
        Some(match keys.verify(answers, &dname.name, RecordType::DNAME, answer.at, self.budget) {
            Ok(_) => Security::Secure,
            Err(unproven) => security(unproven),
        })
    }

    /// Before anything is called bogus, the resolver is asked the usual way: one that vouches for
    /// the very name contradicts what it showed before.
    fn confirm(&self, name: &Name, end: &mut ChainLink, citations: &mut Citations) {
        let vouches = match ask(self.view, name, self.kind, false, citations) {
            Ok(answer) => answer.wire.metadata.authentic_data,
            Err(NoAnswer::NotObserved) => {
                end.security = Security::Unknown(Unknown::Gap(Gap::NotObserved));
                return;
            }
            // An RCODE is what a validating resolver says of what is bogus. Silence says nothing.
            Err(NoAnswer::Failed(LookupFailure::Rcode(_))) => false,
            Err(NoAnswer::Failed(failure)) => {
                end.security = Security::Unknown(Unknown::Gap(failure.gap()));
                return;
            }
        };
        if vouches {
            end.security = Security::Unknown(Unknown::ResolverDisagrees);
        }
    }
}

/// What a DS look-up shows.
enum Cut {
    /// No zone begins at this name.
    None,
    /// There is nothing at this name nor below it.
    NothingBelow,
    /// A signed zone begins here.
    Signed(Vec<Anchor>),
    /// Here the chain of trust ends.
    End(Security),
}

fn digests(records: &[&Record]) -> Vec<Anchor> {
    records
        .iter()
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DS(ds)) => Some(Anchor::Ds(ds.clone())),
            _ => None,
        })
        .collect()
}

/// The alias target of a name in an answer that doesn't hold the wanted type itself.
fn alias(answers: &[Record], name: &Name, kind: RecordType) -> Option<Name> {
    if !rrset(answers, name, kind).is_empty() {
        return None;
    }
    rrset(answers, name, RecordType::CNAME).iter().find_map(|record| match &record.data {
        RData::CNAME(target) => Some(target.0.to_lowercase()),
        _ => None,
    })
}

/// Reads an uncompressed name; returns it and what follows.
fn read_name(octets: &[u8]) -> Option<(Name, &[u8])> {
    let (mut labels, mut rest) = (Vec::new(), octets);
    loop {
        let (length, after) = rest.split_first()?;
        match *length {
            0 => {
                let mut name = Name::from_labels(labels).ok()?;
                name.set_fqdn(true);
                return Some((name, after));
            }
            1..=63 => {
                let (label, after) = after.split_at_checked(usize::from(*length))?;
                labels.push(label);
                rest = after;
            }
            _ => return None,
        }
    }
}

/// Labels including a leading `*`, which [`Name::num_labels`] leaves out.
fn label_count(name: &Name) -> usize {
    name.iter().count()
}

pub(super) fn security(unproven: Unproven) -> Security {
    match unproven {
        Unproven::Bogus(bogus) => Security::Bogus(bogus),
        Unproven::BudgetSpent => Security::Unknown(Unknown::Gap(Gap::Limit)),
        Unproven::Undated => Security::Unknown(Unknown::Gap(Gap::OurClock)),
        Unproven::Unsupported => Security::Insecure(Insecure::UnsupportedAlgorithm),
    }
}
