//! A chat room over TCP: what one says, everyone else reads.
//!
//! ```text
//! cargo run --release --example chat                # listens on 127.0.0.1:12345
//! cargo run --release --example chat 0.0.0.0:4000   # or wherever you like
//! nc 127.0.0.1 12345                                # joins, from another terminal
//! ```
//!
//! The first line a client sends is its name. Lines that are too long, or not UTF-8, are not passed
//! on; a client that does not read what it is sent is dropped. Ctrl-C stops the server.

use std::cell::{Cell, OnceCell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

#[cfg(unix)]
use async_proc::dispatch::ctrl_c;
use async_proc::net::{AsyncSocket, SocketError};
use async_proc::prelude::*;

/// The longest line that is passed on, in bytes.
const LINE_LIMIT: usize = 1000;

/// A client that leaves more than this many bytes unread is dropped.
const PATIENCE: usize = 256 * 1024;

fn main() -> ExitCode {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:12345".into());
    match wait_for(serve(address)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}");
            ExitCode::FAILURE
        }
    }
}

#[async_proc]
fn serve(address: String) -> Future<()> {
    let listener = AsyncSocket::listener(&address)?;
    let address = listener.local_addr()?;
    // Before anyone can know of it: from here on Ctrl-C ends the server in due form.
    let interrupted = ctrl_c();
    println!("chat: listening on {address}");
    println!("chat: join with `nc {} {}`, stop with Ctrl-C", address.ip(), address.port());

    let room = Rc::new(Room::default());
    async_check(welcome(listener.clone(), room.clone()));
    interrupted.await?;

    println!("chat: stopping");
    listener.close();
    with_timeout(room.farewell(), Duration::from_secs(1)).await?;
}

/// Lets clients in, each with a proc of its own.
#[async_proc]
fn welcome(listener: AsyncSocket, room: Rc<Room>) -> Future<()> {
    while !listener.is_closed() {
        match listener.accept().await {
            Ok(socket) => async_check(attend(Rc::new(Client::new(socket)), room.clone())),
            Err(_) if listener.is_closed() => break,
            Err(error) => {
                // Too many open files, say: those who are in go on, the others can wait.
                eprintln!("chat: {error}");
                sleep_async(Duration::from_millis(100)).await?;
            }
        }
    }
}

/// Looks after one client until it is gone, for whatever reason.
#[async_proc]
fn attend(client: Rc<Client>, room: Rc<Room>) -> Future<()> {
    let how = match converse(client.clone(), room.clone()).await {
        Ok(()) => "left",
        Err(_) if client.socket.is_closed() => "fell too far behind",
        Err(_) => "lost the connection",
    };
    room.leave(&client, how);
    client.socket.close();
}

#[async_proc]
fn converse(client: Rc<Client>, room: Rc<Room>) -> Future<()> {
    client.tell("* Welcome! What is your name?\n");
    while let Some(line) = hear(client.clone()).await? {
        match client.name.get() {
            Some(name) => room.tell_others(&client, format!("{name}: {line}\n")),
            None => room.join(&client, line.trim()),
        }
    }
}

/// The next line a client says, or `None` when it has left.
#[async_proc]
fn hear(client: Rc<Client>) -> Future<Option<String>> {
    loop {
        let error = match client.socket.recv_line().await {
            Ok(line) if line.is_empty() => return Ok(None),
            // What would move other people's cursors is left out.
            Ok(line) => return Ok(Some(line.replace(char::is_control, ""))),
            Err(error) => error,
        };
        match error.downcast_ref() {
            Some(SocketError::LineTooLong { .. } | SocketError::NotUtf8 { .. }) => {
                client.tell(format!("* {error}, so nobody saw it\n"));
            }
            _ => return Err(error),
        }
    }
}

/// Sends one line. Nobody waits for this, so a slow client holds up no other; what it has not
/// taken yet is counted, and beyond all patience it is dropped.
#[async_proc]
fn deliver(client: Rc<Client>, line: Rc<str>) -> Future<()> {
    client.unread.set(client.unread.get() + line.len());
    if client.unread.get() > PATIENCE {
        client.socket.close();
    }
    let _ = client.socket.send(line.clone()).await;
    client.unread.set(client.unread.get() - line.len());
}

struct Client {
    socket: AsyncSocket,
    name: OnceCell<String>,
    unread: Cell<usize>,
}

impl Client {
    fn new(socket: AsyncSocket) -> Self {
        socket.set_line_limit(LINE_LIMIT);
        Self { socket, name: OnceCell::new(), unread: Cell::new(0) }
    }

    fn tell(self: &Rc<Self>, line: impl Into<Rc<str>>) {
        async_check(deliver(self.clone(), line.into()));
    }
}

/// Everyone who has said a name.
#[derive(Default)]
struct Room {
    clients: RefCell<Vec<Rc<Client>>>,
}

impl Room {
    fn join(&self, client: &Rc<Client>, name: &str) {
        let taken = self.clients.borrow().iter().any(|c| c.name.get().is_some_and(|n| n == name));
        if taken || name.is_empty() || name.len() > 20 {
            return client.tell("* That name is taken, empty or too long. Another one?\n");
        }
        client.name.get_or_init(|| name.to_owned());
        self.clients.borrow_mut().push(client.clone());
        client.tell(format!("* You are {name}, one of {} here\n", self.clients.borrow().len()));
        self.tell_others(client, format!("* {name} joined\n"));
    }

    fn leave(&self, client: &Rc<Client>, how: &str) {
        self.clients.borrow_mut().retain(|c| !Rc::ptr_eq(c, client));
        if let Some(name) = client.name.get() {
            self.tell_others(client, format!("* {name} {how}\n"));
        }
    }

    fn tell_others(&self, from: &Rc<Client>, line: String) {
        let line: Rc<str> = line.into();
        for client in self.clients.borrow().iter().filter(|c| !Rc::ptr_eq(c, from)) {
            client.tell(line.clone());
        }
    }

    /// Says goodbye to everyone; finished when they all have it.
    fn farewell(&self) -> Future<Vec<()>> {
        let goodbye: Rc<str> = "* The server stops. Goodbye!\n".into();
        all(self.clients.borrow().iter().map(|c| deliver(c.clone(), goodbye.clone())))
    }
}

/// Elsewhere Ctrl-C just ends the program.
#[cfg(not(unix))]
fn ctrl_c() -> Future<()> {
    Future::new("ctrl_c")
}
