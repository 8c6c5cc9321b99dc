//! Peers that do not play by the rules, and everyone else who is served meanwhile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::time::Duration;

use async_proc::net::AsyncSocket;
use async_proc::net::tls::{TlsContext, TlsError};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, Served, TIMEOUT, is_served, listener, run};

/// A server that sends every line back.
struct Server {
    served: Served,
    client: TlsContext,
}

impl Server {
    fn start() -> Result<Self, Error> {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        Ok(Self { served: Served::start(listener, echo), client: authority.client().client()? })
    }

    /// A client of the wrong sort.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.served.listener.local_addr().unwrap()).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream
    }

    /// A client of the right sort is served.
    async fn serves(&self) -> Result<(), Error> {
        let port = self.served.listener.local_addr()?.port();
        is_served(self.client.dial(("localhost", port)).await?).await
    }

    fn only_failure(&self) -> TlsError {
        let failures = self.served.failures.borrow();
        assert_eq!(failures.len(), 1, "{failures:?}");
        failures[0].downcast_ref().cloned().unwrap_or_else(|| panic!("{}", failures[0]))
    }
}

async fn echo(socket: AsyncSocket) -> Result<(), Error> {
    while let Some(line) = socket.read_line().await? {
        socket.send(line + "\n").await?;
    }
    Ok(())
}

/// The first bytes a client sends in a handshake, cut out of one.
fn client_hello() -> Vec<u8> {
    let sink = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Authority::new().client().client().unwrap();
    let socket = AsyncSocket::tcp().unwrap();
    client.wrap_socket(&socket).unwrap();
    let connecting = socket.connect(sink.local_addr().unwrap());
    let (mut peer, _) = sink.accept().unwrap();
    poll(Duration::from_secs(1)).unwrap();
    socket.close();
    assert!(wait_for(connecting).is_err());
    let mut hello = Vec::new();
    let _ = peer.read_to_end(&mut hello);
    assert!(hello.len() > 100);
    hello
}

#[test]
fn a_client_that_speaks_plain_text_gets_an_alert_and_the_server_an_error() {
    run(async {
        let server = Server::start()?;
        let mut plain = server.connect();
        plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        server.served.have_ended(1).await?;
        assert!(matches!(server.only_failure(), TlsError::NotTls { .. }));
        let mut alert = Vec::new();
        plain.read_to_end(&mut alert)?;
        // Content type 21, an alert; level 2, fatal.
        assert_eq!((alert[0], alert[5]), (21, 2), "{alert:?}");
        server.serves().await
    });
}

#[test]
fn garbage_of_every_sort_is_an_error_of_one_connection_only() {
    let hello = client_hello();
    let mut spoilt = hello.clone();
    for byte in spoilt.iter_mut().skip(9) {
        *byte ^= 0x55;
    }
    let sorts: Vec<Vec<u8>> = vec![
        vec![0; 100],
        vec![0xff; 100],
        // A record of the greatest length there is, and more.
        [&[22, 3, 1, 0xff, 0xff][..], &[0; 70_000]].concat(),
        spoilt,
        // A handshake message that says it is 16 MiB long.
        [&[22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff][..], &[7; 16_380]].concat(),
        // Two beginnings.
        [&hello[..], &hello[..]].concat(),
    ];
    run(async move {
        let server = Server::start()?;
        for (number, garbage) in sorts.iter().enumerate() {
            let mut peer = server.connect();
            // The server may have hung up before it has had all of it.
            let _ = peer.write_all(garbage);
            server.served.have_ended(number * 2 + 1).await?;
            assert_eq!(server.served.failures.borrow().len(), number + 1, "number {number}");
            server.serves().await?;
            server.served.have_ended(number * 2 + 2).await?;
        }
        Ok(())
    });
}

#[test]
fn a_connection_that_ends_or_is_reset_anywhere_in_the_handshake_disturbs_nobody() {
    let hello = client_hello();
    run(async move {
        let server = Server::start()?;
        let mut count = 0;
        for cut in [0, 1, 5, 6, hello.len() / 2, hello.len() - 1, hello.len()] {
            for reset in [false, true] {
                let mut peer = server.connect();
                peer.write_all(&hello[..cut])?;
                // It has come in.
                poll_a_little().await?;
                if reset {
                    socket2::Socket::from(peer).set_linger(Some(Duration::ZERO))?;
                } else {
                    drop(peer);
                }
                count += 1;
                server.served.have_ended(count).await?;
                let failures = server.served.failures.take();
                assert_eq!(failures.len(), 1, "{failures:?}");
                let ended =
                    matches!(failures[0].downcast_ref(), Some(TlsError::HandshakeEnded { .. }));
                let lost = failures[0].io_kind() == Some(std::io::ErrorKind::ConnectionReset);
                assert!(ended || lost, "cut at {cut}, reset: {reset}: {}", failures[0]);
                server.serves().await?;
                count += 1;
                server.served.have_ended(count).await?;
            }
        }
        Ok(())
    });
}

