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
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert_eq!(client.peer_certificates().map(|shown| shown.len()), Some(1));
    /// assert_eq!(server.peer_certificates(), None);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "getPeerCertificates")]
    pub fn peer_certificates(&self) -> Option<Vec<CertificateDer<'static>>> {
        self.agreed(|connection| {
            let shown = connection.peer_certificates()?;
            Some(shown.iter().map(|certificate| certificate.clone().into_owned()).collect())
        })
    }

    /// The protocol that is to be spoken over the connection, if both sides had named
    /// [some](super::ContextBuilder::alpn).
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert_eq!(client.alpn_protocol().as_deref(), Some(&b"http/1.1"[..]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn alpn_protocol(&self) -> Option<Vec<u8>> {
        self.agreed(|connection| connection.alpn_protocol().map(<[u8]>::to_vec))
    }

    /// Looks at the connection as rustls knows it, for what there is no method for here.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert_eq!(client.tls_connection(|connection| connection.is_handshaking()), Some(false));
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "sslHandle")]
    pub fn tls_connection<T>(&self, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        self.agreed(|connection| Some(look(connection)))
    }

    /// The version of TLS.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert_eq!(client.tls_version(), Some(TlsVersion::Tls13));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn tls_version(&self) -> Option<TlsVersion> {
        self.agreed(|connection| match connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some(TlsVersion::Tls12),
            ProtocolVersion::TLSv1_3 => Some(TlsVersion::Tls13),
            _ => None,
        })
    }

    /// The cipher suite, by its registered name.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert!(client.cipher_suite().is_some_and(|name| name.starts_with("TLS13_")));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cipher_suite(&self) -> Option<String> {
        self.agreed(|connection| {
            let suite = connection.negotiated_cipher_suite()?.suite();
            suite.as_str().map(str::to_owned)
        })
    }

    /// The name that a client has asked a server for.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert_eq!(server.requested_name().as_deref(), Some("localhost"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn requested_name(&self) -> Option<String> {
        self.agreed(|connection| match connection {
            Connection::Server(server) => server.server_name().map(str::to_owned),
            Connection::Client(_) => None,
        })
    }

    /// Whether the session is that of an earlier connection.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # new_context().certificate_pem(CERTIFICATE, KEY).alpn(["http/1.1"]).server()?.wrap_socket(&listener)?;
    /// # let arriving = listener.accept();
    /// # let context = new_context().root_pem(CERTIFICATE).alpn(["http/1.1"]).client()?;
    /// # let dialling = context.dial(("localhost", listener.local_addr()?.port()));
    /// # let server = wait_for(arriving)?;
    /// # let shaking = server.handshake();
    /// # let client = wait_for(dialling)?;
    /// # wait_for(shaking)?;
    /// assert!(!client.is_resumed());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_resumed(&self) -> bool {
        let kind = self.agreed(|connection| connection.handshake_kind());
        kind == Some(HandshakeKind::Resumed)
    }

    fn agreed<T>(&self, look: impl FnOnce(&Connection) -> Option<T>) -> Option<T> {
        self.wire(Operation::Handshake).ok()?.session()?.inspect(look)
    }
}
