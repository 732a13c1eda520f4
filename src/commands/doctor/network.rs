//! What the network lets this host do: asked as a scan asks, of those alone whom the command's help names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::finding::{Finding, Point, State};
use super::texts::Say;
use crate::evidence::own_clock::{ClockWitnesses, own_clock};
use crate::evidence::own_names::{own_addresses, own_name_questions};
use crate::evidence::vantage;
use crate::model::{
    ClockState, ConversationQuestion, Digest, DnsQuestion, EchoQuestion, Evidence, Host, HttpGet,
    Inventory, Name, NetFailure, ObservationId, Question, QuicFailure, QuicQuestion, RecordData,
    RecordType, Reply, Request, Settings, Transport,
};
use crate::probe::Live;

/// The root server c, from <https://www.iana.org/domains/root/servers>: asked over IPv4 where the inventory has no control
/// targets.
const ROOT_SERVER_IPV4: Ipv4Addr = Ipv4Addr::new(192, 33, 4, 12);

/// Rounds in which the names of the own addresses are looked up.
const ROUNDS_MAX: usize = 12;

/// Octets of an echo request's payload.
const PAYLOAD: u16 = 56;

/// Addresses of a target that are tried, of each family.
const ADDRESSES_MAX: usize = 2;

/// From so many silent exchangers on it is the way there that is closed.
const SILENT_MIN: usize = 2;

/// Everything that takes the network.
pub(super) async fn look(live: &Live, inventory: &Inventory, targets: &[Host]) -> Vec<Finding> {
    let settings = &inventory.settings;
    let mut asked = Asked {
        live,
        settings,
        evidence: Evidence::new(),
        witnesses: ClockWitnesses::default(),
        count: 0,
    };
    let began = Timestamp::now();
    asked.ask(vantage::questions(settings, 1)).await;
    let mut findings = Vec::new();
    let reading = vantage::read(&asked.evidence, settings, 1);
    findings.push(match &reading {
        None => Finding::new(Point::Ipv6, State::Unknown, Say::NotAsked, ""),
        Some(reading) => {
            let all = reading.answering.len() + reading.silent.len();
            let count = format!("{}/{all}", reading.answering.len());
            match (reading.ipv6_works(), reading.route) {
                (true, _) => Finding::new(Point::Ipv6, State::Pass, Say::Ipv6Works, count),
                (false, false) => Finding::new(Point::Ipv6, State::Fail, Say::NoIpv6Route, ""),
                (false, true) => Finding::new(Point::Ipv6, State::Fail, Say::Ipv6Silent, count),
            }
        }
    });
    findings.push(asked.ipv4().await);
    let list = |addresses: &[SocketAddr]| {
        addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    findings.push(match &reading {
        Some(reading) if reading.resolver_works() && reading.silent_resolvers.is_empty() => {
            Finding::new(Point::Resolver, State::Pass, Say::ResolverWorks, list(&reading.resolvers))
        }
        Some(reading) if reading.resolver_works() => Finding::new(
            Point::Resolver,
            State::Pass,
            Say::SomeResolversSilent,
            list(&reading.silent_resolvers),
        ),
        _ if settings.resolvers.is_empty() => {
            Finding::new(Point::Resolver, State::Fail, Say::NoResolver, "")
        }
        _ => Finding::new(
            Point::Resolver,
            State::Fail,
            Say::ResolverSilent,
            list(&settings.resolvers),
        ),
    });
    let resolver = reading.as_ref().and_then(|reading| reading.resolvers.first()).copied();
    findings.push(asked.echo().await);
    let tried = asked.tried(targets, resolver).await;
    findings.push(tried.udp_443());
    findings.push(tried.port_25());
    findings.push(asked.own_names(inventory).await);
    findings.push(asked.clock(began, resolver).await);
    findings
}

/// What was asked so far.
struct Asked<'l> {
    live: &'l Live,
    settings: &'l Settings,
    evidence: Evidence,
    witnesses: ClockWitnesses,
    count: u64,
}

