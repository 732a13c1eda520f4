//! Made-up histories of an inventory: services come and go, are renamed, answer or don't; the policy changes.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::AAAA;
use hickory_proto::rr::{Name as WireName, RData, Record};
use jiff::{Timestamp, ToSpan as _};
use tempfile::TempDir;

use crate::evidence::tls::TrustedRoots;
use crate::judge::{JudgeContext, Rescan, RunResult, judge_service, judge_vantage};
use crate::model::{
    Blob, DnsMessage, DnsQuestion, Name, NetFailure, Observation, Question, RecordType, Reply,
    Request, Run, RunId, Transport, Vantage,
};
use crate::policy;
use crate::policy::Policy;
use crate::runs::load::{LoadedInventory, restored_inventory};
use crate::store::{Asker, ListedRun, RunInputs, Scope, Store};

/// A store with the runs that were made up so far.
pub struct World {
    folder: TempDir,
    db: PathBuf,
    random: u64,
    services: Vec<Declared>,
    names: u32,
    runs: Vec<RunId>,
    policy: &'static str,
    day: i64,
}

struct Declared {
    id: String,
    host: String,
    state: &'static str,
    formerly: Vec<String>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("v6ready.db");
        drop(Store::open(&db).unwrap());
        let mut world = Self {
            folder,
            db,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            services: Vec::new(),
            names: 0,
            runs: Vec::new(),
            policy: "ipv6-for-gov",
            day: 0,
        };
        (0..4).for_each(|_| world.come());
        world
    }

    pub fn db(&self) -> &Path {
        assert!(self.folder.path().exists());
        &self.db
    }

    pub fn runs(&self) -> &[RunId] {
        &self.runs
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    fn come(&mut self) {
        self.names += 1;
        let id = format!("s{}", self.names);
        let host = format!("www{}.example", self.names);
        self.services.push(Declared { id, host, state: "active", formerly: Vec::new() });
    }

    /// Changes the inventory, and scans it: whole, or a part of it.
    pub fn scan(&mut self) {
        let is_part = !self.runs.is_empty() && self.below(3) == 0;
        if !is_part {
            self.change();
        }
        self.day += 1 + self.below(40) as i64;
        let only = match is_part {
            true => {
                let at = self.below(self.services.len() as u64) as usize;
                vec![format!("o/{}", self.services[at].id)]
            }
            false => Vec::new(),
        };
        let id = RunId::parse(&format!("run{:02}", self.runs.len())).unwrap();
        let started_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let started_at = started_at + (self.day * 24).hours();
        let run = Run {
            id: id.clone(),
            started_at,
            finished_at: None,
            vantage: Vantage::new("here", &[]),
            version: "0".into(),
            complete: false,
        };
        let inventory = self.inventory();
        let parsed = crate::inventory::parse(inventory.as_bytes(), "i.yaml")
            .unwrap_or_else(|problems| panic!("{}\n{inventory}", problems.render(false)));
        let inputs = RunInputs {
            inventory_file: "i.yaml".into(),
            inventory_id: None,
            inventory: inventory.into_bytes(),
            only: only.clone(),
            settings: parsed.inventory.settings.clone(),
            policy_name: self.policy.into(),
            policy_yaml: policy::built_in(self.policy).unwrap().into(),
        };
        let mut store = Store::open(&self.db).unwrap();
        let recorder = store.begin(&run, &inputs).unwrap();
        for at in 0..self.services.len() {
            let host = self.services[at].host.clone();
            let service = &parsed.inventory.services;
            let service = service.iter().find(|one| *one.id.service == *self.services[at].id);
            let id = service.unwrap().id.clone();
            let reply = match self.below(6) {
                0 => None,
                1 => Some(Reply::DnsFailed(NetFailure::TimedOut)),
                2 => Some(answer(&host, ResponseCode::NXDomain, None)),
                3 => Some(answer(&host, ResponseCode::NoError, None)),
                other => {
                    let address = Ipv6Addr::from(0x2001_0db8 << 96 | u128::from(other));
                    Some(answer(&host, ResponseCode::NoError, Some(address)))
                }
            };
            if !only.is_empty() && !only.contains(&id.to_string()) {
                continue;
            }
            let Some(reply) = reply else { continue };
            for attempt in 1..=2 {
                let observation = Arc::new(Observation {
                    request: Request::nth(question(&host), attempt),
                    observed_at: started_at,
                    elapsed_us: 1,
                    reply: reply.clone(),
                });
                recorder.record(Asker::Service(id.clone()), &observation);
            }
        }
        let finished_at = Some(started_at + 1.hour());
        recorder.finish(&Run { finished_at, complete: true, ..run }).unwrap();
        self.runs.push(id);
    }

    fn change(&mut self) {
        for _ in 0..self.below(3) {
            let at = self.below(self.services.len() as u64) as usize;
            match self.below(6) {
                0 => self.come(),
                1 if self.services.len() > 2 => drop(self.services.remove(at)),
                2 | 3 => {
                    self.names += 1;
                    let now = format!("s{}", self.names);
                    let was = std::mem::replace(&mut self.services[at].id, now);
                    self.services[at].formerly.push(format!("o/{was}"));
                }
                4 => self.services[at].state = ["retired", "active", "redirected"][at % 3],
                _ => {
                    self.policy = match self.policy {
                        "ipv6-for-gov" => "ipv6-only",
                        _ => "ipv6-for-gov",
                    }
                }
            }
        }
    }

    fn inventory(&self) -> String {
        let services = self.services.iter().map(|one| {
            let formerly = match one.formerly.is_empty() {
                true => String::new(),
                false => format!(", formerly: [\"{}\"]", one.formerly.join("\", \"")),
            };
            format!(
                "      - {{id: {}, name: Service, category: portal, web: \"https://{}/\", state: {}{formerly}}}\n",
                one.id, one.host, one.state
            )
        });
        format!(
            "version: 1\nsettings: {{resolvers: [\"192.0.2.53\"], attempts: 2}}\n\
             networks: [{{prefix: \"2001:db8::/32\", name: T, testbed: true}}]\n\
             organisations:\n  - id: o\n    name: Owner\n    services:\n{}",
            services.collect::<String>()
        )
    }

    pub fn delete(&mut self, id: &RunId) {
        Store::open(&self.db).unwrap().prune(std::slice::from_ref(id)).unwrap();
        self.runs.retain(|run| run != id);
    }

    /// The runs of the track, the earliest first.
    pub fn track(&self, store: &Store) -> Vec<ListedRun> {
        let mut listed = store.listed_runs().unwrap();
        listed.reverse();
        let first = listed.iter().position(|run| run.scope == Scope::Whole);
        first.map(|first| listed.split_off(first)).unwrap_or_default()
    }

    /// A whole run with what later parts found.
    pub fn filled_in(&self, store: &Store, whole: &RunResult, parts: &[ListedRun]) -> RunResult {
        let mut result = whole.clone();
        for part in parts {
            let again = judged(store, &part.run.id, Some(&whole.policy));
            for service in again.services {
                let id = service.service.id.clone();
                let place = result.services.iter_mut().find(|one| one.service.id == id);
                *place.unwrap() = service;
                let ended_at = part.run.finished_at.unwrap();
                result.rescans.insert(id, Rescan { run: part.run.id.clone(), ended_at });
            }
        }
        result
    }
}

