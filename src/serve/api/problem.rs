//! Why something can't be answered, as a problem document (RFC 9457).

use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::model::{Lang, Text};
use crate::serve::access::Refusal;
use crate::serve::pages::preferences::language;
use crate::serve::problem_document::{FaultDocument, ProblemDocument, Sentence};
use crate::store::StoreError;
use crate::view::ViewError;

/// Why something can't be answered.
#[derive(Clone, Debug)]
pub struct Problem {
    /// One of the [`KINDS`].
    word: &'static str,
    /// What is wrong here, and what would be right.
    detail: Sentence,
    /// Each thing that is wrong with the request.
    errors: Vec<Fault>,
    allow: Option<&'static str>,
    refusal: Option<Box<Refusal>>,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The parameter of the query or of the path, where it is one.
    pub parameter: Option<String>,
    /// What is wrong with it.
    pub detail: Sentence,
    /// What it may be, the nearest first; not always all of it.
    pub expected: Vec<String>,
}

/// A kind of problems.
pub struct Kind {
    /// The word by which programs know it.
    pub word: &'static str,
    /// In a few words.
    pub title: Text,
    /// The status of the answer.
    pub status: StatusCode,
    /// What to do.
    pub help: Text,
}

const fn kind(word: &'static str, status: StatusCode, title: Text, help: Text) -> Kind {
    Kind { word, title, status, help }
}

/// The kinds of problems.
pub const KINDS: &[Kind] = &[
    kind(
        "bad-parameter",
        StatusCode::BAD_REQUEST,
        Text { en: "A parameter is wrong", vi: "Tham số không hợp lệ" },
        Text {
            en: "`errors` names each parameter that is wrong, and what it may be.",
            vi: "`errors` nêu từng tham số không hợp lệ và giá trị được chấp nhận.",
        },
    ),
    kind(
        "stale-cursor",
        StatusCode::GONE,
        Text {
            en: "The list has changed since its first page",
            vi: "Danh sách đã thay đổi so với trang đầu",
        },
        Text {
            en: "Another run has ended meanwhile. Begin again without `cursor`.",
            vi: "Một đợt đo khác vừa kết thúc. Yêu cầu lại từ đầu, không kèm `cursor`.",
        },
    ),
    kind(
        "not-found",
        StatusCode::NOT_FOUND,
        Text { en: "There is no such thing", vi: "Không tìm thấy đối tượng" },
        Text {
            en: "The list that the thing is from names what there is.",
            vi: "Danh sách tương ứng nêu những đối tượng hiện có.",
        },
    ),
    kind(
        "no-such-path",
        StatusCode::NOT_FOUND,
        Text { en: "There is nothing at this path", vi: "Đường dẫn không tồn tại" },
        Text {
            en: "`GET /api/v1/openapi.json` lists the paths.",
            vi: "`GET /api/v1/openapi.json` liệt kê các đường dẫn.",
        },
    ),
    kind(
        "method-not-allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        Text {
            en: "The path has no such method", vi: "Đường dẫn không hỗ trợ phương thức này"
        },
        Text {
            en: "The header `Allow` names the methods.",
            vi: "Tiêu đề `Allow` nêu các phương thức được hỗ trợ.",
        },
    ),
    kind(
        "unsupported-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Text {
            en: "The body is of another type", vi: "Kiểu nội dung không được hỗ trợ"
        },
        Text {
            en: "The operation's document names the type.",
            vi: "Tài liệu của thao tác nêu kiểu nội dung.",
        },
    ),
    kind(
        "too-large",
        StatusCode::PAYLOAD_TOO_LARGE,
        Text { en: "The body is too large", vi: "Nội dung gửi quá lớn" },
        Text {
            en: "`detail` says how large it may be.", vi: "`detail` nêu kích thước tối đa."
        },
    ),
    kind(
        "bad-body",
        StatusCode::UNPROCESSABLE_ENTITY,
        Text { en: "The body is not what it should be", vi: "Nội dung gửi không hợp lệ" },
        Text {
            en: "`detail` says where it differs from the operation's schema.",
            vi: "`detail` nêu chỗ khác với lược đồ của thao tác.",
        },
    ),
    kind(
        "later",
        StatusCode::SERVICE_UNAVAILABLE,
        Text { en: "It can't be done now", vi: "Hiện chưa thực hiện được" },
        Text { en: "`detail` says what is in the way.", vi: "`detail` nêu nguyên nhân." },
    ),
    kind(
        "not-ready",
        StatusCode::SERVICE_UNAVAILABLE,
        Text { en: "It is not known yet", vi: "Chưa có kết quả" },
        Text {
            en: "The runs are being judged. Ask again in a moment.",
            vi: "Các đợt đo đang được đánh giá. Yêu cầu lại sau giây lát.",
        },
    ),
    kind(
        "store",
        StatusCode::SERVICE_UNAVAILABLE,
        Text { en: "The store can't be read", vi: "Không đọc được kho dữ liệu" },
        Text {
            en: "`detail` says why, and what mends it.",
            vi: "`detail` nêu nguyên nhân và biện pháp khắc phục.",
        },
    ),
    kind(
        "internal",
        StatusCode::INTERNAL_SERVER_ERROR,
        Text { en: "A fault of the program", vi: "Lỗi của chương trình" },
        Text {
            en: "Its log has more, under the request's `x-request-id`.",
            vi: "Nhật ký có thêm chi tiết theo `x-request-id` của yêu cầu.",
        },
    ),
];

