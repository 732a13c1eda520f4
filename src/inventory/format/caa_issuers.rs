//! An entry of the settings' `caa_issuers`.

use crate::inventory::section::forms;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::Parsed;
use crate::model::{CaaIssuer, Name, Text};

#[derive(Default)]
pub(super) struct CaaIssuerDraft {
    issuer: Option<String>,
    domain: Option<Name>,
}

pub(super) static CAA_ISSUER: Section<CaaIssuerDraft> = Section {
    any: "an entry of `caa_issuers`",
    this: "an entry of `caa_issuers`",
    title: Text {
        en: "Authorities and their CAA domains",
        vi: "Tổ chức chứng thực và tên miền CAA",
    },
    about: Text {
        en: "By which domain CAA records name an authority of your own.",
        vi: "Khai báo tên miền mà bản ghi CAA dùng để chỉ một tổ chức chứng thực.",
    },
    keys: &[
        Key::new(
            "issuer",
            &Parsed { form: &forms::LINE, field: |draft: &mut CaaIssuerDraft| &mut draft.issuer },
            "Our CA",
            Text {
                en: "Its organisation or common name, as in the certificates.",
                vi: "Tên tổ chức hoặc tên chung (common name) ghi trong chứng thư số.",
            },
        )
        .required(),
        Key::new(
            "domain",
            &Parsed { form: &forms::DOMAIN, field: |draft: &mut CaaIssuerDraft| &mut draft.domain },
            "ca.example.gov.vn",
            Text {
                en: "The domain that CAA records name it by.",
                vi: "Tên miền của tổ chức đó trong bản ghi CAA.",
            },
        )
        .required(),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

impl CaaIssuerDraft {
    pub(super) fn issuer(self) -> Option<CaaIssuer> {
        Some(CaaIssuer { issuer: self.issuer?, domain: self.domain? })
    }
}
