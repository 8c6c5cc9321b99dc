//! Lines over descriptors that are registered by hand.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::{ErrorKind, Write};
use std::net::Shutdown;

use async_proc::dispatch::fd::{
    SocketError, SocketFlags, recv, recv_into, recv_line, recv_line_bytes, recv_line_with,
    recv_with,
};
use async_proc::dispatch::{Dispatcher, poll, wait_for};
use peer::fd_pair;

/// What `recv_line` gives of `input`, cut into pieces, until the end of the stream.
fn lines(pieces: &[&[u8]]) -> Vec<String> {
    let (fd, mut peer) = fd_pair();
    let mut lines = Vec::new();
    let mut pieces = pieces.iter();
    loop {
        let line = recv_line(fd);
        while !line.finished() {
            match pieces.next() {
                Some(piece) => peer.write_all(piece).unwrap(),
                None => peer.shutdown(Shutdown::Write).unwrap(),
            }
            // All that was sent is received, as far as it concerns this line.
            poll(None).unwrap();
        }
        let line = line.read().unwrap();
        if line.is_empty() {
            return lines;
        }
        lines.push(line);
    }
}

#[test]
fn lines_are_those_of_the_original_and_a_lone_cr_swallows_nothing() {
    for (input, expected) in [
        (&b"a\r\nb\r\n"[..], &["a", "b"][..]),
        (b"a\nb\n", &["a", "b"]),
        (b"\r\n\r\n", &["\r\n", "\r\n"]),
        (b"\n\n", &["\r\n", "\r\n"]),
        (b"abc", &[]),
        (b"x\r\npartial", &["x"]),
        (b"a\rb\r\n", &["a", "b"]),
        (b"\rb\r\n", &["\r\n", "b"]),
        (b"a\r\r\n", &["a", "\r\n"]),
        (b"a\r", &[]),
        (b"\r", &[]),
    ] {
        assert_eq!(lines(&[input]), expected, "{input:?}");
        let single: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(lines(&single), expected, "{input:?} byte by byte");
    }
}

#[test]
fn nothing_behind_a_line_is_taken_from_the_system() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"line\r\nrest").unwrap();
    assert_eq!(wait_for(recv_line(fd)).unwrap(), "line");
    let mut ours =
        std::net::TcpStream::from(async_proc::dispatch::unregister(fd).unwrap().unwrap());
    let mut rest = [0; 4];
    std::io::Read::read_exact(&mut ours, &mut rest).unwrap();
    assert_eq!(&rest, b"rest");
}

#[test]
fn what_follows_a_lone_cr_is_for_the_next_receive_of_any_kind() {
    let receive = |input: &[u8]| {
        let (fd, mut peer) = fd_pair();
        peer.write_all(input).unwrap();
        assert_eq!(wait_for(recv_line(fd)).unwrap(), "a");
        fd
    };
    let fd = receive(b"a\rbc");
    assert_eq!(wait_for(recv_with(fd, 9, SocketFlags::PEEK)).unwrap(), b"b");
    assert_eq!(wait_for(recv(fd, 9)).unwrap(), b"b");
    assert_eq!(wait_for(recv(fd, 9)).unwrap(), b"c");
    let fd = receive(b"a\rbc");
    let (count, bytes) = wait_for(recv_into(fd, [0; 9])).unwrap();
    assert_eq!(bytes[..count], *b"b");
    let fd = receive(b"a\rbc\n");
    assert_eq!(wait_for(recv_line(fd)).unwrap(), "bc");
}

#[test]
fn a_line_that_is_cancelled_is_there_for_the_next_receive() {
    let (fd, mut peer) = fd_pair();
    let half = recv_line(fd);
    peer.write_all(b"half a ").unwrap();
    poll(None).unwrap();
    assert!(half.cancel());
    let line = recv_line(fd);
    peer.write_all(b"line\r\n").unwrap();
    assert_eq!(wait_for(line).unwrap(), "half a line");

    // Also for one that waits already, and without anything more coming in.
    let (half, bytes) = (recv_line(fd), recv(fd, 100));
    peer.write_all(b"half").unwrap();
    poll(None).unwrap();
    assert!(half.cancel() && !bytes.finished());
    assert_eq!(wait_for(bytes).unwrap(), b"half");
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn a_line_has_a_limit_and_the_next_one_begins_behind_its_end() {
    let (fd, mut peer) = fd_pair();
    let limited = || recv_line_with(fd, 3, SocketFlags::SAFE_DISCONN);
    peer.write_all(b"abc\r\nabcdefgh\r\nx\n").unwrap();
    assert_eq!(wait_for(limited()).unwrap(), "abc");
    let error = wait_for(limited()).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SocketError::LineTooLong { limit: 3 })), "{error}");
    assert_eq!(wait_for(limited()).unwrap(), "x");
}

#[test]
fn a_line_longer_than_what_the_system_holds_is_received() {
    let (fd, mut peer) = fd_pair();
    let text = "y".repeat(8_000_000);
    let sent = text.clone();
    let writer = std::thread::spawn(move || {
        peer.write_all(sent.as_bytes()).unwrap();
        peer.write_all(b"\n").unwrap();
    });
    let line = wait_for(recv_line_with(fd, 8_000_000, SocketFlags::default())).unwrap();
    writer.join().unwrap();
    assert!(line == text);
}

#[test]
fn a_line_that_is_no_text_is_in_the_error_or_is_bytes() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"a\xff\na\xff\n").unwrap();
    let error = wait_for(recv_line(fd)).unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(SocketError::NotUtf8 { line, valid_up_to: 1 }) if line == b"a\xff")
    );
    assert_eq!(wait_for(recv_line_bytes(fd)).unwrap(), b"a\xff");
}

#[test]
fn a_line_cannot_be_peeked_at() {
    let (fd, _peer) = fd_pair();
    let error = recv_line_with(fd, 9, SocketFlags::PEEK).error().unwrap();
    assert_eq!(error.io_kind(), Some(ErrorKind::InvalidInput));
    assert!(error.to_string().ends_with("a line cannot be peeked at"), "{error}");
}
