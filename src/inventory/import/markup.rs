//! How long the pieces of an XML text are that a reader keeps whole.

use super::budget::MARKUP_OCTETS_MAX;

/// Measures tags, remarks and the text between them as they pass by.
#[derive(Default)]
pub(super) struct MarkupLengths {
    within: Within,
    /// Octets of the piece at hand.
    octets: usize,
    /// The last three octets.
    last: [u8; 3],
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Text,
    /// A tag; the quote that is open in it.
    Tag(Option<u8>),
    /// `<!--` to `-->`.
    Remark,
    /// `<![CDATA[` to `]]>`, or an instruction or declaration: up to `>` at the earliest.
    Section,
}

impl MarkupLengths {
    /// Takes the next octets.
    ///
    /// # Errors
    /// When one piece is longer than [`MARKUP_OCTETS_MAX`].
    pub fn take(&mut self, octets: &[u8]) -> Result<(), String> {
        for octet in octets {
            self.octets += 1;
            if self.octets > MARKUP_OCTETS_MAX {
                let most = MARKUP_OCTETS_MAX >> 20;
                return Err(format!("a text, tag or remark in it has more than {most} MiB"));
            }
            self.last = [self.last[1], self.last[2], *octet];
            let next = self.next(*octet);
            if next != self.within {
                if matches!((self.within, next), (Within::Text, _) | (_, Within::Text)) {
                    self.octets = 0;
                }
                self.within = next;
            }
        }
        Ok(())
    }

    fn next(&self, octet: u8) -> Within {
        match (self.within, octet) {
            (Within::Text, b'<') => Within::Tag(None),
            (Within::Tag(None), b'!' | b'?') if self.last[1] == b'<' => Within::Section,
            (Within::Section, b'-') if self.octets <= 3 && self.last == *b"!--" => Within::Remark,
            (Within::Remark, b'>') if self.last == *b"-->" && self.octets > 5 => Within::Text,
            // Where it ends can't be told before a `>`; what follows an early one is measured as text.
            (Within::Section, b'>') => Within::Text,
            (Within::Tag(None), b'>') => Within::Text,
            (Within::Tag(None), quote @ (b'"' | b'\'')) => Within::Tag(Some(quote)),
            (Within::Tag(Some(open)), octet) if octet == open => Within::Tag(None),
            (within, _) => within,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        let mut whole = MarkupLengths::default();
        let mut drop_by_drop = MarkupLengths::default();
        let in_pieces = text.as_bytes().chunks(7).try_for_each(|piece| drop_by_drop.take(piece));
        let refused = whole.take(text.as_bytes()).is_err();
        assert_eq!(refused, in_pieces.is_err());
        refused
    }

    #[test]
    fn long_pieces_of_every_kind() {
        let half = "<a b='>' c=\"x\">x</a>".repeat(MARKUP_OCTETS_MAX / 40);
        assert!(!refused(&half.repeat(5)));
        let long = |part: &str| part.repeat(MARKUP_OCTETS_MAX / part.len() + 1);
        for text in [
            long("x"),
            format!("<a b='{}'>", long("></a>")),
            format!("<!-- {} -->", long("<a>-")),
            format!("<a>{}</a>", long("x")),
            format!("<![CDATA[{}]]>", long("x")),
            format!("<?{}?>", long("x")),
        ] {
            assert!(refused(&text), "{}", &text[..40]);
        }
        let remark = format!("<!--{}-->", "-> <a>".repeat(MARKUP_OCTETS_MAX / 8));
        assert!(!refused(&remark.repeat(3)));
    }
}
