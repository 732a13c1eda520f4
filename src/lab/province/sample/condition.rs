//! In which condition a service of the sample province is.

/// In which condition a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It was not founded yet.
    NotYetThere,
    /// Nothing of it is published with IPv6.
    Ipv4Only,
    /// It has an IPv6 address at which nothing listens.
    Refuses,
    /// A firewall drops what comes over IPv6.
    Filtered,
    /// Its certificate has expired.
    Expired,
    /// Its certificate expires within days.
    ExpiresSoon,
    /// Over IPv6 another certificate is shown.
    WrongCertificate,
    /// Over IPv6 the server answers with an error.
    Fails,
    /// Over IPv6 the server shows the page that came with it.
    ServersOwnPage,
    /// It leads to a host that has no IPv6.
    LeadsToIpv4,
    /// Its page loads its style from a host that has no IPv6.
    LoadsFromIpv4,
    /// Large packets get lost on their way over IPv6.
    LosesLargePackets,
    /// As it should be.
    Good,
}

impl Condition {
    /// The condition that the table calls so.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "-" => Self::NotYetThere,
            "ipv4" => Self::Ipv4Only,
            "refuses" => Self::Refuses,
            "filtered" => Self::Filtered,
            "expired" => Self::Expired,
            "expires" => Self::ExpiresSoon,
            "wrong-cert" => Self::WrongCertificate,
            "fails" => Self::Fails,
            "own-page" => Self::ServersOwnPage,
            "leads-ipv4" => Self::LeadsToIpv4,
            "loads-ipv4" => Self::LoadsFromIpv4,
            "loses-large" => Self::LosesLargePackets,
            "good" => Self::Good,
            _ => return None,
        })
    }
}
