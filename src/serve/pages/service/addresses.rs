//! What the checks say of each address, host and name server.

use std::collections::BTreeMap;

use crate::judge::Judged;
use crate::model::{Lang, Outcome, SubjectName};
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::pages::blocks::Link;
use crate::serve::pages::links::Links;

/// Lines that are shown.
const SHOWN: usize = 60;

/// One thing that checks speak of.
pub struct AddressLine {
    /// What it is called.
    pub name: String,
    /// Checks that hold there.
    pub holds: String,
    /// Those that don't.
    pub fails: Vec<Link>,
    /// Those that are not known.
    pub unknown: Vec<Link>,
}

/// A line for each thing that has an address: those where most fails first.
pub fn address_lines(verdicts: &[Judged], links: &Links, lang: Lang) -> Vec<AddressLine> {
    let mut seen: BTreeMap<&SubjectName, [Vec<&'static str>; 3]> = BTreeMap::new();
    for judged in verdicts {
        for subject in &judged.verdict.subjects {
            if matches!(subject.name, SubjectName::Url(_) | SubjectName::Control(_)) {
                continue;
            }
            let at = match subject.outcome {
                Outcome::Pass => 0,
                Outcome::Fail => 1,
                Outcome::Inconclusive => 2,
                Outcome::NotApplicable => continue,
            };
            let found = seen.entry(&subject.name).or_default();
            if !found[at].contains(&judged.check.id) {
                found[at].push(judged.check.id);
            }
        }
    }
    let mut lines: Vec<_> = seen.into_iter().collect();
    lines.sort_by_key(|(_, found)| std::cmp::Reverse(found[1].len()));
    let linked = |ids: &[&'static str]| {
        let link = |id: &&'static str| Link { text: (*id).to_owned(), href: links.check(id) };
        ids.iter().map(link).collect()
    };
    let line =
        |(name, [holds, fails, unknown]): (&SubjectName, [Vec<&'static str>; 3])| AddressLine {
            name: clean(&name.to_string()),
            holds: texts::number(holds.len(), lang),
            fails: linked(&fails),
            unknown: linked(&unknown),
        };
    lines.into_iter().take(SHOWN).map(line).collect()
}
