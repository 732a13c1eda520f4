//! Which autonomous systems announce an address, and what the RPKI says of that: from tables that
//! the operator keeps, without asking anybody.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A look-up in the operator's tables. Nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OriginQuestion {
    /// The address.
    pub address: IpAddr,
}

impl fmt::Display for OriginQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "origin {}", self.address)
    }
}

/// What the tables hold for an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    /// The longest announced prefix that contains it, with each AS that announces it.
    pub routes: Vec<Route>,
    /// Every validated payload that covers that prefix (RFC 6811 §2); `None` without a table of them
    /// and without a validator that tells.
    pub payloads: Option<Vec<Payload>>,
    /// Why the operator's validator did not tell, where one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator_failed: Option<String>,
}

/// A prefix and who announces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Route {
    /// The prefix.
    pub prefix: IpNet,
    /// The AS number.
    pub asn: u32,
}

/// A validated ROA payload (RFC 6811 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Payload {
    /// The prefix.
    pub prefix: IpNet,
    /// How long an announced prefix may be.
    pub max_length: u8,
    /// The AS that may announce it; 0 = none (RFC 6483 §4).
    pub asn: u32,
}

/// The state of a route (RFC 6811 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// A payload matches.
    Valid,
    /// Payloads cover the prefix and none matches.
    Invalid,
    /// No payload covers it.
    NotFound,
}

impl Origins {
    /// The state of one of the routes; `None` without a table of payloads.
    pub fn validity(&self, route: &Route) -> Option<Validity> {
        let payloads = self.payloads.as_ref()?;
        let covers = |payload: &&Payload| payload.prefix.contains(&route.prefix);
        let matches = |payload: &Payload| {
            payload.asn != 0
                && payload.asn == route.asn
                && route.prefix.prefix_len() <= payload.max_length
        };
        let covering: Vec<&Payload> = payloads.iter().filter(covers).collect();
        Some(match covering.is_empty() {
            true => Validity::NotFound,
            false if covering.into_iter().any(matches) => Validity::Valid,
            false => Validity::Invalid,
        })
    }
}

/// The operator's tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginTable {
    // Sorted, each once.
    routes: Vec<Route>,
    payloads: Option<Vec<Payload>>,
}

