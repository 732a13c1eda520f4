//! What to ask next: a pure loop over what is known already.
//!
//! [`next`] is called again and again with the evidence so far, until it names nothing more:
//! look-up, then conversations with every address, then redirects emerge from asking again. It has
//! no memory of its own, so a scan that was killed goes on from what its store holds.

mod dns;
mod greeting;
mod mail;
mod names;
mod page;
mod records;
mod tls;
mod web;

use crate::facts::{Needs, View};
use crate::model::{Request, Service};

/// What one area of checks still needs to know of a service.
type Part = fn(&View<'_>, &Service, &mut Needs);

/// Every part, in the order in which its questions are asked.
const PARTS: &[Part] =
    &[names::needs, dns::needs, web::needs, page::needs, tls::needs, mail::needs, greeting::needs];

/// Parts whose reading is dear, such as verifying signatures: they are read when the others have
/// everything that they need, so that they are not read again with each answer.
const LATE_PARTS: &[Part] = &[records::needs];

/// The requests that have to be answered before more can be said of a service, each at most once
/// and none that has been answered; empty when everything is known that the checks ask for.
///
/// At most [`crate::model::Limits::requests_per_service`] requests are ever named for a service
/// whose evidence holds nothing but answers to its own requests.
pub fn next(view: &View<'_>, service: &Service) -> Vec<Request> {
    let mut needs = Needs::default();
    for part in PARTS {
        part(view, service, &mut needs);
    }
    if needs.is_empty() {
        for part in LATE_PARTS {
            part(view, service, &mut needs);
        }
    }
    let left = view.settings.limits.requests_per_service.saturating_sub(view.evidence.len());
    let mut requests = needs.into_vec();
    requests.truncate(left);
    requests
}
