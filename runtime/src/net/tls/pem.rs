//! Certificates and keys in PEM form, out of files or bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsError;

/// Where something in PEM form is.
#[derive(Clone)]
pub(super) enum Origin {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Origin {
    /// Every certificate that is there; at least one.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let bytes = self.bytes()?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        match found {
            Ok(found) if found.is_empty() => Err(self.wrong("there is no certificate in it")),
            Ok(found) => Ok(found),
            Err(error) => Err(self.wrong(error)),
        }
    }

    /// The first private key that is there.
    pub(super) fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        PrivateKeyDer::from_pem_slice(&self.bytes()?).map_err(|error| match error {
            pem::Error::NoItemsFound => self.wrong("there is no private key in it"),
            error => self.wrong(error),
        })
    }

    fn bytes(&self) -> Result<Vec<u8>, TlsError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(path) => std::fs::read(path)
                .map_err(|source| TlsError::File { path: path.clone(), source: Arc::new(source) }),
        }
    }

    fn wrong(&self, reason: impl ToString) -> TlsError {
        let origin = match self {
            Self::File(path) => path.display().to_string(),
            Self::Bytes(_) => "the bytes given".to_owned(),
        };
        TlsError::Pem { origin, reason: reason.to_string() }
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&[u8]> for Origin {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_owned())
    }
}
