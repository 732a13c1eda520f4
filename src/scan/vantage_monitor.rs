//! The tests of the vantage point during a scan: when they are made, and what they have shown.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::dispatcher::Dispatcher;
use super::events::{EventSink, ScanEvent};
use crate::evidence::{own_names, vantage};
use crate::model::{Evidence, Family, Inventory, Run, Service, Target, Vantage};
use crate::store::StoreError;

/// The tests of one run, including those of earlier sessions.
pub(super) struct VantageTests<'a> {
    dispatcher: &'a Dispatcher,
    inventory: &'a Inventory,
    events: EventSink<'a>,
    evidence: Evidence,
    vantage_name: String,
    /// The last test that was made; 0 before the first.
    number: u8,
}

impl<'a> VantageTests<'a> {
    /// Goes on after the tests that the store holds.
    pub(super) fn resume(
        dispatcher: &'a Dispatcher,
        inventory: &'a Inventory,
        run: &Run,
        events: EventSink<'a>,
    ) -> Result<Self, StoreError> {
        let evidence = dispatcher.stored_vantage_tests()?;
        if !evidence.is_empty() {
            dispatcher.clock().resume(run, &evidence);
        }
        let number = (1..=u8::MAX)
            .take_while(|test| vantage::read(&evidence, &inventory.settings, *test).is_some())
            .last()
            .unwrap_or(0);
        let vantage_name = run.vantage.name.clone();
        Ok(Self { dispatcher, inventory, events, evidence, vantage_name, number })
    }

    /// Makes one more test, and returns what all tests show. The 255th is the last: at the default
    /// interval that is after eight hours.
    pub(super) async fn make_test(&mut self) -> Vantage {
        if let Some(number) = self.number.checked_add(1) {
            let worked_before = (self.number > 0).then(|| self.last_succeeded());
            let mut requests = vantage::questions(&self.inventory.settings, number);
            // A test that was broken off is finished under its own number.
            requests.retain(|request| !self.evidence.contains(request));
            let mut answers: FuturesUnordered<_> =
                requests.iter().map(|request| self.dispatcher.test_vantage(request)).collect();
            while let Some((id, observation)) = answers.next().await {
                self.evidence.insert(id, observation);
            }
            self.number = number;
            self.report(worked_before);
            if number == 1 || worked_before.is_none() {
                self.learn_own_names().await;
            }
        }
        self.vantage()
    }

    /// Asks for the names of our own addresses, where there are mail servers to be spoken to, and
    /// introduces the prober by them. A name that the inventory declares goes before.
    async fn learn_own_names(&mut self) {
        /// A name, then its addresses, for each attempt.
        const ROUNDS_MAX: usize = 16;
        let Inventory { settings, networks, services, .. } = self.inventory;
        let speaks_smtp = |service: &Arc<Service>| {
            matches!(service.target, Target::Mail(_) | Target::Submission(_))
        };
        if !services.iter().any(speaks_smtp) {
            return;
        }
        for _ in 0..ROUNDS_MAX {
            let requests = own_names::own_name_questions(&self.evidence, settings, networks);
            if requests.is_empty() {
                break;
            }
            let mut answers: FuturesUnordered<_> =
                requests.iter().map(|request| self.dispatcher.test_vantage(request)).collect();
            while let Some((id, observation)) = answers.next().await {
                self.evidence.insert(id, observation);
            }
        }
        let own = own_names::own_addresses(&self.evidence, settings, networks);
        let named = |own: &own_names::OwnAddress| {
            Some((Family::of(own.address), own.confirmed_name()?.clone()))
        };
        let names: Vec<_> = own.iter().filter_map(named).collect();
        tracing::debug!(?names, "names of our own addresses");
        self.dispatcher.introduce_as(&names);
    }

    /// Makes up to so many tests, an interval before each, until one of them is enough.
    pub(super) async fn make_tests_until(
        &mut self,
        tests_max: u8,
        is_enough: impl Fn(&Self) -> bool,
    ) {
        for _ in 0..tests_max {
            tokio::time::sleep(self.inventory.settings.vantage_interval).await;
            self.make_test().await;
            if is_enough(self) {
                return;
            }
        }
    }

    /// What the tests so far show of the vantage point, and all answers so far of its clock.
    pub(super) fn vantage(&self) -> Vantage {
        let tested = vantage::state(&self.vantage_name, &self.evidence, &self.inventory.settings);
        Vantage { clock: Some(self.dispatcher.clock().reading()), ..tested }
    }

    /// Whether IPv6 and a resolver answered in the last test.
    pub(super) fn last_succeeded(&self) -> bool {
        vantage::read(&self.evidence, &self.inventory.settings, self.number)
            .is_some_and(|test| test.works())
    }

    fn report(&self, worked_before: Option<bool>) {
        let (test, works) = (self.number, self.last_succeeded());
        match (worked_before, works) {
            (Some(true), false) => {
                tracing::info!(test, "vantage point lost: no IPv6 or no resolver")
            }
            (Some(false), true) => {
                tracing::info!(test, "vantage point back: IPv6 and a resolver work")
            }
            _ => tracing::info!(test, works, "vantage point tested"),
        }
        (self.events)(ScanEvent::VantageTested { test, works });
    }
}
