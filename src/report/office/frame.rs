//! The words around every administrative document (Decree 30/2020/NĐ-CP, Annex I).

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;

pub(in crate::report) const NATION: Text = Text {
    vi: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    en: "SOCIALIST REPUBLIC OF VIET NAM",
};
pub(in crate::report) const MOTTO: Text =
    Text { vi: "Độc lập - Tự do - Hạnh phúc", en: "Independence - Freedom - Happiness" };
pub(in crate::report) const REPORT: Text = Text { vi: "BÁO CÁO", en: "REPORT" };
const NUMBER: Text = Text { vi: "Số:", en: "No.:" };
pub(in crate::report) const ADDRESSED: Text = Text { vi: "Kính gửi:", en: "To:" };
pub(in crate::report) const RECIPIENTS: Text = Text { vi: "Nơi nhận:", en: "Recipients:" };

/// Where a letterhead says nothing, a clerk writes it in by hand.
pub(in crate::report) const BLANK: &str = "……………………";
const NUMBER_BLANK: &str = "……/BC-……";
const PLACE_BLANK: &str = "……………";

/// The line with the document's number. Its blanks don't break and don't shrink: room for a hand.
pub(in crate::report) fn number_line(letterhead: &Letterhead, lang: Lang) -> String {
    let number = or(letterhead.number(lang), NUMBER_BLANK);
    format!("{} {}", NUMBER.get(lang), number.replace(' ', "\u{a0}"))
}

/// The line under an annex's title that says to which document it belongs.
pub(in crate::report) fn belongs_to(letterhead: &Letterhead, lang: Lang) -> String {
    let number = or(letterhead.number(lang), NUMBER_BLANK);
    let number = number.trim();
    let number =
        if number.starts_with('/') { format!("……{number}") } else { number.to_owned() };
    let issuer = or(letterhead.issuer(lang), BLANK);
    let date = letterhead.date;
    match lang {
        Lang::Vi => {
            let date = date.map_or_else(|| "… tháng … năm …".to_owned(), vietnamese);
            format!("(Kèm theo Báo cáo số {number} ngày {date} của {issuer})")
        }
        Lang::En => {
            let date =
                date.map_or_else(|| "…".to_owned(), |date| date.strftime("%-d %B %Y").to_string());
            format!("(Attached to report No. {number} of {date} by {issuer})")
        }
    }
}

/// `05 tháng 01 năm 2026`: days below 10 and the first two months have two digits.
fn vietnamese(date: Date) -> String {
    let month = match date.month() {
        month @ 1..=2 => format!("0{month}"),
        month => month.to_string(),
    };
    format!("{:02} tháng {month} năm {}", date.day(), date.year())
}

/// `Khánh Hòa, ngày 05 tháng 01 năm 2026`. The date is that on which the document is issued; without it,
/// the clerk writes it in.
pub(in crate::report) fn place_and_date(letterhead: &Letterhead, lang: Lang) -> String {
    let place = or(letterhead.place(lang), PLACE_BLANK);
    match (lang, letterhead.date) {
        (Lang::Vi, Some(date)) => format!("{place}, ngày {}", vietnamese(date)),
        (Lang::Vi, None) => format!("{place}, ngày …… tháng …… năm ………"),
        (Lang::En, Some(date)) => format!("{place}, {}", date.strftime("%-d %B %Y")),
        (Lang::En, None) => format!("{place}, …… …………… 20……"),
    }
}

/// A text, or what stands for one that is missing.
pub(in crate::report) fn or(text: String, otherwise: &str) -> String {
    match text.nfc().collect::<String>().trim() {
        "" => otherwise.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_decree_wants() {
        let mut letterhead = Letterhead::parse("version: 1\nplace: Nha Trang").unwrap();
        assert_eq!(place_and_date(&letterhead, Lang::Vi), "Nha Trang, ngày …… tháng …… năm ………");
        let mut written = |year, month, day, lang| {
            letterhead.date = Some(Date::new(year, month, day).unwrap());
            place_and_date(&letterhead, lang)
        };
        assert_eq!(written(2026, 1, 5, Lang::Vi), "Nha Trang, ngày 05 tháng 01 năm 2026");
        assert_eq!(written(2026, 3, 15, Lang::Vi), "Nha Trang, ngày 15 tháng 3 năm 2026");
        assert_eq!(written(2026, 12, 31, Lang::Vi), "Nha Trang, ngày 31 tháng 12 năm 2026");
        assert_eq!(written(2026, 1, 5, Lang::En), "Nha Trang, 5 January 2026");
    }
}
