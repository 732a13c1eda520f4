use proptest::prelude::*;

use super::*;
use crate::inventory::parse;
use crate::model::{Name, Stage};

const INVENTORY: &str = "# Head.\nversion: 1\norganisations:   # all of them\n  - id: vp-ubnd\n    \
    name: Văn phòng UBND tỉnh\n    services:\n      # The first.\n      - id: portal\n        \
    category: portal\n        web: https://example.gov.vn/   # confirmed\n\n      \
    - {id: forms, category: public-service, web: \"https://forms.example.gov.vn/\"} # one line\n  \
    # Between.\n  - id: so-y-te\n    services: [{id: portal, category: portal, web: \"https://syt.example/\"}]\n\
    # The end.\n";

fn in_time() -> Budget<'static> {
    Budget::new(&|| false)
}

fn csv(octets: &[u8]) -> Result<Table, String> {
    csv_table(octets, &in_time())
}

fn book(octets: &[u8]) -> Result<Vec<Table>, String> {
    workbook_tables(octets, &in_time())
}

fn read(tables: &[Table]) -> Reading {
    candidates(tables, &Options::default())
}

fn table(text: &str) -> Reading {
    read(&[csv(text.as_bytes()).unwrap()])
}

/// The inventory of this text; nothing is one that begins.
fn base(text: &str) -> Base<'_> {
    Base { text, file: "t.yaml", is_new: text == EMPTY }
}

const EMPTY: &str = "version: 1\norganisations:\n";

fn merged(inventory: &str, csv: &str) -> Merged {
    let reading = table(csv);
    assert_eq!(reading.problems, []);
    merge(&base(inventory), &reading.candidates, &Terms::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Lines of the new text that are not in the old one, which all still are, in order.
fn new_lines<'a>(old: &str, new: &'a str) -> Vec<&'a str> {
    let mut old = old.lines().peekable();
    let mut added = Vec::new();
    for line in new.lines() {
        if old.next_if_eq(&line).is_none() {
            added.push(line);
        }
    }
    assert_eq!(old.next(), None, "{new}");
    added
}

#[test]
fn services_go_where_they_belong_and_nothing_else_changes() {
    let csv = "Cơ quan;Tên dịch vụ;Địa chỉ;Loại;Trạng thái;Cấp độ;Mức;Thời hạn\n\
        Văn phòng UBND tỉnh;Một cửa;motcua.example.gov.vn;Cổng dịch vụ công;Đang hoạt động;3;3;31/12/2026\n\
        vp-ubnd;;https://example.gov.vn/;;;;;\n\
        Sở Xây dựng;\"Hồ sơ; \"\"cũ\"\"\";hoso.example.gov.vn;;Ngừng hoạt động;;;\n";
    let merged = merged(INVENTORY, csv);
    assert_eq!(
        new_lines(INVENTORY, &merged.text),
        [
            "      - {id: motcua-example-gov-vn, name: \"Một cửa\", category: public-service, web: \
             \"https://motcua.example.gov.vn/\", security_level: 3, target: {stage: 3, by: 2026-12-31}}",
            "  - id: so-xay-dung",
            "    name: \"Sở Xây dựng\"",
            "    services:",
            "      - {id: hoso-example-gov-vn, name: \"Hồ sơ; \\\"cũ\\\"\", category: portal, web: \
             \"https://hoso.example.gov.vn/\", state: retired}",
        ]
    );
    let ids: Vec<_> = merged.added.iter().map(|added| &*added.id).collect();
    assert_eq!(ids, ["vp-ubnd/motcua-example-gov-vn", "so-xay-dung/hoso-example-gov-vn"]);
    assert_eq!(merged.known[0].1, "vp-ubnd/portal");
}

#[test]
fn lists_in_brackets_take_services_too() {
    let csv = "organisation,mail\nso-y-te,syt.example\n";
    let merged = merged(INVENTORY, csv);
    assert!(merged.text.contains(
        "\"https://syt.example/\"}, {id: mail-syt-example, category: internet-service, mail: \"syt.example\"}]\n# The end."
    ), "{}", merged.text);
    // A second time, everything is known.
    let again = self::merged(&merged.text, csv);
    assert_eq!((again.text, again.added.len(), again.known.len()), (merged.text, 0, 1));
}

#[test]
fn an_inventory_begins_with_an_import() {
    let merged = merged(EMPTY, "organisation,contact,web\nSở Y tế,noc@example.vn,syt.example\n");
    assert_eq!(
        merged.text,
        "version: 1\norganisations:\n  - id: so-y-te\n    name: \"Sở Y tế\"\n    \
         contact: \"noc@example.vn\"\n    services:\n      \
         - {id: syt-example, category: portal, web: \"https://syt.example/\"}\n"
    );
    assert!(merged.added[0].is_new_organisation);
}

