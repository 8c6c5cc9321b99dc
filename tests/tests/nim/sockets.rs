//! Connections over descriptors, as `asyncdispatch` has them.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use async_proc::dispatch::fd::{
    AsyncFd, SocketError, SocketFlags, accept, accept_addr, close_socket, dial, recv, recv_line,
    register, send, send_with,
};
use async_proc::dispatch::{Dispatcher, global_dispatcher};
use async_proc::future;
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;

use crate::Log;

/// A listener, and where.
fn listener() -> (AsyncFd, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (register(listener).unwrap(), address)
}

/// A registered end of a connection, and the other as it is.
fn pair() -> (AsyncFd, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (register(listener.accept().unwrap().0).unwrap(), theirs)
}

const CLIENTS: u32 = 40;
const LINES: u32 = 50;

#[async_proc]
fn send_lines(server: SocketAddr) {
    let socket = dial(server).await?;
    for number in 0..LINES {
        send(socket, format!("Message {number}\r\n")).await?;
    }
    close_socket(socket)?;
}

#[async_proc]
fn send_lines_in_turn(server: SocketAddr) {
    for _ in 0..CLIENTS {
        send_lines(server).await?;
    }
}

#[async_proc]
fn count_lines(client: AsyncFd, count: Rc<Cell<u32>>) -> Future<()> {
    let mut number = 0;
    loop {
        let line = recv_line(client).await?;
        if line.is_empty() {
            close_socket(client)?;
            assert_eq!(number, LINES);
            return Ok(());
        }
        assert_eq!(line, format!("Message {number}"));
        number += 1;
        count.set(count.get() + 1);
    }
}

#[async_proc]
fn serve_lines(listening: AsyncFd, count: Rc<Cell<u32>>) {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let (client, address) = accept_addr(listening).await?;
        let address = address.as_socket();
        assert_eq!(address.map(|address| address.ip().to_string()).as_deref(), Some("127.0.0.1"));
        clients.push(count_lines(client, count.clone()));
    }
    future::all(clients).await?;
}

#[test]
fn forty_clients_in_turn_send_fifty_lines_each_and_all_are_counted() {
    let (listening, address) = listener();
    let count = Rc::new(Cell::new(0));
    let serving = serve_lines(listening, count.clone());
    async_check(send_lines_in_turn(address));
    wait_for(serving).unwrap();
    assert_eq!(count.get(), CLIENTS * LINES);
    close_socket(listening).unwrap();
    assert!(!has_pending_operations());
    assert_eq!(global_dispatcher().active_descriptors(), 0);
}

/// Sends to a peer that reads nothing, and never gets done.
#[async_proc]
fn send_for_ever(socket: AsyncFd, sent: Rc<Cell<usize>>) -> Future<()> {
    loop {
        send_with(socket, vec![b'x'; 100_000], SocketFlags::empty()).await?;
        sent.set(sent.get() + 1);
    }
}

#[test]
fn closing_fails_a_send_that_is_stuck_after_its_time_limit() {
    let (socket, _peer) = pair();
    let sent = Rc::new(Cell::new(0));
    let sending = send_for_ever(socket, sent.clone());
    // As long as something was sent meanwhile, it is not stuck.
    let mut before = usize::MAX;
    while sent.get() != before {
        before = sent.get();
        assert!(!wait_for(with_timeout(&sending, Duration::from_millis(20))).unwrap());
    }
    assert!(before > 0);
    close_socket(socket).unwrap();
    let error = wait_for(sending).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(
        error.to_string(),
        format!("`send` on {socket} cannot be done: its file or socket is closed")
    );
}

#[test]
fn a_connection_that_is_refused_and_that_nobody_awaits_is_the_error_of_the_loop() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    #[async_proc]
    fn connect_there(address: SocketAddr) {
        AsyncSocket::tcp()?.connect(address).await?;
    }
    async_check(connect_there(nobody));
    let error = run_forever().unwrap_err();
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::ConnectionRefused));
    assert!(error.to_string().contains(&nobody.to_string()), "{error}");
    // It was one failure, and it is over.
    run_forever().unwrap();
}

#[async_proc]
fn exchange(server: AsyncFd, address: SocketAddr) -> Future<(Vec<u8>, Vec<u8>)> {
    let arriving = accept(server);
    let ours = dial(address).await?;
    let theirs = arriving.await?;
    send(ours, "A").await?;
    send(theirs, "B").await?;
    let heard = (recv(theirs, 1).await?, recv(ours, 1).await?);
    close_socket(ours)?;
    close_socket(theirs)?;
    close_socket(server)?;
    Ok(heard)
}

#[test]
fn both_versions_of_the_internet_protocol_are_dialed() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let listener = match TcpListener::bind(address) {
            Ok(listener) => listener,
            Err(error) => {
                assert!(address.starts_with('['), "{error}");
                println!("LEFT OUT: {address}: {error}");
                continue;
            }
        };
        let address = listener.local_addr().unwrap();
        let heard = wait_for(exchange(register(listener).unwrap(), address)).unwrap();
        assert_eq!(heard, (b"A".to_vec(), b"B".to_vec()));
    }
    assert_eq!(global_dispatcher().active_descriptors(), 0);
}

