//! Where to bind: an address of this machine, or any.

use std::net::ToSocketAddrs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use socket2::Domain;

use super::{Endpoint, IntoEndpoint, SocketError};

/// An end of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LocalEndpoint {
    /// Every address of the machine.
    Any {
        /// The port; 0 for any that is free.
        port: u16,
    },
    /// One address.
    At(Endpoint),
}

/// What can be given as this end of a socket: whatever [`IntoEndpoint`] takes, a port alone for every
/// address of the machine, or a text without a host for the same.
///
/// ```
/// use async_proc::net::{IntoLocalEndpoint, LocalEndpoint};
///
/// let any = LocalEndpoint::Any { port: 80 };
/// assert_eq!(80.into_local_endpoint()?, any);
/// assert_eq!(":80".into_local_endpoint()?, any);
/// assert_eq!(("", 80).into_local_endpoint()?, any);
/// assert_eq!("".into_local_endpoint()?, LocalEndpoint::Any { port: 0 });
/// # Ok::<(), async_proc::net::SocketError>(())
/// ```
pub trait IntoLocalEndpoint {
    /// The end this is.
    ///
    /// # Errors
    ///
    /// [`SocketError::Address`] if a text is not of the form `host:port`, `:port` or empty.
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError>;
}

impl IntoLocalEndpoint for LocalEndpoint {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        Ok(self)
    }
}

impl IntoLocalEndpoint for u16 {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        Ok(LocalEndpoint::Any { port: self })
    }
}

/// Whatever has a host.
macro_rules! endpoints {
    ($($given:ty),*) => {$(
        impl IntoLocalEndpoint for $given {
            fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
                self.into_endpoint().map(LocalEndpoint::At)
            }
        }
    )*};
}

endpoints!(Endpoint, SocketAddr, SocketAddrV4, SocketAddrV6);
endpoints!((IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

impl IntoLocalEndpoint for (&str, u16) {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        match self {
            ("", port) => Ok(LocalEndpoint::Any { port }),
            named => named.into_endpoint().map(LocalEndpoint::At),
        }
    }
}

impl IntoLocalEndpoint for (String, u16) {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        (self.0.as_str(), self.1).into_local_endpoint()
    }
}

impl IntoLocalEndpoint for &str {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        let port = match self {
            "" => Some(0),
            text => text.strip_prefix(':').and_then(|port| port.parse().ok()),
        };
        match port {
            Some(port) => Ok(LocalEndpoint::Any { port }),
            None => self.into_endpoint().map(LocalEndpoint::At),
        }
    }
}

impl IntoLocalEndpoint for &String {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        self.as_str().into_local_endpoint()
    }
}

impl IntoLocalEndpoint for String {
    fn into_local_endpoint(self) -> Result<LocalEndpoint, SocketError> {
        self.as_str().into_local_endpoint()
    }
}

impl LocalEndpoint {
    /// The address for a socket of this sort; any sort will do for `None`, and "any" is IPv4 then, as
    /// in the original. A name is looked up, which blocks.
    pub(super) fn address(self, domain: Option<Domain>) -> Result<SocketAddr, SocketError> {
        match self {
            Self::Any { port } if domain == Some(Domain::IPV6) => {
                Ok((Ipv6Addr::UNSPECIFIED, port).into())
            }
            Self::Any { port } => Ok((Ipv4Addr::UNSPECIFIED, port).into()),
            Self::At(Endpoint::Address(address)) => Ok(address),
            Self::At(Endpoint::Name { host, port }) => {
                match (host.as_str(), port).to_socket_addrs() {
                    Ok(mut found) => found
                        .find(|&found| {
                            domain.is_none_or(|domain| domain == Domain::for_address(found))
                        })
                        .ok_or(SocketError::NoAddress { host }),
                    Err(source) => Err(SocketError::Resolve { host, source }),
                }
            }
        }
    }
}
