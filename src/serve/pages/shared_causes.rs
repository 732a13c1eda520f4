//! Causes that several services share, as pages list them.

use super::blocks::Link;
use super::links::Links;
use crate::check;
use crate::judge::quarter::Shared;
use crate::model::Lang;
use crate::report::describe::clean;
use crate::report::{quarter, texts};

/// Services that are named for each.
const SERVICES_SHOWN: usize = 12;

/// A cause.
pub struct SharedLine {
    /// What kind of thing it is.
    pub kind: &'static str,
    /// Which.
    pub name: String,
    /// The owner's words for the network that it lies in.
    pub network: String,
    /// The checks that fail by it, each with what it says.
    pub checks: Vec<(Link, &'static str)>,
    /// Services that it lifts.
    pub lifts: String,
    /// Services that it holds.
    pub holds: String,
    /// Services that fail by it.
    pub count: String,
    /// The first of them.
    pub services: Vec<Link>,
    /// How many more.
    pub more: String,
}

/// The first so many causes.
pub fn shared_lines(all: &[Shared], shown: usize, links: &Links, lang: Lang) -> Vec<SharedLine> {
    let number = |count| texts::number(count, lang);
    let line = |shared: &Shared| {
        let checks = shared.failures.iter().map(|(id, reason)| {
            let message = check::find(id).map_or("", |check| check.message(reason, lang));
            (Link { text: (*id).to_owned(), href: links.check(id) }, message)
        });
        let services = shared
            .services
            .iter()
            .take(SERVICES_SHOWN)
            .map(|service| Link { text: service.id.to_string(), href: links.service(&service.id) });
        let more = match shared.services.len().saturating_sub(SERVICES_SHOWN) {
            0 => String::new(),
            more => format!("{} {}", texts::MORE.get(lang), number(more)),
        };
        SharedLine {
            kind: quarter::kind(&shared.cause).get(lang),
            name: quarter::cause(shared, lang),
            network: shared.network.as_deref().map(clean).unwrap_or_default(),
            checks: checks.collect(),
            lifts: number(shared.lifts),
            holds: number(shared.holds),
            count: number(shared.services.len()),
            services: services.collect(),
            more,
        }
    };
    all.iter().take(shown).map(line).collect()
}
