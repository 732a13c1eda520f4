//! The fuzz targets, one for each decoder of what comes from outside.
//!
//! A target is a function of octets that panics when the decoder is wrong. libFuzzer (`libfuzzer.rs`) and the
//! tests (`driver.rs`) call the same functions; both also measure what each input costs (`cost.rs`).

mod dns;
mod files;
mod mail;
mod services;
mod tables;
mod tls;
mod transfer;
mod udp;
mod web;

/// A decoder under test.
pub struct Target {
    /// Its name: also that of its folders in `corpus/` and `found/`.
    pub name: &'static str,
    /// Decodes an input and panics where that goes wrong.
    pub decode: fn(&[u8]),
    /// Whether it reads what is the operator's own and as large as its network, such as an inventory: then
    /// each begun MiB of the input may take what others take in all.
    pub grows_with_input: bool,
    /// Words of its language.
    pub words: &'static [&'static [u8]],
}

/// Calls a macro with every target.
macro_rules! for_each_target {
    ($macro:ident) => {
        $macro! {
            dns_message dns_service spf
            tls_handshake certificates ocsp
            http1 http2 http_body html css web_service
            smtp imap pop3 ssh
            ntp quic
            validator_json origin_tables
            inventory policy letterhead words targets trust_anchors pem selection
            zone_file csv workbook xlsx_parts ods_parts list layout
            run_file run_lines signing_keys observation
        }
    };
}

macro_rules! table {
    ($($name:ident)*) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[$(targets_by_name::$name),*];
    };
}

/// The targets by the names of their functions.
mod targets_by_name {
    #![allow(non_upper_case_globals, missing_docs)]

    use super::Target;
    use super::{dns, files, mail, services, tables, tls, transfer, udp, web};

    macro_rules! target {
        ($module:ident: $($name:ident [$($word:literal)*])*) => {
            $(pub const $name: Target = Target {
                name: stringify!($name),
                decode: $module::$name,
                grows_with_input: matches!(
                    stringify!($name).as_bytes(),
                    b"inventory" | b"origin_tables" | b"zone_file" | b"words" | b"list" | b"layout"
                ),
                words: &[$($word),*],
            };)*
        };
    }

