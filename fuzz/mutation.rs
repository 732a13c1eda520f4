//! New inputs out of known ones.

use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};
use std::sync::Arc;

/// Octets of the longest input that is made.
const OCTETS_MAX: usize = 64 * 1024;

/// A seed that no earlier run had.
pub fn random_seed() -> u64 {
    RandomState::new().hash_one(0) >> 16
}

/// A short name for an input.
pub fn digest(input: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(input);
    hasher.finish()
}

/// Makes inputs; the same ones for the same seed.
pub struct Mutator {
    state: u64,
    seeds: Vec<Arc<[u8]>>,
    words: &'static [&'static [u8]],
}

impl Mutator {
    /// From seeds, of which there is one at least, and words of their language.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>, words: &'static [&'static [u8]]) -> Self {
        Self { state: seed, seeds: seeds.into_iter().map(Arc::from).collect(), words }
    }

    /// The next input: a seed with a few changes.
    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        // Most inputs differ little, so that they get past the first checks.
        let changes = 1 << self.below(5);
        for _ in 0..=self.below(changes) {
            self.change(&mut input);
        }
        input.truncate(OCTETS_MAX);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let longest = 1 << self.below(9);
        let span = self.below((input.len() - at).min(longest) + 1);
        match self.below(11) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.octet(),
            2 => drop(input.drain(at..at + span)),
            3 => {
                let part = input[at..at + span].to_vec();
                let most = 1 << self.below(7);
                let times = 1 + self.below(most);
                insert(input, at, &part.repeat(times.min(OCTETS_MAX / part.len().max(1))));
            }
            4 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                let length = self.below((other.len() - from).min(4096) + 1);
                insert(input, at, &other[from..from + length]);
            }
            5 | 6 if !self.words.is_empty() => {
                let word = self.words[self.below(self.words.len())];
                let replaced =
                    if self.below(2) == 0 { 0 } else { word.len().min(input.len() - at) };
                input.splice(at..at + replaced, word.iter().copied());
            }
            7 => {
                let number = self.number();
                let replaced = number.len().min(input.len() - at);
                input.splice(at..at + replaced, number);
            }
            8 => {
                let to = self.below(input.len() + 1);
                let part = input[at..at + span].to_vec();
                let end = (to + part.len()).min(input.len());
                input.splice(to..end, part);
            }
            9 => input.truncate(at),
            _ => {
                let octets: Vec<u8> = (0..self.below(16)).map(|_| self.octet()).collect();
                insert(input, at, &octets);
            }
        }
    }

    /// A number where decoders miscount, in decimal or in octets of either order.
    fn number(&mut self) -> Vec<u8> {
        const NUMBERS: [u64; 14] = [
            0,
            1,
            0x7f,
            0x80,
            0xff,
            0x100,
            0x7fff,
            0xffff,
            0x1_0000,
            0x7fff_ffff,
            0xffff_ffff,
            0x1_0000_0000,
            0x7fff_ffff_ffff_ffff,
            u64::MAX,
        ];
        let number =
            NUMBERS[self.below(NUMBERS.len())].wrapping_add(self.next_u64() % 3).wrapping_sub(1);
        let octets = [1, 2, 4, 8][self.below(4)];
        match self.below(4) {
            0 => number.to_be_bytes()[8 - octets..].to_vec(),
            1 => number.to_le_bytes()[..octets].to_vec(),
            2 => number.to_string().into_bytes(),
            _ => format!("-{number}").into_bytes(),
        }
    }

    fn seed(&mut self) -> Arc<[u8]> {
        let at = self.below(self.seeds.len());
        Arc::clone(&self.seeds[at])
    }

    fn octet(&mut self) -> u8 {
        self.next_u64().to_le_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next_u64() % bound).unwrap_or(0)
    }

    /// SplitMix64.
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn insert(input: &mut Vec<u8>, at: usize, octets: &[u8]) {
    input.splice(at..at, octets.iter().copied());
}
