//! Certificates: an authority of our own, and the servers that it vouches for, or does not.

use std::sync::{Arc, LazyLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Valid for `localhost`, `a.test`, `b.test` and 127.0.0.1.
    Good,
    /// Valid for `a.test` alone.
    OnlyA,
    /// Valid for `a.test`, until the end of 2020.
    Expired,
    /// For `a.test`, vouched for by nobody.
    SelfSigned,
    /// For `a.test`, from an authority that the client does not know.
    Stranger,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
    pem: String,
}

static OURS: LazyLock<Authority> = LazyLock::new(|| Authority::new("our authority"));
static THEIRS: LazyLock<Authority> = LazyLock::new(|| Authority::new("some authority"));

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = params(&[], name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            der: certificate.der().to_vec(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }
}

/// The authority's certificate as DER.
pub(crate) fn root() -> &'static [u8] {
    &OURS.der
}

/// The authority's certificate as PEM.
pub(crate) fn root_pem() -> &'static str {
    &OURS.pem
}

fn params(names: &[&str], common: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("good names");
    params.distinguished_name.push(rcgen::DnType::CommonName, common);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params
}

impl Identity {
    pub(crate) fn config(self) -> Arc<ServerConfig> {
        static GOOD: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| Identity::Good.make());
        match self {
            Self::Good => GOOD.clone(),
            _ => self.make(),
        }
    }

    fn make(self) -> Arc<ServerConfig> {
        let names: &[&str] = match self {
            Self::Good => &["localhost", "a.test", "b.test", "127.0.0.1"],
            _ => &["a.test"],
        };
        let mut params = params(names, "a server");
        if self == Self::Expired {
            params.not_after = date_time_ymd(2020, 12, 31);
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = match self {
            Self::SelfSigned => params.self_signed(&key),
            Self::Stranger => params.signed_by(&key, &THEIRS.issuer),
            Self::Good | Self::OnlyA | Self::Expired => params.signed_by(&key, &OURS.issuer),
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.expect("a certificate").der().clone()];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS")
            .with_no_client_auth()
            .with_single_cert(chain, key);
        Arc::new(config.expect("the key fits"))
    }
}
