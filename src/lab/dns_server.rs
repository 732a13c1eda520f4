//! The lab's name servers: one table of records behind the root servers' and the resolver's
//! addresses.
//!
//! The resolver answers from the table directly instead of asking its way down from the root.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

/// Where the recursive resolver answers.
pub(super) const RESOLVERS: [&str; 2] = ["[2001:db8:53::53]:53", "192.0.2.53:53"];

/// Where the root servers answer: the control targets of the vantage test.
pub(super) const ROOT_SERVERS: [&str; 2] = ["[2001:db8:a::1]:53", "[2001:db8:b::1]:53"];

/// Links of an alias chain that an answer holds, as resolvers have it.
const CHAIN_MAX: usize = 16;

const TTL_S: u32 = 300;

/// What a name has.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// An address record.
    Address(IpAddr),
    /// An alias.
    Alias(&'static str),
    /// A name server of a zone, which makes the name an apex.
    NameServer(&'static str),
    /// The resolver fails for this name.
    ServFail,
    /// Nobody answers for this name.
    Silence,
}

/// Every name of the lab with what it has. A name may begin with `*.`.
pub(super) type Zones = Vec<(String, Entry)>;

/// Starts answering on every address.
pub(super) async fn start(zones: Zones) -> io::Result<()> {
    let zones = Arc::new(zones);
    for text in RESOLVERS.iter().chain(&ROOT_SERVERS) {
        let address: SocketAddr = text.parse().map_err(io::Error::other)?;
        let socket = UdpSocket::bind(address).await?;
        let table = Arc::clone(&zones);
        tokio::spawn(async move {
            let mut octets = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut octets).await {
                if let Some(answer) = answer(&table, &octets[..length]) {
                    let _ = socket.send_to(&answer, from).await;
                }
            }
        });
        let listener = TcpListener::bind(address).await?;
        let table = Arc::clone(&zones);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let length = stream.read_u16().await.unwrap_or(0);
                let mut octets = vec![0; usize::from(length)];
                if stream.read_exact(&mut octets).await.is_ok()
                    && let Some(answer) = answer(&table, &octets)
                {
                    let _ = stream.write_u16(u16::try_from(answer.len()).unwrap_or(0)).await;
                    let _ = stream.write_all(&answer).await;
                }
            }
        });
    }
    Ok(())
}

fn answer(zones: &Zones, octets: &[u8]) -> Option<Vec<u8>> {
    let asked = Message::from_vec(octets).ok()?;
    let query = asked.queries.first()?.clone();
    let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = asked.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    let mut name = text(query.name());
    for _ in 0..CHAIN_MAX {
        let entries = entries(zones, &name);
        let Some(entries) = entries else {
            answer.metadata.response_code = ResponseCode::NXDomain;
            deny(zones, &name, &mut answer);
            break;
        };
        if entries.iter().any(|entry| matches!(entry, Entry::Silence)) {
            return None;
        }
        if entries.iter().any(|entry| matches!(entry, Entry::ServFail)) {
            answer.metadata.response_code = ResponseCode::ServFail;
            break;
        }
        let wanted: Vec<RData> =
            entries.iter().filter_map(|entry| data(entry, query.query_type(), &name)).collect();
        let alias = entries.iter().find_map(|entry| match entry {
            Entry::Alias(target) => Some(*target),
            _ => None,
        });
        if !wanted.is_empty() {
            for data in wanted {
                answer.answers.push(record(&name, data)?);
            }
            break;
        }
        match alias {
            Some(target) => {
                let to = Name::from_ascii(format!("{target}.")).ok()?;
                answer.answers.push(record(&name, RData::CNAME(CNAME(to)))?);
                name = target.to_owned();
                if name == text(query.name()) {
                    break;
                }
            }
            None => {
                deny(zones, &name, &mut answer);
                break;
            }
        }
    }
    answer.add_query(query);
    answer.to_vec().ok()
}

