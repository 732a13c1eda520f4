//! What to ask next: a pure function of what is known already.
//!
//! A part of the plan makes the readings of [`crate::evidence`] that the checks of its area make. The
//! [`View`] notes every request that a reading finds missing, and that is what is asked next: a reading
//! can't look for an answer that the plan forgets to ask for. The areas have the names of those of
//! [`crate::evidence`] and [`crate::check`]; a part imports [`crate::evidence`] and [`crate::model`].
//!
//! [`next`] is called again and again with the evidence so far, until it names nothing more:
//! look-up, then conversations with every address, then redirects emerge from asking again. It has
//! no memory of its own, so a scan that was killed goes on from what its store holds.

mod dns;
mod mail;
mod reach;
mod service;
mod tls;
mod web;

use std::time::Duration;

use crate::evidence::query::{Retention, Topic, View};
use crate::evidence::reach::is_later_round;
use crate::model::{Question, Request, Service, Settings};

/// The readings that are made of a service for one area of checks.
struct Part {
    name: &'static str,
    read: fn(&View<'_>, &Service),
}

/// What a part, by its name, still lacks of the service.
#[derive(PartialEq, Eq)]
struct MissingOf(&'static str);

impl Topic for MissingOf {
    type Reading = Vec<Request>;
    // Every plan asks each part, also the parts that have everything that they need.
    const RETENTION: Retention = Retention::Always;
}

/// Every part, in the order in which its questions are asked.
const PARTS: &[Part] = &[
    Part { name: "addresses", read: service::addresses },
    Part { name: "name servers", read: dns::name_servers },
    Part { name: "redirect chains", read: web::redirect_chains },
    Part { name: "pages", read: web::pages },
    Part { name: "TLS versions", read: tls::versions },
    Part { name: "mail route", read: mail::route },
    Part { name: "contacts", read: service::contacts },
    Part { name: "echoes", read: reach::echoes },
];

/// Parts whose readings take long, such as verifying signatures: they are made when the others have
/// everything that they need.
const LATE_PARTS: &[Part] = &[
    Part { name: "reverse names", read: dns::reverse_names },
    Part { name: "issuers' certificates", read: tls::fetched_issuers },
    Part { name: "TLSA records", read: tls::tlsa_records },
    Part { name: "records", read: dns::records },
];

/// Parts that ask again later: while they wait, nothing else is to be asked of the service.
const LAST_PARTS: &[Part] = &[
    Part { name: "rounds", read: reach::rounds },
    Part { name: "small packets", read: reach::small_packets },
];

/// The requests that have to be answered before more can be said of a service, each at most once
/// and none that has been answered; empty when everything is known that the checks ask for.
///
/// At most [`crate::model::Limits::requests_per_service`] requests are ever named for a service
/// whose evidence holds nothing but answers to its own requests.
///
/// Through a view that remembers, a part that has learnt nothing since it was last read is not read
/// again, and what it alone named then is not named again. So nothing new does not mean that nothing
/// is missing: that is so when everything that was named has been answered.
pub fn next(view: &View<'_>, service: &Service) -> Vec<Request> {
    let mut named: Vec<Request> = Vec::new();
    for parts in [PARTS, LATE_PARTS, LAST_PARTS] {
        let mut is_complete = true;
        for part in parts {
            let mut is_new = false;
            let missing = view.remembered(MissingOf(part.name), || {
                is_new = true;
                view.requests_of(|view| (part.read)(view, service))
            });
            is_complete &= missing.is_empty();
            for request in missing.iter().filter(|_| is_new) {
                // Several parts read the same, such as the service's addresses.
                if !named.contains(request) {
                    named.push(request.clone());
                }
            }
        }
        if !is_complete {
            break;
        }
    }
    named.truncate(view.settings.limits.requests_per_service.saturating_sub(view.facts()));
    named
}

/// How long to wait before a request is sent, so that what it finds is not the same moment's.
pub fn pause(settings: &Settings, request: &Request) -> Duration {
    match request.attempt {
        0 | 1 => Duration::ZERO,
        _ if is_later_round(request) => settings.round_interval,
        // A host that sends us away at every attempt is given more time.
        last if last > settings.attempts
            && matches!(request.question, Question::Conversation(_)) =>
        {
            settings.round_interval
        }
        _ => settings.retry_interval,
    }
}
