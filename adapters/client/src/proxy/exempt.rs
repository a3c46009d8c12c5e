//! Hosts that no proxy is used for: `NO_PROXY`.

use std::net::IpAddr;

use url::Host;

/// A list of hosts, separated by commas or blanks.
///
/// An entry is `*` (all), a name (with or without a dot before it: that host and all below it), an address, or a network
/// (`10.0.0.0/8`, `fd00::/8`). A name and an address may have a port behind them, `[::1]:8080`.
#[derive(Debug, Default, Clone)]
pub(crate) struct Exempt(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    All,
    /// In small letters, no dot before it or behind it.
    Name(String, Option<u16>),
    Address(IpAddr, Option<u16>),
    Network(IpAddr, u8),
}

impl Exempt {
    pub(crate) fn parse(list: &str) -> Self {
        let entries = list.split([',', ' ', '\t']).map(str::trim);
        Self(
            entries
                .filter(|entry| !entry.is_empty())
                .map(Rule::parse)
                .collect(),
        )
    }

    pub(crate) fn matches(&self, host: &Host<String>, port: u16) -> bool {
        self.0.iter().any(|rule| rule.matches(host, port))
    }
}

impl Rule {
    fn parse(entry: &str) -> Self {
        if entry == "*" {
            return Self::All;
        }
        if let Some((ip, bits)) = entry.split_once('/')
            && let (Some(ip), Ok(bits)) = (address(ip), bits.parse::<u8>())
            && bits <= if ip.is_ipv4() { 32 } else { 128 }
        {
            return Self::Network(ip, bits);
        }
        if let Some(ip) = address(entry) {
            return Self::Address(ip, None);
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
            _ => (entry, None),
        };
        if let Some(ip) = address(host) {
            return Self::Address(ip, port);
        }
        let name = host.strip_prefix('*').unwrap_or(host);
        Self::Name(name.trim_matches('.').to_ascii_lowercase(), port)
    }

    fn matches(&self, host: &Host<String>, port: u16) -> bool {
        let ip = match host {
            Host::Ipv4(ip) => Some(IpAddr::from(*ip)),
            Host::Ipv6(ip) => Some(IpAddr::from(*ip).to_canonical()),
            Host::Domain(_) => None,
        };
        match self {
            Self::All => true,
            Self::Address(own, only) => ip == Some(*own) && only.is_none_or(|only| only == port),
            Self::Network(network, bits) => ip.is_some_and(|ip| in_network(ip, *network, *bits)),
            Self::Name(own, only) => {
                let Host::Domain(name) = host else {
                    return false;
                };
                let name = name.strip_suffix('.').unwrap_or(name);
                let below = name
                    .strip_suffix(own.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                below && !own.is_empty() && only.is_none_or(|only| only == port)
            }
        }
    }
}

/// An address, in brackets or without; an IPv4 address within IPv6 counts as what it is.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

fn in_network(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (ip, network, width) = match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            (u128::from(ip.to_bits()), u128::from(network.to_bits()), 32)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => (ip.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    // All 128 bits shifted out is no shift at all.
    let host_bits = u32::from(width - bits.min(width));
    (ip ^ network).checked_shr(host_bits).unwrap_or(0) == 0
}
