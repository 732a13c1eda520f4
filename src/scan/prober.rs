//! What answers requests: the network, or a substitute for it.

use futures_util::future::BoxFuture;

use crate::model::{Family, Name, Observation, Request, Timings};
use crate::probe::Live;

/// Answers the requests of a scan: from this machine ([`Live`]), from another one, or in a test.
pub trait Prober: Send + Sync {
    /// Asks once. Whatever goes wrong is part of the observation. Dropping the future abandons the
    /// request.
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Observation>;

    /// Learns the names by which this machine may introduce itself to mail servers, one for each family
    /// whose address has one that leads back to it.
    fn introduce_as(&self, names: &[(Family, Name)]) {
        let _ = names;
    }

    /// Adds what is known of where the time went.
    fn add_timings(&self, timings: &mut Timings) {
        let _ = timings;
    }
}

impl Prober for Live {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Observation> {
        Box::pin(Live::ask(self, request))
    }

    fn introduce_as(&self, names: &[(Family, Name)]) {
        Live::introduce_as(self, names);
    }

    fn add_timings(&self, timings: &mut Timings) {
        Live::add_timings(self, timings);
    }
}
