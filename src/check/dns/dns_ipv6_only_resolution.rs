//! Can the name be found from the root with IPv6 alone?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::delegation::{Cut, DelegationFailure, Reach, Resolution, ResolutionEnd};
use crate::evidence::dns::{LookupStatus, authority};
use crate::evidence::service;
use crate::model::{
    Detail, Family, ObservationId, Outcome, Severity, Subject, SubjectName, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ipv6-only-resolution",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 3901 §3", "PAM 2023, IPv6-only DNS"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("resolves"),
        Reason::pass("resolves-without-address"),
        Reason::pass("passed"),
        Reason::fail("no-ipv6-server"),
        Reason::fail("glue-missing"),
        Reason::fail("servers-silent"),
        Reason::fail("servers-unusable"),
        Reason::fail("name-server-loop"),
        Reason::fail("alias-loop"),
        Reason::fail("alias-too-long"),
        Reason::not_applicable("name-absent"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ipv6_only_resolution.en.md"),
        include_str!("dns_ipv6_only_resolution.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    if context.service.target.host().is_none() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    let Some(path) = authority::resolution_path(&context.view, context.service, Reach::Ipv6Only)
    else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let mut cite = path.observations.clone();
    let (outcome, reason) = match &path.end {
        ResolutionEnd::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
        ResolutionEnd::Found(_) => (Outcome::Pass, "resolves"),
        ResolutionEnd::NoData => (Outcome::Pass, "resolves-without-address"),
        ResolutionEnd::NxDomain => outcome_of_absence(context, &mut cite),
        ResolutionEnd::AliasLoop => (Outcome::Fail, "alias-loop"),
        ResolutionEnd::AliasTooLong | ResolutionEnd::Alias(_) => (Outcome::Fail, "alias-too-long"),
        ResolutionEnd::Stopped(DelegationFailure::Silent) => (Outcome::Fail, "servers-silent"),
        ResolutionEnd::Stopped(DelegationFailure::Unusable) => (Outcome::Fail, "servers-unusable"),
        ResolutionEnd::Stopped(DelegationFailure::Loop) => (Outcome::Fail, "name-server-loop"),
        ResolutionEnd::Stopped(DelegationFailure::NoAddress) => {
            outcome_without_address(context, &path, &mut cite)
        }
    };
    let subjects = zone_subjects(&path, outcome, reason);
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

/// Whether the name is absent: servers that deny it when they are asked for AAAA may know its A
/// records (RFC 4074 §4.2).
fn outcome_of_absence(
    context: &CheckContext<'_>,
    cite: &mut Vec<ObservationId>,
) -> (Outcome, &'static str) {
    let addresses = service::published_addresses(&context.view, context.service);
    let Some(a) = addresses.as_ref().and_then(|all| all.lookup(Family::Ipv4)) else {
        return (Outcome::NotApplicable, "name-absent");
    };
    cite.extend(&a.observations);
    match (&a.status, a.gap()) {
        (LookupStatus::Found, _) => (Outcome::Pass, "resolves-without-address"),
        (_, Some(gap)) => (Outcome::Inconclusive, common::reason_of(gap)),
        (_, None) => (Outcome::NotApplicable, "name-absent"),
    }
}

/// Whether only the delegation lacks the IPv6 address, or there is none at all.
fn outcome_without_address(
    context: &CheckContext<'_>,
    path: &Resolution,
    cite: &mut Vec<ObservationId>,
) -> (Outcome, &'static str) {
    let lookups = authority::without_glue(&context.view, path);
    cite.extend(lookups.iter().flat_map(|lookup| lookup.observations.iter().copied()));
    if lookups.iter().any(|lookup| lookup.status == LookupStatus::Found) {
        (Outcome::Fail, "glue-missing")
    } else if let Some(gap) = lookups.iter().find_map(|lookup| lookup.gap()) {
        // Which of the two holds is not known.
        (Outcome::Inconclusive, common::reason_of(gap))
    } else {
        (Outcome::Fail, "no-ipv6-server")
    }
}

/// Each zone on the path, and at the last of them how the path ends.
fn zone_subjects(path: &Resolution, outcome: Outcome, reason: &'static str) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for cut in path.paths.iter().flat_map(|part| &part.cuts) {
        let name = SubjectName::Host(cut.zone.clone());
        if !subjects.iter().any(|known| known.name == name) {
            let detail = detail(cut);
            subjects.push(Subject { name, outcome: Outcome::Pass, reason: "passed", detail });
        }
    }
    if let Some(last) = path.last_cut()
        && !matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
        && let Some(subject) =
            subjects.iter_mut().find(|s| s.name == SubjectName::Host(last.zone.clone()))
    {
        (subject.outcome, subject.reason) = (outcome, reason);
    }
    subjects
}

fn detail(cut: &Cut) -> Vec<Detail> {
    match cut.led_on {
        Some(server) => vec![("by", server.ip().to_string())],
        None => cut.servers.iter().map(|server| ("ns", server.name.to_string())).collect(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::rr::rdata::CNAME;
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{alias, our_fault};
    use crate::check::testing::world::WWW;
    use crate::check::testing::zone::{
        NS1, NS2, ROOT, ServerMessage, ServerQuery, VN, authoritative_answer, garbage, rcode,
        referral, silence, truncated,
    };
    use crate::check::testing::zone_table::{assert_zone_table, crowd, without_glue, without_ipv6};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::Transport::Udp;
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[the_way_with_ipv6_alone];

    /// The zone is served by a name elsewhere, the path to which is `elsewhere`'s.
    fn served_elsewhere(asked: &ServerQuery<'_>, elsewhere: impl Fn() -> Reply) -> Option<Reply> {
        let servers: [(&str, &[&str]); 1] = [("ns.other.example.", &[])];
        match asked.at.as_str() {
            VN => Some(referral("example.vn.", &servers).reply()),
            ROOT if asked.name == "example" => Some(rcode(0)),
            ROOT if asked.name.ends_with(".example") => Some(elsewhere()),
            _ => None,
        }
    }

    #[test]
    fn the_way_with_ipv6_alone() {
        let of_zone = |asked: &ServerQuery<'_>| NS1[0] == asked.at || NS2[0] == asked.at;
        let aaaa = |asked: &ServerQuery<'_>| of_zone(asked) && asked.is(WWW, RecordType::AAAA);
        let aliased = |asked: &ServerQuery<'_>, target: &str| {
            let (owner, data) = alias("www.example.vn.", target);
            (of_zone(asked) && asked.name == WWW)
                .then(|| authoritative_answer(&[(owner, data)]).reply())
        };
        let no_server =
            |asked: &ServerQuery<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
        let unknown = |asked: &ServerQuery<'_>, reply: fn() -> Reply| {
            let is_server = asked.recursive && asked.name.starts_with("ns");
            without_glue(asked).or_else(|| is_server.then(reply))
        };
        let lame = || ServerMessage::default().reply();
        assert_zone_table(
            "dns-ipv6-only-resolution",
            &[
                ("healthy", &|_| None, (Pass, "resolves")),
                ("NODATA", &|q| aaaa(q).then(|| rcode(0)), (Pass, "resolves-without-address")),
                (
                    "NXDOMAIN",
                    &|q| (q.name == WWW && (q.of_zone() || q.recursive)).then(|| rcode(3)),
                    (NotApplicable, "name-absent"),
                ),
                (
                    "NXDOMAIN for AAAA only",
                    &|q| aaaa(q).then(|| rcode(3)),
                    (Pass, "resolves-without-address"),
                ),
                (
                    "NXDOMAIN for AAAA, and A unknown to the resolver",
                    &|q| {
                        let is_a = q.recursive && q.is(WWW, RecordType::A);
                        if is_a { Some(rcode(2)) } else { aaaa(q).then(|| rcode(3)) }
                    },
                    (Pass, "resolves-without-address"),
                ),
                (
                    "silent when asked for AAAA",
                    &|q| aaaa(q).then(silence),
                    (Fail, "servers-unusable"),
                ),
                (
                    "too large for UDP, and not over TCP",
                    &|q| of_zone(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                    (Fail, "servers-unusable"),
                ),
                (
                    "no EDNS",
                    &|q| (of_zone(q) && !q.without_edns).then(|| rcode(1)),
                    (Pass, "resolves"),
                ),
                ("no glue", &without_glue, (Fail, "glue-missing")),
                ("no AAAA", &no_server, (Fail, "no-ipv6-server")),
                (
                    "no glue, and a resolver that fails: the zone's servers tell",
                    &|q| unknown(q, || rcode(2)),
                    (Fail, "glue-missing"),
                ),
                (
                    "no glue, and a resolver that can't be asked",
                    &|q| unknown(q, our_fault),
                    (Fail, "glue-missing"),
                ),
                ("silent", &|q| of_zone(q).then(silence), (Fail, "servers-silent")),
                ("one silent", &|q| (q.at == NS1[0]).then(silence), (Pass, "resolves")),
                ("REFUSED", &|q| of_zone(q).then(|| rcode(5)), (Fail, "servers-unusable")),
                ("lame", &|q| of_zone(q).then(lame), (Fail, "servers-unusable")),
                ("garbage", &|q| of_zone(q).then(garbage), (Fail, "servers-unusable")),
                ("our fault", &|q| of_zone(q).then(our_fault), (Inconclusive, common::OUR_FAULT)),
                (
                    "our fault at one, silence at the other",
                    &|q| of_zone(q).then(|| if q.at == NS1[0] { our_fault() } else { silence() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "our fault, then silence",
                    &|q| of_zone(q).then(|| if q.attempt == 1 { our_fault() } else { silence() }),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "our fault on the way to a name server",
                    &|q| served_elsewhere(q, our_fault),
                    (Inconclusive, common::OUR_FAULT),
                ),
                (
                    "silence on the way to a name server",
                    &|q| served_elsewhere(q, silence),
                    (Fail, "no-ipv6-server"),
                ),
                (
                    "a name server that doesn't exist",
                    &|q| served_elsewhere(q, || rcode(3)),
                    (Fail, "no-ipv6-server"),
                ),
                (
                    "a name server below the zone that it serves",
                    &|q| {
                        served_elsewhere(q, || {
                            let servers: [(&str, &[&str]); 1] = [("ns1.example.vn.", &[])];
                            referral("other.example.", &servers).reply()
                        })
                    },
                    (Fail, "name-server-loop"),
                ),
                ("alias of itself", &|q| aliased(q, "www.example.vn."), (Fail, "alias-loop")),
                (
                    "aliases without an end",
                    &|q| {
                        let next = q
                            .name
                            .strip_prefix('a')
                            .and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
                        let next = next.map_or(0, |n| n + 1);
                        let is_alias = of_zone(q)
                            && q.name.ends_with(".example.vn")
                            && q.record_type != RecordType::SOA;
                        is_alias.then(|| {
                            let target =
                                WireName::from_ascii(format!("a{next}.example.vn.")).unwrap();
                            let owner = format!("{}.", q.name);
                            authoritative_answer(&[(&owner, RData::CNAME(CNAME(target)))]).reply()
                        })
                    },
                    (Fail, "alias-too-long"),
                ),
                (
                    "a crowd of silent servers",
                    &|q| crowd(q).or_else(|| of_zone(q).then(silence)),
                    (Inconclusive, common::LIMIT),
                ),
            ],
        );
    }
}
