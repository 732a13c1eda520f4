//! Do the parent zone and the zone itself name the same name servers?

use super::helpers::known_zone;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::dns::authority::{Authority, NameServer, ParentSays};
use crate::evidence::dns::delegation::Server;
use crate::model::{Detail, Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-delegation",
    sources: &["Zonemaster DELEGATION05", "Zonemaster DELEGATION07", "RFC 2181 §10.3"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("agree"),
        Reason::pass("in-both"),
        Reason::pass("same-servers"),
        Reason::fail("only-in-parent"),
        Reason::fail("only-in-child"),
        Reason::fail("parents-disagree"),
        Reason::fail("servers-disagree"),
        Reason::fail("no-such-name"),
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
    let own = &authority.own;
    let cite = authority.observations.iter().copied().chain(own.observations.iter().copied());
    let lists = Lists::of(authority);
    let mut names: Vec<&Name> =
        lists.parents.iter().flat_map(|(_, names)| names).copied().collect();
    names.extend(own.names.iter().flatten());
    names.extend(authority.servers.iter().filter(|s| s.is_alias() == Some(true)).map(|s| &s.name));
    if names.is_empty() {
        names.extend(authority.servers.iter().map(|server| &server.name));
    }
    names.sort();
    names.dedup();
    let subjects: Vec<Subject> =
        names.into_iter().map(|name| subject(authority, &lists, name)).collect();
    let is_same = subjects.iter().any(|subject| subject.reason == "same-servers");
    let pass = if is_same { "same-servers" } else { "agree" };
    // Who serves the zone is known here, so that there is always a server to speak of.
    let verdict = Verdict::worst_of(subjects, pass, "address-literal").citing(cite);
    Ok(zone.within_limits(verdict))
}

/// Who names which name servers.
struct Lists<'a> {
    /// Each server of the parent that delegates the zone, and whom to.
    parents: Vec<(&'a Name, Vec<&'a Name>)>,
    /// Whether a server of the parent serves the zone too.
    serve_both: bool,
}

impl<'a> Lists<'a> {
    fn of(authority: &'a Authority) -> Self {
        let names = |servers: &'a [Server]| servers.iter().map(|server| &server.name).collect();
        let mut parents: Vec<(&Name, Vec<&Name>)> = Vec::new();
        let mut serve_both = false;
        for answer in &authority.parents {
            match &answer.says {
                ParentSays::Delegates(servers) => parents.push((&answer.server, names(servers))),
                ParentSays::ServesItToo(_) => serve_both = true,
                ParentSays::Nothing => {}
            }
        }
        // The path shows the delegation also where its server can't be asked again.
        if parents.is_empty()
            && let Some(cut) = &authority.delegation
        {
            parents.push((&cut.zone, names(&cut.servers)));
        }
        Self { parents, serve_both }
    }
}

/// Whether all of some lists have a name, and the servers whose lists don't.
fn listed_by<'a>(lists: impl Iterator<Item = (&'a Name, bool)>) -> (bool, Vec<Detail>) {
    let (mut any, mut without) = (false, Vec::new());
    for (server, has_it) in lists {
        any |= has_it;
        if !has_it {
            without.push(("not-at", server.to_string()));
        }
    }
    without.dedup();
    (any, without)
}