    target! { dns:
        dns_message [b"\xc0\x0c" b"\0\x01\0\x01" b"\0\x1c\0\x01" b"\0\x29" b"\0\x2e" b"\0\x41"]
        spf [b"v=spf1 " b"include:" b"redirect=" b"ip6:" b"ip4:" b"mx" b" a" b" ptr" b"exists:" b"-all" b"?all" b"%{i}" b"%{d1r}" b"/64" b"//64"]
    }
    target! { services:
        dns_service [b"\xc0\x0c" b"\0\x01\0\x01" b"\0\x1c\0\x01" b"\0\x29" b"\0\x2e" b"\0\x41"]
        web_service [b"set-cookie: " b"location: " b"alt-svc: h3=\":443\"" b"; Domain=" b"; Expires=" b"; Max-Age=" b"; Path=/" b"strict-transport-security: max-age=" b"content-security-policy: " b"upgrade-insecure-requests" b"refresh: 0;url=" b"http://" b"https://" b"[2001:db8::1]" b"link: "]
    }
    target! { tls:
        tls_handshake [b"\x16\x03\x03" b"\x15\x03\x03" b"\x14\x03\x03" b"\x02\0\0" b"\x0b\0\0" b"\x0c\0\0" b"\x0e\0\0\0" b"\0\x2b\0\x02"]
        certificates [b"\x30\x82" b"\x06\x03\x55\x1d" b"\x02\x01" b"\xa0\x03" b"\x17\r" b"\x18\x0f" b"-----BEGIN CERTIFICATE-----"]
        ocsp [b"\x30\x82" b"\n\x01\0" b"\x18\x0f" b"\xa0\x11" b"\x02\x01"]
        pem [b"-----BEGIN CERTIFICATE-----" b"-----END CERTIFICATE-----" b"\n" b"MII"]
    }
    target! { web:
        http1 [b"HTTP/1.1 200 OK\r\n" b"HTTP/1.0 " b"Content-Length: " b"Transfer-Encoding: chunked\r\n" b"\r\n\r\n" b"0\r\n\r\n" b" 100 Continue\r\n\r\n" b"Connection: close\r\n"]
        http2 [b"\0\0\0\x04\0\0\0\0\0" b"\0\0\0\x01\x04\0\0\0\x01" b"\0\0\0\0\x01\0\0\0\x01" b"\0\0\x08\x07\0" b"\0\0\x08\x06\0" b"\0\0\x04\x08\0"]
        http_body [b"gzip" b"deflate" b"br" b"zstd" b"gzip, br" b"text/html" b"charset=" b"\x1f\x8b\x08" b"\x28\xb5\x2f\xfd"]
        html [b"<script" b"</script>" b"<style>" b"<template>" b"<base href=" b"<link rel=" b"<img srcset=" b"<picture>" b"<meta http-equiv=" b"<!--" b"-->" b"&amp;" b"&#x" b"<svg>" b"<math>" b"<table>" b"<![CDATA[" b" 1x, " b"http://192.0.2.1/" b"<iframe srcdoc=" b"<plaintext>"]
        css [b"@import " b"url(" b"@font-face{" b"/*" b"*/" b"\"" b"'" b"\\" b"data:" b"}" b";"]
    }
    target! { mail:
        smtp [b"220 " b"250-" b"250 " b"STARTTLS" b"\r\n" b"421 " b"502 " b"554-"]
        imap [b"* OK " b"* PREAUTH" b"* BYE" b"a1 OK" b"a1 BAD" b"* CAPABILITY IMAP4rev1 STARTTLS" b"a2 OK" b"\r\n"]
        pop3 [b"+OK" b"-ERR" b"\r\n.\r\n" b"STLS" b"\r\n"]
        ssh [b"SSH-2.0-" b"SSH-1.99-" b"\r\n"]
    }
    target! { udp: ntp [b"RATE" b"DENY" b"INIT" b"\x24\x01" b"\xe4\0"] }
    target! { udp: quic [b"\xc0\0\0\0\x01" b"\xf0\0\0\0\x01" b"\0\0\0\0" b"\x06\0" b"\x1c\0" b"\x02\0"] }
    target! { files:
        validator_json [b"{\"validated_route\":" b"\"validity\":" b"\"VRPs\":" b"\"matched\":[" b"\"unmatched_as\":[" b"\"unmatched_length\":[" b"\"asn\":\"AS" b"\"prefix\":\"2001:db8::/32\"" b"\"max_length\":\"48\""]
        origin_tables [b"2001:db8::/32 64500\n" b"AS64501" b"_64502" b"#" b"{\"roas\":[" b"\"maxLength\":" b"\"asn\":" b"\"prefix\":"]
        inventory [b"version: 1\n" b"organisations:\n" b"services:\n" b"- id: " b"category: portal" b"web: https://" b"mail: " b"zone: " b"settings:" b"networks:" b"plan:" b"&a " b"*a" b"<<: *a" b"!!str " b"? " b"| \n" b"> \n" b"{" b"}" b"[" b"]" b"%YAML 1.2\n---\n" b"\\u" b"state: retired"]
        policy [b"version: 1\n" b"stages:" b"kinds:" b"severity:" b"title:" b"gates:" b"&a " b"*a" b"[" b"{" b"tls-name/"]
        letterhead [b"version: 1\n" b"recipients:" b"issuer:" b"vi: " b"en: " b"&a " b"*a" b"[" b"{"]
        words [b"heading," b"category," b"state," b"kind," b"short," b"\n" b"\"" b"sep=;\n"]
        targets [b"https://" b"[2001:db8::1]" b":443" b"mail:" b"zone:" b"ntp:" b"\n" b"/" b"@" b"xn--"]
        trust_anchors [b"DS " b"DNSKEY 257 3 8 " b"example. " b"IN " b";" b"(" b")"]
        selection [b"*" b"?" b"[" b"]" b"{" b"}" b"/" b"!" b"**"]
        zone_file [b"$ORIGIN " b"$TTL 1h\n" b"$INCLUDE /dev/zero\n" b"IN " b"AAAA " b"A " b"CNAME " b"MX 10 " b"TXT \"" b"SOA " b"(" b")" b";" b"@" b"\\032" b"\\."]
    }
    target! { tables:
        list [b"domains:\n" b"subdomains:\n" b"- targets:\n" b"scrape_configs:\n" b"labels: {module: " b"\"domains\":" b"\"name_value\":" b"\"dns_names\":" b"<nmaprun>" b"<host>" b"</host>" b"<port portid=\"443\">" b"<state state=\"open\"/>" b"\\n" b"*.a.example"]
        layout [b"- " b": " b"\n  " b"# " b"|\n" b">-\n" b"[" b"]" b"{" b"}" b"&a " b"*a" b"? " b"\""]
        csv [b"sep=;\n" b"," b";" b"\t" b"\"" b"\"\"" b"\r\n" b"\xef\xbb\xbf" b"'=" b"id" b"name" b"web" b"\xc4\x90\xc6\xa1n v\xe1\xbb\x8b" b"https://"]
        workbook [b"PK\x03\x04" b"PK\x01\x02" b"PK\x05\x06" b"\0\0" b"xl/worksheets/sheet1.xml" b"content.xml"]
        xlsx_parts [b"<row r=\"1\">" b"<c r=\"A1\" t=\"s\"><v>0</v></c>" b"t=\"inlineStr\"><is><t>" b"<si><t>" b"<mergeCells><mergeCell ref=\"A1:A9\"/></mergeCells>" b"<dimension ref=\"A1:XFD1048576\"/>" b"r=\"XFD1048576\"" b"&lt;" b"&#x" b"<f>" b"<f t=\"shared\" ref=\"A1:A9\" si=\"0\">" b"<!--" b"<!DOCTYPE"]
        ods_parts [b"<table:table-row>" b"<table:table-cell>" b"<text:p>" b"table:number-rows-repeated=\"" b"table:number-columns-repeated=\"" b"1048576" b"<text:s text:c=\"" b"<table:covered-table-cell/>" b"table:number-rows-spanned=\"" b"office:value-type=\"float\"" b"office:date-value=\"" b"</text:p>" b"<text:a>" b"&#x"]
    }
    target! { transfer:
        run_file [b"\x28\xb5\x2f\xfd"]
        run_lines [b"{\"run\":" b"{\"blob\":\"" b"{\"observation\":\"" b"{\"answer\":" b"\"askers\":[" b"\"request\":\"" b"sha256:" b"\\\"" b"\n" b"\\u0000" b"v6ready/run/1"]
        signing_keys [b"ed25519 " b"\n" b"#" b"-----BEGIN PRIVATE KEY-----\n" b"-----END PRIVATE KEY-----" b"noc = "]
        observation [b"\"dns\":" b"\"conversation\":" b"\"greeting\":" b"\"quic\":" b"\"ntp\":" b"\"echo\":" b"\"kind\":\"" b"sha256:" b"\"base64\":" b"\"chain\":[" b"null" b"1e999" b"-1" b"\\ud800" b"[[[[[[[["]
    }
}

for_each_target!(table);
