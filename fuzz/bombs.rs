//! Inputs that are made to exhaust a decoder: as large as they are let in, or small and grown by unpacking. None
//! takes more than any other input may.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::cost::Cost;
use super::targets::TARGETS;

const MIB: usize = 1 << 20;

/// What a body may have at most as it comes.
const BODY_OCTETS: usize = 512 * 1024;

/// What a body may grow to, a little less.
const FULL: usize = 4 * MIB - 4096;

/// Decodes each input, and says what is too much.
fn hold(target: &str, inputs: Vec<(&str, Vec<u8>)>) {
    let target = TARGETS.iter().find(|known| known.name == target).unwrap();
    (target.decode)(b"");
    let mut excesses = Vec::new();
    for (what, input) in inputs {
        let cost = Cost::of(target.decode, &input);
        println!(
            "{} {what}: {} KiB take {:.1} MiB and {:.2} s",
            target.name,
            input.len() >> 10,
            cost.octets as f64 / MIB as f64,
            cost.time.as_secs_f64()
        );
        excesses.extend(cost.excess(target, &input).map(|excess| format!("{what}: {excess}")));
    }
    assert!(excesses.is_empty(), "{}: {}", target.name, excesses.join("; "));
}

fn repeated(part: &str, octets: usize) -> Vec<u8> {
    part.as_bytes().repeat(octets.div_ceil(part.len()))
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, octets) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(octets).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn packed_bodies() {
    let body = |plain: &[u8]| [b"text/html\ngzip\n", &gzip(plain)[..]].concat();
    let latin =
        |plain: &[u8]| [b"text/html; charset=windows-1252\ngzip\n", &gzip(plain)[..]].concat();
    let zstd =
        |plain: &[u8]| [b"text/html\nzstd\n", &zstd::encode_all(plain, 1).unwrap()[..]].concat();
    hold(
        "http_body",
        vec![
            ("too much", body(&vec![0; 5 * MIB])),
            ("zeros", body(&vec![0; FULL])),
            ("letters of three octets", latin(&vec![0x80; FULL])),
            ("words of one letter", latin(&repeated("\u{e9} ", FULL))),
            ("tags", body(&repeated("<p>", FULL))),
            ("links", body(&repeated("<a href=x>", FULL))),
            (
                "images",
                body(&repeated("<img srcset='a 1x,b 2x,c 3x,d 4x' style='x:url(e)'>", FULL)),
            ),
            ("nested templates", body(&repeated("<template>", FULL))),
            ("attributes", body(&[b"<p ", &repeated("a=b ", FULL - 8)[..]].concat())),
            ("one attribute", body(&[b"<p a='", &repeated("&amp;", FULL - 16)[..]].concat())),
            ("styles", body(&[b"<style>", &repeated("p{x:url(a)}", FULL - 16)[..]].concat())),
            ("a comment", zstd(&[b"<!--", &repeated("- ", FULL - 16)[..]].concat())),
        ],
    );
}

#[test]
fn long_pages() {
    hold(
        "html",
        vec![
            ("tags", repeated("<b>", BODY_OCTETS)),
            ("scripts", repeated("<script>a</script>", BODY_OCTETS)),
            ("sets", [b"<img srcset='", &repeated("a 1x,", BODY_OCTETS)[..]].concat()),
            ("entities", repeated("&notin;", BODY_OCTETS)),
            ("marks", repeated("e\u{301}\u{323}", BODY_OCTETS)),
            ("one word of marks", [b"e", &repeated("\u{323}\u{301}", BODY_OCTETS)[..]].concat()),
        ],
    );
    hold(
        "css",
        vec![
            ("comments", repeated("/*", BODY_OCTETS)),
            ("slashes", repeated("/", BODY_OCTETS)),
            ("imports", repeated("@import ", BODY_OCTETS)),
            ("addresses", repeated("url(a)", BODY_OCTETS)),
            ("open quotes", repeated("url(\"", BODY_OCTETS)),
            ("blanks", [b"@import", &repeated(" ", BODY_OCTETS)[..]].concat()),
        ],
    );
}

