//! Which senders a domain's SPF record authorises, by address family (RFC 7208).

use crate::evidence::dns::{Lookup, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{Name, ObservationId, RecordData, RecordType};

/// Terms that cause look-ups, over the whole evaluation (RFC 7208 §4.6.4).
pub const LOOKUPS_MAX: usize = 10;

/// Terms whose look-ups bring no answer, over the whole evaluation (RFC 7208 §4.6.4).
pub const VOID_LOOKUPS_MAX: usize = 2;

/// Exchangers that one `mx` mechanism may name (RFC 7208 §4.6.4).
const EXCHANGERS_MAX: usize = 10;

/// What a domain's SPF record says of senders.
#[derive(Clone, Debug)]
pub struct Spf {
    /// Whether it is usable.
    pub state: State,
    /// Some IPv6 address may send.
    pub ipv6: bool,
    /// Some IPv4 address may send.
    pub ipv4: bool,
    /// Any address may send (`+all`, or no `all` under a neutral default is not meant).
    pub anyone: bool,
    /// Whether it depends on the sender (`exists`, `ptr`, macros), so that not all of it is known.
    pub by_sender: bool,
    /// The record itself. Hostile text.
    pub record: Option<String>,
    /// Terms that caused look-ups.
    pub lookups: usize,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// Whether an SPF record is usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be evaluated.
    Usable,
    /// There is none.
    None,
    /// A look-up failed, or was not made (yet).
    Unknown(Gap),
    /// It can't be evaluated, and receivers must say so (permerror, RFC 7208 §2.6.7).
    Broken(Fault),
}

/// What makes receivers give up on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More than one record (§4.5).
    Several,
    /// A term that breaks the grammar; hostile text.
    Syntax(String),
    /// More than [`LOOKUPS_MAX`] terms with look-ups.
    TooManyLookups,
    /// More than [`VOID_LOOKUPS_MAX`] look-ups without an answer.
    TooManyVoid,
    /// An `include` or `redirect` that leads to no record (§5.2, §6.1).
    NoTarget(String),
}

/// Evaluates the SPF record of a domain over all its terms, as for an IPv6 sender whom no mechanism
/// before the last one matches: a receiver looks for the addresses of such a sender's family alone, and
/// what has none of them is a look-up without an answer.
pub fn spf(view: &View<'_>, domain: &Name) -> Spf {
    let mut run = Run { view, void: 0, spf: empty() };
    if let Err(state) = run.record(domain, true) {
        // A receiver stops at the first mechanism that matches: senders whom one authorises never come to
        // what lies behind it.
        let is_late = state == State::Broken(Fault::TooManyVoid);
        if !is_late || !(run.spf.ipv6 || run.spf.anyone) {
            run.spf.state = state;
        }
    }
    run.spf
}

fn empty() -> Spf {
    Spf {
        state: State::Usable,
        ipv6: false,
        ipv4: false,
        anyone: false,
        by_sender: false,
        record: None,
        lookups: 0,
        observations: Vec::new(),
    }
}

struct Run<'v, 'e> {
    view: &'v View<'e>,
    void: usize,
    spf: Spf,
}

