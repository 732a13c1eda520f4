//! Pages as a server is about to send them, whichever version of HTTP it speaks.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};

use crate::lab::site::page::{Guard, Page};

/// A response without the header fields that a version of HTTP frames it with.
pub(super) struct Response {
    /// Its status code.
    pub status: u16,
    /// Its header fields.
    pub fields: Vec<(&'static str, String)>,
    /// Its body, coded as the fields say.
    pub body: Vec<u8>,
}

/// What a visitor asks for.
#[derive(Clone, Copy)]
pub(super) struct Visit<'a> {
    /// Path and query.
    pub path: &'a str,
    /// The cookies that are brought.
    pub cookies: &'a str,
}

/// What a host answers to a request.
pub(super) fn response(page: &Page, host: &str, visit: Visit<'_>) -> io::Result<Response> {
    let plain = |status: u16, fields| {
        let html = format!(
            "<!doctype html><html lang=\"vi\"><title>{host}</title><h1>{host}</h1><p>{status}</p></html>\n"
        );
        (status, html, fields)
    };
    let redirect = |to: String| plain(301, vec![("Location", to)]);
    let (status, html, more) = match page {
        Page::Status(status) => plain(*status, Vec::new()),
        Page::HangsUpFirst | Page::BusyFirst => plain(200, Vec::new()),
        // These come piece by piece.
        Page::EndlessHead | Page::SlowBody | Page::EndlessBody | Page::Raw(_) => {
            plain(200, Vec::new())
        }
        Page::GzipBomb(html) => return gzip_bomb(html),
        Page::Certificate(der) => {
            let fields = vec![("Content-Type", "application/pkix-cert".to_owned())];
            return Ok(Response { status: 200, fields, body: der.clone() });
        }
        Page::Unmarked(html) => {
            let body = [gzip(html.as_bytes(), Compression::fast())?, vec![0; 100]].concat();
            let fields = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")];
            let fields = fields.map(|(name, value)| (name, value.to_owned()));
            let fields = [html_type()].into_iter().chain(fields).collect();
            return Ok(Response { status: 200, fields, body });
        }
        Page::CookieWall(html) if visit.cookies.is_empty() => {
            let (html, fields) = (html.clone(), vec![("Set-Cookie", "khach=1; Path=/".to_owned())]);
            let location = ("Location", visit.path.to_owned());
            (302, html, [fields, vec![location]].concat())
        }
        Page::SessionUrl(html) if !visit.path.contains('?') => {
            let to = |to: String, fields: Vec<_>| {
                (302, html.clone(), [fields, vec![("Location", to)]].concat())
            };
            match visit.cookies.strip_prefix("phien=") {
                Some(id) => to(format!("/trang?phien={id}"), Vec::new()),
                None => {
                    let (cookie, _) = numbered("phien={n}; Path=/; HttpOnly; Secure", &[]);
                    to("/vao".to_owned(), vec![("Set-Cookie", cookie)])
                }
            }
        }
        Page::Guarded(_, _) if visit.path == "/" => {
            plain(302, vec![("Location", "/trang".to_owned())])
        }
        Page::Guarded(_, Guard::ForbidsPage) => plain(403, Vec::new()),
        Page::CookieWall(html) | Page::SessionUrl(html) | Page::Guarded(html, _) => {
            (200, html.clone(), Vec::new())
        }
        Page::Redirect(to) => redirect(numbered(to, &[]).0),
        Page::ToHttps => redirect(format!("https://{host}/")),
        Page::Http3 => plain(200, vec![("Alt-Svc", "h3=\":443\"; ma=86400".to_owned())]),
        Page::Html(html, fields) => {
            let (html, fields) = numbered(html, fields);
            (200, html, fields)
        }
    };
    let mut fields = vec![html_type()];
    fields.extend(more);
    let is_packed = fields.iter().any(|(name, _)| *name == "Content-Encoding");
    let body =
        if is_packed { gzip(html.as_bytes(), Compression::fast())? } else { html.into_bytes() };
    Ok(Response { status, fields, body })
}

fn html_type() -> (&'static str, String) {
    ("Content-Type", "text/html; charset=utf-8".to_owned())
}

/// A page that grows to 16 MiB when it is unpacked, and is sent in a fraction of that.
fn gzip_bomb(html: &str) -> io::Result<Response> {
    /// Blocks of spaces (RFC 1951 §3.2.3) after the page, and the octets in each.
    const BLOCKS: usize = 256;
    const OCTETS: usize = 64 * 1024;
    /// A header without a name or a time (RFC 1952 §2.3.1).
    const HEADER: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3];
    /// The last block, which is empty, and a checksum and a length that nobody gets to.
    const END: &[u8] = &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let spaces = deflated_block(&[b' '; OCTETS])?.repeat(BLOCKS);
    let body = [HEADER, &deflated_block(html.as_bytes())?, &spaces, END].concat();
    let fields = vec![html_type(), ("Content-Encoding", "gzip".to_owned())];
    Ok(Response { status: 200, fields, body })
}

/// A compressed block that stands for itself: it looks back at none before it, and isn't the last.
fn deflated_block(octets: &[u8]) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(octets.len() + 64);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(octets, &mut block, FlushCompress::Full)?;
    Ok(block)
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

fn gzip(octets: &[u8], level: Compression) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    io::Write::write_all(&mut encoder, octets)?;
    encoder.finish()
}
