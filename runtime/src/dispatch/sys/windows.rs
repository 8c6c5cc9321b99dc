//! Windows: timers and callbacks work; sources cannot be made yet.

use std::io;
use std::os::windows::io::RawSocket;
use std::time::Duration;

use mio::{Events, Interest, Poll, Registry, Token};

/// What sources are made of.
pub(crate) type Fd = RawSocket;

pub(crate) fn register(_: &Registry, _: Fd, _: Token, _: Interest) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "sockets are not supported on this system yet"))
}

pub(crate) fn and_urgent(interest: Interest) -> Interest {
    interest
}

pub(crate) fn deregister(_: &Registry, _: Fd) {}

pub(crate) fn wait(
    poll: &mut Poll,
    events: &mut Events,
    timeout: Option<Duration>,
) -> io::Result<()> {
    poll.poll(events, timeout)
}