#[test]
fn odd_layouts_are_kept() {
    for inventory in [
        INVENTORY.to_owned(),
        INVENTORY.replace('\n', "\r\n"),
        format!("\u{feff}{INVENTORY}"),
        INVENTORY.trim_end().to_owned(),
        INVENTORY
            .replace("      - ", "          -   ")
            .replace("        category", "              category")
            .replace("        web", "              web"),
        INVENTORY.replace("# The end.\n", ""),
    ] {
        let csv = "organisation,web\nvp-ubnd,a.example\nso-y-te,b.example\nmới,c.example\n";
        let merged = merged(&inventory, csv);
        assert_eq!(merged.added.len(), 3, "{}", merged.text);
        assert_eq!(merged.text.contains('\r'), inventory.contains('\r'));
        let without_new: Vec<_> = inventory.lines().map(str::trim_end).collect();
        for line in without_new {
            let kept = line.trim_end_matches([']', '}']);
            assert!(merged.text.contains(kept), "{line:?}");
        }
    }
}

#[test]
fn every_bad_cell_is_named_with_its_row_and_column() {
    let reading = table(
        "organisation,web,category,state,security_level,stage,by,colour\n\
         o,a.example,portal,active,3,3,2026-12-31,red\n\
         o,a b,nonsense,gone,9,7,2026-13-01,\n\
         \n\
         o,,portal,,,,,\n\
         o,b.example,,,,3,,\n",
    );
    // A stage without a date may get one from elsewhere.
    assert_eq!(reading.candidates.len(), 2);
    assert_eq!(reading.notes, ["the column `colour` is passed over"]);
    let places: Vec<_> = reading.problems.iter().map(|problem| &*problem.place).collect();
    assert_eq!(
        places,
        [
            "row 3, column 2 (web)",
            "row 3, column 3 (category)",
            "row 3, column 4 (state)",
            "row 3, column 5 (security_level)",
            "row 3, column 6 (stage)",
            "row 3, column 7 (by)",
            "row 5",
        ]
    );
    for (csv, expected) in [("", "empty"), ("organisation,colour\no,red\n", "what is to be probed")]
    {
        assert!(table(csv).problems[0].message.contains(expected));
    }
}

#[test]
fn tables_in_every_encoding() {
    let text = "organisation\tweb\nSở Y tế\tsyt.example\n";
    let utf16 = |bom: [u8; 2], of: fn(u16) -> [u8; 2]| {
        bom.into_iter().chain(text.encode_utf16().flat_map(of)).collect::<Vec<u8>>()
    };
    let plain = csv(text.as_bytes()).unwrap();
    for octets in [
        [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
        utf16([0xff, 0xfe], u16::to_le_bytes),
        utf16([0xfe, 0xff], u16::to_be_bytes),
    ] {
        assert_eq!(csv(&octets).unwrap(), plain);
    }
}

#[test]
fn workbooks_are_read_as_they_were_last_shown() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["Đơn vị", "Địa chỉ", "Cấp độ", "Mức", "Thời hạn"].iter().enumerate()
    {
        sheet.write(1, column as u16, *heading).unwrap();
    }
    sheet.write(2, 0, "Sở Y tế").unwrap();
    sheet.write(2, 1, "syt.example").unwrap();
    sheet.write(2, 2, 3).unwrap();
    sheet.write(2, 3, 2).unwrap();
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 12, 31).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_with_format(2, 4, &date, &format).unwrap();
    sheet.write_formula(3, 1, "=HYPERLINK(\"https://example/\")").unwrap();
    let reading = read(&self::book(&book.save_to_buffer().unwrap()).unwrap());
    assert_eq!(reading.candidates.len(), 1, "{reading:?}");
    let candidate = &reading.candidates[0];
    assert_eq!(candidate.place, "row 3");
    assert_eq!(candidate.security_level, Some(3));
    assert_eq!(candidate.deadline.unwrap().to_string(), "2026-12-31");
    assert!(self::book(b"PK\x03\x04 and no more").is_err());
}

