//! Bytes over descriptors that are registered by hand.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::rc::Rc;
use std::sync::Arc;

use async_proc::dispatch::fd::{SocketFlags, recv, recv_into, recv_into_with, recv_with, send};
use async_proc::dispatch::{Dispatcher, close_socket, poll, run_forever, wait_for};
use async_proc::{ErrorKind, Future};
use peer::{fd_pair, run};

/// More than the system takes at once.
const MUCH: usize = 16 << 20;

#[test]
fn what_is_there_is_received_at_once_and_what_is_not_is_waited_for() {
    let (fd, mut peer) = fd_pair();
    let waiting = recv(fd, 100);
    assert!(!waiting.finished());
    peer.write_all(b"late").unwrap();
    assert_eq!(wait_for(waiting).unwrap(), b"late");

    peer.write_all(b"early").unwrap();
    // It is there when a byte of it can be seen.
    wait_for(recv_with(fd, 1, SocketFlags::PEEK)).unwrap();
    let size = recv(fd, 2);
    assert_eq!(size.read().unwrap(), b"ea", "finished when its function returned");
    let (count, bytes) = recv_into(fd, [b'.'; 8]).read().unwrap();
    assert_eq!((count, &bytes), (3, b"rly....."));
}

#[test]
fn the_end_of_the_stream_is_nothing_however_often_it_is_asked_for() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"x").unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wait_for(recv(fd, 10)).unwrap(), b"x");
    for _ in 0..3 {
        assert_eq!(wait_for(recv(fd, 10)).unwrap(), b"");
        assert_eq!(wait_for(recv_into(fd, [0; 4])).unwrap().0, 0);
    }
    // The other direction is open still.
    wait_for(send(fd, "bye")).unwrap();
    close_socket(fd).unwrap();
    let mut rest = String::new();
    peer.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "bye");
}

#[test]
fn receiving_nothing_takes_nothing_and_waits_for_nobody() {
    let (fd, mut peer) = fd_pair();
    assert_eq!(recv(fd, 0).read().unwrap(), b"");
    assert_eq!(recv_into(fd, []).read().unwrap(), (0, []));
    peer.write_all(b"x").unwrap();
    assert_eq!(wait_for(recv(fd, 0)).unwrap(), b"");
    assert_eq!(wait_for(recv(fd, 1)).unwrap(), b"x");
}

#[test]
fn a_size_that_cannot_be_allocated_is_no_reason_to_fail() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"x").unwrap();
    let bytes = wait_for(recv(fd, usize::MAX)).unwrap();
    assert_eq!(bytes, b"x");
    assert!(bytes.capacity() < 100, "{}", bytes.capacity());
}

#[test]
fn what_is_peeked_at_stays() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"abc").unwrap();
    let peek = SocketFlags::PEEK | SocketFlags::SAFE_DISCONN;
    assert_eq!(wait_for(recv_with(fd, 1, peek)).unwrap(), b"a");
    assert_eq!(wait_for(recv_with(fd, 1, peek)).unwrap(), b"a");
    let (count, bytes) = wait_for(recv_into_with(fd, vec![0; 2], peek)).unwrap();
    assert_eq!((count, &bytes[..]), (2, &b"ab"[..]));
    assert_eq!(wait_for(recv(fd, 9)).unwrap(), b"abc");
}

#[test]
fn fifty_sends_to_a_slow_reader_arrive_and_finish_in_order() {
    let (fd, mut peer) = fd_pair();
    let finished = Rc::new(RefCell::new(Vec::new()));
    let sends: Vec<Future<()>> = (0..50_u8)
        .map(|number| {
            let send = send(fd, vec![number; 200_000]);
            let finished = finished.clone();
            send.add_callback(move |_| finished.borrow_mut().push(number));
            send
        })
        .collect();
    assert!(!sends[49].finished(), "there is more than the system takes at once");
    let reader = std::thread::spawn(move || {
        let mut all = vec![0; 50 * 200_000];
        peer.read_exact(&mut all).unwrap();
        all
    });
    run_forever().unwrap();
    let all = reader.join().unwrap();
    assert!(all.chunks(200_000).enumerate().all(|(n, part)| part.iter().all(|b| *b == n as u8)));
    assert_eq!(*finished.borrow(), (0..50).collect::<Vec<u8>>());
    assert!(sends.iter().all(|send| send.read().is_ok()));
}

