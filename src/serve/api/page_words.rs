//! The words of the page of the API, in both languages.

use crate::model::Lang;

/// The words around the table of operations.
pub(super) struct Words {
    pub below: &'static str,
    pub document: &'static str,
    pub token: &'static str,
    pub operations: &'static str,
    pub body: &'static str,
    pub parameter: &'static str,
    pub meaning: &'static str,
    pub values: &'static str,
    pub of_path: &'static str,
    pub problems: &'static str,
    pub problems_are: &'static str,
}

static ENGLISH: Words = Words {
    below: "Every path is below",
    document: "The document for programs, OpenAPI 3.1:",
    token: "A token of the configuration is sent as",
    operations: "Operations",
    body: "Body:",
    parameter: "Parameter",
    meaning: "What it says",
    values: "Values",
    of_path: "path",
    problems: "Problems",
    problems_are: "What can't be answered is a problem document (RFC 9457):",
};

static VIETNAMESE: Words = Words {
    below: "Mọi đường dẫn đều nằm dưới",
    document: "Tài liệu dành cho chương trình, OpenAPI 3.1:",
    token: "Mã truy cập trong cấu hình được gửi dưới dạng",
    operations: "Các thao tác",
    body: "Nội dung gửi:",
    parameter: "Tham số",
    meaning: "Ý nghĩa",
    values: "Giá trị",
    of_path: "đường dẫn",
    problems: "Các loại lỗi",
    problems_are: "Yêu cầu không đáp ứng được sẽ nhận tài liệu lỗi (RFC 9457):",
};

impl Words {
    pub(super) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Vi => &VIETNAMESE,
            Lang::En => &ENGLISH,
        }
    }
}
