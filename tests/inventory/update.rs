//! What a table changes of an inventory that knows its services already.

use crate::make::Office;

const INVENTORY: &str = "# Our own words.\nversion: 1\ntitle: Tỉnh\norganisations:\n  - id: so-y-te   # since 2024\n    \
    name: Sở Y tế\n    services:\n      - id: portal   # the front page\n        name: Cổng cũ   # to be renamed\n        \
    category: portal\n        web: https://syt.example/\n        target:\n          stage: 2   # first\n          by: 2026-06-30\n\n      \
    - {id: kcb, category: information-system, web: \"https://kcb.example/\", security_level: 2} # one line\n  \
    - id: so-xay-dung\n    name: Sở Xây dựng\n    contact: cu@sxd.example # old\n    services: [{id: zone, category: infrastructure, zone: sxd.example}]\n";

const TABLE: &str = "Mã dịch vụ;Đơn vị;Tên dịch vụ;Địa chỉ;Trạng thái;Cấp độ;Thời hạn;Liên hệ\n\
    so-y-te/portal;Sở Y tế;Cổng mới;https://syt.example/;Thuần IPv6;3;31/12/2027;noc@syt.example\n\
    so-y-te/kcb;SỞ Y TẾ;;https://kcb2.example/;;3;;\n\
    ;Sở  Xây dựng;;zone:sxd.example;;;;moi@sxd.example\n";

#[test]
fn known_rows_change_what_they_say_otherwise() {
    let office = Office::with(INVENTORY);
    let shown = office.import("t.csv", TABLE.as_bytes(), &[]);
    assert_eq!((shown.code, &*shown.text), (Some(0), INVENTORY), "{}", shown.stderr);
    for expected in [
        "~ so-y-te/portal  name: Cổng cũ → Cổng mới  from row 2\n",
        "~ so-y-te/portal  state: active → ipv6-only  from row 2\n",
        "~ so-y-te/portal  target: stage 2 by 2026-06-30 → stage 2 by 2027-12-31  from row 2\n",
        "~ so-y-te/kcb  web: https://kcb.example/ → https://kcb2.example/  from row 3\n",
        "~ so-y-te  contact: (not said) → noc@syt.example  from row 2\n",
        "8 values differ, which `--update` takes over\n",
    ] {
        assert!(shown.stdout.contains(expected), "{}", shown.stdout);
    }
    let updated = office.import("t.csv", TABLE.as_bytes(), &["--update"]);
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    let expected = INVENTORY
        .replace("  - id: so-y-te   # since 2024\n", "  - id: so-y-te   # since 2024\n    contact: \"noc@syt.example\"\n")
        .replace(
            "      - id: portal   # the front page\n",
            "      - id: portal   # the front page\n        state: ipv6-only\n        security_level: 3\n",
        )
        .replace("name: Cổng cũ ", "name: \"Cổng mới\" ")
        .replace("by: 2026-06-30", "by: 2027-12-31")
        .replace("https://kcb.example/", "https://kcb2.example/")
        .replace("security_level: 2}", "security_level: 3}")
        .replace("contact: cu@sxd.example", "contact: \"moi@sxd.example\"");
    assert_eq!(updated.text, expected);
    let again = office.import("t.csv", TABLE.as_bytes(), &["--update"]);
    assert_eq!(again.text, expected);
    assert!(
        !again.stdout.contains('~') && again.stdout.contains("3 known already\n"),
        "{}",
        again.stdout
    );
}

#[test]
fn tags_come_from_a_column_and_are_replaced_as_a_whole() {
    let office = Office::with(INVENTORY);
    let table = "Mã dịch vụ;Đơn vị;Địa chỉ;Thẻ\n\
        so-y-te/portal;Sở Y tế;https://syt.example/;Thí điểm, hosted, thí điểm\n\
        so-y-te/kcb;Sở Y tế;https://kcb.example/;pilot\n\
        ;Sở Y tế;https://moi.example/;007\n";
    let updated = office.import("t.csv", table.as_bytes(), &["--update"]);
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    assert!(
        updated
            .stdout
            .contains("~ so-y-te/portal  tags: (not said) → thi-diem, hosted  from row 2\n")
    );
    for expected in [
        "        tags: [\"thi-diem\", \"hosted\"]\n",
        "security_level: 2, tags: [\"pilot\"]} # one line",
        "tags: [\"007\"]}",
    ] {
        assert!(updated.text.contains(expected), "{expected}: {}", updated.text);
    }
    let other = table.replace("Thí điểm, hosted, thí điểm", "hosted").replace(";pilot", ";");
    let again = office.import("t.csv", other.as_bytes(), &["--update"]);
    assert!(again.text.contains("        tags: [\"hosted\"]\n"), "{}", again.text);
    // An empty cell says nothing.
    assert!(again.text.contains("tags: [\"pilot\"]"), "{}", again.text);
    // A list over several lines is one value too.
    let listed = again
        .text
        .replace("tags: [\"hosted\"]\n", "tags: # our own\n        - a\n        - b # why\n");
    let office = Office::with(&listed);
    let back = office.import("t.csv", other.as_bytes(), &["--update"]);
    assert_eq!(back.code, Some(0), "{}", back.stderr);
    assert!(back.text.contains("        tags: [\"hosted\"] # our own # why\n"), "{}", back.text);
    let twice = office.import("t.csv", other.as_bytes(), &["--update"]);
    assert!(!twice.stdout.contains('~') && twice.text == back.text, "{}", twice.stdout);
    let refused =
        Office::new().import("t.csv", "Đơn vị,web,tags\nA,a.example,***\n".as_bytes(), &[]);
    assert!(
        refused.stderr.contains("row 2, column 3 (tags): `***` is no tag"),
        "{}",
        refused.stderr
    );
}

