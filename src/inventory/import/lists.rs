//! Lists that other tools keep of what they look at, as services.
//!
//! A list is read by its format ([`ListFormat`], which [`list_format`] finds by what the file holds) into the
//! [`Reading`](super::Reading) that tables give, too.

mod certificates;
mod collected;
mod document;
mod format;
mod internet_nl;
mod names;
mod nmap;
mod options;
mod ports;
mod prometheus;
mod whynoipv6;

use self::collected::Collected;
pub use self::format::{ListFormat, list_format};
pub use self::options::ListOptions;
use super::budget::Budget;
use super::candidate::Reading;

/// Reads a list of a format.
///
/// # Errors
/// A sentence that says why the file is no such list, or which bound it exceeds; what is wrong with single entries is
/// part of the reading.
pub fn list_candidates(
    format: ListFormat,
    octets: &[u8],
    options: &ListOptions,
    budget: &Budget<'_>,
) -> Result<Reading, String> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let text = std::str::from_utf8(octets)
        .map_err(|error| format!("octet {} is not UTF-8; save it in UTF-8", error.valid_up_to()))?;
    let mut collected = Collected::new(budget);
    match format {
        ListFormat::Names => names::read(text, &mut collected),
        ListFormat::InternetNl => internet_nl::read(text, &mut collected),
        ListFormat::WhyNoIpv6 => whynoipv6::read(text, options, &mut collected),
        ListFormat::Prometheus => prometheus::read(text, options, &mut collected),
        ListFormat::Certificates => certificates::read(text, options, &mut collected),
        ListFormat::Nmap => nmap::read(text, &mut collected),
    }?;
    collected.finish()
}

#[cfg(test)]
mod tests;
