//! Which certificate authorities are trusted.

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;

use super::TlsError;

/// A collection of certificate authorities that others keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Roots {
    /// Those the operating system trusts. Its files are read when the context is made; the
    /// variables `SSL_CERT_FILE` and `SSL_CERT_DIR` of the environment name others.
    System,
    /// Those Mozilla trusts, as they were when this program was built.
    WebPki,
}

/// Everything that was asked for, in one.
pub(super) fn store(
    kept: &[Roots],
    own: &[CertificateDer<'static>],
) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    for roots in kept {
        match roots {
            Roots::System => add_system(&mut store)?,
            Roots::WebPki => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
    }
    for root in own {
        store.add(root.clone()).map_err(|error| TlsError::Context {
            reason: format!("one of the certificate authorities given is none: {error}"),
        })?;
    }
    Ok(store)
}

fn add_system(store: &mut RootCertStore) -> Result<(), TlsError> {
    let found = rustls_native_certs::load_native_certs();
    // Some systems carry a few that are malformed; the others are still to be trusted.
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added > 0 {
        return Ok(());
    }
    let reasons: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    let reason = if reasons.is_empty() { "there are none".into() } else { reasons.join("; ") };
    Err(TlsError::NoRoots { reason })
}
