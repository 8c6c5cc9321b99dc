//! Making a context.

use std::path::Path;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::context::Config;
use super::pem::Origin;
use super::roots::{self, Roots};
use super::trusting::Trusting;
use super::{TlsContext, TlsError};
use crate::Error;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Whether a server asks its clients for certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientCertificates {
    /// It does not.
    #[default]
    Ignored,
    /// It does, and serves also those who have none.
    #[doc(alias = "CVerifyPeerUseEnvVars")]
    Optional,
    /// It does, and serves nobody else.
    #[doc(alias = "CVerifyPeer")]
    Required,
}

/// Begins a [`TlsContext`]: say what it is to have, then for which side it is.
///
/// ```no_run
/// use async_proc::net::tls::{TlsVersion, new_context};
///
/// let client = new_context().alpn(["http/1.1"]).client()?;
/// let server = new_context()
///     .certificate_files("server.pem", "server.key")
///     .minimum_version(TlsVersion::Tls13)
///     .server()?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "newContext")]
pub fn new_context() -> ContextBuilder {
    ContextBuilder::default()
}

/// A [`TlsContext`] in the making.
#[must_use = "it becomes a context by `client` or `server`"]
#[derive(Clone, Default)]
pub struct ContextBuilder {
    certificate: Option<(Origin, Origin)>,
    kept_roots: Vec<Roots>,
    own_roots: Vec<Origin>,
    client_certificates: ClientCertificates,
    alpn: Vec<Vec<u8>>,
    no_resumption: bool,
    minimum: Option<TlsVersion>,
    maximum: Option<TlsVersion>,
    trusting: bool,
}

