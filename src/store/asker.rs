//! Who asked for an observation.

use crate::model::ServiceId;

/// Who rests on an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// The tests of the vantage point itself.
    Vantage,
    /// A service.
    Service(ServiceId),
}

impl Asker {
    /// The text of the table's column. The vantage point has the empty one, which is no service's id.
    pub(super) fn column(&self) -> String {
        match self {
            Self::Vantage => String::new(),
            Self::Service(id) => id.to_string(),
        }
    }
}
