//! What the landing page loads, and whether a client without IPv4 can load it.

use std::net::{IpAddr, SocketAddr};

use url::Url;

use super::ipv6_access::{AccessReader, Origin};
use super::page::{self, Blocked, Loading, Reference, Treatment, Unreadable, Use};
use super::{Ipv6Access, RedirectChain, landing_page, landing_page_responses};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{
    ConversationAttempts, conversation_attempts, conversation_question,
};
use crate::model::{BodyEnd, Host, HttpResponse, ObservationId};

/// Servers of one page that are tried.
pub const HOSTS_MAX: usize = 40;

/// Blocked references of one page that are kept.
const BLOCKED_MAX: usize = 20;

/// Style sheets of one page that are read for what they load in turn.
const STYLE_SHEETS_MAX: usize = 16;

/// What a page depends on.
#[derive(Clone, Debug)]
pub struct Subresources {
    /// Where the page was found; `None` as long as there is none.
    pub page: Option<Url>,
    /// Why the page can't be read.
    pub unreadable: Option<Unreadable>,
    /// The servers that it loads from, beside its own, in the order in which it names them.
    pub servers: Vec<ResourceHost>,
    /// What it names and every browser blocks, and why.
    pub blocked: Vec<(Reference, Blocked)>,
    /// Whether it names more than [`HOSTS_MAX`], or was itself cut at a limit of ours.
    pub is_cut: bool,
    /// Why some of its style sheets were not read, so that they may load more.
    pub unread: Option<Unread>,
    /// Whether something is still to be asked.
    pub is_pending: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// Why a style sheet was not read, the weightiest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It broke off, or no response came.
    Broken,
    /// There are more than we read, or it is larger.
    Limit,
    /// Our own machine could not ask.
    Ours,
}

/// A server that a page loads from.
#[derive(Clone, Debug)]
pub struct ResourceHost {
    /// Its host.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// Whether over TLS.
    pub is_https: bool,
    /// What for, each once.
    pub uses: Vec<Use>,
    /// Whether it can be reached over IPv6.
    pub access: Ipv6Access,
    /// Its IPv4 addresses, as far as they were looked up.
    pub ipv4: Vec<IpAddr>,
    /// The IPv6 address that works.
    pub works_at: Option<SocketAddr>,
}

impl ResourceHost {
    fn origin(&self) -> Origin {
        Origin { host: self.host.clone(), port: self.port, is_https: self.is_https }
    }

    /// Whether the page is commonly useless without it.
    pub fn is_required(&self) -> bool {
        self.uses.iter().any(|what| what.is_required())
    }
}

