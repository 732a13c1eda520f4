//! An entry of `networks`.

use std::collections::HashMap;

use ipnet::IpNet;

use crate::inventory::reader::Reader;
use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Flag, Number, Parsed};
use crate::inventory::source::Span;
use crate::model::{Network, Text};

#[derive(Default)]
pub(super) struct Draft {
    prefix: Option<IpNet>,
    name: Option<String>,
    asn: Option<u32>,
    internal: bool,
    testbed: bool,
}

pub(super) static NETWORK: Section<Draft> = Section {
    any: "a network",
    this: "this network",
    title: Text { en: "Address ranges", vi: "Dải địa chỉ" },
    about: Text {
        en: "An address range of your own, so that reports name its owner and the scanner knows which \
             addresses need not be global.",
        vi: "Mỗi mục là một dải địa chỉ của cơ quan, đơn vị. Báo cáo nêu tên chủ sở hữu của dải; công cụ \
             đo xác định được những địa chỉ không cần toàn cầu.",
    },
    keys: &[
        Key::new(
            "prefix",
            &Parsed { form: &forms::PREFIX, field: |draft: &mut Draft| &mut draft.prefix },
            "\"2001:db8:100::/40\"",
            Text {
                en: "A prefix, such as 2001:db8:100::/40.",
                vi: "Dải địa chỉ, ví dụ 2001:db8:100::/40; mỗi dải khai báo một lần.",
            },
        )
        .required(),
        Key::new(
            "name",
            &Parsed { form: &forms::LINE, field: |draft: &mut Draft| &mut draft.name },
            "data centre",
            Text {
                en: "Whose it is, or what for.",
                vi: "Tên đơn vị quản lý hoặc mục đích sử dụng.",
            },
        )
        .example_vi("Trung tâm dữ liệu")
        .required(),
        Key::new(
            "asn",
            &Number { range: 1..=0xffff_ffff, field: |draft: &mut Draft| &mut draft.asn },
            "64500",
            Text {
                en: "The origin AS.", vi: "Số hiệu mạng (ASN) quảng bá dải địa chỉ."
            },
        ),
        Key::new(
            "internal",
            &Flag { field: |draft: &mut Draft| &mut draft.internal },
            "true",
            Text {
                en: "Its addresses need not be global, and may be visited.",
                vi: "Mạng nội bộ: địa chỉ không cần toàn cầu và được phép kết nối tới.",
            },
        ),
        Key::new(
            "testbed",
            &Flag { field: |draft: &mut Draft| &mut draft.testbed },
            "true",
            Text {
                en: "Its addresses count as if they were global.",
                vi: "Mạng thử nghiệm: địa chỉ được coi như địa chỉ toàn cầu.",
            },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

/// The entries so far.
#[derive(Default)]
pub(super) struct Networks {
    pub(super) list: Vec<Network>,
    first: HashMap<IpNet, Span>,
}

impl Networks {
    pub(super) fn add(
        &mut self,
        draft: Draft,
        fields: &Fields<Draft>,
        reader: &mut Reader<'_, '_>,
    ) {
        let Some(prefix) = draft.prefix else { return };
        if let Some((_, node)) = fields.entry("prefix") {
            let span = reader.tree.node(node).span;
            if let Some(first) = self.first.get(&prefix) {
                let help = format!("keep one of them; the first is in {}", reader.line_of(*first));
                reader.error(span, &format!("`{prefix}` is declared twice"), Some(&help));
            }
            self.first.entry(prefix).or_insert(span);
        }
        if let Some(name) = draft.name {
            let Draft { asn, internal, testbed, .. } = draft;
            self.list.push(Network { prefix, name, asn, internal, testbed });
        }
    }
}
