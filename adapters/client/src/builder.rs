//! How an engine is made.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use waterspout::h1;

use crate::connect::Connector;
use crate::engine::{HttpEngine, Shared};
use crate::pool::{Bounds, Pool};
use crate::proxy::{Exempt, Proxies, Proxy};
use crate::resolve::{Resolve, System};
use crate::tls::{Trust, certificates};

/// How many connections without work an engine keeps, in all.
const IDLE: usize = 256;

/// What an [`HttpEngine`] is made with.
pub struct Builder {
    per_host: usize,
    idle_timeout: Duration,
    roots: Vec<Vec<u8>>,
    native_roots: bool,
    proxy_from_env: bool,
    http_proxy: Option<String>,
    https_proxy: Option<String>,
    no_proxy: Option<String>,
    resolver: Arc<dyn Resolve>,
    limits: h1::Limits,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            per_host: 64,
            idle_timeout: Duration::from_secs(60),
            roots: Vec::new(),
            native_roots: true,
            proxy_from_env: std::env::var_os("REQUEST_METHOD").is_none(),
            http_proxy: None,
            https_proxy: None,
            no_proxy: None,
            resolver: Arc::new(System),
            limits: h1::Limits::default(),
        }
    }

    /// Most connections to one scheme, host and port, at least 1; 64 by default. Further fetches wait, first come, first
    /// served.
    #[must_use]
    pub fn connections_per_host(mut self, most: usize) -> Self {
        self.per_host = most.max(1);
        self
    }

    /// How long a connection without work is kept; 60 s by default. It is closed when the engine is next used. Zero
    /// keeps none.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Trusts a certificate besides those of the system: DER, or PEM with one or more of them.
    #[must_use]
    pub fn root_certificate(mut self, certificate: &[u8]) -> Self {
        self.roots.push(certificate.to_vec());
        self
    }

    /// Whether the system's certificates are trusted; on by default. They are read at the first `https` request.
    #[must_use]
    pub fn native_roots(mut self, trust: bool) -> Self {
        self.native_roots = trust;
        self
    }

    /// Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (in small letters too, which win) are obeyed; on
    /// by default, but not in a CGI program (one with a `REQUEST_METHOD` in its environment). `HTTP_PROXY` is never
    /// read there: it would be a field of the request (CVE-2016-5385).
    #[must_use]
    pub fn proxy_from_env(mut self, obey: bool) -> Self {
        self.proxy_from_env = obey;
        self
    }

    /// Sends all requests through a proxy, `http://user:password@host:port`, whatever the environment says.
    #[must_use]
    pub fn proxy(self, url: &str) -> Self {
        self.http_proxy(url).https_proxy(url)
    }

    /// Sends requests for `http` URLs through a proxy.
    #[must_use]
    pub fn http_proxy(mut self, url: &str) -> Self {
        self.http_proxy = Some(url.to_owned());
        self
    }

    /// Sends requests for `https` URLs through a proxy, which sees the host and the port of them and nothing else.
    #[must_use]
    pub fn https_proxy(mut self, url: &str) -> Self {
        self.https_proxy = Some(url.to_owned());
        self
    }

    /// Hosts that are reached without a proxy, in place of what `NO_PROXY` says: names with all below them, `host:port`,
    /// addresses, networks (`10.0.0.0/8`), or `*`; separated by commas.
    #[must_use]
    pub fn no_proxy(mut self, hosts: &str) -> Self {
        self.no_proxy = Some(hosts.to_owned());
        self
    }

    /// Finds addresses in another way than the system does.
    #[must_use]
    pub fn resolver(mut self, resolver: impl Resolve) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    /// The limits of heads, chunk lines and trailers of responses.
    #[must_use]
    pub fn limits(mut self, limits: h1::Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    /// A certificate that cannot be read; a proxy that is no `http://` URL. What the environment says is no error here:
    /// a proxy there that cannot be used fails the requests that would go through it.
    pub fn build(self) -> Result<HttpEngine, BuildError> {
        let mut proxies = self.proxies();
        let parse = |url: &String| Proxy::parse(url).map_err(|error| BuildError::new(What::Proxy, error));
        if let Some(url) = &self.http_proxy {
            proxies.http = Some(Ok(parse(url)?));
        }
        if let Some(url) = &self.https_proxy {
            proxies.https = Some(Ok(parse(url)?));
        }
        if let Some(hosts) = &self.no_proxy {
            proxies.exempt = Exempt::parse(hosts);
        }
        let mut roots = RootCertStore::empty();
        for bytes in &self.roots {
            let unreadable = |error| BuildError::new(What::Certificate, error);
            for certificate in certificates(bytes).map_err(unreadable)? {
                let added = roots.add(certificate);
                added.map_err(|error| BuildError::new(What::Certificate, error))?;
            }
        }
        Ok(self.shared(proxies, Trust::new(roots, self.native_roots)))
    }

    /// The engine of the defaults, which cannot be wrong.
    pub(crate) fn defaults() -> HttpEngine {
        let new = Self::new();
        new.shared(new.proxies(), Trust::new(RootCertStore::empty(), true))
    }

    fn proxies(&self) -> Proxies {
        if self.proxy_from_env {
            Proxies::from_env(|name| std::env::var(name).ok())
        } else {
            Proxies::default()
        }
    }

    fn shared(&self, proxies: Proxies, trust: Trust) -> HttpEngine {
        HttpEngine::of(Shared {
            pool: Pool::new(Bounds {
                per_key: self.per_host,
                idle: IDLE,
                idle_timeout: self.idle_timeout,
            }),
            proxies,
            connector: Connector {
                resolver: self.resolver.clone(),
                trust: Arc::new(trust),
                limits: self.limits,
            },
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("connections_per_host", &self.per_host)
            .field("idle_timeout", &self.idle_timeout)
            .field("native_roots", &self.native_roots)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Why an engine cannot be made as it was asked for.
#[derive(Debug)]
pub struct BuildError {
    what: What,
    source: Box<dyn StdError + Send + Sync>,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Certificate,
    Proxy,
}

impl BuildError {
    fn new(what: What, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            what,
            source: source.into(),
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            What::Certificate => "a root certificate cannot be used",
            What::Proxy => "a proxy cannot be used",
        };
        write!(f, "{what}: {}", self.source)
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