/// A cell in the far corner costs neither memory nor time.
#[test]
fn a_stray_cell_is_said_or_passed() {
    let book = |row: u32, column: u16| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 1, "web").unwrap();
        sheet.write(row, column, "a.example").unwrap();
        self::book(&book.save_to_buffer().unwrap())
    };
    assert!(book(1_048_575, 16_383).unwrap_err().contains("row 1048576 has a cell beyond column"));
    let far = book(1_048_575, 1).unwrap();
    assert_eq!(far[0].rows.len(), 2);
    assert_eq!(read(&far).candidates[0].place, "row 1048576");
}

#[test]
fn a_zone_file_names_its_services() {
    let text = "$ORIGIN tinh.example.\n$TTL 300\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\n@ MX 10 mx\n\
        ns1 A 192.0.2.1\nmx AAAA 2001:db8::25\nwww AAAA 2001:db8::1\nwww A 192.0.2.2\n\
        cong CNAME www\n_imaps._tcp SRV 0 1 993 hop\nhop A 192.0.2.3\n*.thu A 192.0.2.4\n\
        _dmarc TXT \"v=DMARC1\"\n";
    let reading = zone_candidates(text, None);
    let found: Vec<_> = reading
        .candidates
        .iter()
        .map(|candidate| (candidate.target.to_string(), candidate.guess.is_some()))
        .collect();
    let expected = [
        ("https://cong.tinh.example/", true),
        ("https://www.tinh.example/", true),
        ("imaps:hop.tinh.example:993", false),
        ("mail:tinh.example", false),
        ("zone:tinh.example", false),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(text, guess)| ((*text).to_owned(), *guess)).collect();
    assert_eq!(found, expected);
    let terms = Terms { organisation: Some("Tỉnh".into()), ..Terms::default() };
    let merged = merge(&base(EMPTY), &reading.candidates, &terms).unwrap();
    assert!(merged.text.contains("} # a guess from an address record"), "{}", merged.text);
    // Without an origin in the file it has to be given.
    let bare = text.replace("$ORIGIN tinh.example.\n", "");
    let given = zone_candidates(&bare, Some(&Name::parse("tinh.example").unwrap()));
    assert_eq!(given.candidates, reading.candidates);
    assert!(!zone_candidates("$INCLUDE other\n", None).problems.is_empty());
    // However it is hidden from us, no file is opened.
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other").display().to_string();
    std::fs::write(&other, "secret A 192.0.2.7\n").unwrap();
    for hidden in ["$ORIGIN tinh.example. $TTL 60 $INCLUDE ", "$ORIGIN \"\n;x\" $INCLUDE "] {
        let reading = zone_candidates(&format!("{hidden}{other}\n"), None);
        assert!(!reading.problems.is_empty() && reading.candidates.is_empty(), "{reading:?}");
    }
    let remark = "$ORIGIN a.example.\n; $INCLUDE x\nwww 60 IN A 192.0.2.1\n";
    assert!(zone_candidates(remark, None).problems.is_empty());
    assert!(!zone_candidates("this is no zone (", None).problems.is_empty());
}

#[test]
fn what_can_t_be_merged_is_said() {
    let reading = table("web\na.example\n");
    let merge_into = |text| merge(&base(text), &reading.candidates, &Terms::default());
    assert!(
        matches!(merge_into(INVENTORY), Err(MergeError::NoOrganisation { place }) if place == "row 2")
    );
    assert!(matches!(merge_into("version: 1\n"), Err(MergeError::Inventory(_))));
}

/// An alias repeats what is written elsewhere, so behind it is not where its text ends: the service
/// must not come into the other organisation.
#[test]
fn a_list_that_ends_with_an_alias_is_left_to_people() {
    let inventory = "version: 1\norganisations:\n  - id: a\n    services:\n      - &x {id: p, category: \
        portal, web: \"https://p.example/\"}\n      - {id: q, category: portal, web: \"https://q.example/\"}\n  \
        - id: b\n    services:\n      - *x\n";
    let reading = table("organisation,web\nb,new.example\n");
    match merge(&base(inventory), &reading.candidates, &Terms::default()) {
        Err(MergeError::Text(_, by_hand)) => assert!(by_hand.contains("https://new.example/")),
        Ok(merged) => panic!("{}", merged.text),
        Err(error) => panic!("{error}"),
    }
}

/// Names without a Latin letter, and many pages of one host, get ids of their own.
#[test]
fn names_that_give_no_id_are_numbered() {
    let csv = "organisation,web\n部,a.example/1\n局,a.example/1b\n部,a.example/2\n";
    let ids: Vec<_> = merged(EMPTY, csv).added.into_iter().map(|added| added.id).collect();
    assert_eq!(
        ids,
        ["organisation/a-example", "organisation-2/a-example", "organisation/a-example-2"]
    );
}

