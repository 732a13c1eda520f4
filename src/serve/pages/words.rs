//! The words that every page has, in both languages. Those of one page stand in its own file.

/// Declares a set of words: name, Vietnamese, English.
macro_rules! words {
    ($(#[$doc:meta])* $set:ident { $($word:ident: $vi:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[allow(missing_docs, reason = "a word says itself what it means")]
        #[derive(Debug)]
        pub struct $set {
            $(pub $word: &'static str,)+
        }

        impl $set {
            /// The words in one language.
            pub fn of(lang: $crate::model::Lang) -> &'static Self {
                static VI: $set = $set { $($word: $vi,)+ };
                static EN: $set = $set { $($word: $en,)+ };
                match lang {
                    $crate::model::Lang::Vi => &VI,
                    $crate::model::Lang::En => &EN,
                }
            }
        }
    };
}
pub(in crate::serve) use words;

words! {
    /// What stands around every page, and what several pages say.
    Words {
        skip: "Đến nội dung chính", "Skip to the content";
        navigation: "Các trang", "Pages";
        language: "Ngôn ngữ", "Language";
        theme: "Giao diện", "Theme";
        theme_auto: "Tự động", "Automatic";
        theme_light: "Sáng", "Light";
        theme_dark: "Tối", "Dark";
        show: "Hiển thị", "Show";
        inventory: "Danh mục dịch vụ", "Inventory";
        log_in: "Đăng nhập", "Log in";
        log_out: "Đăng xuất", "Log out";
        judged: "Kết luận theo", "Judged by";
        rules: "bộ quy tắc", "rules";
        policy: "bộ tiêu chí đánh giá", "policy";
        as_of: "tại thời điểm", "as of";
        run: "Đợt đo", "Run";
        service: "Dịch vụ", "Service";
        services: "Dịch vụ", "Services";
        organisation: "Cơ quan, đơn vị", "Organisation";
        category: "Nhóm dịch vụ", "Category";
        stage: "Mức", "Stage";
        check: "Tiêu chí", "Check";
        reason: "Lý do", "Reason";
        severity: "Mức độ", "Severity";
        blockers: "Nguyên nhân cản trở", "Blockers";
        since: "Từ ngày", "Since";
        deadline: "Thời hạn", "Deadline";
        remedy: "Biện pháp khắc phục", "How to fix it";
        evidence: "Bằng chứng", "Evidence";
        all: "Tất cả", "All";
        none: "Không có", "None";
        unknown: "chưa xác định", "unknown";
        more: "Xem tất cả", "See all";
        total: "Tổng số", "Total";
        contact: "Đầu mối liên hệ", "Contact";
        target: "Mục tiêu", "Target";
        note: "Ghi chú", "Note";
        from: "Từ", "From";
        to: "Đến", "To";
        cancel: "Hủy", "Cancel";
        check_again: "Kiểm tra lại ngay", "Check again now";
        running: "Đang đo", "Scanning";
        of: "trên", "of";
        page: "Trang", "Page";
        previous: "Trang trước", "Previous page";
        next: "Trang sau", "Next page";
        filter: "Lọc", "Filter";
        clear: "Bỏ lọc", "Clear the filter";
        sort: "Sắp xếp", "Sort by";
        search: "Tìm kiếm", "Search";
        figures: "Số liệu", "Figures";
        shared: "Nguyên nhân chung của nhiều dịch vụ", "Shared causes";
        cause: "Nguyên nhân", "Cause";
        lifts: "Dịch vụ được nâng mức", "Services lifted";
        holds: "Dịch vụ bị giữ lại", "Services held";
        line: "dòng", "line";
        column: "cột", "column";
    }
}
