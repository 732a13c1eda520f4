//! Seeds that no lab answers: documents of the repository, and texts written for it.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use v6ready::inventory::import::BUILT_IN_WORDS;
use v6ready::policy;

use super::Seeds;

pub(super) fn add(seeds: &mut Seeds) {
    add_documents(seeds);
    add_tables(seeds);
    add_lists(seeds);
    add_texts(seeds);
    add_bodies(seeds);
    add_quic(seeds);
}

fn file(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn add_documents(seeds: &mut Seeds) {
    seeds.add("inventory", file("inventory.yaml"));
    seeds.add("inventory", "version: 1\nshared: &s {category: portal}\norganisations:\n  - id: o\n    name: |\n      Sở\n    services:\n      - {id: a, <<: *s, web: 'https://www.example/'}\n      - id: b\n        category: mail\n        mail: \"example\\u002e\"\n        state: retired\n        deadline: {stage: 3, by: 2026-12-31}\n");
    seeds.add("inventory", "{version: 1, settings: {attempts: 2, timeouts: {dns: 3s}}, networks: [{prefix: '2001:db8::/32', name: T}], plan: [], organisations: [{id: o, services: [{id: t, category: other, tcp: 'a.example:99'}, {id: n, category: other, ntp: time.example}]}]}");
    for (_, yaml) in policy::BUILT_IN {
        seeds.add("policy", yaml);
    }
    seeds.add("policy", "version: 1\nname: p\ntitle: {vi: P, en: P}\nstages: {1: [dns-aaaa], 3: [tls-name]}\nkinds: {mail: {1: [mail-mx-aaaa]}}\nseverity: {tls-name/name-mismatch: warning}\ngates: [{check: tls-name, only: ['a/*']}]\n");
    seeds.add("letterhead", file("docs/letterhead.yaml"));
    seeds.add("words", BUILT_IN_WORDS);
    seeds.add(
        "words",
        "what,word,means\nheading,Tên,name\ncategory,Cổng,portal\nshort,UBND,Ủy ban nhân dân\n",
    );
}

/// Lists of other tools, and inventories that are laid out.
fn add_lists(seeds: &mut Seeds) {
    seeds.add("list", "www.example.gov.vn\n# remark\n2,a.example\nmail:example.gov.vn\n");
    seeds.add(
        "list",
        "{\"name\": \"Q4\", \"type\": \"mail\", \"domains\": [\"example.gov.vn\", \"a.example\"]}",
    );
    seeds.add("list", "{\"api_version\": \"2.3.0\", \"request\": {\"request_type\": \"web\"}, \"domains\": {\"example.gov.vn\": {\"status\": \"ok\", \"results\": {\"custom\": {}}}}}");
    seeds.add("list", "{\"success\": true, \"data\": {\"domains\": [{\"domain\": \"example.gov.vn\", \"link\": \"http://nl.example/mail/example.gov.vn/1/\", \"views\": []}]}}");
    seeds.add(
        "list",
        "title: T\ndescription: D\ndomains:\n  - example.gov.vn\n  - bücher.example\n",
    );
    seeds.add("list", "subdomains: [tv, secure.login]\n");
    seeds.add("list", "- targets:\n  - https://www.example.gov.vn/\n  - 'app.example:8883'\n  labels: {organisation: A, name: B, module: tcp_tls}\n");
    seeds.add("list", "scrape_configs:\n  - job_name: ssh\n    metrics_path: /probe\n    params: {module: [ssh_banner]}\n    static_configs: [{targets: ['a.example:22', '[2001:db8::1]:22']}]\n");
    seeds.add("list", "[{\"common_name\": \"example.gov.vn\", \"name_value\": \"*.example.gov.vn\\nexample.gov.vn\\na@example.gov.vn\", \"not_after\": \"2027-01-30T08:49:46\"}]");
    seeds.add("list", "[{\"id\": \"1\", \"dns_names\": [\"a.example\", \"*.a.example\"], \"not_after\": \"2027-01-30T08:49:46Z\"}]");
    seeds.add("list", "<?xml version=\"1.0\"?><!DOCTYPE nmaprun><nmaprun scanner=\"nmap\"><host><address addr=\"2001:db8::80\" addrtype=\"ipv6\"/><hostnames><hostname name=\"www.example\" type=\"user\"/></hostnames><ports><port protocol=\"tcp\" portid=\"443\"><state state=\"open\"/><service name=\"http\" tunnel=\"ssl\"/></port><port protocol=\"udp\" portid=\"53\"><state state=\"open\"/></port></ports></host></nmaprun>");
    seeds.add("layout", "version: 1   \r\n\r\n\r\norganisations:\r\n- id: a   # first\r\n  services:\r\n  -   id: s\r\n      web: https://a.example/\r\n");
    seeds.add("layout", "o:\n- name: |\n    one\n      two  \n\n    # no comment\n  why: >-\n      a\n      b\n  list: [a,\n     b]   \n  quoted: \"a\n    b\"\n  kept: |+\n\n    c\n\n  d: 1\n");
    seeds.add(
        "layout",
        "x-own: &a\n   z: 1   # one\n          # two\nuse: *a\n? long\n: key\n# end\n",
    );
}

fn add_tables(seeds: &mut Seeds) {
    seeds.add("csv", file("tests/inventory/tables/libreoffice.csv"));
    seeds.add("csv", "id,org,name,category,web,mail,deadline\n1,Sở Y tế,Cổng,portal,https://www.example/,,31/12/2026\n2,,\"Thư \"\"mới\"\"\",mail,,example,\n");
    seeds.add("csv", "sep=;\r\nĐơn vị;Đường dẫn;Tên\r\nSở Tư pháp;https://stp.example/;'=Cổng\r\n");
    let utf16: Vec<u8> =
        "Đơn vị\tĐường dẫn\nA\twww.example\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    seeds.add("csv", [&[0xff, 0xfe], &utf16[..]].concat());
    seeds.add("csv", b"\xd0\xf5n v\xf0,web\nA,https://www.example/\n");
    for name in ["excel-2003.xls", "libreoffice.ods", "libreoffice.xlsx", "openpyxl.xlsx"] {
        let octets = file(&format!("tests/inventory/tables/{name}"));
        if name.ends_with(".xlsx") {
            let part = |part: &str| inner(&part_of(&octets, part));
            let styles = part("xl/styles.xml");
            let (sheet, strings) = (part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"));
            seeds.add("xlsx_parts", [&sheet[..], &[0], &strings, &[0], &styles].concat());
            seeds.add("xlsx_parts", [&sheet[..], &[0], &strings].concat());
        }
        if name.ends_with(".ods") {
            let content = part_of(&octets, "content.xml");
            let text = String::from_utf8(content).unwrap();
            let (_, sheet) = text.split_once("<table:table ").unwrap();
            let sheet = sheet.split_once('>').unwrap().1.split("</table:table>").next().unwrap();
            seeds.add("ods_parts", sheet.as_bytes());
        }
        seeds.add("workbook", octets);
    }
    seeds.add("xlsx_parts", "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>web</t></is></c><c r=\"B1\" t=\"s\"><v>0</v></c><c r=\"C1\" s=\"1\"><v>46000</v></c><c r=\"D1\" t=\"b\"><v>1</v></c><c r=\"E1\" t=\"e\"><v>#N/A</v></c><c r=\"F1\" t=\"str\"><f>A1</f><v>x</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:A2\"/></mergeCells>\0<si><t>name</t></si><si><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r></si>");
    seeds.add("ods_parts", "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>web<text:s text:c=\"2\"/>x</text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type=\"date\" office:date-value=\"2026-12-31\"/></table:table-row>");
}

/// A part of an archive.
fn part_of(archive: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut octets = Vec::new();
    if let Ok(mut part) = archive.by_name(name) {
        part.read_to_end(&mut octets).unwrap();
    }
    octets
}

/// What stands in the root element.
fn inner(xml: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(xml);
    let text = text.split_once("?>").map_or(&*text, |(_, rest)| rest).trim();
    let begin = text.find('>').map_or(0, |at| at + 1);
    let end = text.rfind("</").unwrap_or(text.len());
    text.get(begin..end).unwrap_or_default().as_bytes().to_vec()
}

fn add_texts(seeds: &mut Seeds) {
    for (target, texts) in [
        (
            "spf",
            &[
                "v=spf1 include:a.example redirect=b.example\nv=spf1 ip6:2001:db8::/32 mx a:%{d2r}.example//64 ?exists:%{i}.x.example ptr -all\nv=spf1 ip4:192.0.2.0/24 ~all",
            ][..],
        ),
        (
            "http1",
            &[
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nx: y\r\n\r\n",
                "HTTP/1.0 301 Moved\nLocation: //www.example/\nX: a\n b\n\n",
            ],
        ),
        (
            "web_service",
            &[
                "HTTP/1.1 302 Found\r\nset-cookie: a=b; Domain=.example; Path=/; Max-Age=60; Secure; SameSite=Lax\r\nset-cookie: __Host-c=d; Expires=Wed, 21 Oct 2027 07:28:00 GMT\r\nlocation: /b?c#d\r\n\r\n",
                "HTTP/1.1 200 OK\r\nalt-svc: h3=\":443\"; ma=3600, h3-29=\"other.example:8443\"; persist=1\r\nstrict-transport-security: max-age=1; includeSubDomains\r\ncontent-security-policy: default-src 'self'; script-src 'nonce-a' 'sha256-b='; upgrade-insecure-requests\r\ncontent-type: text/html\r\n\r\n<link rel=stylesheet href=//s.example/a.css><script src=http://192.0.2.1/x></script>",
                "HTTP/1.1 200 OK\r\nrefresh: 0;url=http://www.example/x\r\nlink: <https://c.example/>; rel=preload; as=font\r\n\r\n<meta http-equiv=refresh content=\"0;url=/y\">",
            ],
        ),
        (
            "html",
            &[
                "<!doctype html><base href=\"/x/\"><title>Cổng &amp; thư</title><style>@import 'a.css';p{background:url(b.png)}</style><template><img src=c></template><picture><source srcset=\"d 1x, e 2x\"><img src=f srcset=\"g 100w\"></picture><svg><use href=#h></svg><iframe srcdoc=\"<p>\"></iframe><script type=module>import './i.js'</script><noscript><img src=j></noscript>",
                "<meta charset=windows-1258><table background=k><object data=l><embed src=m><input type=image src=n><form action=o><video poster=p><track src=q></video><plaintext>",
            ],
        ),
        (
            "css",
            &[
                "@charset \"utf-8\";@import url(\"a.css\") screen;@font-face{font-family:x;src:url(b.woff2) format(\"woff2\"),url('c.ttf')}/* url(d) */p{background:URL( e.png )}",
            ],
        ),
        (
            "imap",
            &[
                "* PREAUTH hi\r\n\0* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n\0a2 OK go\r\n",
                "* BYE full\r\n",
            ],
        ),
        ("pop3", &["+OK ready\r\n\0+OK list\r\nSTLS\r\n.\r\n\0+OK go\r\n", "-ERR no\r\n"]),
        ("smtp", &["220-wait\r\n220 mx.example ESMTP\r\n\x00502 what\r\n\x00250 mx.example\r\n"]),
        ("ssh", &["hello\r\nSSH-2.0-OpenSSH_9.9\r\n"]),
        (
            "validator_json",
            &[
                "{\"validated_route\": {\"route\": {\"origin_asn\": \"AS64500\", \"prefix\": \"2001:db8::/48\"}, \"validity\": {\"state\": \"invalid\", \"VRPs\": {\"matched\": [], \"unmatched_as\": [{\"asn\": \"AS64501\", \"prefix\": \"2001:db8::/32\", \"max_length\": \"48\"}], \"unmatched_length\": []}}}}",
            ],
        ),
        (
            "origin_tables",
            &[
                "# A table.\n2001:db8::/32 64500\n2001:db8:100::/40  AS64501\n2001:db8:200:: 40 64502_64503,64504\n192.0.2.0/24 64500\n\0{\"metadata\": {}, \"roas\": [{\"asn\": \"AS64500\", \"prefix\": \"2001:db8::/32\", \"maxLength\": 32, \"ta\": \"x\"}, {\"asn\": 64501, \"prefix\": \"192.0.2.0/24\"}]}",
            ],
        ),
        (
            "targets",
            &[
                "www.example\nhttps://[2001:db8::1]:8443/a?b\nmail:example\ntcp:a.example:99\nntp:time.example\nzone:example\nxn--bcher-kva.example",
            ],
        ),
        (
            "trust_anchors",
            &[
                ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D ; root\nexample. 3600 IN DNSKEY 257 3 13 ( mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ== )\n",
            ],
        ),
        ("selection", &["so-y-te/*\n*/portal\ncategory:portal\n!org/[a-z]?{b,c}"]),
        (
            "zone_file",
            &[
                "$ORIGIN example.\n$TTL 1h\n@ IN SOA ns hostmaster ( 1 2h 15m 4w 1h ) ; x\n  NS ns\n  MX 10 mail\n  TXT \"v=spf1 -all\" \"\\\"x\\032\"\nns A 192.0.2.1\nns AAAA 2001:db8::1\nwww CNAME web\nweb 60 IN AAAA 2001:db8::2\n_imaps._tcp SRV 0 1 993 mail\n*.w A 192.0.2.3\n\\100 CAA 0 issue \"ca.example\"\n",
            ],
        ),
        (
            "signing_keys",
            &[
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
                "# keys\ned25519 GZvwAbxqVYq7gHoXCNZhhZ7wyTZ3xpyd5tYDzXTYqLo= Trung tâm\n",
            ],
        ),
        ("ntp", &["\u{24}\u{2}\u{6}\u{e8}aaaabbbbRATEccccddddeeeeffffgggghhhhiiii"]),
        (
            "tls_handshake",
            &[
                "\u{15}\u{3}\u{3}\0\u{2}\u{2}\u{28}",
                "\u{15}\u{3}\u{1}\0\u{2}\u{1}\u{70}\u{16}\u{3}\u{1}\0\u{6}\u{2}\0\0\u{46}\u{3}\u{1}",
                "SSH-2.0-x\r\n",
            ],
        ),
        ("dns_message", &["\0\u{7}\0\0\0\0\0\0\0\0\0\0"]),
    ] {
        for text in texts {
            seeds.add(target, text.as_bytes());
        }
    }
}

fn add_bodies(seeds: &mut Seeds) {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    let page =
        "<!doctype html><meta charset=utf-8><p>Cổng thông tin điện tử <img src=a.png>".repeat(3);
    let page = page.as_bytes();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(page).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(page).unwrap();
    let mut bare = DeflateEncoder::new(Vec::new(), Compression::best());
    bare.write_all(page).unwrap();
    let mut twice = GzEncoder::new(Vec::new(), Compression::best());
    twice.write_all(&gzip).unwrap();
    // A page by another encoder: the program has none.
    const BROTLI: [u8; 68] = [
        0x1b, 0x94, 0x01, 0x00, 0x2d, 0x0e, 0x78, 0x93, 0xc5, 0x65, 0x3d, 0xa0, 0x25, 0xc8, 0xae,
        0xe8, 0x4b, 0xb7, 0x34, 0x1e, 0x9d, 0x1c, 0x69, 0xe4, 0x19, 0xbc, 0x88, 0x5a, 0x18, 0x24,
        0x98, 0x65, 0x37, 0x7a, 0xd1, 0x11, 0xa7, 0xcf, 0x0b, 0x5c, 0x81, 0x0c, 0xb7, 0x20, 0x9a,
        0x94, 0x35, 0x98, 0xf4, 0x2c, 0x40, 0xcd, 0x9a, 0x8b, 0x0b, 0xc4, 0x07, 0x92, 0xb3, 0x58,
        0x8c, 0x78, 0x35, 0x40, 0xb6, 0x70, 0xfb, 0x67,
    ];
    for (coding, body) in [
        ("", page.to_vec()),
        ("gzip", gzip),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", bare.finish().unwrap()),
        ("gzip, gzip", twice.finish().unwrap()),
        ("br", BROTLI.to_vec()),
        ("zstd", zstd::encode_all(page, 3).unwrap()),
    ] {
        seeds.add("http_body", [b"text/html\n", coding.as_bytes(), b"\n", &body].concat());
    }
    let windows = b"text/html; charset=windows-1258\n\nch\xfc \xd0\xf5n v\xf0";
    seeds.add("http_body", &windows[..]);
}

fn add_quic(seeds: &mut Seeds) {
    let datagram = |kind: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
        [&[kind], &length[..], payload].concat()
    };
    let mut hello = vec![2, 0, 0, 86, 3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0x13, 0x01, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32]);
    hello.extend([9; 32]);
    let crypto = [&[6, 0, 0x40, u8::try_from(hello.len()).unwrap()], &hello[..]].concat();
    // ACK of our packet, then the ServerHello.
    let flight = [&[2, 0, 0, 0, 0], &crypto[..]].concat();
    seeds.add("quic", datagram(3, &flight));
    seeds.add(
        "quic",
        [datagram(2, b"token"), datagram(3, &flight), datagram(0, &[0x40; 40])].concat(),
    );
    seeds.add("quic", datagram(1, &[0x6b, 0x33, 0x43, 0xcf, 0xff, 0, 0, 29]));
    seeds.add("quic", datagram(3, b"\x1c\x41\x28\x06\x02no"));
    seeds.add("quic", [datagram(3, &[1]), datagram(3, &[0; 30])].concat());
}
