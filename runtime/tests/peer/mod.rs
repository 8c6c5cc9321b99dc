//! The other end of a socket, and a loop to drive this one.
#![allow(dead_code, reason = "not every test uses all of it")]

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use async_proc::dispatch::wait_for;
use async_proc::net::AsyncSocket;
use async_proc::{Error, Future, with_timeout};

/// Beyond this a test has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs a test's procs to their end.
#[track_caller]
pub(crate) fn run<F>(procs: F)
where
    F: std::future::Future<Output = Result<(), Error>> + 'static,
{
    let procs = Future::from_std(procs);
    let in_time = wait_for(with_timeout(&procs, TIMEOUT)).unwrap();
    assert!(in_time, "the test takes too long");
}

/// Two ends of a connection: ours and a blocking one.
pub(crate) fn pair() -> (AsyncSocket, TcpStream) {
    let (ours, theirs) = streams();
    (AsyncSocket::from_fd(ours).unwrap(), theirs)
}

fn streams() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    theirs.set_read_timeout(Some(TIMEOUT)).unwrap();
    theirs.set_write_timeout(Some(TIMEOUT)).unwrap();
    (ours, theirs)
}

/// Ends a connection with a reset.
pub(crate) fn reset(stream: TcpStream) {
    socket2::Socket::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// Two ends of a connection: ours, registered by hand, and a blocking one.
#[cfg(unix)]
pub(crate) fn fd_pair() -> (async_proc::dispatch::AsyncFd, TcpStream) {
    let (ours, theirs) = streams();
    (async_proc::dispatch::register(ours).unwrap(), theirs)
}
