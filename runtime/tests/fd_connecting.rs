//! Connections over descriptors that are registered by hand.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use async_proc::dispatch::fd::{
    AsyncFd, Domain, Operation, SocketError, SocketFlags, Type, accept, accept_addr, accept_with,
    connect, create_async_native_socket, dial, dial_with, recv, send,
};
use async_proc::dispatch::{Dispatcher, close_socket, register, run_forever, unregister, wait_for};

fn listener() -> (AsyncFd, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (register(listener).unwrap(), address)
}

/// Where nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Whether a descriptor blocks, and whether it is inherited.
fn flags(fd: AsyncFd) -> (bool, bool) {
    // SAFETY: these two only read.
    let get = |what| unsafe { libc::fcntl(fd.as_raw_fd(), what) };
    (get(libc::F_GETFL) & libc::O_NONBLOCK == 0, get(libc::F_GETFD) & libc::FD_CLOEXEC == 0)
}

#[test]
fn what_is_made_or_accepted_does_not_block_and_is_not_inherited_unless_asked() {
    let (listening, address) = listener();
    let dialed = wait_for(dial(address)).unwrap();
    let accepted = wait_for(accept(listening)).unwrap();
    let made = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    for fd in [dialed, accepted, made] {
        assert_eq!(flags(fd), (false, false));
        assert!(Dispatcher::current().contains(fd));
    }
    let _peer = TcpStream::connect(address).unwrap();
    let asked = SocketFlags::SAFE_DISCONN | SocketFlags::INHERITABLE;
    assert_eq!(flags(wait_for(accept_with(listening, asked)).unwrap()), (false, true));
}

#[test]
fn two_accepts_that_wait_get_a_connection_each_in_order() {
    let (listening, address) = listener();
    let accepts = [accept_addr(listening), accept_addr(listening)];
    assert_eq!(Dispatcher::current().operations(), 2);
    let peers = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
    run_forever().unwrap();
    for (accept, peer) in accepts.iter().zip(&peers) {
        let (client, from) = accept.take().unwrap();
        assert_eq!(from.as_socket(), Some(peer.local_addr().unwrap()));
        close_socket(client).unwrap();
    }
}

#[test]
fn an_accept_that_is_cancelled_leaves_the_connection_to_the_next() {
    let (listening, address) = listener();
    let (first, second) = (accept(listening), accept(listening));
    assert!(first.cancel());
    let _peer = TcpStream::connect(address).unwrap();
    wait_for(second).unwrap();
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn a_socket_is_connected_by_address_and_by_name() {
    let (listening, address) = listener();
    let socket = || create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let ours = [socket(), socket(), socket()];
    wait_for(connect(ours[0], address)).unwrap();
    wait_for(connect(ours[1], ("127.0.0.1", address.port()))).unwrap();
    // It may have an address of the other version too: this socket is not of that.
    wait_for(connect(ours[2], ("localhost", address.port()))).unwrap();
    for fd in ours {
        let client = wait_for(accept(listening)).unwrap();
        wait_for(send(fd, "x")).unwrap();
        assert_eq!(wait_for(recv(client, 9)).unwrap(), b"x");
    }
}

#[test]
fn what_is_sent_while_a_connection_is_being_made_waits_for_it() {
    let (listening, address) = listener();
    let socket = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let (connecting, sending) = (connect(socket, address), send(socket, "early"));
    wait_for(connecting).unwrap();
    wait_for(sending).unwrap();
    let client = wait_for(accept(listening)).unwrap();
    assert_eq!(wait_for(recv(client, 9)).unwrap(), b"early");
}

#[test]
fn a_refused_connection_names_operation_address_and_descriptor() {
    let nobody = nobody();
    let socket = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = wait_for(connect(socket, nobody)).unwrap_err();
    match error.downcast_ref() {
        Some(SocketError::Os { operation, fd, source }) => {
            assert_eq!(*operation, Operation::Connect(nobody));
            assert_eq!(*fd, Some(socket.as_raw_fd()));
            assert_eq!(source.kind(), ErrorKind::ConnectionRefused);
        }
        other => panic!("{other:?}"),
    }
    let names = format!("cannot connect to {nobody} on {socket}: ");
    assert!(error.to_string().starts_with(&names), "{error}");
    // The same socket may try again.
    let (_listening, address) = listener();
    wait_for(connect(socket, address)).unwrap();
}

#[test]
fn dialing_uses_a_socket_of_the_version_of_the_address_and_closes_the_others() {
    let before = Dispatcher::current().active_descriptors();
    let error = wait_for(dial(nobody())).unwrap_err();
    assert_eq!(error.io_kind(), Some(ErrorKind::ConnectionRefused));
    assert_eq!(Dispatcher::current().active_descriptors(), before, "it is closed");

    let Ok(six) = TcpListener::bind("[::1]:0") else {
        return println!("there is no IPv6 on this machine: that part is left out");
    };
    let socket = wait_for(dial(six.local_addr().unwrap())).unwrap();
    let ours = TcpStream::from(unregister(socket).unwrap().unwrap());
    assert!(ours.peer_addr().unwrap().is_ipv6());
}

#[test]
fn dialing_a_name_tries_all_its_addresses() {
    // `localhost` is `::1` first on many machines, where nobody listens.
    let (_listening, address) = listener();
    let socket = wait_for(dial(("localhost", address.port()))).unwrap();
    assert!(Dispatcher::current().contains(socket));
    assert_eq!(Dispatcher::current().active_descriptors(), 2);
}

#[test]
fn dialing_that_is_cancelled_leaves_nothing_open() {
    // A queue of one that is full: the connection is not made before somebody accepts.
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut dialing = Vec::new();
    while dialing.len() < 8 {
        dialing.push(dial(address));
    }
    let waiting: Vec<_> = dialing.iter().filter(|dial| !dial.finished()).collect();
    assert!(!waiting.is_empty());
    let open = Dispatcher::current().active_descriptors();
    for dial in &waiting {
        assert!(dial.cancel());
    }
    assert_eq!(Dispatcher::current().operations(), 0);
    assert_eq!(Dispatcher::current().active_descriptors(), open - waiting.len());
}

#[test]
fn a_datagram_socket_is_dialed_too() {
    let there = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let here = wait_for(dial_with(there.local_addr().unwrap(), Type::DGRAM, None)).unwrap();
    wait_for(send(here, "hello")).unwrap();
    let mut room = [0; 9];
    assert_eq!(there.recv(&mut room).unwrap(), 5);
}

#[test]
fn what_there_is_to_connect_to_is_named() {
    let socket = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = wait_for(connect(socket, "nonsense")).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SocketError::Address { .. })), "{error}");
    let error = wait_for(connect(socket, ("name.invalid", 80))).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SocketError::Resolve { .. })), "{error}");
    let error = wait_for(dial("name.invalid:80")).unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(SocketError::Resolve { host, .. }) if host == "name.invalid"),
        "{error}"
    );
}
