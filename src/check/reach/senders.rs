//! What senders of mail get of a domain whose exchangers, or their addresses, differ.
//!
//! A sender goes from exchanger to exchanger and from address to address until one takes the mail (RFC
//! 5321 §5.1): one that works is enough for use. Those that fail are named, and as [`SOME_FAIL`] is
//! declared as a warning they keep the domain from no stage.

use super::helpers::mail_exchangers;
use crate::check::common::{self, SOME_FAIL, SOME_KNOWN};
use crate::check::context::CheckContext;
use crate::evidence::mail::{Exchanger, MailRoute};
use crate::model::{Family, Outcome, Subject, SubjectName, Target, Verdict};

/// Reasons that say that another check has found why an address can't be used.
const FOUND_BY_OTHERS: [&str; 3] = [common::LOWER_LAYER, common::UNRESOLVED, common::NOT_VISITED];

/// The verdict over what each IPv6 address of the main port shows: for a mail domain what senders get,
/// else the worst.
pub(in crate::check) fn verdict_over_main_port(
    context: &CheckContext<'_>,
    subjects: Vec<Subject>,
    pass: &'static str,
) -> Result<Verdict, Verdict> {
    let Target::Mail(_) = &context.service.target else {
        return Ok(Verdict::worst_of(subjects, pass, common::NO_IPV6));
    };
    Ok(verdict_of_senders(&mail_exchangers(context)?, subjects, pass))
}

/// What senders get over IPv6, by what each address of the exchangers shows.
pub(in crate::check) fn verdict_of_senders(
    mail: &MailRoute,
    mut subjects: Vec<Subject>,
    pass: &'static str,
) -> Verdict {
    subjects.extend(unknown_exchangers(mail, Family::Ipv6));
    let verdict = Verdict::worst_of(subjects, pass, common::NO_IPV6);
    verdict_where_one_is_enough(verdict, mail.is_cut, &FOUND_BY_OTHERS).citing(mail.observations())
}

/// Turns the verdict over all subjects, of which there may be more than were looked at, into one for
/// which a subject that passes is enough. Without one that passes it is only known that there is none
/// where each fails, or can't pass for one of the reasons that are found by others.
pub(in crate::check) fn verdict_where_one_is_enough(
    verdict: Verdict,
    is_cut: bool,
    found_by_others: &[&str],
) -> Verdict {
    let of = |outcome| verdict.subjects.iter().filter(move |subject| subject.outcome == outcome);
    let is_some_unknown = of(Outcome::Inconclusive).next().is_some();
    let open = of(Outcome::Inconclusive).find(|one| !found_by_others.contains(&one.reason));
    let open = open.map(|subject| subject.reason).or(is_cut.then_some(common::LIMIT));
    if of(Outcome::Pass).next().is_some() {
        return match verdict.outcome {
            Outcome::Fail => Verdict { reason: SOME_FAIL, ..verdict },
            _ if is_some_unknown || is_cut => {
                Verdict { outcome: Outcome::Pass, reason: SOME_KNOWN, ..verdict }
            }
            _ => verdict,
        };
    }
    match open {
        Some(reason) => verdict.made_unknown(reason),
        None => verdict,
    }
}

/// The exchangers whose addresses are not known, each with why.
pub(in crate::check) fn unknown_exchangers(mail: &MailRoute, family: Family) -> Vec<Subject> {
    let subject = |(exchanger, gap): (&Exchanger, _)| Subject {
        name: SubjectName::Host(exchanger.name.clone()),
        outcome: Outcome::Inconclusive,
        reason: common::reason_of(gap),
        detail: Vec::new(),
    };
    mail.unknown_exchangers(family).map(subject).collect()
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::mail::{exchangers_that_greet, friendly, no_connection};
    use crate::model::NetFailure;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};

    #[test]
    pub(in crate::check) fn ports_of_several_exchangers() {
        let (open, refused) = (friendly(), no_connection(NetFailure::Refused));
        let (ours, away) =
            (no_connection(NetFailure::NoRoute), no_connection(NetFailure::TimedOut));
        for (first, second, port, parity) in [
            (&open, &open, (Pass, "open"), (Pass, "same")),
            (&open, &refused, (Fail, common::SOME_FAIL), (Fail, "closed-over-ipv6")),
            (&away, &open, (Fail, common::SOME_FAIL), (Fail, "closed-over-ipv6")),
            (&refused, &away, (Fail, "refused"), (Fail, "closed-over-ipv6")),
            (&open, &ours, (Pass, common::SOME_KNOWN), (Inconclusive, common::OUR_FAULT)),
            (&refused, &ours, (Inconclusive, common::OUR_FAULT), (Fail, "closed-over-ipv6")),
        ] {
            let world = exchangers_that_greet(first, second);
            assert_eq!(world.outcome_of("reach-port"), port, "{first:?} {second:?}");
            assert_eq!(world.outcome_of("reach-parity"), parity, "{first:?} {second:?}");
        }
    }
}