#[test]
fn heads() {
    let head = |field: &str| {
        [b"HTTP/1.1 200 OK\r\n", &repeated(field, 64 * 1024)[..], b"\r\n\r\n"].concat()
    };
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    hold(
        "http1",
        vec![
            ("fields", head("a:b\r\n")),
            ("100s", repeated("HTTP/1.1 100 x\r\n\r\n", MIB)),
            ("folds", head(" a\r\n")),
            (
                "chunks of one octet",
                [chunked.as_bytes(), &repeated("1\r\na\r\n", MIB)[..]].concat(),
            ),
            ("an endless chunk size", [chunked.as_bytes(), &repeated("0", MIB)[..]].concat()),
        ],
    );
    hold(
        "web_service",
        vec![
            ("cookies", head("set-cookie: a=b; domain=www.example\r\n")),
            (
                "alternatives",
                [b"HTTP/1.1 200 OK\r\nalt-svc: ", &repeated("h3=\":1\",", 60_000)[..], b"\r\n\r\n"]
                    .concat(),
            ),
            (
                "policies",
                [
                    b"HTTP/1.1 200 OK\r\ncontent-security-policy: ",
                    &repeated("a b;", 60_000)[..],
                    b"\r\n\r\n",
                ]
                .concat(),
            ),
            (
                "links",
                [
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n",
                    &repeated("<script src=//a.example/></script>", BODY_OCTETS)[..],
                ]
                .concat(),
            ),
        ],
    );
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    let settings = frame(4, 0, 0, &[]);
    // One long field in the table, and then its index again and again.
    let mut block = vec![0x88, 0x40, 1, b'a', 0x7f, 0xa1, 0x1e];
    block.extend(vec![b'b'; 4000]);
    block.extend(vec![0xbe; 12_000]);
    let first = frame(1, 0, 1, &block);
    let more = frame(9, 0, 1, &vec![0xbe; 16_000]);
    hold(
        "http2",
        vec![
            ("indexes", [&settings[..], &first, &more.repeat(5)].concat()),
            ("settings", [&settings[..], &frame(4, 0, 0, &[]).repeat(50_000)].concat()),
            ("pings", [&settings[..], &frame(6, 0, 0, &[0; 8]).repeat(50_000)].concat()),
            (
                "empty data",
                [&settings[..], &frame(1, 4, 1, &[0x88]), &frame(0, 0, 1, &[]).repeat(50_000)]
                    .concat(),
            ),
        ],
    );
}

#[test]
fn greetings() {
    for target in ["smtp", "imap", "pop3", "ssh"] {
        hold(
            target,
            vec![
                ("lines", repeated("220-a\r\n", MIB)),
                ("list", [b"* OK\r\n\0", &repeated("* a\r\n", MIB)[..]].concat()),
                ("capabilities", [b"+OK\r\n\0+OK\r\n", &repeated("a\r\n", MIB)[..]].concat()),
                ("one line", repeated("2", MIB)),
                ("line ends", repeated("\n", MIB)),
            ],
        );
    }
}

