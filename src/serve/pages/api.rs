//! The API: its operations, their parameters, and the kinds of problems.

use askama::Template;
use axum::response::Response;

use super::frame::Frame;
use super::markdown::line_of;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::ABOUT;
use super::words::words;
use crate::model::Lang;
use crate::serve::access::PublicPage;
use crate::serve::access::refusal::Why;
use crate::serve::api::{KINDS, Kind, OPERATIONS, Operation, Parameter, Values};

words! {
    /// The words of the page.
    ApiWords {
        title: "Giao diện lập trình (API)", "API";
        below: "Mọi đường dẫn đều nằm dưới", "Every path is below";
        document: "Tài liệu dành cho chương trình, OpenAPI 3.1:", "The document for programs, OpenAPI 3.1:";
        token: "Mã truy cập trong cấu hình được gửi dưới dạng", "A token of the configuration is sent as";
        operations: "Các thao tác", "Operations";
        body: "Nội dung gửi:", "Body:";
        parameter: "Tham số", "Parameter";
        meaning: "Ý nghĩa", "What it says";
        values: "Giá trị", "Values";
        of_path: "đường dẫn", "path";
        problems: "Các loại lỗi", "Problems";
        problems_are: "Yêu cầu không đáp ứng được sẽ nhận tài liệu lỗi (RFC 9457):", "What can't be answered is a problem document (RFC 9457):";
    }
}

#[derive(Template)]
#[template(path = "serve/api.html")]
struct ApiPage {
    frame: Frame,
    w: &'static ApiWords,
    operations: Vec<OperationBlock>,
    kinds: Vec<KindBlock>,
}

/// An operation as the page has it.
struct OperationBlock {
    of: &'static Operation,
    summary: &'static str,
    /// As HTML.
    description: String,
    parameters: Vec<ParameterBlock>,
}

/// A parameter as the page has it.
struct ParameterBlock {
    name: &'static str,
    is_of_path: bool,
    /// As HTML.
    description: String,
    values: String,
}

/// A kind of problems as the page has it.
struct KindBlock {
    word: &'static str,
    title: &'static str,
    status: u16,
    /// As HTML.
    help: String,
}

/// Hands out the page.
pub async fn api(request: PageRequest) -> Response {
    request.show(PublicPage::Api, |request| Ok::<_, Problem>(page(request))).await
}

fn page(request: &PageRequest) -> ApiPage {
    let lang = request.lang;
    let w = ApiWords::of(lang);
    ApiPage {
        operations: OPERATIONS.iter().map(|one| operation_block(one, lang)).collect(),
        kinds: kinds(lang),
        // The page that leads here.
        frame: request.frame(&ABOUT, w.title, request.picture().ok().as_deref()),
        w,
    }
}

fn operation_block(of: &'static Operation, lang: Lang) -> OperationBlock {
    let parameter = |parameter: &Parameter| ParameterBlock {
        name: parameter.name,
        is_of_path: parameter.is_of_path,
        description: line_of(parameter.description.get(lang)),
        values: values(&parameter.values, lang),
    };
    OperationBlock {
        of,
        summary: of.summary.get(lang),
        description: line_of(of.description.get(lang)),
        parameters: of.parameters.iter().map(parameter).collect(),
    }
}

/// All kinds of problems: those of operations, and why somebody is refused.
fn kinds(lang: Lang) -> Vec<KindBlock> {
    let of_operations = KINDS.iter().map(|kind: &Kind| KindBlock {
        word: kind.word,
        title: kind.title.get(lang),
        status: kind.status.as_u16(),
        help: line_of(kind.help.get(lang)),
    });
    let refusals = Why::ALL.iter().map(|why| KindBlock {
        word: why.id(),
        title: why.texts(lang).0,
        status: why.status().as_u16(),
        help: line_of(why.texts(lang).1),
    });
    of_operations.chain(refusals).collect()
}

fn values(values: &Values, lang: Lang) -> String {
    match (values, lang) {
        (Values::Text, _) => String::new(),
        (Values::Number(least, most, otherwise), Lang::Vi) => {
            format!("{least} – {most}; mặc định {otherwise}")
        }
        (Values::Number(least, most, otherwise), Lang::En) => {
            format!("{least} – {most}; {otherwise} when nothing is said")
        }
        (Values::Words(words), _) => words().join(", "),
        (Values::Pattern(pattern), _) => (*pattern).to_owned(),
    }
}
