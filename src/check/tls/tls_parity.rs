//! Is it the same secure service on every address of both families?

use jiff::Timestamp;

use super::helpers::{host_of, naming_host, sessions_of, tls_contacts, web_servers};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{contacts, socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate;
use crate::model::{
    Detail, Family, Host, Outcome, Severity, Subject, SubjectName, Target, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-parity",
    sources: &["RFC 6540", "RFC 8446", "RFC 7301"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("same"),
        // From the gravest to the mildest: the gravest difference gives the reason.
        Reason::fail("different-certificate"),
        Reason::fail("different-chain"),
        Reason::fail("different-version"),
        Reason::fail("different-alpn"),
        Reason::fail("different-group"),
        Reason::fail_as("another-leaf-of-same-names", Severity::Warning),
        Reason::not_applicable("one-address"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_parity.en.md"), include_str!("tls_parity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let ipv6 = tls_contacts(context)?;
    // IPv4 first: what users have been getting until now is what the rest is compared with.
    let all: Vec<EndpointContact<'_>> =
        contacts_over_ipv4(context)?.into_iter().chain(ipv6.iter().cloned()).collect();
    let mut subjects = Vec::new();
    let mut is_compared = false;
    // Each server on the way to the page is compared with itself.
    let mut servers: Vec<_> = ipv6.iter().map(server_of).collect();
    servers.dedup();
    for server in servers {
        let of_server: Vec<_> = all.iter().filter(|contact| server_of(contact) == server).collect();
        is_compared |= of_server.len() > 1;
        subjects.extend(subjects_of_server(context, &of_server));
    }
    subjects.sort_by_key(rank_of_failure);
    let verdict = verdict_over_contacts(subjects, "same", &all);
    if is_compared { Ok(verdict) } else { Err(Verdict { reason: "one-address", ..verdict }) }
}

/// The contacts with the same servers over IPv4; none where there is no address.
fn contacts_over_ipv4<'a>(context: &CheckContext<'a>) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    let found = match context.service.target {
        Target::Web(_) => web_servers(context, Family::Ipv4)
            .map(|servers| servers.into_iter().flat_map(|server| server.contacts).collect()),
        _ => contacts(context, Family::Ipv4),
    };
    match found {
        Err(early) if early.outcome == Outcome::NotApplicable => Ok(Vec::new()),
        found => found,
    }
}

/// The host and port of a contact.
fn server_of(contact: &EndpointContact<'_>) -> (Option<Host>, u16) {
    (host_of(contact), contact.address.port())
}

/// How the addresses of one server compare with the first of them that shows a session; nothing for
/// a single address.
fn subjects_of_server(context: &CheckContext<'_>, all: &[&EndpointContact<'_>]) -> Vec<Subject> {
    if all.len() < 2 {
        return Vec::new();
    }
    let sessions: Vec<_> = all.iter().map(|contact| sessions_of(contact)).collect();
    let Some((reference, expected)) =
        sessions.iter().enumerate().find_map(|(at, seen)| Some((at, seen.as_ref().ok()?)))
    else {
        return sessions.into_iter().filter_map(Result::err).collect();
    };
    let others = sessions.iter().enumerate().filter(|(at, _)| *at != reference);
    let subjects = others.map(|(at, seen)| match seen {
        Ok(seen) => {
            let subject = most_alike(all[at], seen, all[reference], expected);
            naming_host(context.service, all[at], subject)
        }
        Err(unknown) => unknown.clone(),
    });
    subjects.collect()
}

type Sessions<'e> = Vec<(&'e TlsSession, Timestamp)>;

/// How the two most alike of two addresses' sessions compare: an address with several servers behind
/// it shows each of them sooner or later.
fn most_alike(
    contact: &EndpointContact<'_>,
    seen: &Sessions<'_>,
    with: &EndpointContact<'_>,
    expected: &Sessions<'_>,
) -> Subject {
    let mut best: Option<Subject> = None;
    for (session, _) in seen {
        for (other, _) in expected {
            let subject = comparison(contact, session, with, other);
            if best.as_ref().is_none_or(|best| rank_of_failure(&subject) > rank_of_failure(best)) {
                best = Some(subject);
            }
        }
    }
    let unknown = || socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, vec![]);
    best.unwrap_or_else(unknown)
}

/// Failures first, the gravest of them at the head; otherwise in the order of the addresses.
fn rank_of_failure(subject: &Subject) -> usize {
    if subject.outcome != Outcome::Fail {
        return usize::MAX;
    }
    CHECK.reasons.iter().position(|reason| reason.id == subject.reason).unwrap_or(usize::MAX)
}

