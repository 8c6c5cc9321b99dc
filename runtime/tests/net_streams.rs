//! Bytes through a connection: order, amounts, and several operations at once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::cell::Cell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::thread;

use async_proc::Future;
use async_proc::dispatch::poll;
use async_proc::future::all;
use async_proc::net::{AsyncSocket, Payload};
use peer::{pair, run};

#[test]
fn fifty_sends_at_once_arrive_in_order() {
    const LENGTH: usize = 20_000;
    let (socket, mut peer) = pair();
    let reading = thread::spawn(move || {
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        received
    });
    run(async move {
        all((0..50_u8).map(|number| socket.send(vec![number; LENGTH]))).await?;
        socket.close();
        Ok(())
    });
    let expected: Vec<u8> = (0..50).flat_map(|number| [number; LENGTH]).collect();
    assert!(reading.join().unwrap() == expected);
}

#[test]
fn sends_of_every_sort_of_payload_wait_for_the_peer_in_order() {
    /// More than any operating system holds for a peer that does not read.
    const FULL: usize = 32 << 20;
    fn sent(expected: &mut Vec<u8>, payload: impl Payload) -> impl Payload {
        expected.extend_from_slice(payload.as_bytes());
        payload
    }
    let (socket, mut peer) = pair();
    let mut expected = Vec::new();
    let mut sends = vec![socket.send(sent(&mut expected, vec![b'f'; FULL]))];
    assert!(!sends[0].finished());
    {
        let borrowed = String::from("borrowed");
        sends.push(socket.send(sent(&mut expected, &borrowed)));
        sends.push(socket.send(sent(&mut expected, borrowed.as_bytes())));
        sends.push(socket.send(sent(&mut expected, b"array")));
    }
    sends.push(socket.send(sent(&mut expected, String::from("owned"))));
    sends.push(socket.send(sent(&mut expected, Rc::<str>::from("shared"))));
    sends.push(socket.send(sent(&mut expected, "")));
    sends.push(socket.send(sent(&mut expected, "last")));
    assert!(sends.iter().all(|send| !send.finished()));
    let reading = thread::spawn(move || {
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        received
    });
    run(async move {
        for send in sends {
            send.await?;
        }
        socket.close();
        Ok(())
    });
    assert!(reading.join().unwrap() == expected);
}

#[test]
fn reads_at_once_on_one_socket_are_served_in_order() {
    for buffered in [true, false] {
        let (socket, mut peer) = pair();
        let socket = if buffered { socket } else { socket.unbuffered() };
        let line = socket.recv_line();
        let bytes = socket.recv(3);
        let second = socket.recv_line();
        let end = socket.recv(3);
        peer.write_all(b"one\r\ntwothree\r\n").unwrap();
        drop(peer);
        run(async move {
            assert_eq!(line.await?, "one");
            assert_eq!(bytes.await?, b"two");
            assert_eq!(second.await?, "three");
            assert_eq!(end.await?, b"");
            Ok(())
        });
    }
}

#[test]
fn a_buffered_read_waits_for_all_bytes_and_an_unbuffered_one_for_any() {
    let (socket, mut peer) = pair();
    run(async move {
        let all = socket.recv(6);
        peer.write_all(b"abc").unwrap();
        let socket = Future::from_std(async move {
            assert_eq!(all.await?, b"abcdef");
            Ok(socket)
        });
        peer.write_all(b"def").unwrap();
        let socket = socket.await?.unbuffered();
        peer.write_all(b"gh").unwrap();
        assert_eq!(socket.recv(6).await?, b"gh");
        assert_eq!(socket.recv(0).await?, b"");
        peer.write_all(b"ij").unwrap();
        drop(peer);
        let (count, room) = socket.recv_into([0; 4]).await?;
        assert_eq!((count, &room[..count]), (2, &b"ij"[..]));
        assert_eq!(socket.recv(6).await?, b"");
        assert_eq!(socket.recv(6).await?, b"");
        Ok(())
    });
}