/// A turn of the dispatcher or two.
async fn poll_a_little() -> Result<(), Error> {
    sleep_async(Duration::from_millis(1)).await?;
    sleep_async(Duration::from_millis(1)).await
}

#[test]
fn fifty_clients_that_never_finish_their_handshake_hold_up_nobody() {
    let hello = client_hello();
    run(async move {
        let server = Server::start()?;
        let mut slow = Vec::new();
        for number in 0..50 {
            let mut peer = server.connect();
            peer.write_all(&hello[..number * hello.len() / 60])?;
            slow.push(peer);
        }
        for _ in 0..20 {
            server.serves().await?;
        }
        assert!(server.served.failures.borrow().is_empty());
        drop(slow);
        server.served.have_ended(70).await?;
        assert_eq!(server.served.failures.borrow().len(), 50);
        Ok(())
    });
}

#[test]
fn a_handshake_that_comes_byte_by_byte_is_done() {
    run(async {
        let server = Server::start()?;
        // A proxy that takes its time.
        let address = server.served.listener.local_addr()?;
        let slow = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = slow.local_addr()?.port();
        let proxy = std::thread::spawn(move || {
            let (mut near, _) = slow.accept().unwrap();
            let mut far = TcpStream::connect(address).unwrap();
            far.set_nodelay(true).unwrap();
            let (mut from, mut to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
            let back = std::thread::spawn(move || {
                let mut byte = [0];
                while from.read(&mut byte).unwrap() == 1 {
                    to.write_all(&byte).unwrap();
                }
                let _ = to.shutdown(std::net::Shutdown::Write);
            });
            let mut byte = [0];
            while near.read(&mut byte).unwrap() == 1 {
                far.write_all(&byte).unwrap();
            }
            let _ = far.shutdown(std::net::Shutdown::Write);
            back.join().unwrap();
        });
        let socket = server.client.dial(("localhost", port)).await?;
        socket.send("slow\n").await?;
        assert_eq!(socket.recv_line().await?, "slow");
        socket.close_gracefully().await?;
        server.served.have_ended(1).await?;
        assert!(server.served.failures.borrow().is_empty());
        proxy.join().unwrap();
        Ok(())
    });
}

#[test]
fn a_time_limit_ends_a_handshake_that_does_not_come_about() {
    run(async {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        let peer = TcpStream::connect(listener.local_addr()?)?;
        let socket = listener.accept().await?;
        let shaking = socket.handshake();
        assert!(!with_timeout(&shaking, Duration::from_millis(20)).await?);
        socket.close();
        assert_eq!(shaking.await.unwrap_err().kind(), ErrorKind::Closed);
        peer.set_read_timeout(Some(TIMEOUT))?;
        assert_eq!((&peer).read(&mut [0])?, 0);
        Ok(())
    });
}

#[test]
fn records_that_are_changed_on_the_way_are_noticed() {
    run(async {
        let server = Server::start()?;
        let address = server.served.listener.local_addr()?;
        let middle = AsyncSocket::listener("127.0.0.1:0")?;
        let port = middle.local_addr()?.port();
        let spoil = Rc::new(Cell::new(false));
        let spoils = spoil.clone();
        async_check(Future::from_std(async move {
            let near = middle.accept().await?.unbuffered();
            let far = AsyncSocket::dial(address).await?.unbuffered();
            let (from, to) = (far.clone(), near.clone());
            async_check(Future::from_std(async move {
                loop {
                    let piece = from.recv(4096).await?;
                    if piece.is_empty() {
                        return Ok(());
                    }
                    to.send(piece).await?;
                }
            }));
            loop {
                let mut piece = near.recv(4096).await?;
                if piece.is_empty() {
                    return Ok(());
                }
                if spoils.get()
                    && let Some(last) = piece.last_mut()
                {
                    *last ^= 1;
                }
                far.send(piece).await?;
            }
        }));
        let socket = server.client.dial(("localhost", port)).await?;
        socket.send("unspoilt\n").await?;
        assert_eq!(socket.recv_line().await?, "unspoilt");
        spoil.set(true);
        socket.send("spoilt\n").await?;
        server.served.have_ended(1).await?;
        assert!(matches!(server.only_failure(), TlsError::Protocol { .. }));
        let error = socket.recv_line().await.unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(TlsError::Alert { .. })), "{error}");
        Ok(())
    });
}
