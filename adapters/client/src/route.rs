//! Where a request goes, and what of it is written on the way.

use std::sync::Arc;

use http::header::{PROXY_AUTHORIZATION, UPGRADE};
use http::{HeaderMap, Method};
use url::{Host, Position, Url};
use waterspout::{ClientError, ClientErrorKind};

use crate::proxy::{Proxies, Proxy};

/// Whose connection it is: who differs here never shares one, even on the same address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) https: bool,
    /// In small letters, as the parser of URLs leaves it.
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    pub(crate) proxy: Option<Arc<Proxy>>,
    /// The proxy is asked for a tunnel (CONNECT): for TLS, and for what is not HTTP in the end (RFC 6455 section 4.1).
    pub(crate) tunnel: bool,
}

/// A request's head as it is written.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

/// Finds both.
pub(crate) fn route(
    method: Method,
    url: &Url,
    mut headers: HeaderMap,
    proxies: &Proxies,
) -> Result<(Arc<Key>, Head), ClientError> {
    let https = match url.scheme() {
        "http" => false,
        "https" => true,
        _ => return Err(ClientError::new(ClientErrorKind::UnsupportedScheme)),
    };
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(ClientError::new(ClientErrorKind::InvalidUrl));
    };
    if method == Method::CONNECT {
        return Err(invalid("CONNECT is for proxies only"));
    }
    let host = host.to_owned();
    let proxy = proxies.choose(https, &host, port)?;
    let mut target = url[Position::BeforePath..Position::AfterQuery].to_owned();
    let tunnel = proxy.is_some() && (https || headers.contains_key(UPGRADE));
    match &proxy {
        // The server behind a tunnel must not see what is meant for the proxy.
        Some(_) if tunnel => {
            headers.remove(PROXY_AUTHORIZATION);
        }
        Some(proxy) => {
            // RFC 9112 section 3.2.2: to a proxy the whole URL.
            target = url[..Position::AfterQuery].to_owned();
            if let Some(value) = &proxy.authorization {
                headers.entry(PROXY_AUTHORIZATION).or_insert(value.clone());
            }
        }
        None => {}
    }
    let key = Key {
        https,
        host,
        port,
        proxy,
        tunnel,
    };
    let head = Head {
        method,
        target,
        headers,
    };
    Ok((Arc::new(key), head))
}

fn invalid(detail: &'static str) -> ClientError {
    ClientError::new(ClientErrorKind::InvalidRequest(detail))
}

#[cfg(test)]
mod tests;