#[test]
fn dns_messages() {
    let head =
        |answers: u16| [&[0, 7, 0x80, 0, 0, 0][..], &answers.to_be_bytes(), &[0; 4]].concat();
    // The longest name, and then records that point to it from owner and data.
    let name: Vec<u8> =
        [vec![63u8; 64], vec![63; 64], vec![63; 64], vec![61; 62], vec![0]].concat();
    let pointer = [0xc0, 12];
    let record = |kind: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        [&pointer[..], &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 9], &length, data].concat()
    };
    let message = |kind: u16, data: &[u8]| {
        let mut octets = head(0);
        octets.extend(&name);
        octets.extend([0, 2, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12]);
        let more = record(kind, data);
        let mut count = 1u16;
        while octets.len() + more.len() <= 65_535 {
            octets.extend(&more);
            count += 1;
        }
        octets[6..8].copy_from_slice(&count.to_be_bytes());
        octets
    };
    // Links of pointers to pointers.
    let mut chain = head(1);
    chain.push(0);
    while chain.len() < 16_000 {
        let to = u16::try_from(chain.len() - if chain.len() == 13 { 1 } else { 2 }).unwrap();
        chain.extend((0xc000 | to).to_be_bytes());
    }
    hold(
        "dns_message",
        vec![
            ("name servers", message(2, &pointer)),
            ("exchangers", message(15, &[0, 1, 0xc0, 12])),
            ("authorities", message(6, &[&pointer[..], &pointer, &[0; 20]].concat())),
            ("addresses", message(1, &[192, 0, 2, 1])),
            ("texts", message(16, &[0; 200])),
            ("types", message(47, &[&pointer[..], &[0, 32], &[0xff; 32]].concat())),
            (
                "bindings",
                message(
                    65,
                    &[0, 1, 0, 0, 6, 0, 16, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
                ),
            ),
            ("unknown types", message(65_000, &[])),
            ("pointers", chain),
        ],
    );
}

#[test]
fn certificates() {
    let chain = |certificate: &[u8]| {
        let length = u32::try_from(certificate.len()).unwrap().to_be_bytes();
        let one = [&length[1..], certificate].concat();
        one.repeat(256 * 1024 / one.len())
    };
    let seed = std::fs::read(super::root().join("corpus/certificates/00")).unwrap();
    let (length, rest) = seed.split_at(3);
    let octets = u32::from_be_bytes([0, length[0], length[1], length[2]]) as usize;
    hold(
        "certificates",
        vec![
            ("the same again and again", chain(&rest[..octets])),
            ("empty sequences", chain(&[0x30, 0])),
            ("nesting", repeated("\u{30}\u{82}\u{7f}\u{7f}", 256 * 1024)),
        ],
    );
    let pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    hold(
        "pem",
        vec![
            ("many", repeated(pem, FULL)),
            ("one", repeated("-----BEGIN CERTIFICATE-----\n", MIB)),
        ],
    );
}

#[test]
fn lists() {
    hold(
        "list",
        vec![
            ("names", repeated("a.example\n", 8 * MIB)),
            ("nested", [b"{\"domains\":", &repeated("[", MIB)[..]].concat()),
            (
                "certificates",
                [
                    b"[",
                    &repeated("{\"name_value\":\"a.example\\nb.example\"},", 8 * MIB)[..],
                    b"{}]",
                ]
                .concat(),
            ),
            ("targets", repeated("- targets: [a.example]\n", 4 * MIB)),
            (
                "hosts",
                [
                    b"<nmaprun>",
                    &repeated("<host><hostname name=\"a.example\"/></host>", 8 * MIB)[..],
                ]
                .concat(),
            ),
        ],
    );
    hold(
        "layout",
        vec![
            ("comments", repeated("# a\n", 4 * MIB)),
            ("items", repeated("- a\n", 4 * MIB)),
            ("brackets", repeated("[", MIB)),
            ("folded", [b"a: |\n", &repeated("  b\n", 4 * MIB)[..]].concat()),
        ],
    );
}

#[test]
fn tables() {
    hold(
        "csv",
        vec![
            ("commas", repeated(",", 8 * MIB)),
            ("empty rows", repeated(",\n", 8 * MIB)),
            ("cells of one letter", repeated(&("a,".repeat(250) + "\n"), 6 * MIB)),
            ("one cell", [b"\"", &repeated("a", 8 * MIB)[..]].concat()),
            ("quotes", repeated("\"", FULL)),
            ("long cells", repeated(&("x".repeat(30_000) + ",web\n"), 40 * MIB)),
            ("a wide head", [b"web,", &repeated("name,", 2000)[..]].concat()),
            (
                "services",
                repeated(
                    "https://www.example/a,T\u{ea}n c\u{1ee7}a h\u{1ec7} th\u{1ed1}ng,portal\n",
                    FULL,
                ),
            ),
            (
                "windows-1258",
                repeated("\u{1}", 16).iter().map(|_| 0xd0).cycle().take(16 * MIB).collect(),
            ),
        ],
    );
}

