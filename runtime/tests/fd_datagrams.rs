//! Datagrams over descriptors that are registered by hand.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

use async_proc::dispatch::fd::{
    AsyncFd, Operation, SockAddr, SocketError, SocketFlags, recv_from_into, recv_from_into_with,
    register, send, send_to,
};
use async_proc::dispatch::{Dispatcher, wait_for};

fn socket() -> (AsyncFd, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    (register(socket).unwrap(), address)
}

#[test]
fn a_datagram_is_received_whole_with_its_sender() {
    let ((here, from), (there, to)) = (socket(), socket());
    let waiting = recv_from_into(there, [0; 16]);
    assert!(!waiting.finished());
    wait_for(send_to(here, "one", to)).unwrap();
    wait_for(send_to(here, String::from("two"), to)).unwrap();
    let (count, address, bytes) = wait_for(waiting).unwrap();
    assert_eq!((&bytes[..count], address.as_socket()), (&b"one"[..], Some(from)));
    // Not the rest of anything: the next one.
    let (count, _, bytes) = wait_for(recv_from_into(there, vec![0; 2])).unwrap();
    assert_eq!((count, &bytes[..]), (2, &b"tw"[..]));
}

#[test]
fn what_does_not_fit_is_cut_off_and_lost() {
    let ((here, _), (there, to)) = (socket(), socket());
    wait_for(send_to(here, vec![7; 100], to)).unwrap();
    wait_for(send_to(here, "next", to)).unwrap();
    let (count, _, bytes) = wait_for(recv_from_into(there, [0; 10])).unwrap();
    assert_eq!((count, bytes), (10, [7; 10]));
    let (count, _, bytes) = wait_for(recv_from_into(there, [0; 10])).unwrap();
    assert_eq!(bytes[..count], *b"next");
}

#[test]
fn an_empty_datagram_is_one_and_no_end() {
    let ((here, from), (there, to)) = (socket(), socket());
    wait_for(send_to(here, "", to)).unwrap();
    wait_for(send_to(here, "x", to)).unwrap();
    let (count, address, _) = wait_for(recv_from_into(there, [0; 10])).unwrap();
    assert_eq!((count, address.as_socket()), (0, Some(from)));
    assert_eq!(wait_for(recv_from_into(there, [0; 10])).unwrap().0, 1);
}

#[test]
fn a_datagram_that_is_peeked_at_or_whose_receive_is_cancelled_stays() {
    let ((here, _), (there, to)) = (socket(), socket());
    let (cancelled, waiting) =
        (recv_from_into(there, [0; 10]), recv_from_into_with(there, [0; 10], SocketFlags::PEEK));
    assert!(cancelled.cancel());
    wait_for(send_to(here, "here", to)).unwrap();
    let (count, _, bytes) = wait_for(waiting).unwrap();
    assert_eq!(bytes[..count], *b"here");
    let (count, _, bytes) = recv_from_into(there, [0; 10]).read().unwrap();
    assert_eq!(bytes[..count], *b"here");
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn a_datagram_that_cannot_be_sent_names_its_address() {
    let ((here, _), (_, to)) = (socket(), socket());
    let error = wait_for(send_to(here, vec![0; 70_000], to)).unwrap_err();
    match error.downcast_ref() {
        Some(SocketError::Os { operation: Operation::SendTo(address), fd: Some(_), .. }) => {
            assert_eq!(*address, to);
        }
        other => panic!("{other:?}"),
    }
    assert!(
        error.to_string().starts_with(&format!("cannot send a datagram to {to} on descriptor ")),
        "{error}"
    );
    // Only that one has failed.
    wait_for(send_to(here, "short", to)).unwrap();
}

#[test]
fn a_connected_socket_is_told_that_nobody_listens() {
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(nobody).unwrap();
    let fd = register(socket).unwrap();
    let waiting = recv_from_into(fd, [0; 10]);
    wait_for(send(fd, "anyone?")).unwrap();
    let error = wait_for(waiting).map(|_| ()).unwrap_err();
    assert!(
        matches!(
            error.downcast_ref(),
            Some(SocketError::Os { operation: Operation::ReceiveFrom, source, .. })
                if source.kind() == ErrorKind::ConnectionRefused
        ),
        "{error}"
    );
}

#[test]
fn unix_datagrams_have_addresses_too() {
    let folder = std::env::temp_dir().join(format!("async-proc-datagrams-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("socket");
    let there = register(std::os::unix::net::UnixDatagram::bind(&path).unwrap()).unwrap();
    let here = register(std::os::unix::net::UnixDatagram::unbound().unwrap()).unwrap();
    wait_for(send_to(here, "by path", SockAddr::unix(&path).unwrap())).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let (count, address, bytes) = wait_for(recv_from_into(there, [0; 10])).unwrap();
    assert_eq!(bytes[..count], *b"by path");
    assert!(address.as_socket().is_none());
}
