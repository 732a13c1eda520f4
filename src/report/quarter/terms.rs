//! The terms of quarterly reports, in both languages.

use crate::judge::quarter::{Caveat, Quarter, Shared, SharedCause};
use crate::judge::{Basis, Change, Progress};
use crate::model::{Lang, Text};
use crate::report::describe::clean;
use crate::report::texts;

/// A heading, which the trend's chart has too.
pub(super) const TREND: Text = Text { vi: "Diễn biến", en: "Trend" };

/// A quarter as running text has it.
pub fn quarter_name(quarter: Quarter, lang: Lang) -> String {
    match lang {
        Lang::Vi => {
            format!("quý {} năm {}", texts::roman_quarter(quarter.number), quarter.year)
        }
        Lang::En => format!("quarter {} of {}", quarter.number, quarter.year),
    }
}

/// A direction of change.
pub fn change(change: Change) -> Text {
    match change {
        Change::Worse => Text { vi: "suy giảm", en: "worsened" },
        Change::Unknown => Text { vi: "chuyển sang chưa xác định", en: "became unknown" },
        Change::Better => Text { vi: "cải thiện", en: "improved" },
        Change::Known => Text { vi: "nay đã xác định được", en: "became known" },
        Change::New => Text { vi: "mới đưa vào danh mục", en: "appeared" },
        Change::Gone => Text { vi: "không còn trong danh mục", en: "disappeared" },
        Change::Otherwise => Text { vi: "thay đổi khác", en: "otherwise changed" },
        Change::Same => Text { vi: "không thay đổi", en: "unchanged" },
    }
}

/// How far it is with a target.
pub fn progress(progress: Progress) -> Text {
    match progress {
        Progress::Missed => Text { vi: "quá hạn, chưa đạt", en: "missed" },
        Progress::Undetermined => {
            Text { vi: "quá hạn, chưa xác định được", en: "past due, not known" }
        }
        Progress::Due => Text { vi: "chưa đến hạn", en: "not yet due" },
        Progress::Exempt => Text { vi: "được miễn", en: "exempt" },
        Progress::Reached => Text { vi: "đã đạt", en: "reached" },
    }
}

/// Who set a target.
pub fn basis(basis: Basis) -> Text {
    match basis {
        Basis::Inventory => Text { vi: "danh mục dịch vụ", en: "inventory" },
        Basis::Policy => Text { vi: "bộ tiêu chí đánh giá", en: "policy" },
    }
}

/// What kind of cause several services share.
pub fn kind(cause: &SharedCause) -> Text {
    match cause {
        SharedCause::NameServer(_) => Text { vi: "Máy chủ tên miền", en: "Name server" },
        SharedCause::Certificate(_) => Text { vi: "Chứng thư số", en: "Certificate" },
        SharedCause::Network { .. } => {
            Text { vi: "Kết nối đến một dải địa chỉ", en: "Connections to a range" }
        }
        SharedCause::Address(..) => Text { vi: "Địa chỉ máy chủ", en: "Server address" },
        SharedCause::Host(_) => Text { vi: "Máy chủ", en: "Host" },
        SharedCause::ThirdParty(_) => {
            Text { vi: "Máy chủ của bên thứ ba", en: "Third party's host" }
        }
    }
}

/// What a shared cause is called.
pub fn cause(shared: &Shared, lang: Lang) -> String {
    const DIGEST_SHOWN: usize = 23;
    let name = match &shared.cause {
        SharedCause::NameServer(name) | SharedCause::Host(name) | SharedCause::ThirdParty(name) => {
            clean(name.as_str())
        }
        SharedCause::Certificate(digest) => {
            format!("{}…", digest.chars().take(DIGEST_SHOWN).collect::<String>())
        }
        SharedCause::Network { prefix, port, .. } => match lang {
            Lang::Vi => format!("{prefix}, cổng {port}"),
            Lang::En => format!("{prefix}, port {port}"),
        },
        SharedCause::Address(address, ..) => address.to_string(),
    };
    match &shared.network {
        Some(network) => format!("{name} ({})", clean(network)),
        None => name,
    }
}

/// One sentence on what weakens the report.
pub fn caveat(caveat: &Caveat, lang: Lang) -> String {
    let fixed = match caveat {
        Caveat::Incomplete => texts::INCOMPLETE,
        Caveat::Partial => Text {
            vi: "Đợt đo chốt số liệu quý chỉ đo một phần danh mục dịch vụ.",
            en: "The closing run looked at a part of the inventory only.",
        },
        Caveat::NoServices => texts::NO_SERVICES,
        Caveat::VantageAbsent => texts::NO_IPV6,
        Caveat::VantageLost => texts::IPV6_LOST,
        Caveat::OutsideQuarter => Text {
            vi: "Đợt đo được chọn làm đợt đo chốt số liệu quý không nằm trong quý báo cáo.",
            en: "The run that was named as the closing run does not lie in the quarter.",
        },
        Caveat::QuarterNotOver => Text {
            vi: "Quý báo cáo chưa kết thúc vào ngày kết luận.",
            en: "The quarter is not over on the day of the judgement.",
        },
        Caveat::NoPrevious => Text {
            vi: "Chưa có đợt đo hoàn tất nào của các quý trước để so sánh.",
            en: "No earlier quarter has a complete run to compare with.",
        },
        Caveat::InventoryChanged => Text {
            vi: "Danh mục dịch vụ đã thay đổi so với lần chốt số liệu quý trước; dịch vụ thêm, bớt được nêu riêng.",
            en: "The inventory has changed since the earlier closing run; services that came or went are listed apart.",
        },
        Caveat::PreviousIsOlder(quarter) => {
            let quarter = quarter_name(*quarter, lang);
            return match lang {
                Lang::Vi => {
                    format!(
                        "Quý liền trước không có đợt đo hoàn tất; số liệu được so sánh với {quarter}."
                    )
                }
                Lang::En => {
                    format!(
                        "The quarter before has no complete run; the comparison is with {quarter}."
                    )
                }
            };
        }
        Caveat::VantagesDiffer(names) => {
            let names = names.iter().map(|name| clean(name)).collect::<Vec<_>>().join(", ");
            return match lang {
                Lang::Vi => format!("Diễn biến gồm cả số liệu đo từ điểm đo khác: {names}."),
                Lang::En => {
                    format!("The trend includes runs from other vantage points: {names}.")
                }
            };
        }
    };
    fixed.get(lang).to_owned()
}
