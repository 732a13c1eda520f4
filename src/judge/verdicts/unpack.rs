//! Reads what [`super::pack`] wrote. Everything returns `None` for octets that it did not write.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::pack::{OUTCOMES, SEVERITIES, kind};
use super::{squeeze, statics};
use crate::check::{CATALOGUE, Check};
use crate::judge::{Finding, Judged};
use crate::model::{Detail, Digest, Name, ObservationId, Outcome, Subject, SubjectName, Verdict};

/// Each check with what it found in short.
pub(super) fn findings(packed: &[u8]) -> Option<Vec<(&'static Check, Finding)>> {
    Reader(packed).many(Reader::finding)
}

/// Every verdict.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<Judged>> {
    let mut reader = Reader(packed);
    let findings = reader.many(Reader::finding)?;
    let ids = reader.many(Reader::id)?;
    let length = reader.number()?;
    let rest = match length % 2 {
        0 => Cow::Borrowed(reader.0),
        _ => Cow::Owned(squeeze::decompress(reader.0, length / 2)?),
    };
    let mut reader = Reader(&rest);
    let verdicts = findings.into_iter().map(|(check, finding)| {
        let Finding { outcome, reason, severity } = finding;
        let subjects = reader.many(Reader::subject)?;
        let observations = reader.citations(&ids)?;
        let verdict = Verdict { outcome, reason, subjects, observations };
        Some(Judged { check, severity, verdict })
    });
    verdicts.collect()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A count, and so many things.
    fn many<T>(&mut self, read: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        let mut things = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            things.push(read(self)?);
        }
        Some(things)
    }

    fn finding(&mut self) -> Option<(&'static Check, Finding)> {
        let check = *CATALOGUE.get(self.number()?)?;
        let both = self.octet()?;
        let outcome = *OUTCOMES.get(usize::from(both & 3))?;
        let severity = *SEVERITIES.get(usize::from(both >> 2))?;
        Some((check, Finding { outcome, reason: self.word()?, severity }))
    }

    fn id(&mut self) -> Option<ObservationId> {
        self.array().map(|octets| ObservationId(Digest(octets)))
    }

    fn subject(&mut self) -> Option<Subject> {
        let name = self.name()?;
        let outcome = self.outcome()?;
        let reason = self.word()?;
        Some(Subject { name, outcome, reason, detail: self.many(Self::detail)? })
    }

    fn detail(&mut self) -> Option<Detail> {
        Some((self.word()?, self.text()?.to_owned()))
    }

    fn citations(&mut self, ids: &[ObservationId]) -> Option<Vec<ObservationId>> {
        let count = self.number()?;
        let mut citations = Vec::with_capacity(count.min(self.0.len()));
        let mut place = 0_usize;
        for _ in 0..count {
            let step = self.number()?;
            place = match step % 2 {
                0 => place.checked_add(step / 2)?,
                _ => place.checked_sub(step / 2 + 1)?,
            };
            citations.push(*ids.get(place)?);
        }
        Some(citations)
    }

    fn name(&mut self) -> Option<SubjectName> {
        Some(match self.octet()? {
            kind::SOCKET => SubjectName::Socket(self.socket()?),
            kind::ADDRESS => SubjectName::Address(self.address()?),
            kind::HOST => SubjectName::Host(self.host()?),
            kind::NAME_SERVER => SubjectName::NameServer(self.host()?, None),
            kind::NAME_SERVER_AT => SubjectName::NameServer(self.host()?, Some(self.address()?)),
            kind::URL => SubjectName::Url(self.text()?.to_owned()),
            kind::CONTROL => SubjectName::Control(self.socket()?),
            _ => return None,
        })
    }

    fn host(&mut self) -> Option<Name> {
        self.text().map(Name::from_presentation)
    }

    fn socket(&mut self) -> Option<SocketAddr> {
        let address = self.address()?;
        let port = u16::try_from(self.number()?).ok()?;
        Some(match address {
            IpAddr::V4(address) => SocketAddrV4::new(address, port).into(),
            IpAddr::V6(address) => {
                let (flow, scope) = (self.array()?, self.array()?);
                let (flow, scope) = (u32::from_le_bytes(flow), u32::from_le_bytes(scope));
                SocketAddrV6::new(address, port, flow, scope).into()
            }
        })
    }

    fn address(&mut self) -> Option<IpAddr> {
        match self.octet()? {
            4 => self.array::<4>().map(IpAddr::from),
            6 => self.array::<16>().map(IpAddr::from),
            _ => None,
        }
    }

    fn outcome(&mut self) -> Option<Outcome> {
        OUTCOMES.get(usize::from(self.octet()?)).copied()
    }

    fn word(&mut self) -> Option<&'static str> {
        statics::word(self.number()?)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let octet = self.octet()?;
            number |= usize::from(octet & 0x7f) << shift;
            if octet < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}
