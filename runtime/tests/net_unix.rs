//! Unix sockets: paths, abstract names, datagrams, and who is at the other end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::ErrorKind;
use std::path::PathBuf;

use async_proc::Error;
use async_proc::dispatch::{Dispatcher, poll};
use async_proc::net::{AsyncSocket, Operation, SocketError, UnixAddr};
use peer::run;

/// A directory that is gone with the test.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("async-proc-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn unix(error: &Error) -> (Operation, UnixAddr, ErrorKind) {
    match error.downcast_ref() {
        Some(SocketError::Unix { operation, address, source }) => {
            (*operation, address.clone(), source.kind())
        }
        _ => panic!("{error}"),
    }
}

#[test]
fn a_connection_by_path_goes_both_ways_and_its_file_stays() {
    let directory = Directory::new("path");
    let path = directory.file("socket");
    run(async move {
        let listener = AsyncSocket::unix_listener(&path)?;
        assert_eq!(listener.local_unix_addr()?, UnixAddr::Path(path.clone()));
        let arriving = listener.accept_unix();
        let client = AsyncSocket::dial_unix(&path).await?;
        let (server, from) = arriving.await?;
        assert_eq!(from, UnixAddr::Unnamed);
        assert_eq!(client.peer_unix_addr()?.as_path(), Some(path.as_path()));
        client.send("hello\n").await?;
        assert_eq!(server.recv_line().await?, "hello");
        server.send("bye").await?;
        server.shutdown(std::net::Shutdown::Write)?;
        assert_eq!(client.recv(10).await?, b"bye");
        assert_eq!(client.recv(10).await?, b"");
        client.send("still\n").await?;
        assert_eq!(server.recv_line().await?, "still", "the other half is open");

        drop((listener, server, client));
        assert!(path.exists(), "as in the original");
        let error = AsyncSocket::unix_listener(&path).map(drop).unwrap_err();
        let address = UnixAddr::Path(path.clone());
        assert_eq!(unix(&error), (Operation::BindUnix, address.clone(), ErrorKind::AddrInUse));
        let error = AsyncSocket::dial_unix(&path).await.map(drop).unwrap_err();
        assert_eq!(unix(&error), (Operation::ConnectUnix, address, ErrorKind::ConnectionRefused));
        std::fs::remove_file(&path)?;
        AsyncSocket::unix_listener(&path)?;
        Ok(())
    });
}

#[test]
fn what_is_no_address_is_named() {
    run(async {
        let missing = AsyncSocket::dial_unix("/no/such/socket").await.map(drop).unwrap_err();
        let (operation, _, kind) = unix(&missing);
        assert_eq!((operation, kind), (Operation::ConnectUnix, ErrorKind::NotFound));
        assert!(
            missing.to_string().starts_with("cannot connect to a unix socket at /no/such/socket: "),
            "{missing}"
        );
        for wrong in [UnixAddr::from("x".repeat(200)), "".into(), "a\0b".into(), UnixAddr::Unnamed]
        {
            let error = AsyncSocket::unix()?.bind_unix(&wrong).unwrap_err();
            let (operation, address, kind) = unix(&error);
            assert_eq!((operation, address), (Operation::BindUnix, wrong));
            assert_eq!(kind, ErrorKind::InvalidInput);
        }
        let tcp = AsyncSocket::listener("127.0.0.1:0")?;
        assert!(tcp.local_unix_addr().is_err() && tcp.accept_unix().await.is_err());
        assert!(AsyncSocket::unix_pair()?.0.local_addr().is_err());
        Ok(())
    });
}

