//! Signed answers as they came: asked with DO and CD, so that no resolver judges them before we do.

use std::net::SocketAddr;

use hickory_proto::op::{Message as WireMessage, ResponseCode};
use hickory_proto::rr::RecordType as WireType;
use jiff::Timestamp;

use crate::evidence::dns::exchange::server_question;
use crate::evidence::dns::{LookupFailure, dns_question};
use crate::evidence::query::View;
use crate::model::{
    self, DnsQuestion, Name, NetFailure, ObservationId, Question, Rcode, RecordType, Reply,
    Request, Transport,
};

/// A usable answer.
pub(super) struct Answer {
    pub(super) wire: WireMessage,
    /// When it was seen: signatures are judged at that moment. `None` where our clock was wrong.
    pub(super) at: Option<Timestamp>,
}

/// Why there is none.
pub(super) enum NoAnswer {
    NotObserved,
    Failed(LookupFailure),
}

/// The facts that a validation rests on, and whether something is still to be asked.
#[derive(Default)]
pub(in crate::evidence::dns) struct Citations {
    pub(in crate::evidence::dns) observations: Vec<ObservationId>,
    pub(in crate::evidence::dns) is_pending: bool,
}

/// The first usable answer among the attempts, over TCP where UDP truncates.
pub(super) fn ask(
    view: &View<'_>,
    name: &hickory_proto::rr::Name,
    kind: WireType,
    checking_disabled: bool,
    citations: &mut Citations,
) -> Result<Answer, NoAnswer> {
    let name = Name::from_labels(name.iter());
    let mut last = LookupFailure::Net(NetFailure::NoRoute);
    for attempt in 1..=view.settings.attempts.max(1) {
        let Some(asked) = dns_question(view, &name, RecordType(kind.into()), attempt) else {
            break;
        };
        let mut asked = DnsQuestion { checking_disabled, dnssec_ok: true, ..asked };
        match reply_to(view, &mut asked, attempt, citations) {
            None => return Err(NoAnswer::NotObserved),
            Some(Ok(answer)) => match answer.wire.metadata.response_code {
                ResponseCode::NoError | ResponseCode::NXDomain => return Ok(answer),
                rcode => last = LookupFailure::Rcode(Rcode(rcode.into())),
            },
            Some(Err(failure)) => last = failure,
        }
    }
    Err(NoAnswer::Failed(last))
}

/// What an authoritative server answers with signatures, over TCP where UDP truncates.
pub(super) fn ask_server(
    view: &View<'_>,
    server: SocketAddr,
    transport: Transport,
    (name, kind): (&model::Name, WireType),
    citations: &mut Citations,
) -> Result<Answer, NoAnswer> {
    let mut asked = server_question(server, transport, name, RecordType(kind.into()), true);
    let mut last = LookupFailure::Net(NetFailure::NoRoute);
    for attempt in 1..=view.settings.attempts.max(1) {
        match reply_to(view, &mut asked, attempt, citations) {
            None => return Err(NoAnswer::NotObserved),
            Some(Ok(answer)) => {
                return match answer.wire.metadata.response_code {
                    ResponseCode::NoError | ResponseCode::NXDomain => Ok(answer),
                    rcode => Err(NoAnswer::Failed(LookupFailure::Rcode(Rcode(rcode.into())))),
                };
            }
            Some(Err(failure)) => last = failure,
        }
    }
    Err(NoAnswer::Failed(last))
}

/// What one attempt brought, over TCP where UDP truncates; asks for what was not observed.
fn reply_to(
    view: &View<'_>,
    asked: &mut DnsQuestion,
    attempt: u8,
    citations: &mut Citations,
) -> Option<Result<Answer, LookupFailure>> {
    let mut reply = find(view, asked, attempt, citations);
    if matches!(&reply, Some(Ok(answer)) if answer.wire.metadata.truncation) {
        asked.transport = Transport::Tcp;
        reply = find(view, asked, attempt, citations);
    }
    if reply.is_none() {
        view.request(Request::nth(Question::Dns(asked.clone()), attempt));
        citations.is_pending = true;
    }
    reply
}

fn find(
    view: &View<'_>,
    asked: &DnsQuestion,
    attempt: u8,
    citations: &mut Citations,
) -> Option<Result<Answer, LookupFailure>> {
    let question = Question::Dns(asked.clone());
    let (observation, id) =
        view.attempts(&question).find(|(observation, _)| observation.request.attempt == attempt)?;
    if !citations.observations.contains(&id) {
        citations.observations.push(id);
    }
    Some(match &observation.reply {
        Reply::Dns(message) => match WireMessage::from_vec(message.raw().bytes()) {
            Ok(wire) => Ok(Answer { wire, at: view.moment(observation.observed_at) }),
            Err(_) => Err(LookupFailure::Malformed),
        },
        Reply::DnsFailed(failure) => Err(LookupFailure::Net(failure.clone())),
        _ => Err(LookupFailure::Malformed),
    })
}
