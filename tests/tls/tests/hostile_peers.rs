//! Peers that are slow, endless, silent or gone, without TLS and with it: what each costs is bounded,
//! what it did is told, and everyone else is served.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../runtime/tests/thread_memory/mod.rs"]
mod thread_memory;

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::time::Duration;

use async_proc::net::tls::TlsContext;
use async_proc::net::{AsyncSocket, SocketError};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, Served, is_served, listener, run};

use thread_memory::{most, watch_most};

/// How much a client that says `flood` is sent: more than systems keep on the way.
const FLOOD: usize = 32 << 20;

/// A server that sends lines back.
struct Server {
    served: Served,
    client: Option<TlsContext>,
}

impl Server {
    fn start(tls: bool) -> Result<Rc<Self>, Error> {
        let authority = Authority::new();
        let listener = match tls {
            true => listener(&authority.server("localhost").server()?)?,
            false => AsyncSocket::listener("127.0.0.1:0")?,
        };
        let client = if tls { Some(authority.client().client()?) } else { None };
        Ok(Rc::new(Self { served: Served::start(listener, echo), client }))
    }

    fn port(&self) -> u16 {
        self.served.listener.local_addr().unwrap().port()
    }

    /// A client at `port`, which may be a relay's.
    async fn dial(&self, port: u16) -> Result<AsyncSocket, Error> {
        match &self.client {
            Some(context) => context.dial(("localhost", port)).await,
            None => AsyncSocket::dial(("127.0.0.1", port)).await,
        }
    }

    /// Someone who plays by the rules is served.
    async fn serves(&self) -> Result<(), Error> {
        is_served(self.dial(self.port()).await?).await
    }

    /// Waits until so many clients are gone.
    async fn have_ended(&self, count: usize) -> Result<(), Error> {
        self.served.have_ended(count).await?;
        assert_eq!(self.served.ended.get(), count);
        Ok(())
    }
}

async fn echo(socket: AsyncSocket) -> Result<(), Error> {
    loop {
        let line = socket.recv_line().await?;
        match line.as_str() {
            "" => return Ok(()),
            "flood" => socket.send(vec![b'.'; FLOOD]).await?,
            _ => socket.send(line + "\n").await?,
        }
    }
}

/// Some turns of the dispatcher.
async fn turns() -> Result<(), Error> {
    sleep_async(Duration::from_millis(1)).await
}

/// What is between a client and the server, below TLS, and can reset the connection to the server.
struct Relay {
    port: u16,
    far: Rc<RefCell<Option<AsyncSocket>>>,
    /// Bytes on their way to the server.
    passed: Rc<Cell<usize>>,
}

impl Relay {
    fn start(server: &Server) -> Result<Self, Error> {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let this =
            Self { port: listener.local_addr()?.port(), far: Rc::default(), passed: Rc::default() };
        let (address, kept, passed) =
            (server.served.listener.local_addr()?, this.far.clone(), this.passed.clone());
        async_check(Future::from_std(async move {
            let near = listener.accept().await?.unbuffered();
            let far = AsyncSocket::dial(address).await?.unbuffered();
            *kept.borrow_mut() = Some(far.clone());
            async_check(pass(far.clone(), near.clone(), Rc::default()));
            pass(near, far, passed).await
        }));
        Ok(this)
    }

    fn reset(&self) -> Result<(), Error> {
        let far = self.far.take().unwrap();
        far.set_linger(Some(Duration::ZERO))?;
        far.close();
        Ok(())
    }
}

/// Passes bytes on until either end is gone.
fn pass(from: AsyncSocket, to: AsyncSocket, passed: Rc<Cell<usize>>) -> Future<()> {
    Future::from_std(async move {
        while let Ok(piece) = from.recv(4096).await {
            let count = piece.len();
            if count == 0 || to.send(piece).await.is_err() {
                break;
            }
            passed.set(passed.get() + count);
        }
        to.close();
        Ok(())
    })
}

/// That the connection was lost, by whichever name the system has for it.
fn assert_lost(error: &Error) {
    let kind = error.io_kind();
    assert!(
        matches!(kind, Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)),
        "{error:?}"
    );
}

/// Without TLS, and with it.
fn both<F>(test: impl Fn(Rc<Server>) -> F)
where
    F: std::future::Future<Output = Result<(), Error>> + 'static,
{
    for tls in [false, true] {
        run(test(Server::start(tls).unwrap()));
    }
}