impl OriginTable {
    /// Reads the tables.
    ///
    /// `routes` has a prefix and its origin on each line, separated by blanks: `2001:db8::/32 64500`
    /// or `2001:db8::/32 AS64500`, or as in CAIDA's pfx2as files `2001:db8:: 32 64500_64501`. Empty
    /// lines and what follows a `#` are passed over. `payloads` is the JSON that Routinator and
    /// rpki-client export (`roas` with `asn`, `prefix` and `maxLength`).
    ///
    /// # Errors
    /// The first line, or what of the JSON, can't be read.
    pub fn parse(routes: &str, payloads: Option<&str>) -> Result<Self, String> {
        let mut parsed = Vec::new();
        for (at, line) in routes.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let of_line = routes_of(line)
                .ok_or_else(|| format!("line {}: `{line}` is no prefix with its origin", at + 1))?;
            parsed.extend(of_line);
        }
        let payloads = payloads.map(parse_payloads).transpose()?;
        parsed.sort_unstable();
        parsed.dedup();
        Ok(Self { routes: parsed, payloads })
    }

    /// What the tables hold for an address.
    pub fn find(&self, address: IpAddr) -> Origins {
        let routes = self.longest(address);
        let payloads = self.payloads.as_ref().map(|payloads| {
            let covers = |payload: &&Payload| {
                routes.iter().any(|route| payload.prefix.contains(&route.prefix))
            };
            payloads.iter().filter(covers).copied().collect()
        });
        Origins { routes, payloads, validator_failed: None }
    }

    fn longest(&self, address: IpAddr) -> Vec<Route> {
        let most = if address.is_ipv6() { 128 } else { 32 };
        for length in (0..=most).rev() {
            let Ok(prefix) = IpNet::new(address, length).map(|net| net.trunc()) else { continue };
            let from = self.routes.partition_point(|route| route.prefix < prefix);
            let found: Vec<Route> =
                self.routes[from..].iter().take_while(|r| r.prefix == prefix).copied().collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

fn routes_of(line: &str) -> Option<Vec<Route>> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (prefix, origins) = match fields[..] {
        [prefix, origins] => (prefix.parse::<IpNet>().ok()?, origins),
        [address, length, origins] => {
            (IpNet::new(address.parse().ok()?, length.parse().ok()?).ok()?, origins)
        }
        _ => return None,
    };
    // Several origins, or a set of them.
    let origins = origins.split(['_', ',']);
    origins.map(|asn| Some(Route { prefix: prefix.trunc(), asn: asn_of(asn)? })).collect()
}

fn asn_of(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")).unwrap_or(text);
    digits.parse().ok()
}

fn parse_payloads(text: &str) -> Result<Vec<Payload>, String> {
    #[derive(Deserialize)]
    struct Export {
        roas: Vec<Roa>,
    }
    #[derive(Deserialize)]
    struct Roa {
        asn: Asn,
        prefix: IpNet,
        #[serde(rename = "maxLength")]
        max_length: Option<u8>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Asn {
        Number(u32),
        Text(String),
    }
    let export: Export = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let payloads = export.roas.into_iter().map(|roa| {
        let asn = match &roa.asn {
            Asn::Number(number) => Some(*number),
            Asn::Text(text) => asn_of(text),
        };
        let asn = asn.ok_or_else(|| format!("{}: no AS number", roa.prefix))?;
        let max_length = roa.max_length.unwrap_or_else(|| roa.prefix.prefix_len());
        Ok(Payload { prefix: roa.prefix.trunc(), max_length, asn })
    });
    payloads.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "# A table.\n2001:db8::/32 64500\n2001:db8:100::/40  AS64501 # longer\n\
        2001:db8:200:: 40 64502_64503\n192.0.2.0/24 64500\n";
    const PAYLOADS: &str = r#"{"metadata": {}, "roas": [
        {"asn": "AS64500", "prefix": "2001:db8::/32", "maxLength": 32, "ta": "x"},
        {"asn": 64501, "prefix": "2001:db8:100::/40", "maxLength": 48},
        {"asn": 0, "prefix": "192.0.2.0/24"}
    ]}"#;

    fn origins(address: &str) -> Vec<(u32, Option<Validity>)> {
        let table = OriginTable::parse(ROUTES, Some(PAYLOADS)).unwrap();
        let found = table.find(address.parse().unwrap());
        found.routes.iter().map(|route| (route.asn, found.validity(route))).collect()
    }

    #[test]
    fn the_longest_prefix_and_the_payloads_that_cover_it() {
        use Validity::{Invalid, Valid};
        assert_eq!(origins("2001:db8:9::1"), [(64500, Some(Valid))]);
        assert_eq!(origins("2001:db8:100::1"), [(64501, Some(Valid))]);
        // Covered by the /32's payload, which is for another AS and no longer prefix.
        assert_eq!(origins("2001:db8:200::1"), [(64502, Some(Invalid)), (64503, Some(Invalid))]);
        assert_eq!(origins("192.0.2.1"), [(64500, Some(Invalid))]);
        assert_eq!(origins("2001:db9::1"), []);
        let without = OriginTable::parse(ROUTES, None).unwrap();
        let found = without.find("2001:db8::1".parse().unwrap());
        assert_eq!(found.validity(&found.routes[0]), None);
        let uncovered = OriginTable::parse(ROUTES, Some(r#"{"roas": []}"#)).unwrap();
        let found = uncovered.find("2001:db8::1".parse().unwrap());
        assert_eq!(found.validity(&found.routes[0]), Some(Validity::NotFound));
    }

    #[test]
    fn bad_tables_are_named() {
        let error = OriginTable::parse("2001:db8::/32 64500\nnonsense\n", None).unwrap_err();
        assert!(error.contains("line 2"), "{error}");
        assert!(OriginTable::parse("", Some("{}")).is_err());
        assert!(OriginTable::parse("", Some(r#"{"roas":[{"asn":"x","prefix":"::/0"}]}"#)).is_err());
    }
}
