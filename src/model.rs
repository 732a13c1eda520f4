//! The words of v6ready as types. No input, no output, no clock.
//!
//! Facts travel one way through these types: a [`Service`] leads to [`Request`]s, a request is
//! answered by an [`Observation`], observations make up [`Evidence`], and evidence is judged into
//! [`Verdict`]s. What an observation can hold has a file for each protocol ([`DnsMessage`],
//! [`Conversation`], [`Greeting`], [`QuicSession`], …); names, addresses and networks are parsed
//! once, here ([`Name`], [`Host`], [`Network`]); limits and deadlines are [`Settings`].
//!
//! Every other room imports this one, and it imports none.

mod address;
mod answered;
mod blob;
mod conversation;
mod dns;
mod dns_message;
mod echo;
mod evidence;
mod failure;
mod greeting;
mod http;
mod inventory;
mod lang;
mod legacy_hello;
mod name;
mod network;
mod ntp;
mod observation;
mod origin;
mod own_clock;
mod quic;
mod readings;
mod recheck;
mod reporting;
mod request;
mod run;
mod run_id;
mod selection;
mod service;
mod settings;
mod shown_url;
mod stage;
pub mod suggestion;
mod timings;
mod tls;
mod verdict;

pub use address::{REGISTRY_DATE, SpecialPurpose, is_globally_reachable, special_purpose};
pub use blob::{Blob, Digest, hex};
pub use conversation::{Connected, Conversation};
pub use dns::{DecodeError, Edns, Message, Rcode, Record, RecordData, RecordType, ServiceBinding};
pub use dns_message::DnsMessage;
pub use echo::{EchoQuestion, Echoed};
pub use evidence::{Evidence, QuestionHash};
pub use failure::{IcmpMeaning, NetFailure};
pub use greeting::{
    Answer, Greeting, GreetingFailure, GreetingQuestion, Meaning, Protocol, Security, Starttls,
};
pub use http::{BodyEnd, EndingFrame, HttpFailure, HttpResponse};
pub use inventory::Inventory;
pub use lang::{Lang, Text};
pub use legacy_hello::{LegacyAnswer, LegacyHelloQuestion, LegacyVersion};
pub use name::{Host, InvalidName, Name};
pub use network::{Network, Networks};
pub use ntp::{NTP_HEADER_OCTETS, NTP_OCTETS_MAX, NtpExchange, NtpPacket, NtpQuestion};
pub use observation::{Family, Observation, ObservationId, Reply};
pub use origin::{OriginQuestion, OriginTable, Origins, Payload, Route, Validity};
pub use own_clock::{ClockState, ClockWitness, OwnClock, WitnessKind};
pub use quic::{QuicFailure, QuicQuestion, QuicSession};
pub use readings::{FactTopic, Readings};
pub use recheck::Recheck;
pub use reporting::ReportingPeriod;
pub use request::{ConversationQuestion, DnsQuestion, HttpGet, Question, Request, Transport};
pub use run::{LostWindow, RequestCounts, Run, RunCounts, Vantage, VantageIpv6};
pub use run_id::{InvalidRunId, RunId};
pub use selection::{BadPattern, Selection, Unmatched};
pub use service::{
    Category, Endpoint, Exemption, Goal, Organisation, Service, ServiceId, State, Target,
};
pub use settings::{CaaIssuer, Limits, Settings, Timeouts};
pub use shown_url::shown_url;
pub use stage::Stage;
pub use timings::{Limit, RequestKind, ServerTime, Spent, Timings, Work};
pub use tls::{
    BehindFailure, Browser, BrowserHello, HelloAnswer, SecondStack, TlsFailed, TlsFailure,
    TlsSession,
};
pub use verdict::{Detail, Outcome, Severity, Subject, SubjectName, Verdict};
