//! Putting TLS on a socket.

use rustls_pki_types::ServerName;

use super::layer::Layer;
use super::{Side, TlsContext, TlsError};
use crate::dispatch::reactor::Direction;
use crate::net::wire::Wire;
use crate::net::{AsyncSocket, Endpoint, IntoEndpoint, Operation, Stop};
use crate::{Error, Future};

/// How a socket takes part in a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handshake<'a> {
    /// As the client, which wants to talk to a host of this name or address, and to no other.
    #[doc(alias = "handshakeAsClient")]
    AsClient(&'a str),
    /// As the server.
    #[doc(alias = "handshakeAsServer")]
    AsServer,
}

impl TlsContext {
    /// Puts TLS on a socket that is not connected yet.
    ///
    /// With a context for clients, [`connect`](AsyncSocket::connect) then does the handshake too: it
    /// tells the server which name it wants, and has succeeded when the server has shown a
    /// certificate for the very name, or address, that was given to it.
    ///
    /// With a context for servers, what a listener [accepts](AsyncSocket::accept) is wrapped. The
    /// handshake is done by the first read or send, or by [`handshake`](AsyncSocket::handshake):
    /// accepting waits for no client, and is not disturbed by one that fails.
    ///
    /// ```
    /// # use async_proc::{net::{AsyncSocket, tls::*}, prelude::*};
    /// # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
    /// # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// new_context().certificate_pem(CERTIFICATE, KEY).server()?.wrap_socket(&listener)?;
    /// // Connections that it accepts speak TLS.
    /// assert!(listener.is_ssl());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TlsError::AlreadyWrapped`]; of the kind [`Closed`](crate::ErrorKind::Closed) if the socket
    /// is.
    #[doc(alias = "wrapSocket")]
    pub fn wrap_socket(&self, socket: &AsyncSocket) -> Result<(), Error> {
        let wire = socket.wire(Operation::Handshake)?;
        self.layer(&wire).map(drop)
    }

    /// Puts TLS on a socket that is connected. The handshake is done by the first read or send, or
    /// by [`handshake`](AsyncSocket::handshake). What the socket has received and not given out yet
    /// is taken for a part of it.
    ///
    /// ```no_run
    /// # use async_proc::net::{AsyncSocket, tls::{Handshake, new_context}};
    /// # async fn start_tls(socket: AsyncSocket) -> Result<(), async_proc::Error> {
    /// socket.send("STARTTLS\r\n").await?;
    /// socket.recv_line().await?;
    /// let context = new_context().client()?;
    /// context.wrap_connected_socket(&socket, Handshake::AsClient("mail.example.org"))?;
    /// socket.handshake().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TlsError::AlreadyWrapped`]; [`TlsError::WrongSide`]; [`TlsError::ServerName`]; of the kind
    /// [`Closed`](crate::ErrorKind::Closed) if the socket is.
    #[doc(alias = "wrapConnectedSocket")]
    pub fn wrap_connected_socket(
        &self,
        socket: &AsyncSocket,
        handshake: Handshake<'_>,
    ) -> Result<(), Error> {
        let wanted = match handshake {
            Handshake::AsClient(_) => Side::Client,
            Handshake::AsServer => Side::Server,
        };
        if self.side() != wanted {
            return Err(TlsError::WrongSide { context: self.side() }.into());
        }
        let name = match handshake {
            Handshake::AsClient(name) => Some(server_name(name)?),
            Handshake::AsServer => None,
        };
        let wire = socket.wire(Operation::Handshake)?;
        let layer = self.layer(&wire)?;
        layer.begin(&wire, name)?;
        let mut buffer = socket.shared.buffer();
        if let Some(session) = layer.session()
            && buffer.len() > 0
        {
            // What is wrong with it, the next operation says.
            let _ = session.feed(buffer.bytes());
            buffer.clear();
        }
        Ok(())
    }