impl Problem {
    /// A problem of one of the [`KINDS`].
    fn of(word: &'static str, detail: impl Into<Sentence>) -> Self {
        Self { word, detail: detail.into(), errors: Vec::new(), allow: None, refusal: None }
    }

    /// The asker may not do this.
    pub fn refused(refusal: Refusal) -> Self {
        Self { refusal: Some(Box::new(refusal)), ..Self::internal("") }
    }

    /// The body is not what it should be.
    pub fn body(detail: Sentence) -> Self {
        let fault = Fault { parameter: None, detail: detail.clone(), expected: Vec::new() };
        Self::of("bad-body", detail).with(vec![fault])
    }

    /// It can't be done now.
    pub fn later(detail: Sentence) -> Self {
        Self::of("later", detail)
    }

    /// Parameters are wrong.
    pub fn parameters(errors: Vec<Fault>) -> Self {
        let detail = Sentence::joined(errors.iter().map(|fault| &fault.detail));
        Self::of("bad-parameter", detail).with(errors)
    }

    /// There is no such thing as a parameter names.
    pub fn not_found(parameter: &str, detail: impl Into<Sentence>, expected: Vec<String>) -> Self {
        let detail = detail.into();
        let fault =
            Fault { parameter: Some(parameter.to_owned()), detail: detail.clone(), expected };
        Self::of("not-found", detail).with(vec![fault])
    }

    /// The list has another state than the cursor.
    pub fn stale_cursor() -> Self {
        Self::of(
            "stale-cursor",
            Text {
                en: "Another run has ended meanwhile; begin again without `cursor`.",
                vi: "Một đợt đo khác vừa kết thúc; yêu cầu lại từ đầu, không kèm `cursor`.",
            },
        )
    }

    /// Nothing is at this path.
    pub fn no_such_path(path: &str) -> Self {
        let detail = Sentence::new(
            format!("There is no `{path}`; GET /api/v1/openapi.json lists the paths."),
            format!("Không có `{path}`; GET /api/v1/openapi.json liệt kê các đường dẫn."),
        );
        Self::of("no-such-path", detail)
    }

    /// The path has other methods.
    pub fn method(method: &str, allow: &'static str) -> Self {
        let detail = Sentence::new(
            format!("{method} can't be used here; {allow} can."),
            format!("Không dùng được {method} tại đây; dùng được {allow}."),
        );
        Self { allow: Some(allow), ..Self::of("method-not-allowed", detail) }
    }

