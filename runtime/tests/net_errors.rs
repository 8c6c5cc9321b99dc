//! What fails, how it is called, and that nothing else is lost by it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod peer;

use std::io::{ErrorKind, Write};
use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use async_proc::net::{AsyncSocket, Keepalive, Operation, SockOpt, SocketError};
use async_proc::{Error, ErrorKind as Kind};
use peer::{pair, reset, run};

/// The operation and the sort of an operating system's error.
#[track_caller]
fn os(error: &Error) -> (Operation, ErrorKind) {
    match error.downcast_ref() {
        Some(SocketError::Os { operation, source, .. }) => (*operation, source.kind()),
        _ => panic!("{error}"),
    }
}

#[test]
fn a_refused_connection_names_the_address() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    run(async move {
        let error = AsyncSocket::tcp()?.connect(free).await.unwrap_err();
        assert_eq!(os(&error), (Operation::Connect(free), ErrorKind::ConnectionRefused));
        assert_eq!(error.kind(), Kind::Io);
        assert_eq!(error.io_kind(), Some(ErrorKind::ConnectionRefused));
        assert!(error.to_string().starts_with(&format!("cannot connect to {free}: ")), "{error}");
        let error = AsyncSocket::dial(free).await.map(drop).unwrap_err();
        assert_eq!(os(&error), (Operation::Connect(free), ErrorKind::ConnectionRefused));
        Ok(())
    });
}

#[test]
fn a_port_in_use_names_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = AsyncSocket::listener(address).map(drop).unwrap_err();
    assert_eq!(os(&error), (Operation::Bind(address), ErrorKind::AddrInUse));
}

#[test]
fn what_is_no_address_is_named() {
    run(async {
        let error = AsyncSocket::tcp()?.connect("nonsense").await.unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(SocketError::Address { text, .. }) if text == "nonsense")
        );
        let error = AsyncSocket::tcp()?.connect("name.invalid:80").await.unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(SocketError::Resolve { host, .. }) if host == "name.invalid"),
            "{error}"
        );
        Ok(())
    });
}

#[test]
fn a_reset_is_the_end_of_the_stream_unless_the_socket_is_strict() {
    run(async {
        for strict in [false, true] {
            let (socket, mut peer) = pair();
            let socket = if strict { socket.strict() } else { socket };
            let line = socket.recv_line();
            let bytes = socket.recv(10);
            peer.write_all(b"half a li").unwrap();
            reset(peer);
            if strict {
                let error = line.await.unwrap_err();
                assert_eq!(os(&error), (Operation::ReceiveLine, ErrorKind::ConnectionReset));
            } else {
                assert_eq!(line.await?, "");
            }
            // The reset was told once; what follows is the end.
            bytes.await?;
        }
        Ok(())
    });
}

