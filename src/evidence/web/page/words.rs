//! How alike two pages are, by the words that people see.
//!
//! Words are compared in runs of three ("shingles", Broder 1997), so that order counts and a
//! changed word costs no more than its neighbourhood. Whatever holds a digit (dates, counters,
//! tokens), names of days and months, and endless words are no words: they differ between two
//! visits of the same page.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_normalization::UnicodeNormalization as _;

/// Words of one page that are compared.
const WORDS_MAX: usize = 50_000;

/// Words in one shingle.
const SHINGLE_WORDS: usize = 3;

/// Letters of the longest word; longer runs are tokens.
const LETTERS_MAX: usize = 24;

/// Days and months, in both languages of most pages here.
const CALENDAR: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "am",
    "pm",
    "gmt",
    "utc",
    "thứ",
    "hai",
    "ba",
    "tư",
    "năm",
    "sáu",
    "bảy",
    "chủ",
    "nhật",
    "ngày",
    "tháng",
    "giờ",
    "phút",
    "giây",
    "sáng",
    "chiều",
    "tối",
];

/// What people see of a page, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    shingles: HashMap<u64, u32>,
    count: u32,
    words: usize,
}

impl Words {
    /// Reads visible text.
    pub fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split_whitespace()
            .filter(|token| !token.contains(|c: char| c.is_numeric()))
            .flat_map(|token| token.split(|c: char| !c.is_alphabetic() && !is_mark(c)))
            .filter(|word| !word.is_empty() && word.chars().count() <= LETTERS_MAX)
            .map(|word| match word.is_ascii() {
                true => word.to_ascii_lowercase(),
                false => word.nfc().collect::<String>().to_lowercase(),
            })
            .filter(|word| !CALENDAR.contains(&word.as_str()))
            .take(WORDS_MAX)
            .collect();
        let mut shingles = HashMap::new();
        let mut count = 0;
        for run in words.windows(SHINGLE_WORDS.min(words.len()).max(1)) {
            // Its keys are fixed, so that the same text gives the same number everywhere.
            let mut hasher = DefaultHasher::new();
            run.hash(&mut hasher);
            *shingles.entry(hasher.finish()).or_insert(0) += 1;
            count += 1;
        }
        Self { shingles, count, words: words.len() }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.words == 0
    }

    /// The part of both pages' shingles that the pages share, 0 to 100 per cent (Dice's
    /// coefficient). Two pages without words are the same.
    pub fn likeness(&self, other: &Self) -> u8 {
        let all = u64::from(self.count) + u64::from(other.count);
        if all == 0 {
            return 100;
        }
        let common: u64 = self
            .shingles
            .iter()
            .filter_map(|(shingle, count)| {
                Some(u64::from(*other.shingles.get(shingle)?.min(count)))
            })
            .sum();
        u8::try_from(200 * common / all).unwrap_or(100)
    }
}

/// A combining mark, as decomposed Vietnamese text has them.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_changes_by_itself_is_no_difference() {
        let page = "Cổng thông tin điện tử tỉnh Ví dụ. Tin tức, sự kiện, văn bản chỉ đạo điều hành";
        let first =
            format!("{page} Thứ Hai, ngày 23 tháng 11 năm 2026, 08:15 Lượt truy cập: 1.234");
        let second =
            format!("{page} Thứ Ba, ngày 24 tháng 11 năm 2026, 17:20 Lượt truy cập: 9.876");
        assert_eq!(Words::of(&first).likeness(&Words::of(&second)), 100);
        let token = |t: &str| Words::of(&format!("{page} {t}"));
        assert_eq!(token("a9f3e2").likeness(&token("77bc01")), 100);
        assert_eq!(token("2001:db8:abcd::1").likeness(&token("192.0.2.1")), 100);
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        let text = "Dịch vụ công trực tuyến";
        let apart: String = text.nfd().collect();
        assert_ne!(text, apart);
        assert_eq!(Words::of(text).likeness(&Words::of(&apart)), 100);
    }

    #[test]
    fn another_page_is_another_page() {
        let portal = Words::of("Cổng thông tin điện tử tỉnh Ví dụ: tin tức và sự kiện mới nhất");
        let nginx = Words::of("Welcome to nginx! If you see this page, the web server is working");
        assert_eq!(portal.likeness(&nginx), 0);
        assert_eq!(portal.likeness(&Words::of("")), 0);
        assert_eq!(Words::of("").likeness(&Words::of("404")), 100);
    }

    #[test]
    fn one_word_in_a_hundred_is_within_ten_per_cent_and_thirty_are_not() {
        let word = |i: usize| {
            let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
            format!("w{}{}", letter(i / 26), letter(i))
        };
        let page: Vec<_> = (0..100).map(word).collect();
        let with = |changed: usize| {
            let mut page = page.clone();
            for i in 0..changed {
                page[i * 3] = "khác".to_owned();
            }
            Words::of(&page.join(" "))
        };
        assert!(with(0).likeness(&with(1)) >= 90);
        assert!(with(0).likeness(&with(30)) < 90);
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric(a in "(?s)[a-c \u{300}1]{0,60}", b in "(?s).{0,60}") {
            let (a, b) = (Words::of(&a), Words::of(&b));
            prop_assert_eq!(a.likeness(&b), b.likeness(&a));
            prop_assert_eq!(a.likeness(&a), 100);
        }
    }
}
