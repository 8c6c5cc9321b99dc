//! Contexts: everything that TLS connections have in common.

use std::fmt;
use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};

use super::Side;

/// What TLS connections of one side have in common: certificates, who is trusted, and the sessions
/// that can be resumed. Made by [`new_context`](super::new_context).
///
/// It is a handle, and may go to other threads: one context serves all connections of a program.
#[doc(alias = "SslContext")]
#[derive(Clone)]
pub struct TlsContext {
    pub(super) config: Config,
}

#[derive(Clone)]
pub(super) enum Config {
    Client(Arc<ClientConfig>),
    Server(Arc<ServerConfig>),
}

impl TlsContext {
    /// Which side of a connection it is for.
    pub fn side(&self) -> Side {
        match self.config {
            Config::Client(_) => Side::Client,
            Config::Server(_) => Side::Server,
        }
    }
}

/// For what [`new_context`](super::new_context) does not offer.
impl From<Arc<ClientConfig>> for TlsContext {
    fn from(config: Arc<ClientConfig>) -> Self {
        Self { config: Config::Client(config) }
    }
}

/// For what [`new_context`](super::new_context) does not offer.
impl From<Arc<ServerConfig>> for TlsContext {
    fn from(config: Arc<ServerConfig>) -> Self {
        Self { config: Config::Server(config) }
    }
}

impl fmt::Debug for TlsContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsContext").field("side", &self.side()).finish_non_exhaustive()
    }
}