fn comparison(
    contact: &EndpointContact<'_>,
    seen: &TlsSession,
    with: &EndpointContact<'_>,
    other: &TlsSession,
) -> Subject {
    let mut reasons = Vec::new();
    let mut detail: Vec<Detail> =
        vec![("compared-with", SubjectName::Socket(with.address).to_string())];
    let mut differs = |reason: &'static str, key: &'static str, here: String, there: String| {
        reasons.push(reason);
        detail.push((key, format!("{here} / {there}")));
    };
    if seen.chain.first() != other.chain.first() {
        let (reason, here, there) = leaf_difference(seen, other);
        differs(reason, "leaf", here, there);
    }
    if seen.chain.get(1..) != other.chain.get(1..) {
        let (here, there) = (seen.chain.len().to_string(), other.chain.len().to_string());
        differs("different-chain", "certificates-sent", here, there);
    }
    if seen.version != other.version {
        differs("different-version", "version", seen.version.clone(), other.version.clone());
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    if seen.alpn != other.alpn {
        differs("different-alpn", "alpn", text(&seen.alpn), text(&other.alpn));
    }
    // Another version has other groups: the version says so already.
    if seen.group != other.group && seen.version == other.version {
        differs("different-group", "group", text(&seen.group), text(&other.group));
    }
    let order = |reason: &&'static str| CHECK.reasons.iter().position(|known| known.id == *reason);
    match reasons.into_iter().min_by_key(order) {
        Some(reason) => socket(contact.address, Outcome::Fail, reason, detail),
        None => socket(contact.address, Outcome::Pass, "same", detail),
    }
}

/// How two leaves differ: two certificates of one issuer for the same names are a milder matter.
fn leaf_difference(seen: &TlsSession, other: &TlsSession) -> (&'static str, String, String) {
    let leaf = |session: &TlsSession| certificate::leaf(&session.chain);
    let digest = |session: &TlsSession| {
        session.chain.first().map(|blob| blob.digest().to_string()).unwrap_or_default()
    };
    let is_twin = match (leaf(seen), leaf(other)) {
        (Some(mut here), Some(mut there)) => {
            here.dns_names.sort();
            there.dns_names.sort();
            here.addresses.sort();
            there.addresses.sort();
            here == there
        }
        _ => false,
    };
    let reason = if is_twin { "another-leaf-of-same-names" } else { "different-certificate" };
    (reason, digest(seen), digest(other))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::certificates::{
        authority_below, certificate_of, leaf_certificate, leaf_params, root_authority,
        signed_certificate,
    };
    use crate::check::testing::tls::{TLS_FOUR, TLS_SIX, handshake, tls_service, two_handshakes};
    use crate::check::testing::web::{down, no_tls, session};
    use crate::check::testing::world::{URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, NetFailure, TlsFailure, TlsSession};

    pub(in crate::check) const CASES: &[fn()] = &[both_families];

    #[test]
    fn both_families() {
        let id = "tls-parity";
        let good = root_authority("good");
        let (middle, chain) = (authority_below("middle", &good), vec![leaf_certificate(&good)]);
        let base = || TlsSession { chain: chain.clone(), ..session() };
        let text = |text: &str| Some(text.to_owned());
        let alone = handshake(base());
        let ours = down(NetFailure::NoRoute);
        let both = |six: &[&Conversation], four: &[&Conversation]| {
            tls_service().shaken(TLS_SIX, six).shaken(TLS_FOUR, four).outcome_of(id)
        };
        let other = |six: TlsSession| both(&[&handshake(six)], &[&alone]);
        let elsewhere = vec![signed_certificate(&leaf_params(&["other.example.vn"]), &good)];
        let longer = [chain.clone(), vec![certificate_of(&middle)]].concat();
        let old = "TLSv1.2".to_owned();
        for (six, expected) in [
            (base(), (Pass, "same")),
            (TlsSession { chain: elsewhere.clone(), ..base() }, (Fail, "different-certificate")),
            (TlsSession { chain: longer, ..base() }, (Fail, "different-chain")),
            (TlsSession { version: old, ..base() }, (Fail, "different-version")),
            (TlsSession { alpn: text("h2"), ..base() }, (Fail, "different-alpn")),
            (TlsSession { group: text("X25519"), ..base() }, (Fail, "different-group")),
            (
                TlsSession { chain: vec![leaf_certificate(&good)], ..base() },
                (Fail, "another-leaf-of-same-names"),
            ),
        ] {
            assert_eq!(other(six), expected);
        }
        let reset = no_tls(TlsFailure::Net { failure: NetFailure::Reset });
        for (six, four, expected) in [
            (&[&alone][..], &[&ours, &ours][..], common::OUR_FAULT),
            (&[&ours, &ours], &[&alone], common::OUR_FAULT),
            (&[&alone], &[&reset, &ours], common::OUR_FAULT),
            (&[&alone], &[&reset, &reset], common::LOWER_LAYER),
            (&[&alone], &[], common::NOT_OBSERVED),
        ] {
            assert_eq!(both(six, four), (Inconclusive, expected), "{six:?} {four:?}");
        }
        let wavers = two_handshakes(&good, [chain.clone(), elsewhere]);
        let wavers = wavers.visits(URL, "192.0.2.1", &[&alone]);
        // One of the servers behind the address is the one that IPv4 shows.
        assert_eq!(wavers.outcome_of(id), (Pass, "same"));
        let single = World::with_service("tls: \"www.example.vn:636\"")
            .host("www.example.vn", &["2001:db8::1"]);
        assert_eq!(
            single.shaken(TLS_SIX, &[&alone]).outcome_of(id),
            (NotApplicable, "one-address")
        );
        let plain = World::with_service("tcp: \"www.example.vn:389\"").published();
        assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"));
    }
}
