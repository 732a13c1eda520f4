//! Why something isn't known.

/// Why the evidence doesn't say something, where that is no property of the target. The checks
/// have a reason for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// It was not asked, or not all of its answers have come.
    NotObserved,
    /// The visit rules forbid to contact the address ([`crate::evidence::query::View::forbids`]).
    NotVisited,
    /// What the public is shown leads into a network that is declared as internal.
    InternalNetwork,
    /// Our own machine could not ask.
    OurFault,
    /// It follows from dates, and our own clock is wrong.
    OurClock,
    /// One of our own limits was reached ([`crate::model::Limits`]).
    Limit,
    /// The name could not be resolved, so there was no server to ask.
    Unresolved,
    /// The server asks for a certificate of the client, and shows nothing more without one.
    ClientCertificate,
    /// The server answered us at first and later refuses whatever we ask, as those do that limit how much
    /// one client may ask.
    TurnedAway,
}

impl Gap {
    /// Whether the visit rules forbid to look.
    pub fn is_forbidden(self) -> bool {
        matches!(self, Self::NotVisited | Self::InternalNetwork)
    }
}
