//! The zones that Knot serves: the root, the TLD, and the province's.

/// Where the name servers of the root, of the TLD and of the province are, in both families.
pub const ROOT_AT: [&str; 4] = ["2001:db8:a::1", "2001:db8:b::1", "192.0.2.1", "192.0.2.2"];
pub const TLD_AT: [&str; 4] = ["2001:db8:c::1", "2001:db8:d::1", "192.0.2.3", "192.0.2.4"];
pub const LEAF_AT: [&str; 4] = ["2001:db8:e::1", "2001:db8:f::1", "192.0.2.5", "192.0.2.6"];

pub const ROOT_ZONE: &str = "
. 300 SOA a.root.example. hostmaster.root.example. 1 3600 600 86400 300
. 300 NS a.root.example.
. 300 NS b.root.example.
a.root.example. 300 AAAA 2001:db8:a::1
a.root.example. 300 A 192.0.2.1
b.root.example. 300 AAAA 2001:db8:b::1
b.root.example. 300 A 192.0.2.2
example. 300 NS a.nic.example.
example. 300 NS b.nic.example.
a.nic.example. 300 AAAA 2001:db8:c::1
a.nic.example. 300 A 192.0.2.3
b.nic.example. 300 AAAA 2001:db8:d::1
b.nic.example. 300 A 192.0.2.4
ipv4only.arpa. 300 A 192.0.0.170
ipv4only.arpa. 300 A 192.0.0.171
";

const TLD_ZONE: &str = "
example. 300 SOA a.nic.example. hostmaster.nic.example. 1 3600 600 86400 300
example. 300 NS a.nic.example.
example. 300 NS b.nic.example.
example. 300 CAA 0 issue \"ca.nic.example\"
a.nic.example. 300 AAAA 2001:db8:c::1
a.nic.example. 300 A 192.0.2.3
b.nic.example. 300 AAAA 2001:db8:d::1
b.nic.example. 300 A 192.0.2.4
a.root.example. 300 AAAA 2001:db8:a::1
a.root.example. 300 A 192.0.2.1
b.root.example. 300 AAAA 2001:db8:b::1
b.root.example. 300 A 192.0.2.2
";

/// The TLD's zone with the delegations of `tinh.example` and `mot.example`, and with more records.
pub fn tld_zone(more: &str) -> String {
    let [tinh, mot] = [delegation("tinh.example", true), delegation("mot.example", false)];
    format!("{TLD_ZONE}{tinh}{mot}{more}")
}

/// The parent's records of a zone of the province.
pub fn delegation(apex: &str, second_has_ipv6: bool) -> String {
    let second = if second_has_ipv6 {
        format!("ns2.{apex}. 300 AAAA 2001:db8:f::1\n")
    } else {
        String::new()
    };
    format!(
        "{apex}. 300 NS ns1.{apex}.\n{apex}. 300 NS ns2.{apex}.\n\
         ns1.{apex}. 300 AAAA 2001:db8:e::1\nns1.{apex}. 300 A 192.0.2.5\n\
         {second}ns2.{apex}. 300 A 192.0.2.6\n"
    )
}

/// A zone of the province: its apex, name servers and hosts.
pub fn leaf_zone(apex: &str, second_has_ipv6: bool, hosts: &str) -> String {
    let second = if second_has_ipv6 { "ns2 300 AAAA 2001:db8:f::1\n" } else { "" };
    format!(
        "$ORIGIN {apex}.\n\
         @ 300 SOA ns1 hostmaster 1 3600 600 86400 300\n\
         @ 300 NS ns1\n@ 300 NS ns2\n\
         ns1 300 AAAA 2001:db8:e::1\nns1 300 A 192.0.2.5\n\
         {second}ns2 300 A 192.0.2.6\n{hosts}"
    )
}
