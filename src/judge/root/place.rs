//! Whether a cause is where its effect is.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::model::{Name, Outcome, Subject, SubjectName, Verdict};

/// Where a cause has to be for an effect to follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere.
    Anywhere,
    /// At every address that the effect is seen at.
    Address,
    /// At every name server that the effect is seen at.
    Server,
    /// As [`Place::Server`], for the same reason.
    ServerAlike,
    /// At everything that the cause's check looked at.
    Everywhere,
}

/// Whether a cause covers an effect.
pub(super) fn covers(place: Place, effect: &Verdict, cause: &Verdict) -> bool {
    match place {
        Place::Anywhere => true,
        Place::Address => is_at(effect, cause),
        Place::Server => is_at_servers(effect, cause),
        Place::ServerAlike => effect.reason == cause.reason && is_at_servers(effect, cause),
        Place::Everywhere => cause.subjects.iter().all(|one| one.outcome != Outcome::Pass),
    }
}

/// Whether each address that an effect is seen at is one that the cause is seen at. A verdict that names
/// no address holds of all.
pub(super) fn is_at(effect: &Verdict, cause: &Verdict) -> bool {
    let causes: HashSet<IpAddr> = seen_at(cause).filter_map(|one| address(&one.name)).collect();
    let mut effects = seen_at(effect).filter_map(|one| address(&one.name));
    causes.is_empty() || effects.all(|at| causes.contains(&at))
}

fn is_at_servers(effect: &Verdict, cause: &Verdict) -> bool {
    let causes: HashSet<Name> = seen_at(cause).flat_map(servers).collect();
    let effects: Vec<Name> = seen_at(effect).flat_map(servers).collect();
    !effects.is_empty() && effects.iter().all(|name| causes.contains(name))
}

/// The things on which a verdict rests.
fn seen_at(verdict: &Verdict) -> impl Iterator<Item = &Subject> {
    verdict.subjects.iter().filter(|subject| subject.outcome == verdict.outcome)
}

fn address(name: &SubjectName) -> Option<IpAddr> {
    match name {
        SubjectName::Socket(socket) => Some(socket.ip()),
        SubjectName::Address(address) => Some(*address),
        SubjectName::NameServer(_, address) => *address,
        SubjectName::Host(_) | SubjectName::Url(_) | SubjectName::Control(_) => None,
    }
}

/// The name servers that a subject is or lists: a zone lists its own.
fn servers(subject: &Subject) -> Vec<Name> {
    match &subject.name {
        SubjectName::NameServer(name, _) => vec![name.clone()],
        _ => {
            let listed = subject.detail.iter().filter(|(key, _)| *key == "ns");
            listed.map(|(_, name)| Name::from_presentation(name)).collect()
        }
    }
}
