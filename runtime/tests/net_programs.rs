//! With the programs people use: `nc` and `socat`, as clients of our servers and as servers of our
//! clients, over TCP, UDP and unix sockets. `.ci/run` installs them; where one is not there, what
//! needs it is left out, and that is said.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::{self, JoinHandle};

use async_proc::Error;
use async_proc::net::AsyncSocket;
use peer::run;

/// More than fits into the buffers on the way.
const LINES: usize = 100_000;

fn is_there(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$0\"", program])
        .stdout(Stdio::null())
        .status()
        .unwrap()
        .success();
    if !found {
        println!("==================================================================");
        println!("SKIPPED: {program}: not there");
        println!("==================================================================");
    }
    found
}

/// A program that is not left behind.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a client, gives it `input`, and has a thread wait until it has printed so many lines, or
/// has ended.
fn client(
    program: &str,
    arguments: &[&str],
    input: String,
    lines: usize,
) -> (Program, JoinHandle<String>) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    thread::spawn(move || {
        // It may end before it has read everything: what it printed tells.
        let _ = to.write_all(input.as_bytes());
    });
    let printed = thread::spawn(move || {
        let mut printed = String::new();
        let mut from = BufReader::new(from);
        for _ in 0..lines {
            if from.read_line(&mut printed).unwrap() == 0 {
                break;
            }
        }
        printed
    });
    (Program(child), printed)
}

/// Starts `socat` as a server; gives what it says of itself, once it listens.
fn socat(arguments: &[&str]) -> (Program, String, BufReader<ChildStderr>) {
    let mut child = Command::new("socat")
        .args(["-d", "-d"])
        .args(arguments)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let program = Program(child);
    loop {
        let mut line = String::new();
        assert!(said.read_line(&mut line).unwrap() > 0, "socat has ended");
        if line.contains("listening on") || line.contains("receiving on") {
            return (program, line, said);
        }
    }
}

/// The port in what `socat` says.
fn port(said: &str) -> u16 {
    said.trim().rsplit(':').next().unwrap().parse().unwrap()
}

fn numbers() -> String {
    (0..LINES).map(|number| format!("{number}\n")).collect()
}

/// Sends back the lines of one connection, and ends it.
async fn echo(listener: AsyncSocket) -> Result<usize, Error> {
    let client = listener.accept().await?;
    let mut count = 0;
    while let Some(line) = client.read_line().await? {
        client.send(line + "\n").await?;
        count += 1;
    }
    client.close_gracefully().await?;
    Ok(count)
}

/// A file's name that nobody has.
fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("async-proc-{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn nc_and_socat_get_every_line_back_from_a_tcp_server() {
    for program in ["nc", "socat"] {
        if !is_there(program) {
            continue;
        }
        run(async move {
            let listener = AsyncSocket::listener("127.0.0.1:0")?;
            let port = listener.local_addr()?.port().to_string();
            let target = format!("TCP:127.0.0.1:{port}");
            let arguments: &[&str] = match program {
                "nc" => &["-N", "127.0.0.1", &port],
                _ => &["-t", "30", "STDIO", &target],
            };
            let (_program, printed) = client(program, arguments, numbers(), usize::MAX);
            assert_eq!(echo(listener).await?, LINES);
            assert!(printed.join().unwrap() == numbers(), "{program}");
            Ok(())
        });
    }
}

#[test]
fn nc_and_socat_get_every_line_back_from_a_unix_server() {
    for program in ["nc", "socat"] {
        if !is_there(program) {
            continue;
        }
        run(async move {
            let path = file(&format!("{program}-client"));
            let listener = AsyncSocket::unix_listener(&*path)?;
            let target = format!("UNIX-CONNECT:{}", path.display());
            let arguments: &[&str] = match program {
                "nc" => &["-N", "-U", path.to_str().unwrap()],
                _ => &["-t", "30", "STDIO", &target],
            };
            let (_program, printed) = client(program, arguments, numbers(), usize::MAX);
            assert_eq!(echo(listener).await?, LINES);
            assert!(printed.join().unwrap() == numbers(), "{program}");
            std::fs::remove_file(path)?;
            Ok(())
        });
    }
}

#[test]
fn nc_and_socat_get_an_answer_from_a_udp_server() {
    for program in ["nc", "socat"] {
        if !is_there(program) {
            continue;
        }
        run(async move {
            let socket = AsyncSocket::udp_bound("127.0.0.1:0")?;
            let port = socket.local_addr()?.port().to_string();
            let target = format!("UDP:127.0.0.1:{port}");
            // One datagram of the input; they wait for the answer, and are ended when it is there.
            let arguments: &[&str] = match program {
                "nc" => &["-u", "-w", "60", "127.0.0.1", &port],
                _ => &["-t", "60", "STDIO", &target],
            };
            let (_program, printed) = client(program, arguments, "question\n".to_owned(), 1);
            let asked = socket.recv_from(100).await?;
            assert_eq!(asked.data, b"question\n");
            socket.send_to(asked.from, "answer\n").await?;
            assert_eq!(printed.join().unwrap(), "answer\n");
            Ok(())
        });
    }
}

/// Says every line to a server that echoes, hears all, and ends.
async fn talk(socket: AsyncSocket) -> Result<(), Error> {
    let sending = socket.send(numbers());
    for number in 0..LINES {
        assert_eq!(socket.recv_line().await?, number.to_string());
    }
    sending.await?;
    socket.close_gracefully().await
}

#[test]
fn a_client_gets_every_line_back_from_socat_over_tcp_and_unix_sockets() {
    if !is_there("socat") {
        return;
    }
    run(async {
        let (_server, said, _stderr) = socat(&["TCP-LISTEN:0,bind=127.0.0.1", "EXEC:cat"]);
        talk(AsyncSocket::dial(("127.0.0.1", port(&said))).await?).await?;

        let path = file("socat-server");
        let listen = format!("UNIX-LISTEN:{}", path.display());
        let (_server, _, _stderr) = socat(&[&listen, "EXEC:cat"]);
        let socket = AsyncSocket::unix()?;
        socket.connect_unix(&*path).await?;
        talk(socket).await
    });
}

#[test]
fn a_client_gets_its_datagrams_back_from_socat() {
    if !is_there("socat") {
        return;
    }
    run(async {
        // Its port has to be known: one that was free a moment ago.
        let port = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let listen = format!("UDP-LISTEN:{port},bind=127.0.0.1");
        let (_server, _, _stderr) = socat(&[&listen, "EXEC:cat"]);
        let socket = AsyncSocket::udp()?;
        for question in ["one", "two", "three"] {
            socket.send_to(("127.0.0.1", port), question).await?;
            assert_eq!(socket.recv_from(100).await?.data, question.as_bytes());
        }
        Ok(())
    });
}
