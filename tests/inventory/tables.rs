//! Tables as offices make them, each of another make.

use std::path::Path;

use rust_xlsxwriter::ExcelDateTime;

use crate::make::{Office, merge, ods, rows, xlsx};

fn stored(name: &str) -> std::path::PathBuf {
    Path::new("tests/inventory/tables").join(name)
}

/// Excel 97–2003: a title sheet, titles above the headings, columns numbered, merged organisations, dates as numbers,
/// a total and a signature below.
#[test]
fn an_old_workbook() {
    let office = Office::new();
    let import = office.import_file(&stored("excel-2003.xls"), &[]);
    assert_eq!(
        import.services,
        [
            "so-khoa-hoc-va-cong-nghe/skhcn-tinh-example https://skhcn.tinh.example/",
            "so-khoa-hoc-va-cong-nghe/qlvb-tinh-example https://qlvb.tinh.example/",
            "so-y-te/bvdk-tinh-example https://bvdk.tinh.example/",
        ],
        "{}",
        import.stderr
    );
    assert!(import.text.contains("security_level: 2, target: {stage: 3, by: 2027-06-30}"));
    assert!(import.stderr.contains("rows 10 to 12 below the table are passed over"));
    // The file begins as one of `inventory init` does.
    assert!(
        import.text.starts_with("# Danh mục dịch vụ của v6ready")
            && import.text.contains("timezone: Asia/Ho_Chi_Minh")
    );
    assert!(!import.text.contains("chỉ là ví dụ"));
    let again = office.import_file(&stored("excel-2003.xls"), &["--update"]);
    assert_eq!((again.code, again.text), (Some(0), import.text));
    assert!(
        again.stdout.ends_with("0 to add, in 0 new organisations; 3 known already\n"),
        "{}",
        again.stdout
    );
}

/// LibreOffice: a merged title, merged organisations, dates in the form of the place, a scheme of mail.
#[test]
fn a_workbook_of_libreoffice() {
    let import =
        Office::new().import_file(&stored("libreoffice.ods"), &["--lang", "en", "--title", "Tỉnh"]);
    assert_eq!(
        import.services,
        [
            "van-phong-ubnd-tinh/tinh-example https://tinh.example/",
            "van-phong-ubnd-tinh/imaps-thu-tinh-example imaps:thu.tinh.example:993",
        ],
        "{}",
        import.stderr
    );
    assert!(import.text.contains("title: \"Tỉnh\"\nlang: en"));
    assert!(import.text.contains("by: 2026-12-31") && import.text.contains("by: 2027-06-30"));
}

/// XLSX as programs write it (openpyxl, for an export of a management system) and as LibreOffice does: a cover
/// sheet, two merged titles, headings in row 4, rich text, a link, a hidden column, merged organisations, dates.
#[test]
fn workbooks_of_other_programs() {
    for file in ["openpyxl.xlsx", "libreoffice.xlsx"] {
        let import = Office::new().import_file(&stored(file), &[]);
        assert_eq!(
            import.services,
            [
                "so-tu-phap/stp-example https://stp.example/",
                "so-tu-phap/congchung-stp-example https://congchung.stp.example:8443/dang-nhap?x=1",
                "so-noi-vu/imaps-thu-snv-example imaps:thu.snv.example:993",
            ],
            "{file}: {}",
            import.stderr
        );
        assert!(import.stderr.contains("the sheet `Danh mục` is read"), "{}", import.stderr);
        for part in [
            "name: \"Cổng thông tin điện tử\"",
            "contact: \"cntt@stp.example\"",
            "security_level: 3, target: {stage: 3, by: 2027-06-30}",
            "by: 2027-03-31",
        ] {
            assert!(import.text.contains(part), "{file}: {part}");
        }
    }
}

