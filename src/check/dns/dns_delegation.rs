//! Do the parent zone and the zone itself name the same name servers?

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authority::NameServer;
use crate::model::{Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-delegation",
    sources: &["Zonemaster DELEGATION05", "Zonemaster DELEGATION07", "RFC 2181 §10.3"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("agree"),
        Reason::pass("in-both"),
        Reason::fail("only-in-parent"),
        Reason::fail("only-in-child"),
        Reason::fail("alias"),
        Reason::inconclusive("zone-not-found"),
        Reason::inconclusive("parent-not-seen"),
        Reason::inconclusive("child-not-seen"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_delegation.en.md"), include_str!("dns_delegation.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let authority = &zone.authority;
    let own = authority.own_servers(&context.view);
    let cite = authority.observations.iter().copied().chain(own.observations.iter().copied());
    let cut = authority.delegation.as_ref();
    let parent: Option<Vec<&Name>> =
        cut.map(|cut| cut.servers.iter().map(|server| &server.name).collect());
    let mut names: Vec<&Name> = parent.iter().flatten().copied().collect();
    names.extend(own.names.iter().flatten());
    names.extend(authority.servers.iter().filter(|s| s.is_alias() == Some(true)).map(|s| &s.name));
    if names.is_empty() {
        names.extend(authority.servers.iter().map(|server| &server.name));
    }
    names.sort();
    names.dedup();
    let subject = |name: &Name| {
        let in_parent = parent.as_ref().map(|parent| parent.contains(&name));
        let in_child = own.names.as_ref().map(|child| child.contains(name));
        let server = authority.servers.iter().find(|server| server.name == *name);
        let is_cut = cut.is_some_and(|cut| cut.is_cut);
        let (outcome, reason) = match (in_parent, in_child) {
            _ if server.and_then(NameServer::is_alias) == Some(true) => (Outcome::Fail, "alias"),
            (None, _) => (Outcome::Inconclusive, "parent-not-seen"),
            // Servers that have not answered may name it.
            (_, None | Some(false)) if own.is_pending => {
                (Outcome::Inconclusive, common::NOT_OBSERVED)
            }
            (_, None | Some(false)) if own.is_ours => (Outcome::Inconclusive, common::OUR_FAULT),
            (_, None) => (Outcome::Inconclusive, "child-not-seen"),
            (Some(true), Some(false)) => (Outcome::Fail, "only-in-parent"),
            (Some(false), _) if is_cut => (Outcome::Inconclusive, common::LIMIT),
            (Some(false), _) => (Outcome::Fail, "only-in-child"),
            (Some(true), Some(true)) => match server.map(NameServer::is_alias) {
                Some(Some(_)) => (Outcome::Pass, "in-both"),
                Some(None) => (Outcome::Inconclusive, common::UNRESOLVED),
                None => (Outcome::Inconclusive, common::LIMIT),
            },
        };
        let name = SubjectName::NameServer(name.clone(), None);
        Subject { name, outcome, reason, detail: Vec::new() }
    };
    let subjects = names.into_iter().map(subject).collect();
    // Who serves the zone is known here, so that there is always a server to speak of.
    let verdict = Verdict::worst_of(subjects, "agree", "address-literal").citing(cite);
    Ok(zone.within_limits(verdict))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::alias;
    use crate::check::testing::zone::{
        NS1, ROOT, ServerQuery, VN, address_data, authoritative_answer, ns, our_fault, rcode,
        silence,
    };
    use crate::check::testing::zone_table::{assert_zone_table, crowd, nowhere};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[delegations];

    #[test]
    fn delegations() {
        let own_ns =
            |asked: &ServerQuery<'_>| asked.of_zone() && asked.is("example.vn", RecordType::NS);
        let only_first = || authoritative_answer(&[("example.vn.", ns("ns1.example.vn."))]).reply();
        let three = || {
            let servers = ["ns1.example.vn.", "ns2.example.vn.", "ns3.example.vn."];
            authoritative_answer(&servers.map(|server| ("example.vn.", ns(server)))).reply()
        };
        let server = |asked: &ServerQuery<'_>| asked.recursive && asked.name == "ns2.example.vn";
        let aliased = |asked: &ServerQuery<'_>| {
            let (owner, data) = alias("ns2.example.vn.", "ns1.example.vn.");
            server(asked).then(|| {
                authoritative_answer(&[(owner, data), ("ns1.example.vn.", address_data(NS1[0]))])
                    .reply()
            })
        };
        let parent = |asked: &ServerQuery<'_>| asked.at == ROOT || asked.at == VN;
        assert_zone_table(
            "dns-delegation",
            &[
                ("healthy", &|_| None, (Pass, "agree")),
                ("only in the parent", &|q| own_ns(q).then(only_first), (Fail, "only-in-parent")),
                ("only in the child", &|q| own_ns(q).then(three), (Fail, "only-in-child")),
                ("alias", &aliased, (Fail, "alias")),
                (
                    "alias or not",
                    &|q| server(q).then(|| rcode(2)),
                    (Inconclusive, common::UNRESOLVED),
                ),
                (
                    "SERVFAIL with authority",
                    &|q| own_ns(q).then(|| rcode(2)),
                    (Inconclusive, "child-not-seen"),
                ),
                (
                    "no NS records",
                    &|q| own_ns(q).then(|| rcode(0)),
                    (Inconclusive, "child-not-seen"),
                ),
                ("silence", &|q| own_ns(q).then(silence), (Inconclusive, "child-not-seen")),
                ("our fault", &|q| own_ns(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                (
                    "our fault at the one that may name more",
                    &|q| own_ns(q).then(|| if q.at == NS1[0] { only_first() } else { our_fault() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                ("no parent", &|q| parent(q).then(|| rcode(5)), (Inconclusive, "parent-not-seen")),
                (
                    "neither",
                    &|q| (parent(q) || own_ns(q)).then(|| rcode(5)),
                    (Inconclusive, "parent-not-seen"),
                ),
                ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
                ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ],
        );
    }
}
