//! The families of addresses, and connections in each.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use async_proc::channel::{
    Channel, ChannelHandler, Domain, IntoAddress, SockAddr, Socket, Style, Type,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
    Unix,
}

impl Family {
    pub(crate) fn domain(self) -> Domain {
        match self {
            Family::V4 => Domain::IPV4,
            Family::V6 => Domain::IPV6,
            Family::Unix => Domain::UNIX,
        }
    }

    /// An address that nobody uses; of any free port.
    pub(crate) fn free_address(self) -> SockAddr {
        match self {
            Family::V4 => "127.0.0.1:0".into_address(Domain::IPV4).unwrap(),
            Family::V6 => "[::1]:0".into_address(Domain::IPV6).unwrap(),
            Family::Unix => SockAddr::unix(free_path()).unwrap(),
        }
    }

    /// Whether this machine has it. Says so if not.
    pub(crate) fn is_here(self) -> bool {
        let here = self != Family::V6 || std::net::TcpListener::bind("[::1]:0").is_ok();
        if !here {
            eprintln!("SKIPPED: this machine has no IPv6");
        }
        here
    }

    /// A listening channel in the thread's map.
    pub(crate) fn listener(self, handler: impl ChannelHandler) -> Channel {
        let channel = Channel::new(handler);
        channel.create_socket(self.domain(), Type::STREAM).unwrap();
        channel.set_reuse_addr();
        channel.bind(self.free_address()).unwrap();
        channel.listen(5).unwrap();
        channel
    }

    /// A channel that is on its way to `listener`.
    pub(crate) fn client(self, listener: &Channel, handler: impl ChannelHandler) -> Channel {
        let channel = Channel::new(handler);
        channel.create_socket(self.domain(), Type::STREAM).unwrap();
        channel.connect(listener.address().unwrap()).unwrap();
        channel
    }

    /// Two connected sockets.
    pub(crate) fn pair(self) -> (Socket, Socket) {
        if self == Family::Unix {
            return Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
        }
        let listener = Socket::new(self.domain(), Type::STREAM, None).unwrap();
        listener.bind(&self.free_address()).unwrap();
        listener.listen(1).unwrap();
        let ours = Socket::new(self.domain(), Type::STREAM, None).unwrap();
        ours.connect(&listener.local_addr().unwrap()).unwrap();
        let theirs = listener.accept().unwrap().0;
        theirs.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
        (ours, theirs)
    }
}

/// A path for a unix socket, which nobody uses.
pub(crate) fn free_path() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("async-proc-python-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let _ = std::fs::remove_file(&path);
    path
}

/// Removes the file of a unix socket, in the end.
pub(crate) fn remove_path(address: Option<SockAddr>) {
    if let Some(path) = address.and_then(|address| address.as_pathname().map(PathBuf::from)) {
        let _ = std::fs::remove_file(path);
    }
}

pub(crate) const STYLES: [Style; 2] = [Style::Select, Style::Poll];

/// A test of each function, for each family and each style.
macro_rules! each_family_and_style {
    ($($(#[$note:meta])* $name:ident),* $(,)?) => {$(
        mod $name {
            use crate::families::Family::{self, *};
            use async_proc::channel::Style::{self, *};

            fn run(family: Family, style: Style) {
                if family.is_here() {
                    super::$name(family, style);
                }
            }

            #[test] fn ipv4_select() { run(V4, Select); }
            #[test] fn ipv4_poll() { run(V4, Poll); }
            #[test] fn ipv6_select() { run(V6, Select); }
            #[test] fn ipv6_poll() { run(V6, Poll); }
            #[test] fn unix_select() { run(Unix, Select); }
            #[test] fn unix_poll() { run(Unix, Poll); }
        }
    )*};
}
pub(crate) use each_family_and_style;

/// The same, of what unix sockets do not have.
macro_rules! each_internet_family_and_style {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::families::Family::{self, *};
            use async_proc::channel::Style::{self, *};

            fn run(family: Family, style: Style) {
                if family.is_here() {
                    super::$name(family, style);
                }
            }

            #[test] fn ipv4_select() { run(V4, Select); }
            #[test] fn ipv4_poll() { run(V4, Poll); }
            #[test] fn ipv6_select() { run(V6, Select); }
            #[test] fn ipv6_poll() { run(V6, Poll); }
        }
    )*};
}
pub(crate) use each_internet_family_and_style;
