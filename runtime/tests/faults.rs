//! Faults: the operation concerned fails and says what it was, the loop goes on, nothing else is lost.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod own_process;
mod peer;

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use async_proc::dispatch::fd::{
    AsyncFd, Domain, SocketError, Type, accept, close_socket, create_async_native_socket, dial,
    recv, recv_line, register, send,
};
use async_proc::dispatch::{Dispatcher, set_global_dispatcher};
use async_proc::error::QueueError;
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use own_process::in_own_process;
use peer::fd_pair;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Answers each line in capital letters, until the client says "panic" or the stream ends.
#[async_proc]
fn shout(client: AsyncFd) -> Future<u32> {
    let mut lines = 0;
    loop {
        let line = recv_line(client).await?;
        if line.is_empty() {
            close_socket(client)?;
            return Ok(lines);
        }
        assert!(line != "panic", "{} lines were fine", lines);
        send(client, line.to_uppercase() + "\n").await?;
        lines += 1;
    }
}

#[test]
fn a_proc_that_panics_fails_alone_and_can_be_told_from_its_error() {
    let (first, mut first_peer) = fd_pair();
    let (second, mut second_peer) = fd_pair();
    let procs = [shout(first), shout(second)];
    first_peer.write_all(b"one\npanic\n").unwrap();
    second_peer.write_all(b"two\n").unwrap();
    let error = wait_for(procs[0].clone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(error.to_string(), "panicked: 1 lines were fine");
    // The descriptor is open still, and whoever started the proc may close it.
    close_socket(first).unwrap();
    let mut rest = String::new();
    first_peer.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "ONE\n");

    second_peer.write_all(b"three\n").unwrap();
    second_peer.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(wait_for(procs[1].clone()).unwrap(), 2);
    second_peer.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "ONE\nTWO\nTHREE\n");
}

#[test]
fn an_unchecked_panic_leaves_the_loop_as_its_error_and_the_loop_goes_on() {
    let (fd, mut peer) = fd_pair();
    async_check(Future::from_std(async {
        sleep_async(Duration::ZERO).await.map(|()| panic!("in a proc"))
    }));
    call_soon(|| panic!("in a callback"));
    let line = recv_line(fd);
    peer.write_all(b"line\n").unwrap();
    let mut errors = vec![];
    while !line.finished() || errors.len() < 2 {
        if let Err(error) = poll(None) {
            errors.push(error.to_string());
            assert!(errors.len() <= 2, "{errors:?}");
        }
    }
    errors.sort();
    assert_eq!(errors, ["panicked: in a callback", "panicked: in a proc"]);
    assert_eq!(line.read().unwrap(), "line");
    run_forever().unwrap();
}

/// Puts another descriptor in the place of a dispatcher's event queue.
fn break_queue(dispatcher: &Dispatcher) {
    let queue = dispatcher.io_handler().unwrap();
    let null = File::open("/dev/null").unwrap();
    // SAFETY: a system call on descriptors that are open; the dispatcher still owns the number.
    assert_eq!(unsafe { libc::dup2(null.as_raw_fd(), queue) }, queue);
}

