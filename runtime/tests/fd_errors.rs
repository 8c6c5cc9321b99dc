//! What fails on descriptors that are registered by hand: each names the operation and the descriptor.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::{ErrorKind, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;

use async_proc::dispatch::fd::{
    AsyncFd, Domain, Operation, SocketError, SocketFlags, Type, accept, accept_addr, connect,
    create_async_native_socket, recv, recv_from_into, recv_into, recv_into_with, recv_line,
    recv_line_bytes, recv_line_with, recv_with, send, send_to, send_with,
};
use async_proc::dispatch::{
    Dispatcher, add_read, close_socket, register, run_forever, unregister, wait_for,
};
use async_proc::{DispatchError, Error, ErrorKind as Kind, Future};
use peer::{fd_pair, reset};

/// Every operation on `fd`, by its name.
fn every_operation(fd: AsyncFd) -> Vec<(&'static str, Future<()>)> {
    fn only_end<T: 'static>(future: Future<T>) -> Future<()> {
        Future::from_std(async move { future.await.map(drop) })
    }
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    vec![
        ("recv", only_end(recv(fd, 1))),
        ("recv_into", only_end(recv_into(fd, [0; 1]))),
        ("recv_line", only_end(recv_line(fd))),
        ("recv_line_bytes", only_end(recv_line_bytes(fd))),
        ("recv_from_into", only_end(recv_from_into(fd, [0; 1]))),
        ("accept", only_end(accept(fd))),
        ("accept_addr", only_end(accept_addr(fd))),
        ("send", send(fd, "x")),
        ("send", send(fd, "")),
        ("send_to", send_to(fd, "x", address)),
        ("connect", connect(fd, address)),
        ("connect", connect(fd, "localhost:9")),
    ]
}

