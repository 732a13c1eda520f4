//! What surrounds the content of an administrative document (Decree 30/2020/NĐ-CP, Annex I): the
//! national heading and the issuing body above, the signature and the recipients below.

use super::element::Element;
use super::flow::{Align, BODY, Flow, GAP, LEADING};
use super::font::{Style, nfc};
use super::page::{BLACK, LEFT, TEXT_WIDTH, rule};
use super::wrap;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::office::frame::{
    ADDRESSED, BLANK, MOTTO, NATION, RECIPIENTS, REPORT, number_line, or, place_and_date,
};

/// The left part of the heading, and the gap between both.
const BODY_WIDTH: f32 = 0.38 * TEXT_WIDTH;
const NATION_WIDTH: f32 = 0.6 * TEXT_WIDTH;

/// Room for a hand and a seal.
const SEAL: f32 = 72.0;

/// What a document is about, and to whom it is written.
pub(super) struct About<'a> {
    /// The kind of document.
    pub(super) title: &'a str,
    /// In words.
    pub(super) subject: &'a str,
    /// The bodies that it is written to.
    pub(super) addressees: &'a [String],
}

/// Draws everything before the content.
pub(super) fn head(flow: &mut Flow<'_>, letterhead: &Letterhead, about: &About<'_>, lang: Lang) {
    let top = flow.y;
    let left = (LEFT, BODY_WIDTH);
    let right = (LEFT + TEXT_WIDTH - NATION_WIDTH, NATION_WIDTH);
    let (superior, issuer) = (letterhead.superior(lang), letterhead.issuer(lang));
    let mut body = top;
    if !superior.is_empty() {
        body = flow.whole(Element::Paragraph, |flow| {
            flow.column(&superior, (Style::Regular, 12.0, Align::Center), left, body)
        });
    }
    let issuer = or(issuer, BLANK);
    body = flow.whole(Element::Paragraph, |flow| {
        flow.column(&issuer, (Style::Bold, 12.0, Align::Center), left, body)
    });
    let length = 0.4 * last_line(flow, &issuer, (Style::Bold, 12.0), BODY_WIDTH);
    underline(flow, left, body, length);

    let nation = flow.whole(Element::Paragraph, |flow| {
        let nation = flow.column(NATION.get(lang), (Style::Bold, 12.0, Align::Center), right, top);
        flow.column(MOTTO.get(lang), (Style::Bold, 13.0, Align::Center), right, nation)
    });
    let length = flow.fonts.width(Style::Bold, 13.0, MOTTO.get(lang));
    underline(flow, right, nation, length);

    let second = body.max(nation) + 8.0;
    let number = number_line(letterhead, lang);
    let below = flow.whole(Element::Paragraph, |flow| {
        flow.column(&number, (Style::Regular, BODY, Align::Center), left, second)
    });
    let date = place_and_date(letterhead, lang);
    let beside = flow.whole(Element::Paragraph, |flow| {
        flow.column(&date, (Style::Italic, BODY, Align::Center), right, second)
    });
    flow.y = below.max(beside) + 14.0;

    let title = or(about.title.to_owned(), REPORT.get(lang));
    let heading = Element::Heading(1, format!("{title}: {}", about.subject));
    let subject = nfc(about.subject);
    flow.whole(heading, |flow| {
        flow.text(&title, Style::Bold, 14.0, Align::Center, 0.0);
        flow.text(&subject, Style::Bold, 14.0, Align::Center, 0.0);
    });
    let y = flow.y;
    let length = 0.4 * last_line(flow, &subject, (Style::Bold, 14.0), TEXT_WIDTH);
    underline(flow, (LEFT, TEXT_WIDTH), y, length);
    flow.y += 2.0 * GAP + 4.0;
    addressees(flow, about.addressees, lang);
}

/// `Kính gửi:`, a line for each.
fn addressees(flow: &mut Flow<'_>, addressees: &[String], lang: Lang) {
    let label = ADDRESSED.get(lang);
    flow.whole(Element::Paragraph, |flow| match addressees {
        [] | [_] => {
            let one = addressees.first().map_or(BLANK, String::as_str);
            flow.text(&format!("{label} {one}"), Style::Regular, BODY, Align::Center, 0.0);
        }
        several => {
            let width = flow.fonts.width(Style::Regular, BODY, label);
            let x = LEFT + 0.18 * TEXT_WIDTH;
            let style = (Style::Regular, BODY, Align::Left);
            flow.column(label, style, (x, width + 6.0), flow.y);
            let beside = (x + width + 8.0, TEXT_WIDTH - (x - LEFT) - width - 8.0);
            for (at, one) in several.iter().enumerate() {
                let end = if at + 1 == several.len() { '.' } else { ';' };
                let line = format!("- {}{end}", one.trim_end_matches(['.', ';']));
                flow.y = flow.column(&line, style, beside, flow.y);
            }
        }
    });
    flow.y += 2.0 * GAP;
}

/// How wide the last line of a text is when it is broken into lines of a width.
fn last_line(flow: &Flow<'_>, text: &str, (style, size): (Style, f32), width: f32) -> f32 {
    let lines = wrap::wrapped_lines(flow.fonts, style, size, &nfc(text), width, 0.0);
    lines.last().map_or(0.0, |line| flow.fonts.width(style, size, &line.text))
}

/// Room that the signature and the recipients take at the most.
pub(super) fn foot_height(flow: &Flow<'_>, letterhead: &Letterhead, lang: Lang) -> f32 {
    let listed = (letterhead.recipients(lang).count() as f32 + 2.0) * 2.0 * 11.0 * LEADING;
    listed.max(SEAL + 4.0 * BODY * LEADING).min(flow.page_height())
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
    flow.keep(foot_height(flow, letterhead, lang));
    let top = flow.y;
    let mut below = top;
    if !recipients.is_empty() {
        below = flow.whole(Element::Paragraph, |flow| {
            flow.column(RECIPIENTS.get(lang), (Style::BoldItalic, 12.0, Align::Left), left, below)
        });
        let last = recipients.len() - 1;
        for (at, recipient) in recipients.iter_mut().enumerate() {
            let end = if at == last { '.' } else { ';' };
            let text = format!("- {}{end}", recipient.trim_end_matches(['.', ';']));
            below = flow.whole(Element::Item, |flow| {
                flow.column(&text, (Style::Regular, 11.0, Align::Left), left, below)
            });
        }
    }
    let bold = (Style::Bold, BODY, Align::Center);
    let mut beside = top;
    for text in [authority, position].iter().filter(|text| !text.is_empty()) {
        beside = flow.whole(Element::Paragraph, |flow| flow.column(text, bold, right, beside));
    }
    if !name.is_empty() {
        beside =
            flow.whole(Element::Paragraph, |flow| flow.column(&name, bold, right, beside + SEAL));
    }
    flow.y = below.max(beside);
}

fn underline(flow: &mut Flow<'_>, (x, width): (f32, f32), y: f32, length: f32) {
    let from = x + (width - length) / 2.0;
    flow.mark(rule((from, y + 1.5), (from + length, y + 1.5), 0.7, BLACK));
}