impl Asked<'_> {
    async fn ask(&mut self, requests: Vec<Request>) -> Vec<Reply> {
        let observations = join_all(requests.iter().map(|request| self.live.ask(request))).await;
        let mut replies = Vec::new();
        for observation in observations {
            self.count += 1;
            let id = ObservationId(Digest::of(&self.count.to_be_bytes()));
            self.witnesses.hear(id, &observation);
            replies.push(observation.reply.clone());
            self.evidence.insert(id, Arc::new(observation));
        }
        replies
    }

    async fn ask_all(&mut self, questions: Vec<Question>) -> Vec<Reply> {
        self.ask(questions.into_iter().map(|question| Request::nth(question, 1)).collect()).await
    }

    /// Whom to ask over IPv4: nobody beside the control targets where there are some.
    async fn ipv4(&mut self) -> Finding {
        let root = SocketAddr::from((ROOT_SERVER_IPV4, 53));
        let declared = &self.settings.control_targets;
        let targets: Vec<SocketAddr> = match declared.is_empty() {
            true => vec![root],
            false => declared.iter().copied().filter(SocketAddr::is_ipv4).collect(),
        };
        let route = self.ask_all(vec![Question::Route(root.ip())]).await;
        let has_route = matches!(route[..], [Reply::Route(Ok(_))]);
        let questions = targets.iter().map(|target| match target.port() {
            53 => dns(*target, Name::root(), RecordType::SOA, false),
            _ => connection(*target),
        });
        let replies = self.ask_all(questions.collect()).await;
        let answering = replies.iter().filter(|reply| vantage::answered(reply)).count();
        let count = format!("{answering}/{}", targets.len());
        match (answering > 0, has_route, targets.is_empty()) {
            (true, ..) => Finding::new(Point::Ipv4, State::Pass, Say::Ipv4Works, count),
            (false, false, _) => Finding::new(Point::Ipv4, State::Fail, Say::NoIpv4Route, ""),
            (false, true, true) => Finding::new(Point::Ipv4, State::Unknown, Say::NoIpv4Target, ""),
            (false, true, false) => Finding::new(Point::Ipv4, State::Fail, Say::Ipv4Silent, count),
        }
    }

    async fn echo(&mut self) -> Finding {
        let targets = vantage::control_targets(self.settings);
        let questions = targets.iter().map(|target| {
            Question::Echo(EchoQuestion { address: target.ip(), payload_octets: PAYLOAD })
        });
        let replies = self.ask_all(questions.collect()).await;
        let is = |wanted: fn(&Reply) -> bool| replies.iter().any(wanted);
        if is(|reply| matches!(reply, Reply::Echo(Ok(_)))) {
            return Finding::new(Point::Icmp, State::Pass, Say::EchoWorks, "");
        }
        match is(|reply| matches!(reply, Reply::Echo(Err(NetFailure::NotPermitted)))) {
            true => Finding::new(Point::Icmp, State::Fail, Say::EchoForbidden, ""),
            false => Finding::new(Point::Icmp, State::Unknown, Say::EchoSilent, ""),
        }
    }

    /// The names of the own addresses.
    async fn own_names(&mut self, inventory: &Inventory) -> Finding {
        for _ in 0..ROUNDS_MAX {
            let requests = own_name_questions(&self.evidence, self.settings, &inventory.networks);
            if requests.is_empty() {
                break;
            }
            self.ask(requests).await;
        }
        let own = own_addresses(&self.evidence, self.settings, &inventory.networks);
        let seen: Vec<_> = own.iter().filter(|address| address.names.is_some()).collect();
        if seen.is_empty() {
            let shown: Vec<_> = own.iter().map(|own| own.address.to_string()).collect();
            let say = if shown.is_empty() { Say::NoOwnAddress } else { Say::NoGlobalAddress };
            return Finding::new(Point::Ptr, State::Unknown, say, shown.join(", "));
        }
        let nameless: Vec<String> = seen
            .iter()
            .filter(|own| own.confirmed_name().is_none())
            .map(|own| own.address.to_string())
            .collect();
        match nameless.is_empty() {
            true => {
                let names = seen
                    .iter()
                    .filter_map(|own| Some(format!("{} {}", own.address, own.confirmed_name()?)));
                Finding::new(
                    Point::Ptr,
                    State::Pass,
                    Say::Named,
                    names.collect::<Vec<_>>().join(", "),
                )
            }
            false => Finding::new(Point::Ptr, State::Fail, Say::Nameless, nameless.join(", ")),
        }
    }

    async fn clock(&mut self, began: Timestamp, resolver: Option<SocketAddr>) -> Finding {
        let targets = vantage::control_targets(self.settings);
        let servers = targets.into_iter().filter(|target| target.port() == 53).chain(resolver);
        let questions = servers
            .map(|server| dns(server, Name::root(), RecordType::DNSKEY, Some(server) == resolver));
        self.ask_all(questions.collect()).await;
        let clock = own_clock(self.witnesses.all(), None, began);
        let count = clock.witnesses.len().to_string();
        match clock.state {
            ClockState::Right => Finding::new(Point::Clock, State::Pass, Say::ClockRight, count),
            ClockState::Unknown => {
                Finding::new(Point::Clock, State::Unknown, Say::ClockUnknown, "")
            }
            ClockState::Wrong | ClockState::Changed => {
                let behind = clock
                    .behind_s
                    .map_or_else(|| began.to_string(), |seconds| format!("{} s", -seconds));
                Finding::new(Point::Clock, State::Fail, Say::ClockWrong, behind)
            }
        }
    }

    /// Tries each target at the ports that are often closed on the way.
    async fn tried(&mut self, targets: &[Host], resolver: Option<SocketAddr>) -> Tried {
        let mut tried = Tried { has_targets: !targets.is_empty(), ..Tried::default() };
        for target in targets {
            let addresses = self.addresses(target, resolver).await;
            let quic = |address: &IpAddr| {
                let address = SocketAddr::new(*address, 443);
                Question::Quic(QuicQuestion { address, host: target.clone() })
            };
            let replies = self.ask_all(addresses.iter().map(quic).collect()).await;
            tried.quic.extend(replies);
            // For the clock: what the site says of the time.
            let page = |address: &IpAddr| {
                Question::Conversation(ConversationQuestion {
                    address: SocketAddr::new(*address, 443),
                    tls: Some(target.clone()),
                    http: Some(HttpGet {
                        authority: target.to_string().into(),
                        path: "/".into(),
                        ..HttpGet::default()
                    }),
                    mss: None,
                })
            };
            self.ask_all(addresses.iter().take(1).map(page).collect()).await;
            if let Some((exchanger, addresses)) = self.exchanger(target, resolver).await {
                let questions =
                    addresses.iter().map(|address| connection(SocketAddr::new(*address, 25)));
                let replies = self.ask_all(questions.collect()).await;
                tried.exchangers.push((exchanger.to_string(), replies));
            }
        }
        tried
    }

    /// The first mail exchanger of a domain, and its addresses.
    async fn exchanger(
        &mut self,
        target: &Host,
        resolver: Option<SocketAddr>,
    ) -> Option<(Name, Vec<IpAddr>)> {
        let (Host::Name(domain), Some(resolver)) = (target, resolver) else { return None };
        let records = self.records(resolver, domain.clone(), RecordType::MX).await;
        let exchangers = records.into_iter().filter_map(|record| match record {
            RecordData::Mx { preference, exchange } if exchange != Name::root() => {
                Some((preference, exchange))
            }
            _ => None,
        });
        let (_, exchanger) = exchangers.min()?;
        let addresses = self.addresses(&Host::Name(exchanger.clone()), Some(resolver)).await;
        Some((exchanger, addresses)).filter(|(_, addresses)| !addresses.is_empty())
    }

    async fn addresses(&mut self, host: &Host, resolver: Option<SocketAddr>) -> Vec<IpAddr> {
        let name = match (host, resolver) {
            (Host::Address(address), _) => return vec![*address],
            (Host::Name(_), None) => return Vec::new(),
            (Host::Name(name), Some(_)) => name.clone(),
        };
        let mut found = Vec::new();
        for record_type in [RecordType::AAAA, RecordType::A] {
            let Some(resolver) = resolver else { continue };
            let records = self.records(resolver, name.clone(), record_type).await;
            let addresses = records.into_iter().filter_map(|record| match record {
                RecordData::Aaaa(address) => Some(IpAddr::from(address)),
                RecordData::A(address) => Some(IpAddr::from(address)),
                _ => None,
            });
            found.extend(addresses.take(ADDRESSES_MAX));
        }
        found
    }

    async fn records(
        &mut self,
        resolver: SocketAddr,
        name: Name,
        record_type: RecordType,
    ) -> Vec<RecordData> {
        let replies = self.ask_all(vec![dns(resolver, name, record_type, true)]).await;
        let Some(Reply::Dns(message)) = replies.first() else { return Vec::new() };
        message.decoded().map_or_else(
            |_| Vec::new(),
            |message| message.answers.iter().map(|record| record.data.clone()).collect(),
        )
    }
}

