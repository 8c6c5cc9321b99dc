//! The echo server, driven from outside by real clients.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use program::program;

/// Beyond this a test has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(60);

struct Server {
    address: SocketAddr,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(threads: usize) -> Server {
        let mut child = Command::new(program("echo"))
            .args(["127.0.0.1:0", &threads.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line = line.trim().strip_prefix("echo: listening on ").unwrap();
        let (address, threads_said) = line.split_once(" with ").unwrap();
        assert_eq!(threads_said, format!("{threads} threads"));
        Server { address: address.parse().unwrap(), child, stdout }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        stream
    }

    /// Ctrl-C; gives the exit code, and what was printed since the start.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let mut printed = String::new();
        self.stdout.read_to_string(&mut printed).unwrap();
        (self.child.wait().unwrap().code(), printed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn everyone_gets_back_what_they_sent_while_others_are_gone_or_silent() {
    let server = Server::start(2);
    let _silent: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for _ in 0..20 {
        let gone = server.connect();
        socket2::Socket::from(gone).set_linger(Some(Duration::ZERO)).unwrap();
    }
    thread::scope(|scope| {
        for client in 0..30_u8 {
            let server = &server;
            scope.spawn(move || {
                let stream = server.connect();
                let sent: Vec<u8> = (0..300_000_u32).map(|at| (at / 3) as u8 ^ client).collect();
                let writing = scope.spawn({
                    let (mut stream, sent) = (stream.try_clone().unwrap(), sent.clone());
                    move || {
                        stream.write_all(&sent).unwrap();
                        stream.shutdown(Shutdown::Write).unwrap();
                    }
                });
                let mut received = Vec::new();
                (&stream).read_to_end(&mut received).unwrap();
                writing.join().unwrap();
                assert!(received == sent);
            });
        }
    });
    let (code, printed) = server.interrupt();
    assert_eq!((code, printed.as_str()), (Some(0), "echo: stopping\n"));
}

#[test]
fn ctrl_c_stops_all_threads_whatever_their_clients_do() {
    let server = Server::start(4);
    let mut streams: Vec<TcpStream> = (0..16).map(|_| server.connect()).collect();
    for stream in &mut streams {
        stream.write_all(b"x").unwrap();
        stream.read_exact(&mut [0]).unwrap();
    }
    assert_eq!(server.interrupt().0, Some(0));
    for mut stream in streams {
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    }
}

#[test]
fn what_is_wrong_with_its_arguments_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _taken = TcpListener::bind(taken).unwrap();
    for arguments in [[taken.to_string().as_str(), "2"], ["nonsense", "1"], ["127.0.0.1:0", "many"]]
    {
        let output = Command::new(program("echo")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("echo: "), "{said}");
    }
}