    /// The body is of another type than this.
    pub fn media_type(found: &str, expected: &[&str]) -> Self {
        let (either, one_of) = (expected.join(" or "), expected.join(" hoặc "));
        let detail = match found {
            "" => Sentence::new(
                format!("The body has no Content-Type; send {either}."),
                format!("Nội dung gửi không có Content-Type; cần là {one_of}."),
            ),
            found => Sentence::new(
                format!("The body is `{found}`; send {either}."),
                format!("Nội dung gửi có kiểu `{found}`; cần là {one_of}."),
            ),
        };
        let expected = expected.iter().map(|one| (*one).to_owned()).collect();
        let fault = Fault { parameter: None, detail: detail.clone(), expected };
        Self::of("unsupported-type", detail).with(vec![fault])
    }

    /// The body is larger than the operation takes, or broke off.
    pub fn too_large(octets_max: usize) -> Self {
        let detail = Sentence::new(
            format!("The body may have {octets_max} octets at the most, and must come whole."),
            format!("Nội dung gửi có tối đa {octets_max} byte và phải được gửi trọn vẹn."),
        );
        Self::of("too-large", detail)
    }

    /// The runs are still being judged.
    pub fn not_ready() -> Self {
        Self::of(
            "not-ready",
            Text {
                en: "No run has been judged yet; ask again in a moment.",
                vi: "Chưa có đợt đo nào được đánh giá; yêu cầu lại sau giây lát.",
            },
        )
    }

    /// A fault of the program. What the log has of it is no matter of language.
    pub fn internal(detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::of("internal", Sentence::new(detail.clone(), detail))
    }

    /// What is wrong here, and what would be right.
    pub fn detail(&self) -> &Sentence {
        &self.detail
    }

    fn with(self, errors: Vec<Fault>) -> Self {
        Self { errors, ..self }
    }

    /// The answer, in the language that the request wishes: English where it wishes none.
    pub fn respond(self, asked: &HeaderMap) -> Response {
        self.in_language(language(asked, Lang::En))
    }

    fn in_language(self, lang: Lang) -> Response {
        if let Some(refusal) = self.refusal {
            return refusal.into_response();
        }
        let kind = KINDS.iter().find(|kind| kind.word == self.word);
        let (title, status) = kind.map_or(("", StatusCode::INTERNAL_SERVER_ERROR), |kind| {
            (kind.title.get(lang), kind.status)
        });
        let errors = self.errors.into_iter().map(|fault| FaultDocument {
            parameter: fault.parameter,
            detail: fault.detail.get(lang).to_owned(),
            expected: fault.expected,
        });
        let document = ProblemDocument {
            errors: errors.collect(),
            ..ProblemDocument::new(self.word, status, title, self.detail.get(lang))
        };
        let mut response = document.respond(lang);
        let headers = response.headers_mut();
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchRun { .. } | StoreError::Ambiguous { .. } => {
                Self::not_found("run", no_run(&error), Vec::new())
            }
            error => Self::of("store", of_store(&error)),
        }
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Store(error) => error.into(),
            ViewError::NoSuchRun { .. } => Self::not_found("run", no_run(&error), Vec::new()),
            ViewError::Replaced | ViewError::Busy { .. } => Self::of(
                "not-ready",
                Sentence::new(error.to_string(), "Các đợt đo đang được đánh giá lại."),
            ),
            error => Self::of("store", of_store(&error)),
        }
    }
}

fn no_run(error: &dyn std::fmt::Display) -> Sentence {
    Sentence::new(error.to_string(), format!("Không có đợt đo này ({error})."))
}

fn of_store(error: &dyn std::fmt::Display) -> Sentence {
    Sentence::new(error.to_string(), format!("Không đọc hoặc ghi được kho dữ liệu: {error}"))
}
