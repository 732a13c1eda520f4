//! Failures as evidence shows them: words in both languages, with the wire's own numbers.

use crate::model::{
    EndingFrame, HttpFailure, IcmpMeaning, Lang, LegacyAnswer, NetFailure, QuicFailure, Text,
    TlsFailure,
};

/// Why an exchange failed below the application.
pub fn net(failure: &NetFailure, lang: Lang) -> String {
    let words = match failure {
        NetFailure::Refused => {
            Text { vi: "bị từ chối kết nối", en: "connection refused" }
        }
        NetFailure::Reset => Text { vi: "kết nối bị ngắt (RST)", en: "connection reset" },
        NetFailure::TimedOut => Text { vi: "quá thời gian chờ", en: "timed out" },
        NetFailure::Closed => {
            Text { vi: "phía bên kia đóng kết nối quá sớm", en: "closed too early" }
        }
        NetFailure::Icmp { icmp_type, icmp_code, from, meaning } => {
            let from = from.map(|from| format!(", {from}")).unwrap_or_default();
            let words = icmp(*meaning).get(lang);
            return format!("{words} (ICMP {icmp_type}/{icmp_code}{from})");
        }
        NetFailure::NoRoute => Text {
            vi: "điểm đo không có tuyến đến địa chỉ này",
            en: "no route from here (ours)",
        },
        NetFailure::NotPermitted => {
            Text { vi: "máy đo không cho phép gửi", en: "not permitted on our side" }
        }
        NetFailure::Exhausted { errno } => {
            let words = Text { vi: "máy đo hết tài nguyên", en: "our resources ran out" };
            return format!("{} ({errno})", words.get(lang));
        }
        NetFailure::Other { errno } => {
            let words =
                Text { vi: "lỗi khác của hệ điều hành", en: "other system error" };
            return format!("{} ({errno})", words.get(lang));
        }
    };
    words.get(lang).to_owned()
}

fn icmp(meaning: IcmpMeaning) -> Text {
    match meaning {
        IcmpMeaning::NoRoute => {
            Text { vi: "bộ định tuyến không có tuyến", en: "no route" }
        }
        IcmpMeaning::Prohibited => {
            Text { vi: "bị chặn theo chính sách", en: "administratively prohibited" }
        }
        IcmpMeaning::BeyondScope => Text {
            vi: "vượt phạm vi của địa chỉ nguồn",
            en: "beyond the scope of the source",
        },
        IcmpMeaning::AddressUnreachable => Text {
            vi: "không có thiết bị nào mang địa chỉ này",
            en: "address unreachable",
        },
        IcmpMeaning::PortUnreachable => {
            Text { vi: "cổng không có dịch vụ lắng nghe", en: "port unreachable" }
        }
        IcmpMeaning::PolicyFailed => Text {
            vi: "địa chỉ nguồn không đúng chính sách",
            en: "source address policy",
        },
        IcmpMeaning::RejectRoute => Text { vi: "tuyến bị từ chối", en: "reject route" },
        IcmpMeaning::PacketTooBig => Text { vi: "gói tin quá lớn", en: "packet too big" },
        IcmpMeaning::HopLimitExceeded => {
            Text { vi: "vượt số chặng cho phép", en: "hop limit exceeded" }
        }
        IcmpMeaning::Other => Text { vi: "lỗi ICMP khác", en: "other ICMP error" },
    }
}

/// Why a TLS handshake failed.
pub fn tls(failure: &TlsFailure, lang: Lang) -> String {
    let (words, detail) = match failure {
        TlsFailure::Net { failure } => return net(failure, lang),
        TlsFailure::Alert { code, name } => {
            (Text { vi: "máy chủ gửi cảnh báo TLS", en: "alert" }, Some(format!("{name} ({code})")))
        }
        TlsFailure::NothingInCommon { detail } => (
            Text { vi: "không có tham số TLS chung", en: "nothing in common" },
            Some(detail.clone()),
        ),
        TlsFailure::BadSignature { detail } => {
            (Text { vi: "chữ ký không hợp lệ", en: "bad signature" }, Some(detail.clone()))
        }
        TlsFailure::NotTls { detail } => {
            (Text { vi: "không phải TLS", en: "not TLS" }, Some(detail.clone()))
        }
        TlsFailure::OldVersions { version } => (
            Text { vi: "chỉ có phiên bản TLS lỗi thời", en: "only old versions" },
            Some(version.clone()),
        ),
        TlsFailure::OldSuites { cipher_suite } => (
            Text { vi: "chỉ có bộ mật mã lỗi thời", en: "only old cipher suites" },
            Some(cipher_suite.clone()),
        ),
        TlsFailure::WeakKey { detail } => {
            (Text { vi: "khóa quá ngắn", en: "key too short" }, Some(detail.clone()))
        }
        TlsFailure::ClientCertificate { alert } => (
            Text {
                vi: "máy chủ yêu cầu chứng thư số của máy khách",
                en: "asks for a certificate of the client",
            },
            alert.map(|code| format!("alert {code}")),
        ),
        TlsFailure::ChainTooLarge => (
            Text {
                vi: "chuỗi chứng thư số vượt giới hạn", en: "certificate chain over the limit"
            },
            None,
        ),
        TlsFailure::Ours { detail } => {
            (Text { vi: "lỗi của máy đo", en: "our own fault" }, Some(detail.clone()))
        }
    };
    with_detail(words, detail.as_deref(), lang)
}

