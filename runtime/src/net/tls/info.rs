//! What the two sides of a connection have agreed on.

use rustls::{Connection, HandshakeKind, ProtocolVersion};
use rustls_pki_types::CertificateDer;

use super::TlsVersion;
use crate::net::{AsyncSocket, Operation};

/// # TLS
///
/// These tell what a handshake has led to, and nothing before it, or on a socket that is closed or
/// not [wrapped](super::TlsContext::wrap_socket).
impl AsyncSocket {
    /// The certificates that the peer has shown: its own first, then those that it rests on. A
    /// server has some only of clients that it [asks](super::ClientCertificates) for them.
    #[doc(alias = "getPeerCertificates")]
    pub fn peer_certificates(&self) -> Option<Vec<CertificateDer<'static>>> {
        self.agreed(|connection| {
            let shown = connection.peer_certificates()?;
            Some(shown.iter().map(|certificate| certificate.clone().into_owned()).collect())
        })
    }

    /// The protocol that is to be spoken over the connection, if both sides had named
    /// [some](super::ContextBuilder::alpn).
    pub fn alpn_protocol(&self) -> Option<Vec<u8>> {
        self.agreed(|connection| connection.alpn_protocol().map(<[u8]>::to_vec))
    }

    /// Looks at the connection as rustls knows it, for what there is no method for here.
    #[doc(alias = "sslHandle")]
    pub fn tls_connection<T>(&self, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        self.agreed(|connection| Some(look(connection)))
    }

    /// The version of TLS.
    pub fn tls_version(&self) -> Option<TlsVersion> {
        self.agreed(|connection| match connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some(TlsVersion::Tls12),
            ProtocolVersion::TLSv1_3 => Some(TlsVersion::Tls13),
            _ => None,
        })
    }

    /// The cipher suite, by its registered name.
    pub fn cipher_suite(&self) -> Option<String> {
        self.agreed(|connection| {
            let suite = connection.negotiated_cipher_suite()?.suite();
            suite.as_str().map(str::to_owned)
        })
    }

    /// The name that a client has asked a server for.
    pub fn requested_name(&self) -> Option<String> {
        self.agreed(|connection| match connection {
            Connection::Server(server) => server.server_name().map(str::to_owned),
            Connection::Client(_) => None,
        })
    }

    /// Whether the session is that of an earlier connection.
    pub fn is_resumed(&self) -> bool {
        let kind = self.agreed(|connection| connection.handshake_kind());
        kind == Some(HandshakeKind::Resumed)
    }

    fn agreed<T>(&self, look: impl FnOnce(&Connection) -> Option<T>) -> Option<T> {
        self.wire(Operation::Handshake).ok()?.session()?.inspect(look)
    }
}