#[test]
fn a_read_of_more_than_there_will_ever_be_ends_with_the_stream() {
    let (socket, mut peer) = pair();
    let writing = thread::spawn(move || peer.write_all(&vec![7; 5 << 20]).unwrap());
    run(async move {
        assert!(socket.recv(usize::MAX).await? == vec![7; 5 << 20]);
        Ok(())
    });
    writing.join().unwrap();
}

#[test]
fn bytes_go_both_ways_between_two_sockets_of_one_thread() {
    run(async {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let (first, second) = (listener.accept(), listener.accept_addr());
        let one = AsyncSocket::dial(listener.local_addr()?).await?;
        let two = AsyncSocket::dial(("localhost", listener.local_addr()?.port())).await?;
        let (first, (second, address)) = (first.await?, second.await?);
        assert_eq!(address, two.local_addr()?);
        assert_eq!(second.peer_addr()?, address);
        one.send("to the first\n").await?;
        two.send("to the second\n").await?;
        assert_eq!(first.recv_line().await?, "to the first");
        assert_eq!(second.recv_line().await?, "to the second");
        first.send("back\n").await?;
        assert_eq!(one.read_line().await?.as_deref(), Some("back"));
        drop(first);
        assert_eq!(one.read_line().await?, None);
        Ok(())
    });
}

#[test]
fn a_connection_by_name_does_not_stop_the_loop() {
    run(async {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let client = AsyncSocket::tcp()?;
        let connecting = client.connect(("localhost", listener.local_addr()?.port()));
        assert!(!connecting.finished());
        connecting.await?;
        assert_eq!(client.peer_addr()?, listener.local_addr()?);
        Ok(())
    });
}

#[test]
fn a_proc_that_always_finds_something_to_read_lets_others_have_their_turn() {
    const LINES: usize = 50_000;
    let (socket, mut peer) = pair();
    let writing = thread::spawn(move || peer.write_all(&[b'\n'; LINES]).unwrap());
    let read = Rc::new(Cell::new(0));
    let reading = {
        let read = read.clone();
        Future::from_std(async move {
            while socket.recv_line().await? == "\r\n" {
                read.set(read.get() + 1);
            }
            Ok(())
        })
    };
    let mut turns = 0;
    while !reading.finished() {
        let before = read.get();
        poll(None).unwrap();
        assert!(read.get() - before <= 256, "{} lines in one turn", read.get() - before);
        turns += 1;
    }
    assert_eq!(read.get(), LINES);
    assert!(turns >= LINES / 256);
    writing.join().unwrap();
}

#[test]
fn peeking_takes_nothing_with_a_buffer_and_without() {
    for buffered in [true, false] {
        let (socket, mut peer) = pair();
        let socket = if buffered { socket } else { socket.unbuffered() };
        let first = socket.peek(4);
        peer.write_all(b"line\nrest").unwrap();
        drop(peer);
        run(async move {
            assert_eq!(first.await?, b"line");
            assert_eq!(socket.peek(2).await?, b"li");
            assert_eq!(socket.peek(0).await?, b"");
            assert_eq!(socket.has_data_buffered(), buffered);
            assert_eq!(socket.recv_line().await?, "line");
            assert_eq!(socket.peek(100).await?, b"rest");
            assert_eq!(socket.peek(100).await?, b"rest");
            assert_eq!(socket.recv_exact(4).await?, b"rest");
            assert_eq!(socket.peek(100).await?, b"");
            assert_eq!(socket.peek(100).await?, b"");
            Ok(())
        });
    }
}

