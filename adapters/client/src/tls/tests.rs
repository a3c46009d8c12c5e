use futures_lite::future::block_on;

use super::*;

fn certificate() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(["a.test".to_owned()]).expect("a certificate")
}

#[test]
fn certificates_are_pem_or_der() {
    let one = certificate().cert;
    let two = certificate().cert;
    assert_eq!(certificates(one.der()).expect("DER"), [one.der().clone()]);
    let pem = format!("# ours\n{}\n{}", one.pem(), two.pem());
    let both = [one.der().clone(), two.der().clone()];
    assert_eq!(certificates(pem.as_bytes()).expect("PEM"), both);
    for bad in [
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        &certificate().signing_key.serialize_pem(),
    ] {
        assert!(certificates(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_certificate_that_is_none_is_told() {
    for bad in [&b"no certificate"[..], b"", b"-----BEGIN CERTIFICATE-----"] {
        let built = crate::HttpEngine::builder().root_certificate(bad).build();
        let error = built.expect_err("no certificate");
        assert!(error.to_string().contains("root certificate"), "{error}");
    }
}

#[test]
fn without_roots_nobody_is_trusted() {
    let trust = Arc::new(Trust::new(RootCertStore::empty(), false));
    assert!(block_on(trust.config()).is_err());
}

#[test]
fn the_configuration_is_made_once() {
    let mut roots = RootCertStore::empty();
    roots.add(certificate().cert.der().clone()).expect("a root");
    let trust = Arc::new(Trust::new(roots, false));
    let [one, two] = [(); 2].map(|()| block_on(trust.config()).expect("a configuration"));
    assert!(Arc::ptr_eq(&one, &two));
}