/// What came of the targets.
#[derive(Default)]
struct Tried {
    has_targets: bool,
    quic: Vec<Reply>,
    /// Each exchanger with what came at its addresses.
    exchangers: Vec<(String, Vec<Reply>)>,
}

impl Tried {
    fn udp_443(&self) -> Finding {
        let finding = |state, say| Finding::new(Point::Udp443, state, say, "");
        // Whatever comes back, a refusal too, has gone there and back.
        let is_back = |reply: &Reply| match reply {
            Reply::Quic(Ok(_)) => true,
            Reply::Quic(Err(QuicFailure::Net { failure })) => {
                matches!(failure, NetFailure::Refused)
            }
            Reply::Quic(Err(_)) => true,
            _ => false,
        };
        let is_forbidden = |reply: &Reply| {
            matches!(
                reply,
                Reply::Quic(Err(QuicFailure::Net { failure: NetFailure::NotPermitted }))
            )
        };
        match () {
            () if !self.has_targets => finding(State::Unknown, Say::NoTarget),
            () if self.quic.is_empty() => finding(State::Unknown, Say::NoTargetAddress),
            () if self.quic.iter().any(is_back) => finding(State::Pass, Say::Udp443Works),
            () if self.quic.iter().any(is_forbidden) => finding(State::Fail, Say::OwnFirewall),
            () => finding(State::Unknown, Say::Udp443Silent),
        }
    }

