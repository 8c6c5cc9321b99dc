//! Where lines end, whatever pieces they come in.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use async_proc::Future;
use async_proc::dispatch::{poll, wait_for};
use async_proc::net::{AsyncSocket, SocketError};

/// What a read gave: the text, or the error's own words.
type Given = Result<String, String>;

/// One input and what `recv_line` and `read_line` give for it, until the end of the stream.
struct Row {
    input: &'static [u8],
    limit: usize,
    recv_line: &'static [Result<&'static str, &'static str>],
    read_line: &'static [Result<&'static str, &'static str>],
}

const fn row(
    input: &'static [u8],
    recv_line: &'static [Result<&'static str, &'static str>],
    read_line: &'static [Result<&'static str, &'static str>],
) -> Row {
    Row { input, limit: 5, recv_line, read_line }
}

const TOO_LONG: Result<&str, &str> = Err("a line is longer than 5 bytes");

const TABLE: &[Row] = &[
    row(b"", &[], &[]),
    row(b"a\r\nb\r\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"a\nb\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"\r\n\r\n", &[Ok("\r\n"), Ok("\r\n")], &[Ok(""), Ok("")]),
    row(b"\n\n", &[Ok("\r\n"), Ok("\r\n")], &[Ok(""), Ok("")]),
    row(b"abc", &[], &[Ok("abc")]),
    row(b"x\r\npart", &[Ok("x")], &[Ok("x"), Ok("part")]),
    row(b"a\rb\r\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"\rb\r\n", &[Ok("\r\n"), Ok("b")], &[Ok(""), Ok("b")]),
    row(b"a\r\r\n", &[Ok("a"), Ok("\r\n")], &[Ok("a"), Ok("")]),
    row(b"a\r", &[], &[Ok("a")]),
    row(b"\r", &[], &[Ok("")]),
    row(b"12345\r\n", &[Ok("12345")], &[Ok("12345")]),
    row(b"123456\r\nb\n", &[TOO_LONG, Ok("b")], &[TOO_LONG, Ok("b")]),
    row(b"123456\r\r\n", &[TOO_LONG, Ok("\r\n")], &[TOO_LONG, Ok("")]),
    row(b"12345678", &[TOO_LONG], &[TOO_LONG]),
    row(
        b"a\xff\nb\n",
        &[Err("a line is not UTF-8 text (at its byte 1)"), Ok("b")],
        &[Err("a line is not UTF-8 text (at its byte 1)"), Ok("b")],
    ),
    row(b"\xc3\xa9\n", &[Ok("é")], &[Ok("é")]),
];

/// A read of a line; `None` at the end of the stream.
type Read = fn(&AsyncSocket) -> Future<Option<String>>;

fn recv_line(socket: &AsyncSocket) -> Future<Option<String>> {
    let line = socket.recv_line();
    Future::from_std(async { Ok(Some(line.await?).filter(|line| !line.is_empty())) })
}

/// The far end of a connection.
trait Peer: Write {
    /// Says that nothing more will come.
    fn end(&self);
}

impl Peer for UnixStream {
    fn end(&self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

impl Peer for TcpStream {
    fn end(&self) {
        self.shutdown(Shutdown::Write).unwrap();
        // When it is dropped, what has ended is forgotten at once: thousands would use up the ports.
        socket2::SockRef::from(self).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// Makes a connection of one kind.
type Connect<'a> = &'a dyn Fn() -> (AsyncSocket, Box<dyn Peer>);

fn unix() -> (AsyncSocket, Box<dyn Peer>) {
    let (ours, peer) = UnixStream::pair().unwrap();
    (AsyncSocket::from_fd(ours).unwrap(), Box::new(peer))
}

fn tcp(listener: &TcpListener) -> (AsyncSocket, Box<dyn Peer>) {
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (peer, _) = listener.accept().unwrap();
    // Each piece is a segment of its own.
    peer.set_nodelay(true).unwrap();
    (AsyncSocket::from_fd(ours).unwrap(), Box::new(peer))
}

/// What a socket gives when its input comes in these pieces, each read before the next comes.
fn given(
    connect: Connect<'_>,
    pieces: &[&[u8]],
    limit: usize,
    buffered: bool,
    read: Read,
) -> Vec<Given> {
    let (mut socket, mut peer) = connect();
    if !buffered {
        socket = socket.unbuffered();
    }
    socket.set_line_limit(limit);

    let mut given = Vec::new();
    let mut reading = read(&socket);
    for piece in pieces {
        peer.write_all(piece).unwrap();
        poll(Some(Duration::ZERO)).unwrap();
        while reading.finished() {
            given.push(reading.take().map(Option::unwrap).map_err(|error| error.to_string()));
            reading = read(&socket);
        }
    }
    peer.end();
    loop {
        match wait_for(reading) {
            Ok(Some(line)) => given.push(Ok(line)),
            Ok(None) => return given,
            Err(error) => given.push(Err(error.to_string())),
        }
        reading = read(&socket);
    }
}

/// Every way to cut `input` into pieces.
fn cuts(input: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    let places = input.len().saturating_sub(1);
    (0..1_u32 << places).map(move |cut| {
        let mut pieces = Vec::new();
        let mut start = 0;
        for place in 0..places {
            if cut & (1 << place) != 0 {
                pieces.push(&input[start..=place]);
                start = place + 1;
            }
        }
        pieces.push(&input[start..]);
        pieces
    })
}

#[test]
fn the_table_holds_for_every_way_to_cut_the_input_of_a_unix_socket() {
    assert_table(&unix);
}

#[test]
fn the_table_holds_for_every_way_to_cut_the_input_of_a_tcp_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_table(&|| tcp(&listener));
}

fn assert_table(connect: Connect<'_>) {
    for row in TABLE {
        for (read, expected) in
            [(recv_line as Read, row.recv_line), (AsyncSocket::read_line as Read, row.read_line)]
        {
            let expected: Vec<Given> = expected
                .iter()
                .map(|line| line.map(str::to_owned).map_err(str::to_owned))
                .collect();
            for pieces in cuts(row.input) {
                for buffered in [true, false] {
                    let given = given(connect, &pieces, row.limit, buffered, read);
                    assert_eq!(given, expected, "{pieces:?}, buffered: {buffered}");
                }
            }
        }
    }
}

#[test]
fn a_line_that_is_not_utf8_is_in_the_error() {
    let (ours, mut peer) = UnixStream::pair().unwrap();
    let socket = AsyncSocket::from_fd(ours).unwrap();
    peer.write_all(b"caf\xe9\r\ncaf\xe9\r\n").unwrap();
    let error = wait_for(socket.recv_line()).unwrap_err();
    match error.downcast_ref() {
        Some(SocketError::NotUtf8 { line, valid_up_to: 3 }) => assert_eq!(line, b"caf\xe9"),
        _ => panic!("{error}"),
    }
    assert_eq!(wait_for(socket.recv_line_bytes()).unwrap(), b"caf\xe9");
}

#[test]
fn bytes_after_a_line_are_there_for_other_reads() {
    for buffered in [true, false] {
        let (ours, mut peer) = UnixStream::pair().unwrap();
        let mut socket = AsyncSocket::from_fd(ours).unwrap();
        if !buffered {
            socket = socket.unbuffered();
        }
        peer.write_all(b"length: 4\r\nbodyrest\n").unwrap();
        assert_eq!(wait_for(socket.recv_line()).unwrap(), "length: 4");
        assert_eq!(socket.has_data_buffered(), buffered);
        assert_eq!(wait_for(socket.recv(4)).unwrap(), b"body");
        assert_eq!(wait_for(socket.recv_line()).unwrap(), "rest");
    }
}

#[test]
fn a_read_of_a_line_that_is_cancelled_loses_nothing() {
    for buffered in [true, false] {
        let (ours, mut peer) = UnixStream::pair().unwrap();
        let mut socket = AsyncSocket::from_fd(ours).unwrap();
        if !buffered {
            socket = socket.unbuffered();
        }
        peer.write_all(b"first half, ").unwrap();
        let reading = socket.recv_line();
        poll(Some(Duration::ZERO)).unwrap();
        assert!(reading.cancel());
        peer.write_all(b"second half\n").unwrap();
        assert_eq!(wait_for(socket.recv_line()).unwrap(), "first half, second half");
    }
}

#[test]
fn ten_megabytes_without_an_end_are_an_error_and_then_skipped() {
    let (ours, mut peer) = UnixStream::pair().unwrap();
    let socket = AsyncSocket::from_fd(ours).unwrap();
    let writing = thread::spawn(move || {
        let megabyte = vec![b'x'; 1 << 20];
        for _ in 0..10 {
            peer.write_all(&megabyte).unwrap();
        }
        peer.write_all(b"\nnext\n").unwrap();
    });
    let error = wait_for(socket.recv_line()).unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(SocketError::LineTooLong { limit: 1_000_000 })),
        "{error}"
    );
    assert_eq!(wait_for(socket.recv_line()).unwrap(), "next");
    writing.join().unwrap();
}
