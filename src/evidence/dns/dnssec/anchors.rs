//! The keys that trust begins with.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use hickory_proto::dnssec::rdata::{DNSKEY, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKeyBuf};
use hickory_proto::rr::Name;

use crate::evidence::query::{Topic, View};
use crate::model;

/// The root's key-signing keys 20326 (2017) and 38696 (2024). A test compares them with the keys built
/// into hickory-proto 0.26.3. In November 2026 they agreed with copies of IANA's
/// <https://data.iana.org/root-anchors/root-anchors.xml> that other public projects keep; with that file
/// itself they have not been compared.
const ROOT: &str = "
. DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
. DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
";

/// Anchors that are read at most; further ones are an error.
const ANCHORS_MAX: usize = 64;

/// DNSSEC trust anchors: DS or DNSKEY records of the zones in which trust begins (RFC 4035 §4.4).
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<(Name, Anchor)>);

/// One trust anchor.
#[derive(Clone, Debug)]
pub(super) enum Anchor {
    /// The digest of a key.
    Ds(DS),
    /// A key.
    Key(DNSKEY),
}

/// A zone that is signed as far as its parent says, and what the parent vouches for.
#[derive(Clone, Debug)]
pub(in crate::evidence::dns) struct SignedZone {
    pub(super) apex: Name,
    pub(super) trusted: Vec<Anchor>,
}

impl SignedZone {
    /// Whether it is the zone of this name.
    pub(in crate::evidence::dns) fn is(&self, apex: &model::Name) -> bool {
        model::Name::from_labels(self.apex.iter()) == *apex
    }
}

/// Why a text holds no trust anchors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct AnchorError {
    /// The line, from 1; 0 when the whole text is meant.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub problem: &'static str,
}

/// The trust anchors that the settings name; `None` when they can't be read.
#[derive(PartialEq, Eq)]
struct DeclaredAnchors;

impl Topic for DeclaredAnchors {
    type Reading = Option<Anchors>;
}

impl Anchors {
    /// Those of a text in master-file format (`None` = IANA's for the root): one DS or DNSKEY
    /// record a line, `;` begins a comment, TTL and class are optional.
    ///
    /// # Errors
    /// The first line that is no such record, or line 0 when there is none at all.
    pub fn read(text: Option<&str>) -> Result<Self, AnchorError> {
        let mut anchors = Vec::new();
        for (at, line) in text.unwrap_or(ROOT).lines().enumerate() {
            let record = line.split(';').next().unwrap_or_default();
            let words: Vec<&str> = record
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
                .filter(|word| !word.is_empty())
                .collect();
            if words.is_empty() {
                continue;
            }
            let error = |problem| AnchorError { line: at + 1, problem };
            let anchor = anchor(&words).ok_or_else(|| {
                error("not a trust anchor: write `ZONE. DS TAG ALGORITHM DIGEST-TYPE DIGEST` or `ZONE. DNSKEY FLAGS 3 ALGORITHM KEY` on one line")
            })?;
            if anchors.len() == ANCHORS_MAX {
                return Err(error("too many trust anchors: 64 are read at most"));
            }
            anchors.push(anchor);
        }
        if anchors.is_empty() {
            return Err(AnchorError { line: 0, problem: "no trust anchor in it" });
        }
        Ok(Self(anchors))
    }

    /// Those that a scan begins with; `None` when the settings hold none that can be read.
    pub(super) fn of_view(view: &View<'_>) -> Arc<Option<Self>> {
        static OF_ROOT: LazyLock<Arc<Option<Anchors>>> =
            LazyLock::new(|| Arc::new(Anchors::read(None).ok()));
        match &view.settings.trust_anchors {
            Some(text) => view.remembered(DeclaredAnchors, || Self::read(Some(text)).ok()),
            None => Arc::clone(&OF_ROOT),
        }
    }

