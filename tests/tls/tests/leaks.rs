//! A thousand connections leave nothing behind: no descriptor, no memory. Alone in its file, since it
//! counts what the whole process has.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use async_proc::dispatch::{Dispatcher, run_forever};
use async_proc::net::AsyncSocket;
use async_proc::net::tls::{Handshake, TlsContext, TlsError};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, connected, fds, listener, run};

struct Counting;

/// How many allocations have not been freed.
static LIVE: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One connection, of one of several sorts, from its beginning to its end.
async fn connection(
    number: usize,
    listener: &AsyncSocket,
    client: &TlsContext,
) -> Result<(), Error> {
    match number % 5 {
        // Ended by the client, by the server, or by dropping both.
        0 => {
            let (client, server) = connected(listener, client).await?;
            client.send("hello\n").await?;
            client.close();
            assert_eq!(server.recv_line().await?, "hello");
            assert_eq!(server.recv_line().await?, "");
        }
        1 => {
            let (client, server) = connected(listener, client).await?;
            server.send("hello\n").await?;
            let closing = server.close_gracefully();
            assert_eq!(client.recv_line().await?, "hello");
            client.close();
            closing.await?;
        }
        2 => drop(connected(listener, client).await?),
        // Refused.
        3 => {
            let socket = AsyncSocket::dial(listener.local_addr()?).await?;
            client.wrap_connected_socket(&socket, Handshake::AsClient("other.example"))?;
            let shaking = socket.handshake();
            let server = listener.accept().await?.handshake();
            let error = shaking.await.unwrap_err();
            assert!(matches!(error.downcast_ref(), Some(TlsError::WrongName { .. })), "{error}");
            socket.close();
            assert!(server.await.is_err());
        }
        // Given up in the middle.
        _ => {
            let socket = AsyncSocket::dial(listener.local_addr()?).await?;
            client.wrap_connected_socket(&socket, Handshake::AsClient("localhost"))?;
            let shaking = socket.handshake();
            let server = listener.accept().await?;
            socket.close();
            assert!(shaking.await.is_err());
            assert!(server.handshake().await.is_err());
        }
    }
    Ok(())
}

fn connections(count: usize, listener: &AsyncSocket, client: &TlsContext) {
    let (listener, client) = (listener.clone(), client.clone());
    run(async move {
        for number in 0..count {
            connection(number, &listener, &client).await?;
        }
        Ok(())
    });
    // What is ended in the background.
    run_forever().unwrap();
}

#[test]
fn a_thousand_handshakes_and_hundreds_that_fail_leave_nothing_behind() {
    let authority = Authority::new();
    let client = authority.client().client().unwrap();
    let listener = listener(&authority.server("localhost").server().unwrap()).unwrap();
    // Tables and caches grow to what they may be: sessions are kept for some hundreds of
    // connections.
    connections(600, &listener, &client);
    let before = (fds(), Dispatcher::current().active_descriptors());
    let live = LIVE.load(Ordering::Relaxed);
    // Of five connections three come about.
    connections(1700, &listener, &client);
    assert_eq!((fds(), Dispatcher::current().active_descriptors()), before);
    assert_eq!(Dispatcher::current().operations(), 0);
    let more = LIVE.load(Ordering::Relaxed) - live;
    assert!(more.abs() < 50, "{more} allocations more than before, of {live}");
}
