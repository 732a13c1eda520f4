//! The inventory of the made-up province.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::deadlines::Deadlines;
use super::dns::{RESOLVERS, ROOT_SERVERS};
use super::site::Site;

/// Who announces the lab's addresses: one site's prefix comes from elsewhere, and another's lacks its
/// ROA. Second name servers are another AS's, but for one zone's.
pub(super) const ROUTES: &str = "# prefix and origin AS\n2001:db8::/32 64500\n3fff::/20 64501\n\
    2001:db8:100:c0::/64 64666\n2001:db8:100:c1::/64 64500\n\
    2001:db8:d002::/48 64502\n2001:db8:d002:ce::/64 64500\n";

/// See [`ROUTES`].
pub(super) const VRPS: &str = "{\"roas\": [\
    {\"asn\": \"AS64500\", \"prefix\": \"2001:db8::/32\", \"maxLength\": 48},\n\
    {\"asn\": \"AS64666\", \"prefix\": \"2001:db8:100:c0::/64\", \"maxLength\": 64}]}\n";

/// An organisation: its id, its name, and whom to write to where it says that.
pub(super) type Organisation = (&'static str, &'static str, Option<&'static str>);

/// What an inventory begins with.
pub(super) struct Heading<'a> {
    /// A remark.
    pub remark: &'a str,
    pub title: &'a str,
    /// The organisations, in order.
    pub organisations: &'a [Organisation],
}

/// The heading of the province of faults.
pub(super) const PROVINCE: Heading<'_> = Heading {
    remark: "The lab of `v6ready demo`: a made-up province that exists in no network but its own.",
    title: "Tỉnh Ví dụ (phòng thử nghiệm của v6ready)",
    organisations: &ORGANISATIONS,
};

/// The organisations of the province of faults, in order.
const ORGANISATIONS: [Organisation; 3] = [
    ("vp-vidu", "Văn phòng (ví dụ)", Some("Phòng Công nghệ thông tin, cntt@vp.vidu.example")),
    ("so-a-vidu", "Sở A (ví dụ)", Some("cntt@so-a.vidu.example")),
    ("so-b-vidu", "Sở B (ví dụ)", None),
];

/// The text of the inventory.
pub(super) fn text(heading: &Heading<'_>, sites: &[Site], deadlines: Deadlines) -> String {
    let list = |addresses: &[&str]| {
        addresses.iter().map(|address| format!("\"{address}\"")).collect::<Vec<_>>().join(", ")
    };
    let mut text = format!(
        "# {}
version: 1
title: {}
lang: vi
timezone: Asia/Ho_Chi_Minh
settings:
  resolvers: [{}]
  control_targets: [{}]
  root_hints: root.hints
  trust_anchors: root.key
  extra_ca: [ca.pem]
  origin_data: {{routes: routes.txt, vrps: vrps.json}}
  caa_issuers: [{{issuer: v6ready lab intermediate, domain: ca.vidu.example}}]
  attempts: 2
  retry_interval: 200ms
  dns_per_second: 200
  round_interval: 300ms
  timeouts: {{{}}}
networks:
  - {{prefix: \"2001:db8:100::/40\", name: Trung tâm dữ liệu (ví dụ), asn: 64500, testbed: true}}
  - {{prefix: \"2001:db8::/32\", name: Phòng thử nghiệm, testbed: true}}
  - {{prefix: \"198.51.100.0/24\", name: Phòng thử nghiệm, testbed: true}}
  - {{prefix: \"203.0.113.0/24\", name: Phòng thử nghiệm, testbed: true}}
  - {{prefix: \"192.0.2.0/24\", name: Phòng thử nghiệm, testbed: true}}
policy: ipv6-for-gov
organisations:
",
        heading.remark,
        heading.title,
        list(&RESOLVERS),
        list(&ROOT_SERVERS),
        deadlines.timeouts(),
    );
    for (id, name, contact) in heading.organisations {
        let contact = contact.map_or(String::new(), |contact| format!("    contact: {contact}\n"));
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "  - id: {id}\n    name: {name}\n{contact}    services:");
        for site in sites.iter().filter(|site| site.organisation == *id) {
            let web = format!("web: \"https://{}/\"", site.host);
            let _ = writeln!(
                text,
                "      - {{id: {}, name: {}, category: {}, {}, state: {}{}}}",
                site.id,
                in_a_mapping(site.name),
                site.category,
                site.target.as_deref().unwrap_or(&web),
                site.state,
                site.declared,
            );
        }
    }
    text
}

/// A text as the value of a flow mapping.
fn in_a_mapping(text: &str) -> Cow<'_, str> {
    if text.contains([',', ':']) { format!("\"{text}\"").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::province::sample;

    #[test]
    fn the_inventories_are_good() {
        let sites = crate::lab::province::sites();
        for deadlines in [Deadlines::Short, Deadlines::Long] {
            let text = text(&PROVINCE, &sites, deadlines);
            let parsed = crate::inventory::parse(text.as_bytes(), "lab.yaml")
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            assert_eq!(parsed.inventory.services.len(), sites.len());
            assert!(sites.len() >= 25 && parsed.warnings.is_empty(), "{:?}", parsed.warnings);
        }
        for moment in 0..sample::MOMENTS {
            let sites = sample::sites(moment);
            let text = text(&sample::HEADING, &sites, Deadlines::Short);
            let parsed = crate::inventory::parse(text.as_bytes(), "sample.yaml")
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            assert_eq!(parsed.inventory.services.len(), sites.len());
            assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
        }
    }
}
