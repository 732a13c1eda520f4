//! Are visitors over IPv6 protected by the same security headers?

use super::helpers::{both_families, outcome_of_incomparable};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::{self, HeaderDifference, HeaderParity, RedirectChain};
use crate::model::{Detail, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-headers-parity",
    sources: &["RFC 6797 §7.1", "W3C Content Security Policy Level 3", "Fetch standard"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("same"),
        Reason::fail("missing-over-ipv6"),
        Reason::fail("different"),
        Reason::fail_as("only-over-ipv6", Severity::Info),
        Reason::inconclusive("no-common-ground"),
        Reason::inconclusive("challenge"),
        Reason::not_applicable("not-comparable"),
    ],
    doc: Doc::new(
        include_str!("web_headers_parity.en.md"),
        include_str!("web_headers_parity.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let (ipv6, ipv4) = both_families(context)?;
    let compared = web::header_parity(&context.view, &ipv6, &ipv4);
    let subjects: Vec<Subject> = ipv6
        .iter()
        .zip(&compared.addresses)
        .map(|(chain, (_, protection))| subject(chain, &ipv4, protection))
        .collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    let verdict = Verdict::worst_of(subjects, "same", nothing);
    Ok(verdict.citing(compared.observations))
}

fn subject(
    chain: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
    protection: &HeaderParity,
) -> Subject {
    let (outcome, reason, detail) = match protection {
        HeaderParity::Same(sent) => {
            (Outcome::Pass, "same", vec![("security-headers", sent.to_string())])
        }
        HeaderParity::Different(differences) => (
            Outcome::Fail,
            reason_of_worst(differences),
            differences.iter().flat_map(difference_detail).collect(),
        ),
        HeaderParity::NoCommonGround => (Outcome::Inconclusive, "no-common-ground", Vec::new()),
        HeaderParity::Challenge(family) => {
            (Outcome::Inconclusive, "challenge", vec![("over", family.to_string())])
        }
        HeaderParity::NothingToCompare => {
            let (outcome, reason) = outcome_of_incomparable(chain, ipv4);
            (outcome, reason, Vec::new())
        }
        HeaderParity::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap), Vec::new()),
    };
    socket(chain.start, outcome, reason, detail)
}

fn reason_of_worst(differences: &[HeaderDifference]) -> &'static str {
    if differences.iter().any(|d| d.over_ipv6.is_none()) {
        "missing-over-ipv6"
    } else if differences.iter().any(|d| d.over_ipv4.is_some()) {
        "different"
    } else {
        "only-over-ipv6"
    }
}

fn difference_detail(difference: &HeaderDifference) -> [Detail; 3] {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    [
        ("header", difference.header.to_owned()),
        ("over-ipv6", value(&difference.over_ipv6)),
        ("over-ipv4", value(&difference.over_ipv4)),
    ]
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::{assert_nothing_to_compare, responds, site_over_both};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[security_headers_over_both_families];

    #[test]
    fn security_headers_over_both_families() {
        let id = "web-headers-parity";
        assert_nothing_to_compare(id);
        let sends = |headers: &[(&str, &str)]| responds(200, headers, "");
        let hsts = sends(&[("strict-transport-security", "max-age=31536000")]);
        let short = sends(&[("strict-transport-security", "max-age=1")]);
        let sniff = sends(&[("x-content-type-options", "nosniff")]);
        let none = sends(&[]);
        let both = sends(&[
            ("strict-transport-security", "max-age=31536000"),
            ("x-content-type-options", "nosniff"),
        ]);
        for (six, four, expected) in [
            (vec![&hsts], vec![&hsts], (Pass, "same")),
            (vec![&none], vec![&hsts], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&none, &none], vec![&hsts, &hsts], (Fail, "missing-over-ipv6")),
            (vec![&short, &short], vec![&hsts, &hsts], (Fail, "different")),
            (vec![&hsts, &hsts], vec![&none, &none], (Fail, "only-over-ipv6")),
            (vec![&none, &hsts], vec![&hsts, &hsts], (Pass, "same")),
            (vec![&none], vec![&hsts, &short], (Inconclusive, "no-common-ground")),
            // Each look differs, in another header.
            (vec![&hsts, &sniff], vec![&none, &none], (Fail, "only-over-ipv6")),
            (vec![&hsts, &sniff], vec![&both, &both], (Fail, "missing-over-ipv6")),
            // What is missing each time is missing, whatever else comes and goes.
            (vec![&sniff, &none], vec![&hsts, &hsts], (Fail, "missing-over-ipv6")),
        ] {
            assert_eq!(site_over_both(&six, &four).outcome_of(id), expected, "{six:?} {four:?}");
        }
    }
}
