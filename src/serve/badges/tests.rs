//! What badges show.

use jiff::civil::date;

use super::words::{organisation, service};
use crate::judge::{Counts, Standing};
use crate::model::{Lang, Stage};

#[test]
fn a_service_shows_its_stage_and_an_unknown_one_its_age() {
    let today = (date(2026, 11, 30), 0);
    let svg = service("Portal", Standing::At(Stage::AtParity), today, Lang::En).svg();
    assert!(svg.contains("<title id=\"t\">IPv6 readiness of Portal: stage 3: at parity; as of 30 November 2026</title>"), "{svg}");
    assert!(svg.contains("aria-labelledby=\"t\""), "{svg}");
    let unknown = Standing::Unknown { at_least: Stage::Ipv4Only };
    assert_eq!(service("x", unknown, today, Lang::En).value, "unknown · 30 November 2026");
    let old = (date(2026, 11, 1), 29);
    let old = service("x", Standing::At(Stage::AtParity), old, Lang::Vi);
    assert!(old.value.starts_with("mức 3: tương đương IPv4 · "), "{}", old.value);
}

#[test]
fn hostile_names_are_text() {
    let name = "<script>alert(1)</script>\u{202e}\"&";
    let svg = service(name, Standing::Absent, (date(2026, 11, 30), 0), Lang::En).svg();
    assert!(!svg.contains("<script") && !svg.contains('\u{202e}'), "{svg}");
    let mut reader = quick_xml::Reader::from_str(&svg);
    for _ in 0..1000 {
        if matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
            return;
        }
    }
    panic!("no end: {svg}");
}

#[test]
fn an_organisation_counts_what_is_known() {
    let mut counts = Counts::default();
    let today = (date(2026, 11, 30), 0);
    let value =
        |counts: &Counts, lang| organisation("o", counts, Stage::AtParity, today, lang).value;
    counts.add(Standing::Unknown { at_least: Stage::Ipv4Only });
    assert_eq!(value(&counts, Lang::En), "unknown · 30 November 2026");
    counts.add(Standing::At(Stage::Ipv6OnlyUsable));
    counts.add(Standing::Absent);
    assert_eq!(value(&counts, Lang::En), "1/2 at stage 3, 1 unknown");
    assert_eq!(value(&counts, Lang::Vi), "1/2 dịch vụ đạt mức 3, 1 chưa xác định");
}