/// The same as text of LibreOffice: titles as rows of separators, merged cells as empty ones, dates with their
/// midnight.
#[test]
fn text_of_libreoffice() {
    let office = Office::new();
    let refused = office.import_file(&stored("libreoffice.csv"), &[]);
    assert!(refused.stderr.contains("row 6: no organisation is named"), "{}", refused.stderr);
    let import = office.import_file(&stored("libreoffice.csv"), &["--fill-down"]);
    assert_eq!(import.services.len(), 3, "{}", import.stderr);
    assert!(import.text.contains("security_level: 3, target: {stage: 3, by: 2027-06-30}"));
}

/// OpenDocument as web offices write it: cells and rows repeated, comments in cells, rich text.
#[test]
fn a_workbook_with_repeated_cells() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let sheet = format!(
        "<table:table-header-rows><table:table-row>{}{}<table:table-cell table:number-columns-repeated=\"2\"/>{}</table:table-row></table:table-header-rows>\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"string\"><office:annotation><text:p>sai</text:p></office:annotation>\
         <text:p>Sở <text:span>Nội</text:span><text:s/>vụ &amp; TĐ</text:p></table:table-cell>{}<table:table-cell table:number-columns-repeated=\"2\"/>{}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        cell("Cơ quan/Đơn vị"),
        cell("Tên phần mềm"),
        cell("Link"),
        cell("Một cửa"),
        cell("motcua.tinh.example:8443/a"),
    );
    let import = Office::new().import("web.ods", &ods(&sheet), &[]);
    assert_eq!(
        import.services,
        ["so-noi-vu-td/motcua-tinh-example https://motcua.tinh.example:8443/a"],
        "{}",
        import.stderr
    );
    assert!(
        import.text.contains("name: \"Sở Nội vụ & TĐ\"") && import.stdout.contains("from row 5")
    );
}