#[test]
fn rows_that_contradict_each_other_are_named() {
    let office = Office::with(INVENTORY);
    let table = "Đơn vị,Địa chỉ,Cấp độ\nSở Y tế,syt.example,3\nSở Y tế,https://syt.example/,4\n";
    let refused = office.import("t.csv", table.as_bytes(), &["--update"]);
    assert_eq!((refused.code, &*refused.text), (Some(2), INVENTORY));
    assert!(
        refused.stderr.contains("row 2 and row 3 say different things of `so-y-te/portal`"),
        "{}",
        refused.stderr
    );
    let table = "id,Đơn vị,mail\nportal,Sở Y tế,syt.example\n";
    let refused = office.import("t.csv", table.as_bytes(), &["--update"]);
    assert!(
        refused.stderr.contains("`so-y-te/portal` is a service of the kind `web`"),
        "{}",
        refused.stderr
    );
}

/// A name that is nearly known is asked about, and the answer is remembered.
#[test]
fn near_names_are_asked_about_once() {
    let office = Office::with(INVENTORY);
    let table = "Đơn vị,Địa chỉ\nSở Y tế tỉnh Khánh Hòa,a.example\nSo Xay dung,b.example\nSở Xây dụng,c.example\nSở Nội vụ,d.example\n";
    let asked = office.import("t.csv", table.as_bytes(), &[]);
    assert_eq!((asked.code, &*asked.text), (Some(2), INVENTORY));
    for expected in [
        "row 2: is `Sở Y tế tỉnh Khánh Hòa` the same organisation as `Sở Y tế` (so-y-te)?",
        "--same 'So Xay dung=so-xay-dung'",
        "row 4: is `Sở Xây dụng`",
        "3 names are nearly those of known organisations",
    ] {
        assert!(asked.stderr.contains(expected), "{}", asked.stderr);
    }
    assert!(!asked.stderr.contains("Sở Nội vụ"));
    let arguments = [
        "--same",
        "Sở Y tế tỉnh Khánh Hòa=so-y-te",
        "--same",
        "So Xay dung=Sở Xây dựng",
        "--new-organisations",
    ];
    let answered = office.import("t.csv", table.as_bytes(), &arguments);
    assert_eq!(answered.code, Some(0), "{}", answered.stderr);
    for expected in [
        "so-y-te/a-example",
        "so-xay-dung/b-example",
        "so-xay-dung-2/c-example",
        "so-noi-vu/d-example",
    ] {
        assert!(
            answered.services.iter().any(|service| service.starts_with(expected)),
            "{:?}",
            answered.services
        );
    }
    assert!(answered.text.contains("also: [\"Sở Y tế tỉnh Khánh Hòa\"]"), "{}", answered.text);
    let again = office.import("t.csv", table.as_bytes(), &[]);
    assert_eq!((again.code, again.text), (Some(0), answered.text), "{}", again.stderr);
    let typo = office.import("t.csv", table.as_bytes(), &["--same", "Sở Nội vụ=so-noi-vuu"]);
    assert!(
        typo.stderr.contains("`so-noi-vuu` is the id or name of no organisation"),
        "{}",
        typo.stderr
    );
}

/// Names that tell apart by a number or a place are not near.
#[test]
fn numbers_and_places_tell_apart() {
    let inventory = INVENTORY
        .replace("Sở Y tế", "Trường THPT số 1")
        .replace("Sở Xây dựng", "UBND tỉnh Gia Lai");
    let table = "Đơn vị,Địa chỉ\nTrường THPT số 2,a.example\nUBND tỉnh Lào Cai,b.example\nỦy ban nhân dân tỉnh Gia Lai,c.example\n";
    let asked = Office::with(&inventory).import("t.csv", table.as_bytes(), &[]);
    assert!(
        asked.stderr.contains("1 name is nearly") && asked.stderr.contains("row 4: is `Ủy ban"),
        "{}",
        asked.stderr
    );
}

#[test]
fn former_ids_come_from_tables() {
    let office = Office::with(INVENTORY);
    let table = "Đơn vị;Mã dịch vụ;Địa chỉ;Mã cũ\n\
        Sở Y tế;portal;https://syt.example/;so-y-te-cu/cong\n\
        Sở Y tế;moi;https://moi.example/;so-y-te-cu/mot, so-y-te-cu/hai\n";
    let shown = office.import("t.csv", table.as_bytes(), &[]);
    assert!(
        shown
            .stdout
            .contains("~ so-y-te/portal  formerly: (not said) → so-y-te-cu/cong  from row 2\n"),
        "{}",
        shown.stdout
    );
    let updated = office.import("t.csv", table.as_bytes(), &["--update"]);
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    for expected in
        ["        formerly: so-y-te-cu/cong\n", "formerly: [so-y-te-cu/mot, so-y-te-cu/hai]}"]
    {
        assert!(updated.text.contains(expected), "{}", updated.text);
    }
    let again = office.import("t.csv", table.as_bytes(), &["--update"]);
    assert!(!again.stdout.contains('~'), "{}", again.stdout);
    assert_eq!(again.text, updated.text);
    // One that another service has already, and one that is none.
    let taken = "Đơn vị;Địa chỉ;Mã cũ\nSở Y tế;https://ba.example/;so-y-te-cu/cong\n";
    let refused = office.import("t.csv", taken.as_bytes(), &[]);
    assert_eq!((refused.code, &*refused.text), (Some(2), &*updated.text), "{}", refused.stderr);
    let wrong = office.import("t.csv", taken.replace("so-y-te-cu/", "").as_bytes(), &[]);
    assert!(wrong.stderr.contains("doesn't say the organisation"), "{}", wrong.stderr);
}
