//! What DNSSEC says of a name, and the limits of what is verified.

use hickory_proto::rr::Record;

use super::anchors::SignedZone;
use crate::evidence::query::Gap;
use crate::model::{Name, ObservationId};

/// Keys of one zone that are tried, and DS records of one delegation.
pub const DNSSEC_KEYS_MAX: usize = 16;
/// Signatures over one RRset that are tried.
pub const DNSSEC_SIGNATURES_MAX: usize = 8;
/// Verifications that one name may cost in all (KeyTrap, CVE-2023-50387).
pub const DNSSEC_VERIFICATIONS_MAX: usize = 128;
/// Denial records of one answer that are verified; a proof needs three.
pub const DENIALS_MAX: usize = 8;
/// Additional NSEC3 iterations that are computed; more counts as unsigned (RFC 9276 §3.2).
pub const NSEC3_ITERATIONS_MAX: u16 = 50;

/// What DNSSEC says of a name and type, aliases followed.
#[derive(Clone, Debug)]
pub struct Dnssec {
    /// Every name of the alias chain with what was found of it, in order.
    pub links: Vec<Link>,
    /// The records of the wanted type at the end of the chain, whether authentic or not.
    pub records: Vec<Record>,
    /// The zone of the name itself, where its parent says that it is signed.
    pub(in crate::evidence::dns) signed_zone: Option<SignedZone>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Whether something is still to be asked.
    pub is_pending: bool,
}

/// One name of an alias chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// The name.
    pub name: Name,
    /// The zone at which the finding was made.
    pub zone: Name,
    /// The finding.
    pub security: Security,
}

/// What DNSSEC says of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// Authentic from the trust anchor down.
    Secure,
    /// Proven to be unsigned, or as good as that.
    Insecure(Insecure),
    /// What is published contradicts its signatures.
    Bogus(Bogus),
    /// It could not be found out.
    Unknown(Unknown),
}

/// Why nothing is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insecure {
    /// The parent proves that it has no DS for the zone.
    NoDs,
    /// Every signature is of an algorithm or digest that this program can't verify (RFC 4035 §5.2).
    UnsupportedAlgorithm,
    /// The zone asks for more NSEC3 iterations than [`NSEC3_ITERATIONS_MAX`].
    Nsec3Iterations,
}

/// Why what is published is not authentic. What says most comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bogus {
    /// The signature was right, and is too old.
    Expired,
    /// The signature is right, from later on.
    NotYetValid,
    /// A signature doesn't verify.
    BadSignature,
    /// No key of the zone is the one that its parent's DS names.
    NoMatchingKey,
    /// There is no signature where there has to be one.
    MissingSignature,
    /// A negative answer isn't proven.
    BadDenial,
}

/// Why it could not be found out. None of these is the zone's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A question brought no answer, or was not asked (yet), or a limit stopped the verification.
    Gap(Gap),
    /// The resolver leaves out the signatures even of the anchored zone.
    ResolverStrips,
    /// The resolver vouches for what doesn't verify here.
    ResolverDisagrees,
    /// There is no usable trust anchor for the name.
    NoAnchor,
}

impl Security {
    /// What decides where several findings meet: the smallest.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Bogus(_) => 0,
            Self::Unknown(_) => 1,
            Self::Insecure(_) => 2,
            Self::Secure => 3,
        }
    }
}

impl Dnssec {
    /// The finding for the whole chain: the first link that is not secure decides, bogus before
    /// unknown before insecure.
    pub fn security(&self) -> &Security {
        const NOTHING: &Security = &Security::Unknown(Unknown::Gap(Gap::NotObserved));
        let worst = self.links.iter().min_by_key(|link| link.security.rank());
        worst.map_or(NOTHING, |link| &link.security)
    }
}