/// Choices that a layout is made of, over and over.
struct Choices<'c>(std::iter::Cycle<std::slice::Iter<'c, u8>>);

impl Choices<'_> {
    fn below(&mut self, bound: u8) -> usize {
        usize::from(self.0.next().unwrap() % bound)
    }

    fn spaces(&mut self, bound: u8) -> String {
        " ".repeat(self.below(bound))
    }

    /// Nothing, an empty line, or a line of comment at any column.
    fn between(&mut self) -> String {
        match self.below(4) {
            0 => "\n".to_owned(),
            1 => format!("{}# - {{id: not-me}} ]\n", self.spaces(9)),
            _ => String::new(),
        }
    }

    /// The rest of a line.
    fn behind(&mut self) -> &'static str {
        ["\n", "\n", "  # confirmed: yes\n", " # ] } \"\n", "   \n"][self.below(5)]
    }

    fn quoted(&mut self, text: &str) -> String {
        let quote = ["", "\"", "'"][self.below(3)];
        format!("{quote}{text}{quote}")
    }
}

/// An inventory of the organisations `o0` to `o2` as some person would lay it out.
fn laid_out(choices: &[u8]) -> String {
    let mut choices = Choices(choices.iter().cycle());
    let mut text = ["", "\u{feff}"][choices.below(2)].to_owned();
    text += &format!("{}version: 1{}", choices.between(), choices.behind());
    text += &format!("organisations:{}", choices.behind());
    let margin = choices.spaces(5);
    for organisation in 0..=choices.below(3) {
        text += &choices.between();
        text += &format!("{margin}- id: o{organisation}{}", choices.behind());
        let has_name_last = choices.below(2) == 1;
        let style = choices.below(4);
        let inner = format!("{margin}  {}", choices.spaces(4));
        let services: Vec<[String; 3]> = (0..=choices.below(3))
            .map(|number| {
                let web = choices.quoted(&format!("https://s{number}.o{organisation}.example/"));
                [format!("id: s{number}"), "category: portal".to_owned(), format!("web: {web}")]
            })
            .collect();
        let flow: Vec<String> =
            services.iter().map(|keys| format!("{{{}}}", keys.join(", "))).collect();
        match style {
            0 => text += &format!("{margin}  services: [{}]{}", flow.join(", "), choices.behind()),
            1 => {
                text += &format!("{margin}  services: [{}", choices.behind());
                for (at, service) in flow.iter().enumerate() {
                    let comma = if at + 1 < flow.len() { "," } else { ["", ","][choices.below(2)] };
                    text += &format!("{margin}    {service}{comma}{}", choices.behind());
                }
                text += &format!("{margin}    ]{}", choices.behind());
            }
            2 => {
                text += &format!("{margin}  services:{}", choices.behind());
                for service in &flow {
                    text += &choices.between();
                    text += &format!("{inner}- {service}{}", choices.behind());
                }
            }
            _ => {
                text += &format!("{margin}  services:{}", choices.behind());
                for keys in &services {
                    let mut lead = "- ";
                    for key in keys {
                        text += &choices.between();
                        text += &format!("{inner}{lead}{key}{}", choices.behind());
                        lead = "  ";
                    }
                }
            }
        }
        if has_name_last {
            let name = choices.quoted("Sở nào đó");
            text += &format!("{margin}  name: {name}{}", choices.behind());
        }
    }
    text += &choices.between();
    if choices.below(2) == 1 {
        text.truncate(text.trim_end().len());
    }
    if choices.below(3) == 2 { text.replace('\n', "\r\n") } else { text }
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|wanted| whole.any(|found| found == wanted))
}

