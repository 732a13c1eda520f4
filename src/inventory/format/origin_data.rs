//! `origin_data` of the settings.

use crate::inventory::reader::Reader;
use crate::inventory::reference::FileReference;
use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{File, Parsed};
use crate::inventory::values::address::ScopedSocket;
use crate::model::Text;

#[derive(Default)]
pub(super) struct OriginDataDraft {
    pub(super) routes: Option<FileReference>,
    pub(super) vrps: Option<FileReference>,
    pub(super) validator: Option<ScopedSocket>,
}

pub(super) static ORIGIN_DATA: Section<OriginDataDraft> = Section {
    any: "`origin_data`",
    this: "`origin_data`",
    title: Text { en: "Routes and the RPKI", vi: "Bảng tuyến và RPKI" },
    about: Text {
        en: "Where the origin AS of an address is looked up. Payloads come from `vrps` or from \
             `validator`, not from both.",
        vi: "Nguồn dữ liệu để xác định số hiệu mạng (ASN) quảng bá một địa chỉ. Dữ liệu RPKI lấy từ \
             `vrps` hoặc từ `validator`, không dùng đồng thời.",
    },
    keys: &[
        Key::new(
            "routes",
            &File { form: &forms::FILE, field: |draft: &mut OriginDataDraft| &mut draft.routes },
            "routes.txt",
            Text {
                en: "A file with a prefix and its origin AS on each line.",
                vi: "Tệp có trên mỗi dòng một dải địa chỉ và số hiệu mạng (ASN) quảng bá.",
            },
        )
        .required(),
        Key::new(
            "vrps",
            &File { form: &forms::FILE, field: |draft: &mut OriginDataDraft| &mut draft.vrps },
            "vrps.json",
            Text {
                en: "Validated ROA payloads, as Routinator's or rpki-client's JSON.",
                vi: "Dữ liệu ROA đã xác thực (VRP), theo định dạng JSON của Routinator hoặc rpki-client.",
            },
        ),
        Key::new(
            "validator",
            &Parsed {
                form: &forms::SOCKET,
                field: |draft: &mut OriginDataDraft| &mut draft.validator,
            },
            "\"[::1]:8323\"",
            Text {
                en: "Instead of `vrps`: the address and port of an RPKI validator of your own with Routinator's HTTP API, such as [::1]:8323.",
                vi: "Thay cho `vrps`: địa chỉ và cổng kết nối của máy chủ xác thực RPKI của đơn vị, có HTTP API theo Routinator, ví dụ [::1]:8323.",
            },
        ),
    ],
    alternatives: &[],
    check: has_one_source_of_payloads,
};

fn has_one_source_of_payloads(
    draft: &mut OriginDataDraft,
    fields: &Fields<OriginDataDraft>,
    reader: &mut Reader<'_, '_>,
) {
    if let (Some(_), Some((span, _))) = (&draft.vrps, fields.entry("validator")) {
        let help = "keep the one that is fresher, and delete the other";
        reader.error(span, "`vrps` and `validator` are two sources for the same", Some(help));
    }
}
