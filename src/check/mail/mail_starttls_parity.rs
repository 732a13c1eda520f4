//! Is STARTTLS the same over both families?

use super::helpers::over_exchangers;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{contacts, mail_exchangers, socket};
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::service::EndpointContact;
use crate::model::{
    Family, Outcome, Question, Severity, Starttls, State, Subject, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls-parity",
    sources: &["RFC 3207", "RFC 6540"],
    severity: Severity::Warning,
    revision: 2,
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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let mail = match mail_exchangers(case) {
        Ok(mail) => mail,
        Err(verdict) => return verdict,
    };
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
    let cite = ipv6.iter().chain(&ipv4).flat_map(|contact| contact.talk.observations());
    over_exchangers(&mail, &[Family::Ipv6, Family::Ipv4], subjects, "same", "one-family")
        .citing(cite.collect::<Vec<_>>())
}

fn is_same_host(a: &EndpointContact<'_>, b: &EndpointContact<'_>) -> bool {
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

fn offer<'e>(contact: &EndpointContact<'e>) -> Result<Offer<'e>, &'static str> {
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return Err(reason);
    }
    let read = |greeting: &'e crate::model::Greeting| {
        Some(match greeting.starttls.as_ref()? {
            Starttls::NotOffered => Offer::Nothing,
            _ => Offer::Tls(greeting.conversation.tls.as_ref().and_then(|tls| tls.as_ref().ok())),
        })
    };
    let attempts = contact.greetings.iter().filter(|(greeting, _)| !greeting.is_our_fault());
    let mut seen: Vec<_> = attempts.filter_map(|(greeting, _)| read(greeting)).collect();
    let offer = seen.pop().ok_or(common::LOWER_LAYER)?;
    let kind = |offer: &Offer<'_>| match offer {
        Offer::Nothing => 0,
        Offer::Tls(None) => 1,
        Offer::Tls(Some(_)) => 2,
    };
    match seen.iter().any(|other| kind(other) != kind(&offer)) {
        true => Err(common::FLAKY),
        false => Ok(offer),
    }
}

fn subject(contact: &EndpointContact<'_>, theirs: &[&EndpointContact<'_>]) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let ours = match offer(contact) {
        Ok(ours) => ours,
        Err(reason) => return unknown(reason),
    };
    let mut different = None;
    let mut unseen = None;
    for other in theirs {
        match offer(other).map(|offer| difference(ours, offer)) {
            // One IPv4 address that is the same is enough: several servers may stand behind a name.
            Ok(Compared::Same) => {
                return socket(contact.address, Outcome::Pass, "same", Vec::new());
            }
            Ok(Compared::Different(reason)) => different = Some((reason, other.address)),
            Ok(Compared::NoHandshake) => unseen = unseen.or(Some(common::LOWER_LAYER)),
            Err(reason) => unseen = unseen.or(Some(reason)),
        }
    }
    // One that is not known may be the one that is the same.
    match (unseen, different) {
        (None, Some((reason, with))) => {
            let detail = vec![("compared-with", with.to_string())];
            socket(contact.address, Outcome::Fail, reason, detail)
        }
        (reason, _) => unknown(reason.unwrap_or(common::NOT_OBSERVED)),
    }
}

/// What two offers come to.
enum Compared {
    Same,
    Different(&'static str),
    /// A handshake that failed is another check's affair.
    NoHandshake,
}

fn difference(a: Offer<'_>, b: Offer<'_>) -> Compared {
    match (a, b) {
        (Offer::Nothing, Offer::Nothing) => Compared::Same,
        (Offer::Nothing, Offer::Tls(_)) | (Offer::Tls(_), Offer::Nothing) => {
            Compared::Different("different-offer")
        }
        (Offer::Tls(Some(a)), Offer::Tls(Some(b))) => {
            if a.chain.first() != b.chain.first() {
                Compared::Different("different-certificate")
            } else if a.version != b.version {
                Compared::Different("different-version")
            } else {
                Compared::Same
            }
        }
        (Offer::Tls(_), Offer::Tls(_)) => Compared::NoHandshake,
    }
}
