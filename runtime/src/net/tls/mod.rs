//! TLS for sockets, by [rustls].
//!
//! A [`TlsContext`] says what connections have in common; [wrapping](TlsContext::wrap_socket) a
//! socket with one puts TLS on it. After that the socket is used as any other: all its operations are
//! there, and mean the same.
//!
//! ```
//! use async_proc::Future;
//! use async_proc::dispatch::wait_for;
//! use async_proc::net::AsyncSocket;
//! use async_proc::net::tls::new_context;
//!
//! # const CERTIFICATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.pem"));
//! # const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/net/tls/example.key"));
//! let greeting = Future::from_std(async {
//!     let listener = AsyncSocket::listener("127.0.0.1:0")?;
//!     new_context().certificate_pem(CERTIFICATE, KEY).server()?.wrap_socket(&listener)?;
//!     let arriving = listener.accept();
//!
//!     let client = AsyncSocket::tcp()?;
//!     new_context().root_pem(CERTIFICATE).client()?.wrap_socket(&client)?;
//!     let connecting = client.connect(("localhost", listener.local_addr()?.port()));
//!
//!     let server = arriving.await?;
//!     let sending = server.send("hello\r\n");
//!     connecting.await?;
//!     sending.await?;
//!     client.recv_line().await
//! });
//! assert_eq!(wait_for(greeting)?, "hello");
//! # Ok::<(), async_proc::Error>(())
//! ```
//!
//! # Who the peer is
//!
//! A client accepts a server only if its certificate is valid now, is for the name or address that
//! was connected to, and is signed by an authority that is trusted: those of the operating system, if
//! none is [named](ContextBuilder::roots). Each way to fail is a [`TlsError`] of its own. There is a
//! way [not to check](ContextBuilder::dangerously_accept_any_server), and its name says what it is.
//!
//! With TLS 1.3 a client's handshake is done before the server has looked at its certificate: a
//! refusal is then told by the client's first read, as a [`TlsError::Alert`].
//!
//! # How a connection ends
//!
//! Each side says that it has sent everything (`close_notify`): [`close`](AsyncSocket::close),
//! [`shutdown`](AsyncSocket::shutdown), [`close_gracefully`](AsyncSocket::close_gracefully) and the
//! drop of the last handle do. If the connection ends without that, somebody may have cut it off.
//! A [`strict`](AsyncSocket::strict) socket tells the difference: a read fails with
//! [`TlsError::Truncated`]. Any other takes it for the end of the stream, as it does with all lost
//! connections; many programs do not bother to say it.
//!
//! # How it is built
//!
//! rustls turns bytes into bytes. A `session` moves them, in attempts as the reactor makes them: each
//! goes as far as it can in both directions, since a read may owe the peer an answer and a send may
//! have to wait for one (`tend`). What was decrypted and not given out stays in the session, so a
//! read that is given up loses nothing.

mod builder;
mod context;
mod error;
mod info;
mod layer;
mod part;
mod pem;
mod roots;
mod session;
mod side;
mod state;
mod tend;
mod trusting;
mod wrap;

pub use builder::{ClientCertificates, ContextBuilder, TlsVersion, new_context};
pub use context::TlsContext;
pub use error::TlsError;
pub use roots::Roots;
pub use rustls;
pub use rustls_pki_types::CertificateDer;
pub use side::Side;
pub use wrap::Handshake;

pub(super) use layer::Layer;
pub(super) use part::part;
pub(super) use session::Session;
pub(super) use tend::tend;

#[cfg(doc)]
use super::AsyncSocket;