/// Reads what the landing page over IPv6 depends on: the page that the first address with a readable
/// one shows, and its style sheets. An error is no front page, unless it is the `expected` status.
pub fn subresources(
    view: &View<'_>,
    ipv6: &[RedirectChain<'_>],
    expected: Option<u16>,
) -> Subresources {
    let mut resources = Subresources {
        page: None,
        unreadable: None,
        servers: Vec::new(),
        blocked: Vec::new(),
        is_cut: false,
        unread: None,
        is_pending: false,
        observations: Vec::new(),
    };
    for chain in ipv6 {
        let Some((url, conversation)) = landing_page(chain) else { continue };
        let Some(response) = landing_page_responses(conversation).next() else { continue };
        resources.observations.extend(conversation.observations());
        if !is_front_page(response, url, expected) {
            continue;
        }
        match page::readable(response, url).as_ref() {
            Ok(page) => {
                resources.page = Some(url.clone());
                resources.unreadable = None;
                resources.is_cut = page.is_cut;
                let treatment = Treatment::of(url, response, page);
                resources.read(view, url, conversation.address, &page.references, treatment);
                break;
            }
            // What can't be read may be a page; what is no text is none.
            Err(why) if resources.unreadable.is_none_or(|so_far| so_far == Unreadable::NotText) => {
                resources.unreadable = Some(*why);
            }
            Err(_) => {}
        }
    }
    resources
}

/// Whether a response is the page that people come for, and not an error in its place.
pub(in crate::evidence) fn is_front_page(
    response: &HttpResponse,
    url: &Url,
    expected: Option<u16>,
) -> bool {
    match expected {
        Some(expected) if response.status == expected => true,
        None if response.status < 400 => true,
        _ => page::is_challenge(response, url),
    }
}

impl Subresources {
    fn read(
        &mut self,
        view: &View<'_>,
        page: &Url,
        at: SocketAddr,
        references: &[Reference],
        treatment: Treatment,
    ) {
        let references = self.loaded(references, treatment);
        references.iter().for_each(|reference| self.note_server(page, reference));
        self.read_access(view);
        let mut sheets: Vec<&Url> = Vec::new();
        for reference in references.iter().filter(|reference| reference.what == Use::Style) {
            if sheets.contains(&&reference.url) {
                continue;
            }
            if sheets.len() == STYLE_SHEETS_MAX {
                self.unread = self.unread.max(Some(Unread::Limit));
                break;
            }
            sheets.push(&reference.url);
        }
        let mut more = Vec::new();
        for sheet in sheets {
            // The page's own server is known to work; any other has to be, first.
            let address = if Origin::of(sheet) == Origin::of(page) {
                Some(at)
            } else {
                self.server(sheet).and_then(|server| server.works_at)
            };
            let Some(address) = address else { continue };
            let question = conversation_question(sheet, address);
            let conversation = conversation_attempts(&view.led(), question);
            self.observations.extend(conversation.observations());
            self.is_pending |= conversation.is_pending;
            let (references, unread) = loaded_by(&conversation, sheet);
            more.extend(references);
            self.unread = self.unread.max(unread);
        }
        let more = self.loaded(&more, treatment);
        more.iter().for_each(|reference| self.note_server(page, reference));
        self.read_access(view);
    }

    /// What browsers ask for of these references, and by which URL.
    fn loaded(&mut self, references: &[Reference], treatment: Treatment) -> Vec<Reference> {
        let mut loaded = Vec::new();
        for reference in references.iter().filter(|reference| reference.what.is_loaded()) {
            match treatment.loading(reference) {
                Loading::Asks(url) => loaded.push(Reference { url, ..reference.clone() }),
                Loading::Blocked(_) if self.blocked.len() == BLOCKED_MAX => {}
                Loading::Blocked(_) if self.blocked.iter().any(|(known, _)| known == reference) => {
                }
                Loading::Blocked(why) => self.blocked.push((reference.clone(), why)),
            }
        }
        loaded
    }

    fn server(&self, url: &Url) -> Option<&ResourceHost> {
        let origin = Origin::of(url)?;
        self.servers.iter().find(|server| server.origin() == origin)
    }

    /// Notes the server of a reference, unless it is the page's own.
    fn note_server(&mut self, page: &Url, reference: &Reference) {
        let origin = Origin::of(&reference.url);
        if origin == Origin::of(page) {
            return;
        }
        let Some(origin) = origin else { return };
        let is_full = self.servers.len() == HOSTS_MAX;
        match self.servers.iter_mut().find(|server| server.origin() == origin) {
            Some(server) if server.uses.contains(&reference.what) => {}
            Some(server) => server.uses.push(reference.what),
            None if is_full => self.is_cut = true,
            None => {
                let Origin { host, port, is_https } = origin;
                self.servers.push(ResourceHost {
                    host,
                    port,
                    is_https,
                    uses: vec![reference.what],
                    access: Ipv6Access::Unknown(Gap::NotObserved),
                    ipv4: Vec::new(),
                    works_at: None,
                });
            }
        }
    }

    /// Reads whether the servers noted by now can be reached.
    fn read_access(&mut self, view: &View<'_>) {
        let unknown = Ipv6Access::Unknown(Gap::NotObserved);
        for server in self.servers.iter_mut().filter(|server| server.access == unknown) {
            let origin = server.origin();
            let mut reader = AccessReader::new(view, &origin);
            server.access = reader.access();
            server.ipv4 = reader.ipv4;
            server.works_at = reader.works_at;
            self.is_pending |= reader.is_pending;
            for id in reader.observations {
                if !self.observations.contains(&id) {
                    self.observations.push(id);
                }
            }
        }
    }
}

/// What a style sheet loads, and why that is not all, where it isn't still to be asked.
fn loaded_by(
    conversation: &ConversationAttempts<'_>,
    url: &Url,
) -> (Vec<Reference>, Option<Unread>) {
    let Some(response) = landing_page_responses(conversation).next() else {
        let why = if conversation.is_our_fault() { Unread::Ours } else { Unread::Broken };
        return (Vec::new(), (!conversation.is_pending).then_some(why));
    };
    // What is not there loads nothing.
    if response.status != 200 {
        return (Vec::new(), None);
    }
    let is_cut = response.body_end == BodyEnd::Limit;
    match page::style_sheet(response, url).as_ref() {
        Ok(references) => (references.clone(), is_cut.then_some(Unread::Limit)),
        Err(Unreadable::TooLarge) => (Vec::new(), Some(Unread::Limit)),
        Err(_) => (Vec::new(), Some(Unread::Broken)),
    }
}
