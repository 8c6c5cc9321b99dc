//! The HTTP server and the HTTP client, as programs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../tests/program/mod.rs"]
mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use program::program;
use rcgen::{CertificateParams, DnType, KeyPair};

/// Beyond this a test has failed. Nothing waits for it to pass.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running server, which ends with this value.
struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let mut command = Command::new(program("http_server"));
        let mut child =
            command.arg("127.0.0.1:0").args(options).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("http_server: listening on ").unwrap().to_owned();
        Self { child, stdout, url }
    }

    fn connect(&self) -> TcpStream {
        let address = self.url.split('/').nth(2).unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream
    }

    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// Waits for its end; gives whether it was a success, and what was printed.
    fn wait(mut self) -> (bool, String) {
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
        (status.success(), printed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(arguments: &[&str]) -> Output {
    Command::new(program("http_client")).args(arguments).output().unwrap()
}

/// Files with a certificate and its key, gone with this value.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let dir = std::env::temp_dir().join(format!("async-proc-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("server.pem"), certificate.pem()).unwrap();
        std::fs::write(dir.join("server.key"), key.serialize_pem()).unwrap();
        Self(dir)
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads one answer with a length off a connection that stays: its first line, and its body.
fn answer(stream: &mut BufReader<TcpStream>) -> (String, Vec<u8>) {
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        match line.trim() {
            "" => break,
            line => {
                if let Some(count) = line.strip_prefix("content-length: ") {
                    length = count.parse().unwrap();
                }
            }
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (first.trim().to_owned(), body)
}

#[test]
fn a_connection_is_kept_for_many_requests_and_ended_by_ctrl_c() {
    let server = Server::start(&[]);
    let mut idle = server.connect();
    let mut stream = BufReader::new(server.connect());
    for _ in 0..3 {
        stream.get_mut().write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let (status, body) = answer(&mut stream);
        assert_eq!(
            (status.as_str(), &body[..]),
            ("HTTP/1.1 200 OK", &b"Hello from a dispatcher.\n"[..])
        );
    }
    let echo = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nback";
    stream.get_mut().write_all(echo).unwrap();
    assert_eq!(answer(&mut stream).1, b"back");
    stream.get_mut().write_all(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(answer(&mut stream).0, "HTTP/1.1 404 Not Found");

    server.interrupt();
    // Both are ended at once: the one that was used, and the one that never was.
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    assert_eq!(server.wait(), (true, "http_server: stopping\n".to_owned()));
}

#[test]
fn the_client_gets_what_the_server_has() {
    let server = Server::start(&[]);
    let output = client(&[&server.url]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"Hello from a dispatcher.\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "HTTP/1.1 200 OK\n");
    let output = client(&[&format!("{}bytes/5000000", server.url)]);
    assert!(output.stdout == vec![b'.'; 5_000_000]);
    let output = client(&[&format!("{}none", server.url)]);
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"There is nothing here.\n");
}

#[test]
fn the_same_over_tls_and_nobody_who_is_not_known_is_talked_to() {
    let (files, others) = (Files::new("localhost"), Files::new("other.example"));
    let (certificate, key) = (files.path("server.pem"), files.path("server.key"));
    let server = Server::start(&["--cert", &certificate, "--key", &key]);
    let url = server.url.replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://localhost:"), "{url}");
    let output = client(&["--ca", &certificate, &format!("{url}bytes/3000000")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == vec![b'.'; 3_000_000]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("Tls13"));

    let output = client(&["--ca", &others.path("server.pem"), &url]);
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("signed by nobody who is trusted"), "{said}");
    let output = client(&["--ca", &certificate, &server.url]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is for"), "{said}");

    // Plain text is refused, and the others are served still.
    let mut plain = server.connect();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut alert = Vec::new();
    plain.read_to_end(&mut alert).unwrap();
    assert_eq!(alert[0], 21);
    assert!(client(&["--ca", &certificate, &url]).status.success());
    server.interrupt();
    assert!(server.wait().0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let refused = |arguments: &[&str]| {
        let output = Command::new(program("http_server")).args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused(&["127.0.0.1:0", "--cert", "/no/such/file", "--key", "/no/such/file"]);
    assert!(said.starts_with("http_server: cannot read /no/such/file: "), "{said}");
    let said = refused(&["127.0.0.1:0", "--cert", "/no/such/file"]);
    assert_eq!(said, "http_server: --cert and --key belong together\n");
    let output = client(&["http://127.0.0.1:1/"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("http_client: cannot connect to 127.0.0.1:1: "), "{said}");
}