proptest! {
    /// Whatever the cells hold, the inventory keeps its text and lists what was read.
    #[test]
    fn any_names_survive(
        names in proptest::collection::vec("[^\\p{C}]{1,40}", 1..6),
        organisations in proptest::collection::vec("[^\\p{C}]{1,20}", 1..6),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["organisation", "name", "web"]).unwrap();
        for (at, name) in names.iter().enumerate() {
            let organisation = &organisations[at % organisations.len()];
            writer.write_record([organisation, name, &format!("h{at}.example")]).unwrap();
        }
        let reading = read(&[csv(&writer.into_inner().unwrap()).unwrap()]);
        let terms = Terms { organisation: Some("o".into()), ..Terms::default() };
        let merged = merge(&base(INVENTORY), &reading.candidates, &terms).unwrap();
        new_lines(INVENTORY, &merged.text);
        let inventory = parse(merged.text.as_bytes(), "t.yaml").unwrap().inventory;
        for added in &merged.added {
            let service = inventory.services.iter().find(|s| s.id.to_string() == added.id).unwrap();
            if let Some(name) = &added.candidate.name {
                prop_assert_eq!(&service.name, name);
            }
        }
    }

    /// However an inventory is laid out, an import only puts text in: nothing that stood there is lost,
    /// moved or read otherwise, and a second import of the same table changes nothing.
    #[test]
    fn any_layout_survives(
        choices in proptest::collection::vec(any::<u8>(), 1..200),
        rows in proptest::collection::vec((0..5_usize, 0..30_usize), 1..12),
    ) {
        let text = laid_out(&choices);
        let before = parse(text.as_bytes(), "t.yaml");
        let before = before.unwrap_or_else(|e| panic!("{text}\n{}", e.render(false))).inventory;
        let mut csv = "organisation,web\n".to_owned();
        for (organisation, host) in &rows {
            csv.push_str(&format!("o{organisation},h{host}.example\n"));
        }
        let reading = table(&csv);
        let merge = |text: &str| {
            merge(&base(text), &reading.candidates, &Terms::default())
                .unwrap_or_else(|error| panic!("{text}\n{error}"))
        };
        let merged = merge(&text);
        prop_assert!(is_subsequence(&text, &merged.text), "{}\n{}", text, merged.text);
        let comments = |text: &str| text.matches('#').count();
        prop_assert_eq!(comments(&text), comments(&merged.text));
        let after = parse(merged.text.as_bytes(), "t.yaml").unwrap().inventory;
        prop_assert_eq!(after.services.len(), before.services.len() + merged.added.len());
        for service in &before.services {
            prop_assert!(after.services.contains(service));
        }
        prop_assert_eq!(&merge(&merged.text).text, &merged.text);
    }

    /// However an inventory is laid out, an update changes the values that it means, and keeps every comment.
    #[test]
    fn any_layout_is_updated(
        choices in proptest::collection::vec(any::<u8>(), 1..200),
        levels in proptest::collection::vec(1..6_u8, 1..8),
    ) {
        let text = laid_out(&choices);
        let before = parse(text.as_bytes(), "t.yaml").unwrap().inventory;
        let mut csv = "id,organisation,web,security level,contact,name,state,deadline\n".to_owned();
        for (service, level) in before.services.iter().zip(&levels) {
            let host = service.target.host().unwrap();
            let organisation = &service.id.organisation;
            csv.push_str(&format!(
                "{},{organisation},new.{host},{level},noc@{organisation}.example,\"Tên: # {level}\",retired,2027\n",
                service.id
            ));
        }
        let reading = table(&csv);
        let mut terms = Terms { updates: true, stage: Stage::try_from(3).ok(), ..Terms::default() };
        for at in 0..3 {
            terms.answer(&format!("other {at}"), Answer::Is(format!("o{at}")));
        }
        let mut candidates = reading.candidates.clone();
        let mut other = candidates[0].clone();
        other.organisation = Some("other 0".to_owned());
        other.organisation_id = None;
        candidates.push(other);
        terms.answers.retain(|_, answer| {
            let known = |id: &str| before.organisations.iter().any(|known| *known.id == *id);
            matches!(answer, Answer::Is(id) if known(id))
        });
        let merged = merge(&base(&text), &candidates, &terms)
            .unwrap_or_else(|error| panic!("{text}\n{error}"));
        let comments = |text: &str| text.matches(" # confirmed").count() + text.matches("# - {id").count();
        prop_assert_eq!(comments(&text), comments(&merged.text));
        let after = parse(merged.text.as_bytes(), "t.yaml").unwrap();
        prop_assert_eq!(&*after.also[0].1, "other 0");
        for (service, level) in after.inventory.services.iter().zip(&levels) {
            prop_assert_eq!(service.security_level, Some(*level));
            prop_assert_eq!(service.goal.as_ref().map(|goal| goal.by.to_string()), Some("2027-12-31".to_owned()));
        }
        let again = merge(&base(&merged.text), &candidates, &terms).unwrap();
        prop_assert_eq!(&again.text, &merged.text);
        prop_assert_eq!(again.changed, vec![]);
    }

    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(table) = csv(&octets) {
            read(&[table]);
        }
        let _ = book(&octets);
        for magic in [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], b"PK\x03\x04"] {
            let _ = book(&[magic, &octets].concat());
        }
        if let Ok(text) = String::from_utf8(octets) {
            zone_candidates(&text, None);
        }
    }
}
