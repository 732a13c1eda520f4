//! `settings`: what an operator may change about asking. Defaults are those of [`Settings`].

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::caa_issuers::CAA_ISSUER;
use super::origin_data::{ORIGIN_DATA, OriginDataDraft};
use super::timeouts::TIMEOUTS;
use crate::inventory::reader::Reader;
use crate::inventory::reference::{FileReferences, InterfaceReference, ScopedAddress};
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::{ListOf, Within};
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{File, FileList, Interval, Number, Parsed, ParsedList};
use crate::inventory::values::address::ScopedSocket;
use crate::inventory::values::{address, host};
use crate::model::{Settings, Text};

/// The settings, and the files that they name: their contents are the caller's to fill in.
#[derive(Default)]
pub(super) struct SettingsDraft {
    settings: Settings,
    resolvers: Vec<ScopedSocket>,
    files: FileReferences,
    origin_data: OriginDataDraft,
}

impl SettingsDraft {
    pub(super) fn settings(self) -> (Settings, FileReferences) {
        let OriginDataDraft { routes, vrps, validator } = self.origin_data;
        let named = |of, scoped: &ScopedSocket| {
            let name = scoped.interface.clone()?;
            Some(InterfaceReference { of, name })
        };
        let resolvers = self.resolvers.iter().enumerate();
        let resolvers = resolvers.filter_map(|(at, one)| named(ScopedAddress::Resolver(at), one));
        let of_validator = validator.iter().filter_map(|one| named(ScopedAddress::Validator, one));
        let interfaces = resolvers.chain(of_validator).collect();
        let settings = Settings {
            resolvers: self.resolvers.iter().map(|one| one.socket).collect(),
            rpki_validator: validator.map(|one| one.socket),
            ..self.settings
        };
        (settings, FileReferences { routes, vrps, interfaces, ..self.files })
    }
}

/// Tries of one question, or rounds.
const TIMES: RangeInclusive<u64> = 1..=9;
const PAUSE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(600);
const VANTAGE_INTERVAL: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(3600);

