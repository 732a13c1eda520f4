//! Forms of text: how a value is read, and how the JSON Schema and the documentation say so.

use std::sync::Arc;

use ipnet::IpNet;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::inventory::fault::Fault;
use crate::inventory::values::address::ScopedSocket;
use crate::inventory::values::{address, host, text, time};
use crate::model::{Name, Text};

/// A text that means a `T`.
pub(crate) struct Form<T> {
    pub(crate) parse: fn(&str) -> Result<T, Fault>,
    /// For people.
    pub(crate) label: Text,
    /// For editors.
    pub(crate) schema: fn() -> Value,
}

impl<T> Form<T> {
    /// A form whose rules are more than a pattern can say.
    pub(crate) const fn new(parse: fn(&str) -> Result<T, Fault>, label: Text) -> Self {
        Self { parse, label, schema: any_text }
    }
}

/// The JSON Schema of any text that isn't empty.
pub(crate) fn any_text() -> Value {
    json!({"type": "string", "minLength": 1})
}

pub(crate) static LINE: Form<String> =
    Form::new(text::one_line, Text { en: "text on one line", vi: "văn bản trên một dòng" });

pub(crate) static FILE: Form<String> =
    Form::new(text::one_line, Text { en: "file name", vi: "tên tệp" });

pub(crate) static DOMAIN: Form<Name> =
    Form::new(host::domain, Text { en: "domain", vi: "tên miền" });

pub(in crate::inventory) static SOCKET: Form<ScopedSocket> = Form::new(
    address::scoped_socket,
    Text {
        en: "IP address, with or without a port; an address of a link with its interface (fe80::53%eth0)",
        vi: "địa chỉ IP, có hoặc không kèm cổng kết nối (port); địa chỉ nội bộ liên kết kèm giao diện mạng (fe80::53%eth0)",
    },
);

pub(crate) static PREFIX: Form<IpNet> =
    Form::new(address::prefix, Text { en: "address prefix", vi: "dải địa chỉ (prefix)" });

pub(crate) static TIME_ZONE: Form<String> =
    Form::new(time::zone, Text { en: "IANA time zone", vi: "tên múi giờ của IANA" });

pub(crate) static ID: Form<Arc<str>> = Form {
    parse: |text| text::id(text).map(Arc::from),
    label: Text { en: "id", vi: "mã định danh" },
    schema: || {
        json!({
            "type": "string",
            "pattern": "^[a-z0-9][a-z0-9-]*$",
            "maxLength": text::ID_CHARACTERS_MAX,
        })
    },
};

pub(crate) static DATE: Form<Date> = Form {
    parse: time::date,
    label: Text { en: "date, as year-month-day", vi: "ngày, theo dạng năm-tháng-ngày" },
    schema: || json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
};
