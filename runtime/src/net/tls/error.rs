//! What can go wrong with TLS.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError};

use super::Side;

/// An error of TLS, which names the peer, the name or the file that it is about.
///
/// An [`Error`](crate::Error) that is one gives it out with
/// [`downcast_ref`](crate::Error::downcast_ref). An error of a connection stays: every later
/// operation of the socket fails with it.
#[doc(alias = "SslError")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// The peer's certificate is for other names than the one that was connected to.
    WrongName {
        /// The peer: the name that was wanted, and the address.
        peer: String,
        /// The names the certificate is for.
        presented: Vec<String>,
    },
    /// The peer's certificate, or one that it rests on, is not valid any more.
    Expired {
        /// The peer.
        peer: String,
    },
    /// The peer's certificate, or one that it rests on, is not valid yet.
    NotValidYet {
        /// The peer.
        peer: String,
    },
    /// Who has signed the peer's certificate is not among those that are trusted.
    UnknownCa {
        /// The peer.
        peer: String,
    },
    /// Something else is wrong with the peer's certificate.
    Certificate {
        /// The peer.
        peer: String,
        /// What is wrong.
        source: CertificateError,
    },
    /// The peer was asked for a certificate, and has shown none.
    NoCertificate {
        /// The peer.
        peer: String,
    },
    /// What the peer sends is not TLS: plain text, most often.
    NotTls {
        /// The peer.
        peer: String,
    },
    /// The two sides have no version, cipher suite or application protocol in common.
    NothingInCommon {
        /// The peer.
        peer: String,
        /// What is missing.
        source: rustls::Error,
    },
    /// The peer has ended the connection with an alert: it does not accept what this side has sent.
    Alert {
        /// The peer.
        peer: String,
        /// Its reason.
        alert: AlertDescription,
    },
    /// The peer does not follow the protocol, or somebody on the way has changed something.
    Protocol {
        /// The peer.
        peer: String,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The connection has ended before the handshake was done.
    HandshakeEnded {
        /// The peer.
        peer: String,
    },
    /// The connection has ended without the peer having said that it would: there may have been
    /// more to come.
    Truncated {
        /// The peer.
        peer: String,
    },
    /// A text is neither the name of a host nor an address, so that there is nothing to compare a
    /// certificate with.
    ServerName {
        /// The text.
        text: String,
    },
    /// The socket is not wrapped, and TLS was asked for; or it is, and has no connection yet.
    NotWrapped,
    /// The socket is wrapped already.
    AlreadyWrapped,
    /// A context for one side was to be used on the other.
    WrongSide {
        /// What the context is for.
        context: Side,
    },
    /// A file could not be read.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// What should have been certificates or a key in PEM form is not.
    Pem {
        /// Where it came from: the file's path, or `the bytes given`.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system names no certificate authorities that it trusts.
    NoRoots {
        /// What was in the way.
        reason: String,
    },
    /// A context cannot be made of what was given.
    Context {
        /// What is wrong.
        reason: String,
    },
}

impl TlsError {
    /// What rustls has said of a connection with `peer`.
    #[cold]
    pub(super) fn of_connection(peer: String, error: rustls::Error) -> Self {
        use rustls::Error as Rustls;
        match error {
            Rustls::InvalidCertificate(error) => Self::of_certificate(peer, error),
            Rustls::NoCertificatesPresented => Self::NoCertificate { peer },
            Rustls::AlertReceived(alert) => Self::Alert { peer, alert },
            source @ (Rustls::PeerIncompatible(_) | Rustls::NoApplicationProtocol) => {
                Self::NothingInCommon { peer, source }
            }
            source => Self::Protocol { peer, source },
        }
    }

    fn of_certificate(peer: String, error: CertificateError) -> Self {
        match error {
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::WrongName { peer, presented }
            }
            CertificateError::NotValidForName => Self::WrongName { peer, presented: Vec::new() },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Self::Expired { peer }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotValidYet { peer }
            }
            CertificateError::UnknownIssuer => Self::UnknownCa { peer },
            source => Self::Certificate { peer, source },
        }
    }

    /// Whether it says no more than that the connection is gone.
    pub(super) fn is_disconnection(&self) -> bool {
        matches!(self, Self::HandshakeEnded { .. } | Self::Truncated { .. })
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongName { peer, presented } if presented.is_empty() => {
                write!(f, "the certificate of {peer} is for another name")
            }
            Self::WrongName { peer, presented } => {
                write!(f, "the certificate of {peer} is for {}", presented.join(", "))
            }
            Self::Expired { peer } => write!(f, "the certificate of {peer} has expired"),
            Self::NotValidYet { peer } => write!(f, "the certificate of {peer} is not valid yet"),
            Self::UnknownCa { peer } => {
                write!(f, "the certificate of {peer} is signed by nobody who is trusted")
            }
            Self::Certificate { peer, source } => {
                write!(f, "the certificate of {peer} cannot be accepted: {source}")
            }
            Self::NoCertificate { peer } => write!(f, "{peer} has shown no certificate"),
            Self::NotTls { peer } => write!(f, "{peer} does not speak TLS"),
            Self::NothingInCommon { peer, source } => {
                write!(f, "there is no way to speak TLS with {peer}: {source}")
            }
            Self::Alert { peer, alert } => {
                write!(f, "{peer} has ended the connection with the TLS alert {alert:?}")
            }
            Self::Protocol { peer, source } => write!(f, "TLS with {peer}: {source}"),
            Self::HandshakeEnded { peer } => {
                write!(f, "the connection with {peer} has ended in the TLS handshake")
            }
            Self::Truncated { peer } => {
                write!(f, "the connection with {peer} has ended without notice")
            }
            Self::ServerName { text } => {
                write!(f, "{text:?} is neither the name of a host nor an address")
            }
            Self::NotWrapped => f.write_str("the socket has no TLS connection"),
            Self::AlreadyWrapped => f.write_str("the socket is wrapped in TLS already"),
            Self::WrongSide { context: Side::Client } => {
                f.write_str("a TLS context for clients cannot serve: make one with `server()`")
            }
            Self::WrongSide { context: Side::Server } => {
                f.write_str("a TLS context for servers cannot connect: make one with `client()`")
            }
            Self::File { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Self::Pem { origin, reason } => write!(f, "{origin}: {reason}"),
            Self::NoRoots { reason } => {
                write!(f, "the operating system names no certificate authorities: {reason}")
            }
            Self::Context { reason } => write!(f, "a TLS context cannot be made: {reason}"),
        }
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NothingInCommon { source, .. } | Self::Protocol { source, .. } => Some(source),
            Self::File { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
