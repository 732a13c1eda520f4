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

use crate::facts::{self, Needs, View};
use crate::model::{Question, Request, Service, Settings};

/// What one area of checks still needs to know of a service.
struct Part {
    needs: fn(&View<'_>, &Service, &mut Needs),
    /// Whether the answer to a question can change what it needs.
    concerns: fn(&Question) -> bool,
}

/// Every part, in the order in which its questions are asked.
const PARTS: &[Part] = &[
    Part { needs: names::needs, concerns: to_resolvers },
    Part { needs: dns::needs, concerns: of_dns },
    Part { needs: web::needs, concerns: not_to_authorities },
    Part { needs: page::needs, concerns: not_to_authorities },
    Part { needs: tls::needs, concerns: not_to_authorities },
    Part { needs: mail::needs, concerns: of_dns },
    Part { needs: greeting::needs, concerns: any },
    Part { needs: reach::needs, concerns: to_resolvers_or_echo },
];

/// Parts whose reading is dear, such as verifying signatures: they are read when the others have
/// everything that they need, so that they are not read again with each answer.
const LATE_PARTS: &[Part] = &[Part { needs: records::needs, concerns: any }];

/// Parts that ask again later: while they wait, nothing else is to be asked of the service.
const LAST_PARTS: &[Part] = &[Part { needs: rounds::needs, concerns: any }];

fn of_dns(question: &Question) -> bool {
    matches!(question, Question::Dns(_))
}

fn to_resolvers(question: &Question) -> bool {
    matches!(question, Question::Dns(dns) if dns.recursion_desired)
}

fn to_resolvers_or_echo(question: &Question) -> bool {
    to_resolvers(question) || matches!(question, Question::Echo(_))
}

fn not_to_authorities(question: &Question) -> bool {
    !of_dns(question) || to_resolvers(question)
}

fn any(_: &Question) -> bool {
    true
}

/// The requests that have to be answered before more can be said of a service, each at most once
/// and none that has been answered; empty when everything is known that the checks ask for.
///
/// At most [`crate::model::Limits::requests_per_service`] requests are ever named for a service
/// whose evidence holds nothing but answers to its own requests.
pub fn next(view: &View<'_>, service: &Service) -> Vec<Request> {
    let mut needs = Needs::default();
    for part in PARTS {
        (part.needs)(view, service, &mut needs);
    }
    for parts in [LATE_PARTS, LAST_PARTS] {
        if needs.is_empty() {
            for part in parts {
                (part.needs)(view, service, &mut needs);
            }
        }
    }
    bounded(view, needs)
}

/// How long to wait before a request is sent, so that what it finds is not the same moment's.
pub fn pause(settings: &Settings, request: &Request) -> Duration {
    match request.attempt {
        0 | 1 => Duration::ZERO,
        _ if facts::is_later_round(request) => settings.round_interval,
        _ => settings.retry_interval,
    }
}

/// What the answers to these questions alone let one ask next, while others are still awaited: a
/// quick look that reads only what they concern. Whether a service has come to its end is only told
/// by [`next`].
pub fn next_after(view: &View<'_>, service: &Service, answered: &[Question]) -> Vec<Request> {
    let mut needs = Needs::default();
    for part in PARTS {
        if answered.iter().any(part.concerns) {
            (part.needs)(view, service, &mut needs);
        }
    }
    bounded(view, needs)
}

fn bounded(view: &View<'_>, needs: Needs) -> Vec<Request> {
    let left = view.settings.limits.requests_per_service.saturating_sub(view.evidence.len());
    let mut requests = needs.into_vec();
    requests.truncate(left);
    requests
}
