//! The path from the root to a name: its zones, their servers, and how it ends.

use std::net::{IpAddr, SocketAddr};

use crate::evidence::query::Gap;
use crate::model::{Family, Name, ObservationId, RecordData};

/// The servers that a resolver can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only those with IPv6 addresses.
    Ipv6Only,
    /// Those with IPv6 addresses first, and with IPv4 addresses where none of them leads further.
    Either,
}

impl Reach {
    pub(super) fn families(self) -> &'static [Family] {
        match self {
            Self::Ipv6Only => &[Family::Ipv6],
            Self::Either => &[Family::Ipv6, Family::Ipv4],
        }
    }
}

/// The paths to a name and, where it is an alias, to the names that it leads to.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// One path for each name of the alias chain; never empty.
    pub paths: Vec<Path>,
    /// How it ends.
    pub end: ResolutionEnd,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// The path from the root to one name.
#[derive(Clone, Debug)]
pub struct Path {
    /// The name.
    pub name: Name,
    /// The zones on the path, the root first.
    pub cuts: Vec<Cut>,
    /// How it ends.
    pub end: ResolutionEnd,
}

/// A zone on the path, and its servers.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Its apex.
    pub zone: Name,
    /// Where its name servers are known from.
    pub source: Source,
    /// Its name servers, sorted by name: at most [`crate::model::Limits::name_servers`].
    pub servers: Vec<Server>,
    /// Whether there are more than that.
    pub is_cut: bool,
    /// The server whose answer led further.
    pub led_on: Option<SocketAddr>,
}

/// Where a zone's name servers are known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The root hints.
    Hints,
    /// A referral of the parent zone's servers.
    Referral,
    /// The zone itself: its parent's servers serve it too, so they show no delegation.
    Itself,
}

/// A name server on the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub name: Name,
    /// The addresses that came with the delegation, sorted.
    pub glue: Vec<IpAddr>,
    /// What came of each address that was tried.
    pub outcomes: Vec<(SocketAddr, AddressOutcome)>,
    /// Why it has no address of a wanted family, where it has none.
    pub unaddressed: Option<Unaddressed>,
}

/// What came of asking a server at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressOutcome {
    /// An answer that leads on, or ends the path.
    Usable,
    /// An answer that does not.
    Unusable(Unserved),
    /// No answer.
    Silent,
    /// Our own machine could not ask.
    Unknown(Gap),
    /// Its address is not globally reachable.
    NotGlobal,
}

/// Why a name server has no address to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unaddressed {
    /// It lies in the zone that it serves, and the delegation brings no glue for it.
    NoGlue,
    /// Its name has no address of the family.
    NoRecord,
    /// The path to its name stops.
    Stopped,
    /// Finding its address leads back to the zone that it serves.
    Loop,
    /// Its name could not be looked up through our own fault, or a limit of ours.
    Unknown(Gap),
}

/// How a path ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolutionEnd {
    /// Records of the wanted type.
    Found(Vec<RecordData>),
    /// The name exists without such records.
    NoData,
    /// The name doesn't exist.
    NxDomain,
    /// The name is an alias of another.
    Alias(Name),
    /// The alias chain leads back into itself.
    AliasLoop,
    /// The alias chain is longer than [`crate::model::Limits::cname_links`].
    AliasTooLong,
    /// No server of the last zone leads further.
    Stopped(DelegationFailure),
    /// Something is still to be asked, or our own fault or a limit of ours stopped the asking.
    Unknown(Gap),
}

/// Why no server of a zone leads further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelegationFailure {
    /// None has an address of a wanted family.
    NoAddress,
    /// Their addresses could only be found by way of the zone itself.
    Loop,
    /// None of those asked answered.
    Silent,
    /// Some answered, none with an answer that leads further.
    Unusable,
}

/// Why no answer is to be had of a zone's servers, when all that can be asked were asked: none of them
/// serves what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unserved {
    /// RCODE 2.
    ServFail,
    /// RCODE 5.
    Refused,
    /// Another RCODE that is no answer, such as NOTIMP.
    OtherRcode,
    /// What comes is no DNS message.
    Malformed,
    /// Answers without authority, or referrals that lead nowhere.
    Lame,
    /// An answer that doesn't fit a datagram, and then doesn't come over TCP.
    Truncated,
    /// Nothing comes.
    Silent,
    /// The zone has no server with an address.
    NoServer,
}

impl Unserved {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::ServFail => "servfail",
            Self::Refused => "refuses",
            Self::OtherRcode => "other-rcode",
            Self::Malformed => "malformed",
            Self::Lame => "lame",
            Self::Truncated => "truncated",
            Self::Silent => "silent",
            Self::NoServer => "no-server",
        }
    }
}

impl Server {
    pub(super) fn new(name: Name, mut glue: Vec<IpAddr>) -> Self {
        glue.sort_unstable();
        glue.dedup();
        Self { name, glue, outcomes: Vec::new(), unaddressed: None }
    }
}

impl Resolution {
    /// The zone in which the path ended or stopped.
    pub fn last_cut(&self) -> Option<&Cut> {
        self.paths.last()?.cuts.last()
    }

    /// Whether something is still to be asked.
    pub fn is_pending(&self) -> bool {
        self.end == ResolutionEnd::Unknown(Gap::NotObserved)
    }

    /// Why no server of the last zone gives an answer, where all of them are known not to. Where they fail
    /// in different ways, the one that says most.
    pub fn unserved(&self) -> Option<Unserved> {
        let ResolutionEnd::Stopped(failure) = self.end else { return None };
        match failure {
            DelegationFailure::NoAddress | DelegationFailure::Loop => {
                return Some(Unserved::NoServer);
            }
            DelegationFailure::Silent | DelegationFailure::Unusable => {}
        }
        let servers = self.last_cut().map_or(&[][..], |cut| &cut.servers);
        let outcomes = servers.iter().flat_map(|server| &server.outcomes);
        let unserved = outcomes.filter_map(|(_, outcome)| match outcome {
            AddressOutcome::Unusable(how) => Some(*how),
            AddressOutcome::Silent => Some(Unserved::Silent),
            AddressOutcome::Usable | AddressOutcome::Unknown(_) | AddressOutcome::NotGlobal => None,
        });
        Some(unserved.min().unwrap_or(Unserved::Silent))
    }

    /// A zone on the path to the first name.
    pub fn cut(&self, apex: &Name) -> Option<&Cut> {
        self.paths.first()?.cuts.iter().find(|cut| cut.zone == *apex)
    }
}
