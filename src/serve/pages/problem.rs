//! Pages that say what is wrong and what would be right.

use askama::Template;
use axum::http::StatusCode;

use super::frame::Frame;
use super::markdown::line_of;
use super::words::words;
use crate::model::{Lang, Text};
use crate::runs::{ErrorKind, RunsError};
use crate::store::StoreError;
use crate::view::ViewError;

/// Why a page can't be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// What is wrong, in the reader's language.
    pub message: Option<String>,
    /// What is wrong, where the reader's language wasn't at hand.
    pub text: Option<Text>,
    /// What would be right.
    pub help: Vec<Help>,
}

/// Something that would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do.
    pub text: String,
    /// A page that would be right; empty for none.
    pub href: String,
}

words! {
    /// The words of these pages.
    ProblemWords {
        bad: "Yêu cầu không hợp lệ", "The request is not valid";
        nothing_yet: "Chưa có kết quả", "No results yet";
        nothing_yet_help: "Chưa có đợt đo nào hoàn tất đối với danh mục dịch vụ này, hoặc kết quả đang được tổng hợp.", "No run of this inventory has ended yet, or its results are still being worked out.";
        not_found: "Không tìm thấy trang", "There is no such page";
        forbidden: "Không có quyền truy cập", "You may not do this";
        method: "Trang này không nhận yêu cầu theo cách đó", "This page does not take such a request";
        too_large: "Tệp quá lớn", "The file is too large";
        busy: "Hệ thống tạm thời chưa sẵn sàng", "Not ready at the moment";
        internal: "Hệ thống gặp lỗi", "Something went wrong here";
        conflict: "Không thực hiện được", "It can't be done now";
        not_found_help: "Địa chỉ có thể đã thay đổi. Hãy tìm từ trang tổng quan hoặc danh sách dịch vụ.", "The address may have changed. Look for it from the overview or the list of services.";
        internal_help: "Nhật ký của hệ thống ghi rõ nguyên nhân. Vui lòng thử lại sau ít phút.", "The log of the daemon has the cause. Please try again in a few minutes.";
        busy_help: "Vui lòng thử lại sau ít phút; không có dữ liệu nào bị mất.", "Please try again in a few minutes; nothing has been lost.";
        instead: "Có thể thực hiện", "What would be right";
        home: "Về trang tổng quan", "To the overview";
    }
}

impl Problem {
    /// What was asked for is wrong: a filter, a date, a number.
    pub fn bad(message: String, help: Vec<Help>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: Some(message), text: None, help }
    }

    /// There is no such thing.
    pub fn not_found(message: String) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: Some(message), text: None, help: Vec::new() }
    }

    /// It can't be done as things are.
    pub fn conflict(message: String) -> Self {
        Self { status: StatusCode::CONFLICT, message: Some(message), text: None, help: Vec::new() }
    }

    /// Of this status, without further words.
    pub fn plain(status: StatusCode) -> Self {
        Self { status, message: None, text: None, help: Vec::new() }
    }

    /// The log gets what went wrong here; the reader only that it did.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!("a page could not be made: {error}");
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is needed isn't there at the moment; the log gets the particulars.
    pub fn unavailable(error: &dyn std::fmt::Display, text: Option<Text>) -> Self {
        tracing::warn!("a page could not be made: {error}");
        Self { text, ..Self::plain(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// No run has ended yet, so there is nothing to show.
    pub fn nothing_yet(help: Vec<Help>) -> Self {
        Self { help, ..Self::plain(StatusCode::OK) }
    }

    /// The status as a heading.
    pub fn title(&self, lang: Lang) -> &'static str {
        let w = ProblemWords::of(lang);
        match self.status.as_u16() {
            200 => w.nothing_yet,
            403 => w.forbidden,
            404 | 410 => w.not_found,
            405 => w.method,
            409 => w.conflict,
            413 => w.too_large,
            503 => w.busy,
            500.. => w.internal,
            _ => w.bad,
        }
    }

    fn general_help(&self, lang: Lang) -> &'static str {
        let w = ProblemWords::of(lang);
        match self.status.as_u16() {
            200 => w.nothing_yet_help,
            404 | 410 => w.not_found_help,
            503 => w.busy_help,
            500.. => w.internal_help,
            _ => "",
        }
    }
}

/// Why the store can't be used, without names of files.
pub fn store_words(error: &StoreError) -> Option<Text> {
    match error {
        StoreError::Busy { .. } => Some(Text {
            vi: "Kho dữ liệu đang bị khóa bởi một tiến trình khác.",
            en: "The store is locked by another process.",
        }),
        StoreError::Full { .. } | StoreError::NoRoom { .. } => Some(Text {
            vi: "Ổ đĩa của kho dữ liệu đã đầy.",
            en: "The disk that the store is on is full.",
        }),
        StoreError::Damaged { .. } | StoreError::Emptied { .. } | StoreError::Lost { .. } => {
            Some(Text {
                vi: "Kho dữ liệu bị hỏng. Người quản trị cần khôi phục từ bản sao lưu.",
                en: "The store is damaged. Its administrator should restore a backup.",
            })
        }
        StoreError::Missing { .. } | StoreError::NotAStore { .. } | StoreError::Newer { .. } => {
            Some(Text {
                vi: "Không mở được kho dữ liệu.", en: "The store can't be opened."
            })
        }
        _ => None,
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchRun { .. } => Self::plain(StatusCode::NOT_FOUND),
            other => Self::unavailable(&other, store_words(&other)),
        }
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Store(error) => error.into(),
            ViewError::NoSuchRun { .. } => Self::plain(StatusCode::NOT_FOUND),
            other => Self::unavailable(&other, None),
        }
    }
}

impl From<RunsError> for Problem {
    fn from(error: RunsError) -> Self {
        match error.kind {
            ErrorKind::Internal => Self::internal(&error),
            // What the operator can do is in the log: it names files.
            _ => Self::unavailable(&error, None),
        }
    }
}

/// The page of a problem.
#[derive(Template)]
#[template(path = "serve/problem.html")]
pub struct ProblemPage {
    frame: Frame,
    w: &'static ProblemWords,
    status: u16,
    /// As HTML.
    message: String,
    general: &'static str,
    help: Vec<Help>,
}

impl ProblemPage {
    /// In its frame.
    pub fn new(problem: Problem, frame: Frame) -> Self {
        let lang = frame.lang;
        Self {
            w: ProblemWords::of(lang),
            status: problem.status.as_u16(),
            general: problem.general_help(lang),
            message: problem
                .message
                .or(problem.text.map(|text| text.get(lang).to_owned()))
                .map(|message| line_of(&message))
                .unwrap_or_default(),
            help: problem.help,
            frame,
        }
    }
}