impl Run<'_, '_> {
    /// Evaluates the record of one domain. Every recursion takes one of [`LOOKUPS_MAX`] look-ups.
    fn record(&mut self, domain: &Name, is_first: bool) -> Result<(), State> {
        let text = match self.text(domain)? {
            Some(text) => text,
            None if is_first => return Err(State::None),
            None => return Err(State::Broken(Fault::NoTarget(domain.to_string()))),
        };
        if is_first {
            self.spf.record = Some(text.clone());
        }
        let mut redirect = None;
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            if let Some((name, value)) = modifier(term) {
                if name.eq_ignore_ascii_case("redirect")
                    && redirect.replace(value.to_owned()).is_some()
                {
                    return Err(syntax(term));
                }
                continue;
            }
            if self.mechanism(term, domain)? {
                return Ok(());
            }
        }
        match redirect {
            None => Ok(()),
            Some(target) => {
                self.count()?;
                match self.target(&target)? {
                    Some(target) => self.record(&target, false),
                    None => Ok(()),
                }
            }
        }
    }

    /// The one SPF record of a domain.
    fn text(&mut self, domain: &Name) -> Result<Option<String>, State> {
        let lookup = self.look(domain, RecordType::TXT)?;
        let mut records = lookup.records.iter().filter_map(|data| match data {
            RecordData::Txt(text) if is_spf(text) => Some(text.clone()),
            _ => None,
        });
        match (records.next(), records.next()) {
            (Some(_), Some(_)) => Err(State::Broken(Fault::Several)),
            (first, _) => Ok(first),
        }
    }

    /// Evaluates a mechanism; returns whether it matches every sender, so that nothing after it
    /// counts.
    fn mechanism(&mut self, term: &str, domain: &Name) -> Result<bool, State> {
        let (qualifier, rest) = match term.as_bytes().first() {
            Some(b'+' | b'-' | b'~' | b'?') => term.split_at(1),
            _ => ("+", term),
        };
        let passes = qualifier == "+";
        let end = rest.find([':', '/']).unwrap_or(rest.len());
        let (name, argument) = rest.split_at(end);
        let value = argument.strip_prefix(':');
        match (name.to_ascii_lowercase().as_str(), value) {
            ("all", _) if argument.is_empty() => {
                self.spf.anyone |= passes;
                return Ok(true);
            }
            ("ip4", Some(value)) => {
                value_of::<ipnet::Ipv4Net, std::net::Ipv4Addr>(value)
                    .ok_or_else(|| syntax(term))?;
                self.spf.ipv4 |= passes;
            }
            ("ip6", Some(value)) => {
                value_of::<ipnet::Ipv6Net, std::net::Ipv6Addr>(value)
                    .ok_or_else(|| syntax(term))?;
                self.spf.ipv6 |= passes;
            }
            ("include", Some(value)) => {
                self.count()?;
                if let Some(target) = self.target(value)? {
                    let before = (self.spf.ipv6, self.spf.ipv4, self.spf.anyone);
                    let included = self.record(&target, false);
                    if !passes {
                        (self.spf.ipv6, self.spf.ipv4, self.spf.anyone) = before;
                    }
                    included?;
                }
            }
            (name @ ("a" | "mx"), _) => {
                self.count()?;
                let host = match value.map(|value| value.split('/').next().unwrap_or_default()) {
                    Some(host) => self.target(host)?,
                    None => Some(domain.clone()),
                };
                if let Some(host) = host {
                    let is_mx = name == "mx";
                    let [ipv6, ipv4] = if is_mx { self.mx(&host)? } else { self.a(&host)? };
                    self.spf.ipv6 |= passes && ipv6;
                    self.spf.ipv4 |= passes && ipv4;
                }
            }
            ("exists", Some(value)) => {
                self.count()?;
                match self.target(value)? {
                    None => {}
                    Some(host) => {
                        // The same for every sender, of either family (§5.7).
                        let found = self.look(&host, RecordType::A)?.status == LookupStatus::Found;
                        self.note_void(!found)?;
                        self.spf.anyone |= passes && found;
                    }
                }
            }
            ("ptr", _) => {
                self.count()?;
                self.spf.by_sender = true;
            }
            _ => return Err(syntax(term)),
        }
        Ok(false)
    }

    /// The families in which a host has addresses.
    fn a(&mut self, host: &Name) -> Result<[bool; 2], State> {
        let found @ [ipv6, _] = self.families(host)?;
        self.note_void(!ipv6)?;
        Ok(found)
    }

    fn mx(&mut self, host: &Name) -> Result<[bool; 2], State> {
        let lookup = self.look(host, RecordType::MX)?;
        let names: Vec<Name> = lookup
            .records
            .iter()
            .filter_map(|data| match data {
                RecordData::Mx { exchange, .. } if !exchange.is_root() => Some(exchange.clone()),
                _ => None,
            })
            .collect();
        if names.len() > EXCHANGERS_MAX {
            return Err(State::Broken(Fault::TooManyLookups));
        }
        let mut found = [false; 2];
        for name in &names {
            let [ipv6, ipv4] = self.families(name)?;
            found = [found[0] || ipv6, found[1] || ipv4];
        }
        // A term counts once. A null MX is an answer (RFC 7505), and nothing more is looked up.
        let is_null = names.is_empty() && !lookup.records.is_empty();
        self.note_void(!is_null && !found[0])?;
        Ok(found)
    }

    fn families(&mut self, host: &Name) -> Result<[bool; 2], State> {
        let mut found = [false; 2];
        for (found, record_type) in found.iter_mut().zip([RecordType::AAAA, RecordType::A]) {
            *found = self.look(host, record_type)?.status == LookupStatus::Found;
        }
        Ok(found)
    }

    fn look(&mut self, name: &Name, record_type: RecordType) -> Result<Lookup, State> {
        let lookup = resolve(self.view, name, record_type);
        self.spf.observations.extend(lookup.observations.iter().copied());
        match lookup.gap() {
            None => Ok(lookup),
            Some(gap) => Err(State::Unknown(gap)),
        }
    }

    /// The name that a domain-spec stands for; `None` when macros make it depend on the sender (§7).
    fn target(&mut self, spec: &str) -> Result<Option<Name>, State> {
        if spec.contains('%') {
            self.spf.by_sender = true;
            return Ok(None);
        }
        Name::parse(spec).map(Some).map_err(|_| syntax(spec))
    }

    fn count(&mut self) -> Result<(), State> {
        self.spf.lookups += 1;
        if self.spf.lookups > LOOKUPS_MAX {
            return Err(State::Broken(Fault::TooManyLookups));
        }
        Ok(())
    }

    fn note_void(&mut self, is_void: bool) -> Result<(), State> {
        self.void += usize::from(is_void);
        if self.void > VOID_LOOKUPS_MAX {
            return Err(State::Broken(Fault::TooManyVoid));
        }
        Ok(())
    }
}

/// `v=spf1` alone or before a space (§4.5).
fn is_spf(text: &str) -> bool {
    let head = text.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("v=spf1"));
    head && matches!(text.as_bytes().get(6), None | Some(b' '))
}

/// A modifier: a name that begins with a letter, and `=` (§4.6.1).
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    is_name.then_some((name, value))
}

fn syntax(term: &str) -> State {
    State::Broken(Fault::Syntax(term.to_owned()))
}

/// An address or a prefix of it.
fn value_of<N: std::str::FromStr, A: std::str::FromStr>(value: &str) -> Option<()> {
    if value.contains('/') {
        value.parse::<N>().ok().map(drop)
    } else {
        value.parse::<A>().ok().map(drop)
    }
}
