//! Pages as a server is about to send them, whichever version of HTTP it speaks.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::province::Page;

/// A response without the header fields that a version of HTTP frames it with.
pub(super) struct Response {
    /// Its status code.
    pub status: u16,
    /// Its header fields.
    pub fields: Vec<(&'static str, String)>,
    /// Its body, coded as the fields say.
    pub body: Vec<u8>,
}

/// What a host answers to a visit.
pub(super) fn response(page: &Page, host: &str) -> io::Result<Response> {
    let plain = |status: u16, fields| {
        let html = format!(
            "<!doctype html><html lang=\"vi\"><title>{host}</title><h1>{host}</h1><p>{status}</p></html>\n"
        );
        (status, html, fields)
    };
    let redirect = |to: String| plain(301, vec![("Location", to)]);
    let (status, html, more) = match page {
        Page::Status(status) => plain(*status, Vec::new()),
        Page::EndlessHead | Page::SlowBody => plain(200, Vec::new()),
        Page::Redirect(to) => redirect(to.clone()),
        Page::ToHttps => redirect(format!("https://{host}/")),
        Page::Http3 => plain(200, vec![("Alt-Svc", "h3=\":443\"; ma=86400".to_owned())]),
        Page::Html(html, fields) => {
            let (html, fields) = numbered(html, fields);
            (200, html, fields)
        }
    };
    let mut fields = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
    fields.extend(more);
    let is_packed = fields.iter().any(|(name, _)| *name == "Content-Encoding");
    let body = if is_packed { gzip(html.as_bytes())? } else { html.into_bytes() };
    Ok(Response { status, fields, body })
}

/// A page and its header fields with another number in them at each visit.
fn numbered(
    html: &str,
    fields: &[(&'static str, String)],
) -> (String, Vec<(&'static str, String)>) {
    static VISITS: AtomicU64 = AtomicU64::new(1);
    // An odd multiplier, so that neighbouring visits have nothing in common.
    let visit = VISITS.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = format!("{visit:016x}");
    let fields = fields.iter().map(|(name, value)| (*name, value.replace("{n}", &number)));
    (html.replace("{n}", &number), fields.collect())
}

fn gzip(octets: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    io::Write::write_all(&mut encoder, octets)?;
    encoder.finish()
}
