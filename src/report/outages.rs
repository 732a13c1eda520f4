//! Outages of our own side in a comparison: each is one line, however many services it concerns.

use super::texts;
use crate::check::common::COMMON_REASONS;
use crate::judge::{Change, ServiceChange};
use crate::model::Lang;

/// Services of which nothing is otherwise than our own side made it.
pub(in crate::report) struct Outage<'a> {
    /// Its reason.
    pub reason: &'static str,
    /// The services.
    pub services: Vec<&'a ServiceChange>,
}

impl Outage<'_> {
    /// In one line, what it is and how far it reaches.
    pub fn line(&self, lang: Lang) -> String {
        let common = COMMON_REASONS.iter().find(|common| common.id == self.reason);
        let message = common.map_or(self.reason, |common| common.message.get(lang));
        format!("{}: {message}", self.extent(lang))
    }

    /// How many services and checks it concerns.
    pub fn extent(&self, lang: Lang) -> String {
        let services = texts::number(self.services.len(), lang);
        let checks = self.services.iter().flat_map(|service| &service.checks);
        let checks = checks.filter(|check| check.change != Change::Otherwise).count();
        let checks = texts::number(checks, lang);
        match lang {
            Lang::Vi => format!("{services} dịch vụ, {checks} kết luận"),
            Lang::En => format!("services: {services}, findings: {checks}"),
        }
    }
}

/// Sets apart what is an outage of our own side.
pub(in crate::report) fn outages<'a>(
    services: impl IntoIterator<Item = &'a ServiceChange>,
) -> (Vec<Outage<'a>>, Vec<&'a ServiceChange>) {
    let (mut outages, mut others): (Vec<Outage<'a>>, Vec<_>) = (Vec::new(), Vec::new());
    for service in services {
        let Some(reason) = service.outage() else {
            others.push(service);
            continue;
        };
        match outages.iter_mut().find(|outage| outage.reason == reason) {
            Some(outage) => outage.services.push(service),
            None => outages.push(Outage { reason, services: vec![service] }),
        }
    }
    (outages, others)
}
