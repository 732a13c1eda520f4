//! The fields of constructed DER elements, one after the other.

use x509_parser::asn1_rs::{Any, Class, FromDer as _, GeneralizedTime, Tag};

/// What is left of a constructed element.
pub(super) struct Fields<'a> {
    pub rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of the one SEQUENCE in `octets`.
    pub fn of(octets: &'a [u8]) -> Option<Self> {
        let mut outer = Self { rest: octets };
        Some(Self { rest: outer.sequence()? })
    }

    pub fn next(&mut self) -> Option<Any<'a>> {
        let (rest, any) = Any::from_der(self.rest).ok()?;
        self.rest = rest;
        Some(any)
    }

    /// The content of the next field, which is a SEQUENCE.
    pub fn sequence(&mut self) -> Option<&'a [u8]> {
        self.next().filter(|any| any.tag() == Tag::Sequence).map(|any| any.data)
    }

    /// The next field, if it has this context-specific tag.
    pub fn tagged(&mut self, tag: u32) -> Option<Any<'a>> {
        let (rest, any) = Any::from_der(self.rest).ok()?;
        if (any.class(), any.tag()) != (Class::ContextSpecific, Tag(tag)) {
            return None;
        }
        self.rest = rest;
        Some(any)
    }

    /// The next field as a moment, in seconds since 1970.
    pub fn time(&mut self) -> Option<i64> {
        let time = GeneralizedTime::try_from(self.next()?).ok()?;
        Some(time.utc_datetime().ok()?.unix_timestamp())
    }
}