#[test]
fn a_proc_serves_clients_of_the_other_version_that_block_in_another_thread() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return println!("LEFT OUT: there is no IPv6 on this machine");
    };
    let address = listener.local_addr().unwrap();
    #[async_proc]
    fn answer(listening: AsyncFd) -> Future<String> {
        let client = accept(listening).await?;
        let line = recv_line(client).await?;
        send(client, "heard\n").await?;
        close_socket(client)?;
        Ok(line)
    }
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"hello\r\n").unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    });
    assert_eq!(wait_for(answer(register(listener).unwrap())).unwrap(), "hello");
    assert_eq!(client.join().unwrap(), "heard\n");
}

#[test]
fn nested_procs_whose_values_are_thrown_away_run_in_the_order_of_their_calls() {
    #[async_proc]
    fn main(log: Log) {
        #[async_proc]
        fn two(log: Log) -> Future<u32> {
            log.note(1);
            Ok(2)
        }
        #[async_proc]
        fn six(log: Log) -> Future<u32> {
            log.note(4);
            log.note(two(log.clone()).await?);
            two(log.clone()).await?;
            Ok(6)
        }
        log.note(two(log.clone()).await?);
        log.note(3);
        log.note(six(log.clone()).await?);
    }
    let log = Log::default();
    wait_for(main(log.clone())).unwrap();
    assert_eq!(log.take(), ["1", "2", "3", "4", "1", "2", "1", "6"]);
}

#[test]
fn sends_that_nobody_awaits_reach_a_slow_reader_in_order_and_finish_in_order() {
    const SENDS: usize = 100;
    const SIZE: usize = 9999;
    let (socket, mut peer) = pair();
    let finished = Rc::new(RefCell::new(Vec::new()));
    for number in 0..SENDS {
        let sending = send(socket, vec![number as u8; SIZE]);
        let finished = finished.clone();
        sending.add_callback(move |sending| {
            assert!(!sending.failed());
            finished.borrow_mut().push(number);
        });
    }
    let reader = thread::spawn(move || {
        let mut all = Vec::new();
        let mut room = [0; 1000];
        while all.len() < SENDS * SIZE {
            let count = peer.read(&mut room).unwrap();
            all.extend_from_slice(&room[..count]);
            thread::yield_now();
        }
        all
    });
    run_forever().unwrap();
    let all = reader.join().unwrap();
    assert_eq!(all.len(), SENDS * SIZE);
    for (number, part) in all.chunks(SIZE).enumerate() {
        assert!(part.iter().all(|byte| *byte == number as u8), "{number}");
    }
    assert_eq!(*finished.borrow(), (0..SENDS).collect::<Vec<_>>());
}

#[test]
fn a_send_to_a_server_that_reads_only_a_line_finishes() {
    #[async_proc]
    fn read_a_line(listening: AsyncFd) -> Future<String> {
        let client = accept(listening).await?;
        let line = recv_line(client).await?;
        // It stays open, and nobody reads from it any more.
        Ok(line)
    }
    let (listening, address) = listener();
    let server = read_a_line(listening);
    let socket = wait_for(dial(address)).unwrap();
    wait_for(send(socket, "request\r\n\r\nand more\r\n")).unwrap();
    assert_eq!(wait_for(server).unwrap(), "request");
}

#[test]
fn a_line_is_received_with_a_buffer_and_without_one() {
    for buffered in [true, false] {
        let listener = AsyncSocket::listener("127.0.0.1:0").unwrap();
        #[async_proc]
        fn greet(listener: AsyncSocket) {
            let client = listener.accept().await?;
            client.send("Hello World\r\n").await?;
            client.close();
        }
        #[async_proc]
        fn listen(address: SocketAddr, buffered: bool) -> Future<(String, String)> {
            let mut socket = AsyncSocket::tcp()?;
            if !buffered {
                socket = socket.unbuffered();
            }
            socket.connect(address).await?;
            Ok((socket.recv_line().await?, socket.recv_line().await?))
        }
        async_check(greet(listener.clone()));
        let lines = wait_for(listen(listener.local_addr().unwrap(), buffered)).unwrap();
        assert_eq!(lines, ("Hello World".to_owned(), String::new()));
    }
}

#[test]
fn sending_to_a_closed_peer_fails_when_asked_and_does_not_stall() {
    #[async_proc]
    fn send_twice(socket: AsyncFd) -> Future<u32> {
        let mut sent = 0;
        loop {
            // The first one or two are taken over before the peer's answer is there.
            send_with(socket, "data", SocketFlags::empty()).await?;
            sent += 1;
            assert!(sent < 1000, "the peer is gone");
            sleep_async(Duration::from_millis(1)).await?;
        }
    }
    let (socket, peer) = pair();
    drop(peer);
    let error = wait_for(send_twice(socket)).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SocketError::Os { .. })), "{error}");
    assert!(error.to_string().starts_with(&format!("cannot send on {socket}: ")), "{error}");
    assert_eq!(Dispatcher::current().operations(), 0);
}