    fn port_25(&self) -> Finding {
        let names: Vec<&str> = self.exchangers.iter().map(|(name, _)| &**name).collect();
        let finding = |state, say| Finding::new(Point::Port25, state, say, names.join(", "));
        let mut replies = self.exchangers.iter().flat_map(|(_, replies)| replies);
        let failures = |reply: &Reply| match reply {
            Reply::Conversation(seen) => seen.connect.as_ref().err().cloned(),
            _ => None,
        };
        match () {
            () if !self.has_targets => finding(State::Unknown, Say::NoTarget),
            () if self.exchangers.is_empty() => finding(State::Unknown, Say::NoExchanger),
            () if replies.any(|reply| {
                vantage::answered(reply) || failures(reply) == Some(NetFailure::Refused)
            }) =>
            {
                finding(State::Pass, Say::Port25Works)
            }
            () if self
                .exchangers
                .iter()
                .flat_map(|(_, replies)| replies)
                .any(|reply| failures(reply) == Some(NetFailure::NotPermitted)) =>
            {
                finding(State::Fail, Say::OwnFirewall)
            }
            () if self.exchangers.len() >= SILENT_MIN => finding(State::Fail, Say::Port25Closed),
            () => finding(State::Unknown, Say::Port25Silent),
        }
    }
}

fn dns(server: SocketAddr, name: Name, record_type: RecordType, recursive: bool) -> Question {
    Question::Dns(DnsQuestion {
        server,
        transport: Transport::Udp,
        name,
        record_type,
        recursion_desired: recursive,
        checking_disabled: false,
        dnssec_ok: true,
        without_edns: false,
    })
}

fn connection(address: SocketAddr) -> Question {
    Question::Conversation(ConversationQuestion { address, tls: None, http: None, mss: None })
}
