//! Verdicts as octets. In this order:
//!
//! 1. the number of verdicts, and of each its place in the catalogue, outcome, severity and reason:
//!    small, and read more often than all the rest;
//! 2. the identities of the facts that are cited, each once: digests, which no compression shortens;
//! 3. the length of the rest, twice and one more where it is compressed, and the rest: subjects, and
//!    citations as steps from one identity's place to the next one's, which repeat from verdict to
//!    verdict.
//!
//! Numbers are in LEB128: seven bits an octet, the lowest first. It never leaves the process, so it
//! has no version.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::squeeze;
use super::statics::Numbers;
use crate::check::{CATALOGUE, Check};
use crate::judge::Judged;
use crate::model::{Name, ObservationId, Outcome, Severity, Subject, SubjectName};

/// Outcomes by their number.
pub(super) const OUTCOMES: [Outcome; 4] =
    [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Inconclusive];

/// Severities by their number.
pub(super) const SEVERITIES: [Severity; 4] =
    [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info];

/// What a subject is, by number.
pub(super) mod kind {
    pub const SOCKET: u8 = 0;
    pub const ADDRESS: u8 = 1;
    pub const HOST: u8 = 2;
    pub const NAME_SERVER: u8 = 3;
    pub const NAME_SERVER_AT: u8 = 4;
    pub const URL: u8 = 5;
    pub const CONTROL: u8 = 6;
}

/// A shorter rest is not compressed: that would take time and save hardly anything.
const COMPRESSED_MIN: usize = 256;

/// Packs; `None` for a check that isn't in the catalogue, for a name that would not come back as it is,
/// and when there are no more numbers for words.
pub(super) fn pack(verdicts: &[Judged]) -> Option<Vec<u8>> {
    let mut writer = Writer { numbers: Numbers::lock(), ids: Ids::default() };
    let (mut head, mut rest) = (Vec::new(), Vec::new());
    number(&mut head, verdicts.len());
    let mut places = CATALOGUE.iter().enumerate().cycle();
    for judged in verdicts {
        number(&mut head, place(&mut places, judged.check)?);
        let verdict = &judged.verdict;
        head.push(verdict.outcome as u8 | (judged.severity as u8) << 2);
        number(&mut head, writer.numbers.of(verdict.reason)?);
        writer.subjects(&mut rest, &verdict.subjects)?;
        writer.citations(&mut rest, &verdict.observations);
    }
    let Writer { numbers, ids } = writer;
    drop(numbers);
    number(&mut head, ids.all.len());
    head.extend(ids.all.iter().flat_map(|id| id.0.0));
    let is_compressed = rest.len() >= COMPRESSED_MIN;
    number(&mut head, rest.len() * 2 + usize::from(is_compressed));
    if is_compressed {
        head.extend(squeeze::compress(&rest)?);
    } else {
        head.append(&mut rest);
    }
    Some(head)
}

/// A check's place in the catalogue. Verdicts are in its order, so it is looked for behind the one
/// that was found before.
fn place(
    places: &mut impl Iterator<Item = (usize, &'static &'static Check)>,
    wanted: &'static Check,
) -> Option<usize> {
    let once = places.take(CATALOGUE.len());
    once.into_iter().find(|(_, check)| std::ptr::eq(**check, wanted)).map(|(place, _)| place)
}

/// The identities that are cited, in the order of their first mention.
#[derive(Default)]
struct Ids {
    all: Vec<ObservationId>,
    places: HashMap<ObservationId, usize, foldhash::fast::RandomState>,
}

struct Writer {
    numbers: Numbers,
    ids: Ids,
}

impl Writer {
    fn subjects(&mut self, out: &mut Vec<u8>, subjects: &[Subject]) -> Option<()> {
        number(out, subjects.len());
        for subject in subjects {
            name(out, &subject.name)?;
            out.push(subject.outcome as u8);
            number(out, self.numbers.of(subject.reason)?);
            number(out, subject.detail.len());
            for (key, value) in &subject.detail {
                number(out, self.numbers.of(key)?);
                text(out, value);
            }
        }
        Some(())
    }

    fn citations(&mut self, out: &mut Vec<u8>, citations: &[ObservationId]) {
        number(out, citations.len());
        let mut before = 0;
        for id in citations {
            let Ids { all, places } = &mut self.ids;
            let place = *places.entry(*id).or_insert_with(|| {
                all.push(*id);
                all.len() - 1
            });
            step(out, before, place);
            before = place;
        }
    }
}

fn name(out: &mut Vec<u8>, name: &SubjectName) -> Option<()> {
    match name {
        SubjectName::Socket(at) => {
            out.push(kind::SOCKET);
            socket(out, at);
        }
        SubjectName::Address(at) => {
            out.push(kind::ADDRESS);
            address(out, *at);
        }
        SubjectName::Host(name) => {
            out.push(kind::HOST);
            host(out, name)?;
        }
        SubjectName::NameServer(name, None) => {
            out.push(kind::NAME_SERVER);
            host(out, name)?;
        }
        SubjectName::NameServer(name, Some(at)) => {
            out.push(kind::NAME_SERVER_AT);
            host(out, name)?;
            address(out, *at);
        }
        SubjectName::Url(url) => {
            out.push(kind::URL);
            text(out, url);
        }
        SubjectName::Control(at) => {
            out.push(kind::CONTROL);
            socket(out, at);
        }
    }
    Some(())
}

/// A name; `None` where reading it again would give another one.
fn host(out: &mut Vec<u8>, name: &Name) -> Option<()> {
    (Name::from_presentation(name.as_str()) == *name).then(|| text(out, name.as_str()))
}

fn socket(out: &mut Vec<u8>, socket: &SocketAddr) {
    address(out, socket.ip());
    number(out, socket.port().into());
    if let SocketAddr::V6(socket) = socket {
        out.extend(socket.flowinfo().to_le_bytes());
        out.extend(socket.scope_id().to_le_bytes());
    }
}

/// 4 or 6, and its octets.
fn address(out: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(address) => {
            out.push(4);
            out.extend(address.octets());
        }
        IpAddr::V6(address) => {
            out.push(6);
            out.extend(address.octets());
        }
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend(text.as_bytes());
}

/// Forward steps are even, backward ones odd, so that short ones of either kind take one octet.
fn step(out: &mut Vec<u8>, from: usize, to: usize) {
    number(out, if to >= from { (to - from) * 2 } else { (from - to) * 2 - 1 });
}

fn number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
