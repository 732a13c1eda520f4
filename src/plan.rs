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
mod reach;
mod records;
mod rounds;
mod tls;
mod web;

use std::time::Duration;

use crate::evidence::query::{Needs, Retention, Topic, View};
use crate::evidence::reach::is_later_round;
use crate::model::{Request, Service, Settings};

/// What one area of checks still needs to know of a service.
struct Part {
    name: &'static str,
    needs: fn(&View<'_>, &Service, &mut Needs),
}

/// What a part, by its name, still needs of the service.
#[derive(PartialEq, Eq)]
struct NeedsOf(&'static str);

impl Topic for NeedsOf {
    type Reading = Needs;
    // Every plan asks each part, also the parts that have everything that they need.
    const RETENTION: Retention = Retention::Always;
}

/// Every part, in the order in which its questions are asked.
const PARTS: &[Part] = &[
    Part { name: "names", needs: names::needs },
    Part { name: "dns", needs: dns::needs },
    Part { name: "web", needs: web::needs },
    Part { name: "page", needs: page::needs },
    Part { name: "tls", needs: tls::needs },
    Part { name: "mail", needs: mail::needs },
    Part { name: "greeting", needs: greeting::needs },
    Part { name: "reach", needs: reach::needs },
];

/// Parts whose reading is dear, such as verifying signatures: they are read when the others have
/// everything that they need.
const LATE_PARTS: &[Part] = &[Part { name: "records", needs: records::needs }];

/// Parts that ask again later: while they wait, nothing else is to be asked of the service.
const LAST_PARTS: &[Part] = &[
    Part { name: "rounds", needs: rounds::needs },
    Part { name: "small packets", needs: rounds::small_packets },
];

/// The requests that have to be answered before more can be said of a service, each at most once
/// and none that has been answered; empty when everything is known that the checks ask for.
///
/// At most [`crate::model::Limits::requests_per_service`] requests are ever named for a service
/// whose evidence holds nothing but answers to its own requests.
///
/// Through a view that remembers, a part that has learnt nothing since it was last read is not read
/// again, and what it named then is not named again. So nothing new does not mean that nothing is
/// missing: that is so when everything that was named has been answered.
pub fn next(view: &View<'_>, service: &Service) -> Vec<Request> {
    let mut named = Needs::default();
    for parts in [PARTS, LATE_PARTS, LAST_PARTS] {
        let mut is_complete = true;
        for part in parts {
            let mut is_new = false;
            let needs = view.remembered(NeedsOf(part.name), || {
                is_new = true;
                let mut needs = Needs::default();
                (part.needs)(view, service, &mut needs);
                needs
            });
            is_complete &= needs.is_empty();
            if is_new {
                named.extend((*needs).clone());
            }
        }
        if !is_complete {
            break;
        }
    }
    let left = view.settings.limits.requests_per_service.saturating_sub(view.facts());
    let mut requests = named.into_vec();
    requests.truncate(left);
    requests
}

/// How long to wait before a request is sent, so that what it finds is not the same moment's.
pub fn pause(settings: &Settings, request: &Request) -> Duration {
    match request.attempt {
        0 | 1 => Duration::ZERO,
        _ if is_later_round(request) => settings.round_interval,
        _ => settings.retry_interval,
    }
}