/// Why there is no HTTP response.
pub fn http(failure: &HttpFailure, lang: Lang) -> String {
    let (words, detail) = match failure {
        HttpFailure::Net { failure } => return net(failure, lang),
        HttpFailure::HeadersTooLarge => (
            Text {
                vi: "trường tiêu đề (header) vượt giới hạn", en: "headers over the limit"
            },
            None,
        ),
        HttpFailure::TlsAlert { code, name } => {
            let words = Text { vi: "máy chủ gửi cảnh báo TLS", en: "TLS alert" };
            return with_detail(words, Some(&format!("{name} ({code})")), lang);
        }
        HttpFailure::NotHttp { detail } => {
            (Text { vi: "không phải HTTP", en: "not HTTP" }, Some(detail))
        }
        HttpFailure::Malformed { detail } => {
            (Text { vi: "HTTP sai quy cách", en: "malformed HTTP" }, Some(detail))
        }
        HttpFailure::Http2 { detail, frame } => {
            let words = match frame {
                None => Text { vi: "lỗi HTTP/2", en: "HTTP/2" },
                Some(EndingFrame::RstStream) => {
                    Text { vi: "luồng HTTP/2 bị hủy", en: "HTTP/2 stream reset" }
                }
                Some(EndingFrame::Goaway) => {
                    Text { vi: "kết nối HTTP/2 bị từ chối", en: "HTTP/2 GOAWAY" }
                }
            };
            (words, Some(detail))
        }
    };
    with_detail(words, detail.map(String::as_str), lang)
}

/// Why a QUIC handshake did not complete.
pub fn quic(failure: &QuicFailure, lang: Lang) -> String {
    let (words, detail) = match failure {
        QuicFailure::Net { failure } => return net(failure, lang),
        QuicFailure::VersionMismatch => (
            Text { vi: "không có phiên bản QUIC chung", en: "no version of QUIC in common" },
            None,
        ),
        QuicFailure::Refused { code, detail } => {
            let words = Text { vi: "máy chủ từ chối", en: "refused" }.get(lang);
            return format!("{words} (0x{code:x}): {detail}");
        }
        QuicFailure::NotQuic { detail } => {
            (Text { vi: "không phải QUIC", en: "not QUIC" }, Some(detail))
        }
        QuicFailure::Ours { detail } => {
            (Text { vi: "lỗi của máy đo", en: "our own fault" }, Some(detail))
        }
    };
    with_detail(words, detail.map(String::as_str), lang)
}

/// What came of offering only old versions of TLS.
pub fn legacy(answer: &LegacyAnswer, lang: Lang) -> String {
    match answer {
        LegacyAnswer::Accepted { version } => format!("ServerHello {version}"),
        LegacyAnswer::Alert { code } => {
            let words = Text { vi: "máy chủ gửi cảnh báo TLS", en: "alert" };
            format!("{} ({code})", words.get(lang))
        }
        LegacyAnswer::HungUp => {
            let words = Text { vi: "máy chủ đóng kết nối", en: "the server hung up" };
            words.get(lang).to_owned()
        }
        LegacyAnswer::OtherAnswer { detail } => {
            let words = Text { vi: "trả lời khác", en: "other answer" };
            with_detail(words, Some(detail), lang)
        }
        LegacyAnswer::Net { failure } => net(failure, lang),
    }
}

fn with_detail(words: Text, detail: Option<&str>, lang: Lang) -> String {
    match detail {
        Some(detail) => format!("{}: {detail}", words.get(lang)),
        None => words.get(lang).to_owned(),
    }
}