#[test]
fn workbooks() {
    let book = |sheet: &[u8], strings: &[u8]| {
        let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let root = format!(
            "<Relationships><Relationship Id=\"r0\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let of_book = format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
        );
        let workbook = format!(
            "<workbook xmlns:r=\"{relation}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
        );
        archive(&[
            ("_rels/.rels", root.as_bytes()),
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", of_book.as_bytes()),
            (
                "xl/worksheets/sheet1.xml",
                &[b"<worksheet><sheetData>", sheet, b"</sheetData></worksheet>"].concat(),
            ),
            ("xl/sharedStrings.xml", &[b"<sst>", strings, b"</sst>"].concat()),
        ])
    };
    let cells: String = (1..=150_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c><c r=\"CV{row}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let rows: String = (1..=60_000)
        .map(|row| {
            format!(
                "<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>{}</t></is></c></row>",
                "x".repeat(900)
            )
        })
        .collect();
    hold(
        "workbook",
        vec![
            ("blanks", book(&repeated(" ", 4 * MIB), b"")),
            ("a comment", book(&[b"<!--", &repeated("x", 4 * MIB)[..], b"-->"].concat(), b"")),
            (
                "one text",
                book(b"", &[b"<si><t>", &repeated("x", 14 * MIB)[..], b"</t></si>"].concat()),
            ),
            ("texts", book(b"", &repeated("<si><t>x</t></si>", 3 * MIB))),
            ("empty texts", book(b"", &repeated("<si/>", FULL))),
            (
                "an attribute",
                book(&[b"<row a=\"", &repeated("x", 4 * MIB)[..], b"\">"].concat(), b""),
            ),
            ("wide rows", book(cells.as_bytes(), b"<si><t>x</t></si>")),
            ("long cells", book(rows.as_bytes(), b"")),
            (
                "merges",
                book(
                    &[
                        b"</sheetData><mergeCells>",
                        &repeated("<mergeCell ref=\"A1:A9\"/>", 6 * MIB)[..],
                        b"</mergeCells><sheetData>",
                    ]
                    .concat(),
                    b"",
                ),
            ),
        ],
    );
    let ods = |sheet: &[u8]| {
        archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &[b"<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">", sheet, b"</table:table></office:spreadsheet></office:body></office:document-content>"].concat())])
    };
    hold("workbook", vec![
        ("ods: blanks", ods(&repeated(" ", 4 * MIB))),
        ("ods: repeated cells", ods(b"<table:table-row table:number-rows-repeated=\"190000\"><table:table-cell table:number-columns-repeated=\"10\"><text:p>x</text:p></table:table-cell></table:table-row>")),
        ("ods: blanks in a cell", ods(b"<table:table-row><table:table-cell><text:p><text:s text:c=\"2000000000\"/></text:p></table:table-cell></table:table-row>")),
        ("ods: rows", ods(&repeated("<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>", 20 * MIB))),
    ]);
    let xls = |name: &str| {
        std::fs::read(format!("{}/tests/inventory/tables/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    };
    hold("workbook", vec![("corners", xls("corners.xls")), ("long texts", xls("long-texts.xls"))]);
}

#[test]
fn documents() {
    let deep = |open: &str| repeated(open, MIB);
    let aliases = |levels: usize| {
        let mut text = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..levels {
            let one = format!("*a{}, ", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", one.repeat(9).trim_end_matches(", "));
        }
        text.into_bytes()
    };
    for target in ["inventory", "policy", "letterhead"] {
        hold(
            target,
            vec![
                ("lists in lists", deep("[")),
                ("maps in maps", deep("{a: ")),
                ("blocks in blocks", deep("- ")),
                ("aliases", aliases(12)),
                ("keys", (0..60_000).flat_map(|key| format!("k{key}: v\n").into_bytes()).collect()),
                (
                    "anchors",
                    (0..60_000).flat_map(|key| format!("- &a{key} v\n").into_bytes()).collect(),
                ),
                ("a list", [b"organisations: [", &repeated("a,", MIB)[..], b"]"].concat()),
                ("tags", repeated("- !!str a\n", MIB)),
                ("quotes", repeated("\"", MIB)),
                ("comments", repeated("#\n", MIB)),
                ("a long line", [b"title: ", &repeated("x", FULL)[..]].concat()),
            ],
        );
    }
    let services = "      - {id: x, category: portal, web: \"https://www.example/\"}\n";
    let head = "version: 1\norganisations:\n  - id: o\n    services:\n";
    hold(
        "inventory",
        vec![("the same service", [head.as_bytes(), &repeated(services, FULL)[..]].concat())],
    );
    for target in ["observation", "validator_json"] {
        hold(
            target,
            vec![
                ("lists in lists", deep("[")),
                ("maps in maps", deep("{\"a\":")),
                ("digits", repeated("1", MIB)),
            ],
        );
    }
    hold(
        "zone_file",
        vec![
            (
                "records",
                (0..80_000)
                    .flat_map(|at| format!("h{at}.example. 60 IN A 192.0.2.1\n").into_bytes())
                    .collect(),
            ),
            ("a list", [b"$ORIGIN example.\n@ TXT (", &repeated("a ", MIB)[..]].concat()),
            ("quotes", [b"$ORIGIN example.\n@ TXT \"", &repeated("a", FULL)[..]].concat()),
            ("blanks", repeated(" \n", MIB)),
        ],
    );
    hold(
        "spf",
        vec![
            ("terms", [b"v=spf1", &repeated(" ip6:2001:db8::/32", 60_000)[..]].concat()),
            ("macros", [b"v=spf1 exists:", &repeated("%{i}", 60_000)[..]].concat()),
        ],
    );
    hold("origin_tables", vec![
        ("origins", [b"2001:db8::/32 ", &(0..600_000).flat_map(|asn| format!("{asn}_").into_bytes()).collect::<Vec<_>>()[..], b"1\n"].concat()),
        ("payloads", [b"\0{\"roas\":[", &repeated("{\"asn\":\"AS1\",\"prefix\":\"::/0\",\"maxLength\":1},", 8 * MIB)[..], b"{\"asn\":1,\"prefix\":\"::/0\"}]}"].concat()),
    ]);
    hold(
        "trust_anchors",
        vec![
            ("lines", repeated(". DS 1 8 2 00\n", MIB)),
            ("one", [b". DS 1 8 2 ", &repeated("0", MIB)[..]].concat()),
        ],
    );
    hold(
        "selection",
        vec![
            ("stars", repeated("*a", 64 * 1024)),
            ("braces", repeated("{", 64 * 1024)),
            ("alternatives", repeated("{a,b}", 64 * 1024)),
        ],
    );
    hold("words", vec![("rows", repeated("heading,a,web\n", FULL))]);
    hold(
        "signing_keys",
        vec![("lines", repeated("ed25519 GZvwAbxqVYq7gHoXCNZhhZ7wyTZ3xpyd5tYDzXTYqLo= a\n", MIB))],
    );
}

#[test]
fn runs() {
    let packed = |lines: &[u8]| zstd::encode_all(lines, 1).unwrap();
    let seed = std::fs::read(super::root().join("corpus/run_lines/00")).unwrap();
    let blob = format!("{{\"blob\":\"{}\"}}\n", "A".repeat(20 * MIB));
    hold(
        "run_file",
        vec![
            ("a long line", packed(&repeated("x", 20 * MIB))),
            ("a long blob", packed(&[&seed[..], blob.as_bytes()].concat())),
            (
                "blobs",
                packed(&[&seed[..], &repeated("{\"blob\":\"AAAA\"}\n", 2 * MIB)[..]].concat()),
            ),
            ("lines after another file", packed(&[&seed[..], &seed[..]].concat())),
        ],
    );
}
