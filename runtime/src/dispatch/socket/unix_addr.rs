//! Addresses of unix sockets.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use socket2::SockAddr;

/// The address of a unix socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UnixAddr {
    /// A file of the kind "socket". Binding makes it, and nothing removes it but
    /// [`std::fs::remove_file`]: not even closing the socket, as in the original.
    Path(PathBuf),
    /// A name of the kernel's, which is no file and is gone with the socket: on Linux alone. Any
    /// bytes will do.
    Abstract(Vec<u8>),
    /// None: of a socket that was never bound.
    Unnamed,
}

impl UnixAddr {
    /// An abstract name, on Linux.
    ///
    /// ```
    /// use async_proc::net::UnixAddr;
    ///
    /// assert_eq!(UnixAddr::abstract_name("chat").to_string(), "@chat");
    /// ```
    pub fn abstract_name(name: impl AsRef<[u8]>) -> UnixAddr {
        UnixAddr::Abstract(name.as_ref().to_vec())
    }

    /// The path, if it has one.
    pub fn as_path(&self) -> Option<&Path> {
        match self {
            UnixAddr::Path(path) => Some(path),
            _ => None,
        }
    }

    pub(crate) fn to_os(&self) -> io::Result<SockAddr> {
        let wrong = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        match self {
            UnixAddr::Path(path) if path.as_os_str().is_empty() => wrong("the path is empty"),
            UnixAddr::Path(path) if path.as_os_str().as_bytes().contains(&0) => {
                wrong("the path has a null byte in it")
            }
            UnixAddr::Path(path) => SockAddr::unix(path),
            UnixAddr::Abstract(name) if cfg!(any(target_os = "linux", target_os = "android")) => {
                let mut path = vec![0];
                path.extend_from_slice(name);
                SockAddr::unix(OsStr::from_bytes(&path))
            }
            UnixAddr::Abstract(_) => wrong("abstract names are known on Linux alone"),
            UnixAddr::Unnamed => wrong("it is not named"),
        }
    }

    /// `None` if it is no address of a unix socket.
    pub(crate) fn of(address: &SockAddr) -> Option<UnixAddr> {
        if !address.is_unix() {
            return None;
        }
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(name) = address.as_abstract_namespace() {
            return Some(UnixAddr::Abstract(name.to_vec()));
        }
        Some(address.as_pathname().map_or(UnixAddr::Unnamed, |path| UnixAddr::Path(path.into())))
    }
}

/// A path, an abstract name with an `@` before it, or `(unnamed)`.
impl fmt::Display for UnixAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnixAddr::Path(path) => path.display().fmt(f),
            UnixAddr::Abstract(name) => write!(f, "@{}", name.escape_ascii()),
            UnixAddr::Unnamed => f.write_str("(unnamed)"),
        }
    }
}

/// A text is a path.
macro_rules! paths {
    ($($given:ty),*) => {$(
        impl From<$given> for UnixAddr {
            fn from(path: $given) -> UnixAddr {
                UnixAddr::Path(path.into())
            }
        }
    )*};
}

paths!(&str, String, &Path, PathBuf, &String);

impl From<&PathBuf> for UnixAddr {
    fn from(path: &PathBuf) -> UnixAddr {
        UnixAddr::Path(path.clone())
    }
}

impl From<&UnixAddr> for UnixAddr {
    fn from(address: &UnixAddr) -> UnixAddr {
        address.clone()
    }
}