    /// The deepest anchored zone that a name lies in.
    pub(super) fn zone_of(&self, name: &Name) -> Option<Name> {
        self.0
            .iter()
            .filter(|(zone, _)| zone.zone_of(name))
            .map(|(zone, _)| zone)
            .max_by_key(|zone| zone.num_labels())
            .cloned()
    }

    /// The anchors of one zone.
    pub(super) fn of(&self, zone: &Name) -> Vec<&Anchor> {
        self.0.iter().filter(|(owner, _)| owner == zone).map(|(_, anchor)| anchor).collect()
    }
}

fn anchor(words: &[&str]) -> Option<(Name, Anchor)> {
    let mut owner = Name::from_ascii(words.first()?).ok()?.to_lowercase();
    owner.set_fqdn(true);
    let kind = words
        .iter()
        .position(|word| word.eq_ignore_ascii_case("DS") || word.eq_ignore_ascii_case("DNSKEY"))?;
    // Between the owner and the type there may only be TTL and class.
    let between = words.get(1..kind)?;
    if !between.iter().all(|w| w.eq_ignore_ascii_case("IN") || w.parse::<u32>().is_ok()) {
        return None;
    }
    let fields = words.get(kind + 1..)?;
    let rest: String = fields.get(3..)?.concat();
    if rest.is_empty() {
        return None;
    }
    if words[kind].eq_ignore_ascii_case("DS") {
        let (tag, algorithm, digest) = (fields[0], fields[1], fields[2]);
        let algorithm = Algorithm::from_u8(algorithm.parse().ok()?);
        let digest_type = DigestType::from(digest.parse::<u8>().ok()?);
        let ds = DS::new(tag.parse().ok()?, algorithm, digest_type, hex(&rest)?);
        return Some((owner, Anchor::Ds(ds)));
    }
    let (flags, protocol, algorithm) = (fields[0], fields[1], fields[2]);
    let key = base64::engine::general_purpose::STANDARD.decode(&rest).ok()?;
    let algorithm = Algorithm::from_u8(algorithm.parse().ok()?);
    let key = DNSKEY::with_flags(flags.parse().ok()?, PublicKeyBuf::new(key, algorithm));
    (protocol == "3").then_some((owner, Anchor::Key(key)))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::dnssec::{TrustAnchors, Verifier as _};

    #[test]
    fn the_built_in_anchors_are_those_of_the_library() {
        let anchors = Anchors::read(None).unwrap();
        let library = TrustAnchors::default();
        assert_eq!((anchors.0.len(), library.len()), (2, 2));
        for at in 0..library.len() {
            let key = DNSKEY::with_flags(257, library.get(at).unwrap().clone());
            assert!(key.key().is_ok());
            let covers = |anchor: &Anchor| match anchor {
                Anchor::Ds(ds) => {
                    ds.covers(&Name::root(), &key).unwrap()
                        && ds.key_tag() == key.calculate_key_tag().unwrap()
                }
                Anchor::Key(_) => false,
            };
            assert_eq!(anchors.of(&Name::root()).into_iter().filter(|a| covers(a)).count(), 1);
        }
    }

    #[test]
    fn what_is_no_anchor_is_named_by_its_line() {
        for (text, line) in [
            ("", 0),
            ("; nothing\n", 0),
            ("\n. 3600 IN A 192.0.2.1", 2),
            (". IN DS 1 8 2 ABC", 1),
            (". DS", 1),
            ("example. DNSKEY 257 3 13 ***", 1),
            ("example. DNSKEY 257 4 13 AAAA", 1),
        ] {
            assert_eq!(Anchors::read(Some(text)).unwrap_err().line, line, "{text}");
        }
        let text = ". 60 IN DNSKEY 257 3 13 ( AAAA ) ; key\nExample. DS 1 13 2 00ff";
        let anchors = Anchors::read(Some(text)).unwrap();
        let deep = Name::from_ascii("www.example.").unwrap();
        assert_eq!(anchors.zone_of(&deep).unwrap().to_ascii(), "example.");
    }
}