#[test]
fn an_event_queue_that_is_broken_is_an_error_of_poll_and_another_dispatcher_goes_on() {
    let (fd, mut peer) = fd_pair();
    let waiting = recv(fd, 9);
    let old = Dispatcher::current();
    break_queue(&old);

    let ran = Rc::new(Cell::new(false));
    let noted = ran.clone();
    call_soon(move || noted.set(true));
    for _ in 0..2 {
        let error = poll(None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(matches!(error.downcast_ref(), Some(QueueError::Wait(_))), "{error}");
        let what = "the dispatcher cannot wait on its event queue: ";
        assert!(error.to_string().starts_with(what), "{error}");
    }
    assert!(ran.get(), "what is queued is run all the same");
    assert!(!waiting.finished());

    assert_eq!(set_global_dispatcher(&Dispatcher::new()).unwrap(), old);
    old.close();
    assert_eq!(wait_for(waiting).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(peer.read(&mut [0]).unwrap(), 0, "the old one has closed what it owned");
    let (fd, mut peer) = fd_pair();
    let line = recv_line(fd);
    peer.write_all(b"goes on\n").unwrap();
    assert_eq!(wait_for(line).unwrap(), "goes on");
}

#[test]
fn callbacks_that_are_queued_while_the_event_queue_is_broken_are_run_in_order_and_their_errors_kept()
 {
    let _registered = fd_pair();
    let dispatcher = Dispatcher::current();
    break_queue(&dispatcher);
    call_soon(|| panic!("the first"));
    call_soon(|| panic!("the second"));
    let mut errors: Vec<String> = Vec::new();
    for _ in 0..2 {
        errors.push(poll(Duration::ZERO).unwrap_err().to_string());
    }
    assert_eq!(errors, ["panicked: the first", "panicked: the second"]);
    assert_eq!(poll(Duration::ZERO).unwrap_err().kind(), ErrorKind::NothingPending);
}

/// Lets this process open no more than what it has open, and takes the numbers in between.
fn use_up_descriptors() -> Vec<File> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(128);
    setrlimit(Resource::Nofile, limit).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

#[track_caller]
fn assert_lacks_descriptors(error: &Error, operation: &str) {
    let socket = error.downcast_ref::<SocketError>();
    assert!(socket.is_some_and(SocketError::lacks_descriptors), "{error}");
    assert!(error.to_string().starts_with(&format!("cannot {operation}")), "{error}");
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn without_descriptors_an_accept_fails_and_the_connection_waits_for_the_next() {
    in_own_process(
        "without_descriptors_an_accept_fails_and_the_connection_waits_for_the_next",
        || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let listening = register(listener).unwrap();
            let (other, mut other_peer) = fd_pair();
            let ours: Vec<_> = (0..3)
                .map(|_| socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap())
                .collect();
            let waiting = [accept(listening), accept(listening)];
            let mut open = use_up_descriptors();

            // Those that wait are told, each once, by the connection that comes.
            for socket in &ours {
                socket.connect(&address.into()).unwrap();
            }
            for accept in waiting {
                assert_lacks_descriptors(
                    &wait_for(accept).unwrap_err(),
                    "accept a connection on desc",
                );
            }
            // And one that comes now, at once.
            let error = accept(listening).error().unwrap();
            assert_lacks_descriptors(&error, "accept a connection on desc");

            // The loop goes on, and does not spin: one turn waits for the timer.
            let line = recv_line(other);
            other_peer.write_all(b"going on\n").unwrap();
            assert_eq!(wait_for(line).unwrap(), "going on");
            let turns = Dispatcher::current().turns();
            wait_for(sleep_async(Duration::from_millis(50))).unwrap();
            assert_eq!(Dispatcher::current().turns() - turns, 1);

            // A descriptor is free: the connection is there still, and so is what was sent over it.
            for socket in &ours {
                send_blocking(socket, b"hello\n");
                open.pop();
                let client = accept(listening).read().unwrap();
                assert_eq!(wait_for(recv_line(client)).unwrap(), "hello");
            }
            assert_eq!(Dispatcher::current().operations(), 0);
        },
    );
}

fn send_blocking(mut socket: &socket2::Socket, bytes: &[u8]) {
    socket.write_all(bytes).unwrap();
}

#[test]
fn without_descriptors_everything_that_makes_one_says_so_and_works_again_later() {
    in_own_process(
        "without_descriptors_everything_that_makes_one_says_so_and_works_again_later",
        || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let sockets = AsyncSocket::from_fd(listener).unwrap();
            let ours = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let open = use_up_descriptors();
            ours.connect(&address.into()).unwrap();
            let error = wait_for(sockets.accept()).map(drop).unwrap_err();
            assert_lacks_descriptors(&error, "accept a connection: ");
            let error = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap_err();
            assert_lacks_descriptors(&error, "create a socket: ");
            assert_lacks_descriptors(&wait_for(dial(address)).unwrap_err(), "create a socket: ");

            // A dispatcher needs an event queue to wait at all.
            let old = set_global_dispatcher(&Dispatcher::new()).unwrap();
            let nap = sleep_async(Duration::from_millis(1));
            let error = wait_for(nap.clone()).unwrap_err();
            assert!(matches!(error.downcast_ref(), Some(QueueError::Create(_))), "{error}");
            drop(open);
            wait_for(nap).unwrap();
            set_global_dispatcher(&old).unwrap();
            wait_for(sockets.accept()).map(drop).unwrap();
            wait_for(dial(address)).unwrap();
        },
    );
}

static SIGNALS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::Relaxed);
}

