//! Names of organisations that are nearly the same.

use std::collections::{HashMap, HashSet};

use super::candidate::Candidate;
use super::names::{Names, normal};
use super::terms::{Base, Terms};
use super::words::Words;

/// Characters below which a single different one makes another name.
const CHARACTERS_MIN: usize = 8;

/// Words behind which a name says where it is.
const PLACES: [&str; 2] = ["-tinh", "-thanh-pho"];

/// A name that may be that of an organisation which is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The name, as it was read.
    pub named: String,
    /// Where it stands first.
    pub place: String,
    /// The id of the organisation that it may be, or its name when it is new too.
    pub like: String,
    /// What that one is called.
    pub like_name: String,
}

/// The names of organisations in candidates that are nearly one that the inventory or an earlier candidate has, each
/// once, without those that are answered.
pub fn doubts(base: &Base<'_>, candidates: &[Candidate], terms: &Terms) -> Vec<Doubt> {
    let mut names = Names::of(base.parse().ok().flatten().as_ref());
    let mut index = NearIndex::new(&terms.words);
    for at in 0..names.organisations.len() {
        index.add(&names.organisations[at].name, at);
        for also in names.organisations[at].also.clone() {
            index.add(&also, at);
        }
    }
    let mut asked = HashSet::new();
    let mut doubts = Vec::new();
    for candidate in candidates {
        let (Some(named), None) = (&candidate.organisation, &candidate.organisation_id) else {
            continue;
        };
        if names.find(named).is_some()
            || terms.answer_to(named).is_some()
            || !asked.insert(normal(named))
        {
            continue;
        }
        match index.near(named) {
            Some(at) => {
                let like = &names.organisations[at];
                doubts.push(Doubt {
                    named: named.clone(),
                    place: candidate.place.clone(),
                    like: if like.is_known { like.id.clone() } else { like.name.clone() },
                    like_name: like.name.clone(),
                });
            }
            None => {
                let at = names.organisation(None, named);
                index.add(named, at);
            }
        }
    }
    doubts
}

/// Names by what near ones share, so that nothing is compared with everything.
struct NearIndex<'w> {
    words: &'w Words,
    keys: Vec<(String, usize)>,
    /// Each key, and each with one character left out, which two keys share that differ in one character.
    by_part: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
}

impl<'w> NearIndex<'w> {
    fn new(words: &'w Words) -> Self {
        Self { words, keys: Vec::new(), by_part: HashMap::new(), by_stem: HashMap::new() }
    }

    fn add(&mut self, name: &str, organisation: usize) {
        let key = self.words.written_out(name);
        let at = self.keys.len();
        for part in parts(&key) {
            self.by_part.entry(part).or_default().push(at);
        }
        self.by_stem.entry(stem(&key).0.to_owned()).or_default().push(at);
        self.keys.push((key, organisation));
    }

    /// The organisation whose name is nearest.
    fn near(&self, name: &str) -> Option<usize> {
        let key = self.words.written_out(name);
        if key.is_empty() {
            return None;
        }
        let (own_stem, own_place) = stem(&key);
        let parts = parts(&key);
        let by_part = parts.iter().filter_map(|part| self.by_part.get(part)).flatten();
        let by_stem = self.by_stem.get(own_stem).into_iter().flatten();
        let found = by_part.chain(by_stem).filter_map(|at| {
            let (other, organisation) = &self.keys[*at];
            let (other_stem, other_place) = stem(other);
            // One of the two doesn't say where it is.
            let same_stem =
                own_stem == other_stem && (own_place.is_empty() || other_place.is_empty());
            let distance = strsim::damerau_levenshtein(&key, other);
            let is_long = key.len().min(other.len()) >= CHARACTERS_MIN;
            let is_near = distance == 0
                || same_stem
                || (distance == 1 && is_long && digits(&key) == digits(other));
            is_near.then_some((distance, *organisation))
        });
        found.min().map(|(_, organisation)| organisation)
    }
}

fn parts(key: &str) -> Vec<String> {
    let mut parts = vec![key.to_owned()];
    if key.len() >= CHARACTERS_MIN - 1 {
        // A key is of ASCII.
        parts.extend((0..key.len()).map(|at| format!("{}{}", &key[..at], &key[at + 1..])));
    }
    parts
}

/// A key up to the words that say where it is, and the rest: `so-y-te-tinh-khanh-hoa`.
fn stem(key: &str) -> (&str, &str) {
    let at =
        PLACES.iter().filter_map(|place| key.find(place).map(|at| (at, at + place.len()))).min();
    match at.filter(|(at, _)| *at > 0) {
        Some((at, behind)) => (&key[..at], key[behind..].trim_start_matches('-')),
        None => (key, ""),
    }
}

fn digits(key: &str) -> String {
    key.chars().filter(char::is_ascii_digit).collect()
}
