//! Accepting, and listeners that go away meanwhile.

use std::net::{TcpListener, TcpStream};

use async_proc::dispatch::fd::{AsyncFd, accept, close_socket, dial, register};
use async_proc::dispatch::global_dispatcher;
use async_proc::future;
use async_proc::prelude::*;

#[async_proc]
fn accept_one(listening: AsyncFd) -> Future<bool> {
    let accepted = yield_fut!(accept(listening));
    match accepted.error() {
        None => {
            close_socket(accepted.read()?)?;
            Ok(true)
        }
        Some(error) => {
            assert_eq!(error.kind(), ErrorKind::Closed);
            Ok(false)
        }
    }
}

#[test]
fn a_listener_that_is_closed_while_a_connection_arrives_fails_its_accept_or_serves_it() {
    for round in 0..100 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let listening = register(listener).unwrap();
        let accepting = accept_one(listening);
        let dialing = dial(address);
        // Sometimes before the loop has heard of the connection, sometimes after that.
        if round % 2 == 1 {
            poll(None).unwrap();
        }
        let served = accepting.finished();
        close_socket(listening).unwrap();
        assert_eq!(wait_for(accepting).unwrap(), served);
        let dialed = yield_to_the_end(dialing);
        if let Some(socket) = dialed {
            close_socket(socket).unwrap();
        }
        assert!(!has_pending_operations());
        assert_eq!(global_dispatcher().active_descriptors(), 0);
    }
}

/// The socket, if it was connected.
fn yield_to_the_end(dialing: Future<AsyncFd>) -> Option<AsyncFd> {
    wait_for(dialing).ok()
}

#[test]
fn two_procs_accept_from_one_listener() {
    #[async_proc]
    fn serve(listening: AsyncFd, name: &'static str, log: crate::Log) {
        let client = accept(listening).await?;
        log.note(name);
        close_socket(client)?;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let listening = register(listener).unwrap();
    let log = crate::Log::default();
    let both = future::and(
        serve(listening, "first", log.clone()),
        serve(listening, "second", log.clone()),
    );
    let _peers = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
    wait_for(both).unwrap();
    assert_eq!(log.take(), ["first", "second"]);
    close_socket(listening).unwrap();
}
