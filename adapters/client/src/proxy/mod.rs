//! Which proxy a request goes through, if any.

mod exempt;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::{Host, Url};
use waterspout::{ClientError, ClientErrorKind};

pub(crate) use exempt::Exempt;

/// An HTTP proxy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Proxy {
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    /// Basic credentials, where its URL has a user.
    pub(crate) authorization: Option<HeaderValue>,
}

/// A proxy that was named and cannot be used. Requests that should go through it fail: to go past it is not what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable(&'static str);

type Chosen = Result<Arc<Proxy>, Unusable>;

/// The proxies of an engine.
#[derive(Debug, Default, Clone)]
pub(crate) struct Proxies {
    pub(crate) http: Option<Chosen>,
    pub(crate) https: Option<Chosen>,
    pub(crate) exempt: Exempt,
}

impl Proxy {
    /// Parses `http://user:password@host:port`; the scheme may be missing.
    pub(crate) fn parse(text: &str) -> Chosen {
        let text = text.trim();
        let url = if text.contains("://") {
            Url::parse(text)
        } else {
            Url::parse(&format!("http://{text}"))
        };
        let url = url.map_err(|_| Unusable("the proxy's URL is not valid"))?;
        if url.scheme() != "http" {
            return Err(Unusable("only proxies with http:// are supported"));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(Unusable("the proxy's URL has no host"));
        };
        Ok(Arc::new(Self {
            host: host.to_owned(),
            port,
            authorization: authorization(&url)?,
        }))
    }
}

fn authorization(url: &Url) -> Result<Option<HeaderValue>, Unusable> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let user: Vec<u8> = percent_decode_str(url.username()).collect();
    if user.contains(&b':') {
        return Err(Unusable("the proxy's user has a colon in its name"));
    }
    let password: Vec<u8> = percent_decode_str(url.password().unwrap_or_default()).collect();
    let text = format!("Basic {}", STANDARD.encode([user, password].join(&b':')));
    let mut value = HeaderValue::try_from(text).map_err(|_| Unusable("the proxy's user is not valid"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

impl Proxies {
    /// What the environment says; `get` reads a variable. The names in small letters win, as elsewhere.
    ///
    /// In a CGI program, which has a `REQUEST_METHOD`, `HTTP_PROXY` is the field `Proxy` of the request, so whoever sent
    /// it could send our requests anywhere (CVE-2016-5385): there it is not read.
    pub(crate) fn from_env(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| get(name).filter(|value| !value.trim().is_empty());
        let cgi = get("REQUEST_METHOD").is_some();
        let any = get("all_proxy").or_else(|| get("ALL_PROXY"));
        // On Windows the two names are one.
        let http = if cgi && cfg!(windows) {
            None
        } else {
            get("http_proxy")
        };
        let http = http.or_else(|| get("HTTP_PROXY").filter(|_| !cgi));
        let https = get("https_proxy").or_else(|| get("HTTPS_PROXY"));
        let exempt = get("no_proxy").or_else(|| get("NO_PROXY"));
        let parse = |text: &String| Proxy::parse(text);
        Self {
            http: http.as_ref().or(any.as_ref()).map(parse),
            https: https.as_ref().or(any.as_ref()).map(parse),
            exempt: Exempt::parse(&exempt.unwrap_or_default()),
        }
    }

    /// The proxy for one URL.
    pub(crate) fn choose(
        &self,
        https: bool,
        host: &Host<String>,
        port: u16,
    ) -> Result<Option<Arc<Proxy>>, ClientError> {
        let chosen = if https { &self.https } else { &self.http };
        match chosen {
            Some(chosen) if !self.exempt.matches(host, port) => match chosen {
                Ok(proxy) => Ok(Some(proxy.clone())),
                Err(unusable) => Err(ClientError::new(ClientErrorKind::Proxy).with_source(*unusable)),
            },
            _ => Ok(None),
        }
    }
}

/// Without the credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({}:{})", self.host, self.port)
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unusable {}
