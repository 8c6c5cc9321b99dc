//! Socket operations made of nothing but `add_read` and `add_write`.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use async_proc::dispatch::{AsyncFd, add_read, add_write, close_socket, register};
use async_proc::future;
use async_proc::prelude::*;

const CLIENTS: u32 = 50;
const LINES: u32 = 100;

/// A socket that is tried when it is ready, and the registered copy that tells.
#[derive(Clone)]
struct Ready<S> {
    socket: Rc<S>,
    fd: AsyncFd,
}

impl<S: AsFd> Ready<S> {
    fn new(socket: S) -> io::Result<Ready<S>> {
        let copy: OwnedFd = socket.as_fd().try_clone_to_owned()?;
        let fd = register(copy).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Ready { socket: Rc::new(socket), fd })
    }
}

/// A future that `attempt` finishes, which is called whenever the socket is ready.
fn when_ready<T: 'static>(
    watch: impl FnOnce(Box<dyn FnMut(AsyncFd) -> bool>) -> Result<(), Error>,
    mut attempt: impl FnMut() -> io::Result<Option<T>> + 'static,
) -> Future<T> {
    let future = Future::new("when_ready");
    let finished = future.clone();
    let watching = watch(Box::new(move |_| {
        let outcome = match attempt() {
            Ok(Some(value)) => finished.complete(value),
            Ok(None) => return false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Err(error) => finished.fail(error),
        };
        outcome.unwrap();
        true
    }));
    match watching {
        Ok(()) => future,
        Err(error) => Future::failed_with(error),
    }
}

impl Ready<TcpListener> {
    fn accept(&self) -> Future<TcpStream> {
        let listener = self.socket.clone();
        when_ready(
            |callback| add_read(self.fd, callback).map(drop),
            move || listener.accept().map(|(client, _)| Some(client)),
        )
    }
}

impl Ready<TcpStream> {
    fn send(&self, data: String) -> Future<()> {
        let (socket, mut sent) = (self.socket.clone(), 0);
        when_ready(
            |callback| add_write(self.fd, callback).map(drop),
            move || {
                sent += (&*socket).write(&data.as_bytes()[sent..])?;
                Ok((sent == data.len()).then_some(()))
            },
        )
    }

    /// Byte by byte, so that nothing behind the line is taken.
    fn recv_line(&self) -> Future<String> {
        let (socket, line) = (self.socket.clone(), RefCell::new(Vec::new()));
        when_ready(
            |callback| add_read(self.fd, callback).map(drop),
            move || {
                let mut byte = [0];
                let count = (&*socket).read(&mut byte)?;
                let mut line = line.borrow_mut();
                if count == 1 && byte[0] != b'\n' {
                    line.push(byte[0]);
                    return Ok(None);
                }
                Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
            },
        )
    }
}

#[async_proc]
fn send_lines(address: SocketAddr) {
    let socket = TcpStream::connect(address)?;
    socket.set_nonblocking(true)?;
    let socket = Ready::new(socket)?;
    for number in 0..LINES {
        socket.send(format!("Message {number}\r\n")).await?;
    }
    close_socket(socket.fd)?;
}

#[async_proc]
fn count_lines(socket: Ready<TcpStream>, count: Rc<Cell<u32>>) -> Future<()> {
    loop {
        let line = socket.recv_line().await?;
        if line.is_empty() {
            close_socket(socket.fd)?;
            return Ok(());
        }
        count.set(count.get() + 1);
    }
}

#[async_proc]
fn serve(listener: Ready<TcpListener>, count: Rc<Cell<u32>>) {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let client = listener.accept().await?;
        client.set_nonblocking(true)?;
        clients.push(count_lines(Ready::new(client)?, count.clone()));
    }
    future::all(clients).await?;
    close_socket(listener.fd)?;
}

#[test]
fn callbacks_of_readiness_are_enough_for_fifty_clients_of_a_hundred_lines_each() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let count = Rc::new(Cell::new(0));
    let serving = serve(Ready::new(listener).unwrap(), count.clone());
    let sending: Vec<_> = (0..CLIENTS).map(|_| send_lines(address)).collect();
    wait_for(future::all(sending)).unwrap();
    wait_for(serving).unwrap();
    assert_eq!(count.get(), CLIENTS * LINES);
    assert!(!has_pending_operations());
}
