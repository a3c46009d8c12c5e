//! From a host's name to its addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use url::Host;
use waterspout::BoxFuture;

/// Finds the addresses of a host.
///
/// The default asks the system (`getaddrinfo`), in a thread where that blocks nobody. A closure is one too:
///
/// ```
/// use std::io;
/// use std::net::SocketAddr;
/// use waterspout_client::HttpEngine;
///
/// let engine = HttpEngine::builder()
///     .resolver(|host: &str, port: u16| {
///         let known = host == "api.internal";
///         async move {
///             let address = SocketAddr::from(([10, 0, 0, 7], port));
///             if known { Ok(vec![address]) } else { Err(io::Error::other("unknown host")) }
///         }
///     })
///     .build()?;
/// # Ok::<(), waterspout_client::BuildError>(())
/// ```
///
/// It is not asked for hosts that are addresses already, nor for `localhost` and names that end in `.localhost`, which
/// are always this machine (RFC 6761 section 6.3).
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of `host`, each with `port`. An empty list counts as a failure.
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;
}

impl<F, R> Resolve for F
where
    F: Fn(&str, u16) -> R + Send + Sync + 'static,
    R: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        Box::pin(self(host, port))
    }
}

/// The system's own.
pub(crate) struct System;

impl Resolve for System {
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let host = host.to_owned();
        Box::pin(blocking::unblock(move || {
            Ok((host.as_str(), port).to_socket_addrs()?.collect())
        }))
    }
}

/// All addresses of a host, from whoever knows them.
pub(crate) async fn resolve(
    resolver: &dyn Resolve,
    host: &Host<String>,
    port: u16,
) -> io::Result<Vec<SocketAddr>> {
    let name = match host {
        Host::Ipv4(ip) => return Ok(vec![(*ip, port).into()]),
        Host::Ipv6(ip) => return Ok(vec![(*ip, port).into()]),
        Host::Domain(name) if is_localhost(name) => {
            let here = [IpAddr::from(Ipv6Addr::LOCALHOST), Ipv4Addr::LOCALHOST.into()];
            return Ok(here.map(|ip| (ip, port).into()).into());
        }
        Host::Domain(name) => name,
    };
    let addresses = resolver.resolve(name, port).await?;
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    Ok(addresses)
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests;
