//! Where to connect or bind: an address, or a name to look up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::SocketError;

/// A host and a port, which may still have to be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// An address, ready for use.
    Address(SocketAddr),
    /// A name, which a resolver turns into addresses.
    Name {
        /// The name of the host.
        host: String,
        /// The port.
        port: u16,
    },
}

/// What can be given as the other end of a socket.
///
/// Unlike [`std::net::ToSocketAddrs`] this only parses. A name is looked up later, away from the
/// dispatcher's thread.
///
/// ```
/// use async_proc::net::{Endpoint, IntoEndpoint};
///
/// let address = Endpoint::Address(([127, 0, 0, 1], 80).into());
/// assert_eq!("127.0.0.1:80".into_endpoint()?, address);
/// assert_eq!(("127.0.0.1", 80).into_endpoint()?, address);
/// let name = Endpoint::Name { host: "localhost".into(), port: 80 };
/// assert_eq!("localhost:80".into_endpoint()?, name);
/// assert!("localhost".into_endpoint().is_err());
/// # Ok::<(), async_proc::net::SocketError>(())
/// ```
pub trait IntoEndpoint {
    /// The endpoint this is.
    ///
    /// # Errors
    ///
    /// [`SocketError::Address`] if a text is not of the form `host:port`.
    fn into_endpoint(self) -> Result<Endpoint, SocketError>;
}

impl IntoEndpoint for Endpoint {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        Ok(self)
    }
}

/// Whatever holds an address already.
macro_rules! addresses {
    ($($given:ty),*) => {$(
        impl IntoEndpoint for $given {
            fn into_endpoint(self) -> Result<Endpoint, SocketError> {
                Ok(Endpoint::Address(self.into()))
            }
        }
    )*};
}

addresses!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

impl IntoEndpoint for (&str, u16) {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        let (host, port) = self;
        match host.parse::<IpAddr>() {
            Ok(address) => Ok(Endpoint::Address((address, port).into())),
            Err(_) if host.is_empty() => Err(SocketError::Address {
                text: format!("{host}:{port}"),
                reason: "the host is missing",
            }),
            Err(_) => Ok(Endpoint::Name { host: host.to_owned(), port }),
        }
    }
}

impl IntoEndpoint for (String, u16) {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        (self.0.as_str(), self.1).into_endpoint()
    }
}

impl IntoEndpoint for &str {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        // The only way to write an IPv6 address with a port, brackets and all.
        if let Ok(address) = self.parse::<SocketAddr>() {
            return Ok(Endpoint::Address(address));
        }
        let wrong = |reason| Err(SocketError::Address { text: self.to_owned(), reason });
        let Some((host, port)) = self.rsplit_once(':') else {
            return wrong("the port is missing, as in \"host:80\"");
        };
        if host.contains(':') {
            return wrong("an IPv6 address with a port is written \"[::1]:80\"");
        }
        match port.parse() {
            Ok(port) => (host, port).into_endpoint(),
            Err(_) => wrong("the port is not a number from 0 to 65535"),
        }
    }
}

impl IntoEndpoint for &String {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        self.as_str().into_endpoint()
    }
}

impl IntoEndpoint for String {
    fn into_endpoint(self) -> Result<Endpoint, SocketError> {
        self.as_str().into_endpoint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_address_is_named_in_the_error() {
        for text in ["", "host", "host:", "host:x", "host:65536", ":80", "::1:80", "[::1]"] {
            let error = text.into_endpoint().unwrap_err();
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
    }

    #[test]
    fn ipv6_addresses_are_addresses() {
        let address = Endpoint::Address((Ipv6Addr::LOCALHOST, 80).into());
        assert_eq!("[::1]:80".into_endpoint().unwrap(), address);
        assert_eq!(("::1", 80).into_endpoint().unwrap(), address);
    }
}
