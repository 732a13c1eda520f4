//! Is STARTTLS the same over both families?

use super::subjects::{contacts, mail_exchangers, not_seen, over_contacts, socket};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::Contact;
use crate::model::{
    Family, Outcome, Question, Severity, Starttls, State, Subject, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls-parity",
    sources: &["RFC 3207", "RFC 6540"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("same"),
        Reason::fail("different-offer"),
        Reason::fail("different-certificate"),
        Reason::fail("different-version"),
        Reason::not_applicable("one-family"),
    ],
    doc: Doc::new(
        include_str!("mail_starttls_parity.en.md"),
        include_str!("mail_starttls_parity.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    if let Err(verdict) = mail_exchangers(case) {
        return verdict;
    }
    if case.service.state == State::Ipv6Only {
        return Verdict::not_applicable(common::NO_IPV4);
    }
    let [ipv6, ipv4] = match [contacts(case, Family::Ipv6), contacts(case, Family::Ipv4)] {
        [Ok(ipv6), Ok(ipv4)] => [ipv6, ipv4],
        [Err(verdict), _] | [_, Err(verdict)] => return verdict,
    };
    let subjects = ipv6.iter().filter_map(|contact| {
        let theirs: Vec<_> = ipv4.iter().filter(|other| is_same_host(contact, other)).collect();
        (!theirs.is_empty()).then(|| subject(contact, &theirs))
    });
    let subjects: Vec<Subject> = subjects.collect();
    if subjects.is_empty() {
        return Verdict::not_applicable("one-family");
    }
    let all: Vec<Contact<'_>> = ipv6.into_iter().chain(ipv4).collect();
    over_contacts(subjects, "same", &all)
}

fn is_same_host(a: &Contact<'_>, b: &Contact<'_>) -> bool {
    match (&a.talk.question, &b.talk.question) {
        (Question::Greeting(a), Question::Greeting(b)) => a.host == b.host,
        _ => false,
    }
}

/// What an address offers: nothing, or TLS with the session where there is one.
#[derive(Clone, Copy)]
enum Offer<'e> {
    Nothing,
    Tls(Option<&'e TlsSession>),
}

fn offer<'e>(contact: &Contact<'e>) -> Result<Offer<'e>, &'static str> {
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return Err(reason);
    }
    let read = |greeting: &'e crate::model::Greeting| {
        Some(match greeting.starttls.as_ref()? {
            Starttls::NotOffered => Offer::Nothing,
            _ => Offer::Tls(greeting.conversation.tls.as_ref().and_then(|tls| tls.as_ref().ok())),
        })
    };
    let seen = contact.greetings.iter().rev().find_map(|(greeting, _)| read(greeting));
    seen.ok_or(common::LOWER_LAYER)
}

fn subject(contact: &Contact<'_>, theirs: &[&Contact<'_>]) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let ours = match offer(contact) {
        Ok(ours) => ours,
        Err(reason) => return unknown(reason),
    };
    let mut last = None;
    for other in theirs {
        match offer(other) {
            // One IPv4 address that is the same is enough: several servers may stand behind a name.
            Ok(offer) => match difference(ours, offer) {
                None => return socket(contact.address, Outcome::Pass, "same", Vec::new()),
                Some(reason) => last = Some((reason, other.address)),
            },
            Err(reason) if last.is_none() => last = Some((reason, other.address)),
            Err(_) => {}
        }
    }
    match last {
        Some((reason, with)) if CHECK.reasons.iter().any(|known| known.id == reason) => {
            let detail = vec![("compared-with", with.to_string())];
            socket(contact.address, Outcome::Fail, reason, detail)
        }
        Some((reason, _)) => unknown(reason),
        None => unknown(common::NOT_OBSERVED),
    }
}

/// How two offers differ; a handshake that failed is another check's affair.
fn difference(a: Offer<'_>, b: Offer<'_>) -> Option<&'static str> {
    match (a, b) {
        (Offer::Nothing, Offer::Nothing) => None,
        (Offer::Nothing, Offer::Tls(_)) | (Offer::Tls(_), Offer::Nothing) => {
            Some("different-offer")
        }
        (Offer::Tls(Some(a)), Offer::Tls(Some(b))) => {
            if a.chain.first() != b.chain.first() {
                Some("different-certificate")
            } else if a.version != b.version {
                Some("different-version")
            } else {
                None
            }
        }
        (Offer::Tls(_), Offer::Tls(_)) => Some(common::LOWER_LAYER),
    }
}