fn subject(authority: &Authority, lists: &Lists<'_>, name: &Name) -> Subject {
    use Outcome::{Fail, Inconclusive, Pass};
    let own = &authority.own;
    let server = authority.servers.iter().find(|server| server.name == *name);
    let is_cut = authority.delegation.as_ref().is_some_and(|cut| cut.is_cut);
    let (in_parent, not_in_parents) =
        listed_by(lists.parents.iter().map(|(server, names)| (*server, names.contains(&name))));
    let (in_child, not_in_servers) =
        listed_by(own.answers.iter().map(|answer| (&answer.server, answer.names.contains(name))));
    let in_child = own.names.is_some().then_some(in_child);
    let is_absent = |server: &NameServer| {
        [&server.aaaa, &server.a].iter().all(|l| l.status == LookupStatus::NxDomain)
    };
    let mut detail = Vec::new();
    let (outcome, reason) = match (lists.parents.is_empty(), in_child) {
        _ if server.and_then(NameServer::is_alias) == Some(true) => (Fail, "alias"),
        _ if server.is_some_and(is_absent) => (Fail, "no-such-name"),
        (true, _) if !lists.serve_both => (Inconclusive, "parent-not-seen"),
        // Servers that have not answered may name it.
        (_, None | Some(false)) if own.is_pending => (Inconclusive, common::NOT_OBSERVED),
        (_, None | Some(false)) if own.is_ours => (Inconclusive, common::OUR_FAULT),
        (_, None) => (Inconclusive, "child-not-seen"),
        (true, Some(_)) if !not_in_servers.is_empty() => {
            detail = not_in_servers;
            (Fail, "servers-disagree")
        }
        (true, Some(_)) => (Pass, "same-servers"),
        (false, Some(false)) => (Fail, "only-in-parent"),
        (false, Some(true)) if !in_parent && is_cut => (Inconclusive, common::LIMIT),
        (false, Some(true)) if !in_parent => (Fail, "only-in-child"),
        (false, Some(true)) if !not_in_parents.is_empty() => {
            detail = not_in_parents;
            (Fail, "parents-disagree")
        }
        (false, Some(true)) if !not_in_servers.is_empty() => {
            detail = not_in_servers;
            (Fail, "servers-disagree")
        }
        (false, Some(true)) => match server.map(NameServer::is_alias) {
            Some(Some(_)) => (Pass, "in-both"),
            Some(None) => (Inconclusive, common::UNRESOLVED),
            None => (Inconclusive, common::LIMIT),
        },
    };
    Subject { name: SubjectName::NameServer(name.clone(), None), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{alias, our_fault};
    use crate::check::testing::zone::{
        NS1, ROOT, ServerMessage, ServerQuery, VN, address_data, authoritative_answer,
        healthy_zone, ns, rcode, referral, silence,
    };
    use crate::check::testing::zone_table::{assert_zone_table, crowd, nowhere};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[delegations];

    /// A second server of the parent, which says something else.
    fn two_parents(
        asked: &ServerQuery<'_>,
        second: impl FnOnce() -> ServerMessage,
    ) -> Option<Reply> {
        const SECOND: &str = "2001:db8:a::3";
        match asked.at.as_str() {
            ROOT => {
                Some(referral("vn.", &[("a.dns.vn.", &[VN]), ("b.dns.vn.", &[SECOND])]).reply())
            }
            SECOND => Some(second().reply()),
            _ => None,
        }
    }

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
        let both = || {
            let servers = ["ns1.example.vn.", "ns2.example.vn."];
            authoritative_answer(&servers.map(|server| ("example.vn.", ns(server))))
        };
        assert_zone_table(
            "dns-delegation",
            &[
                ("healthy", &|_| None, (Pass, "agree")),
                ("only in the parent", &|q| own_ns(q).then(only_first), (Fail, "only-in-parent")),
                ("only in the child", &|q| own_ns(q).then(three), (Fail, "only-in-child")),
                ("alias", &aliased, (Fail, "alias")),
                (
                    "alias or not: the zone's servers tell where the resolver doesn't",
                    &|q| server(q).then(|| rcode(2)),
                    (Pass, "agree"),
                ),
                (
                    "a name that doesn't exist",
                    &|q| (q.name == "ns2.example.vn").then(|| rcode(3)),
                    (Fail, "no-such-name"),
                ),
                (
                    "own servers that disagree",
                    &|q| (own_ns(q) && q.at == NS1[0]).then(only_first),
                    (Fail, "servers-disagree"),
                ),
                (
                    "parents that disagree",
                    &|q| two_parents(q, || referral("example.vn.", &[("ns1.example.vn.", &NS1)])),
                    (Fail, "parents-disagree"),
                ),
                (
                    "a parent that serves the zone too, and one that delegates it",
                    &|q| two_parents(q, both),
                    (Pass, "agree"),
                ),
                (
                    "the parent's servers serve the zone too",
                    &|q| (q.at == VN).then(|| healthy_zone(q)),
                    (Pass, "same-servers"),
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