#[test]
fn fifty_lines_that_come_byte_by_byte_and_never_end_hold_up_nobody() {
    both(|server| async move {
        let mut slow = Vec::new();
        for _ in 0..50 {
            slow.push(server.dial(server.port()).await?);
        }
        for round in 0..20 {
            for socket in &slow {
                socket.send("x").await?;
            }
            server.serves().await?;
            server.have_ended(round + 1).await?;
        }
        for socket in &slow {
            socket.close();
        }
        server.have_ended(70).await?;
        // A line that has not ended is lost, and no failure.
        assert!(server.served.failures.borrow().is_empty());
        Ok(())
    });
}

#[test]
fn a_line_without_an_end_costs_no_more_than_its_limit_and_is_an_error() {
    both(|server| async move {
        let endless = server.dial(server.port()).await?;
        let megabyte = vec![b'x'; 1 << 20];
        let before = watch_most();
        let mut sent = 0;
        // Until the server has had enough.
        while server.served.ended.get() == 0 {
            assert!(sent < 64 << 20, "the server still reads");
            let _ = endless.send_ref(&megabyte).await;
            sent += megabyte.len();
            turns().await?;
        }
        // The line up to its limit of 1 MB, in a buffer that grows by doubling; and what the client's
        // TLS holds.
        let most = most() - before;
        assert!(most < 6 << 20, "{most} bytes");
        {
            let failures = server.served.failures.borrow();
            assert_eq!(failures.len(), 1);
            let error = failures[0].downcast_ref();
            assert!(
                matches!(error, Some(SocketError::LineTooLong { limit: 1_000_000 })),
                "{failures:?}"
            );
        }
        server.serves().await?;
        server.have_ended(2).await
    });
}

#[test]
fn connections_of_which_nothing_comes_hold_up_nobody() {
    both(|server| async move {
        let address = server.served.listener.local_addr()?;
        let mut silent = Vec::new();
        for _ in 0..100 {
            silent.push(TcpStream::connect(address)?);
        }
        let mut open = Vec::new();
        for _ in 0..100 {
            open.push(server.dial(server.port()).await?);
        }
        for _ in 0..10 {
            server.serves().await?;
        }
        server.have_ended(10).await?;
        // Half of each is ended, the other half stays.
        for stream in &silent {
            stream.shutdown(Shutdown::Write)?;
        }
        server.have_ended(110).await?;
        for socket in &open {
            socket.shutdown(Shutdown::Write)?;
        }
        server.have_ended(210).await?;
        // Only a handshake is anything that they have not ended.
        let failed = if server.client.is_some() { 100 } else { 0 };
        assert_eq!(server.served.failures.borrow().len(), failed);
        server.serves().await
    });
}

#[test]
fn connections_that_are_reset_before_they_are_accepted_disturb_nobody() {
    both(|server| async move {
        for _ in 0..20 {
            let peer = TcpStream::connect(server.served.listener.local_addr()?)?;
            // The dispatcher has had no turn: nobody has accepted it.
            socket2::Socket::from(peer).set_linger(Some(Duration::ZERO))?;
        }
        for _ in 0..3 {
            server.serves().await?;
        }
        // Linux hands them out all the same, and others may not.
        let failures = server.served.failures.borrow();
        assert!(failures.len() <= 20);
        failures.iter().for_each(assert_lost_or_not_begun);
        Ok(())
    });
}

fn assert_lost_or_not_begun(error: &Error) {
    use async_proc::net::tls::TlsError;
    if !matches!(error.downcast_ref(), Some(TlsError::HandshakeEnded { .. })) {
        assert_lost(error);
    }
}

#[test]
fn a_connection_that_is_reset_in_the_middle_of_a_line_is_lost_alone() {
    both(|server| async move {
        let relay = Relay::start(&server)?;
        let client = server.dial(relay.port).await?;
        client.send("whole\n").await?;
        assert_eq!(client.recv_line().await?, "whole");
        let before = relay.passed.get();
        client.send("half a li").await?;
        while relay.passed.get() == before {
            turns().await?;
        }
        turns().await?;
        relay.reset()?;
        server.have_ended(1).await?;
        assert_eq!(server.served.failures.borrow().len(), 1);
        assert_lost(&server.served.failures.borrow()[0]);
        server.serves().await
    });
}

#[test]
fn a_connection_that_is_reset_in_the_middle_of_a_send_is_lost_alone() {
    both(|server| async move {
        let relay = Relay::start(&server)?;
        let client = server.dial(relay.port).await?;
        client.send("flood\n").await?;
        // The beginning has arrived, the rest finds no room: nobody reads it.
        assert_eq!(client.recv_exact(10).await?, b"..........");
        server.serves().await?;
        server.have_ended(1).await?;
        relay.reset()?;
        server.have_ended(2).await?;
        assert_eq!(server.served.failures.borrow().len(), 1);
        assert_lost(&server.served.failures.borrow()[0]);
        server.serves().await
    });
}
