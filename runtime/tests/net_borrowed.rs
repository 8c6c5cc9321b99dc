//! Reads and sends that borrow: their turn among the others, and what they cost.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod counting;
mod peer;

use std::io::{Read, Write};
use std::mem;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use async_proc::dispatch::{Dispatcher, poll, wait_for};
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use counting::counted;
use peer::run;

fn pair() -> (AsyncSocket, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (AsyncSocket::from_fd(ours).unwrap(), theirs)
}

/// Polls once, with a waker that does nothing.
fn once<F: std::future::Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn owned_and_borrowing_reads_are_served_in_the_order_in_which_they_were_first_polled() {
    for buffered in [true, false] {
        let (socket, mut peer) = pair();
        let socket = if buffered { socket } else { socket.unbuffered() };
        let (mut first, mut line, mut rest) = ([0; 2], String::new(), [0; 3]);
        let mut never_polled = [0; 9];
        let lazy = socket.recv_ref(&mut never_polled);
        let mut a = pin!(socket.recv_exact_ref(&mut first));
        assert!(once(a.as_mut()).is_pending());
        let b = socket.recv(1);
        let mut c = pin!(socket.read_line_ref(&mut line));
        assert!(once(c.as_mut()).is_pending());
        let d = socket.recv_line();
        let mut e = pin!(socket.recv_exact_ref(&mut rest));
        assert!(once(e.as_mut()).is_pending());
        assert_eq!(Dispatcher::current().operations(), 5);
        drop(lazy);
        peer.write_all(b"aabline\r\nsecond\r\neee").unwrap();

        poll(None).unwrap();
        assert!(!b.finished() && once(c.as_mut()).is_pending(), "the first has not been polled");
        assert!(matches!(once(a.as_mut()), Poll::Ready(Ok(()))));
        assert_eq!(b.read().unwrap(), b"b", "the end of one has the next one tried");
        assert!(!d.finished());
        assert!(matches!(once(c.as_mut()), Poll::Ready(Ok(true))));
        assert_eq!(d.read().unwrap(), "second");
        assert!(matches!(once(e.as_mut()), Poll::Ready(Ok(()))));
        assert_eq!(Dispatcher::current().operations(), 0);
        assert_eq!((&first, line.as_str(), &rest), (b"aa", "line", b"eee"));
    }
}

#[test]
fn one_that_is_dropped_or_forgotten_half_way_loses_nothing() {
    for buffered in [true, false] {
        let (socket, mut peer) = pair();
        let socket = if buffered { socket } else { socket.unbuffered() };
        let mut room = vec![0; 9];
        {
            let mut reading = pin!(socket.recv_exact_ref(&mut room));
            peer.write_all(b"half").unwrap();
            assert!(once(reading.as_mut()).is_pending());
        }
        drop(room); // Nothing holds a pointer to it.
        let mut line = String::from("as it was");
        {
            let mut reading = pin!(socket.recv_line_ref(&mut line));
            assert!(once(reading.as_mut()).is_pending());
        }
        assert_eq!(line, "as it was");
        let behind = socket.recv_line();
        peer.write_all(b" and half\n").unwrap();
        assert_eq!(wait_for(behind).unwrap(), "half and half");

        let mut room = vec![0; 9];
        let mut forgotten = Box::new(socket.recv_exact_ref(&mut room));
        peer.write_all(b"rest").unwrap();
        assert!(once(std::pin::Pin::new(&mut *forgotten)).is_pending());
        mem::forget(forgotten);
        drop(room);
        // It keeps its turn, as if nobody polled it; closing ends that.
        let behind = socket.recv(4);
        poll(Duration::ZERO).unwrap();
        assert!(!behind.finished());
        socket.close();
        assert_eq!(behind.error().unwrap().kind(), ErrorKind::Closed);
        assert_eq!(Dispatcher::current().operations(), 0);
    }
}

#[test]
fn one_that_is_dropped_when_its_turn_has_come_passes_it_on() {
    let (socket, mut peer) = pair();
    let mut room = [0; 4];
    let mut woken = Box::pin(socket.recv_ref(&mut room));
    assert!(once(woken.as_mut()).is_pending());
    let behind = socket.recv(3);
    peer.write_all(b"abc").unwrap();
    poll(None).unwrap();
    assert!(!behind.finished());
    drop(woken);
    assert_eq!(wait_for(behind).unwrap(), b"abc");
}

