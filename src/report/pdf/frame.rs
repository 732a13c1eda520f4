//! What surrounds the content of an administrative document (Decree 30/2020/NĐ-CP, Annex I): the
//! national heading and the issuing body above, the signature and the recipients below.

use jiff::civil::Date;

use super::flow::{Align, BODY, Flow, GAP, LEADING};
use super::font::{Style, nfc};
use super::page::{BLACK, LEFT, TEXT_WIDTH, rule};
use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;

const NATION: Text = Text {
    vi: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    en: "SOCIALIST REPUBLIC OF VIET NAM",
};
const MOTTO: Text =
    Text { vi: "Độc lập - Tự do - Hạnh phúc", en: "Independence - Freedom - Happiness" };
const REPORT: Text = Text { vi: "BÁO CÁO", en: "REPORT" };
const NUMBER: Text = Text { vi: "Số:", en: "No.:" };
const ADDRESSED: Text = Text { vi: "Kính gửi:", en: "To:" };
const RECIPIENTS: Text = Text { vi: "Nơi nhận:", en: "Recipients:" };

/// Where a letterhead says nothing, a clerk writes it in by hand.
const BLANK: &str = "……………………";
const NUMBER_BLANK: &str = "……/BC-……";
const PLACE_BLANK: &str = "……………";

/// The left part of the heading, and the gap between both.
const BODY_WIDTH: f32 = 0.38 * TEXT_WIDTH;
const NATION_WIDTH: f32 = 0.6 * TEXT_WIDTH;

/// Room for a hand and a seal.
const SEAL: f32 = 72.0;

/// What a document is about, and to whom it is written.
pub(super) struct About<'a> {
    /// In words, where the letterhead has none of its own.
    pub(super) text: &'a str,
    /// The body that it is written to, when it is to one alone.
    pub(super) addressee: Option<&'a str>,
}

/// Draws everything before the content. `today` is the date where the letterhead has none.
pub(super) fn head(
    flow: &mut Flow<'_>,
    letterhead: &Letterhead,
    about: &About<'_>,
    today: Date,
    lang: Lang,
) {
    let top = flow.y;
    let left = (LEFT, BODY_WIDTH);
    let right = (LEFT + TEXT_WIDTH - NATION_WIDTH, NATION_WIDTH);
    let (superior, issuer) = (letterhead.superior(lang), letterhead.issuer(lang));
    let mut body = top;
    if !superior.is_empty() {
        body = flow.column(&superior, (Style::Regular, 12.0, Align::Center), left, body);
    }
    let issuer = or(issuer, BLANK);
    body = flow.column(&issuer, (Style::Bold, 12.0, Align::Center), left, body);
    underline(flow, left, body, 0.4 * BODY_WIDTH);

    let mut nation = flow.column(NATION.get(lang), (Style::Bold, 12.0, Align::Center), right, top);
    nation = flow.column(MOTTO.get(lang), (Style::Bold, 13.0, Align::Center), right, nation);
    let length = flow.fonts.width(Style::Bold, 13.0, MOTTO.get(lang));
    underline(flow, right, nation, length);

    let second = body.max(nation) + 8.0;
    let number = or(letterhead.number(lang), NUMBER_BLANK);
    // Blanks that don't break and don't shrink: room for a hand.
    let number = format!("{} {}", NUMBER.get(lang), number.replace(' ', "\u{a0}"));
    let below = flow.column(&number, (Style::Regular, BODY, Align::Center), left, second);
    let date = place_and_date(letterhead, today, lang);
    let beside = flow.column(&date, (Style::Italic, BODY, Align::Center), right, second);
    flow.y = below.max(beside) + 14.0;

    let title = or(letterhead.title(lang), REPORT.get(lang));
    flow.text(&title, Style::Bold, 14.0, Align::Center, 0.0);
    let subject = or(letterhead.subject(lang), about.text);
    flow.text(&subject, Style::Bold, 14.0, Align::Center, 0.0);
    let y = flow.y;
    underline(flow, (LEFT, TEXT_WIDTH), y, 0.2 * TEXT_WIDTH);
    flow.y += 2.0 * GAP + 4.0;
    if let Some(addressee) = about.addressee {
        let line = format!("{} {addressee}", ADDRESSED.get(lang));
        flow.text(&line, Style::Regular, BODY, Align::Center, 0.0);
        flow.y += GAP;
    }
}

