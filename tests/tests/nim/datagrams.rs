//! Datagrams over descriptors, as `asyncdispatch` has them.

use std::cell::Cell;
use std::net::{SocketAddr, UdpSocket};
use std::rc::Rc;

use async_proc::dispatch::fd::{AsyncFd, close_socket, recv_from_into, register, send_to};
use async_proc::future;
use async_proc::prelude::*;

const SOCKETS: u64 = 50;
const DATAGRAMS: u64 = 100;

/// A socket, and its address.
fn socket() -> (AsyncFd, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    (register(socket).unwrap(), address)
}

#[derive(Default)]
struct Counts {
    received: Cell<u64>,
    echoed: Cell<u64>,
    /// The sums of the ports that datagrams came from: by what the server has seen, and by what was
    /// sent.
    ports: Cell<u64>,
    sent_from: Cell<u64>,
}

#[async_proc]
fn echo(server: AsyncFd, counts: Rc<Counts>) {
    let mut room = vec![0; 64];
    for _ in 0..SOCKETS * DATAGRAMS {
        let (count, from, bytes) = recv_from_into(server, room).await?;
        counts.received.set(counts.received.get() + 1);
        let port = from.as_socket().map_or(0, |address| address.port());
        counts.ports.set(counts.ports.get() + u64::from(port));
        send_to(server, &bytes[..count], from).await?;
        room = bytes;
    }
}

#[async_proc]
fn ask(number: u64, server: SocketAddr, counts: Rc<Counts>) {
    let (socket, address) = socket();
    let mut room = vec![0; 64];
    for datagram in 0..DATAGRAMS {
        let said = format!("datagram {datagram} of socket {number}");
        send_to(socket, &said, server).await?;
        counts.sent_from.set(counts.sent_from.get() + u64::from(address.port()));
        let (count, from, bytes) = recv_from_into(socket, room).await?;
        assert_eq!((&bytes[..count], from.as_socket()), (said.as_bytes(), Some(server)));
        counts.echoed.set(counts.echoed.get() + 1);
        room = bytes;
    }
    close_socket(socket)?;
}

#[test]
fn fifty_sockets_have_a_hundred_datagrams_each_echoed() {
    let counts = Rc::new(Counts::default());
    let (server, address) = socket();
    let echoing = echo(server, counts.clone());
    let asking: Vec<_> = (0..SOCKETS).map(|number| ask(number, address, counts.clone())).collect();
    wait_for(future::all(asking)).unwrap();
    wait_for(echoing).unwrap();
    assert_eq!((counts.received.get(), counts.echoed.get()), (5000, 5000));
    assert_eq!(counts.ports.get(), counts.sent_from.get());
    close_socket(server).unwrap();
}