/// What a name has: its own entries, or those of the wildcard beside it (RFC 4592); an empty list
/// for a name that only has others below it.
fn entries<'z>(zones: &'z Zones, name: &str) -> Option<Vec<&'z Entry>> {
    let of = |name: &str| -> Vec<&'z Entry> {
        zones.iter().filter(|(owner, _)| owner == name).map(|(_, entry)| entry).collect()
    };
    let own = of(name);
    if !own.is_empty() {
        return Some(own);
    }
    let below = format!(".{name}");
    if name.is_empty() || zones.iter().any(|(owner, _)| owner.ends_with(&below)) {
        return Some(Vec::new());
    }
    let wildcard = name.split_once('.').map(|(_, parent)| of(&format!("*.{parent}")));
    wildcard.filter(|entries| !entries.is_empty())
}

fn data(entry: &Entry, wanted: RecordType, name: &str) -> Option<RData> {
    match (entry, wanted) {
        (Entry::Address(IpAddr::V4(address)), RecordType::A) => Some(RData::A(A(*address))),
        (Entry::Address(IpAddr::V6(address)), RecordType::AAAA) => {
            Some(RData::AAAA(AAAA(*address)))
        }
        (Entry::NameServer(server), RecordType::NS) => {
            Some(RData::NS(NS(Name::from_ascii(format!("{server}.")).ok()?)))
        }
        // One SOA for each apex, whose first name server stands for all.
        (Entry::NameServer(server), RecordType::SOA)
            if server.starts_with("ns1.") || name.is_empty() =>
        {
            soa(name)
        }
        _ => None,
    }
}

/// The SOA of the zone that a name lies in says that there is nothing (RFC 2308 §3).
fn deny(zones: &Zones, name: &str, answer: &mut Message) {
    let mut apex = name;
    while !apex.is_empty() {
        let is_apex = |(owner, entry): &(String, Entry)| {
            owner == apex && matches!(entry, Entry::NameServer(_))
        };
        if zones.iter().any(is_apex) {
            break;
        }
        apex = apex.split_once('.').map_or("", |(_, parent)| parent);
    }
    answer.authorities.extend(soa(apex).and_then(|data| record(apex, data)));
}

fn soa(apex: &str) -> Option<RData> {
    let name = |text: String| Name::from_ascii(text).ok();
    let mname = name(format!("ns1.{apex}.").replace("..", "."))?;
    let rname = name(format!("hostmaster.{apex}.").replace("..", "."))?;
    Some(RData::SOA(SOA::new(mname, rname, 1, 3600, 600, 86_400, 300)))
}

fn record(owner: &str, data: RData) -> Option<Record> {
    Some(Record::from_rdata(Name::from_ascii(format!("{owner}.")).ok()?, TTL_S, data))
}

/// Without the trailing dot, in lower case; empty for the root.
fn text(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::Query;

    fn ask(zones: &Zones, name: &str, record_type: RecordType) -> Message {
        let mut query = Message::new(1, MessageType::Query, OpCode::Query);
        query.add_query(Query::query(Name::from_ascii(name).unwrap(), record_type));
        Message::from_vec(&answer(zones, &query.to_vec().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn it_answers_as_a_resolver_does() {
        let address = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);
        let zones = vec![
            (String::new(), Entry::NameServer("ns1.root.example")),
            ("z.example".to_owned(), Entry::NameServer("ns1.z.example")),
            ("www.z.example".to_owned(), Entry::Alias("a.z.example")),
            ("a.z.example".to_owned(), Entry::Address(address)),
            ("*.w.z.example".to_owned(), Entry::Address(address)),
        ];
        assert_eq!(ask(&zones, ".", RecordType::SOA).answers.len(), 1);
        assert_eq!(ask(&zones, "www.z.example.", RecordType::AAAA).answers.len(), 2);
        assert_eq!(ask(&zones, "x.w.z.example.", RecordType::AAAA).answers.len(), 1);
        let nothing = ask(&zones, "a.z.example.", RecordType::A);
        assert_eq!(nothing.metadata.response_code, ResponseCode::NoError);
        assert_eq!(text(&nothing.authorities[0].name), "z.example");
        let nowhere = ask(&zones, "b.z.example.", RecordType::A);
        assert_eq!(nowhere.metadata.response_code, ResponseCode::NXDomain);
    }
}
