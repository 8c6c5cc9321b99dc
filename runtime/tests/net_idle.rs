//! Ten thousand connections that are idle while a hundred talk, and what an idle one costs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod at_scale;

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use async_proc::future::all;
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;

use at_scale::{connections, live};

/// How many connections are open at a time.
const CONNECTIONS: usize = 10_000;

/// How many of them talk.
const TALKING: usize = 100;

/// How many lines each says.
const LINES: usize = 50;

/// What an idle connection may cost in the server, in bytes: see the documentation of `net`.
const COST: isize = 1100;

/// Beyond this the test has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The clients are in a process of their own: one may have too few descriptors for both ends.
const CLIENT: &str = "ASYNC_PROC_IDLE_CLIENT";

#[derive(Default)]
struct Counts {
    lines: Cell<usize>,
    ended: Cell<usize>,
}

#[async_proc]
fn attend(client: AsyncSocket, counts: Rc<Counts>) -> Future<()> {
    while let Some(line) = client.read_line().await? {
        client.send(line + "\n").await?;
        counts.lines.set(counts.lines.get() + 1);
    }
    counts.ended.set(counts.ended.get() + 1);
}

/// Lets everyone in, then lets them talk; gives what was allocated for each when nobody had talked.
#[async_proc]
fn serve(
    listener: AsyncSocket,
    connections: usize,
    clients: Rc<Clients>,
    counts: Rc<Counts>,
) -> Future<isize> {
    let mut serving = Vec::with_capacity(connections);
    let before = live();
    for _ in 0..connections {
        let client = listener.accept().await?;
        serving.push(attend(client, counts.clone()));
    }
    let cost = live() - before;
    clients.go();
    all(serving).await?;
    Ok(cost / connections.cast_signed())
}

struct Clients(RefCell<Child>);

impl Clients {
    fn start(server: SocketAddr, connections: usize) -> Self {
        let test = "ten_thousand_connections_are_held_while_a_hundred_talk";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]).stdin(Stdio::piped());
        command.env(CLIENT, format!("{server} {connections}"));
        Self(RefCell::new(command.spawn().unwrap()))
    }

    /// Lets them talk.
    fn go(&self) {
        self.0.borrow_mut().stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
}

impl Drop for Clients {
    /// So that no process is left if the test fails.
    fn drop(&mut self) {
        let _ = self.0.get_mut().kill();
        let _ = self.0.get_mut().wait();
    }
}

fn talk(server: SocketAddr, connections: usize) {
    let open: Vec<_> = (0..connections)
        .map(|_| {
            let stream = TcpStream::connect(server).unwrap();
            stream.set_read_timeout(Some(TIMEOUT)).unwrap();
            stream
        })
        .collect();
    // The server has everyone.
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let mut talking: Vec<_> =
        open.iter().step_by(connections / TALKING).take(TALKING).map(BufReader::new).collect();
    for line in 0..LINES {
        for (number, stream) in talking.iter_mut().enumerate() {
            writeln!(stream.get_mut(), "line {line} of {number}").unwrap();
        }
        for (number, stream) in talking.iter_mut().enumerate() {
            let mut heard = String::new();
            stream.read_line(&mut heard).unwrap();
            assert_eq!(heard, format!("line {line} of {number}\n"));
        }
    }
}

#[test]
fn ten_thousand_connections_are_held_while_a_hundred_talk() {
    let connections = connections(CONNECTIONS, 1);
    if let Ok(client) = std::env::var(CLIENT) {
        let (server, connections) = client.split_once(' ').unwrap();
        return talk(server.parse().unwrap(), connections.parse().unwrap());
    }
    let listener = AsyncSocket::listener("127.0.0.1:0").unwrap();
    let clients = Rc::new(Clients::start(listener.local_addr().unwrap(), connections));
    let counts = Rc::new(Counts::default());
    let serving = serve(listener, connections, clients.clone(), counts.clone());
    let cost = wait_for(with_timeout_cancel(serving, TIMEOUT)).unwrap();
    assert_eq!((counts.lines.get(), counts.ended.get()), (TALKING * LINES, connections));
    assert!(clients.0.borrow_mut().wait().unwrap().success());
    println!("{connections} idle connections, {cost} bytes each in the server");
    assert!(cost <= COST, "{cost} bytes for an idle connection, of {COST}");
}
