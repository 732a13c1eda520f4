//! What badges say, in both languages.

use jiff::civil::Date;

use super::draw::Badge;
use crate::judge::{Counts, Standing};
use crate::model::{Lang, Stage, Text};
use crate::report::describe::clean;
use crate::report::texts;

/// From how many days on data is old enough to say so on the badge itself.
const OLD_DAYS: i64 = 7;

const UNKNOWN: Text = Text { vi: "chưa xác định", en: "unknown" };
const ABSENT: Text = Text { vi: "tên không tồn tại", en: "no such name" };
const RETIRED: Text = Text { vi: "đã ngừng sử dụng", en: "retired" };

const GREEN: &str = "#1a6b2f";
const BLUE: &str = "#1d5b8f";
const AMBER: &str = "#8a5300";
const RED: &str = "#a3211b";
const GREY: &str = "#5c5c5c";

/// The day that the data is of, and how many days ago that is.
type Age = (Date, i64);

/// The badge of a service.
pub(super) fn service(name: &str, standing: Standing, age: Age, lang: Lang) -> Badge {
    let (value, colour, is_unknown) = match standing {
        Standing::At(stage) => (stage_words(stage, lang), colour_of(stage), false),
        Standing::Absent => (ABSENT.get(lang).to_owned(), RED, false),
        Standing::Unknown { .. } => (UNKNOWN.get(lang).to_owned(), GREY, true),
        Standing::NotCounted => (RETIRED.get(lang).to_owned(), GREY, false),
    };
    badge(name, value, colour, is_unknown, age, lang)
}

/// The badge of an organisation: how many of its services have reached the stage that is aimed at.
pub(super) fn organisation(name: &str, counts: &Counts, aim: Stage, age: Age, lang: Lang) -> Badge {
    let (known, reached) = (counts.decided(aim), counts.at_least(aim));
    if known == 0 {
        return badge(name, UNKNOWN.get(lang).to_owned(), GREY, true, age, lang);
    }
    let stage = aim.number();
    let (of, unknown) = (texts::number(known, lang), texts::number(counts.undecided(aim), lang));
    let reached_text = texts::number(reached, lang);
    let mut value = match lang {
        Lang::Vi => format!("{reached_text}/{of} dịch vụ đạt mức {stage}"),
        Lang::En => format!("{reached_text}/{of} at stage {stage}"),
    };
    if counts.undecided(aim) > 0 {
        value.push_str(&match lang {
            Lang::Vi => format!(", {unknown} chưa xác định"),
            Lang::En => format!(", {unknown} unknown"),
        });
    }
    let colour = match reached {
        all if all == known => GREEN,
        0 => RED,
        some if some * 2 >= known => BLUE,
        _ => AMBER,
    };
    badge(name, value, colour, false, age, lang)
}

fn badge(
    name: &str,
    value: String,
    colour: &'static str,
    is_unknown: bool,
    (day, days): Age,
    lang: Lang,
) -> Badge {
    let day = texts::day(day, lang);
    let name = clean(name);
    let title = match lang {
        Lang::Vi => format!("Mức độ sẵn sàng IPv6 của {name}: {value}; số liệu ngày {day}"),
        Lang::En => format!("IPv6 readiness of {name}: {value}; as of {day}"),
    };
    let value = match is_unknown || days >= OLD_DAYS {
        true => format!("{value} · {day}"),
        false => value,
    };
    let colour = if days >= OLD_DAYS { GREY } else { colour };
    Badge { lang: lang.tag(), title, label: "IPv6".to_owned(), value, colour }
}

fn stage_words(stage: Stage, lang: Lang) -> String {
    let (number, name) = (stage.number(), stage.name().get(lang));
    match lang {
        Lang::Vi => format!("mức {number}: {name}"),
        Lang::En => format!("stage {number}: {name}"),
    }
}

fn colour_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Ipv4Only => RED,
        Stage::Addressed => AMBER,
        Stage::Reachable => BLUE,
        Stage::AtParity | Stage::Ipv6OnlyUsable => GREEN,
    }
}
