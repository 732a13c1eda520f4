//! The documentation and the JSON Schema of the configuration: `docs/serve/`, `schemas/serve-1.json`.

use serde_json::json;

use super::document::SERVE;
use crate::inventory::documentation::Page;
use crate::inventory::section::description;
use crate::model::{Lang, Text};

const TITLE: Text = Text { en: "The daemon's configuration", vi: "Cấu hình của dịch vụ" };

const NOTE: Text = Text {
    en: "Generated from the tables in `src/serve/config/`; do not edit. The section `serve` stands in the file \
         that `--config` names, beside the defaults of other options. `v6ready serve --config FILE --check-config` \
         names everything that is wrong with it, with line and column; `v6ready serve --schema` prints a JSON \
         Schema for editors. Names of files are relative to the folder of the file. A secret stands in a file of \
         its own (`…_file`), in the environment (`${NAME}`), or in the file itself; it is never shown.",
    vi: "Được tạo tự động từ các bảng trong `src/serve/config/`; không sửa trực tiếp. Nhóm `serve` nằm trong tệp \
         do `--config` chỉ ra, bên cạnh giá trị mặc định của các tùy chọn khác. Lệnh \
         `v6ready serve --config TỆP --check-config` nêu mọi lỗi kèm số dòng và số cột; `v6ready serve --schema` \
         xuất lược đồ JSON cho trình soạn thảo. Tên tệp được tính từ thư mục chứa tệp cấu hình. Bí mật được đặt \
         trong tệp riêng (`…_file`), trong biến môi trường (`${TÊN}`), hoặc ngay trong tệp; không bao giờ được \
         hiển thị.",
};

const EXAMPLE: Text = Text { en: "An example", vi: "Ví dụ" };

/// The sample configuration.
pub const SAMPLE: &str = include_str!("../../../docs/serve/config.yaml");

/// What the section may say: a table for each section within it, and an example.
pub fn documentation(lang: Lang) -> String {
    let mut page = Page::new(lang, TITLE.get(lang), NOTE.get(lang));
    page.section("serve", &SERVE);
    let mut text = page.text();
    text.push_str(&format!("\n## {}\n\n```yaml\n{SAMPLE}```\n", EXAMPLE.get(lang)));
    text
}

/// The schema, in draft 2020-12, as text.
pub fn schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "v6ready/serve/1",
        "title": "v6ready configuration, version 1",
        "description": "The other keys are defaults of options.",
        "type": "object",
        "properties": {"serve": description::schema(&SERVE)},
    });
    format!("{schema:#}\n")
}
