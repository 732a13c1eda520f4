//! Looks whether services are still as the last run found them, as far as that costs little: the addresses that
//! are published, and one contact with each IPv6 address at each declared port.
//!
//! The same readings of the evidence ask the questions and say what came of them ([`Glimpse`]), of the last
//! run's evidence as of what is seen now; so no rule is made twice. What is seen is not stored: a service
//! whose glimpse is another is scanned again, and that run is.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::evidence::query::View;
use crate::evidence::service::{ConversationAttempts, endpoint_contacts, published_addresses};
use crate::model::{Evidence, Family, Inventory, Service, ServiceId, State, Target, Vantage};
use crate::scan::{Prober, StopSignal};

/// Requests for one service at the most.
const REQUESTS_MAX: usize = 200;

/// Turns of asking and reading for one service at the most.
const TURNS_MAX: usize = 40;

/// What can be seen of a service with little asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// The IPv6 addresses that are published; `None` where that can't be told.
    pub addresses: Option<Vec<IpAddr>>,
    /// How far a contact got with each address and port; without those of which our own side keeps us from
    /// telling.
    pub contacts: BTreeMap<SocketAddr, Reached>,
}

/// How far a contact got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// No connection.
    Nothing,
    /// A connection.
    Connection,
    /// TLS, or the protocol's greetings, on it.
    Session,
    /// A response of this class: 2 for 200 to 299.
    Response(u16),
}

impl Glimpse {
    /// What the evidence shows of a service.
    pub fn of(view: &View<'_>, service: &Service) -> Self {
        let published = published_addresses(view, service);
        let addresses = published
            .filter(|found| found.lookup(Family::Ipv6).is_none_or(|lookup| lookup.gap().is_none()));
        let addresses = addresses.map(|found| {
            let mut addresses = found.of(Family::Ipv6, view);
            addresses.sort_unstable();
            addresses
        });
        let contacts = endpoint_contacts(view, service, Family::Ipv6);
        let contacts = contacts
            .all()
            .filter(|contact| contact.conversation.gap().is_none())
            .map(|contact| {
                let greeted = contact
                    .greetings
                    .iter()
                    .any(|(greeting, _)| matches!(greeting.banner, Some(Ok(_))));
                (contact.address, reached(&contact.conversation, greeted))
            })
            .collect();
        Self { addresses, contacts }
    }

    /// Whether a service is other than it was, as far as both can tell.
    pub fn differs(&self, before: &Self) -> bool {
        let other_addresses = matches!(
            (&self.addresses, &before.addresses), (Some(now), Some(then)) if now != then
        );
        let other_contact = self.contacts.iter().any(|(address, reached)| {
            before.contacts.get(address).is_some_and(|then| then != reached)
        });
        other_addresses || other_contact
    }
}

fn reached(attempts: &ConversationAttempts<'_>, greeted: bool) -> Reached {
    let Some(best) = attempts.best() else { return Reached::Nothing };
    match (&best.connect, &best.tls, &best.http) {
        (Err(_), ..) => Reached::Nothing,
        (_, _, Some(Ok(response))) => Reached::Response(response.status / 100),
        (_, Some(Ok(_)), _) => Reached::Session,
        _ if greeted => Reached::Session,
        _ => Reached::Connection,
    }
}

/// Whether a watch can tell anything of a service.
pub fn is_watched(service: &Service) -> bool {
    let is_reached_directly =
        !matches!(service.target, Target::Zone(_) | Target::Dns(_) | Target::Ntp(_));
    service.state != State::Retired && is_reached_directly
}

/// Looks at a service now.
pub async fn glimpse_now(
    prober: &dyn Prober,
    inventory: &Inventory,
    vantage: &Vantage,
    service: &Service,
) -> Glimpse {
    let mut evidence = Evidence::new();
    let mut asked = 0;
    for _ in 0..TURNS_MAX {
        let view = view(&evidence, inventory, vantage).of_service(service);
        let mut requests = view.requests_of(|view| drop(Glimpse::of(view, service)));
        requests.truncate(REQUESTS_MAX.saturating_sub(asked));
        if requests.is_empty() {
            break;
        }
        asked += requests.len();
        for request in &requests {
            let pause = crate::plan::pause(&inventory.settings, request);
            // A second attempt comes later, as in a scan.
            tokio::time::sleep(pause).await;
            let observation = Arc::new(prober.ask(request).await);
            evidence.insert(observation.id(), observation);
        }
    }
    Glimpse::of(&view(&evidence, inventory, vantage).of_service(service), service)
}

/// What a run's evidence showed of a service.
pub fn glimpse_then(
    evidence: &Evidence,
    inventory: &Inventory,
    vantage: &Vantage,
    service: &Service,
) -> Glimpse {
    Glimpse::of(&view(evidence, inventory, vantage).of_service(service), service)
}

fn view<'a>(evidence: &'a Evidence, inventory: &'a Inventory, vantage: &'a Vantage) -> View<'a> {
    View::new(evidence, &inventory.settings, &inventory.networks, &vantage.dns64)
}

/// The services that are other than they were, in their order. Ends early when the signal is raised.
pub async fn changed(
    prober: &dyn Prober,
    inventory: &Inventory,
    vantage: &Vantage,
    before: Vec<(Arc<Service>, Glimpse)>,
    stop: &StopSignal,
) -> Vec<ServiceId> {
    let at_once = inventory.settings.concurrency.max(1);
    let looks = stream::iter(before).map(|(service, then)| async move {
        let now = glimpse_now(prober, inventory, vantage, &service).await;
        now.differs(&then).then(|| service.id.clone())
    });
    let mut looks = looks.buffered(at_once);
    let mut changed = Vec::new();
    loop {
        tokio::select! {
            next = looks.next() => match next {
                Some(look) => changed.extend(look),
                None => return changed,
            },
            () = stop.raised() => return changed,
        }
    }
}

#[cfg(test)]
mod tests;
