//! What stands in cells: dates, levels and stages as offices write them.

use jiff::civil::Date;

use crate::inventory::fault::Fault;
use crate::inventory::values::text::{self, slug};
use crate::inventory::values::time;
use crate::model::Stage;

/// A deadline: a day (`2026-12-31`, `31/12/2026`), a month (`12/2026`, `tháng 12 năm 2026`), a quarter (`quý IV/2026`,
/// `Q4/2026`) or a year. What isn't a day means its last day.
pub(super) fn deadline(text: &str) -> Result<Date, Fault> {
    // Databases write the midnight with which a day begins.
    let midnight = [" 00:00:00", "T00:00:00", " 00:00"];
    let slug = slug(midnight.iter().find_map(|time| text.strip_suffix(time)).unwrap_or(text));
    let words: Vec<&str> = slug
        .split('-')
        .filter(|word| {
            !["truoc", "ngay", "thang", "nam", "het", "den", "trong", "before"].contains(word)
        })
        .collect();
    let number = |word: &str| word.parse::<i16>().ok();
    let day = |year: &str, month: &str, day: &str| {
        let small = |word: &str| word.parse::<i8>().ok();
        Date::new(number(year).filter(|year| *year > 999)?, small(month)?, small(day)?).ok()
    };
    let quarter = |part: &str, year: &str| quarter(part, number(year)?);
    let found = match words[..] {
        [year, month, of_month] if year.len() == 4 => day(year, month, of_month),
        ["quy", part, year] => quarter(part, year),
        [of_month, month, year] => day(year, month, of_month),
        [part, year] if number(part).is_some() => day(year, part, "1").map(Date::last_of_month),
        [part, year] => quarter(part, year),
        [year] if year.len() == 4 => day(year, "12", "31"),
        [both] => both.split_once('q').and_then(|(year, part)| quarter(part, year)),
        _ => None,
    };
    match found {
        Some(date) => Ok(date),
        None => time::date(text).map_err(|fault| Fault {
            help: Some("write a day, such as `31/12/2026`, a month, `12/2026`, or a quarter, `quý IV/2026`".into()),
            ..fault
        }),
    }
}

fn quarter(part: &str, year: i16) -> Option<Date> {
    let number = small_number(part.strip_prefix('q').unwrap_or(part))?;
    let month = i8::try_from(number).ok().filter(|number| (1..=4).contains(number))? * 3;
    let first = Date::new(year, month, 1).ok().filter(|_| year > 999)?;
    Some(first.last_of_month())
}

/// A security level: `3`, `cấp độ 3`, `cấp III`.
pub(super) fn security_level(text: &str) -> Result<u8, Fault> {
    let slug = slug(text);
    let word = ["cap-do-", "cap-", "level-"].into_iter().find_map(|lead| slug.strip_prefix(lead));
    small_number(word.unwrap_or(&slug)).filter(|level| (1..=5).contains(level)).ok_or_else(|| {
        Fault {
            message: format!("`{text}` is no security level"),
            help: Some("levels are 1 to 5".into()),
        }
    })
}

/// A stage: `3`, `mức 3`.
pub(super) fn stage(text: &str) -> Result<Stage, Fault> {
    let slug = slug(text);
    let word = ["muc-", "stage-"].into_iter().find_map(|lead| slug.strip_prefix(lead));
    let number = small_number(word.unwrap_or(&slug));
    number.and_then(|number| Stage::try_from(number).ok()).ok_or_else(|| Fault {
        message: format!("`{text}` is no stage"),
        help: Some("stages are 0 to 4".into()),
    })
}

/// Tags between commas or semicolons, each once. Words become ids: `Thí điểm` is `thi-diem`.
pub(super) fn tags(text: &str) -> Result<Vec<String>, Fault> {
    let mut tags: Vec<String> = Vec::new();
    for word in text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty()) {
        let tag = text::id(word).map_or_else(|_| slug(word), ToOwned::to_owned);
        if tag.is_empty() {
            return Fault::err(
                format!("`{word}` is no tag"),
                "a tag is made of letters, digits and `-`; commas stand between several",
            );
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    match tags.is_empty() {
        true => Fault::err(format!("`{text}` is no tag"), "write a word, or leave the cell empty"),
        false => Ok(tags),
    }
}

/// A number below ten, in digits or Roman.
fn small_number(word: &str) -> Option<u8> {
    let roman = ["i", "ii", "iii", "iv", "v"].iter().position(|roman| *roman == word);
    match roman {
        Some(at) => u8::try_from(at + 1).ok(),
        None => word.parse().ok(),
    }
}

/// Whether a cell only numbers its row or column: `3`, `1.2`, `IV`, `(4)`, `a)`, `[5]`.
pub(super) fn is_numbering(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "()[].-".contains(c));
    let is_roman = || bare.chars().all(|c| "IVXLC".contains(c));
    let is_letter = || bare.chars().count() == 1 && bare.chars().all(|c| c.is_ascii_alphabetic());
    let is_number = || bare.chars().all(|c| c.is_ascii_digit() || ".=+-()".contains(c));
    is_number() || is_roman() || is_letter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_as_offices_write_them() {
        for (text, expected) in [
            ("2026-12-31", "2026-12-31"),
            ("2026-12-31 00:00:00", "2026-12-31"),
            ("2026-12-31T00:00:00", "2026-12-31"),
            ("31/12/2026 00:00", "2026-12-31"),
            ("2026-12-31 17:00:00", "error"),
            ("31/12/2026", "2026-12-31"),
            ("1.2.2027", "2027-02-01"),
            ("Trước ngày 15/06/2027", "2027-06-15"),
            ("ngày 15 tháng 6 năm 2027", "2027-06-15"),
            ("02/2028", "2028-02-29"),
            ("Tháng 12/2026", "2026-12-31"),
            ("Quý IV/2026", "2026-12-31"),
            ("quý 2 năm 2027", "2027-06-30"),
            ("Q1/2027", "2027-03-31"),
            ("2026Q4", "2026-12-31"),
            ("2027", "2027-12-31"),
            ("31/02/2027", "error"),
            ("quý V/2027", "error"),
            ("sớm", "error"),
            ("31/12/26", "error"),
            ("", "error"),
        ] {
            let found = deadline(text).map_or("error".to_owned(), |date| date.to_string());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn levels_and_stages() {
        for text in ["3", "Cấp độ 3", "cấp III", "level 3"] {
            assert_eq!(security_level(text), Ok(3), "{text}");
        }
        assert_eq!(stage("Mức 4").map(Stage::number), Ok(4));
        assert!(security_level("6").is_err() && stage("5").is_err());
    }

    #[test]
    fn tags_as_offices_write_them() {
        let found = |cell: &str| tags(cell).map(|tags| tags.join(" "));
        assert_eq!(found("pilot, hosted"), Ok("pilot hosted".to_owned()));
        assert_eq!(
            found("Thí điểm; Ưu tiên;pilot; ưu tiên,"),
            Ok("thi-diem uu-tien pilot".to_owned())
        );
        assert!(found("***").is_err() && found(",").is_err());
    }

    #[test]
    fn numberings() {
        for text in ["3", "1.2", "IV", "(4)", "a)", "[5]", "(6)=(4)+(5)"] {
            assert!(is_numbering(text), "{text}");
        }
        for text in ["Sở Y tế", "a.example", "VN", "https"] {
            assert!(!is_numbering(text), "{text}");
        }
    }
}