#[test]
fn fifty_receives_are_served_in_order() {
    let (fd, mut peer) = fd_pair();
    let receives: Vec<_> = (0..50).map(|_| recv(fd, 1)).collect();
    assert_eq!(Dispatcher::current().operations(), 50);
    let sent: Vec<u8> = (0..50).collect();
    peer.write_all(&sent).unwrap();
    run_forever().unwrap();
    let got: Vec<u8> = receives.iter().map(|receive| receive.read().unwrap()[0]).collect();
    assert_eq!(got, sent);
}

#[test]
fn both_directions_go_on_at_once() {
    let (fd, mut peer) = fd_pair();
    let much = send(fd, vec![1; MUCH]);
    let receive = recv(fd, 1);
    assert!(!much.finished() && !receive.finished());
    peer.write_all(b"r").unwrap();
    assert_eq!(wait_for(receive).unwrap(), b"r");
    assert!(!much.finished());
    let reader = std::thread::spawn(move || peer.read_exact(&mut vec![0; MUCH]).unwrap());
    wait_for(much).unwrap();
    reader.join().unwrap();
}

#[test]
fn sending_nothing_is_done_at_once_but_in_order() {
    let (fd, mut peer) = fd_pair();
    assert!(send(fd, "").read().is_ok());
    let much = send(fd, vec![1; MUCH]);
    let nothing = send(fd, "");
    assert!(!nothing.finished());
    let reader = std::thread::spawn(move || peer.read_exact(&mut vec![0; MUCH]).unwrap());
    wait_for(nothing).unwrap();
    assert!(much.finished());
    reader.join().unwrap();
}

#[test]
fn what_is_sent_is_owned_shared_or_borrowed() {
    let (fd, mut peer) = fd_pair();
    let shared: Arc<[u8]> = b"shared "[..].into();
    {
        let borrowed = String::from("borrowed ");
        send(fd, &borrowed).read().unwrap();
    }
    send(fd, shared.clone()).read().unwrap();
    send(fd, vec![b'o', b'w', b'n']).read().unwrap();
    close_socket(fd).unwrap();
    let mut all = String::new();
    peer.read_to_string(&mut all).unwrap();
    assert_eq!(all, "borrowed shared own");
}

#[test]
fn a_receive_that_is_cancelled_takes_nothing_from_the_next() {
    let (fd, mut peer) = fd_pair();
    let (first, second, third) = (recv(fd, 9), recv_into(fd, [0; 9]), recv(fd, 9));
    assert!(first.cancel() && second.cancel());
    assert_eq!(Dispatcher::current().operations(), 1);
    peer.write_all(b"all of it").unwrap();
    assert_eq!(wait_for(third).unwrap(), b"all of it");
    assert_eq!(first.read_error().unwrap().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_send_that_is_cancelled_may_have_sent_a_part_and_the_next_goes_on_behind_it() {
    let (fd, mut peer) = fd_pair();
    let (first, second) = (send(fd, vec![1; MUCH]), send(fd, vec![2; 10]));
    assert!(first.cancel());
    close_when_sent(second, fd);
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        all
    });
    run_forever().unwrap();
    let all = reader.join().unwrap();
    let (part, rest) = all.split_at(all.len() - 10);
    assert_eq!(rest, [2; 10]);
    assert!(!part.is_empty() && part.len() < MUCH && part.iter().all(|byte| *byte == 1));
}

fn close_when_sent(send: Future<()>, fd: async_proc::dispatch::AsyncFd) {
    send.add_callback(move |send| {
        send.read().unwrap();
        close_socket(fd).unwrap();
    });
}

#[test]
fn code_of_the_program_that_closes_the_socket_in_an_attempt_is_survived() {
    struct Closing(async_proc::dispatch::AsyncFd, [u8; 4]);
    impl AsMut<[u8]> for Closing {
        fn as_mut(&mut self) -> &mut [u8] {
            let _ = close_socket(self.0);
            &mut self.1
        }
    }
    let (fd, mut peer) = fd_pair();
    peer.write_all(b"x").unwrap();
    let receive = recv_into(fd, Closing(fd, [0; 4]));
    assert_eq!(receive.error().unwrap().kind(), ErrorKind::Closed);
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn who_always_finds_something_to_read_has_a_share_of_each_turn() {
    let (fd, mut peer) = fd_pair();
    peer.write_all(&[7; 2000]).unwrap();
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let reading = Future::from_std(async move {
        for _ in 0..2000 {
            recv(fd, 1).await?;
            counted.set(counted.get() + 1);
        }
        Ok(())
    });
    let mut turns = 0;
    while !reading.finished() {
        let before = count.get();
        poll(None).unwrap();
        turns += 1;
        assert!(count.get() - before <= 256, "{}", count.get() - before);
    }
    assert!(turns >= 7, "{turns}");
    run(reading);
}
