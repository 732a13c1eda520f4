//! DNS messages by hand, octet by octet (RFC 1035 §4.1): what no library would ever send has to be
//! written somewhere.

/// Octets of a header.
const HEADER_OCTETS: usize = 12;

pub const A: u16 = 1;
pub const NS: u16 = 2;
pub const CNAME: u16 = 5;
pub const SOA: u16 = 6;
pub const TXT: u16 = 16;
pub const AAAA: u16 = 28;
const OPT: u16 = 41;

/// The header bits that responses here differ in.
pub const AUTHORITATIVE: u16 = 0x0400;
pub const TRUNCATED: u16 = 0x0200;
const RESPONSE: u16 = 0x8000;

/// A question as it came.
pub struct Question {
    pub id: u16,
    /// The name in lower case, without the last dot.
    pub name: String,
    pub record_type: u16,
    /// Whether the query has an OPT record, or any other in its additional section.
    pub has_edns: bool,
    /// The question section as it came.
    pub section: Vec<u8>,
}

impl Question {
    /// Reads a query; `None` when it is none.
    pub fn read(octets: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
        let mut labels = Vec::new();
        let mut at = HEADER_OCTETS;
        loop {
            let length = usize::from(*octets.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(octets.get(at..at + length)?).to_lowercase());
            at += length;
        }
        Some(Self {
            id: word(0)?,
            name: labels.join("."),
            record_type: word(at)?,
            has_edns: word(10)? > 0,
            section: octets.get(HEADER_OCTETS..at + 4)?.to_vec(),
        })
    }

    /// The response that repeats this question and says nothing yet.
    pub fn response(&self, flags: u16, rcode: u16) -> Response {
        Response {
            id: self.id,
            flags: RESPONSE | flags | rcode,
            question: self.section.clone(),
            answers: Vec::new(),
            authorities: Vec::new(),
            has_edns: self.has_edns,
        }
    }
}

/// A response to be sent.
pub struct Response {
    pub id: u16,
    pub flags: u16,
    pub question: Vec<u8>,
    pub answers: Vec<Vec<u8>>,
    pub authorities: Vec<Vec<u8>>,
    pub has_edns: bool,
}

impl Response {
    /// Its octets.
    pub fn octets(&self) -> Vec<u8> {
        let count = |records: &[Vec<u8>]| u16::try_from(records.len()).unwrap();
        let questions = u16::from(!self.question.is_empty());
        let counts = [
            self.id,
            self.flags,
            questions,
            count(&self.answers),
            count(&self.authorities),
            u16::from(self.has_edns),
        ];
        let mut octets: Vec<u8> = counts.iter().flat_map(|word| word.to_be_bytes()).collect();
        octets.extend(&self.question);
        octets.extend(self.answers.iter().chain(&self.authorities).flatten());
        if self.has_edns {
            // The root's name, the type, a payload of 1232 octets, and neither flags nor options.
            octets.extend([0, 0, OPT as u8, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
        }
        octets
    }
}

/// A name without compression.
pub fn name(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        octets.push(u8::try_from(label.len()).unwrap());
        octets.extend(label.bytes());
    }
    octets.push(0);
    octets
}

/// A record of class IN with a TTL of five minutes.
pub fn record(owner: &str, record_type: u16, data: &[u8]) -> Vec<u8> {
    let mut octets = name(owner);
    for word in [record_type, 1, 0, 300, u16::try_from(data.len()).unwrap()] {
        octets.extend(word.to_be_bytes());
    }
    octets.extend(data);
    octets
}

/// The SOA record of a zone.
pub fn soa(apex: &str) -> Vec<u8> {
    let mut data = name(&format!("ns1.{apex}"));
    data.extend(name(&format!("hostmaster.{apex}")));
    data.extend([1_u32, 3600, 600, 86400, 300].iter().flat_map(|number| number.to_be_bytes()));
    record(apex, SOA, &data)
}

/// A TXT record that holds so many letters.
pub fn text(owner: &str, letters: usize) -> Vec<u8> {
    let letters = vec![b'v'; letters];
    let data: Vec<u8> = letters
        .chunks(255)
        .flat_map(|chunk| [&[u8::try_from(chunk.len()).unwrap()], chunk].concat())
        .collect();
    record(owner, TXT, &data)
}
