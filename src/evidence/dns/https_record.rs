//! Where the HTTPS record of a web site leads (RFC 9460), and whether that is there over IPv6.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Url;

use super::{Lookup, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{Host, Name, ObservationId, RecordData, RecordType, ServiceBinding};

/// Service records of one name that are read.
pub const ENDPOINTS_MAX: usize = 8;

/// What a web site's HTTPS records say.
#[derive(Clone, Debug)]
pub struct HttpsRecord {
    /// How the look-up ended.
    pub end: HttpsRecordEnd,
    /// The alternative endpoints, the preferred first.
    pub endpoints: Vec<HttpsEndpoint>,
    /// Whether there are more than `ENDPOINTS_MAX`.
    pub is_cut: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// How the look-up of HTTPS records ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpsRecordEnd {
    /// There is none.
    None,
    /// At endpoints.
    Endpoints,
    /// At an alias to the root: the service says that it is not available (§2.5.1).
    Unavailable,
    /// The aliases lead back to one of themselves.
    Looped,
    /// There are more aliases than [`crate::model::Limits::cname_links`].
    TooLong,
    /// A look-up failed, or was not made (yet).
    Unknown(Gap),
}

/// One alternative endpoint.
#[derive(Clone, Debug)]
pub struct HttpsEndpoint {
    /// Its name.
    pub target: Name,
    /// The addresses that the record hints at.
    pub ipv6_hints: Vec<Ipv6Addr>,
    /// The same of the other family.
    pub ipv4_hints: Vec<Ipv4Addr>,
    /// The AAAA records of its name.
    pub aaaa: Lookup,
}

/// Reads the HTTPS records of a URL's host; `None` when that is an address.
pub fn https_record(view: &View<'_>, url: &Url) -> Option<HttpsRecord> {
    let Some(Host::Name(host)) = Host::of_url(url) else { return None };
    let mut https = HttpsRecord {
        end: HttpsRecordEnd::Unknown(Gap::NotObserved),
        endpoints: Vec::new(),
        is_cut: false,
        observations: Vec::new(),
    };
    // A port of its own has a name of its own (§9.1).
    let mut name = match url.port_or_known_default() {
        None | Some(80 | 443) => host,
        Some(port) => host.child("_https").child(&format!("_{port}")),
    };
    let mut seen = vec![name.clone()];
    loop {
        let lookup = resolve(view, &name, RecordType::HTTPS);
        https.observations.extend(&lookup.observations);
        match &lookup.status {
            LookupStatus::Found => {}
            LookupStatus::NoData | LookupStatus::NxDomain if seen.len() == 1 => {
                https.end = HttpsRecordEnd::None;
                break;
            }
            // The alias leads to a name with addresses only.
            LookupStatus::NoData | LookupStatus::NxDomain => {
                add_endpoint(view, &mut https, &name, None);
                break;
            }
            LookupStatus::ChainLooped => {
                https.end = HttpsRecordEnd::Looped;
                break;
            }
            LookupStatus::ChainTooLong => {
                https.end = HttpsRecordEnd::TooLong;
                break;
            }
            _ => {
                https.end = HttpsRecordEnd::Unknown(lookup.gap().unwrap_or(Gap::Unresolved));
                break;
            }
        }
        let owner = lookup.chain.last().cloned().unwrap_or_else(|| name.clone());
        let mut records: Vec<&ServiceBinding> = lookup
            .records
            .iter()
            .filter_map(|data| match data {
                RecordData::Binding(record) => Some(&**record),
                _ => None,
            })
            .collect();
        records.sort_by(|a, b| (a.priority, &a.target).cmp(&(b.priority, &b.target)));
        // Beside an alias nothing else counts (§2.4.1).
        match records.first() {
            Some(alias) if alias.priority == 0 && alias.target.is_root() => {
                https.end = HttpsRecordEnd::Unavailable;
                break;
            }
            Some(alias) if alias.priority == 0 => {
                if seen.contains(&alias.target) {
                    https.end = HttpsRecordEnd::Looped;
                    break;
                }
                if seen.len() > view.settings.limits.cname_links {
                    https.end = HttpsRecordEnd::TooLong;
                    break;
                }
                name = alias.target.clone();
                seen.push(name.clone());
            }
            _ => {
                https.is_cut = records.len() > ENDPOINTS_MAX;
                for record in records.iter().take(ENDPOINTS_MAX) {
                    let target = if record.target.is_root() { &owner } else { &record.target };
                    add_endpoint(view, &mut https, target, Some(record));
                }
                break;
            }
        }
    }
    Some(https)
}

fn add_endpoint(
    view: &View<'_>,
    https: &mut HttpsRecord,
    target: &Name,
    record: Option<&ServiceBinding>,
) {
    let aaaa = resolve(view, target, RecordType::AAAA);
    https.observations.extend(&aaaa.observations);
    https.end = HttpsRecordEnd::Endpoints;
    https.endpoints.push(HttpsEndpoint {
        target: target.clone(),
        ipv6_hints: record.map(|record| record.ipv6_hints.clone()).unwrap_or_default(),
        ipv4_hints: record.map(|record| record.ipv4_hints.clone()).unwrap_or_default(),
        aaaa,
    });
}