#[test]
fn closing_the_socket_ends_one_that_waits_and_one_that_comes_later() {
    let (socket, _peer) = pair();
    let closer = socket.clone();
    let reading = Future::from_std(async move {
        let error = socket.recv_ref(&mut [0; 4]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        socket.send_ref(b"x").await
    });
    assert!(!reading.finished());
    closer.close();
    assert_eq!(wait_for(reading).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn megabytes_go_through_borrowed_memory_both_ways() {
    const LENGTH: usize = 5 << 20;
    let (socket, mut peer) = pair();
    let echo = thread::spawn(move || {
        let mut all = vec![0; LENGTH];
        peer.read_exact(&mut all).unwrap();
        peer.write_all(&all).unwrap();
        peer.write_all(b"small").unwrap();
    });
    run(async move {
        let sent: Vec<u8> = (0..LENGTH).map(|at| (at / 7) as u8).collect();
        let sending = socket.send_ref(&sent);
        sending.await?;
        let mut got = vec![0; LENGTH];
        assert_eq!(socket.recv_ref(&mut got).await?, LENGTH);
        assert!(got == sent);
        let mut tail = [0; 4096];
        assert_eq!(socket.recv_ref(&mut tail).await?, 5);
        assert_eq!(socket.recv_ref(&mut tail).await?, 0);
        assert_eq!(socket.recv_ref(&mut []).await?, 0);
        Ok(())
    });
    echo.join().unwrap();
}

#[test]
fn a_send_that_borrows_waits_behind_one_that_owns() {
    const FULL: usize = 8 << 20;
    let (socket, mut peer) = pair();
    let first = socket.send(vec![1; FULL]);
    assert!(!first.finished());
    let mut second = Box::pin(socket.send_ref(b"second"));
    assert!(once(second.as_mut()).is_pending());
    let third = socket.send("third");
    let reading = thread::spawn(move || {
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        all
    });
    wait_for(first).unwrap();
    assert!(!third.finished());
    assert!(matches!(once(second.as_mut()), Poll::Ready(Ok(()))));
    assert!(third.finished());
    third.read().unwrap();
    socket.close();
    assert_eq!(reading.join().unwrap()[FULL..], *b"secondthird");
}

#[test]
fn one_for_which_there_is_always_something_lets_others_have_their_turn() {
    const BYTES: usize = 20_000;
    let (socket, mut peer) = pair();
    peer.write_all(&[7; BYTES]).unwrap();
    drop(peer);
    let reading = Future::from_std(async move {
        let socket = socket.unbuffered();
        while socket.recv_ref(&mut [0]).await? > 0 {}
        Ok(())
    });
    let mut turns = 0;
    while !reading.finished() {
        poll(None).unwrap();
        turns += 1;
    }
    assert!(turns >= BYTES / 256, "{turns}");
}

#[test]
fn neither_an_operation_nor_a_wait_allocates() {
    const ROUNDS: usize = 1000;
    let (socket, mut peer) = pair();
    let echo = thread::spawn(move || {
        let mut room = [0; 5];
        for _ in 0..ROUNDS + 10 {
            peer.read_exact(&mut room).unwrap();
            peer.write_all(&room).unwrap();
        }
    });
    run(async move {
        let mut line = String::with_capacity(64);
        let mut waits = 0;
        let mut before = 0;
        // What follows makes room, once: for those that wait, for those that have had their share
        // of a turn, in the socket's buffer.
        for _ in 0..300 {
            socket.send_ref(b"").await?;
            socket.recv_ref(&mut []).await?;
        }
        for round in 0..ROUNDS + 10 {
            if round == 10 {
                before = counting::count();
            }
            socket.send_ref(b"ping\n").await?;
            let mut reading = pin!(socket.recv_line_ref(&mut line));
            // It answers from a thread of its own: nearly every read has to wait.
            std::future::poll_fn(|cx| {
                let polled = reading.as_mut().poll(cx);
                waits += usize::from(polled.is_pending());
                polled
            })
            .await?;
            assert_eq!(line, "ping");
        }
        let allocations = counting::count() - before;
        assert_eq!(allocations, 0, "in {ROUNDS} rounds");
        assert!(waits > 0);
        Ok(())
    });
    echo.join().unwrap();
}

#[test]
fn bytes_into_a_slice_are_received_where_they_belong() {
    let (socket, mut peer) = pair();
    peer.write_all(&[7; 8192]).unwrap();
    let (allocations, ()) = counted(|| {
        // Too large for the stack of a small buffer, and no buffer was ever made.
        let mut room = [0; 8192];
        let mut reading = pin!(socket.recv_ref(&mut room));
        assert!(matches!(once(reading.as_mut()), Poll::Ready(Ok(8192))));
    });
    assert_eq!(allocations, 0);
}
