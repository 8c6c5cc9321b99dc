//! Bytes and lines over TLS: the same operations with the same meaning as without.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::rc::Rc;

use async_proc::future::all;
use async_proc::net::AsyncSocket;
use async_proc::net::tls::{Handshake, TlsContext, TlsVersion};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, connected, listener, run};

async fn pair() -> Result<(AsyncSocket, AsyncSocket), Error> {
    let authority = Authority::new();
    let listener = listener(&authority.server("localhost").server()?)?;
    connected(&listener, &authority.client().client()?).await
}

/// Bytes that are different everywhere.
fn bytes(count: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(count)
    .collect()
}

#[test]
fn eight_megabytes_each_way_at_once_arrive_byte_for_byte() {
    const LENGTH: usize = 8 << 20;
    run(async {
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            let authority = Authority::new();
            let context = authority.server("localhost").maximum_version(version).server()?;
            let listener = listener(&context)?;
            let (client, server) = connected(&listener, &authority.client().client()?).await?;
            let (there, back): (Rc<[u8]>, Rc<[u8]>) =
                (bytes(LENGTH, 1).into(), bytes(LENGTH, 2).into());
            let sending = [client.send(there.clone()), server.send(back.clone())];
            let receiving = [server.recv(LENGTH), client.recv(LENGTH)];
            let received = all(receiving).await?;
            all(sending).await?;
            assert!(received[0] == *there && received[1] == *back);
        }
        Ok(())
    });
}

#[test]
fn fifty_sends_and_reads_of_any_size_are_served_in_order_both_ways() {
    run(async {
        let (client, server) = pair().await?;
        let mut waiting = Vec::new();
        for (from, to) in [(client.clone(), server.clone()), (server, client)] {
            for number in 0..50 {
                let piece = bytes(number * 1000, number as u32);
                // The read first, then the send; nothing is awaited before all are there.
                let read = to.recv(piece.len());
                waiting.push((read, piece.clone()));
                async_check(from.send(piece));
            }
        }
        for (read, piece) in waiting {
            assert!(read.await? == piece);
        }
        Ok(())
    });
}

#[test]
fn sends_before_the_handshake_wait_for_it_and_then_go_in_order() {
    run(async {
        let authority = Authority::new();
        let plain = AsyncSocket::listener("127.0.0.1:0")?;
        let client = AsyncSocket::dial(plain.local_addr()?).await?;
        let server = plain.accept().await?;
        authority
            .client()
            .client()?
            .wrap_connected_socket(&client, Handshake::AsClient("localhost"))?;
        authority
            .server("localhost")
            .server()?
            .wrap_connected_socket(&server, Handshake::AsServer)?;
        // Both sides send before they read: each has to read to get its handshake done.
        let sends: Vec<_> = [&client, &server]
            .into_iter()
            .flat_map(|socket| (0..20).map(move |number| socket.send(format!("{number}\n"))))
            .collect();
        assert!(sends.iter().all(|send| !send.finished()));
        all(sends).await?;
        for number in 0..20 {
            assert_eq!(client.recv_line().await?, number.to_string());
            assert_eq!(server.recv_line().await?, number.to_string());
        }
        Ok(())
    });
}

#[test]
fn a_read_that_is_cancelled_loses_nothing_whatever_it_had() {
    run(async {
        for buffered in [true, false] {
            let (client, server) = pair().await?;
            let server = if buffered { server } else { server.unbuffered() };
            let cancelled = server.recv_line();
            client.send("first half, ").await?;
            while !cancelled.finished() && !server.has_data_buffered() {
                sleep_async(std::time::Duration::from_millis(1)).await?;
            }
            assert!(cancelled.cancel());
            client.send("second half\nrest").await?;
            assert_eq!(server.recv_line().await?, "first half, second half");
            assert_eq!(server.recv(4).await?, b"rest");
        }
        Ok(())
    });
}

#[test]
fn operations_of_every_sort_are_there_and_mean_the_same() {
    run(async {
        for buffered in [true, false] {
            let (client, server) = pair().await?;
            let server = if buffered { server } else { server.unbuffered() };
            assert!(!server.has_data_buffered());
            client.send("one\r\ntwo\r\n\r\nthree").await?;
            assert_eq!(server.recv_line().await?, "one");
            // Decrypted, or in the buffer: it is there without asking the operating system.
            assert!(server.has_data_buffered());
            assert_eq!(server.read_line().await?.as_deref(), Some("two"));
            assert_eq!(server.recv_line().await?, "\r\n");
            let (count, room) = server.recv_into([0; 3]).await?;
            assert_eq!((count, &room), (3, b"thr"));
            assert_eq!(server.recv_exact(2).await?, b"ee");
            assert!(!server.has_data_buffered());
            let mut room = [0; 4];
            server.send("back").await?;
            client.recv_exact_ref(&mut room).await?;
            assert_eq!(&room, b"back");
            client.send_ref(b"by reference\n").await?;
            let mut line = String::new();
            assert!(server.read_line_ref(&mut line).await?);
            assert_eq!(line, "by reference");
            assert_eq!(server.recv(0).await?, b"");
            client.send("").await?;
            client.close();
            assert_eq!(server.read_line().await?, None);
            assert_eq!(server.recv(1).await?, b"");
        }
        Ok(())
    });
}

#[test]
fn a_connection_to_oneself_by_name_is_one_of_tls_at_once() {
    #[async_proc]
    fn answer(listener: AsyncSocket) -> Future<()> {
        let socket = listener.accept().await?;
        let line = socket.recv_line().await?;
        socket.send(format!("you said {line}\n")).await?;
        socket.close();
    }

    #[async_proc]
    fn ask(client: TlsContext, port: u16) -> Future<String> {
        let socket = AsyncSocket::tcp()?;
        client.wrap_socket(&socket)?;
        socket.connect(("localhost", port)).await?;
        socket.send("hi\n").await?;
        socket.recv_line().await
    }

    run(async {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        let answering = answer(listener.clone());
        let asked = ask(authority.client().client()?, listener.local_addr()?.port());
        assert_eq!(asked.await?, "you said hi");
        answering.await
    });
}
