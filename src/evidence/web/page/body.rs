//! The octets of a body as text: content coding removed, charset found.
//!
//! The prober asks for `identity`, but not every server listens, so the common codings are undone
//! here. What comes out is bounded: a bomb ends at [`DECODED_OCTETS_MAX`].

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::Encoding;

use crate::model::{BodyEnd, HttpResponse};

/// Octets that a body may grow to when its content coding is undone.
const DECODED_OCTETS_MAX: usize = 4 * 1024 * 1024;

/// Content codings that may lie upon each other (RFC 9110 §8.4).
const CODINGS_MAX: usize = 2;

/// Octets at the beginning of a page in which a `meta` element may name the charset (the HTML
/// standard's own number).
const META_OCTETS: usize = 1024;

/// Why a body can't be read. None of these is held against the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It broke off or did not come in time.
    Incomplete,
    /// It grows beyond our limit, or needs more memory than we give it.
    TooLarge,
    /// Its content coding is unknown or damaged.
    Coding,
    /// It is neither HTML nor any other text.
    NotText,
    /// It isn't the page but a guard in front of it.
    Challenge,
}

/// What kind of text a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTML or XHTML.
    Html,
    /// A style sheet.
    Css,
    /// Any other text.
    Plain,
}

/// Reads the body of a response. One that was cut at our limit is read as far as it goes, and so is one that
/// broke off: browsers show what has come by then, unless the connection ends too soon after it.
pub fn text(response: &HttpResponse) -> Result<(Kind, String), Unreadable> {
    let is_whole = match response.body_end {
        BodyEnd::Complete => true,
        BodyEnd::Limit => false,
        BodyEnd::Broken { .. } if !response.body.bytes().is_empty() => false,
        BodyEnd::TimedOut | BodyEnd::Broken { .. } => return Err(Unreadable::Incomplete),
    };
    let content_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let media = content_type.split(';').next().unwrap_or_default().trim();
    let octets = decoded(response, is_whole)?;
    let kind = match media {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "text/css" => Kind::Css,
        "application/json" | "application/xml" | "application/javascript" => Kind::Plain,
        other if other.starts_with("text/") => Kind::Plain,
        // A browser sniffs what has no type (MIME Sniffing standard §7).
        "" if looks_like_html(&octets) => Kind::Html,
        _ => return Err(Unreadable::NotText),
    };
    let encoding = charset(&content_type, &octets);
    Ok((kind, encoding.decode(&octets).0.into_owned()))
}

fn decoded(response: &HttpResponse, is_whole: bool) -> Result<Cow<'_, [u8]>, Unreadable> {
    let codings: Vec<String> = response
        .headers
        .iter()
        .filter(|(name, _)| name == "content-encoding")
        .flat_map(|(_, value)| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.len() > CODINGS_MAX {
        return Err(Unreadable::Coding);
    }
    let mut octets = Cow::Borrowed(response.body.bytes());
    // They are listed in the order in which they were applied.
    for coding in codings.iter().rev() {
        let input = octets.as_ref();
        let plain = match coding.as_str() {
            "gzip" | "x-gzip" => match gzip_data(input) {
                Some(data) => unpacked(flate2::read::DeflateDecoder::new(data), is_whole),
                None => Err(Unreadable::Coding),
            },
            // "deflate" means the zlib format, but some servers send it bare.
            "deflate" if is_zlib(input) => {
                unpacked(flate2::read::ZlibDecoder::new(input), is_whole)
            }
            "deflate" => unpacked(flate2::read::DeflateDecoder::new(input), is_whole),
            "br" => {
                let decoder = brotli_decompressor::Decompressor::new(input, 4096);
                unpacked(decoder, is_whole)
            }
            "zstd" => zstd::stream::read::Decoder::with_buffer(input)
                .and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                    Ok(decoder)
                })
                .map_err(|_| Unreadable::Coding)
                .and_then(|decoder| unpacked(decoder, is_whole)),
            _ => Err(Unreadable::Coding),
        }?;
        octets = Cow::Owned(plain);
    }
    Ok(octets)
}