impl ContextBuilder {
    /// What this side shows to the other: a file with its certificate, followed by those between it
    /// and the authority, and a file with its private key, both in PEM form. A server needs them, a
    /// client may have them.
    ///
    /// ```
    /// # use async_proc::{net::{tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let dir = std::env::temp_dir().join(format!("certificates-{}", std::process::id()));
    /// std::fs::create_dir_all(&dir)?;
    /// std::fs::write(dir.join("server.pem"), CERTIFICATE)?;
    /// std::fs::write(dir.join("server.key"), KEY)?;
    /// let context = new_context()
    ///     .certificate_files(dir.join("server.pem"), dir.join("server.key"))
    ///     .server()?;
    /// assert_eq!(context.side(), Side::Server);
    /// std::fs::remove_dir_all(dir)?;
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "certFile")]
    #[doc(alias = "keyFile")]
    pub fn certificate_files(
        mut self,
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Self {
        self.certificate = Some((certificates.as_ref().into(), key.as_ref().into()));
        self
    }

    /// [`certificate_files`](Self::certificate_files) with what is in the files.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().certificate_pem(CERTIFICATE, KEY).server()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn certificate_pem(
        mut self,
        certificates: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Self {
        self.certificate = Some((certificates.as_ref().into(), key.as_ref().into()));
        self
    }

    /// Trusts the authorities of a collection, beside others that are named. If none are, a client
    /// trusts those of the operating system.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// // Those of Mozilla, and one of our own.
    /// let context = new_context().roots(Roots::WebPki).root_pem(CERTIFICATE).client()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn roots(mut self, roots: Roots) -> Self {
        self.kept_roots.push(roots);
        self
    }

    /// Trusts the authorities whose certificates are in a file, in PEM form.
    #[doc(alias = "caFile")]
    pub fn root_file(mut self, path: impl AsRef<Path>) -> Self {
        self.own_roots.push(path.as_ref().into());
        self
    }

    /// [`root_file`](Self::root_file) with what is in the file.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// // Nobody else is trusted.
    /// let context = new_context().root_pem(CERTIFICATE).client()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn root_pem(mut self, certificates: impl AsRef<[u8]>) -> Self {
        self.own_roots.push(certificates.as_ref().into());
        self
    }

    /// Whether a server asks its clients for certificates, which one of the authorities it trusts
    /// must have signed.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context()
    ///     .certificate_pem(CERTIFICATE, KEY)
    ///     .root_pem(CERTIFICATE)
    ///     .client_certificates(ClientCertificates::Required)
    ///     .server()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "verifyMode")]
    pub fn client_certificates(mut self, wanted: ClientCertificates) -> Self {
        self.client_certificates = wanted;
        self
    }

    /// The protocols that are to be spoken over the connection, the preferred one first. The two
    /// sides agree on one in the handshake, which fails if both name some and none is common.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().root_pem(CERTIFICATE).alpn(["h2", "http/1.1"]).client()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn alpn<P: AsRef<[u8]>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        self.alpn = protocols.into_iter().map(|protocol| protocol.as_ref().to_owned()).collect();
        self
    }

    /// Whether sessions may be resumed, which saves later connections between the same two most of
    /// the handshake. They may, if this is not called.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().root_pem(CERTIFICATE).session_resumption(false).client()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn session_resumption(mut self, on: bool) -> Self {
        self.no_resumption = !on;
        self
    }

    /// Refuses versions before this one. TLS 1.2 is the oldest there is.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().root_pem(CERTIFICATE).minimum_version(TlsVersion::Tls13).client()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "protVersion")]
    pub fn minimum_version(mut self, version: TlsVersion) -> Self {
        self.minimum = Some(version);
        self
    }

    /// Refuses versions after this one.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let nothing = new_context()
    ///     .root_pem(CERTIFICATE)
    ///     .minimum_version(TlsVersion::Tls13)
    ///     .maximum_version(TlsVersion::Tls12);
    /// assert!(nothing.client().is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn maximum_version(mut self, version: TlsVersion) -> Self {
        self.maximum = Some(version);
        self
    }

    /// Has a client accept whoever answers, whatever its certificate says and whoever has signed it:
    /// anyone on the way can read and change everything. For tests, and for nothing else.
    #[doc(alias = "CVerifyNone")]
    pub fn dangerously_accept_any_server(mut self) -> Self {
        self.trusting = true;
        self
    }

    /// A context for the side that connects.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().root_pem(CERTIFICATE).client()?;
    /// assert_eq!(context.side(), Side::Client);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TlsError::File`], [`TlsError::Pem`]: a file is not there, or is not what it should be.
    /// [`TlsError::NoRoots`]: the operating system trusts nobody. [`TlsError::Context`]: certificate
    /// and key do not belong together, for example.
    pub fn client(self) -> Result<TlsContext, Error> {
        Ok(TlsContext { config: Config::Client(Arc::new(self.client_config()?)) })
    }

    /// A context for the side that is connected to.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let context = new_context().certificate_pem(CERTIFICATE, KEY).server()?;
    /// assert_eq!(context.side(), Side::Server);
    /// assert!(new_context().server().is_err());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client); also [`TlsError::Context`] if it has no certificate, or is to
    /// ask for those of clients and trusts no authority.
    pub fn server(self) -> Result<TlsContext, Error> {
        Ok(TlsContext { config: Config::Server(Arc::new(self.server_config()?)) })
    }

    fn client_config(self) -> Result<ClientConfig, TlsError> {
        let provider = provider();
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&self.versions()?)
            .map_err(unusable)?;
        let builder = if self.trusting {
            let verifier = Arc::new(Trusting::new(provider));
            builder.dangerous().with_custom_certificate_verifier(verifier)
        } else {
            builder.with_root_certificates(self.trusted(&[Roots::System])?)
        };
        let mut config = match self.shown()? {
            Some((certificates, key)) => {
                builder.with_client_auth_cert(certificates, key).map_err(unusable)?
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.alpn;
        if self.no_resumption {
            config.resumption = Resumption::disabled();
        }
        Ok(config)
    }

    fn server_config(self) -> Result<ServerConfig, TlsError> {
        let Some((certificates, key)) = self.shown()? else {
            return Err(TlsError::Context { reason: "a server needs a certificate".into() });
        };
        let provider = provider();
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&self.versions()?)
            .map_err(unusable)?;
        let builder = match self.client_certificates {
            ClientCertificates::Ignored => builder.with_no_client_auth(),
            wanted => {
                let roots = Arc::new(self.trusted(&[])?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                let verifier = match wanted {
                    ClientCertificates::Optional => verifier.allow_unauthenticated(),
                    _ => verifier,
                };
                builder.with_client_cert_verifier(verifier.build().map_err(unusable)?)
            }
        };
        let mut config = builder.with_single_cert(certificates, key).map_err(unusable)?;
        config.alpn_protocols = self.alpn;
        if self.no_resumption {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }

    /// Who is trusted; those of `otherwise` if nobody is named.
    fn trusted(&self, otherwise: &[Roots]) -> Result<rustls::RootCertStore, TlsError> {
        let mut own = Vec::new();
        for origin in &self.own_roots {
            own.extend(origin.certificates()?);
        }
        let named = !self.kept_roots.is_empty() || !own.is_empty();
        roots::store(if named { &self.kept_roots } else { otherwise }, &own)
    }

    #[allow(clippy::type_complexity, reason = "it is taken apart at once")]
    fn shown(
        &self,
    ) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, TlsError> {
        match &self.certificate {
            Some((certificates, key)) => Ok(Some((certificates.certificates()?, key.key()?))),
            None => Ok(None),
        }
    }

    fn versions(&self) -> Result<Vec<&'static SupportedProtocolVersion>, TlsError> {
        let minimum = self.minimum.unwrap_or(TlsVersion::Tls12);
        let maximum = self.maximum.unwrap_or(TlsVersion::Tls13);
        let all = [(TlsVersion::Tls12, &TLS12), (TlsVersion::Tls13, &TLS13)];
        let allowed = all.into_iter().filter(|(version, _)| (minimum..=maximum).contains(version));
        let allowed: Vec<_> = allowed.map(|(_, supported)| supported).collect();
        if allowed.is_empty() {
            return Err(TlsError::Context { reason: "it allows no version of TLS".into() });
        }
        Ok(allowed)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn unusable(error: impl ToString) -> TlsError {
    TlsError::Context { reason: error.to_string() }
}
