//! What a connection with TLS costs while it is idle.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../runtime/tests/thread_memory/mod.rs"]
mod thread_memory;

use std::sync::mpsc;
use std::thread;

use async_proc::future::all;
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, listener, run};

use thread_memory::live;

/// Both ends of so many fit into the descriptors that a process has by default.
const CONNECTIONS: usize = 400;

/// What an idle connection may cost in the server, in bytes: see the documentation of `net`.
const COST: isize = 10 * 1024;

async fn echo(socket: AsyncSocket) -> Result<(), Error> {
    while let Some(line) = socket.read_line().await? {
        socket.send(line + "\n").await?;
    }
    Ok(())
}

#[test]
fn an_idle_connection_that_has_talked_costs_no_more_than_is_documented() {
    let authority = Authority::new();
    let client = authority.client().client().unwrap();
    let (port, to) = mpsc::channel();
    let (all_idle, idle) = mpsc::channel();
    let (measured, until_measured) = mpsc::channel();
    let clients = thread::spawn(move || {
        let port: u16 = to.recv().unwrap();
        run(async move {
            let mut open = Vec::new();
            for number in 0..CONNECTIONS {
                let socket = client.dial(("localhost", port)).await?;
                socket.send(format!("{number}\n")).await?;
                assert_eq!(socket.recv_line().await?, number.to_string());
                open.push(socket);
            }
            all_idle.send(()).unwrap();
            until_measured.recv().unwrap();
            Ok(())
        });
    });
    run(async move {
        let listener = listener(&authority.server("localhost").server()?)?;
        port.send(listener.local_addr()?.port()).unwrap();
        let mut serving = Vec::with_capacity(CONNECTIONS);
        let before = live();
        for _ in 0..CONNECTIONS {
            serving.push(Future::from_std(echo(listener.accept().await?)));
        }
        // Every client has had its answer, so that nothing is going on here.
        while idle.try_recv().is_err() {
            sleep_async(std::time::Duration::from_millis(1)).await?;
        }
        let cost = (live() - before) / CONNECTIONS.cast_signed();
        println!("{CONNECTIONS} idle connections with TLS, {cost} bytes each in the server");
        assert!(cost <= COST, "{cost} bytes for an idle connection, of {COST}");
        measured.send(()).unwrap();
        all(serving).await?;
        Ok(())
    });
    clients.join().unwrap();
}
