//! How connections end, and that nothing is lost by it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Read;
use std::net::Shutdown;
use std::time::Duration;

use async_proc::net::tls::{Handshake, TlsError};
use async_proc::net::{AsyncSocket, SocketError};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, TIMEOUT, connected, listener, run};

async fn pair() -> Result<(AsyncSocket, AsyncSocket), Error> {
    let authority = Authority::new();
    let listener = listener(&authority.server("localhost").server()?)?;
    connected(&listener, &authority.client().client()?).await
}

/// A connection of TLS whose own socket is in reach, so that it can be ended below TLS.
async fn pair_with_wire() -> Result<(AsyncSocket, AsyncSocket, std::net::TcpStream), Error> {
    let authority = Authority::new();
    let plain = AsyncSocket::listener("127.0.0.1:0")?;
    let below = std::net::TcpStream::connect(plain.local_addr()?)?;
    let client = AsyncSocket::from_fd(below.try_clone()?)?;
    let server = plain.accept().await?;
    let context = authority.client().client()?;
    context.wrap_connected_socket(&client, Handshake::AsClient("localhost"))?;
    authority.server("localhost").server()?.wrap_connected_socket(&server, Handshake::AsServer)?;
    let shaking = client.handshake();
    server.handshake().await?;
    shaking.await?;
    Ok((client, server, below))
}

#[test]
fn an_end_without_notice_is_an_error_for_a_strict_socket_only() {
    run(async {
        for strict in [false, true] {
            let (client, server, below) = pair_with_wire().await?;
            let server = if strict { server.strict() } else { server };
            client.send("whole line\nhalf a li").await?;
            below.shutdown(Shutdown::Write)?;
            assert_eq!(server.recv_line().await?, "whole line");
            match server.recv(100).await {
                Ok(bytes) => {
                    assert!(!strict);
                    assert_eq!(bytes, b"half a li");
                    assert_eq!(server.recv(1).await?, b"");
                }
                Err(error) => {
                    assert!(strict);
                    assert!(matches!(error.downcast_ref(), Some(TlsError::Truncated { .. })));
                    assert!(error.to_string().contains("without notice"), "{error}");
                }
            }
            // The other direction has not ended.
            server.send("back\n").await?;
            assert_eq!(client.recv_line().await?, "back");
        }
        Ok(())
    });
}

#[test]
fn an_end_with_notice_is_none_for_a_strict_socket_either() {
    run(async {
        let (client, server) = pair().await?;
        let server = server.strict();
        client.send("last words").await?;
        drop(client);
        assert_eq!(server.recv(100).await?, b"last words");
        assert_eq!(server.recv(100).await?, b"");
        Ok(())
    });
}

#[test]
fn half_a_connection_can_be_ended_and_the_other_half_goes_on() {
    run(async {
        let (client, server) = pair().await?;
        let (client, server) = (client.strict(), server.strict());
        client.send("question").await?;
        client.shutdown(Shutdown::Write)?;
        assert_eq!(server.recv(100).await?, b"question");
        let error = client.send("more").await.unwrap_err();
        match error.downcast_ref() {
            Some(SocketError::Os { source, .. }) => {
                assert_eq!(source.kind(), std::io::ErrorKind::BrokenPipe);
            }
            _ => panic!("{error}"),
        }
        let answer = vec![7; 3 << 20];
        let sending = server.send(answer.clone());
        assert!(client.recv(answer.len()).await? == answer);
        sending.await?;
        server.close();
        assert_eq!(client.recv(1).await?, b"");
        Ok(())
    });
}

#[test]
fn closing_ends_what_is_pending_and_delivers_what_was_sent() {
    run(async {
        let (client, server) = pair().await?;
        let server = server.strict();
        let reading = client.recv(1);
        // Tickets and more have come in, and nobody has read them.
        server.send("never read").await?;
        client.send(vec![1; 50_000]).await?;
        client.close();
        assert!(client.is_closed() && client.fd().is_none());
        let closed = reading.await;
        assert!(closed.is_ok() || closed.unwrap_err().kind() == ErrorKind::Closed);
        assert!(server.recv(60_000).await? == vec![1; 50_000]);
        assert_eq!(client.send("x").await.unwrap_err().kind(), ErrorKind::Closed);
        Ok(())
    });
}

#[test]
fn closing_gracefully_waits_for_what_is_still_to_be_sent_and_for_the_peer() {
    run(async {
        for tls in [true, false] {
            let (client, server) = if tls {
                pair().await?
            } else {
                let listener = AsyncSocket::listener("127.0.0.1:0")?;
                let client = AsyncSocket::dial(listener.local_addr()?).await?;
                (client, listener.accept().await?)
            };
            let server = server.strict();
            server.send("never read").await?;
            async_check(client.send(vec![1; 8 << 20]));
            let closing = client.close_gracefully();
            assert!(server.recv(usize::MAX).await? == vec![1; 8 << 20]);
            assert!(!closing.finished() && !client.is_closed());
            server.close();
            closing.await?;
            assert!(client.is_closed());
        }
        Ok(())
    });
}

#[test]
fn a_peer_that_never_ends_is_waited_for_no_longer_than_wanted() {
    run(async {
        let (client, server) = pair().await?;
        let closing = client.close_gracefully();
        assert!(!with_timeout(&closing, Duration::from_millis(20)).await?);
        client.close();
        assert_eq!(closing.await.unwrap_err().kind(), ErrorKind::Closed);
        assert_eq!(server.recv(1).await?, b"");
        Ok(())
    });
}

#[test]
fn a_socket_that_is_dropped_in_its_handshake_is_gone_at_once() {
    run(async {
        let authority = Authority::new();
        let plain = std::net::TcpListener::bind("127.0.0.1:0")?;
        let client = AsyncSocket::dial(plain.local_addr()?).await?;
        let (mut peer, _) = plain.accept()?;
        peer.set_read_timeout(Some(TIMEOUT))?;
        let context = authority.client().client()?;
        context.wrap_connected_socket(&client, Handshake::AsClient("localhost"))?;
        // What it has left to be done by others must not keep it open.
        let shaking = client.handshake();
        drop(client);
        assert!(shaking.cancel());
        drop(shaking);
        let mut hello = Vec::new();
        peer.read_to_end(&mut hello)?;
        assert!(!hello.is_empty());
        Ok(())
    });
}

#[test]
fn many_clients_that_send_and_close_at_once_lose_nothing_when_the_server_is_slow() {
    run(async {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        let context = authority.client().client()?;
        let port = listener.local_addr()?.port();
        let mut clients = Vec::new();
        for number in 0..20 {
            let context = context.clone();
            clients.push(Future::from_std(async move {
                let socket = context.dial(("localhost", port)).await?;
                for _ in 0..25 {
                    socket.send(format!("{number}\n")).await?;
                }
                socket.close();
                Ok(())
            }));
        }
        let mut accepted = Vec::new();
        for _ in 0..20 {
            let socket = listener.accept().await?.strict();
            socket.handshake().await?;
            accepted.push(socket);
        }
        all(clients).await?;
        // Only now, with everything sent and every client closed, is anything read.
        let mut count = 0;
        for socket in accepted {
            while let Some(line) = socket.read_line().await? {
                assert!(line.parse::<u32>().is_ok());
                count += 1;
            }
        }
        assert_eq!(count, 500);
        Ok(())
    });
}