#[test]
fn every_operation_on_a_descriptor_that_is_not_registered_fails_and_names_both() {
    let (fd, _peer) = fd_pair();
    close_socket(fd).unwrap();
    for (name, future) in every_operation(fd) {
        let error = wait_for(future).unwrap_err();
        match error.downcast_ref() {
            Some(DispatchError::NotRegistered { operation, fd: number }) => {
                assert_eq!((*operation, *number), (name, fd.as_raw_fd()));
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// What an operation that waits is called, its descriptor, and what must be kept meanwhile.
type Waits = (&'static str, AsyncFd, Future<()>, Box<dyn std::any::Any>);

/// Descriptors on each of which one operation waits.
fn everything_that_waits() -> Vec<Waits> {
    fn waiting<T: 'static>(
        name: &'static str,
        fd: AsyncFd,
        future: Future<T>,
        kept: impl std::any::Any,
    ) -> Waits {
        assert!(!future.finished(), "{name}");
        (name, fd, Future::from_std(async move { future.await.map(drop) }), Box::new(kept))
    }
    let mut all = Vec::new();
    let (fd, peer) = fd_pair();
    all.push(waiting("recv", fd, recv(fd, 1), peer));
    let (fd, peer) = fd_pair();
    all.push(waiting("recv_into", fd, recv_into(fd, [0; 1]), peer));
    let (fd, peer) = fd_pair();
    all.push(waiting("recv_line", fd, recv_line(fd), peer));
    let (fd, peer) = fd_pair();
    all.push(waiting("send", fd, send(fd, vec![0; 16 << 20]), peer));
    let fd = register(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
    all.push(waiting("recv_from_into", fd, recv_from_into(fd, [0; 1]), ()));
    let fd = register(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    all.push(waiting("accept", fd, accept(fd), ()));
    let fd = register(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    all.push(waiting("accept_addr", fd, accept_addr(fd), ()));

    let (ours, peer) = std::os::unix::net::UnixDatagram::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    while ours.send(b"x").is_ok() {}
    let fd = register(ours).unwrap();
    all.push(waiting("send", fd, send(fd, "x"), peer));

    // Nobody accepts, and the queue is full.
    let listener = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let first = TcpStream::connect(address).unwrap();
    let fd = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    all.push(waiting("connect", fd, connect(fd, address), (listener, first)));
    all
}

#[test]
fn closing_a_descriptor_fails_each_operation_on_it_and_the_error_names_both() {
    let all = everything_that_waits();
    assert_eq!(Dispatcher::current().operations(), all.len());
    for (_, fd, ..) in &all {
        close_socket(*fd).unwrap();
    }
    assert_eq!(Dispatcher::current().operations(), 0);
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
    for (name, fd, future, _kept) in all {
        let error = wait_for(future).unwrap_err();
        assert_eq!(error.kind(), Kind::Closed);
        let expected = format!("`{name}` on {fd} cannot be done: its file or socket is closed");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn unregistering_a_descriptor_fails_each_operation_on_it_and_leaves_it_open() {
    for (name, fd, future, _kept) in everything_that_waits() {
        let open = unregister(fd).unwrap().unwrap();
        let error = wait_for(future).unwrap_err();
        assert_eq!(error.kind(), Kind::Closed);
        let expected = format!("`{name}` on {fd} cannot be done: its descriptor was unregistered");
        assert_eq!(error.to_string(), expected);
        assert!(rustix::io::fcntl_getfd(&open).is_ok());
    }
}

/// A connection that the peer has reset, as the system knows by now.
fn lost() -> AsyncFd {
    let (fd, peer) = fd_pair();
    reset(peer);
    fd
}

#[track_caller]
fn assert_lost(error: &Error, expected: Operation, fd: AsyncFd) {
    match error.downcast_ref() {
        Some(SocketError::Os { operation, fd: number, source }) => {
            assert_eq!((*operation, *number), (expected, Some(fd.as_raw_fd())));
            assert!(
                matches!(source.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
                "{source}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(error.to_string().contains(&format!(" on {fd}: ")), "{error}");
}

#[test]
fn a_reset_is_the_end_for_each_operation_by_default() {
    assert_eq!(wait_for(recv(lost(), 9)).unwrap(), b"");
    assert_eq!(wait_for(recv_into(lost(), [0; 9])).unwrap().0, 0);
    assert_eq!(wait_for(recv_line(lost())).unwrap(), "");
    wait_for(send(lost(), "anyone there?")).unwrap();
    wait_for(send(lost(), vec![0; 16 << 20])).unwrap();
    // Also for those that wait when it comes.
    let (fd, mut peer) = fd_pair();
    let (line, bytes, big) = (recv_line(fd), recv(fd, 9), send(fd, vec![0; 16 << 20]));
    peer.write_all(b"half a li").unwrap();
    reset(peer);
    assert_eq!(wait_for(line).unwrap(), "");
    assert_eq!(wait_for(bytes).unwrap(), b"");
    wait_for(big).unwrap();
}

#[test]
fn a_reset_is_an_error_of_each_operation_if_asked() {
    let strict = SocketFlags::empty();
    let fd = lost();
    assert_lost(&wait_for(recv_with(fd, 9, strict)).unwrap_err(), Operation::Receive, fd);
    let fd = lost();
    let error = wait_for(recv_into_with(fd, [0; 9], strict)).unwrap_err();
    assert_lost(&error, Operation::Receive, fd);
    let fd = lost();
    let error = wait_for(recv_line_with(fd, 9, strict)).unwrap_err();
    assert_lost(&error, Operation::ReceiveLine, fd);
    let fd = lost();
    assert_lost(&wait_for(send_with(fd, "x", strict)).unwrap_err(), Operation::Send, fd);
    // Also of one that waits when it comes.
    let (fd, peer) = fd_pair();
    let big = send_with(fd, vec![0; 16 << 20], strict);
    reset(peer);
    assert_lost(&wait_for(big).unwrap_err(), Operation::Send, fd);
    // What is left is a socket like any that has ended.
    assert_eq!(wait_for(recv(fd, 9)).unwrap(), b"");
}

#[test]
fn a_connection_that_was_reset_in_the_queue_disturbs_no_accept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let listening = register(listener).unwrap();
    let accepts = [accept(listening), accept(listening)];
    reset(TcpStream::connect(address).unwrap());
    let mut peer = TcpStream::connect(address).unwrap();
    peer.write_all(b"x").unwrap();
    // Some systems give out the one that is lost, some do not.
    let [first, second] = accepts;
    let client = wait_for(first).unwrap();
    let mut got = wait_for(recv(client, 1)).unwrap();
    if got.is_empty() {
        got = wait_for(recv(wait_for(second).unwrap(), 1)).unwrap();
    }
    assert_eq!(got, b"x");
}

#[test]
fn a_send_on_a_socket_that_was_never_connected_succeeds_unless_asked() {
    let fd = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    wait_for(send(fd, "into the void")).unwrap();
    let error = wait_for(send_with(fd, "x", SocketFlags::empty())).unwrap_err();
    assert_lost(&error, Operation::Send, fd);
}

#[test]
fn the_wrong_sort_of_descriptor_is_an_error_of_the_operation() {
    let (reader, _writer) = std::io::pipe().unwrap();
    let pipe = register(std::os::fd::OwnedFd::from(reader)).unwrap();
    let error = wait_for(recv(pipe, 1)).unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot receive on {pipe}: ")), "{error}");
    let (fd, _peer) = fd_pair();
    let error = wait_for(accept(fd)).unwrap_err();
    let expected = format!("cannot accept a connection on {fd}: ");
    assert!(error.to_string().starts_with(&expected), "{error}");
    let error = wait_for(connect(fd, _peer.local_addr().unwrap())).unwrap_err();
    assert_eq!(error.kind(), Kind::Io, "{error}");
}

#[test]
fn a_callback_that_panics_loses_no_operation_of_its_descriptor() {
    let (fd, mut peer) = fd_pair();
    add_read(fd, |_| panic!("in a callback")).unwrap();
    let (bytes, line) = (recv(fd, 2), recv_line(fd));
    peer.write_all(b"..line\n").unwrap();
    assert_eq!(run_forever().unwrap_err().to_string(), "panicked: in a callback");
    assert_eq!(wait_for(bytes).unwrap(), b"..");
    assert_eq!(wait_for(line).unwrap(), "line");
}