    /// Makes a TCP socket, connects it to `endpoint` and does the handshake, as
    /// [`AsyncSocket::dial`] and then [`connect`](AsyncSocket::connect) on a wrapped socket do.
    ///
    /// ```no_run
    /// # use async_proc::net::tls::new_context;
    /// # async fn fetch() -> Result<(), async_proc::Error> {
    /// let context = new_context().alpn(["http/1.1"]).client()?;
    /// let socket = context.dial("example.org:443").await?;
    /// socket.send("GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n").await?;
    /// println!("{}", socket.recv_line().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`AsyncSocket::connect`] on a wrapped socket.
    #[track_caller]
    pub fn dial(&self, endpoint: impl IntoEndpoint) -> Future<AsyncSocket> {
        let endpoint = match endpoint.into_endpoint() {
            Ok(endpoint) => endpoint,
            Err(error) => return Future::failed_with(error),
        };
        let context = self.clone();
        Future::from_std(async move {
            let host = host(&endpoint);
            server_name(&host)?;
            let socket = AsyncSocket::dial(endpoint).await?;
            context.wrap_connected_socket(&socket, Handshake::AsClient(&host))?;
            socket.handshake().await?;
            Ok(socket)
        })
    }

    fn layer<'w>(&self, wire: &'w Wire) -> Result<&'w Layer, Error> {
        let mut is_new = false;
        let layer = wire.tls().get_or_init(|| {
            is_new = true;
            Box::new(Layer::new(self.clone()))
        });
        if is_new { Ok(layer) } else { Err(TlsError::AlreadyWrapped.into()) }
    }
}

impl AsyncSocket {
    /// Does the handshake of a wrapped socket, unless it is done.
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
    /// let shaking = server.handshake();
    /// wait_for(dialling)?;
    /// wait_for(shaking)?;
    /// assert!(server.tls_version().is_some());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TlsError`](super::TlsError): what it has failed of, now or before.
    /// [`SocketError::Os`](crate::net::SocketError::Os): the connection is lost.
    #[track_caller]
    pub fn handshake(&self) -> Future<()> {
        self.submit(Direction::Write, Operation::Handshake, |wire| {
            let session = wire.session().ok_or(Stop::Failed(TlsError::NotWrapped.into()))?;
            Ok(session.handshake(wire)?)
        })
    }

    /// Connects a wrapped socket, and does the handshake.
    pub(in crate::net) async fn connect_wrapped(self, endpoint: Endpoint) -> Result<(), Error> {
        let name = server_name(&host(&endpoint))?;
        {
            let wire = self.wire(Operation::Handshake)?;
            if let Some(layer) = wire.tls().get()
                && layer.context().side() != Side::Client
            {
                return Err(TlsError::WrongSide { context: Side::Server }.into());
            }
        }
        self.connect_plain(endpoint).await?;
        {
            let wire = self.wire(Operation::Handshake)?;
            let layer = wire.tls().get().ok_or(TlsError::NotWrapped)?;
            layer.begin(&wire, Some(name))?;
        }
        self.handshake().await
    }

    /// Wraps a connection that `listener` has accepted, if that is wrapped.
    pub(in crate::net) fn wrap_accepted(&self, listener: &Wire) -> Result<(), Error> {
        let Some(listening) = listener.tls().get() else { return Ok(()) };
        let wire = self.wire(Operation::Accept)?;
        Ok(listening.context().layer(&wire)?.begin(&wire, None)?)
    }
}

fn host(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Address(address) => address.ip().to_string(),
        Endpoint::Name { host, .. } => host.clone(),
    }
}

fn server_name(text: &str) -> Result<ServerName<'static>, TlsError> {
    // The dot at the end of a name that is given in full is no part of it in a certificate.
    let name = text.strip_suffix('.').unwrap_or(text);
    ServerName::try_from(name.to_owned())
        .map_err(|_| TlsError::ServerName { text: text.to_owned() })
}