#[test]
fn a_send_to_a_lost_connection_succeeds_unless_the_socket_is_strict() {
    run(async {
        for strict in [false, true] {
            let (socket, peer) = pair();
            let socket = if strict { socket.strict() } else { socket };
            reset(peer);
            // The reset has come in.
            let _ = socket.recv(1).await;
            match socket.send("anyone there?").await {
                Ok(()) => assert!(!strict),
                Err(error) => {
                    assert!(strict);
                    assert_eq!(os(&error), (Operation::Send, ErrorKind::BrokenPipe));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn closing_ends_everything_that_is_pending() {
    run(async {
        let (socket, _peer) = pair();
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let line = socket.recv_line();
        let bytes = socket.recv(1);
        let full = socket.send(vec![0; 32 << 20]);
        let behind = socket.send("x");
        let accepts = [listener.accept(), listener.accept()];
        socket.clone().close();
        listener.close();
        assert!(socket.is_closed());
        socket.close();
        let mut errors = vec![
            line.await.map(drop),
            bytes.await.map(drop),
            full.await,
            behind.await,
            socket.recv(1).await.map(drop),
            socket.send("x").await,
            socket.connect("127.0.0.1:1").await,
            socket.local_addr().map(drop),
            socket.set_sock_opt(SockOpt::KeepAlive, true),
        ];
        for accept in accepts {
            errors.push(accept.await.map(drop));
        }
        for (number, error) in errors.into_iter().enumerate() {
            assert_eq!(error.unwrap_err().kind(), Kind::Closed, "number {number}");
        }
        Ok(())
    });
}

#[test]
fn the_last_handle_closes_the_socket_unless_an_operation_is_pending() {
    use std::io::Read;
    run(async {
        let (socket, mut peer) = pair();
        let line = socket.recv_line();
        drop(socket);
        peer.write_all(b"still here\n").unwrap();
        assert_eq!(line.await?, "still here");
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
        Ok(())
    });
}

#[test]
fn a_socket_that_is_not_connected_says_so() {
    run(async {
        let socket = AsyncSocket::tcp()?;
        let error = socket.recv(1).await.unwrap_err();
        assert_eq!(os(&error), (Operation::Receive, ErrorKind::NotConnected));
        let error = socket.peer_addr().unwrap_err();
        assert_eq!(os(&error), (Operation::PeerAddr, ErrorKind::NotConnected));
        assert!(socket.shutdown(Shutdown::Both).is_err());
        Ok(())
    });
}

#[test]
fn options_are_what_they_were_set_to_and_are_named_in_errors() -> Result<(), Error> {
    let socket = AsyncSocket::tcp()?;
    let mut options = vec![
        SockOpt::Broadcast,
        SockOpt::DontRoute,
        SockOpt::KeepAlive,
        SockOpt::NoDelay,
        SockOpt::OobInline,
        SockOpt::ReuseAddr,
    ];
    if cfg!(unix) {
        options.push(SockOpt::ReusePort);
    }
    for option in options {
        for on in [true, false] {
            socket.set_sock_opt(option, on)?;
            assert_eq!(socket.get_sock_opt(option)?, on, "{option}");
        }
    }
    assert!(!socket.get_sock_opt(SockOpt::AcceptConn)?);
    assert!(!socket.get_sock_opt(SockOpt::Debug)?);
    // A privileged process may, another may not, and that is told.
    if let Err(error) = socket.set_sock_opt(SockOpt::Debug, true) {
        assert_eq!(os(&error), (Operation::Option(SockOpt::Debug), ErrorKind::PermissionDenied));
    }
    let error = socket.get_sock_opt(SockOpt::OnlyV6).unwrap_err();
    assert!(error.to_string().contains("IPV6_V6ONLY"), "{error}");
    let error = socket.set_sock_opt(SockOpt::AcceptConn, true).unwrap_err();
    assert!(error.to_string().contains("SO_ACCEPTCONN"), "{error}");
    Ok(())
}

#[test]
fn options_with_a_value_are_what_they_were_set_to() -> Result<(), Error> {
    let socket = AsyncSocket::tcp()?;
    socket.set_send_buffer_size(50_000)?;
    assert!(socket.send_buffer_size()? >= 50_000);
    socket.set_recv_buffer_size(50_000)?;
    assert!(socket.recv_buffer_size()? >= 50_000);
    socket.set_ttl(9)?;
    assert_eq!(socket.ttl()?, 9);
    socket.set_tos(0x28)?;
    assert_eq!(socket.tos()?, 0x28);
    socket.set_linger(Some(Duration::from_secs(3)))?;
    assert_eq!(socket.linger()?, Some(Duration::from_secs(3)));
    socket.set_linger(None)?;
    assert_eq!(socket.linger()?, None);
    let keepalive = Keepalive {
        idle: Some(Duration::from_secs(50)),
        interval: Some(Duration::from_secs(5)),
        retries: Some(7),
    };
    socket.set_keepalive(keepalive)?;
    assert!(socket.get_sock_opt(SockOpt::KeepAlive)?);
    #[cfg(unix)]
    assert_eq!(socket.keepalive()?, keepalive);
    #[cfg(target_os = "linux")]
    {
        socket.set_user_timeout(Some(Duration::from_millis(1500)))?;
        assert_eq!(socket.user_timeout()?, Some(Duration::from_millis(1500)));
    }
    let error = socket.set_ttl(1000).unwrap_err();
    assert_eq!(os(&error).0, Operation::Tune("IP_TTL"));
    assert!(error.to_string().starts_with("cannot access the option IP_TTL: "), "{error}");
    Ok(())
}
