//! Addresses of channels: internet and unix, ready for use or to be looked up.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr};

/// What a channel can be bound or connected to: an internet address, `"host:port"`, a pair of host
/// and port, or the path of a unix socket.
///
/// A name is looked up at once, as in the original, and that may take its time: a program that
/// serves others meanwhile gives addresses.
///
/// ```
/// use async_proc::channel::{Domain, IntoAddress};
/// use std::path::Path;
///
/// let address = "127.0.0.1:80".into_address(Domain::IPV4)?;
/// assert_eq!(address.as_socket(), Some(([127, 0, 0, 1], 80).into()));
/// assert!(Path::new("/run/some.socket").into_address(Domain::UNIX)?.is_unix());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoAddress {
    /// The address, for a socket of the family `domain`.
    ///
    /// # Errors
    ///
    /// There is no such address, or none of that family.
    fn into_address(self, domain: Domain) -> io::Result<SockAddr>;
}

/// Whatever holds an internet address.
macro_rules! addresses {
    ($($given:ty),*) => {$(
        impl IntoAddress for $given {
            fn into_address(self, _: Domain) -> io::Result<SockAddr> {
                Ok(SocketAddr::from(self).into())
            }
        }
    )*};
}

addresses!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

/// Whatever may have to be looked up.
macro_rules! names {
    ($($given:ty),*) => {$(
        impl IntoAddress for $given {
            fn into_address(self, domain: Domain) -> io::Result<SockAddr> {
                find(self, domain)
            }
        }
    )*};
}

names!(&str, &String, String, (&str, u16), (String, u16));

impl IntoAddress for SockAddr {
    fn into_address(self, _: Domain) -> io::Result<SockAddr> {
        Ok(self)
    }
}

impl IntoAddress for &SockAddr {
    fn into_address(self, _: Domain) -> io::Result<SockAddr> {
        Ok(self.clone())
    }
}

impl IntoAddress for &Path {
    fn into_address(self, _: Domain) -> io::Result<SockAddr> {
        SockAddr::unix(self)
    }
}

impl IntoAddress for &PathBuf {
    fn into_address(self, _: Domain) -> io::Result<SockAddr> {
        SockAddr::unix(self)
    }
}

fn find(name: impl ToSocketAddrs, domain: Domain) -> io::Result<SockAddr> {
    let mut found =
        name.to_socket_addrs()?.filter(|address| Domain::for_address(*address) == domain);
    let none = || {
        let what = "the name has no address of the socket's family";
        io::Error::new(io::ErrorKind::AddrNotAvailable, what)
    };
    found.next().map(SockAddr::from).ok_or_else(none)
}

/// An address as people write it; empty for an unnamed one.
pub(super) fn text(address: &SockAddr) -> String {
    match address.as_socket() {
        Some(address) => address.to_string(),
        None => address.as_pathname().map(|path| path.display().to_string()).unwrap_or_default(),
    }
}
