//! Of Nim's `tests/async/tasyncssl.nim`: ten clients send fifty messages each over TLS, and close.
//! There TLS 1.3 loses most of them; here none may be lost.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;
use std::rc::Rc;

use async_proc::net::AsyncSocket;
use async_proc::net::tls::{TlsContext, TlsVersion};
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, listener, run};

const CLIENTS: usize = 10;
const MESSAGES: usize = 50;

#[async_proc]
fn launch(client: AsyncSocket, port: u16) -> Future<()> {
    client.connect(("localhost", port)).await?;
    for message in 0..MESSAGES {
        client.send(format!("Message {message}\r\n")).await?;
    }
    client.close();
}

#[async_proc]
fn read_messages(client: AsyncSocket, count: Rc<Cell<usize>>) -> Future<()> {
    for message in 0.. {
        let line = client.recv_line().await?;
        if line.is_empty() {
            break;
        }
        assert_eq!(line, format!("Message {message}"));
        count.set(count.get() + 1);
    }
    client.close();
}

#[async_proc]
fn serve(listener: AsyncSocket, count: Rc<Cell<usize>>) -> Future<()> {
    let mut readers = Vec::new();
    for _ in 0..CLIENTS {
        // Strict: a connection that was reset would be an error, whatever had arrived before.
        readers.push(read_messages(listener.accept().await?.strict(), count.clone()));
    }
    all(readers).await?;
}

fn swarm(server: TlsContext, client: TlsContext) {
    run(async move {
        let listener = listener(&server)?;
        let port = listener.local_addr()?.port();
        let count = Rc::new(Cell::new(0));
        let serving = serve(listener, count.clone());
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let socket = AsyncSocket::tcp()?;
            client.wrap_socket(&socket)?;
            clients.push(launch(socket, port));
        }
        all(clients).await?;
        serving.await?;
        assert_eq!(count.get(), CLIENTS * MESSAGES);
        Ok(())
    });
}

#[test]
fn five_hundred_messages_of_ten_clients_arrive_though_each_closes_at_once() {
    let authority = Authority::new();
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let server = authority.server("localhost").maximum_version(version).server().unwrap();
        let client = authority.client().minimum_version(version).client();
        // A context that may speak 1.3 with a server that does not is another test.
        let client = match version {
            TlsVersion::Tls13 => client.unwrap(),
            _ => authority.client().client().unwrap(),
        };
        swarm(server, client);
    }
}
