//! What the pages about inventories show in one way.

use crate::inventory::{Diagnostic, Weight};
use crate::model::{Category, Inventory};
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::pages::request::PageRequest;
use crate::serve::pages::words::words;

/// Diagnostics that a page shows.
pub const FAULTS_SHOWN: usize = 60;

words! {
    /// The words of the pages.
    InventoryWords {
        file: "Tệp", "File";
        id: "Mã danh mục", "Id";
        timezone: "Múi giờ", "Time zone";
        digest: "SHA-256", "SHA-256";
        services: "Số dịch vụ", "Services";
        organisations: "Cơ quan, đơn vị", "Organisations";
        exemptions: "Số trường hợp được miễn", "Exemptions";
        targets: "Số dịch vụ có mục tiêu riêng", "Services with a target of their own";
        as_read: "Nội dung đọc được", "As it is read";
        faults: "Lỗi và cảnh báo", "What is wrong with it";
        no_faults: "Không có lỗi hoặc cảnh báo nào.", "Nothing is wrong with it.";
        changed: "Tệp đã thay đổi kể từ đợt đo gần nhất; các trang khác vẫn hiển thị theo đợt đo đó.", "The file has changed since the newest run; the other pages show what that run had.";
        unreadable: "Không đọc được tệp danh mục dịch vụ.", "The inventory's file can't be read.";
        broken: "Tệp danh mục có lỗi: các đợt đo sẽ không bắt đầu cho đến khi lỗi được sửa.", "The inventory's file has faults: no run begins until they are mended.";
        suggestions: "Tên được phát hiện nhưng chưa có trong danh mục", "Names that the scans came by and the inventory lacks";
        suggestions_link: "Xem các tên được đề xuất", "See the suggested names";
        no_suggestions: "Đợt đo gần nhất không phát hiện tên nào ngoài danh mục.", "The newest run came by nothing that the inventory lacks.";
        suggestions_working: "Đang tìm các tên được đề xuất", "The suggested names are being looked for";
        suggestions_help: "Trang tự tải lại khi hoàn tất. Với danh mục lớn, việc này có thể mất vài phút.", "The page loads again by itself. For a large inventory this may take some minutes.";
        target: "Đối tượng", "Target";
        seen_by: "Phát hiện qua", "Found by way of";
        dry_run: "Kiểm tra thử một danh mục khác", "Try another inventory";
        dry_run_about: "Tệp tải lên chỉ được kiểm tra, không được lưu và không thay thế danh mục hiện hành.", "What is uploaded is only looked at: nothing is kept, and the inventory in force stays.";
        choose: "Tệp inventory.yaml", "An inventory.yaml";
        try_it: "Kiểm tra", "Look at it";
        good: "Tệp đọc được.", "The file can be read.";
        bad: "Tệp có lỗi, không dùng được.", "The file has faults and can't be used.";
        files_not_read: "Các tệp mà danh mục này nêu tên (bộ tiêu chí đánh giá, chứng thư số, bảng định tuyến) không được đọc khi kiểm tra thử.", "Files that it names (policy, certificates, routing tables) are not read in a dry run.";
        added: "Dịch vụ được thêm", "Services that it adds";
        removed: "Dịch vụ bị bỏ", "Services that it leaves out";
        changes: "So với danh mục hiện hành", "Compared with the inventory in force";
        no_changes: "Không thêm hoặc bỏ dịch vụ nào.", "No service is added or left out.";
        again: "Trở lại trang danh mục", "Back to the inventory";
    }
}

/// A diagnostic.
pub struct FaultBlock {
    /// `error` or `warning`.
    pub class: &'static str,
    /// Line and column.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The message with its place, the line that is meant, and what would be right.
    pub text: String,
}

impl FaultBlock {
    /// Of a diagnostic.
    pub fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            class: if diagnostic.weight == Weight::Error { "error" } else { "warning" },
            line: diagnostic.line,
            column: diagnostic.column,
            text: diagnostic.render(false),
        }
    }
}

/// What an inventory says of itself.
pub fn particulars(request: &PageRequest, inventory: &Inventory) -> Vec<(&'static str, String)> {
    let lang = request.lang;
    let w = InventoryWords::of(lang);
    let number = |count| texts::number(count, lang);
    let mut particulars = vec![(texts::INVENTORY.get(lang), clean(&inventory.title))];
    particulars.extend(inventory.id.as_deref().map(|id| (w.id, clean(id))));
    particulars.push((w.timezone, clean(&inventory.timezone)));
    particulars
        .extend(inventory.policy.as_deref().map(|name| (texts::POLICY.get(lang), clean(name))));
    particulars.extend([
        (w.organisations, number(inventory.organisations.len())),
        (w.services, number(inventory.services.len())),
    ]);
    for category in Category::ALL {
        let count = inventory.services.iter().filter(|one| one.category == category).count();
        particulars.push((texts::category(category).get(lang), number(count)));
    }
    let with = |has: fn(&crate::model::Service) -> bool| {
        number(inventory.services.iter().filter(|service| has(service)).count())
    };
    particulars.extend([
        (w.targets, with(|service| service.goal.is_some())),
        (w.exemptions, with(|service| service.exemption.is_some())),
        (w.digest, inventory.sha256.to_string()),
    ]);
    particulars
}
