//! How somebody showed who she is.

/// How somebody showed who she is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A password of the configuration.
    Password,
    /// An OpenID Connect provider.
    Oidc,
    /// The header of a trusted proxy.
    Proxy,
}
