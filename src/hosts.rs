//! The hosts that a client may name.

use std::sync::Arc;

use crate::error::Error;
use crate::h1::{Port, is_host};
use crate::request::Request;
use crate::routing::{HostPattern, PatternError, host_without_port};

/// What [`Settings::allowed_hosts`](crate::Settings::allowed_hosts) was read as; `None` is any host.
#[derive(Clone, Default)]
pub(crate) struct AllowedHosts(Option<Arc<[Allowed]>>);

struct Allowed {
    host: HostPattern,
    /// "" is any.
    port: String,
}

impl AllowedHosts {
    /// Reads them. What cannot be read allows nobody, and [`AllowedHosts::problems`] tells it.
    pub(crate) fn new(patterns: &[String]) -> Self {
        let readable = || patterns.iter().filter_map(|pattern| parse(pattern).ok());
        Self((!patterns.is_empty()).then(|| readable().collect()))
    }

    pub(crate) fn problems(patterns: &[String]) -> impl Iterator<Item = String> {
        let failed = patterns.iter().filter_map(|pattern| parse(pattern).err());
        failed.map(|error| format!("allowed_hosts: {error}"))
    }

    /// Refuses a request whose host is none, or none of these.
    ///
    /// # Errors
    /// 400 and 421 (RFC 9110, sections 7.2 and 15.5.20).
    pub(crate) fn check(&self, request: &Request) -> Result<(), Error> {
        let Some(allowed) = &self.0 else {
            return Ok(());
        };
        let host = request.host().unwrap_or_default();
        if !is_host(host.as_bytes(), Port::Optional) {
            return Err(Error::new(400).message("the request names no host"));
        }
        let port = host[host_without_port(host).len()..].trim_start_matches(':');
        let port = match (port, request.scheme()) {
            ("", "https") => "443",
            ("", _) => "80",
            (port, _) => port,
        };
        let takes = |one: &Allowed| (one.port.is_empty() || one.port == port) && one.host.matches(host);
        if allowed.iter().any(takes) {
            return Ok(());
        }
        Err(Error::new(421).message("this server does not answer for the host that the request names"))
    }
}

fn parse(pattern: &str) -> Result<Allowed, PatternError> {
    let host = host_without_port(pattern);
    Ok(Allowed {
        host: HostPattern::parse(host)?,
        port: pattern[host.len()..].trim_start_matches(':').to_owned(),
    })
}