#[test]
fn an_exact_read_waits_for_all_bytes_with_a_buffer_and_without() {
    for buffered in [true, false] {
        let (socket, mut peer) = pair();
        let socket = if buffered { socket } else { socket.unbuffered() };
        let exact = socket.recv_exact(6);
        peer.write_all(b"abc").unwrap();
        poll(std::time::Duration::from_millis(1)).unwrap();
        assert!(!exact.finished());
        peer.write_all(b"defghi").unwrap();
        drop(peer);
        run(async move {
            assert_eq!(exact.await?, b"abcdef");
            assert_eq!(socket.recv_exact(0).await?, b"");
            let error = socket.recv_exact(4).await.unwrap_err();
            assert_eq!(error.to_string(), "the stream has ended after 3 of 4 bytes");
            assert_eq!(socket.recv(4).await?, b"ghi", "nothing is lost");
            Ok(())
        });
    }
}

#[test]
fn payloads_that_are_sent_together_stay_together_among_other_sends() {
    const LENGTH: usize = 200_000;
    let (socket, mut peer) = pair();
    let mut sends = vec![socket.send_all(["", "a", "", "bc"]), socket.send_all([""; 0])];
    for number in 0..20_u8 {
        // More payloads than one system call takes, and more bytes than the system does.
        let pieces: Vec<Rc<[u8]>> = vec![vec![number; LENGTH / 100].into(); 100];
        sends.push(socket.send_all(pieces));
        sends.push(socket.send("|"));
    }
    assert!(sends[0].finished() && !sends[41].finished());
    socket.shutdown(std::net::Shutdown::Read).unwrap();
    let reading = thread::spawn(move || {
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        received
    });
    run(async move {
        for send in sends {
            send.await?;
        }
        socket.close();
        Ok(())
    });
    let mut expected = b"abc".to_vec();
    for number in 0..20_u8 {
        expected.extend([number; LENGTH]);
        expected.push(b'|');
    }
    assert!(reading.join().unwrap() == expected);
}

#[test]
fn a_listener_without_a_host_takes_every_address_and_both_protocols_when_asked() {
    run(async {
        let listener = AsyncSocket::listener("")?;
        let port = listener.local_addr()?.port();
        assert_eq!(listener.local_addr()?.ip(), std::net::Ipv4Addr::UNSPECIFIED);
        AsyncSocket::dial(("127.0.0.1", port)).await?;
        assert!(listener.accept_addr().await?.1.is_ipv4());

        let server = AsyncSocket::tcp()?;
        server.bind_addr(0)?;
        server.listen_with(8)?;
        AsyncSocket::dial(("127.0.0.1", server.local_addr()?.port())).await?;
        server.accept().await?;

        let Ok(both) = AsyncSocket::dual_stack_listener(0) else { return Ok(()) };
        let port = both.local_addr()?.port();
        AsyncSocket::dial(("127.0.0.1", port)).await?;
        let (_, from) = both.accept_addr().await?;
        assert!(from.is_ipv6() && from.ip().to_canonical().is_ipv4());
        AsyncSocket::dial(("::1", port)).await?;
        assert_eq!(both.accept_addr().await?.1.ip(), std::net::Ipv6Addr::LOCALHOST);

        let only = AsyncSocket::tcp6()?;
        only.set_sock_opt(async_proc::net::SockOpt::OnlyV6, true)?;
        only.bind_addr("")?;
        only.listen()?;
        let port = only.local_addr()?.port();
        assert!(AsyncSocket::dial(("127.0.0.1", port)).await.is_err());
        AsyncSocket::dial(("::1", port)).await?;
        Ok(())
    });
}

#[test]
fn half_a_connection_can_be_closed_and_the_other_goes_on() {
    let (socket, mut peer) = pair();
    run(async move {
        socket.send("last words").await?;
        socket.shutdown(std::net::Shutdown::Write)?;
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"last words");
        peer.write_all(b"answer\n").unwrap();
        assert_eq!(socket.recv_line().await?, "answer");
        socket.send("lost").await?;
        assert_eq!(
            socket.strict().send("lost").await.unwrap_err().io_kind(),
            Some(std::io::ErrorKind::BrokenPipe)
        );
        Ok(())
    });
}