/// A run, judged as it was when it ended, by its own policy or another.
pub fn judged(store: &Store, id: &RunId, policy: Option<&Arc<Policy>>) -> RunResult {
    let stored = store.run(id).unwrap();
    let LoadedInventory { inventory, policy: own, .. } =
        restored_inventory(&stored.inputs).unwrap();
    let policy = policy.map_or(own, Arc::clone);
    let trust = TrustedRoots::new(&[]).unwrap();
    let as_of = stored.run.finished_at.unwrap();
    let context = JudgeContext {
        inventory: &inventory,
        vantage: &stored.run.vantage,
        policy: &policy,
        trust: &trust,
        as_of,
        is_day_given: false,
    };
    let only = crate::model::Selection::parse(&stored.inputs.only).unwrap();
    let services = inventory.services.iter().filter(|service| only.matches(service));
    let services = services
        .map(|service| {
            judge_service(&context, service, &store.evidence_of(id, &service.id).unwrap())
        })
        .collect();
    let vantage = judge_vantage(&context, &store.vantage_evidence(id).unwrap());
    RunResult {
        run: stored.run.clone(),
        policy: Arc::clone(&policy),
        as_of,
        is_day_given: false,
        vantage,
        services,
        rescans: BTreeMap::new(),
        excerpt: None,
        inventory: Arc::clone(&inventory),
    }
}

fn question(host: &str) -> Question {
    Question::Dns(DnsQuestion {
        server: "192.0.2.53:53".parse().unwrap(),
        transport: Transport::Udp,
        name: Name::from_presentation(host),
        record_type: RecordType::AAAA,
        recursion_desired: true,
        checking_disabled: false,
        dnssec_ok: false,
        without_edns: false,
    })
}

fn answer(host: &str, code: ResponseCode, address: Option<Ipv6Addr>) -> Reply {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = code;
    if let Some(address) = address {
        let owner = WireName::from_ascii(format!("{host}.")).unwrap();
        message.answers.push(Record::from_rdata(owner, 60, RData::AAAA(AAAA(address))));
    }
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}
