//! Ten thousand connections, and what is left of them: nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod at_scale;

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use async_proc::dispatch::fd::{
    AsyncFd, Domain, Type, accept, close_socket, dial, recv, recv_into, register, send,
};
use async_proc::dispatch::{Dispatcher, set_global_dispatcher};
use async_proc::future::all;
use async_proc::prelude::*;

use at_scale::{connections, live};

/// How many connections are open at a time.
const CONNECTIONS: usize = 10_000;

/// How many connections are being made at a time: fewer than a queue of a listener holds.
const AT_ONCE: usize = 200;

/// What may be kept after the first round, for a connection: rows of tables, which later ones use.
const KEPT_PER_CONNECTION: isize = 256;

/// What a later round may leave. No connection costs so little that one in a hundred could hide here.
const KEPT_LATER: isize = 16 * 1024;

const ROUNDS: usize = 3;

/// Beyond this a round has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The tests of this file count what is the whole process's.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How many descriptors this process has open.
fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// What is open and allocated, to be compared with what was.
#[derive(Debug, Clone, Copy)]
struct State {
    descriptors: usize,
    registered: usize,
    memory: isize,
}

impl State {
    fn now() -> State {
        State {
            descriptors: open_descriptors(),
            registered: Dispatcher::current().active_descriptors(),
            memory: live(),
        }
    }

    /// Asserts that nothing is left since `before` but `memory` bytes.
    fn assert_since(self, before: State, memory: isize, round: usize) {
        assert_eq!(self.descriptors, before.descriptors, "round {round}: descriptors");
        assert_eq!(self.registered, before.registered, "round {round}: registered");
        assert_eq!(Dispatcher::current().operations(), 0, "round {round}: operations");
        let kept = self.memory - before.memory;
        assert!(kept <= memory, "round {round}: {kept} bytes are kept, of {memory} allowed");
    }
}

/// Runs `round` again and again, and asserts that each leaves nothing.
fn rounds(connections: usize, mut round: impl FnMut()) {
    // The dispatcher's own descriptors are there from now on.
    wait_for(sleep_async(Duration::from_millis(1))).unwrap();
    let start = State::now();
    let mut last = start;
    for number in 0..ROUNDS {
        round();
        let now = State::now();
        now.assert_since(start, connections.cast_signed() * KEPT_PER_CONNECTION, number);
        if number > 0 {
            now.assert_since(last, KEPT_LATER, number);
        }
        last = now;
    }
}

/// What the server counts.
#[derive(Default)]
struct Counts {
    open: Cell<usize>,
    most: Cell<usize>,
    memory: Cell<isize>,
}

#[async_proc]
fn serve_one(client: AsyncFd, counts: Rc<Counts>) {
    counts.open.set(counts.open.get() + 1);
    if counts.open.get() > counts.most.get() {
        counts.most.set(counts.open.get());
        counts.memory.set(live());
    }
    loop {
        let (count, bytes) = recv_into(client, [0; 16]).await?;
        if count == 0 {
            break;
        }
        send(client, bytes[..count].to_vec()).await?;
    }
    close_socket(client)?;
    counts.open.set(counts.open.get() - 1);
}

#[async_proc]
fn serve(listening: AsyncFd, connections: usize, counts: Rc<Counts>) {
    let mut clients = Vec::new();
    for _ in 0..connections {
        let client = accept(listening).await?;
        clients.push(serve_one(client, counts.clone()));
    }
    all(clients).await?;
}

#[async_proc]
fn talk(server: SocketAddr, number: usize) -> Future<AsyncFd> {
    let socket = dial(server).await?;
    let said = format!("{number:08}");
    send(socket, &said).await?;
    let mut heard = Vec::new();
    while heard.len() < said.len() {
        heard.extend(recv(socket, 16).await?);
    }
    assert_eq!(heard, said.as_bytes());
    Ok(socket)
}

#[async_proc]
fn use_them_all(server: SocketAddr, connections: usize) {
    let mut open = Vec::new();
    while open.len() < connections {
        let mut talking = Vec::new();
        for number in open.len()..connections.min(open.len() + AT_ONCE) {
            talking.push(talk(server, number));
        }
        for talk in talking {
            open.push(talk.await?);
        }
    }
    for socket in open {
        close_socket(socket)?;
    }
}

/// The other ends of the connections, in a process of their own: one may have too few descriptors for
/// both.
const CLIENT: &str = "ASYNC_PROC_SCALE_CLIENT";

struct Clients(Child);

impl Clients {
    fn start(server: SocketAddr, connections: usize) -> Clients {
        let test = "ten_thousand_connections_are_opened_used_and_closed_and_leave_nothing";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command.env(CLIENT, format!("{server} {connections}"));
        Clients(command.spawn().unwrap())
    }
}

impl Drop for Clients {
    /// So that no process is left if the test fails.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn listener() -> (AsyncFd, SocketAddr) {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket.listen(4096).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (register(socket).unwrap(), address)
}

#[test]
fn ten_thousand_connections_are_opened_used_and_closed_and_leave_nothing() {
    if let Ok(client) = std::env::var(CLIENT) {
        let (server, connections) = client.split_once(' ').unwrap();
        let (server, connections) = (server.parse().unwrap(), connections.parse().unwrap());
        at_scale::connections(connections, 1);
        return rounds(connections, || {
            let using = use_them_all(server, connections);
            wait_for(with_timeout_cancel(using, TIMEOUT)).unwrap();
        });
    }
    let _alone = ONE_AT_A_TIME.lock();
    let connections = connections(CONNECTIONS, 1);
    let (listening, address) = listener();
    let mut clients = Clients::start(address, connections);
    let counts = Rc::new(Counts::default());
    let before = live();
    rounds(connections, || {
        counts.most.set(0);
        let serving = serve(listening, connections, counts.clone());
        wait_for(with_timeout_cancel(serving, TIMEOUT)).unwrap();
        assert_eq!((counts.most.get(), counts.open.get()), (connections, 0));
    });
    assert!(clients.0.wait().unwrap().success(), "the clients have found something left");
    close_socket(listening).unwrap();
    let each = (counts.memory.get() - before) / connections.cast_signed();
    println!("{connections} connections at a time, {each} bytes each in the server");
}

#[test]
fn an_idle_dispatcher_makes_no_turn_but_the_one_that_waits() {
    let _alone = ONE_AT_A_TIME.lock();
    let old = set_global_dispatcher(&Dispatcher::new()).unwrap();
    let connections = connections(1000, 2);
    let (ours, theirs): (Vec<_>, Vec<_>) = (0..connections)
        .map(|_| {
            let (ours, theirs) = UnixStream::pair().unwrap();
            (register(ours).unwrap(), theirs)
        })
        .unzip();
    let waiting: Vec<_> = ours.iter().map(|fd| recv(*fd, 16)).collect();
    // That each can be written to is news, once.
    let dispatcher = Dispatcher::current();
    poll(Duration::ZERO).unwrap();
    while {
        let turns = dispatcher.turns();
        wait_for(sleep_async(Duration::from_millis(1))).unwrap();
        dispatcher.turns() - turns > 1
    } {}
    let turns = dispatcher.turns();
    wait_for(sleep_async(Duration::from_millis(200))).unwrap();
    assert_eq!(dispatcher.turns() - turns, 1);
    assert_eq!(dispatcher.operations(), connections);
    drop(theirs);
    for receive in waiting {
        assert_eq!(wait_for(receive).unwrap(), b"");
    }
    set_global_dispatcher(&old).unwrap();
}