/// The largest window that a client must support (RFC 9659: 8 MB).
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// What follows the header of a gzip member (RFC 1952 §2.3). Browsers read the first member, don't look at its
/// checksum, and overlook whatever comes after it.
fn gzip_data(octets: &[u8]) -> Option<&[u8]> {
    const FIXED_OCTETS: usize = 10;
    const FHCRC: u8 = 1 << 1;
    const FEXTRA: u8 = 1 << 2;
    const FNAME: u8 = 1 << 3;
    const FCOMMENT: u8 = 1 << 4;
    let (fixed, mut rest) = octets.split_at_checked(FIXED_OCTETS)?;
    let &[0x1f, 0x8b, 8, flags, ..] = fixed else { return None };
    if flags & FEXTRA != 0 {
        let (length, more) = rest.split_first_chunk::<2>()?;
        rest = more.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [FNAME, FCOMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|octet| *octet == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & FHCRC == 0 { Some(rest) } else { rest.get(2..) }
}

/// Whether a zlib header begins here (RFC 1950 §2.2).
fn is_zlib(octets: &[u8]) -> bool {
    matches!(octets, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

fn unpacked(decoder: impl Read, is_whole: bool) -> Result<Vec<u8>, Unreadable> {
    let mut plain = Vec::new();
    let read = decoder.take(DECODED_OCTETS_MAX as u64 + 1).read_to_end(&mut plain);
    if plain.len() > DECODED_OCTETS_MAX {
        return Err(Unreadable::TooLarge);
    }
    match read {
        Ok(_) => Ok(plain),
        // Where the body was cut or broke off, the coding ends in mid-air.
        Err(_) if !is_whole && !plain.is_empty() => Ok(plain),
        Err(_) => Err(Unreadable::Coding),
    }
}

fn looks_like_html(octets: &[u8]) -> bool {
    let head = octets.get(..octets.len().min(META_OCTETS)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<script"].iter().any(|tag| head.starts_with(tag))
}

/// BOM, then header, then `meta`, then UTF-8 where it is valid, then Windows-1252.
fn charset(content_type: &str, octets: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(octets) {
        return encoding;
    }
    let head = octets.get(..octets.len().min(META_OCTETS)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    label(content_type)
        .or_else(|| label(&head))
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .unwrap_or(match std::str::from_utf8(octets) {
            Ok(_) => encoding_rs::UTF_8,
            // Cut in the middle of a character.
            Err(error) if error.error_len().is_none() => encoding_rs::UTF_8,
            Err(_) => encoding_rs::WINDOWS_1252,
        })
}

/// The value of the first `charset=`.
fn label(text: &str) -> Option<&str> {
    let at = text.find("charset=")? + "charset=".len();
    let rest = text.get(at..)?.trim_start_matches(['"', '\'', ' ']);
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')))
        .unwrap_or(rest.len());
    rest.get(..end).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::model::Blob;

    fn response(headers: &[(&str, &str)], body: &[u8]) -> HttpResponse {
        HttpResponse {
            elapsed_us: 1,
            version: "HTTP/1.1".to_owned(),
            status: 200,
            headers: headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            body: Blob::new(body.to_vec()),
            body_end: BodyEnd::Complete,
            readings: crate::model::Readings::default(),
        }
    }

    fn gzip(octets: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(octets: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    fn bare(octets: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_coding_is_undone() {
        let page = "<p>Cổng thông tin điện tử</p>".as_bytes();
        // One meta-block that isn't compressed, and the empty last one (RFC 7932 §9.2).
        let head = ((page.len() as u32 - 1) << 4) | (1 << 20);
        let brotli = [&head.to_le_bytes()[..3], page, &[3]].concat();
        for (coding, octets) in [
            ("identity", page.to_vec()),
            ("gzip", gzip(page)),
            ("deflate", zlib(page)),
            ("deflate", bare(page)),
            ("br", brotli.clone()),
            ("zstd", zstd::encode_all(page, 1).unwrap()),
            ("gzip, gzip", gzip(&gzip(page))),
        ] {
            let headers = [("content-type", "text/html"), ("content-encoding", coding)];
            let read = text(&response(&headers, &octets));
            assert_eq!(
                read,
                Ok((Kind::Html, String::from_utf8(page.to_vec()).unwrap())),
                "{coding}"
            );
        }
    }

    #[test]
    fn what_can_not_be_read_says_why() {
        let html = ("content-type", "text/html");
        let bomb = gzip(&vec![0; DECODED_OCTETS_MAX + 1]);
        for (headers, body, expected) in [
            (vec![html, ("content-encoding", "gzip")], bomb, Unreadable::TooLarge),
            (vec![html, ("content-encoding", "gzip")], b"no gzip".to_vec(), Unreadable::Coding),
            (vec![html, ("content-encoding", "br")], b"\xff\xff\xff".to_vec(), Unreadable::Coding),
            (vec![html, ("content-encoding", "rot13")], b"cntr".to_vec(), Unreadable::Coding),
            (vec![html, ("content-encoding", "gzip,gzip,gzip")], vec![], Unreadable::Coding),
            (vec![("content-type", "image/png")], b"\x89PNG".to_vec(), Unreadable::NotText),
        ] {
            assert_eq!(text(&response(&headers, &body)), Err(expected), "{headers:?}");
        }
        let mut stalled = response(&[html], b"<p>");
        stalled.body_end = BodyEnd::TimedOut;
        assert_eq!(text(&stalled), Err(Unreadable::Incomplete));
        let broken = BodyEnd::Broken { detail: "no last chunk".to_owned() };
        for (body, expected) in
            [(&b""[..], Err(Unreadable::Incomplete)), (b"<p>", Ok((Kind::Html, "<p>".to_owned())))]
        {
            let mut seen = response(&[html], body);
            seen.body_end = broken.clone();
            assert_eq!(text(&seen), expected);
        }
        let mut cut = response(&[html, ("content-encoding", "gzip")], &gzip(&[b'a'; 5000])[..30]);
        cut.body_end = BodyEnd::Limit;
        assert!(text(&cut).is_ok_and(|(_, text)| text.starts_with("aaa")));
    }

    #[test]
    fn what_browsers_overlook_in_gzip() {
        let page = "<p>Cổng thông tin điện tử</p>".as_bytes();
        let packed = gzip(page);
        let end = packed.len();
        let deflated = &packed[10..];
        let mut wrong_sum = packed.clone();
        wrong_sum[end - 6] ^= 1;
        let named =
            [&[0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3], &b"\x02\0xxn\0c\0hh"[..], deflated];
        for body in [
            [&packed[..], &[0; 100]].concat(),
            [&packed[..], b"<!-- cache -->"].concat(),
            [&packed[..], &gzip(b"more")].concat(),
            packed[..end - 8].to_vec(),
            packed[..end - 3].to_vec(),
            wrong_sum,
            named.concat(),
        ] {
            let headers = [("content-type", "text/html"), ("content-encoding", "gzip")];
            let read = text(&response(&headers, &body));
            let expected = String::from_utf8(page.to_vec()).unwrap();
            assert_eq!(read, Ok((Kind::Html, expected)), "{}", body.escape_ascii());
        }
        for damaged in
            [&packed[..5], b"\x1f\x8b\x08\x08nnnnnnname", b"\x1f\x8b\x08\0xxxxxx\xff\xff\xff"]
        {
            let headers = [("content-type", "text/html"), ("content-encoding", "gzip")];
            assert_eq!(text(&response(&headers, damaged)), Err(Unreadable::Coding));
        }
    }

    #[test]
    fn the_charset_is_found() {
        for (content_type, body, expected) in [
            ("text/html; charset=iso-8859-1", &b"caf\xe9"[..], "café"),
            (
                "text/html",
                b"<meta charset=\"windows-1258\">\xd0",
                "<meta charset=\"windows-1258\">Đ",
            ),
            ("text/html", b"caf\xe9 x", "café x"),
            ("text/html", "chữ".as_bytes(), "chữ"),
            ("text/html; charset=nonsense", "chữ".as_bytes(), "chữ"),
            ("text/html; charset=us-ascii", b"\xef\xbb\xbfch\xe1\xbb\xaf", "chữ"),
        ] {
            let (_, read) = text(&response(&[("content-type", content_type)], body)).unwrap();
            assert_eq!(read, expected, "{content_type}");
        }
    }
}
