//! Sentences that several pages say.

use crate::model::Text;

macro_rules! sentences {
    ($($name:ident $vi:literal $en:literal)*) => {
        $(pub const $name: Text = Text { vi: $vi, en: $en };)*
    };
}

sentences! {
    A_NUMBER "số nguyên từ 1 trở lên" "a whole number from 1 on"
    AN_INVENTORY "một danh mục dịch vụ có kết quả" "an inventory of which something is known"
    FIRST_PAGE "Về trang đầu của danh sách" "To the first page of the list"
    TO_RUNS "Đợt đo" "The runs"
    UNREADABLE_FORM "Biểu mẫu gửi lên thiếu trường bắt buộc hoặc không đúng định dạng. Hãy mở lại trang và gửi lại." "The form lacks a field or can't be read. Open its page again and send it from there."
    A_WHOLE_RUN "một đợt đo toàn bộ danh mục đang hiển thị" "a run of the whole inventory that is shown"
    NO_SERVICE "Danh mục không có dịch vụ này." "The inventory has no such service."
    NO_ORGANISATION "Danh mục không có cơ quan, đơn vị này." "The inventory has no such organisation."
    NO_CHECK "Không có tiêu chí này." "There is no such check."
    NO_RUN "Không có đợt đo này trong kho dữ liệu." "The store has no such run."
}