/// Headings over two rows, merged both ways, in the form of a ministry; line breaks within cells; a port of its own.
#[test]
fn headings_over_two_rows() {
    let book = xlsx(|sheet| {
        merge(sheet, (0, 0), (0, 6), "PHỤ LỤC: DANH MỤC HỆ THỐNG THÔNG TIN");
        for (column, heading) in [
            (0, "STT"),
            (1, "Đơn vị chủ quản"),
            (2, "Tên hệ thống\nthông tin"),
            (6, "Thời hạn hoàn thành"),
        ] {
            merge(sheet, (2, column), (3, column), heading);
        }
        merge(sheet, (2, 3), (2, 5), "Địa chỉ");
        rows(sheet, 3, &[&["", "", "", "Tên miền", "Cổng kết nối", "Giao thức"]]);
        rows(sheet, 4, &[&["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]]);
        merge(sheet, (5, 1), (7, 1), "UBND xã\nTân Lập");
        rows(
            sheet,
            5,
            &[
                &["1", "", "Cổng thông tin\nđiện tử", "tanlap.example", "", "https"],
                &["2", "", "Thư mục", "ldap.tanlap.example", "636", "tls"],
                &["3", "", "Thư", "tanlap.example", "", "Thư điện tử"],
            ],
        );
        sheet.write(5, 6, ExcelDateTime::from_ymd(2027, 3, 1).unwrap()).unwrap();
        sheet
            .set_cell_format(5, 6, &rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy"))
            .unwrap();
        rows(sheet, 6, &[&["", "", "", "", "", "", "Quý IV/2027"]]);
    });
    let import = Office::new().import("ministry.xlsx", &book, &[]);
    assert_eq!(
        import.services,
        [
            "ubnd-xa-tan-lap/tanlap-example https://tanlap.example/",
            "ubnd-xa-tan-lap/tls-ldap-tanlap-example tls:ldap.tanlap.example:636",
            "ubnd-xa-tan-lap/mail-tanlap-example mail:tanlap.example",
        ],
        "{}",
        import.stderr
    );
    assert!(
        import.text.contains("name: \"Cổng thông tin điện tử\"")
            && import.text.contains("name: \"UBND xã Tân Lập\"")
    );
    assert!(import.text.contains("by: 2027-03-01") && import.text.contains("by: 2027-12-31"));
}

/// Organisations and categories as rows above their services.
#[test]
fn groups_with_rows_of_their_own() {
    let book = xlsx(|sheet| {
        rows(
            sheet,
            0,
            &[
                &["TT", "Nội dung", "Đường dẫn", "Ghi chú"],
                &["A", "HẠ TẦNG"],
                &["I", "Sở Y tế"],
                &["1", "Máy chủ tên miền", "dns://ns.syt.example", "x"],
                &["B", "CỔNG DỊCH VỤ CÔNG"],
                &["II", "Sở Tài chính"],
                &["1", "Một cửa", "https://mc.stc.example/", ""],
                &["2", "Tra cứu", "https://tc.stc.example/", ""],
                &["", "Tổng cộng", "", "3"],
            ],
        );
    });
    let import = Office::new().import("groups.xlsx", &book, &[]);
    assert_eq!(
        import.services,
        [
            "so-y-te/dns-ns-syt-example dns:ns.syt.example:53",
            "so-tai-chinh/mc-stc-example https://mc.stc.example/",
            "so-tai-chinh/tc-stc-example https://tc.stc.example/",
        ],
        "{}",
        import.stderr
    );
    assert_eq!(import.text.matches("category: public-service").count(), 2);
    for said in [
        "row 3: the rows below belong to `Sở Y tế`",
        "`HẠ TẦNG` are of the category `infrastructure`",
    ] {
        assert!(import.stderr.contains(said), "{}", import.stderr);
    }
}

/// “CSV” of Excel on a Vietnamese system: semicolons, Windows-1258.
#[test]
fn text_in_windows_1258() {
    // “Đơn vị;Tên hệ thống;Địa chỉ” and “Sở Y tế;Khám chữa bệnh;kcb.example”: letters, then their tones.
    let octets = b"\xd0\xf5n vi\xf2;T\xean h\xea\xf2 th\xf4\xecng;\xd0i\xf2a chi\xd2\r\n\
        S\xf5\xd2 Y t\xea\xec;Kha\xecm ch\xfd\xdea b\xea\xf2nh;kcb.example\r\n";
    let import = Office::new().import("excel.csv", octets, &[]);
    assert_eq!(import.services, ["so-y-te/kcb-example https://kcb.example/"], "{}", import.stderr);
    assert!(import.text.contains("name: \"Khám chữa bệnh\""), "{}", import.text);
    assert!(import.stderr.contains("line 1 is not UTF-8, so the table is read as Windows-1258"));
}

/// “Unicode text” of Excel: UTF-16 with tabs; a title above.
#[test]
fn text_in_utf_16() {
    let text = "Danh sách của tỉnh, năm 2026\t\t\r\n\t\t\r\nCơ quan\tTên\tTên miền\r\nSở Y tế\tCổng\tsyt.example\r\n";
    let units = |of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
    for octets in [
        [&b"\xff\xfe"[..], &units(u16::to_le_bytes)].concat(),
        units(u16::to_le_bytes),
        units(u16::to_be_bytes),
    ] {
        let import = Office::new().import("unicode.txt", &octets, &[]);
        assert_eq!(
            import.services,
            ["so-y-te/syt-example https://syt.example/"],
            "{}",
            import.stderr
        );
        assert!(import.stdout.contains("from row 4"));
    }
}

/// A first line that names the separator; organisations in the first row of each group only.
#[test]
fn text_that_names_its_separator() {
    let text =
        "sep=;\r\nTên đơn vị;Địa chỉ\r\nSở A, B;a.example\r\n;b.example\r\nSở C;c.example\r\n";
    let office = Office::new();
    let refused = office.import("export.csv", text.as_bytes(), &[]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("row 4: no organisation is named")
            && refused.stderr.contains("--fill-down"),
        "{}",
        refused.stderr
    );
    let import = office.import("export.csv", text.as_bytes(), &["--fill-down"]);
    assert_eq!(
        import.services,
        [
            "so-a-b/a-example https://a.example/",
            "so-a-b/b-example https://b.example/",
            "so-c/c-example https://c.example/"
        ]
    );
}

/// Headings and words of an office's own.
#[test]
fn words_that_users_add() {
    let table = "Phòng ban,Nền tảng dùng,Truy cập tại,Đánh giá\nPhòng Văn thư,Sổ công văn,cv.example,Tạm dừng\n";
    let office = Office::new();
    let refused = office.import("own.csv", table.as_bytes(), &[]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("none of the first 10 rows holds headings")
            && refused.stderr.contains("inventory words"),
        "{}",
        refused.stderr
    );
    let words = office.file(
        "words.csv",
        "what,word,means\nheading,Phòng ban,organisation\nheading,Nền tảng dùng,name\n\
        heading,Truy cập tại,target\nheading,Đánh giá,state\nstate,Tạm dừng,retired\n"
            .as_bytes(),
    );
    let import = office.import("own.csv", table.as_bytes(), &["--words", words.to_str().unwrap()]);
    assert_eq!(
        import.services,
        ["phong-van-thu/cv-example https://cv.example/"],
        "{}",
        import.stderr
    );
    assert!(import.text.contains("state: retired"));
}

/// The program's own tables come back as what they were written from: text guarded from being a formula too.
#[test]
fn its_own_tables() {
    let mut first: Option<String> = None;
    for file in ["run.vi.csv", "run.en.csv", "run.vi.xlsx", "run.en.xlsx"] {
        let office = Office::new();
        let path = Path::new("src/report/tests/golden").join(file);
        let import = office.import_file(&path, &[]);
        assert_eq!(import.services.len(), 14, "{file}: {}", import.stderr);
        assert!(import.services[0].starts_with("o0/s0 https://s0.o0.example/"), "{file}");
        assert_eq!(first.get_or_insert_with(|| import.text.clone()), &import.text, "{file}");
        let again = office.import_file(&path, &["--update"]);
        assert_eq!(again.text, import.text, "{file}");
        assert!(!again.stdout.contains('~'), "{file}: {}", again.stdout);
    }
}

/// A second column of one meaning is an error, a doubtful one gives way, and two addresses of one row are two services.
#[test]
fn columns_that_say_the_same() {
    let refused = Office::new().import(
        "two.csv",
        "Đơn vị,URL,Website\nSở A,a.example,b.example\n".as_bytes(),
        &[],
    );
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("row 1, column 3 (Website): it means the same as column 2 (URL)"),
        "{}",
        refused.stderr
    );
    let table = "Đơn vị;Mức;Mức mục tiêu;Thời hạn;web;mail\nSở A;0;4;12/2027;a.example;a.example\n";
    let import = Office::new().import("rank.csv", table.as_bytes(), &[]);
    assert_eq!(
        import.services,
        ["so-a/a-example https://a.example/", "so-a/mail-a-example mail:a.example"],
        "{}",
        import.stderr
    );
    assert!(
        import.stderr.contains("column 2 (Mức) is passed over: column 3 (Mức mục tiêu) says it")
    );
    assert!(import.text.contains("target: {stage: 4, by: 2027-12-31}"));
}

/// Long texts of an old workbook, which its records cut into pieces.
#[test]
fn long_texts_of_an_old_workbook() {
    let import = Office::new().import_file(&stored("long-texts.xls"), &[]);
    assert_eq!(import.services.len(), 60, "{}", import.stderr);
    for number in 0..60 {
        let word = if number % 2 == 0 { "long " } else { "dài " };
        let name = format!("name: \"Hệ thống số {number} – {}\",", word.repeat(60).trim_end());
        assert!(import.text.contains(&name), "{name}");
    }
}