/// `Khánh Hòa, ngày 05 tháng 01 năm 2026`: days below 10 and the first two months have two digits.
fn place_and_date(letterhead: &Letterhead, today: Date, lang: Lang) -> String {
    let date = letterhead.date.unwrap_or(today);
    let place = or(letterhead.place(lang), PLACE_BLANK);
    match lang {
        Lang::Vi => {
            let month = match date.month() {
                month @ 1..=2 => format!("0{month}"),
                month => month.to_string(),
            };
            format!("{place}, ngày {:02} tháng {month} năm {}", date.day(), date.year())
        }
        Lang::En => format!("{place}, {}", date.strftime("%-d %B %Y")),
    }
}

/// Draws the signature and the recipients, which stay together on one page. Without them in the
/// letterhead there is nothing to draw.
pub(super) fn foot(flow: &mut Flow<'_>, letterhead: &Letterhead, lang: Lang) {
    let [authority, position, name] = letterhead.signature(lang);
    let mut recipients: Vec<String> = letterhead.recipients(lang).collect();
    let signs = [&authority, &position, &name].iter().any(|text| !text.is_empty());
    if !signs && recipients.is_empty() {
        return;
    }
    flow.space(2.0 * GAP);
    let left = (LEFT, 0.46 * TEXT_WIDTH);
    let right = (LEFT + 0.5 * TEXT_WIDTH, 0.5 * TEXT_WIDTH);
    let listed = (recipients.len() as f32 + 2.0) * 2.0 * 11.0 * LEADING;
    flow.keep(listed.max(SEAL + 4.0 * BODY * LEADING).min(Flow::page_height()));
    let top = flow.y;
    let mut below = top;
    if !recipients.is_empty() {
        below =
            flow.column(RECIPIENTS.get(lang), (Style::BoldItalic, 12.0, Align::Left), left, below);
        let last = recipients.len() - 1;
        for (at, recipient) in recipients.iter_mut().enumerate() {
            let end = if at == last { '.' } else { ';' };
            let text = format!("- {}{end}", recipient.trim_end_matches(['.', ';']));
            below = flow.column(&text, (Style::Regular, 11.0, Align::Left), left, below);
        }
    }
    let bold = (Style::Bold, BODY, Align::Center);
    let mut beside = top;
    for text in [authority, position].iter().filter(|text| !text.is_empty()) {
        beside = flow.column(text, bold, right, beside);
    }
    if !name.is_empty() {
        beside = flow.column(&name, bold, right, beside + SEAL);
    }
    flow.y = below.max(beside);
}

fn underline(flow: &mut Flow<'_>, (x, width): (f32, f32), y: f32, length: f32) {
    let from = x + (width - length) / 2.0;
    flow.mark(rule((from, y + 1.5), (from + length, y + 1.5), 0.7, BLACK));
}

fn or(text: String, otherwise: &str) -> String {
    match nfc(&text).trim() {
        "" => otherwise.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_decree_wants() {
        let letterhead = Letterhead::parse("version: 1\nplace: Nha Trang").unwrap();
        let written = |year, month, day, lang| {
            place_and_date(&letterhead, Date::new(year, month, day).unwrap(), lang)
        };
        assert_eq!(written(2026, 1, 5, Lang::Vi), "Nha Trang, ngày 05 tháng 01 năm 2026");
        assert_eq!(written(2026, 3, 15, Lang::Vi), "Nha Trang, ngày 15 tháng 3 năm 2026");
        assert_eq!(written(2026, 12, 31, Lang::Vi), "Nha Trang, ngày 31 tháng 12 năm 2026");
        assert_eq!(written(2026, 1, 5, Lang::En), "Nha Trang, 5 January 2026");
    }
}
