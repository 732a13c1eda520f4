//! Do the CAA records allow the authority that issued the certificate?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::check::tls::helpers::{accepted, declared_tls_contacts, session_of};
use crate::evidence::dns::{Caa, Permission, caa};
use crate::evidence::query::Gap;
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls::certificate::{self, Path};
use crate::model::{Host, Name, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-caa",
    sources: &["RFC 8659 §3, §4", "CA/Browser Forum Baseline Requirements §3.2.2.8"],
    severity: Severity::Info,
    revision: 1,
    reasons: &[
        Reason::pass("allowed"),
        Reason::fail("none"),
        Reason::fail("unrestricted"),
        Reason::fail_as("forbidden", Severity::Warning),
        Reason::fail_as("critical-unknown", Severity::Warning),
        Reason::inconclusive("unknown-authority"),
        Reason::not_applicable("no-tls"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_caa.en.md"), include_str!("dns_caa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = declared_tls_contacts(context)?;
    let Some(Host::Name(host)) = service::tls_host(context.service) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let own = caa(&context.view, &host);
    if let Some(reason) = unknown_reason(&own) {
        return Err(Verdict::inconclusive(reason).citing(own.observations));
    }
    if own.found_at.is_none() {
        return Err(Verdict::plain(Outcome::Fail, "none").citing(own.observations));
    }
    let mut cite = own.observations.clone();
    let subjects =
        contacts.iter().map(|contact| subject(context, &host, &own, contact, &mut cite)).collect();
    Ok(verdict_over_contacts(subjects, "allowed", &contacts).citing(cite))
}

/// Why nothing follows from a climb, when nothing does.
fn unknown_reason(caa: &Caa) -> Option<&'static str> {
    match caa.stopped {
        None => None,
        Some(Gap::NotObserved) => Some(common::NOT_OBSERVED),
        Some(_) => Some(common::UNRESOLVED),
    }
}

fn subject(
    context: &CheckContext<'_>,
    host: &Name,
    own: &Caa,
    contact: &EndpointContact<'_>,
    cite: &mut Vec<crate::model::ObservationId>,
) -> Subject {
    let subject = |outcome, reason, detail| socket(contact.address, outcome, reason, detail);
    let (session, seen_at) = match session_of(contact) {
        Ok(seen) => seen,
        Err(subject) => return subject,
    };
    let lower = || subject(Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    let Some(leaf) = certificate::leaf(&session.chain) else { return lower() };
    // A certificate that no client trusts, or that is for another name, is another check's failure,
    // and what it calls its issuer proves nothing.
    if accepted(context, session, seen_at).path != Path::Trusted
        || !leaf.is_for(&Host::Name(host.clone()))
    {
        return lower();
    }
    let is_wildcard = !leaf.dns_names.iter().any(|name| name == host.as_str());
    // A wildcard is asked for at the name below which it is (RFC 8659 §3).
    let above = host.parent().filter(|_| is_wildcard).map(|parent| caa(&context.view, &parent));
    let relevant = above.as_ref().unwrap_or(own);
    cite.extend(&relevant.observations);
    if let Some(reason) = unknown_reason(relevant) {
        return subject(Outcome::Inconclusive, reason, Vec::new());
    }
    let mut detail = vec![("issuer", leaf.issuer.clone())];
    detail.extend(relevant.found_at.iter().map(|name| ("caa-at", name.to_string())));
    let declared = &context.view.settings.caa_issuers;
    let (outcome, reason) = match relevant.permission(is_wildcard, &leaf.issuer_names, declared) {
        _ if relevant.found_at.is_none() => (Outcome::Fail, "none"),
        Permission::Allowed(domain) => {
            detail.push(("caa", domain));
            (Outcome::Pass, "allowed")
        }
        Permission::Unrestricted => (Outcome::Fail, "unrestricted"),
        Permission::Forbidden => (Outcome::Fail, "forbidden"),
        Permission::CriticalUnknown => (Outcome::Fail, "critical-unknown"),
        Permission::Unknown => (Outcome::Inconclusive, "unknown-authority"),
    };
    subject(outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::RData;
    use hickory_proto::rr::rdata::CAA;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use crate::check::common;
    use crate::check::testing::certificates::Issuer;
    use crate::check::testing::dns::{answer, message, servfail};
    use crate::check::testing::web::{down, page};
    use crate::check::testing::world::{SIX, URL, WWW, World};
    use crate::evidence::tls::TrustedRoots;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Blob, Conversation, NetFailure, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[
        caa_is_looked_for_up_to_the_top_level_domain,
        authorities_that_may_issue,
        services_without_a_caa_question,
    ];

    /// An authority that calls itself so.
    fn authority(name: &str) -> Issuer {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Issuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    /// A page that comes with a certificate for this name.
    fn shown(by: &Issuer, name: &str) -> Conversation {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let leaf = params.signed_by(&KeyPair::generate().unwrap(), by).unwrap();
        let mut seen = page();
        if let Some(Ok(session)) = &mut seen.tls {
            session.chain = vec![Blob::new(leaf.der().to_vec())];
        }
        seen
    }

    /// A property of a CAA record.
    fn property(critical: bool, tag: &str, value: &str) -> RData {
        let mut caa = CAA::new_issue(critical, None, Vec::new());
        caa.tag = tag.to_owned();
        caa.value = value.as_bytes().to_vec();
        RData::CAA(caa)
    }

    #[test]
    fn caa_is_looked_for_up_to_the_top_level_domain() {
        let none = answer(&[]);
        let climbed = |last: &Reply| {
            World::new("active")
                .published()
                .dns("www.example.vn", RecordType::CAA, &none)
                .dns("example.vn", RecordType::CAA, &none)
                .dns("vn", RecordType::CAA, last)
        };
        assert_eq!(climbed(&none).outcome_of("dns-caa"), (Fail, "none"));
        let broken = message(ResponseCode::ServFail, &[]);
        assert_eq!(climbed(&broken).outcome_of("dns-caa"), (Inconclusive, common::UNRESOLVED));
        let found = answer(&[("vn.", RData::CAA(CAA::new_issue(false, None, Vec::new())))]);
        // Records, but no certificate to compare them with.
        assert_eq!(climbed(&found).outcome_of("dns-caa"), (Inconclusive, common::NOT_OBSERVED));
        let unasked = World::new("active").published();
        assert_eq!(unasked.outcome_of("dns-caa"), (Inconclusive, common::NOT_OBSERVED));
    }

    #[test]
    fn authorities_that_may_issue() {
        let (known, stranger) = (authority("Let's Encrypt"), authority("Nobody"));
        let world = |trusted: &Issuer, seen: &Conversation, records: &[RData]| {
            let records: Vec<_> =
                records.iter().map(|data| ("www.example.vn.", data.clone())).collect();
            let mut world =
                World::new("active").published().dns(WWW, RecordType::CAA, &answer(&records));
            world.trust = TrustedRoots::new(&[trusted.der().to_vec()]).unwrap();
            world.visit(URL, SIX, seen)
        };
        let issue = |value: &str| property(false, "issue", value);
        for (by, records, expected) in [
            (&known, vec![issue("letsencrypt.org")], (Pass, "allowed")),
            (&known, vec![issue("pki.goog")], (Fail, "forbidden")),
            (&known, vec![issue(";")], (Fail, "forbidden")),
            (&known, vec![property(false, "iodef", "mailto:a@b.example")], (Fail, "unrestricted")),
            (&known, vec![property(true, "tbs", "x")], (Fail, "critical-unknown")),
            (&stranger, vec![issue("pki.goog")], (Inconclusive, "unknown-authority")),
        ] {
            let world = world(by, &shown(by, WWW), &records);
            assert_eq!(world.outcome_of("dns-caa"), expected, "{records:?}");
        }
        // A certificate that isn't trusted, or is for another name, proves nothing about its issuer.
        let lower = (Inconclusive, common::LOWER_LAYER);
        let records = [issue("pki.goog")];
        assert_eq!(world(&stranger, &shown(&known, WWW), &records).outcome_of("dns-caa"), lower);
        assert_eq!(
            world(&known, &shown(&known, "other.example"), &records).outcome_of("dns-caa"),
            lower
        );
        let ours = down(NetFailure::NoRoute);
        let unseen = (Inconclusive, common::OUR_FAULT);
        assert_eq!(world(&known, &ours, &records).outcome_of("dns-caa"), unseen);
        // A wildcard is asked for at the name below which it is.
        let wildcard = |record: &RData, above: &Reply| {
            world(&known, &shown(&known, "*.example.vn"), std::slice::from_ref(record))
                .dns("example.vn", RecordType::CAA, above)
                .outcome_of("dns-caa")
        };
        let above = |value: &str| answer(&[("example.vn.", property(false, "issuewild", value))]);
        let allows = issue("letsencrypt.org");
        assert_eq!(wildcard(&allows, &above("letsencrypt.org")), (Pass, "allowed"));
        assert_eq!(wildcard(&allows, &above(";")), (Fail, "forbidden"));
        assert_eq!(wildcard(&allows, &servfail()), (Inconclusive, common::UNRESOLVED));
    }

    #[test]
    fn services_without_a_caa_question() {
        let id = "dns-caa";
        let ssh = World::with_service("ssh: www.example.vn").published();
        assert_eq!(ssh.outcome_of(id), (NotApplicable, "no-tls"));
        let zone = World::with_service("zone: example.vn");
        assert_eq!(zone.outcome_of(id), (NotApplicable, common::OTHER_KIND));
        let literal = World::with_service("web: \"https://[2001:db8::1]/\"");
        assert_eq!(literal.outcome_of(id), (NotApplicable, "address-literal"));
        assert_eq!(World::new("retired").outcome_of(id), (NotApplicable, common::RETIRED));
    }
}
