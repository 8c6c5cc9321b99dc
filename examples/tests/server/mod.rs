//! Starting the chat server as a program of its own, and talking to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::program::program;

/// How much the server lets wait for one client, as in its source.
pub(crate) const PATIENCE: usize = 256 * 1024;

/// Beyond this a test has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running server, which ends with this value.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a server on a free port.
    pub(crate) fn start() -> Self {
        Self::run(Command::new(chat()).arg("127.0.0.1:0"))
    }

    /// Starts a server that may have so many open files.
    pub(crate) fn start_with_descriptors(limit: usize) -> Self {
        let script = format!("ulimit -n {limit}; exec \"$0\" 127.0.0.1:0");
        Self::run(Command::new("sh").args(["-c", &script]).arg(chat()))
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("chat: listening on ").unwrap().parse().unwrap();
        Self { address, child, stdout }
    }

    /// Starts a server that cannot run; gives its exit code and what it said.
    pub(crate) fn refused(address: &str) -> (Option<i32>, String) {
        let output = Command::new(chat()).arg(address).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// Presses Ctrl-C; gives the exit code and what was printed.
    pub(crate) fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let end = Instant::now() + TIMEOUT;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > end => panic!("the server did not stop"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut printed = String::new();
        self.stdout.read_to_string(&mut printed).unwrap();
        (status.code(), printed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Someone at the other end of a connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    lines: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn connect(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        stream.set_nodelay(true).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        Self { stream, lines }
    }

    /// Connects and gives a name.
    pub(crate) fn join(server: &Server, name: &str) -> Self {
        let mut client = Self::connect(server);
        client.expect("* Welcome! What is your name?");
        client.say(name);
        let answer = client.line();
        assert!(answer.starts_with(&format!("* You are {name}, ")), "{answer}");
        client
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub(crate) fn say(&mut self, line: &str) {
        self.write(format!("{line}\n").as_bytes());
    }

    /// The next line without its end, or nothing at the end of the connection.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// Ends the connection as a crashing machine does.
    pub(crate) fn reset(self) {
        reset(self.stream);
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.line(), line);
    }
}

/// Makes a connection end by a reset, with all that is on its way lost.
pub(crate) fn reset(stream: TcpStream) {
    socket2::Socket::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// The server's program.
fn chat() -> &'static Path {
    static CHAT: OnceLock<PathBuf> = OnceLock::new();
    CHAT.get_or_init(|| program("chat"))
}
