//! Who announces an address.

use std::net::IpAddr;

use crate::evidence::query::{Gap, View};
use crate::model::{ObservationId, OriginQuestion, Origins, Question, Reply, Request};

/// What the operator's tables say of an address.
#[derive(Clone, Debug)]
pub struct RouteOrigin<'e> {
    /// What was found; `None` when the tables were not at hand.
    pub found: Option<&'e Origins>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Whether they are still to be asked.
    pub is_pending: bool,
}

impl RouteOrigin<'_> {
    /// Why it isn't known what the tables say.
    pub fn gap(&self) -> Option<Gap> {
        match self.found {
            _ if self.is_pending => Some(Gap::NotObserved),
            // A run was resumed where its tables are not at hand.
            None => Some(Gap::OurFault),
            Some(_) => None,
        }
    }
}

/// Reads who announces an address; `None` without tables.
pub fn route_origin<'e>(view: &View<'e>, address: IpAddr) -> Option<RouteOrigin<'e>> {
    if !view.settings.has_origin_data {
        return None;
    }
    let question = Question::Origin(OriginQuestion { address });
    let mut origin = RouteOrigin { found: None, observations: Vec::new(), is_pending: false };
    for (observation, id) in view.attempts(&question) {
        origin.observations.push(id);
        if let Reply::Origin(found) = &observation.reply {
            origin.found = found.as_ref();
        }
    }
    if origin.observations.is_empty() {
        view.request(Request::first(question));
        origin.is_pending = true;
    }
    Some(origin)
}