pub(super) static SETTINGS: Section<SettingsDraft> = Section {
    any: "`settings`",
    this: "`settings`",
    title: Text { en: "Measurement settings", vi: "Tham số đo" },
    about: Text {
        en: "What is asked of whom, how often and how long. Everything here may be missing.",
        vi: "Quy định đối tượng, tần suất và thời gian chờ khi đo. Mọi khóa trong nhóm này đều không bắt buộc.",
    },
    keys: &[
        Key::new(
            "resolvers",
            &ParsedList {
                item: "a resolver",
                form: &forms::SOCKET,
                field: |draft: &mut SettingsDraft| &mut draft.resolvers,
            },
            "[\"[2001:db8::53]:53\", 192.0.2.53]",
            Text {
                en: "Recursive resolvers as ADDRESS or ADDRESS:PORT.",
                vi: "Các máy chủ phân giải tên miền (resolver) được sử dụng.",
            },
        )
        .or(Fallback::Words(Text { en: "the system's", vi: "theo cấu hình của máy đo" })),
        Key::new(
            "root_hints",
            &File {
                form: &forms::FILE,
                field: |draft: &mut SettingsDraft| &mut draft.files.root_hints,
            },
            "named.root",
            Text {
                en: "A root hints file beside the inventory.",
                vi: "Tệp địa chỉ máy chủ gốc (root hints) đặt cạnh danh mục.",
            },
        )
        .or(Fallback::Words(Text { en: "built in", vi: "có sẵn trong chương trình" })),
        Key::new(
            "trust_anchors",
            &File {
                form: &forms::FILE,
                field: |draft: &mut SettingsDraft| &mut draft.files.trust_anchors,
            },
            "root.key",
            Text {
                en: "A file of DNSSEC trust anchors.",
                vi: "Tệp khóa tin cậy (trust anchor) của DNSSEC.",
            },
        )
        .or(Fallback::Words(Text {
            en: "the root's, built in",
            vi: "khóa của vùng gốc, có sẵn trong chương trình",
        })),
        Key::new(
            "extra_ca",
            &FileList {
                item: "a file of `extra_ca`",
                form: &forms::FILE,
                field: |draft: &mut SettingsDraft| &mut draft.files.extra_ca,
            },
            "[internal-ca.pem]",
            Text {
                en: "PEM or DER files of authorities that are trusted beside the web PKI.",
                vi: "Tệp chứng thư số (PEM hoặc DER) của các tổ chức chứng thực được tin cậy bổ sung.",
            },
        ),
        Key::new(
            "caa_issuers",
            &ListOf {
                section: &CAA_ISSUER,
                one_at_least: false,
                add: |draft: &mut SettingsDraft, issuer, _, _| {
                    draft.settings.caa_issuers.extend(issuer.issuer());
                },
            },
            "[{issuer: Our CA, domain: ca.example.gov.vn}]",
            Text {
                en: "CAA domains of authorities that are not among those known.",
                vi: "Tên miền CAA của các tổ chức chứng thực mà chương trình chưa biết.",
            },
        ),
        Key::new(
            "origin_data",
            &Within { section: &ORIGIN_DATA, field: |draft: &mut SettingsDraft| &mut draft.origin_data },
            "{routes: routes.txt, vrps: vrps.json}",
            Text {
                en: "Tables of routes and of the RPKI, for address-origin.",
                vi: "Bảng tuyến và dữ liệu RPKI, dùng cho tiêu chí address-origin.",
            },
        ),
        Key::new(
            "control_targets",
            &ParsedList {
                item: "a control target",
                form: &CONTROL_TARGET,
                field: |draft: &mut SettingsDraft| &mut draft.settings.control_targets,
            },
            "[\"[2001:db8:1::1]:53\", \"[2001:db8:2::1]:443\"]",
            Text {
                en: "At least two IPv6 sockets on different networks for the vantage test.",
                vi: "Ít nhất hai địa chỉ IPv6 kèm cổng kết nối, thuộc các mạng khác nhau, để kiểm tra điểm đo.",
            },
        )
        .or(Fallback::Words(Text { en: "root servers", vi: "các máy chủ gốc" })),
        // More than this only fills the machine's own queues.
        Key::new(
            "concurrency",
            &Number {
                range: 1..=10_000,
                field: |draft: &mut SettingsDraft| &mut draft.settings.concurrency,
            },
            "100",
            Text { en: "Conversations at once.", vi: "Số kết nối đồng thời." },
        ),
        Key::new(
            "per_host",
            &Number {
                range: 1..=100,
                field: |draft: &mut SettingsDraft| &mut draft.settings.per_host,
            },
            "1",
            Text {
                en: "Conversations at once with one address.",
                vi: "Số kết nối đồng thời tới một địa chỉ.",
            },
        ),
        Key::new(
            "per_host_interval",
            &Interval {
                range: PAUSE,
                field: |draft: &mut SettingsDraft| &mut draft.settings.per_host_interval,
            },
            "500ms",
            Text {
                en: "Between the starts of two conversations with one address.",
                vi: "Khoảng cách giữa thời điểm bắt đầu của hai kết nối tới một địa chỉ.",
            },
        ),
        Key::new(
            "dns_per_second",
            &Number {
                range: 1..=1000,
                field: |draft: &mut SettingsDraft| {
                    &mut draft.settings.limits.dns_per_server_per_second
                },
            },
            "10",
            Text {
                en: "The most DNS questions in a second to one server that is not your own resolver. A scan begins with 20, asks faster while the answers come fast and whole, and halves its pace when they don't.",
                vi: "Số truy vấn DNS tối đa mỗi giây tới một máy chủ không phải máy chủ phân giải tên miền của đơn vị. Lượt quét bắt đầu với 20 truy vấn mỗi giây, tăng dần khi câu trả lời đến nhanh và đầy đủ, và giảm một nửa khi không được như vậy.",
            },
        ),
        Key::new(
            "attempts",
            &Number {
                range: TIMES,
                field: |draft: &mut SettingsDraft| &mut draft.settings.attempts,
            },
            "5",
            Text {
                en: "Tries of a question that brought no answer.",
                vi: "Số lần thực hiện một truy vấn không nhận được phản hồi.",
            },
        ),
        Key::new(
            "retry_interval",
            &Interval {
                range: PAUSE,
                field: |draft: &mut SettingsDraft| &mut draft.settings.retry_interval,
            },
            "2s",
            Text { en: "Between two tries.", vi: "Khoảng cách giữa hai lần thực hiện." },
        ),
        Key::new(
            "rounds",
            &Number {
                range: TIMES,
                field: |draft: &mut SettingsDraft| &mut draft.settings.rounds,
            },
            "5",
            Text {
                en: "Connections to each address, spread over the run.",
                vi: "Số lần kết nối tới mỗi địa chỉ, phân bố trong đợt đo.",
            },
        ),
        Key::new(
            "round_interval",
            &Interval {
                range: PAUSE,
                field: |draft: &mut SettingsDraft| &mut draft.settings.round_interval,
            },
            "1m",
            Text {
                en: "Between two of these connections.",
                vi: "Khoảng cách giữa hai lần kết nối nói trên.",
            },
        ),
        Key::new(
            "vantage_interval",
            &Interval {
                range: VANTAGE_INTERVAL,
                field: |draft: &mut SettingsDraft| &mut draft.settings.vantage_interval,
            },
            "1m",
            Text {
                en: "Between two tests of the vantage point.",
                vi: "Khoảng cách giữa hai lần kiểm tra điểm đo.",
            },
        ),
        Key::new(
            "helo",
            &Parsed {
                form: &HOST_NAME,
                field: |draft: &mut SettingsDraft| &mut draft.settings.helo,
            },
            "scanner.example.gov.vn",
            Text {
                en: "The name that mail servers are greeted with (EHLO).",
                vi: "Tên dùng trong lời chào (EHLO) gửi tới máy chủ thư.",
            },
        )
        .or(Fallback::Words(Text { en: "this host's", vi: "tên của máy đo" })),
        Key::section(
            "timeouts",
            &Within {
                section: &TIMEOUTS,
                field: |draft: &mut SettingsDraft| &mut draft.settings.timeouts,
            },
            "{dns: 5s, connect: 10s}",
        ),
    ],
    alternatives: &[],
    check: has_two_control_targets,
};

static CONTROL_TARGET: Form<SocketAddr> = Form::new(
    address::control_target,
    Text {
        en: "IPv6 address, with or without a port",
        vi: "địa chỉ IPv6, có hoặc không kèm cổng kết nối (port)",
    },
);

static HOST_NAME: Form<String> = Form::new(
    |text| host::domain(text).map(|name| name.to_string()),
    Text { en: "host name", vi: "tên máy chủ" },
);

fn has_two_control_targets(
    draft: &mut SettingsDraft,
    fields: &Fields<SettingsDraft>,
    reader: &mut Reader<'_, '_>,
) {
    if let [_] = &draft.settings.control_targets[..]
        && let Some((span, _)) = fields.entry("control_targets")
    {
        let help = "name at least two, on different networks, or delete the key";
        reader.error(span, "one control target can't tell our fault from its own", Some(help));
    }
}