#[test]
fn an_accept_of_the_wrong_sort_of_address_takes_no_connection() {
    let directory = Directory::new("accept");
    let path = directory.file("socket");
    run(async move {
        let listener = AsyncSocket::unix_listener(&path)?;
        let client = AsyncSocket::dial_unix(&path).await?;
        assert!(listener.accept_addr().await.is_err());
        let server = listener.accept().await?;
        client.send("x").await?;
        assert_eq!(server.recv(1).await?, b"x");
        Ok(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn an_abstract_name_is_no_file_and_is_gone_with_its_socket() {
    let name = UnixAddr::abstract_name(format!("async-proc-test-{}", std::process::id()));
    run(async move {
        let listener = AsyncSocket::unix_listener(&name)?;
        assert_eq!(listener.local_unix_addr()?, name);
        let client = AsyncSocket::dial_unix(&name).await?;
        assert_eq!(client.peer_unix_addr()?, name);
        drop((listener, client));
        AsyncSocket::unix_listener(&name)?;
        Ok(())
    });
}

#[test]
fn datagrams_between_paths_carry_their_senders_and_their_bounds() {
    let directory = Directory::new("datagrams");
    run(async move {
        let paths = [directory.file("one"), directory.file("other")];
        let sockets = [AsyncSocket::unix_datagram()?, AsyncSocket::unix_datagram()?];
        for (socket, path) in sockets.iter().zip(&paths) {
            socket.bind_unix(path)?;
        }
        sockets[0].send_to_unix(&paths[1], "whole").await?;
        sockets[0].send_to_unix(&paths[1], "").await?;
        sockets[0].send_to_unix(&paths[1], "too long").await?;
        let from = UnixAddr::from(&paths[0]);
        for (data, truncated) in [("whole", false), ("", false), ("too l", true)] {
            let datagram = sockets[1].recv_from_unix(5).await?;
            assert_eq!(
                (datagram.data.as_slice(), datagram.truncated),
                (data.as_bytes(), truncated)
            );
            assert_eq!(datagram.from, from);
        }
        let unnamed = AsyncSocket::unix_datagram()?;
        unnamed.connect_unix(&paths[1]).await?;
        unnamed.send("connected").await?;
        assert_eq!(sockets[1].recv_from_unix(50).await?.from, UnixAddr::Unnamed);
        let error = unnamed.send_to_unix(directory.file("none"), "x").await.unwrap_err();
        assert_eq!(unix(&error).0, Operation::SendToUnix);
        let (one, other) = AsyncSocket::unix_datagram_pair()?;
        one.send("pair").await?;
        assert_eq!(other.recv(50).await?, b"pair");
        Ok(())
    });
}

#[test]
fn sends_to_a_full_socket_wait_and_arrive_in_order() {
    const COUNT: usize = 3000;
    let directory = Directory::new("full");
    run(async move {
        let path = directory.file("slow");
        let receiver = AsyncSocket::unix_datagram()?;
        receiver.bind_unix(&path)?;
        let sender = AsyncSocket::unix_datagram()?;
        let sends: Vec<_> =
            (0..COUNT).map(|number| sender.send_to_unix(&path, number.to_string())).collect();
        assert!(!sends[COUNT - 1].finished(), "there is no room for so many");
        for number in 0..COUNT {
            assert_eq!(receiver.recv(10).await?, number.to_string().as_bytes());
        }
        for send in sends {
            send.await?;
        }
        Ok(())
    });
}

#[test]
fn connections_to_a_full_queue_wait_until_there_is_room() {
    const CLIENTS: usize = 20;
    let directory = Directory::new("queue");
    run(async move {
        let path = directory.file("socket");
        let listener = AsyncSocket::unix()?;
        listener.bind_unix(&path)?;
        listener.listen_with(1)?;
        let dials: Vec<_> = (0..CLIENTS).map(|_| AsyncSocket::dial_unix(&path)).collect();
        assert!(dials.iter().any(|dial| !dial.finished()), "the queue takes one or two");
        let mut accepted = Vec::new();
        for _ in 0..CLIENTS {
            accepted.push(listener.accept().await?);
        }
        for dial in dials {
            dial.await?;
        }
        Ok(())
    });
}

#[test]
fn a_connection_that_waits_for_room_ends_when_its_socket_is_closed() {
    let directory = Directory::new("waits");
    let path = directory.file("socket");
    let listener = AsyncSocket::unix().unwrap();
    listener.bind_unix(&path).unwrap();
    listener.listen_with(0).unwrap();
    let mut clients = Vec::new();
    let waiting = loop {
        let client = AsyncSocket::unix().unwrap();
        let connecting = client.connect_unix(&path);
        clients.push(client);
        if !connecting.finished() {
            break connecting;
        }
        connecting.read().unwrap();
    };
    poll(std::time::Duration::from_millis(5)).unwrap();
    clients.clear();
    assert!(!waiting.finished(), "an operation keeps its socket open");
    waiting.cancel();
    let _ = async_proc::run_forever();
    assert_eq!(Dispatcher::current().operations(), 0);
    assert_eq!(Dispatcher::current().timers(), 0);
}

#[test]
fn the_other_end_is_known() {
    run(async {
        let (one, other) = AsyncSocket::unix_pair()?;
        let peer = one.peer_credentials()?;
        let myself = std::fs::metadata("/proc/self").map(|meta| {
            use std::os::unix::fs::MetadataExt;
            (meta.uid(), meta.gid())
        });
        if let Ok(myself) = myself {
            assert_eq!((peer.uid, peer.gid), myself);
        }
        assert_eq!(other.peer_credentials()?, peer);
        let error = AsyncSocket::tcp()?.peer_credentials().unwrap_err();
        assert!(error.to_string().starts_with("cannot tell who is at the other end: "), "{error}");
        Ok(())
    });
}
