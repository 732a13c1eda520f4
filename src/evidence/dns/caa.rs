//! Which authorities may issue certificates for a name (RFC 8659).

use super::{LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{CaaIssuer, Name, ObservationId, RecordData, RecordType};

mod authorities;

use authorities::AUTHORITIES;

/// Tags that are known: those of RFC 8659 §4, the contacts of the CA/Browser Forum's Baseline
/// Requirements (Appendix A.1), RFC 9495 (S/MIME) and the mark certificates' `issuevmc`.
const KNOWN_TAGS: [&str; 7] =
    ["issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"];

/// The relevant CAA records of a name: its own, or those of the closest name above that has any.
#[derive(Clone, Debug)]
pub struct Caa {
    /// Where they were found; `None` where no name up to the top-level domain has any.
    pub found_at: Option<Name>,
    /// The properties there.
    pub properties: Vec<Property>,
    /// Why the climb stopped before there were records or the root, when it did.
    pub stopped: Option<Gap>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Whether issuers that don't know the tag must refuse.
    pub critical: bool,
    /// Its tag, in lower case.
    pub tag: String,
    /// Its value. Hostile text.
    pub value: String,
}

/// What CAA records say of one authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It is named, by this domain.
    Allowed(String),
    /// Nothing restricts issuing.
    Unrestricted,
    /// Others are named, or no authority at all.
    Forbidden,
    /// A critical property with an unknown tag forbids every authority to issue.
    CriticalUnknown,
    /// The authority, or one that is named, is not known here.
    Unknown,
}

/// Climbs from a name to the closest CAA records (RFC 8659 §3); the root itself is not asked.
pub fn caa(view: &View<'_>, name: &Name) -> Caa {
    let mut caa =
        Caa { found_at: None, properties: Vec::new(), stopped: None, observations: Vec::new() };
    let mut next = Some(name.clone());
    // One turn for each label of the name, at most 127.
    while let Some(current) = next.take().filter(|name| !name.is_root()) {
        let lookup = resolve(view, &current, RecordType::CAA);
        caa.observations.extend(&lookup.observations);
        caa.stopped = lookup.gap();
        match lookup.status {
            LookupStatus::Found => {
                caa.properties = lookup.records.into_iter().filter_map(property).collect();
                caa.found_at = Some(current);
            }
            LookupStatus::NoData | LookupStatus::NxDomain => next = current.parent(),
            _ => {}
        }
    }
    caa
}

fn property(data: RecordData) -> Option<Property> {
    match data {
        RecordData::Caa { critical, tag, value } => Some(Property { critical, tag, value }),
        _ => None,
    }
}

impl Caa {
    /// Whether an authority may issue for the name, or for a wildcard below it. `issuer` holds what
    /// the authority calls itself in its certificate, `declared` whom the inventory adds to the
    /// authorities that are known.
    pub fn permission(
        &self,
        is_wildcard: bool,
        issuer: &[String],
        declared: &[CaaIssuer],
    ) -> Permission {
        let unknown = |p: &Property| p.critical && !KNOWN_TAGS.contains(&p.tag.as_str());
        if self.properties.iter().any(unknown) {
            return Permission::CriticalUnknown;
        }
        let of = |tag| self.properties.iter().filter(move |property| property.tag == tag);
        let tag =
            if is_wildcard && of("issuewild").next().is_some() { "issuewild" } else { "issue" };
        if of(tag).next().is_none() {
            return Permission::Unrestricted;
        }
        let named: Vec<String> = of(tag).filter_map(|property| domain(&property.value)).collect();
        if named.is_empty() {
            return Permission::Forbidden;
        }
        let own = domains(issuer, declared);
        if let Some(domain) = named.iter().find(|domain| own.contains(&domain.as_str())) {
            return Permission::Allowed(domain.clone());
        }
        let is_known = |domain: &String| {
            AUTHORITIES.iter().any(|(_, domains)| domains.contains(&domain.as_str()))
                || declared.iter().any(|known| known.domain.as_str() == domain)
        };
        // A domain that is not known here may be one more of this authority's own.
        if !own.is_empty() && named.iter().all(is_known) {
            Permission::Forbidden
        } else {
            Permission::Unknown
        }
    }
}

