//! The path of a resolution from the root to a name, drawn as a tree.

use super::describe::clean;
use crate::evidence::dns::delegation::{
    AddressOutcome, Cut, DelegationFailure, Resolution, ResolutionEnd, Server, Source, Unaddressed,
};
use crate::evidence::query::Gap;
use crate::model::{Lang, Text};

/// Name servers of one zone that are drawn.
const SERVERS_SHOWN: usize = 16;

/// The path, one line for each zone and name server, the root first. What a target said in it has
/// been made harmless.
pub fn tree(resolution: &Resolution, lang: Lang) -> Vec<String> {
    let mut lines = vec![TITLE.get(lang).to_owned()];
    for path in &resolution.paths {
        lines.push(path.name.to_string());
        for (depth, cut) in path.cuts.iter().enumerate() {
            draw_cut(cut, depth, lang, &mut lines);
        }
        let indent = "   ".repeat(path.cuts.len());
        lines.push(format!("{indent}=> {}", end_words(&path.end, lang)));
    }
    if matches!(resolution.end, ResolutionEnd::AliasLoop | ResolutionEnd::AliasTooLong) {
        lines.push(format!("=> {}", end_words(&resolution.end, lang)));
    }
    lines.iter().map(|line| clean(line)).collect()
}

const TITLE: Text = Text {
    vi: "Đường phân giải từ máy chủ gốc chỉ qua IPv6:",
    en: "The way from the root over IPv6 alone:",
};

fn draw_cut(cut: &Cut, depth: usize, lang: Lang, lines: &mut Vec<String>) {
    let indent = "   ".repeat(depth);
    let source = match cut.source {
        Source::Hints => Text { vi: "gợi ý máy chủ gốc", en: "root hints" },
        Source::Referral => {
            Text { vi: "do vùng cha chuyển giao", en: "delegated by the parent" }
        }
        Source::Itself => Text {
            vi: "máy chủ của vùng cha cũng phục vụ vùng này",
            en: "served by the parent's servers too",
        },
    };
    lines.push(format!("{indent}└─ {} ({})", cut.zone, source.get(lang)));
    for server in cut.servers.iter().take(SERVERS_SHOWN) {
        lines.push(format!("{indent}   · {}: {}", server.name, server_words(server, lang)));
    }
    if let more @ 1.. = cut.servers.len().saturating_sub(SERVERS_SHOWN) {
        lines.push(format!("{indent}   · … +{more}"));
    }
}

fn server_words(server: &Server, lang: Lang) -> String {
    if server.outcomes.is_empty() {
        return match server.unaddressed {
            Some(why) => unaddressed_words(why).get(lang).to_owned(),
            None => NOT_NEEDED.get(lang).to_owned(),
        };
    }
    let tried = server.outcomes.iter().map(|(address, tried)| {
        let word = match tried {
            AddressOutcome::Usable => Text { vi: "trả lời", en: "answers" }.get(lang),
            AddressOutcome::Unusable(how) => how.word(),
            AddressOutcome::Silent => Text { vi: "không trả lời", en: "silent" }.get(lang),
            AddressOutcome::Unknown(_) => {
                Text { vi: "máy đo không gửi được", en: "we could not ask" }.get(lang)
            }
            AddressOutcome::NotGlobal => {
                Text { vi: "địa chỉ không toàn cầu", en: "address not global" }.get(lang)
            }
        };
        format!("{} {word}", address.ip())
    });
    tried.collect::<Vec<_>>().join(", ")
}

const NOT_NEEDED: Text = Text { vi: "chưa cần hỏi", en: "not needed" };

fn unaddressed_words(why: Unaddressed) -> Text {
    match why {
        Unaddressed::NoGlue => {
            Text { vi: "vùng cha không có glue AAAA", en: "no AAAA glue in the parent" }
        }
        Unaddressed::NoRecord => Text { vi: "không có địa chỉ IPv6", en: "no IPv6 address" },
        Unaddressed::Stopped => Text {
            vi: "tên này không tra cứu được chỉ qua IPv6",
            en: "its name can't be found over IPv6 alone",
        },
        Unaddressed::Unknown(Gap::OurFault) => Text {
            vi: "chưa tra cứu được tên này do lỗi của máy đo",
            en: "its name could not be looked up through our own fault",
        },
        Unaddressed::Loop => Text {
            vi: "tên này chỉ tìm được qua chính vùng đó",
            en: "its name leads back to this zone",
        },
        Unaddressed::Unknown(_) => {
            Text { vi: "chạm giới hạn tra cứu", en: "a limit was reached" }
        }
    }
}

fn end_words(end: &ResolutionEnd, lang: Lang) -> String {
    match end {
        ResolutionEnd::Found(_) => Text { vi: "tìm thấy bản ghi", en: "records found" },
        ResolutionEnd::NoData => {
            Text { vi: "không có bản ghi loại này", en: "no such records" }
        }
        ResolutionEnd::NxDomain => {
            Text { vi: "tên không tồn tại", en: "the name does not exist" }
        }
        ResolutionEnd::Alias(target) => {
            return format!("{} {target}", Text { vi: "bí danh của", en: "alias of" }.get(lang));
        }
        ResolutionEnd::AliasLoop => {
            Text { vi: "chuỗi bí danh lặp vòng", en: "the aliases loop" }
        }
        ResolutionEnd::AliasTooLong => {
            Text { vi: "chuỗi bí danh quá dài", en: "too many aliases" }
        }
        ResolutionEnd::Unknown(Gap::NotObserved) => {
            Text { vi: "chưa đo xong", en: "not observed to the end" }
        }
        ResolutionEnd::Unknown(Gap::OurFault) => Text {
            vi: "chưa xác định: máy đo không gửi được",
            en: "unknown: we could not ask",
        },
        ResolutionEnd::Unknown(_) => Text {
            vi: "chưa xác định: chạm giới hạn",
            en: "unknown: a limit was reached",
        },
        ResolutionEnd::Stopped(stop) => match stop {
            DelegationFailure::NoAddress | DelegationFailure::Loop => Text {
                vi: "DỪNG: không tìm được máy chủ nào có IPv6",
                en: "STOPPED: no server with IPv6 can be found",
            },
            DelegationFailure::Silent => Text {
                vi: "DỪNG: không máy chủ nào trả lời",
                en: "STOPPED: no server answers",
            },
            DelegationFailure::Unusable => Text {
                vi: "DỪNG: không câu trả lời nào dùng được",
                en: "STOPPED: no usable answer",
            },
        },
    }
    .get(lang)
    .to_owned()
}
