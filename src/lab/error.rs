//! Why the lab can't be built.

use std::io;

/// Why the lab can't be built, and what would allow it.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The kernel refuses a namespace.
    #[error(
        "the lab needs a network namespace of its own, and this system refuses one ({0}). Allow \
         user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu \
         `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), or run the demo as root"
    )]
    Refused(io::Error),
    /// This process can reach a network, so nothing may be set up here.
    #[error("the lab is only built in a network namespace of its own, with no interface but `lo`")]
    NotAlone,
    /// A step of the set-up failed.
    #[error("the lab can't be set up: {0}: {1}")]
    SetUp(&'static str, String),
}

impl LabError {
    /// Names the step of the set-up that an error belongs to.
    pub(super) fn at_step<E: std::fmt::Display>(step: &'static str) -> impl Fn(E) -> Self {
        move |error| Self::SetUp(step, error.to_string())
    }
}