/// The domains by which an authority may be named.
fn domains<'a>(issuer: &[String], declared: &'a [CaaIssuer]) -> Vec<&'a str> {
    let known = AUTHORITIES
        .iter()
        .filter(|(names, _)| names.iter().any(|name| issuer.iter().any(|own| own == name)));
    let declared = declared.iter().filter(|known| issuer.contains(&known.issuer));
    known
        .flat_map(|(_, domains)| domains.iter().copied())
        .chain(declared.map(|known| known.domain.as_str()))
        .collect()
}

/// The domain of an `issue` value (RFC 8659 §4.2), without its parameters. What doesn't follow the
/// grammar names no authority.
fn domain(value: &str) -> Option<String> {
    let domain = value.split(';').next()?.trim_matches([' ', '\t']).trim_end_matches('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    domain.split('.').all(is_label).then(|| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(properties: &[(bool, &str, &str)]) -> Caa {
        let property = |(critical, tag, value): &(bool, &str, &str)| Property {
            critical: *critical,
            tag: (*tag).to_owned(),
            value: (*value).to_owned(),
        };
        Caa {
            found_at: None,
            properties: properties.iter().map(property).collect(),
            stopped: None,
            observations: Vec::new(),
        }
    }

    #[test]
    fn who_may_issue() {
        use Permission::{CriticalUnknown, Forbidden, Unknown, Unrestricted};
        let allowed = |domain: &str| Permission::Allowed(domain.to_owned());
        let ours = Name::from_presentation("ca.tinh.example");
        let declared = [CaaIssuer { issuer: "Our CA".to_owned(), domain: ours }];
        type Row<'a> = (&'a [(bool, &'a str, &'a str)], &'a str, bool, Permission);
        let rows: Vec<Row<'_>> = vec![
            (
                &[(false, "issue", "letsencrypt.org")],
                "Let's Encrypt",
                false,
                allowed("letsencrypt.org"),
            ),
            (
                &[(true, "issue", " LetsEncrypt.org ; accounturi=x")],
                "Let's Encrypt",
                false,
                allowed("letsencrypt.org"),
            ),
            (&[(false, "issue", "ca.tinh.example")], "Our CA", false, allowed("ca.tinh.example")),
            (&[(false, "issue", "pki.goog")], "Let's Encrypt", false, Forbidden),
            (&[(false, "issue", ";")], "Nobody", false, Forbidden),
            (&[(false, "issue", "%%%%%")], "Let's Encrypt", false, Forbidden),
            (
                &[(false, "issue", ";"), (false, "issue", "letsencrypt.org")],
                "Let's Encrypt",
                false,
                allowed("letsencrypt.org"),
            ),
            // What is not known is never guessed.
            (&[(false, "issue", "pki.goog")], "Nobody", false, Unknown),
            (&[(false, "issue", "new-domain.example")], "Let's Encrypt", false, Unknown),
            (&[(false, "iodef", "mailto:a@b.example")], "Let's Encrypt", false, Unrestricted),
            (&[], "Let's Encrypt", false, Unrestricted),
            (
                &[(true, "tbs", "x"), (false, "issue", "letsencrypt.org")],
                "Let's Encrypt",
                false,
                CriticalUnknown,
            ),
            (
                &[(false, "tbs", "x"), (false, "issue", "letsencrypt.org")],
                "Let's Encrypt",
                false,
                allowed("letsencrypt.org"),
            ),
            // For wildcards `issuewild` counts, and `issue` where there is none (§4.3).
            (
                &[(false, "issue", "pki.goog"), (false, "issuewild", "letsencrypt.org")],
                "Let's Encrypt",
                true,
                allowed("letsencrypt.org"),
            ),
            (
                &[(false, "issue", "letsencrypt.org"), (false, "issuewild", ";")],
                "Let's Encrypt",
                true,
                Forbidden,
            ),
            (
                &[(false, "issue", "letsencrypt.org")],
                "Let's Encrypt",
                true,
                allowed("letsencrypt.org"),
            ),
            (&[(false, "issuewild", ";")], "Let's Encrypt", false, Unrestricted),
        ];
        for (properties, issuer, is_wildcard, expected) in rows {
            let said = read(properties).permission(is_wildcard, &[issuer.to_owned()], &declared);
            assert_eq!(said, expected, "{properties:?} {issuer}");
        }
    }

    #[test]
    fn every_domain_of_the_table_can_be_written() {
        for (names, domains) in AUTHORITIES {
            assert!(!names.is_empty() && !domains.is_empty());
            for known in *domains {
                assert_eq!(domain(known).as_deref(), Some(*known));
            }
        }
    }
}
