//! The documentation of tables that are imported, as Markdown.

use std::collections::BTreeMap;

use super::budget::{FILE_OCTETS_MAX, KEPT_OCTETS_MAX, ROWS_MAX, UNPACKED_OCTETS_MAX};
use super::words::BUILT_IN;
use crate::model::{Lang, Text};

const TITLE: Text = Text { en: "Tables", vi: "Bảng biểu" };

const ABOUT: Text = Text {
    en: "`v6ready inventory import FILE` puts the services of a table into an inventory: text separated by commas, \
         semicolons or tabs (UTF-8, UTF-16, Windows-1258), or a workbook (XLSX, ODS, XLS). The inventory's own text, \
         comments included, stays. `--dry-run` shows what would come; `--update` also changes what a row says \
         otherwise of a service that is listed already, where an empty cell says nothing.\n\n\
         - Headings may stand in any of the first ten rows, below titles, and over two rows. A row that numbers the \
         columns, totals and signatures are passed over; each thing passed over is said.\n\
         - A cell merged over rows holds for each of them; without merged cells, `--fill-down` lets an empty cell of \
         an organisation mean that of the row above. A row with a text alone names the organisation or the category \
         of the rows below.\n\
         - An address is a host, `HOST:PORT`, a URL of any scheme (`imaps://`, `ldaps://`, `ntp://` …) or `KIND:…`.\n\
         - A deadline is a day, a month (`12/2026`), a quarter (`quý IV/2026`) or a year; the last day counts.\n\
         - A name that is nearly that of a known organisation is asked about, and the answer is kept under `also`.\n\
         - Tags stand between commas or semicolons, and words become ids: `Thí điểm` is `thi-diem`. With `--update` a \
         cell replaces all tags of its service.\n\
         - The program's own tables of services (CSV, XLSX) can be imported again.\n\n\
         What headings and cells mean is a table itself. `v6ready inventory words` prints it; `--words FILE` reads more \
         in the same form: `heading,Tên gọi,name`, `category,Kho dữ liệu,information-system`, `state,Tạm dừng,retired`, \
         `heading,Ghi chú,ignore`. A `?` behind a meaning lets the heading give way to one that says the same without. \
         Case, accents and punctuation don't matter, nor does what stands in brackets.",
    vi: "Lệnh `v6ready inventory import TỆP` đưa các dịch vụ trong bảng biểu vào danh mục. Bảng biểu là tệp văn bản \
         phân cách bằng dấu phẩy, dấu chấm phẩy hoặc ký tự tab (UTF-8, UTF-16, Windows-1258) hoặc bảng tính (XLSX, \
         ODS, XLS). Nội dung sẵn có của danh mục, kể cả chú thích, được giữ nguyên. Tùy chọn `--dry-run` cho xem trước \
         kết quả; tùy chọn `--update` cập nhật cả những thông tin khác biệt của dịch vụ đã có trong danh mục, ô trống \
         không làm thay đổi thông tin.\n\n\
         - Tiêu đề cột có thể nằm ở bất kỳ dòng nào trong mười dòng đầu, dưới tên bảng, và có thể gồm hai dòng. Dòng \
         đánh số cột, dòng tổng cộng và phần ký tên được bỏ qua; mọi nội dung bị bỏ qua đều được thông báo.\n\
         - Ô gộp nhiều dòng có giá trị cho từng dòng; khi không có ô gộp, tùy chọn `--fill-down` quy định ô cơ quan, \
         đơn vị để trống lấy theo dòng trên. Dòng chỉ có một nội dung là tên cơ quan, đơn vị hoặc nhóm dịch vụ của các \
         dòng tiếp theo.\n\
         - Địa chỉ là tên máy chủ, `MÁY-CHỦ:CỔNG`, URL với giao thức bất kỳ (`imaps://`, `ldaps://`, `ntp://`…) hoặc \
         `LOẠI:…`.\n\
         - Thời hạn là ngày, tháng (`12/2026`), quý (`quý IV/2026`) hoặc năm; ngày cuối cùng được áp dụng.\n\
         - Tên gần giống tên cơ quan, đơn vị đã có được hỏi lại; câu trả lời được lưu tại khóa `also`.\n\
         - Các thẻ (`tags`) cách nhau bằng dấu phẩy hoặc chấm phẩy; `Thí điểm` được ghi thành `thi-diem`. Với `--update`, ô thẻ \
         thay toàn bộ các thẻ của dịch vụ.\n\
         - Bảng dịch vụ do chương trình xuất ra (CSV, XLSX) có thể được nhập trở lại.\n\n\
         Ý nghĩa của tiêu đề và nội dung ô được quy định trong một bảng từ. Lệnh `v6ready inventory words` in bảng từ; \
         tùy chọn `--words TỆP` bổ sung từ theo cùng mẫu: `heading,Tên gọi,name`, `category,Kho dữ \
         liệu,information-system`, `state,Tạm dừng,retired`, `heading,Ghi chú,ignore`. Dấu `?` sau ý nghĩa cho biết \
         tiêu đề nhường cho tiêu đề khác cùng ý nghĩa mà không có dấu này. Không phân biệt chữ hoa, chữ thường, dấu \
         thanh, dấu câu và phần trong ngoặc.",
};

const HEAD: Text = Text {
    en: "| meaning | headings |\n|---|---|\n",
    vi: "| ý nghĩa | tiêu đề |\n|---|---|\n",
};

/// What tables may look like, which headings are known, and what a file may hold.
pub(in crate::inventory) fn documentation(lang: Lang) -> String {
    let mut headings: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut rows = csv::Reader::from_reader(BUILT_IN.as_bytes());
    let records: Vec<_> = rows.records().flatten().collect();
    for record in &records {
        if let (Some("heading"), Some(word), Some(means)) =
            (record.get(0), record.get(1), record.get(2))
        {
            headings.entry(means.trim_end_matches('?')).or_default().push(word.replace('|', "\\|"));
        }
    }
    let rows: String = headings
        .iter()
        .map(|(means, words)| format!("| `{means}` | {} |\n", words.join("; ")))
        .collect();
    let (file, unpacked) = (FILE_OCTETS_MAX >> 20, UNPACKED_OCTETS_MAX >> 20);
    let kept = KEPT_OCTETS_MAX >> 20;
    let bounds = match lang {
        Lang::En => format!(
            "A file has at most {file} MiB, {unpacked} MiB unpacked and {ROWS_MAX} rows, whose cells take {kept} MiB \
             of memory, and is read for at most a minute; an error names the bound that it exceeds."
        ),
        Lang::Vi => format!(
            "Tệp có dung lượng tối đa {file} MiB, {unpacked} MiB sau khi giải nén và {ROWS_MAX} dòng, các ô chiếm tối đa {kept} \
             MiB bộ nhớ, thời gian đọc tối đa một phút; khi vượt giới hạn, thông báo lỗi nêu rõ giới hạn đó."
        ),
    };
    format!(
        "\n<a id=\"tables\"></a>\n## {}\n\n{}\n\n{}{rows}\n{bounds}\n",
        TITLE.get(lang),
        ABOUT.get(lang),
        HEAD.get(lang)
    )
}
