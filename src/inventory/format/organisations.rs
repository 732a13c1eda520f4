//! An entry of `organisations`.

use std::collections::HashMap;
use std::sync::Arc;

use super::formerly::Claim;
use super::services::{SERVICE, ServiceDraft};
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::ListOf;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Parsed, ParsedList};
use crate::inventory::source::Span;
use crate::inventory::tree::Content;
use crate::model::{Organisation, Service, Text};

#[derive(Default)]
pub(super) struct Draft {
    id: Option<Arc<str>>,
    name: Option<String>,
    contact: Option<String>,
    also: Vec<String>,
    services: Vec<Placed>,
    /// Former ids of its services.
    claims: Vec<Claim>,
    /// Entries under `services`, the faulty ones too.
    services_given: usize,
    service_ids: Ids,
}

/// A service, and where it says what is probed.
pub(super) struct Placed {
    pub(super) service: Arc<Service>,
    pub(super) span: Span,
}

pub(super) static ORGANISATION: Section<Draft> = Section {
    any: "an organisation",
    this: "this organisation",
    title: Text { en: "Organisations", vi: "Cơ quan, đơn vị" },
    about: Text {
        en: "A state agency or other body, with the services that it runs. No two have the same id.",
        vi: "Mỗi mục là một cơ quan, đơn vị và các dịch vụ do cơ quan, đơn vị đó quản lý.",
    },
    keys: &[
        Key::new(
            "id",
            &Parsed { form: &forms::ID, field: |draft: &mut Draft| &mut draft.id },
            "vp-ubnd",
            Text {
                en: "Small letters, digits and hyphens.",
                vi: "Gồm chữ thường không dấu, chữ số và dấu gạch nối; không trùng trong danh mục.",
            },
        )
        .required(),
        Key::new(
            "name",
            &Parsed { form: &forms::LINE, field: |draft: &mut Draft| &mut draft.name },
            "Office of the People's Committee",
            Text { en: "Its name in reports.", vi: "Tên trong báo cáo." },
        )
        .example_vi("Văn phòng Ủy ban nhân dân")
        .or(Fallback::SameAs("id")),
        Key::new(
            "contact",
            &Parsed { form: &forms::LINE, field: |draft: &mut Draft| &mut draft.contact },
            "noc@example.gov.vn",
            Text { en: "Whom to write to.", vi: "Đầu mối phụ trách để liên hệ." },
        ),
        Key::new(
            "also",
            &ParsedList {
                item: "a name",
                form: &forms::LINE,
                field: |draft: &mut Draft| &mut draft.also,
            },
            "[People's Committee Office]",
            Text {
                en: "Other names of it in tables, by which `inventory import` knows it.",
                vi: "Các tên gọi khác trong bảng biểu; lệnh `inventory import` nhận biết theo các tên này.",
            },
        )
        .example_vi("[Văn phòng UBND tỉnh]"),
        Key::section(
            "services",
            &ListOf { section: &SERVICE, one_at_least: false, add: add_service },
            "[{id: …}]",
        )
        .required(),
    ],
    alternatives: &[],
    check: count_services,
};

fn add_service(
    draft: &mut Draft,
    service: ServiceDraft,
    fields: &Fields<ServiceDraft>,
    reader: &mut Reader<'_, '_>,
) {
    let other = "another service of this organisation";
    draft.service_ids.add(service.id.as_ref(), fields, other, reader);
    let organisation = draft.id.clone().unwrap_or_default();
    let former_ids = service.formerly.clone();
    let Some(service) = service.service(organisation).map(Arc::new) else { return };
    let by = |former| Claim { by: service.id.clone(), former };
    draft.claims.extend(former_ids.into_iter().map(by));
    let kind = fields.alternatives().first().map(|kind| reader.tree.node(kind.node).span);
    draft.services.push(Placed { span: kind.unwrap_or(fields.span), service });
}

fn count_services(draft: &mut Draft, fields: &Fields<Draft>, reader: &mut Reader<'_, '_>) {
    let Some((_, node)) = fields.entry("services") else { return };
    let node = reader.tree.node(node);
    draft.services_given = match &node.content {
        Content::Sequence(children) => reader.tree.children(children).len(),
        content if content.is_null() => 0,
        // Something else than a list, which has been reported.
        _ => 1,
    };
    if draft.services_given == 0 {
        reader.warn(node.span, "this organisation has no service", None);
    }
}

/// The entries so far.
#[derive(Default)]
pub(super) struct Organisations {
    pub(super) list: Vec<Organisation>,
    /// Other names of organisations, by their ids.
    pub(super) also: Vec<(Arc<str>, String)>,
    pub(super) services: Vec<Placed>,
    /// Former ids of services.
    pub(super) claims: Vec<Claim>,
    /// Entries under `services`, the faulty ones too.
    pub(super) services_given: usize,
    ids: Ids,
}

impl Organisations {
    pub(super) fn add(
        &mut self,
        draft: Draft,
        fields: &Fields<Draft>,
        reader: &mut Reader<'_, '_>,
    ) {
        self.ids.add(draft.id.as_ref(), fields, "another organisation", reader);
        self.services_given += draft.services_given;
        self.services.extend(draft.services);
        self.claims.extend(draft.claims);
        let id = draft.id.unwrap_or_default();
        self.also.extend(draft.also.into_iter().map(|name| (Arc::clone(&id), name)));
        let name = draft.name.unwrap_or_else(|| id.to_string());
        self.list.push(Organisation { id, name, contact: draft.contact });
    }
}

/// Ids that must differ from each other.
#[derive(Default)]
struct Ids(HashMap<Arc<str>, Span>);

impl Ids {
    /// Takes the id of an entry, and reports it when another has it already.
    fn add<D>(
        &mut self,
        id: Option<&Arc<str>>,
        fields: &Fields<D>,
        other: &str,
        reader: &mut Reader<'_, '_>,
    ) {
        let (Some(id), Some((_, node))) = (id, fields.entry("id")) else { return };
        let span = reader.tree.node(node).span;
        match self.0.get(id) {
            None => drop(self.0.insert(Arc::clone(id), span)),
            Some(first) => {
                let help = format!("choose another id; the first is in {}", reader.line_of(*first));
                reader.error(span, &format!("{other} has the id `{id}` already"), Some(&help));
            }
        }
    }
}