/// Has a signal interrupt this thread's system calls again and again, until the flag is set.
fn interrupt_this_thread() -> (Arc<AtomicBool>, thread::JoinHandle<()>) {
    // SAFETY: a zeroed `sigaction` is one with no flags; the handler only adds to an atomic.
    let installed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count_signal as extern "C" fn(libc::c_int) as libc::sighandler_t;
        libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut())
    };
    assert_eq!(installed, 0);
    // SAFETY: it has no conditions.
    let this = unsafe { libc::pthread_self() };
    let done = Arc::new(AtomicBool::new(false));
    let seen = done.clone();
    let sender = thread::spawn(move || {
        while !seen.load(Ordering::Relaxed) {
            // SAFETY: the thread waits for this one before it ends.
            unsafe { libc::pthread_kill(this, libc::SIGUSR1) };
            thread::sleep(Duration::from_micros(50));
        }
    });
    (done, sender)
}

#[async_proc]
fn ping(address: SocketAddr, rounds: u32) -> Future<u32> {
    let socket = dial(address).await?;
    let mut answered = 0;
    for _ in 0..rounds {
        send(socket, "ping\n").await?;
        assert_eq!(recv_line(socket).await?, "PING");
        answered += 1;
    }
    close_socket(socket)?;
    Ok(answered)
}

#[async_proc]
fn serve(listening: AsyncFd, connections: u32) {
    for _ in 0..connections {
        let client = accept(listening).await?;
        async_check(shout(client));
    }
}

#[test]
fn signals_that_interrupt_waiting_and_operating_are_not_noticed() {
    in_own_process("signals_that_interrupt_waiting_and_operating_are_not_noticed", || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let listening = register(listener).unwrap();
        let (done, sender) = interrupt_this_thread();

        // Waits of which no one ends early, however often they are interrupted.
        let mut waits = 0;
        while SIGNALS.load(Ordering::Relaxed) < 500 || waits < 20 {
            let begun = Instant::now();
            wait_for(sleep_async(Duration::from_millis(5))).unwrap();
            assert!(begun.elapsed() >= Duration::from_millis(5));
            waits += 1;
        }
        // Connections, lines and a long stream.
        async_check(serve(listening, 50));
        for _ in 0..50 {
            assert_eq!(wait_for(ping(address, 10)).unwrap(), 10);
        }
        let (fd, mut peer) = fd_pair();
        let much = send(fd, vec![7; 8 << 20]);
        let reader = thread::spawn(move || {
            let mut all = vec![0; 8 << 20];
            peer.read_exact(&mut all).unwrap();
            all.iter().all(|byte| *byte == 7)
        });
        wait_for(much).unwrap();
        assert!(reader.join().unwrap());
        done.store(true, Ordering::Relaxed);
        sender.join().unwrap();
    });
}

#[test]
fn a_descriptor_that_is_closed_by_the_proc_that_reads_from_it_disturbs_nobody() {
    let (first, first_peer) = fd_pair();
    let (second, mut second_peer) = fd_pair();
    let waiting = recv(first, 9);
    let closing = recv(second, 1);
    closing.add_callback(move |_| close_socket(first).unwrap());
    let behind = recv_line(second);
    second_peer.write_all(b"xline\n").unwrap();
    assert_eq!(wait_for(behind).unwrap(), "line");
    assert_eq!(wait_for(waiting).unwrap_err().kind(), ErrorKind::Closed);
    drop::<TcpStream>(first_peer);
}
