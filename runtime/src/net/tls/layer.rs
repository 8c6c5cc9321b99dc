//! What a wrapped socket has beside its descriptor.

use std::cell::OnceCell;
use std::io;

use rustls::{ClientConnection, Connection, ServerConnection};
use rustls_pki_types::ServerName;
use socket2::Socket;

use super::context::Config;
use super::session::Session;
use super::state::Peer;
use super::{Side, TlsContext, TlsError};

/// TLS on a socket: the context it was wrapped with and, once it is connected, the connection.
pub(in crate::net) struct Layer {
    context: TlsContext,
    session: OnceCell<Session>,
}

impl Layer {
    pub(super) fn new(context: TlsContext) -> Self {
        Self { context, session: OnceCell::new() }
    }

    pub(super) fn context(&self) -> &TlsContext {
        &self.context
    }

    pub(in crate::net) fn session(&self) -> Option<&Session> {
        self.session.get()
    }

    /// The connection, for an attempt that needs one.
    pub(in crate::net) fn connected(&self) -> io::Result<&Session> {
        self.session.get().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Begins a connection on a socket that is connected, as the side that the context is for. A
    /// client says whom it wants to talk to.
    pub(super) fn begin(
        &self,
        socket: &Socket,
        name: Option<ServerName<'static>>,
    ) -> Result<(), TlsError> {
        let address = socket.peer_addr().ok().and_then(|address| address.as_socket());
        let shown = name.as_ref().map(|name| name.to_str().into());
        let connection: Result<Connection, rustls::Error> = match (&self.context.config, name) {
            (Config::Client(config), Some(name)) => {
                ClientConnection::new(config.clone(), name).map(Into::into)
            }
            (Config::Server(config), _) => ServerConnection::new(config.clone()).map(Into::into),
            (Config::Client(_), None) => {
                return Err(TlsError::WrongSide { context: Side::Client });
            }
        };
        let connection =
            connection.map_err(|error| TlsError::Context { reason: error.to_string() })?;
        let session = Session::new(connection, Peer { name: shown, address });
        self.session.set(session).map_err(|_| TlsError::AlreadyWrapped)
    }
}
