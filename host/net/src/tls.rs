//! One configuration of TLS for everything that goes out: the system's authorities, or those of one file.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::NetError;

/// TLS 1.2 and 1.3.
pub(crate) fn config(ca: Option<&Path>) -> Result<ClientConfig, NetError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let start = |fault: rustls::Error| NetError::Start(fault.to_string());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(start)?;
    let builder = match ca {
        Some(path) => builder.with_root_certificates(authorities(path)?),
        None => builder.with_platform_verifier().map_err(start)?,
    };
    Ok(builder.with_no_client_auth())
}

fn authorities(path: &Path) -> Result<RootCertStore, NetError> {
    let bad = |what: &str| NetError::Authorities { path: path.display().to_string(), what: what.to_owned() };
    let bytes = std::fs::read(path).map_err(|fault| bad(&format!("cannot be read ({})", fault.kind())))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|_| bad("is no PEM"))?;
        roots.add(certificate).map_err(|_| bad("holds a certificate that is none"))?;
    }
    if roots.is_empty() { Err(bad("holds no certificate")) } else { Ok(roots) }
}
