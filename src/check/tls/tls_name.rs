//! Is the certificate for the name that users type, on every IPv6 address?

use super::helpers::{
    host_of, naming_leaf, subject_of_worst_session, tls_contacts, verdict_over_each,
};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate;
use crate::model::{Detail, Outcome, Severity, Subject, TlsSession, Verdict};

/// Names of a certificate that a verdict shows; there may be thousands.
const NAMES_SHOWN: usize = 8;

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-name",
    sources: &["RFC 9525 §6"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("name-matches"),
        Reason::fail("name-mismatch"),
        Reason::fail("no-san"),
        Reason::fail("unreadable"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_name.en.md"), include_str!("tls_name.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    Ok(verdict_over_each(context, &contacts, "name-matches", |contact| {
        subject_of_worst_session(contact, CHECK.reasons, |session, _| {
            subject_of_session(contact, session)
        })
    }))
}

fn subject_of_session(contact: &EndpointContact<'_>, session: &TlsSession) -> Subject {
    let Some(leaf) = certificate::leaf(&session.chain) else {
        return socket(contact.address, Outcome::Fail, "unreadable", Vec::new());
    };
    let matches = host_of(contact).is_some_and(|host| leaf.is_for(&host));
    let (outcome, reason) = match (matches, leaf.dns_names.len() + leaf.addresses.len()) {
        (true, _) => (Outcome::Pass, "name-matches"),
        (false, 0) => (Outcome::Fail, "no-san"),
        (false, _) => (Outcome::Fail, "name-mismatch"),
    };
    let names = leaf.dns_names.iter().cloned();
    let names: Vec<String> = names.chain(leaf.addresses.iter().map(ToString::to_string)).collect();
    let mut detail: Vec<Detail> =
        names.iter().take(NAMES_SHOWN).map(|name| ("san", name.clone())).collect();
    if let more @ 1.. = names.len().saturating_sub(NAMES_SHOWN) {
        detail.push(("more-names", more.to_string()));
    }
    naming_leaf(socket(contact.address, outcome, reason, detail), &session.chain)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::testing::certificates::{leaf_params, root_authority, signed_certificate};
    use crate::check::testing::tls::{assert_unseen_sessions, outcome_of_chain, two_handshakes};
    use crate::model::Blob;
    use crate::model::Outcome::{Fail, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[names];

    #[test]
    fn names() {
        assert_unseen_sessions("tls-name");
        let good = root_authority("good");
        let of_names = |names: &[&str]| vec![signed_certificate(&leaf_params(names), &good)];
        let unreadable = || vec![Blob::new(vec![1])];
        for (chain, expected) in [
            (of_names(&["www.example.vn"]), (Pass, "name-matches")),
            (of_names(&["*.example.vn"]), (Pass, "name-matches")),
            (of_names(&["example.vn"]), (Fail, "name-mismatch")),
            (of_names(&[]), (Fail, "no-san")),
            (unreadable(), (Fail, "unreadable")),
        ] {
            assert_eq!(outcome_of_chain("tls-name", &good, chain), expected);
        }
        // Some of the visitors get the other one.
        let wavers =
            two_handshakes(&good, [of_names(&["www.example.vn"]), of_names(&["example.vn"])]);
        assert_eq!(wavers.outcome_of("tls-name"), (Fail, "name-mismatch"));
    }
}
