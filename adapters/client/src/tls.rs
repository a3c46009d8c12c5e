//! TLS: whom to trust, and the handshake.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_rustls::TlsConnector;
use futures_rustls::client::TlsStream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use url::Host;
use waterspout::{ClientError, ClientErrorKind};

use crate::net::Tcp;

/// Who is trusted. The system's certificates are read at the first need.
#[derive(Debug)]
pub(crate) struct Trust {
    roots: RootCertStore,
    native: bool,
    config: Mutex<Option<Arc<ClientConfig>>>,
}

/// The certificates of a PEM text, or the one that is DER.
pub(crate) fn certificates(bytes: &[u8]) -> io::Result<Vec<CertificateDer<'static>>> {
    let pem = b"-----BEGIN";
    if !bytes.windows(pem.len()).any(|window| window == pem) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "there is no certificate in it",
        ));
    }
    Ok(found)
}

impl Trust {
    pub(crate) fn new(roots: RootCertStore, native: bool) -> Self {
        Self {
            roots,
            native,
            config: Mutex::new(None),
        }
    }

    async fn config(self: &Arc<Self>) -> Result<Arc<ClientConfig>, rustls::Error> {
        let made = self.config.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(config) = made {
            return Ok(config);
        }
        let trust = self.clone();
        // The system's certificates are in files.
        blocking::unblock(move || trust.make()).await
    }

    /// Makes the configuration, once: who comes meanwhile waits, in a thread that may.
    fn make(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut made = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = &*made {
            return Ok(config.clone());
        }
        let mut roots = self.roots.clone();
        if self.native {
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::debug!(target: "waterspout", %error, "some of the system's certificates cannot be read");
            }
            // Systems have some that are broken or of another age: those are passed over.
            let _ = roots.add_parsable_certificates(found.certs);
        }
        if roots.is_empty() {
            return Err(rustls::Error::General("no root certificates were found".into()));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        *made = Some(config.clone());
        Ok(config)
    }

    /// The handshake; the certificate must be valid for `host`.
    pub(crate) async fn handshake(
        self: &Arc<Self>,
        host: &Host<String>,
        tcp: Tcp,
    ) -> Result<TlsStream<Tcp>, ClientError> {
        let failed = |error| ClientError::new(ClientErrorKind::Tls).with_source(error);
        let config = self.config().await.map_err(failed)?;
        let name = match host {
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
            // Without the dot of a complete name: certificates and SNI have none (RFC 6066 section 3).
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name).to_owned();
                let invalid = |error| ClientError::new(ClientErrorKind::InvalidUrl).with_source(error);
                ServerName::try_from(name).map_err(invalid)?
            }
        };
        let handshake = TlsConnector::from(config).connect(name, tcp);
        handshake.await.map_err(|error| {
            ClientError::new(tls_kind(&error).unwrap_or(ClientErrorKind::Tls)).with_source(error)
        })
    }
}

/// What a failure of TLS itself is; `None` for one of the connection below it.
pub(crate) fn tls_kind(error: &io::Error) -> Option<ClientErrorKind> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            ClientErrorKind::Certificate
        }
        _ => ClientErrorKind::Tls,
    })
}

#[cfg(test)]
mod tests;
