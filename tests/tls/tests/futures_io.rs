//! Sockets under code that knows only `futures_io`'s traits.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;

use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, connected, listener, run};
use futures_io::{AsyncRead, AsyncWrite};

struct Counting;

thread_local!(static COUNT: Cell<usize> = const { Cell::new(0) });

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

async fn write_all<W: AsyncWrite + Unpin>(to: &mut W, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = poll_fn(|cx| Pin::new(&mut *to).poll_write(cx, bytes)).await?;
        bytes = &bytes[count..];
    }
    poll_fn(|cx| Pin::new(&mut *to).poll_flush(cx)).await
}

async fn read_some<R: AsyncRead + Unpin>(from: &mut R, room: &mut [u8]) -> io::Result<usize> {
    poll_fn(|cx| Pin::new(&mut *from).poll_read(cx, room)).await
}

async fn close<W: AsyncWrite + Unpin>(writer: &mut W) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *writer).poll_close(cx)).await
}

async fn read_to_end<R: AsyncRead + Unpin>(from: &mut R) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    let mut room = vec![0; 10_000];
    loop {
        match read_some(from, &mut room).await? {
            0 => return Ok(received),
            count => received.extend_from_slice(&room[..count]),
        }
    }
}

/// Both ends of a connection, with TLS or without.
async fn pair(tls: bool) -> Result<(AsyncSocket, AsyncSocket), Error> {
    if tls {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        return connected(&listener, &authority.client().client()?).await;
    }
    let listener = AsyncSocket::listener("127.0.0.1:0")?;
    let client = AsyncSocket::dial(listener.local_addr()?).await?;
    Ok((client, listener.accept().await?))
}

#[test]
fn megabytes_go_both_ways_at_once_through_references_to_one_socket() {
    const LENGTH: usize = 3 << 20;
    run(async {
        for tls in [false, true] {
            let (one, other) = pair(tls).await?;
            let mut ends = Vec::new();
            for (socket, byte) in [(one, 1), (other, 2)] {
                let writing = socket.clone();
                ends.push(Future::from_std(async move {
                    write_all(&mut &writing, &vec![byte; LENGTH]).await?;
                    close(&mut &writing).await?;
                    Ok(Vec::new())
                }));
                ends.push(Future::from_std(async move { Ok(read_to_end(&mut &socket).await?) }));
            }
            let ends = all(ends).await?;
            assert!(ends[1] == vec![2; LENGTH] && ends[3] == vec![1; LENGTH], "TLS: {tls}");
        }
        Ok(())
    });
}

#[test]
fn a_read_takes_what_is_in_the_buffer_first_and_its_turn_among_the_others() {
    run(async {
        for tls in [false, true] {
            let (client, mut server) = pair(tls).await?;
            client.send("line\nrest").await?;
            assert_eq!(server.recv_line().await?, "line");
            let mut room = [0; 100];
            assert_eq!(read_some(&mut server, &mut room).await?, 4);
            assert_eq!(&room[..4], b"rest");

            // Behind a read that waits.
            let first = server.recv_line();
            let mut polled = server.clone();
            let second = Future::from_std(async move {
                let mut room = [0; 100];
                let count = read_some(&mut polled, &mut room).await?;
                Ok(room[..count].to_vec())
            });
            client.send("for the line\nfor the other").await?;
            assert_eq!(first.await?, "for the line");
            assert_eq!(second.await?, b"for the other");
        }
        Ok(())
    });
}

#[test]
fn pieces_are_written_as_one_and_a_lost_connection_is_an_error_where_that_is_wanted() {
    run(async {
        for tls in [false, true] {
            let (mut client, server) = pair(tls).await?;
            let pieces = [IoSlice::new(b"one "), IoSlice::new(b""), IoSlice::new(b"two")];
            let count =
                poll_fn(|cx| Pin::new(&mut client).poll_write_vectored(cx, &pieces)).await?;
            assert_eq!(count, 7);
            poll_fn(|cx| Pin::new(&mut client).poll_flush(cx)).await?;
            assert_eq!(server.recv(7).await?, b"one two");
            server.close();
            let mut client = client.strict();
            let mut room = [0; 1];
            assert_eq!(read_some(&mut client, &mut room).await.unwrap_or(0), 0);
            client.close();
            let error = read_some(&mut client, &mut room).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotConnected);
            let error = write_all(&mut client, b"x").await.unwrap_err();
            assert!(error.to_string().contains("closed"), "{error}");
        }
        Ok(())
    });
}

#[test]
fn no_poll_allocates() {
    run(async {
        let (mut client, mut server) = pair(false).await?;
        let answering = Future::<()>::from_std(async move {
            let mut room = [0; 64];
            loop {
                match read_some(&mut server, &mut room).await? {
                    0 => return Ok(()),
                    count => write_all(&mut server, &room[..count]).await?,
                }
            }
        });
        let mut room = [0; 64];
        let mut before = 0;
        for round in 0..200 {
            if round == 100 {
                before = COUNT.get();
            }
            write_all(&mut client, b"ping").await?;
            assert_eq!(read_some(&mut client, &mut room).await?, 4);
        }
        assert_eq!(COUNT.get() - before, 0);
        close(&mut client).await?;
        answering.await
    });
}
